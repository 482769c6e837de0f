"""How many interactions pass a selection."""

from __future__ import annotations

from sys import getsizeof

from data.tenant import Tenant
from queries.matching import Matches
from queries.recent import Recent
from queries.selection import Selection

# Of selections as people make them, some 40,000 totals.
_MOST_BYTES = 20_000_000
# Measured: what one takes beside the values that its filters name, and a value beside its text.
_BYTES_OF_ONE = 400
_BYTES_OF_A_VALUE = 8


def total(tenant: Tenant, selection: Selection, matches: Matches | None = None) -> int:
    """How many interactions pass a selection, exactly; its matches save time where the caller has them."""
    def count() -> int:
        return (matches or Matches(tenant, selection)).count()

    # One customer's rows are counted as quickly as a number is remembered, and there are many customers.
    if len(selection.values("customerId")) == 1:
        return count()
    return recent_totals(tenant).answer(selection, count)


def recent_totals(tenant: Tenant) -> Recent:
    """The totals that were asked for last: whoever asks for ever new selections, as a poller does, takes no more memory in time."""
    return tenant.recall("recent totals", lambda: Recent(_MOST_BYTES, _bytes_of))


def _bytes_of(selection: Selection) -> int:
    return _BYTES_OF_ONE + sum(_BYTES_OF_A_VALUE + getsizeof(value) for _, values in selection.filters for value in values)
