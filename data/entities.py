"""What is known of offers, creatives and channels: the newest description wins."""

from __future__ import annotations

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
            qualify row_number() over (partition by tenant, id order by as_of desc, line desc) = 1
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
