from __future__ import annotations

import datetime as dt

import pytest

from data.store.store import FILE_NAME, Store
from queries.answers.history import log_span
from queries.answers.unusual import unusual
from queries.asking.selection import Selection
from tests.logs import ACME, ZENITH, Log, interaction


def clock_and_future(log: Log, now: str) -> tuple[str, int]:
    """The clock of acme's log at a time of the server's, and how many rows are later."""
    log.store.close()
    log.take(Store(log.folder / FILE_NAME, lambda: int(dt.datetime.fromisoformat(now).timestamp() * 1000)))
    with log.snapshot() as snapshot:
        found = log_span(snapshot.tenant(ACME))
        return dt.datetime.fromtimestamp(found.clock / 1000, dt.UTC).isoformat(), found.future_rows


@pytest.mark.parametrize(("now", "clock", "future"), [
    ("2026-03-20T00:00:00Z", "2026-03-15T14:30:00+00:00", 2),
    ("2026-03-21T14:29:59.999Z", "2026-03-15T14:30:00+00:00", 2),
    ("2026-03-21T14:30:00Z", "2026-03-22T14:30:00+00:00", 1),
    ("2300-01-01T00:00:00Z", "2199-01-01T00:00:00+00:00", 0),
    # Where all rows are later, the newest counts.
    ("2020-01-01T00:00:00Z", "2199-01-01T00:00:00+00:00", 0),
])
def test_the_clock_is_the_newest_row_at_most_a_day_ahead_of_the_server(log: Log, now: str, clock: str, future: int) -> None:
    log.load(
        interaction("a", "2026-03-15T14:30:00Z"),
        interaction("b", "2026-03-22T14:30:00Z"),
        interaction("c", "2199-01-01T00:00:00Z"),
    )
    assert clock_and_future(log, now) == (clock, future)


def test_what_is_unusual_goes_by_the_clock(log: Log) -> None:
    for tenant, further in ((ACME, []), (ZENITH, [interaction("future", "2199-12-31T00:00:00Z", tenantId=ZENITH)])):
        days = [dt.datetime(2026, 2, 1, tzinfo=dt.UTC) + dt.timedelta(days=day) for day in range(42)]
        rows = [
            interaction(f"{day:%m-%d} {number}", (day + dt.timedelta(minutes=number)).isoformat(), tenantId=tenant)
            for day in days for number in range(40 if day == days[-1] else 120)
        ]
        log.load(*rows, interaction("last", "2026-03-14T23:30:00Z", tenantId=tenant), *further)
    with log.snapshot() as snapshot:
        without, with_one = (unusual(snapshot.tenant(tenant), Selection(tenant)) for tenant in (ACME, ZENITH))
    assert without == with_one
    assert (without.checked, [(one.now, one.usual) for one in without.changes]) == (True, [(41, 120.0)])


def test_an_empty_log_has_no_clock(log: Log) -> None:
    with log.snapshot() as snapshot:
        assert snapshot.tenant(ACME).span() is None
