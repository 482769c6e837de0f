"""Finds the rows of a file whose id is there already, in the store or further up in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from data.loading.rejects import Reject
from data.loading.writing import STORED
from data.mapping.fields import IDENTITY, STORED_FIELDS

# The store's column → the name by which a difference is told.
_COMPARED = {f'"{field.column}"': field.name for field in STORED_FIELDS if field.name not in IDENTITY}

_DIFFERENCE = "concat_ws(', ', {})".format(
    ", ".join(f"case when n.{column} is distinct from o.{column} then '{name}' end" for column, name in _COMPARED.items())
)

_RECORD = "to_json({id: n.id, " + ", ".join(f"{name}: n.{column}" for column, name in _COMPARED.items()) + "})::varchar"


@dataclass(frozen=True)
class Duplicates:
    known: int
    conflicts: int
    replaced: int


def set_duplicates_aside(cursor: duckdb.DuckDBPyConnection, replace: bool = False, of: str | None = None) -> Duplicates:
    """Fill `duplicates` with the staged rows that are not to be written, and count them.

    The first row of an id stays; `difference` names the fields in which a later one differs, and is empty where none does. Where the
    file is to `replace` what the store has, its rows are compared with one another first, and of those that then differ from the store's
    the latter are `gone`; with `of` only those that a load by that account, key or pull wrote.
    """
    if replace:
        _compare_within_file(cursor)
    _compare_with_store(cursor, replace, of)
    if not replace:
        _compare_within_file(cursor)
    [(known, conflicts)] = cursor.execute("""
        select count(*) filter (difference = ''), count(*) filter (difference != '')
        from duplicates
    """).fetchall()
    [(replaced,)] = cursor.execute("select count(*) from gone").fetchall()
    return Duplicates(known, conflicts, replaced)


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


def _compare_with_store(cursor: duckdb.DuckDBPyConnection, replace: bool, of: str | None) -> None:
    # By hash alone nearly every row is shown to be new without looking at a single id.
    cursor.execute("""
        create or replace temp table met as
        select distinct s.hash
        from staged s
        join ids on ids.hash = (s.hash >> 32)::uinteger
    """)
    if not cursor.execute("select 1 from met limit 1").fetchone():
        return
    cursor.execute(f"""
        create or replace temp table compared as
        with stored as (
            {STORED}
            where i.rowid in (select "row" from ids where hash in (select (hash >> 32)::uinteger from met))
        )
        select
            n.number,
            o."row",
            {_DIFFERENCE} as difference,
            $replace and ($of is null or o.load in (select version from loads where "by" = $of)) as yields
        from staged n
        join stored o on o.tenant = n.tenant and o.id = n.id
        where n.hash in (select hash from met)
            and n.number not in (select number from duplicates)
    """, {"replace": replace, "of": of})
    cursor.execute("insert into duplicates select number, difference from compared where difference = '' or not yields")
    if replace:
        cursor.execute("""insert into gone select "row" from compared where difference != '' and yields""")


def _compare_within_file(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute("""
        create or replace temp table met as
        select hash
        from staged
        group by hash
        having count(*) > 1
    """)
    if not cursor.execute("select 1 from met limit 1").fetchone():
        return
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
