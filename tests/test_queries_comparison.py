from __future__ import annotations

import pytest

from queries.answers.comparison import Change, period_comparison
from queries.asking.measures import MEASURE
from queries.asking.selection import parse
from queries.asking.times import iso
from tests.figures_logs import SAMPLE, as_sql_says
from tests.figures_sql import whole_figures
from tests.logs import ACME, Log, interaction


def test_a_period_is_counted_beside_the_one_before_as_sql_says(counted_log: Log) -> None:
    with counted_log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(SAMPLE)
        for filters in ([], [("type", "click")], [("customerId", tenant.columns.customer_ids(tenant.columns.journeys.customer[:1])[0].as_py())]):
            found = period_comparison(tenant, parse(SAMPLE, [*filters, ("from", "2026-03-01"), ("to", "2026-03-15")]).selection)
            now = [*filters, ("from", "2026-03-01T00:00:00Z"), ("to", "2026-03-15T00:00:00Z")]
            before = [*filters, ("from", "2026-02-15T00:00:00Z"), ("to", "2026-03-01T00:00:00Z")]
            as_sql_says(found.now, whole_figures(counted_log.store, SAMPLE, now), last=False)
            as_sql_says(found.before, whole_figures(counted_log.store, SAMPLE, before), last=False)
            assert found.is_complete
            assert set(found.changes()) == set(MEASURE)


def compared(log: Log, *pairs: tuple[str, str]):
    with log.snapshot() as snapshot:
        return period_comparison(snapshot.tenant(ACME), parse(ACME, pairs).or_refused().selection)


def test_changes_are_differences_and_shares_of_before(log: Log) -> None:
    log.load(
        *(interaction(f"before {n}", "2026-03-01T10:00:00Z", interactionType="impression", customerId=f"{n}") for n in range(4)),
        *(interaction(f"now {n}", "2026-03-02T10:00:00Z", interactionType="impression") for n in range(5)),
        interaction("click", "2026-03-02T10:00:00Z"),
    )
    found = compared(log, ("from", "2026-03-02"), ("to", "2026-03-03"))
    assert iso(found.before_period.start) == "2026-03-01T00:00:00.000Z"
    impressions, clicks, ctr = (found.change(id) for id in ("impression", "click", "ctr"))
    assert (impressions.now, impressions.before, impressions.difference, impressions.ratio) == (5, 4, 1, 0.25)
    assert (clicks.now, clicks.before, clicks.difference, clicks.ratio) == (1, 0, 1, None)
    assert (ctr.now, ctr.before, ctr.difference) == (20.0, 0.0, 20.0)
    assert found.change("customers").ratio == -0.75
    assert not found.is_complete


def test_before_the_log_there_is_nothing_to_compare_with(log: Log) -> None:
    assert compared(log).period is None
    log.load(interaction("1", "2026-03-04T10:00:00Z"), interaction("2", "2026-03-09T10:00:00Z"))
    for pairs in ([], [("from", "2026-03-04"), ("to", "2026-03-10")], [("to", "2026-03-08")]):
        found = compared(log, *pairs)
        assert (found.before, found.before_period, found.is_complete) == (None, None, False)
        assert found.now.total in (1, 2)
        assert found.change("total") == Change(found.now.total, None)
        assert found.change("total").difference is found.change("total").ratio is None
    # The days 7, 8 and 9, the last until ten, against the days 4, 5 and 6, the last until ten.
    assert compared(log, ("from", "2026-03-07")).before.total == 1
    assert not compared(log, ("from", "2026-03-07")).is_complete
    assert compared(log, ("from", "2026-03-09")).is_complete
    assert compared(log, ("from", "2026-03-09"), ("to", "2026-03-09")).now.total == 0


@pytest.mark.parametrize("change", [Change(None, 1), Change(1, None), Change(None, None)])
def test_without_a_value_there_is_no_change(change: Change) -> None:
    assert change.difference is None and change.ratio is None


def test_value_below_zero_is_no_base_for_a_share() -> None:
    assert Change(5.0, -5.0).ratio is None
    assert Change(5.0, -5.0).difference == 10.0
