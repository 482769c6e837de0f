"""Writes down what a load did, so that it can be listed and taken back."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

import duckdb

from data.loading.writing import CONTENT, STORED

# A line of table `loads` that stands for rows of the log, which can be taken back: not one that only described offers, creatives or channels.
HAS_ROWS = "made and (loaded + replaced > 0 or not noted)"

# What a load replaces, or has replaced, in words: a row of table `replaced`.
REPLACED = f"load, {CONTENT}"


@dataclass(frozen=True)
class LoadRecord:
    """A line of table `loads`; `made` says whether the load made the version."""

    version: int
    file: str
    loaded: int
    known: int
    conflicts: int
    rejected: int
    finished: datetime.datetime
    replaced: int
    by: str
    made: bool


def record_load(cursor: duckdb.DuckDBPyConnection, record: LoadRecord) -> None:
    """Enter a load; one that made a version becomes the store's newest, and is listed to each tenant it has rows or descriptions of."""
    cursor.execute("""
        insert into loads
        values ($version, $file, $loaded, $known, $conflicts, $rejected, $finished, $replaced, $by, $made, true)
    """, asdict(record))
    if not record.made:
        return
    cursor.execute("update store set version = $version", {"version": record.version})
    # Rows that name no tenant are refused to the one tenant of their load; of a load of several they are nobody's.
    cursor.execute("""
        insert into tenant_loads
        with of_tenant as (
            select
                tenant,
                count(*) filter (d.difference != '') as conflicts,
                count(*) filter (a.problem is not null) as rejected
            from (
                select tenant, number, problem
                from arrived
                union all
                select distinct tenant, null, null
                from described
            ) a
            join tenants using (tenant)
            left join duplicates d using (number)
            group by tenant
        )
        select
            $version,
            tenant,
            case when count(*) over () = 1 then $conflicts else conflicts end,
            case when count(*) over () = 1 then $rejected else rejected end
        from of_tenant
        order by tenant
    """, {"version": record.version, "conflicts": record.conflicts, "rejected": record.rejected})


def keep_replaced(cursor: duckdb.DuckDBPyConnection) -> None:
    """Keep the contents that are `gone` because a load replaces them."""
    if not cursor.execute("select 1 from gone limit 1").fetchone():
        return
    cursor.execute(f"""
        insert into replaced ({REPLACED})
        select {REPLACED}
        from ({STORED} where i.rowid in (select "row" from gone))
    """)
