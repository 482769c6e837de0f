"""The loads whose rows the store holds, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.loading.outcome import iso_text
from data.loading.recording import HAS_ROWS
from data.store.status import aligned
from data.store.store import Snapshot


class LoadLine(NamedTuple):
    """One load. `rows` is how many rows hold the content that it wrote, None where an earlier version of the program did not note that."""

    version: int
    source: str
    finished: str
    rows: int | None
    rejected: int
    conflicts: int
    by: str
    tenants: tuple[str, ...]


@dataclass(frozen=True)
class Loads:
    lines: Sequence[LoadLine]

    def __str__(self) -> str:
        if not self.lines:
            return "no loads"
        lines = [LoadLine(*line) for line in self.lines]
        text = aligned([
            ("version", "finished", "source", "tenant", "rows", "rejected", "conflicts", "by"),
            *((str(line.version), line.finished, line.source, ", ".join(line.tenants) or _UNKNOWN,
               _UNKNOWN if line.rows is None else line.rows, line.rejected, line.conflicts, line.by) for line in lines),
        ])
        if any(line.rows is None for line in lines):
            text += ["", f"{_UNKNOWN}: an earlier version of the program wrote these rows and did not note which; such a load cannot be taken back"]
        return "\n".join(text)


_UNKNOWN = "unknown"


def loads(snapshot: Snapshot, tenant: str | None = None) -> Loads:
    """The loads of all tenants, or what they mean to one: its own rows, and how many of its own were refused.

    A load that wrote no row is none of them, nor one that has been taken back.
    """
    found = snapshot.rows(f"""
        with whose as (
            select l.version, t.id, l.conflicts, l.rejected
            from tenant_loads l
            join tenants t using (tenant)
            where $tenant is null or t.id = $tenant
        ),
        held as (
            select load as version, count(*) as rows
            from interactions
            where $tenant is null or tenant = (select tenant from tenants where id = $tenant)
            group by load
        )
        select
            l.version, l.file, l.finished, case when l.noted then coalesce(any_value(h.rows), 0) end,
            case when $tenant is null then l.rejected else sum(w.rejected)::bigint end,
            case when $tenant is null then l.conflicts else sum(w.conflicts)::bigint end,
            l."by", list(w.id order by w.id) filter (w.id is not null)
        from loads l
        left join whose w on w.version = l.version
        left join held h on h.version = l.version
        where {HAS_ROWS}
            and (w.id is not null or (not l.noted and $tenant is null))
        group by l.version, l.file, l.finished, l.rejected, l.conflicts, l."by", l.noted
        order by l.version desc
    """, {"tenant": tenant})
    return Loads(tuple(
        LoadLine(version, source, iso_text(finished) or "", rows, rejected, conflicts, by, tuple(tenants or ()))
        for version, source, finished, rows, rejected, conflicts, by, tenants in found
    ))
