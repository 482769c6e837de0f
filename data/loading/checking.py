"""The SQL that checks every row of a batch and gives it its types."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from data.mapping.field_sql import RawRows
from data.mapping.mapping import Mapping
from data.mapping.money import amount_sql
from data.mapping.object_sql import DESCRIBED, compact_object, parts_of
from data.mapping.time_remedies import time_complaint_sql


def prepared_objects(
    cursor: duckdb.DuckDBPyConnection, columns: Iterable[tuple[str, pa.Array]]
) -> tuple[dict[str, pa.Array], dict[str, list[pa.Array]]]:
    """What is read of some columns of JSON objects, by their fields, where few different texts stand in them: each is then read once.

    These are the compact forms, and of what describes an offer or a creative the members by `DESCRIBED`. A column in which
    something else than objects stands is left to the check of each row, which says what is wrong with it.
    """
    compact, parted = {}, {}
    for key, column in columns:
        if not pa.types.is_dictionary(column.type):
            continue
        cursor.register("texts", pa.table({"place": pa.array(range(len(column.dictionary)), pa.int32()), "text": column.dictionary}))
        read = parts_of("text", key) if key in DESCRIBED else compact_object("nullif(text, '')")
        objects = [value for value, in cursor.execute(f"select {read} from texts order by place").fetchall()]
        cursor.unregister("texts")
        if key in DESCRIBED:
            objects = [parts or ([None] * len(DESCRIBED[key]) if not text else None)
                       for parts, text in zip(objects, column.dictionary.to_pylist(), strict=True)]
        if None in objects:
            continue
        if key in DESCRIBED:
            parted[key] = [pa.DictionaryArray.from_arrays(column.indices, pa.array([parts[nth] for parts in objects], pa.string()))
                           for nth in range(len(DESCRIBED[key]))]
        else:
            compact[key] = pa.DictionaryArray.from_arrays(column.indices, pa.array(objects, pa.string()))
    return compact, parted


LONGEST_TEXT = 1000

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


def interactions_sql(raw: RawRows, mapping: Mapping, takes_own_alone: bool = False) -> str:
    """A row for each raw row: its line, its problem or null, the record's typed values, and what it says of its entities.

    Parameters: those of `raw`, and `$tenant`, the tenant of rows that do not name one; where it `takes_own_alone`, of all.
    """
    problems = dict(_COMPLAINTS)
    if takes_own_alone:
        problems["tenant != $tenant"] = "concat('tenantId is ', tenant, ', but this is the log of ', $tenant)"
    if not raw.timed:
        problems['time_text is not null and "timestamp" is null'] = time_complaint_sql("time_text::varchar", raw.time)
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
                context,
                response,
                outcome,
                "offer" as offer_text,
                offer_parts,
                "creative" as creative_text,
                creative_parts,
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
