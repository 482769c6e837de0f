"""Takes the words that no row has any more out of the dictionaries, so that nothing counts or offers what is not there."""

from __future__ import annotations

import duckdb

from data.mapping.fields import KEYED_FIELDS

# Which entries of a dictionary stay without a row: those that somebody has described.
_DESCRIBED = {
    "offers": 'union select tenant, "key" from offers where known',
    "creatives": 'union select tenant, "key" from creatives where known',
    "channels": 'union select tenant, "key" from channels where known union select tenant, channel from creatives',
}


def renumbered(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Bring the dictionaries to the words of the rows that are not `gone` and of those that are `fresh`; their keys stay dense, in order.

    The answer is, for each column of interactions whose keys are others now, the table (tenant, key, number) that says which.
    """
    tables = {}
    for column, dictionary in ((field.column, field.words) for field in KEYED_FIELDS):
        numbers = f"numbers_of_{dictionary}"
        cursor.execute(f"""
            create or replace temp table {numbers} as
            with used as (
                select tenant, {column} as "key"
                from interactions
                where rowid not in (select "row" from gone)
                union
                select d.tenant, d."key"
                from fresh f
                join {dictionary} d on d.tenant = f.tenant and d.id = f.{column}
                {_DESCRIBED.get(dictionary, "")}
            )
            select tenant, "key", row_number() over (partition by tenant order by "key") as "number"
            from {dictionary}
            semi join used using (tenant, "key")
        """)
        if _everything_is_used(cursor, dictionary, numbers):
            continue
        tables[column] = numbers
        cursor.execute(f"""
            create or replace temp table kept as
            select d.* replace (n."number" as "key")
            from {dictionary} d
            join {numbers} n using (tenant, "key")
        """)
        cursor.execute(f"truncate {dictionary}")
        cursor.execute(f'insert into {dictionary} select * from kept order by tenant, "key"')
        if dictionary == "channels":
            cursor.execute(f"""
                update creatives c
                set channel = n."number"
                from {numbers} n
                where n.tenant = c.tenant and n."key" = c.channel
            """)
    return tables


def _everything_is_used(cursor: duckdb.DuckDBPyConnection, dictionary: str, numbers: str) -> bool:
    [(same,)] = cursor.execute(f"select (select count(*) from {dictionary}) = (select count(*) from {numbers})").fetchall()
    return same
