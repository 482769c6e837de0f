"""A log as a page reads it: one that has rows, and whose times are therefore known; up to when it tells, and when it was pulled."""

from __future__ import annotations

from dataclasses import dataclass

from data.engine import Tenant
from ui.words.numbers import counted, zoned_time


@dataclass(frozen=True)
class Log:
    """A tenant's log: its oldest row's time and its clock in milliseconds, and how many rows are later than that clock."""

    tenant: Tenant
    oldest: int
    clock: int
    future_rows: int

    @classmethod
    def of(cls, tenant: Tenant) -> Log | None:
        """The log of a tenant; None where it has no rows."""
        span = tenant.span()
        return None if span is None else cls(tenant, span.oldest, span.clock, span.future_rows)

    @property
    def has_future(self) -> bool:
        return self.future_rows > 0


def as_of(clock: int, future: int, zone: str) -> str:
    """Up to when a log tells whose clock is given in milliseconds, and which has so many rows of the future."""
    newest = "the newest interaction in the log" + (" that is not in the future" if future else "")
    return f"As of {zoned_time(clock, zone)}, {newest}"


def pulled_words(pulled: int | None, agrees: bool | None, zone: str) -> str:
    """When a log was last pulled, in milliseconds, and whether the platform's totals agree with it."""
    if pulled is None:
        return "The first pull has not come to its end yet"
    compared = {None: "the totals have not been compared yet", True: "the totals agree", False: "the totals differ"}[agrees]
    return f"Last pulled {zoned_time(pulled, zone)}, {compared}"


def future_words(rows: int) -> str:
    """What is to be said of rows of the future."""
    lie, they = ("lies", "It counts") if rows == 1 else ("lie", "They count")
    return f"{counted(rows, 'row')} {lie} in the future. {they} only in periods that reach so far."
