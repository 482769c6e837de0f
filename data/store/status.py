"""What the store holds, tenant by tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.loading.outcome import iso_text
from data.pulling.states import PullState, pull_states
from data.store.store import Store
from queries.asking.times import iso


@dataclass(frozen=True)
class Status:
    """`tenants`: id, rows, customers, oldest, newest.

    `loads`, the latest first: finished, file, loaded, known, conflicts, rejected. `pulls`: tenant, from, when last, and what the totals say.
    """

    path: str
    version: int
    bytes: int
    tenants: tuple[tuple[Any, ...], ...]
    loads: tuple[tuple[Any, ...], ...]
    pulls: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        lines = [f"store    {self.path}", f"version  {self.version}", f"size     {self.bytes / 1e6:,.1f} MB", ""]
        lines += aligned([("tenant", "rows", "customers", "oldest row", "newest row"), *self.tenants])
        lines += ["", "latest loads"]
        lines += aligned([("finished", "file", "loaded", "already there", "conflicts", "rejected"), *self.loads])
        if self.pulls:
            lines += ["", "pulls", *aligned([("tenant", "from", "last pulled", "totals"), *self.pulls])]
        return "\n".join(lines)


def tenants_of(status: Status) -> str:
    """The tenants that have rows, a line each, those with most rows first."""
    having = [(tenant, rows) for tenant, rows, *_ in status.tenants if rows]
    return "\n".join(tenant for tenant, _ in sorted(having, key=lambda having: -having[1]))


def store_status(store: Store, loads: int = 10) -> Status:
    """The state of the store now, with its latest loads."""
    with store.snapshot(None) as snapshot:
        tenants = snapshot.rows("""
            select t.id, count(j.customer), count(distinct j.customer), min(j."timestamp"), max(j."timestamp")
            from tenants t
            left join journeys j using (tenant)
            group by t.id
            order by t.id
        """)
        latest = snapshot.rows("""
            select finished, file, loaded, known, conflicts, rejected
            from loads
            order by finished desc
            limit $loads
        """, {"loads": loads})
        return Status(
            path=str(store.path),
            version=snapshot.version,
            bytes=sum(path.stat().st_size for path in store.path.parent.glob(store.path.name + "*") if path.is_file()),
            tenants=tuple((*counts, iso_text(oldest), iso_text(newest)) for *counts, oldest, newest in tenants),
            loads=tuple((iso_text(finished), *rest) for finished, *rest in latest),
            pulls=tuple(
                (state.tenant, state.url, "not yet to the end" if state.pulled is None else iso(state.pulled), _totals_text(state))
                for state in pull_states(snapshot)
            ),
        )


def _totals_text(state: PullState) -> str:
    if state.agrees is None:
        return "not compared yet"
    said = "agree" if state.agrees else "differ: " + (
        ", ".join(f"{total.type} {total.theirs:,} there, {total.ours:,} here" for total in state.differing) or "all types together")
    return said


def aligned(rows: list[tuple[Any, ...]]) -> list[str]:
    """A table of a heading and its rows, a line each."""
    texts = [[f"{cell:,}" if isinstance(cell, int) else str(cell or "") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    numbers = [any(isinstance(cell, int) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in texts
    ]
