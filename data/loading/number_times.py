"""Refuses a file whose times are numbers that count by another unit than is asked for, before most of its rows are rejects."""

from __future__ import annotations

import duckdb

from data.mapping.field_sql import RawRows
from data.mapping.samples import SAMPLE_ROWS
from data.mapping.time_remedies import LOOK_LIKE, number_remedy_sql
from data.mapping.times import EPOCH, FIRST_MS, LAST_MS, NUMBER
from data.store.limits import StoreError


def refuse_other_units(cursor: duckdb.DuckDBPyConnection, raw: RawRows) -> None:
    """`StoreError` where most of the first thousand times of a batch, and more than one, are numbers that are no times as the milliseconds
    that they are taken for."""
    if raw.time:
        return
    [(times, strangers, first, remedy)] = cursor.execute(f"""
        with times as materialized (
            select line, "timestamp"::varchar as text
            from ({raw.sql})
            where "timestamp" is not null
            limit {SAMPLE_ROWS}
        ),
        strangers as (
            select line, text, {number_remedy_sql("text")} as remedy
            from times
            where regexp_full_match(text, '{NUMBER}')
                and not (regexp_full_match(text, '{EPOCH}') and try_cast(text as double) between {FIRST_MS} and {LAST_MS})
        )
        select (select count(*) from times), count(*), min_by(text, line), mode(remedy)
        from strangers
    """, raw.parameters).fetchall()
    if strangers < 2 or 2 * strangers <= times:
        return
    if remedy:
        raise StoreError(f"its timestamps look like {LOOK_LIKE[remedy]}: give --time {remedy}. The first is {first}.")
    raise StoreError(f"its timestamps are numbers, such as {first}, and most are not between 2000 and a year ahead as milliseconds "
                     "since 1970. Say with --time what they count: --time seconds, or --time 'hours since 2018-01-01'; "
                     "--time milliseconds takes them as they are.")
