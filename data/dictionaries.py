"""Gives the strings of the staged rows their integer keys."""

from __future__ import annotations

import duckdb

# Dictionary → the staged column whose strings it holds, and what a new entry has beside tenant, key and id.
_DICTIONARIES = {
    "customers": ("customer", ""),
    "types": ("type", ""),
    "outcomes": ("outcome_type", ""),
    "directions": ("direction", ""),
    "offers": ("offer", ", false, null, null, null"),
    "creatives": ("creative", ", false, null, 0, null"),
    "channels": ("channel", ", false, null, null"),
}

# The order of the types' keys is kept for ever, and charts draw them by it: those that come together stand in that of their first rows.
_BY_FIRST_ROW = '(select min(f."timestamp") from fresh f where f.tenant = w.tenant and f.type = w.id), w.id'


def add_words(cursor: duckdb.DuckDBPyConnection) -> None:
    """Enter the words of `fresh` and the entities of `described` that the dictionaries do not have yet."""
    cursor.execute("""
        insert into tenants
        select tenant, id
        from tenant_keys
        where tenant not in (select tenant from tenants)
            and tenant in (select tenant from fresh union select tenant from described)
        order by tenant
    """)
    for table, (column, rest) in _DICTIONARIES.items():
        order = _BY_FIRST_ROW if table == "types" else "w.id"
        cursor.execute(f"""
            insert into {table}
            with named as (
                select distinct tenant, {column} as id
                from fresh
                where {column} is not null
                {_described(table)}
            ),
            fresh_words as (
                select n.tenant, n.id
                from named n
                anti join {table} t on t.tenant = n.tenant and t.id = n.id
            ),
            highest as (
                select tenant, max("key") as "key"
                from {table}
                group by tenant
            )
            select w.tenant, coalesce(h."key", 0) + row_number() over (partition by w.tenant order by {order}), w.id{rest}
            from fresh_words w
            left join highest h on h.tenant = w.tenant
            order by w.tenant, {order}
        """)


def _described(table: str) -> str:
    if table not in ("offers", "creatives", "channels"):
        return ""
    also = """union
                select tenant, channel
                from described
                where kind = 'creatives' and channel is not null""" if table == "channels" else ""
    return f"""union
                select tenant, id
                from described
                where kind = '{table}'
                {also}"""
