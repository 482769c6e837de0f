"""The SQL that checks every row of a batch and gives it its types."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from data.mapping.field_sql import RawRows
from data.mapping.mapping import Mapping
from data.mapping.money import amount_sql
from data.mapping.time_remedies import time_complaint_sql

# Fewer rows than that to a text, and telling the texts apart takes longer than it spares.
_ROWS_A_TEXT = 8


def compact_columns(cursor: duckdb.DuckDBPyConnection, columns: Iterable[tuple[str, pa.Array]]) -> dict[str, pa.Array]:
    """Those of some columns of text that are JSON objects throughout, of few different texts, in their compact form.

    Null stays null. The others are left to the check of each row, which says what is wrong with it.
    """
    compact = {}
    for name, column in columns:
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        texts = column.dictionary_encode()
        if len(texts.dictionary) * _ROWS_A_TEXT > len(column):
            continue
        cursor.register("texts", pa.table({"place": pa.array(range(len(texts.dictionary)), pa.int32()), "text": texts.dictionary}))
        objects = [text for text, in cursor.execute(f"""
            select {compact_object("nullif(text, '')")}
            from texts
            order by place
        """).fetchall()]
        cursor.unregister("texts")
        if None not in objects:
            compact[name] = pa.array(objects, pa.string()).take(texts.indices)
    return compact


LONGEST_TEXT = 1000

# JSON text as it stands in a row: outside of strings only numbers hold such letters.
_STRING = r'"(?:[^"\\]|\\.)*"'

# What a row's outcome says it is worth, a number or not.
VALUE_TEXT = "case when contains(outcome, '\"conversionValue\"') then json_extract_string(outcome, '/conversionValue') end"

_COMPLAINTS = {
    "id is null": "'id is missing'",
    "customer is null": "'customerId is missing'",
    "type is null": "'interactionType is missing'",
    "time_text is null": "'timestamp is missing'",
    "tenant is null": "'no tenant: give --tenant'",
    "context is null": "'context is not a JSON object'",
    "response is null": "'response is not a JSON object'",
    "outcome is null": "'outcome is not a JSON object'",
    "offer_text is not null and offer_parts is null": "'offer is not a JSON object'",
    "creative_text is not null and creative_parts is null": "'creative is not a JSON object'",
}


def value_sql(decimal: str) -> str:
    """SQL for what a row is worth, out of its text `worth`: as the mark says where that is a text, and as it is where it is a number."""
    if not decimal:
        return amount_sql("worth")
    return f"case when json_type(outcome, '/conversionValue') = 'VARCHAR' then {amount_sql('worth', decimal)} else {amount_sql('worth')} end"


def interactions_sql(raw: RawRows, mapping: Mapping) -> str:
    """A row for each raw row: its line, its problem or null, the record's typed values, and what it says of its entities.

    Parameters: those of `raw`, and `$tenant`, the tenant of rows that do not name one.
    """
    problems = _COMPLAINTS | {
        'time_text is not null and "timestamp" is null': time_complaint_sql("time_text::varchar", raw.time),
    }
    complaints = ", ".join(f"case when {when} then {says} end" for when, says in problems.items())
    return f"""
        with taken as ({raw.sql}),
        parsed as (
            select
                number,
                line,
                problem,
                coalesce("tenantId", $tenant) as tenant,
                "id" as id,
                moment,
                "timestamp" as time_text,
                "customerId" as customer,
                "interactionType" as type,
                coalesce("outcomeTypeKey", "interactionType") as outcome_type,
                "direction" as direction,
                {_checked("context", raw)} as context,
                {_checked("response", raw)} as response,
                {_checked("outcome", raw)} as outcome,
                "offer" as offer_text,
                {_parts('"offer"', "/id", "/name", "/status")} as offer_parts,
                "creative" as creative_text,
                {_parts('"creative"', "/id", "/name", "/channel/id", "/channel/name")} as creative_parts,
                own,
                "offerId",
                "offerName",
                "offerStatus",
                "creativeId",
                "creativeName",
                "channelId",
                "channelName"
            from taken
        ),
        typed as (
            select
                *,
                case
                    when moment between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'
                    then date_trunc('millisecond', moment)
                end as "timestamp",
                {VALUE_TEXT} as worth
            from parsed
        ),
        judged as (
            select
                number,
                line,
                own,
                case
                    when problem is not null then problem
                    when {" or ".join(problems)}
                    then concat_ws('; ', {complaints})
                end as problem,
                tenant,
                id,
                hash(id) as hash,
                "timestamp",
                customer,
                type,
                coalesce("offerId", nullif(offer_parts[1], '')) as offer,
                coalesce("creativeId", nullif(creative_parts[1], '')) as creative,
                "channelId" as channel,
                direction,
                outcome_type,
                {value_sql(mapping.decimal)} as value,
                context,
                response,
                outcome,
                coalesce(nullif(offer_parts[1], ''), "offerId") as described_offer,
                coalesce(offer_parts[2], "offerName") as offer_name,
                coalesce(offer_parts[3], "offerStatus") as offer_status,
                coalesce(nullif(creative_parts[1], ''), "creativeId") as described_creative,
                coalesce(creative_parts[2], "creativeName") as creative_name,
                nullif(creative_parts[3], '') as creative_channel,
                coalesce(nullif(creative_parts[3], ''), "channelId") as described_channel,
                case when nullif(creative_parts[3], '') is null then "channelName" else creative_parts[4] end as channel_name
            from typed
        )
        select * exclude (own), {_shown(raw)} as raw
        from judged"""


def entities_sql(raw: RawRows, kind: str) -> str:
    """The same for the rows of a file that describes offers, creatives or channels."""
    status = '"status"' if kind == "offers" else "null::varchar"
    channel = '"channelId"' if kind == "creatives" else "null::varchar"
    return f"""
        with taken as ({raw.sql}),
        judged as (
            select
                number,
                line,
                case
                    when problem is not null then problem
                    when "id" is null then 'id is missing'
                    when "name" is null then 'name is missing'
                    when coalesce("tenantId", $tenant) is null then 'no tenant: give --tenant'
                end as problem,
                coalesce("tenantId", $tenant) as tenant,
                "id" as id,
                "name" as name,
                {status} as status,
                {channel} as channel,
                own
            from taken
        )
        select * exclude (own), {_shown(raw)} as raw
        from judged"""


def _shown(raw: RawRows) -> str:
    """The text of a row that has a problem."""
    return f"case when problem is not null then left(rtrim({raw.text}, e' \\t\\r\\n'), {LONGEST_TEXT}) end"


def _checked(field: str, raw: RawRows) -> str:
    return f"""coalesce("{field}", '{{}}')""" if field in raw.compact else compact_object(f'"{field}"')


def compact_object(text: str) -> str:
    """The SQL of a JSON object in its compact form, `{}` for none; null for anything else."""
    # The engine's JSON reader allows numbers that are none, which JSON does not.
    return f"""case
                    when {text} is null or {text} in ('{{}}', 'null') then '{{}}'
                    when starts_with(ltrim({text}, e' \\t\\r\\n'), '{{')
                        and not ((contains({text}, 'NaN') or contains({text}, 'Infinity'))
                            and regexp_matches(regexp_replace({text}, '{_STRING}', '', 'g'), 'NaN|Infinity'))
                    then try(json({text})::varchar)
                end"""


def _parts(text: str, *pointers: str) -> str:
    """The texts at these places of a JSON object; null where it is none."""
    places = ", ".join(f"'{pointer}'" for pointer in pointers)
    return f"""case
                    when starts_with(ltrim({text}, e' \\t\\r\\n'), '{{') then try(json_extract_string({text}, [{places}]))
                end"""
