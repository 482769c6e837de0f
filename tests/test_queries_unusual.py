from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from queries.selection import parse
from queries.times import iso
from queries.unusual import ALARM, FEWEST, Unusual, Watch, unusual
from tests.figures_logs import SAMPLE, load_sample
from tests.logs import ACME, Log, Row, interaction

SUNDAY = date(2026, 3, 15)
DAYS = [SUNDAY - timedelta(days=back) for back in range(34, -1, -1)]  # five weeks, from a Monday
CHANNEL = {"ch_email": "Email"}


def rows(channel: str | None, type: str, counts: Iterable[int], days: list[date] = DAYS) -> list[Row]:
    """So many interactions a day, and one in the last hour of the last."""
    found = []
    for day, count in zip(days, counts, strict=True):
        for number in range(count):
            moment = f"{day}T{number % 24:02d}:{number // 24 % 60:02d}:00Z"
            found.append(interaction(f"{channel} {type} {day} {number}", moment, channelId=channel, interactionType=type,
                                     creativeId="cr_mail", creative={"id": "cr_mail", "name": "Mail", "channel": {
                                         "id": "ch_email", "name": "Email"}}))
    return found


def watched(log: Log, *pairs: tuple[str, str]) -> Watch:
    with log.store.snapshot() as snapshot:
        return unusual(snapshot.tenant(ACME), parse(ACME, pairs).or_refused().selection)


def steady(level: int) -> list[int]:
    """Five weeks with a rhythm of weekdays."""
    return [level + 5 * (place % 7) for place in range(35)]


def test_a_fall_is_told_with_the_day_since_when_and_by_how_much(log: Log) -> None:
    clicks = steady(50)
    # From Tuesday 10 March on, half as many.
    clicks[29:] = [count // 2 for count in clicks[29:]]
    log.load(*rows("ch_email", "click", clicks), *rows("ch_web", "click", steady(40)))
    watch = watched(log)
    assert watch.checked
    [found] = watch.found
    assert (found.channel, found.measure, iso(found.start), iso(found.end)) == (
        "ch_email", "click", "2026-03-10T00:00:00.000Z", "2026-03-16T00:00:00.000Z",
    )
    # 55 + 60 + … + 80 were usual, and half of each, rounded down, came.
    assert (found.now, found.usual, round(found.ratio, 3)) == (201, 405.0, -0.504)
    assert found.p < ALARM
    assert found.sentence == (
        "Email clicks fell by 50% since Tuesday 10 March: 201, where 405 were usual on these weekdays in the four weeks before."
    )


@pytest.mark.parametrize(("change", "words"), [
    (lambda counts: [*counts[:34], counts[34] * 3], "Clicks without a channel rose by 200% on Sunday 15 March: 240"),
    (lambda counts: [*counts[:28], *[0] * 6, 0], "Clicks without a channel stopped since Monday 9 March: none, where 455 were usual"),
    (lambda counts: [*[0] * 32, *counts[32:]], "Clicks without a channel began since Friday 13 March: 225, and none"),
])
def test_rises_ends_and_beginnings_have_words_of_their_own(log: Log, change, words: str) -> None:
    log.load(*rows(None, "click", change(steady(50))), *rows("ch_web", "impression", steady(20)))
    [found] = watched(log).found
    assert found.channel is None
    assert found.sentence.startswith(words)


@pytest.mark.parametrize("counts", [
    steady(50),
    # A tenth more, every day of the last week.
    [*steady(50)[:28], *[count * 11 // 10 for count in steady(50)[28:]]],
    # A half less, of too few.
    [*[4] * 28, *[2] * 7],
    # A log that always jumps about.
    [20 if place % 2 else 130 for place in range(35)],
])
def test_what_is_usual_small_or_noisy_is_not_told(log: Log, counts: list[int]) -> None:
    log.load(*rows("ch_web", "click", counts), interaction("last", "2026-03-15T23:30:00Z", interactionType="share"))
    assert watched(log) == Watch([], checked=True)


def test_a_day_that_is_not_over_does_not_count(log: Log) -> None:
    monday = SUNDAY + timedelta(days=1)
    log.load(*rows("ch_web", "click", [*steady(50), 10], [*DAYS, monday]))
    assert watched(log) == Watch([], checked=True)


def test_a_log_of_less_than_five_weeks_is_not_judged(log: Log) -> None:
    assert watched(log) == Watch([], checked=False)
    log.load(*rows("ch_web", "click", steady(50)[1:], DAYS[1:]))
    assert watched(log) == Watch([], checked=False)


def test_the_selection_decides_what_is_watched_and_until_when(log: Log) -> None:
    clicks = steady(50)
    clicks[20:28] = [count * 3 for count in clicks[20:28]]
    early = [SUNDAY - timedelta(days=back) for back in range(62, -1, -1)]
    log.load(*rows("ch_web", "click", [*steady(50)[:28], *clicks], early))
    assert watched(log, ("type", "impression")).found == []
    # Three times 455 in the week, where the last of the four Sundays before had 240 instead of 80 as well.
    [found] = watched(log, ("to", "2026-03-09T13:00:00Z"), ("from", "2026-03-08")).found
    assert iso(found.end) == "2026-03-09T00:00:00.000Z"
    assert (iso(found.start), round(found.ratio, 2)) == ("2026-03-02T00:00:00.000Z", 1.76)
    assert watched(log, ("to", "2026-03-01")).found == []


def test_on_the_sample_what_is_told_keeps_the_rule(log: Log) -> None:
    load_sample(log)
    with log.store.snapshot() as snapshot:
        watch = unusual(snapshot.tenant(SAMPLE), parse(SAMPLE, [("tz", "Europe/Amsterdam")]).selection)
    assert watch.checked
    for found in watch.found:
        assert isinstance(found, Unusual)
        assert found.p < ALARM and max(found.now, found.usual) >= FEWEST and abs(found.now - found.usual) >= 0.2 * found.usual
