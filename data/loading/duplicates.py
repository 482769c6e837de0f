"""Finds the rows of a file whose id is there already, in the store or further up in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from data.loading.outcome import Reject

# The store's column → the name by which a difference is told.
_COMPARED = {
    '"timestamp"': "timestamp",
    "customer": "customerId",
    "type": "interactionType",
    "outcome_type": "outcomeTypeKey",
    "offer": "offerId",
    "creative": "creativeId",
    "channel": "channelId",
    "direction": "direction",
    "context": "context",
    "response": "response",
    "outcome": "outcome",
}

_DIFFERENCE = "concat_ws(', ', {})".format(
    ", ".join(f"case when n.{column} is distinct from o.{column} then '{name}' end" for column, name in _COMPARED.items())
)

_RECORD = "to_json({id: n.id, " + ", ".join(f"{name}: n.{column}" for column, name in _COMPARED.items()) + "})::varchar"


@dataclass(frozen=True)
class Duplicates:
    known: int
    conflicts: int


def set_duplicates_aside(cursor: duckdb.DuckDBPyConnection) -> Duplicates:
    """Make table `duplicates` (number, difference) of the staged rows that are not to be written, and count them.

    The first row of an id stays; `difference` names the fields in which a later one differs, and is empty where none does.
    """
    cursor.execute("create or replace temp table duplicates (number bigint, difference varchar)")
    # By hash alone nearly every row is shown to be new without looking at a single id.
    cursor.execute("""
        create or replace temp table met as
        select distinct s.hash
        from staged s
        join ids on ids.hash = (s.hash >> 32)::uinteger
    """)
    if cursor.execute("select 1 from met limit 1").fetchone():
        _compare_with_store(cursor)
    cursor.execute("""
        create or replace temp table met as
        select hash
        from staged
        group by hash
        having count(*) > 1
    """)
    if cursor.execute("select 1 from met limit 1").fetchone():
        _compare_within_file(cursor)
    [(known, conflicts)] = cursor.execute("""
        select count(*) filter (difference = ''), count(*) filter (difference != '')
        from duplicates
    """).fetchall()
    return Duplicates(known, conflicts)


def not_loaded(cursor: duckdb.DuckDBPyConnection) -> Iterator[Reject]:
    """The rows that have a problem or contradict an earlier one, in the order read."""
    rows = cursor.execute(f"""
        select number, line, problem, raw
        from arrived
        where problem is not null
        union all
        select number, n.line, 'conflict: already loaded with a different ' || d.difference, left({_RECORD}, 1000)
        from duplicates d
        join staged n using (number)
        where d.difference != ''
        order by number
    """)
    while row := rows.fetchone():
        yield Reject(*row[1:])


def _compare_with_store(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(f"""
        insert into duplicates
        with stored as (
            select
                i.tenant, i.id, i."timestamp", customers.id as customer, types.id as type, outcomes.id as outcome_type,
                offers.id as offer, creatives.id as creative, channels.id as channel, directions.id as direction,
                i.context, i.response, i.outcome
            from interactions i
            join customers on customers.tenant = i.tenant and customers."key" = i.customer
            join types on types.tenant = i.tenant and types."key" = i.type
            join outcomes on outcomes.tenant = i.tenant and outcomes."key" = i.outcome_type
            left join offers on offers.tenant = i.tenant and offers."key" = i.offer
            left join creatives on creatives.tenant = i.tenant and creatives."key" = i.creative
            left join channels on channels.tenant = i.tenant and channels."key" = i.channel
            left join directions on directions.tenant = i.tenant and directions."key" = i.direction
            where i.rowid in (select "row" from ids where hash in (select (hash >> 32)::uinteger from met))
        )
        select n.number, {_DIFFERENCE}
        from staged n
        join stored o on o.tenant = n.tenant and o.id = n.id
        where n.hash in (select hash from met)
    """)


def _compare_within_file(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(f"""
        insert into duplicates
        with several as (
            select *
            from staged
            where hash in (select hash from met)
                and number not in (select number from duplicates)
        ),
        firsts as (
            select tenant, id, min(number) as number
            from several
            group by tenant, id
        )
        select n.number, {_DIFFERENCE}
        from several n
        join firsts f using (tenant, id)
        join several o on o.number = f.number
        where n.number != f.number
    """)
