"""A log as a page reads it: one that has rows, and whose times are therefore known."""

from __future__ import annotations

from dataclasses import dataclass

from data.engine import Tenant


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
