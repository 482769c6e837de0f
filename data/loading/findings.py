"""What the rows of a load say that a reader of figures should know before believing them."""

from __future__ import annotations

import duckdb

from data.loading.checking import VALUE_TEXT
from data.loading.outcome import Findings
from data.mapping.money import amount_sql
from data.store.meanings import outcomes_of
from queries.asking.outcomes import Outcome

# Words by which systems write that there is no value.
_NO_VALUE = ("NULL", "null", "Null", "\\N", "NaN", "nan", "NAN", "None", "none", "NONE", "(null)", "(none)", "N/A", "n/a", "nil", "undefined")
_IDS = {"id": "id", "customer": "customerId", "offer": "offerId", "creative": "creativeId", "channel": "channelId"}

_MOST_TYPES, _MOST_REASONS = 50, 5

# What is wrong with a row, without what differs from row to row; what to do is part of it.
_REASON = """split_part(problem, ': ', 1)
                || case when starts_with(split_part(problem, ': ', 2), 'give --') then ': ' || split_part(problem, ': ', 2) else '' end"""


def findings(cursor: duckdb.DuckDBPyConnection, unread: int) -> Findings:
    """What tables `arrived`, `staged`, `fresh` and `described` of a load say; `unread` is how many values are not numbers."""
    decimal, readable = _decimal(cursor) if unread else ("", 0)
    return Findings(
        tenants=tuple(id for id, in cursor.execute("""
            select id
            from tenant_keys
            where tenant in (select tenant from staged union select tenant from described)
            order by id
        """).fetchall()),
        types=_types(cursor),
        no_value=_no_value(cursor),
        reasons=tuple(cursor.execute(f"""
            select {_REASON} as reason, count(*)
            from arrived
            where problem is not null
            group by reason
            order by count(*) desc, reason
            limit {_MOST_REASONS}
        """).fetchall()),
        decimal=decimal,
        readable=readable,
    )


def _types(cursor: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int, str], ...]:
    tables = {
        tenant: outcomes_of(lambda sql, parameters: cursor.execute(sql, parameters).fetchall(), tenant)
        for tenant, in cursor.execute("select distinct tenant from staged").fetchall()
    }
    found = cursor.execute(f"""
        select tenant, outcome_type, count(*)
        from staged
        group by tenant, outcome_type
        order by count(*) desc, outcome_type
        limit {_MOST_TYPES}
    """).fetchall()
    counts: dict[tuple[str, str], int] = {}
    for tenant, key, rows in found:
        meant = (key, counts_as(tables[tenant][key]))
        counts[meant] = counts.get(meant, 0) + rows
    return tuple(sorted(((key, rows, meaning) for (key, meaning), rows in counts.items()), key=lambda one: (-one[1], one[0])))


def counts_as(outcome: Outcome) -> str:
    """The count or the class that an outcome's rows are of, or that it is known as neutral; nothing where it counts as nothing."""
    known = outcome.category is not None or outcome.name != outcome.key
    return outcome.counts_as or (outcome.classification if known or outcome.classification != "neutral" else "")


def _no_value(cursor: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, int], ...]:
    """The words for no value that stand as an id in more than one row."""
    # A join, because a list of words is compared with each id in turn.
    found = [
        (word, field, rows)
        for column, field in _IDS.items()
        for word, rows in cursor.execute(f"""
            select {column}, count(*)
            from staged
            where {column} in (select unnest($words))
            group by {column}
            having count(*) > 1
        """, {"words": list(_NO_VALUE)}).fetchall()
    ]
    return tuple(sorted(found, key=lambda one: (-one[2], one)))


def _decimal(cursor: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """The decimal mark that reads the most of the values that are not numbers, and how many it reads."""
    [(comma, point)] = cursor.execute(f"""
        select count({amount_sql(VALUE_TEXT, ",")}), count({amount_sql(VALUE_TEXT, ".")})
        from fresh
        where value is null and trim({VALUE_TEXT}) != ''
    """).fetchall()
    return ("", 0) if not (comma or point) else (",", comma) if comma >= point else (".", point)
