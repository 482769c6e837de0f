"""What is remembered of the store's next version, made before anybody can see it: only what is new is read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data.columns.arrays import DIMENSIONS, is_small
from data.columns.growth import NO_ROWS, Fresh, grown, regrouped
from data.columns.memory import Memory
from data.columns.names import dictionaries, dictionary_sizes
from data.columns.tenant import TenantColumns
from data.columns.warming import reading_for_browsing, reading_for_figures

if TYPE_CHECKING:
    from data.store.store import Snapshot
    from data.store.versions import Change

# Some 150 bytes each while they are put where they belong.
_MOST_FRESH = 4_000_000


def renewed(before: Snapshot, after: Snapshot, change: Change | None, described: Collection[int]) -> Memory:
    """What was remembered of a version, for the one that `after` reads and that nobody else can see yet.

    The `change` is that of the rows between them, if there is any; tenants that are `described` have other names of things.
    """
    if change and change.rewritten:
        return _read_anew(before, after)
    parts = before.memory.parts()
    columns = {tenant: TenantColumns(before, "", tenant) for tenant in parts}
    fresh: dict[int, Fresh] = {}
    if change:
        counts = _fresh_counts(after, change)
        for tenant in [tenant for tenant in parts if counts.get(tenant, 0) > min(len(columns[tenant]), _MOST_FRESH)]:
            # Most of it is new, or too much to hold beside it: it is read when somebody asks.
            del parts[tenant]
        fresh = _fresh_rows(after, change, [tenant for tenant in counts if tenant in parts])
    sizes = dictionary_sizes(after)
    for tenant, part in parts.items():
        words = columns[tenant].dictionaries if tenant in fresh or part.holds("dictionaries") else None
        is_reworded = tenant in described or (words is not None and {k: n for k, n in words.largest_keys.items() if n} != sizes.get(tenant, {}))
        kept = part.kept()
        if tenant in fresh or is_reworded:
            kept = grown(columns[tenant], fresh.get(tenant, NO_ROWS), dictionaries(after, tenant) if is_reworded or words is None else words)
        if change and change.regrouped:
            kept = regrouped(kept)
        if tenant in fresh or is_reworded or (change and change.regrouped):
            parts[tenant] = part.with_columns(kept)
    return before.memory.after(parts)


def _fresh_counts(after: Snapshot, change: Change) -> dict[int, int]:
    return dict(after.rows("select tenant, count(*) from interactions where rowid >= $first group by tenant", {"first": change.first}))


def _fresh_rows(after: Snapshot, change: Change, tenants: list[int]) -> dict[int, Fresh]:
    """The new rows of some tenants."""
    if not tenants:
        return {}
    table = after.table(f"""
        select
            i.tenant, i.rowid - $first + $old as "row", epoch_ms(i."timestamp") as "timestamp", i.id, i.customer, c.id as "customer id",
            {", ".join(f'i.{column} as "{name}"' for name, column in DIMENSIONS.items())}, coalesce(i.value, 'nan'::double) as value
        from interactions i
        join customers c on c.tenant = i.tenant and c."key" = i.customer
        where i.rowid >= $first
            and i.tenant = any($tenants)
        order by i.tenant, i."timestamp", i.id
    """, {"first": change.first, "old": change.old, "tenants": tenants}).combine_chunks()
    numbers, firsts = np.unique(table["tenant"].to_numpy(), return_index=True)
    ends = np.append(firsts[1:], len(table))
    return {
        tenant: _fresh(table.slice(first, end - first))
        for tenant, first, end in zip(numbers.tolist(), firsts.tolist(), ends.tolist(), strict=True)
    }


def _fresh(table: pa.Table) -> Fresh:
    names = ("row", "timestamp", "customer", *DIMENSIONS, "value")
    ids, customers = (table[name].combine_chunks() for name in ("id", "customer id"))
    return Fresh({name: table[name].to_numpy() for name in names}, ids, customers)


def _read_anew(before: Snapshot, after: Snapshot) -> Memory:
    """Of the tenants whose reading takes a while, what was in memory; the others are read when somebody asks."""
    for tenant, part in before.memory.parts().items():
        kept = part.kept()
        if ("log", "timestamp") not in kept or is_small(kept["rows"]):
            continue
        columns = TenantColumns(after, "", tenant)
        for _ in reading_for_browsing(columns):
            pass
        if ("journeys", "timestamp") in kept:
            for _ in reading_for_figures(columns):
                pass
    return before.memory.after(after.memory.parts())
