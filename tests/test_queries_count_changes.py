"""Which counts changed by more than chance: by hand, and fair between weekdays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queries.answers.comparison import period_comparison
from queries.answers.counts import count_changes
from queries.answers.rates import Verdict
from queries.asking.selection import parse
from tests.logs import ACME, Log, interaction
from tests.test_queries_unusual import SUNDAY, rows

LAST_WEEK = f"{SUNDAY - timedelta(days=6)}"


def verdict(log: Log, clicks: list[int], start: str = LAST_WEEK, end: str = f"{SUNDAY + timedelta(days=1)}") -> Verdict | None:
    """That on the clicks of a period of the log, of which there are so many a day until SUNDAY."""
    days = [SUNDAY - timedelta(days=back) for back in range(len(clicks) - 1, -1, -1)]
    log.load(interaction("first", f"{days[0]}T00:00:00Z", interactionType="share"), *rows("ch_web", "click", clicks, days))
    selection = parse(ACME, [("from", start), ("to", end)]).or_refused().selection
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        return count_changes(tenant, selection, period_comparison(tenant, selection), ["click", "ctr", "revenue"]).get("click")


@pytest.mark.parametrize(("last_week", "expected"), [
    # Against 700: 3 of 700, 1.953 standard deviations of sqrt(1475), 1.978 of sqrt(1476), and as many less.
    ([101, 101, 101, 100, 100, 100, 100], "no clear difference"),
    ([110] * 6 + [115], "no clear difference"),
    ([110] * 6 + [116], "higher"),
    ([90] * 6 + [89], "no clear difference"),
    ([90] * 6 + [88], "lower"),
])
def test_a_week_against_the_one_before_where_days_stray_as_chance_would_have_them(log: Log, last_week: list[int], expected: Verdict) -> None:
    assert verdict(log, [100] * 28 + last_week) == expected


def test_where_days_stray_more_a_change_must_be_larger(log: Log) -> None:
    # The days of four weeks stray by 20 of 100 each: 4 * 400 / 100 / 3 = 5.33 times as much as chance. 140 more of 560 would be 3.9
    # standard deviations of chance alone, and are 140 / sqrt(5.33 * 630 * 2) = 1.71 of these.
    assert verdict(log, [*[120] * 7, *[80] * 7] * 2 + [100] * 7) == "no clear difference"


def test_a_period_with_a_sunday_more_is_held_against_what_its_weekdays_usually_have(log: Log) -> None:
    # 8 days from Sunday to Sunday, 460, against the 8 days before, from Saturday, 270.
    rhythm = [200, *([10] * 6 + [200]) * 5]
    assert verdict(log, rhythm, start="2026-03-08") == "no clear difference"


def test_a_change_beyond_the_weekdays_is_told(log: Log) -> None:
    # A fifth more than the 460 that 270 make usual: 92 of sqrt((552 + 270) / (1 + 270 / 460) * (1 + 460 / 270)), 2.46 deviations.
    rhythm = [200, *([10] * 6 + [200]) * 5]
    assert verdict(log, [*rhythm[:28], 240, *[12] * 6, 240], start="2026-03-08") == "higher"


@pytest.mark.parametrize(("start", "end", "days"), [
    # Less than a week; and four weeks before that the log does not have.
    ("2026-03-10", "2026-03-16", 35), ("2026-03-08", "2026-03-16", 35), (LAST_WEEK, "2026-03-16", 34),
])
def test_of_too_few_days_nothing_is_said(log: Log, start: str, end: str, days: int) -> None:
    assert verdict(log, [100] * (days - 7) + [200] * 7, start, end) is None


def test_of_few_clicks_there_is_too_little_to_say(log: Log) -> None:
    assert verdict(log, [14] * 28 + [9] * 7) == "too few to say"
