"""Writes the staged rows, and brings the offers, creatives and channels up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb

from data.loading.renumbering import renumbered
from data.loading.transaction import now
from data.mapping.fields import KEYED_FIELDS, STORED_FIELDS
from data.store.store import Store
from data.store.versions import Change


def apply_descriptions(cursor: duckdb.DuckDBPyConnection) -> int:
    """Bring the entities up to what `described` says of them; how many of them a reader now sees otherwise."""
    if not cursor.execute("select 1 from described limit 1").fetchall():
        return 0
    changed = 0
    for table, columns in (("offers", ("name", "status")), ("creatives", ("name", "channel")), ("channels", ("name",))):
        changed += _apply(cursor, table, columns)
    return changed


def _apply(cursor: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> int:
    values = {name: f"coalesce(n.{name}, e.{name})" for name in columns}
    if "channel" in values:
        values["channel"] = 'coalesce(c."key", e.channel)'
    cursor.execute(f"""
        create or replace temp table renewed as
        with newest as (
            select tenant, id, as_of, name, status, channel
            from described
            where kind = '{table}'
            qualify row_number() over (partition by tenant, id order by as_of desc, number desc) = 1
        )
        select
            e.tenant, e."key", n.as_of,
            {", ".join(f"{value} as {name}" for name, value in values.items())},
            not e.known or {" or ".join(f"{value} is distinct from e.{name}" for name, value in values.items())} as differs
        from newest n
        join {table} e on e.tenant = n.tenant and e.id = n.id
        left join channels c on c.tenant = n.tenant and c.id = n.channel
        where e.as_of is null or n.as_of >= e.as_of
    """)
    cursor.execute(f"""
        update {table} e
        set known = true, as_of = r.as_of, {", ".join(f"{name} = r.{name}" for name in columns)}
        from renewed r
        where r.tenant = e.tenant and r."key" = e."key" and (r.differs or r.as_of > e.as_of)
    """)
    [(changed,)] = cursor.execute("select count(*) from renewed where differs").fetchall()
    return changed


def committed(store: Store, cursor: duckdb.DuckDBPyConnection, version: int, change: Change | None, described: int) -> None:
    """Commit a new version once what readers have in memory is there for it as well; `change` is what `write` answered."""
    tenants = [tenant for tenant, in cursor.execute("select distinct tenant from described").fetchall()] if described else []
    with store.new_version(cursor, version, change, tenants):
        cursor.commit()


def would_describe(cursor: duckdb.DuckDBPyConnection) -> int:
    """How many entities a reader would see otherwise once `described` was applied."""
    [(changed,)] = cursor.execute("""
        with newest as (
            select kind, tenant, id, as_of, name, status, channel
            from described
            qualify row_number() over (partition by kind, tenant, id order by as_of desc, number desc) = 1
        ),
        entities as (
            select 'offers' as kind, tenant, id, known, as_of, name, status, null as channel from offers
            union all
            select 'creatives', c.tenant, c.id, c.known, c.as_of, c.name, null, channels.id
            from creatives c
            left join channels on channels.tenant = c.tenant and channels."key" = c.channel
            union all
            select 'channels', tenant, id, known, as_of, name, null, null from channels
        )
        select count(*)
        from newest n
        left join entities e using (kind, tenant, id)
        where e.as_of is null
            or (n.as_of >= e.as_of and (coalesce(n.name, e.name) is distinct from e.name or coalesce(n.status, e.status) is distinct from e.status
                or coalesce(n.channel, e.channel) is distinct from e.channel))
    """).fetchall()
    return changed


# More than an eighth of the store out of place: it is written anew, in order.
REWRITE_SHARE = 8

# A row of `interactions` but for the load that wrote it; `value` is worked out from the outcome.
_COLUMNS = (*(f'"{field.column}"' for field in STORED_FIELDS), "value")
CONTENT = ", ".join(_COLUMNS)
_RECORD = f"{CONTENT}, load"


def _joined(row: str, by: str) -> str:
    """The joins of a row with the dictionaries, by their keys or by their ids."""
    return "\n    ".join(
        f'{"left join" if field.optional else "join"} {field.words} on {field.words}.tenant = {row}.tenant '
        f'and {field.words}.{by} = {row}."{field.column}"'
        for field in sorted(KEYED_FIELDS, key=lambda field: field.optional)
    )


def _picked(row: str, word: str) -> str:
    """The columns of a row, each keyed one as `word` says of its dictionary."""
    words = {f'"{field.column}"': word.format(field.words) for field in KEYED_FIELDS}
    return ", ".join(f"{words.get(column, f'{row}.{column}')} as {column}" for column in _COLUMNS)


# The fresh rows with keys for words, and with the load that wrote them; the rows of the store with words for keys.
_FRESH = f"""
    select {_picked("f", 'coalesce({}."key", 0)')}, f.load
    from fresh f
    {_joined("f", "id")}"""
STORED = f"""
    select i.rowid as "row", i.load, {_picked("i", "{}.id")}
    from interactions i
    {_joined("i", '"key"')}"""


def write(cursor: duckdb.DuckDBPyConnection, phase: Callable[[str], None]) -> Change | None:
    """Append the `fresh` rows; or write the whole store anew, where too many would then lie out of (timestamp, id) order or some are `gone`.

    To be called within a transaction; the dictionaries must know every word of the rows. Words that no row has afterwards leave them.
    """
    cursor.execute("reset global checkpoint_threshold")
    cursor.execute("""delete from removed where "until" < $now""", {"now": now()})
    old, new, gone = (_count(cursor, table) for table in ("interactions", "fresh", "gone"))
    if not new and not gone:
        return None
    [(in_order, disordered)] = cursor.execute("select in_order, disordered from store").fetchall()
    in_order = in_order and _follows(cursor, old)
    disordered = 0 if in_order else disordered + new
    whole = gone > 0 or disordered * REWRITE_SHARE > old + new
    phase("writing interactions")
    if whole:
        _rewrite_interactions(cursor, renumbered(cursor) if gone else {})
        in_order, disordered, old = True, 0, 0
    else:
        # Of a file in order its numbers say the same as time and id, and sort much faster.
        order = "f.number" if _numbers_follow(cursor) else 'f."timestamp", f.id'
        cursor.execute(f"insert into interactions ({_RECORD}) {_FRESH} order by {order}")
    # Rows of an open transaction have provisional numbers, which begin elsewhere but run as the final ones will.
    [(first,)] = cursor.execute("select coalesce(min(rowid), 0) from interactions where rowid >= $old", {"old": old}).fetchall()
    place = {"first": first, "old": old}
    phase("writing ids")
    if whole:
        cursor.execute("truncate ids")
    cursor.execute("""
        insert into ids
        select half_hash(id), rowid - $first + $old
        from interactions
        where rowid >= $first
        order by 1, 2
    """, place)
    phase("writing journeys")
    regrouped = whole or new * REWRITE_SHARE > old
    _write_journeys(cursor, place, regrouped, in_order)
    cursor.execute("update store set in_order = $in_order, disordered = $disordered",
                   {"in_order": in_order, "disordered": disordered})
    return Change(first, old, whole, regrouped)


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    [(count,)] = cursor.execute(f"select count(*) from {table}").fetchall()
    return count


def _follows(cursor: duckdb.DuckDBPyConnection, old: int) -> bool:
    """Whether the fresh rows all come after the store's last one, which is its newest as long as it is in order."""
    if not old:
        return True
    [(follows,)] = cursor.execute("""
        with last as (
            select "timestamp", id
            from interactions
            where rowid = $last
        )
        select count(*) = 0
        from fresh f, last
        where f."timestamp" <= last."timestamp" and (f."timestamp" < last."timestamp" or f.id < last.id)
    """, {"last": old - 1}).fetchall()
    return follows


def _numbers_follow(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether the rows of the file stand in (timestamp, id) order, as they mostly do in an export."""
    [(follow,)] = cursor.execute("""
        select count(*) = 0
        from (
            select
                number, "timestamp", id, lag(number) over () as number_before,
                lag("timestamp") over () as time_before, lag(id) over () as id_before
            from staged
        )
        where number_before >= number or time_before > "timestamp" or (time_before = "timestamp" and id_before > id)
    """).fetchall()
    return follow


def _rewrite_interactions(cursor: duckdb.DuckDBPyConnection, renumbered_columns: Mapping[str, str]) -> None:
    [(definition,)] = cursor.execute("""
        select sql
        from duckdb_tables()
        where table_name = 'interactions'
    """).fetchall()
    keys = {f'"{column}"': f'coalesce({column}s."number", 0) as "{column}"' for column in renumbered_columns}
    kept = ", ".join(keys.get(column, f"b.{column}") for column in (*_COLUMNS, "load"))
    joins = "\n".join(
        f'left join {table} {column}s on {column}s.tenant = b.tenant and {column}s."key" = b.{column}'
        for column, table in renumbered_columns.items()
    )
    cursor.execute("alter table interactions rename to interactions_before")
    cursor.execute(definition)
    cursor.execute(f"""
        insert into interactions ({_RECORD})
        select *
        from (
            select {kept}
            from interactions_before b
            {joins}
            where b.rowid not in (select "row" from gone)
            union all
            {_FRESH}
        )
        order by "timestamp", id
    """)
    cursor.execute("drop table interactions_before")


def _write_journeys(cursor: duckdb.DuckDBPyConnection, place: dict[str, int], whole: bool, in_order: bool) -> None:
    """Write the journeys of all customers, or only of those who have fresh rows, behind the others'."""
    affected = "true"
    if whole:
        cursor.execute("truncate journeys")
    else:
        cursor.execute("""
            create or replace temp table affected as
            select distinct tenant, customer
            from interactions
            where rowid >= $first
        """, {"first": place["first"]})
        affected = "(tenant, customer) in (select (tenant, customer) from affected)"
        cursor.execute(f"delete from journeys where {affected}")
    # In an ordered store the rows' numbers say the same as time and id, and sort much faster.
    order = '"row"' if in_order else '"timestamp", id'
    columns = ", ".join(("tenant", '"timestamp"', "value", *(f'"{field.column}"' for field in KEYED_FIELDS)))
    cursor.execute(f"""
        insert into journeys ({columns}, "row")
        select {columns}, case when rowid >= $first then rowid - $first + $old else rowid end as "row"
        from interactions
        where {affected}
        order by tenant, customer, {order}
    """, place)
