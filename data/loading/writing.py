"""Writes the staged rows, and brings the offers, creatives and channels up to date."""

from __future__ import annotations

from collections.abc import Callable

import duckdb


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


# More than an eighth of the store out of place: it is written anew, in order.
REWRITE_SHARE = 8

_RECORD = """tenant, id, "timestamp", customer, type, offer, creative, channel, direction, outcome_type, value,
    context, response, outcome"""

_FRESH = """
    select
        f.tenant, f.id, f."timestamp", customers."key" as customer, types."key" as type, coalesce(offers."key", 0) as offer,
        coalesce(creatives."key", 0) as creative, coalesce(channels."key", 0) as channel,
        coalesce(directions."key", 0) as direction, outcomes."key" as outcome_type, f.value, f.context, f.response, f.outcome
    from fresh f
    join customers on customers.tenant = f.tenant and customers.id = f.customer
    join types on types.tenant = f.tenant and types.id = f.type
    join outcomes on outcomes.tenant = f.tenant and outcomes.id = f.outcome_type
    left join offers on offers.tenant = f.tenant and offers.id = f.offer
    left join creatives on creatives.tenant = f.tenant and creatives.id = f.creative
    left join channels on channels.tenant = f.tenant and channels.id = f.channel
    left join directions on directions.tenant = f.tenant and directions.id = f.direction"""


def write(cursor: duckdb.DuckDBPyConnection, phase: Callable[[str], None]) -> None:
    """Append the fresh rows, or write the whole store anew where too many would then lie out of (timestamp, id) order.

    To be called within a transaction; the dictionaries must know every word of the rows.
    """
    old = _count(cursor, "interactions")
    new = _count(cursor, "fresh")
    if not new:
        return
    [(in_order, disordered)] = cursor.execute("select in_order, disordered from store").fetchall()
    in_order = in_order and _follows(cursor, old)
    disordered = 0 if in_order else disordered + new
    whole = disordered * REWRITE_SHARE > old + new
    phase("writing interactions")
    if whole:
        _rewrite_interactions(cursor)
        in_order, disordered, old = True, 0, 0
    else:
        # Of a file in order its lines say the same as time and id, and sort much faster.
        order = "f.number" if _lines_follow(cursor) else 'f."timestamp", f.id'
        cursor.execute(f"insert into interactions ({_RECORD}) {_FRESH} order by {order}")
    # Rows of an open transaction have provisional numbers, which begin elsewhere but run as the final ones will.
    [(first,)] = cursor.execute("select min(rowid) from interactions where rowid >= $old", {"old": old}).fetchall()
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
    _write_journeys(cursor, place, whole or new * REWRITE_SHARE > old, in_order)
    cursor.execute("update store set in_order = $in_order, disordered = $disordered",
                   {"in_order": in_order, "disordered": disordered})


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


def _lines_follow(cursor: duckdb.DuckDBPyConnection) -> bool:
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


def _rewrite_interactions(cursor: duckdb.DuckDBPyConnection) -> None:
    [(definition,)] = cursor.execute("""
        select sql
        from duckdb_tables()
        where table_name = 'interactions'
    """).fetchall()
    cursor.execute("alter table interactions rename to interactions_before")
    cursor.execute(definition)
    cursor.execute(f"""
        insert into interactions ({_RECORD})
        select *
        from (select {_RECORD} from interactions_before union all {_FRESH})
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
    order = "11" if in_order else '"timestamp", id'
    cursor.execute(f"""
        insert into journeys
        select
            tenant, customer, "timestamp", type, offer, creative, channel, direction, outcome_type, value,
            case when rowid >= $first then rowid - $first + $old else rowid end
        from interactions
        where {affected}
        order by tenant, customer, {order}
    """, place)
