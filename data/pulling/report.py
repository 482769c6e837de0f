"""What came of a pull, as it is told."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 10
"""So many of the rows that are not on both sides are told by their ids."""


@dataclass(frozen=True)
class PullReport:
    """What came of a pull. `absent` are rows of the log that the platform does not have, and `refused` those of the platform's that the log does
    not take; `totals` are (type or None for all, theirs, ours, whether they agree), of the last comparison.
    Removals that were to be followed are `held_back` where they are too many to be believed."""

    url: str
    tenant: str
    pages: int
    loaded: int
    changed: int
    removed: int
    absent: int
    some_absent: tuple[str, ...]
    refused: int
    some_refused: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    totals: tuple[tuple[str | None, int, int, bool], ...]
    compared: bool
    held_back: bool = False
    seconds: float = 0

    def __str__(self) -> str:
        counts = {"pages": self.pages, "new": self.loaded, "changed": self.changed, "removed here": self.removed,
                  "removed there": self.absent, "not loaded": self.refused}
        lines = [f"pulled from {self.url} into {self.tenant}", *(f"  {name:<14}{count:>13,}" for name, count in counts.items())]
        lines.append(f"  {'seconds':<14}{self.seconds:>13,.1f}")
        if self.absent:
            lines.append(f"  the platform does not have {_some(self.some_absent, self.absent)}; " + (
                "these are too many to be removed unasked: pull once without --every, unless the platform has no rows at all" if self.held_back
                else "--follow-removals removes those that the pull wrote"))
        lines += [f"  not loaded: {id}: {reason}" for id, reason in self.some_refused]
        if self.unread:
            lines.append(f"  not read: {', '.join(self.unread)}")
        if self.compared:
            differ = [(type or "all types", theirs, ours) for type, theirs, ours, agrees in self.totals if not agrees]
            lines += [f"  {type}: the platform counts {theirs:,}, the log {ours:,}" for type, theirs, ours in differ]
            lines += [] if differ else ["  the totals agree"]
        return "\n".join(lines)


def _some(ids: tuple[str, ...], count: int) -> str:
    more = f" and {count - len(ids):,} more" if count > len(ids) else ""
    return ", ".join(ids) + more
