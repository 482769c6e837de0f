"""How each pull stands, for those who read: when it last came to its end, and whether the totals agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.store.store import Snapshot


class TypeTotal(NamedTuple):
    """A type's totals when they were last compared; `since` is when they first agreed, in milliseconds, None where they do not."""

    type: str
    theirs: int
    ours: int
    absent: int
    refused: int
    since: int | None


@dataclass(frozen=True)
class PullState:
    """A pull into a tenant. Times are in milliseconds since 1970, None where it has not come so far; `agrees` says so of
    the totals of all types and of each."""

    url: str
    tenant: str
    pulled: int | None
    compared: int | None
    totals: tuple[TypeTotal, ...]
    agrees: bool | None

    @property
    def differing(self) -> tuple[TypeTotal, ...]:
        return tuple(total for total in self.totals if total.since is None)


def pull_states(snapshot: Snapshot, tenant: str | None = None) -> tuple[PullState, ...]:
    """How the pulls of all tenants stand, or of one."""
    whose = {"tenant": tenant}
    pulls = snapshot.rows("""
        select url, tenant, epoch_ms(pulled), epoch_ms(reconciled)
        from pulls
        where $tenant is null or tenant = $tenant
        order by tenant, url
    """, whose)
    if not pulls:
        return ()
    totals = snapshot.rows("""
        select url, tenant, type, theirs, ours, absent, refused, epoch_ms(agreed_since)
        from pull_totals
        where $tenant is null or tenant = $tenant
        order by type nulls last
    """, whose)
    states = []
    for url, whose_it_is, pulled, compared in pulls:
        its = [row[2:] for row in totals if row[:2] == (url, whose_it_is)]
        agrees = all(row[-1] is not None for row in its) if compared is not None else None
        states.append(PullState(url, whose_it_is, pulled, compared, tuple(TypeTotal(*row) for row in its if row[0] is not None), agrees))
    return tuple(states)


def least_fresh(states: Sequence[PullState]) -> tuple[int | None, bool | None]:
    """Of a tenant's pulls together: when the one that lies furthest back came to its end, and whether all totals agree."""
    pulled = [state.pulled for state in states]
    agree = [state.agrees for state in states]
    return (
        None if None in pulled else min((one for one in pulled if one is not None), default=None),
        False if False in agree else None if None in agree else bool(agree),
    )
