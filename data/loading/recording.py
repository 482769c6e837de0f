"""Writes down what a load did, so that it can be listed and taken back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

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


@dataclass(frozen=True)
class PostedRows:
    """The rows of a post by their numbers, from `first` to before `end`, and what became of them."""

    first: int
    end: int
    tenant: str
    by: str
    loaded: int
    known: int
    conflicts: int
    rejected: int
    replaced: int = 0


def record_posts(cursor: duckdb.DuckDBPyConnection, posts: Sequence[PostedRows], finished: datetime.datetime, file: str) -> int:
    """Enter posts, those of one tenant, account or key, and `file` as one load however often they come; the version that they make.

    Table `posted` then says which load the rows of each are of.
    """
    def whose(post: PostedRows) -> tuple[str, str]:
        return post.tenant, post.by

    cursor.execute('create or replace temp table posted (first bigint, "end" bigint, load uinteger)')
    [(version,)] = cursor.execute("select version from store").fetchall()
    load = version
    for (tenant, by), group in groupby(sorted(posts, key=whose), key=whose):
        its = list(group)
        counts = {name: sum(getattr(post, name) for post in its) for name in ("loaded", "known", "conflicts", "rejected", "replaced")}
        refused = {name: counts[name] for name in ("conflicts", "rejected")}
        found = cursor.execute("""
            select version
            from loads
            where file = $file and "by" = $by
                and version in (select version from tenant_loads where tenant = (select tenant from tenant_keys where id = $tenant))
        """, {"file": file, "by": by, "tenant": tenant}).fetchone()
        if found:
            [own] = found
            cursor.execute("""
                update loads
                set loaded = loaded + $loaded, known = known + $known, conflicts = conflicts + $conflicts, rejected = rejected + $rejected,
                    replaced = replaced + $replaced, finished = $finished
                where version = $version
            """, {"version": own, "finished": finished, **counts})
            cursor.execute("update tenant_loads set conflicts = conflicts + $conflicts, rejected = rejected + $rejected where version = $version",
                           {"version": own, **refused})
        else:
            own = load = load + 1
            cursor.execute("""
                insert into loads
                values ($version, $file, $loaded, $known, $conflicts, $rejected, $finished, $replaced, $by, true, true)
            """, {"version": own, "file": file, "by": by, "finished": finished, **counts})
            cursor.execute("insert into tenant_loads select $version, tenant, $conflicts, $rejected from tenant_keys where id = $tenant",
                           {"version": own, "tenant": tenant, **refused})
        cursor.execute("""insert into posted select unnest($first), unnest($end), $load""",
                       {"first": [post.first for post in its], "end": [post.end for post in its], "load": own})
    version = max(version + 1, load)
    cursor.execute("update store set version = $version", {"version": version})
    return version


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


def keep_replaced(cursor: duckdb.DuckDBPyConnection, load: int) -> None:
    """Keep the contents that are `gone` because a load replaces them, but for its own: of a row it has one content."""
    if not cursor.execute("select 1 from gone limit 1").fetchone():
        return
    cursor.execute(f"""
        insert into replaced ({REPLACED})
        select {REPLACED}
        from ({STORED} where i.rowid in (select "row" from gone) and i.load != $load)
    """, {"load": load})
