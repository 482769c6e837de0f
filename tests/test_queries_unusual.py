from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from statistics import NormalDist

import pyarrow.parquet as pq
import pytest

from queries.answers.unusual import ALARM, UnusualReport, unusual
from queries.asking.selection import Selection, parse
from queries.asking.times import iso
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


def watched(log: Log, *pairs: tuple[str, str]) -> UnusualReport:
    with log.snapshot() as snapshot:
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
    [found] = watch.changes
    assert (found.channel, found.measure, iso(found.start), iso(found.end)) == (
        "ch_email", "click", "2026-03-10T00:00:00.000Z", "2026-03-16T00:00:00.000Z",
    )
    # 55 + 60 + … + 80 were usual, and half of each, rounded down, came.
    assert (found.now, found.usual, round(found.ratio, 3)) == (201, 405.0, -0.504)
    assert found.p < ALARM
    assert found.sentence == (
        "Email clicks fell by 50% in 6 days from Tuesday 10 March: 201, against the usual 405 for those weekdays."
    )


@pytest.mark.parametrize(("change", "words"), [
    (lambda counts: [*counts[:34], counts[34] * 3], "rose by 200% on Sunday 15 March: 240, against the usual 80 for a Sunday."),
    (lambda counts: [*counts[:28], *[count * 2 for count in counts[28:]]],
     "rose by 100% in 7 days from Monday 9 March: 910, against the usual 455 for those weekdays."),
    (lambda counts: [*counts[:28], *[0] * 7],
     "stopped on Monday 9 March: none in 7 days, against the usual 455 for those weekdays."),
    (lambda counts: [*counts[:27], *[0] * 8],
     "stopped before Monday 9 March: none in 7 days, against the usual 435 for those weekdays."),
    (lambda counts: [*[2 * count for count in counts[:34]], 0], "stopped on Sunday 15 March: none that day, against the usual 160 for a Sunday."),
    (lambda counts: [*[0] * 32, *counts[32:]], "began on Friday 13 March: 225 in 3 days, after none on those weekdays in the four weeks before."),
    (lambda counts: [*[0] * 34, 100], "began on Sunday 15 March: 100 that day, after none on that weekday in the four weeks before."),
])
def test_rises_ends_and_beginnings_have_words_of_their_own(log: Log, change, words: str) -> None:
    log.load(*rows(None, "click", change(steady(50))), *rows("ch_web", "impression", steady(20)))
    [found] = watched(log).changes
    assert found.channel is None
    assert found.sentence == f"Clicks without a channel {words}"


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
    assert watched(log) == UnusualReport([], checked=True)


def test_a_day_that_is_not_over_does_not_count(log: Log) -> None:
    monday = SUNDAY + timedelta(days=1)
    log.load(*rows("ch_web", "click", [*steady(50), 10], [*DAYS, monday]))
    assert watched(log) == UnusualReport([], checked=True)


def test_a_log_of_less_than_five_weeks_is_not_judged(log: Log) -> None:
    assert watched(log) == UnusualReport([], checked=False)
    log.load(*rows("ch_web", "click", steady(50)[1:], DAYS[1:]))
    assert watched(log) == UnusualReport([], checked=False)


def test_the_selection_decides_what_is_watched_and_until_when(log: Log) -> None:
    clicks = steady(50)
    clicks[20:28] = [count * 3 for count in clicks[20:28]]
    early = [SUNDAY - timedelta(days=back) for back in range(62, -1, -1)]
    log.load(*rows("ch_web", "click", [*steady(50)[:28], *clicks], early))
    assert watched(log, ("type", "impression")).changes == []
    # Three times 455 in the week, where the last of the four Sundays before had 240 instead of 80 as well.
    [found] = watched(log, ("to", "2026-03-09T13:00:00Z"), ("from", "2026-03-08")).changes
    assert iso(found.end) == "2026-03-09T00:00:00.000Z"
    assert (iso(found.start), round(found.ratio, 2)) == ("2026-03-02T00:00:00.000Z", 1.76)
    assert watched(log, ("to", "2026-03-01")).changes == []


def told_by_rule(counts: dict[tuple[str, str], list[int]]) -> list[tuple]:
    """The written rule in plain numbers: (channel, measure, first of the days, now, usual, p) of 35 days' counts, most striking first."""
    windows = []
    for (channel, measure), days in counts.items():
        if not any(days):
            continue
        before, squares, weekdays = days[:28], 0.0, 0
        for weekday in range(7):
            four = before[weekday::7]
            mean = sum(four) / 4
            if mean:
                weekdays += 1
                squares += sum((count - mean) ** 2 for count in four) / mean
        # Of each weekday four counts and a mean of their own: three are free to stray.
        noise = max(1.0, squares / (3 * weekdays)) if weekdays else 1.0
        for length in range(1, 8):
            now = sum(days[35 - length:])
            usual = sum(sum(days[7 * week + 7 - length:7 * week + 7]) for week in range(4)) / 4
            if now >= 100 or usual >= 100:
                # Under chance alone, five weeks have one mean; a count strays by it, and the mean of four by a quarter of it.
                variance = noise * (now + 4 * usual) / 5 * (1 + 1 / 4)
                windows.append((abs(now - usual) / math.sqrt(variance), channel, measure, length, now, usual))
    windows.sort(key=lambda window: -window[0])
    told, highest = {}, 0.0
    for rank, (z, channel, measure, length, now, usual) in enumerate(windows):
        highest = max(highest, min(1.0, (len(windows) - rank) * 2 * NormalDist().cdf(-z)))
        if highest < 0.01 and abs(now - usual) >= usual / 5 and (channel, measure) not in told:
            told[channel, measure] = (channel, measure, DAYS[35 - length], now, usual, highest)
    return list(told.values())


def random_counts(drawn: Random) -> dict[tuple[str, str], list[int]]:
    """Counts of some channels and measures about a rhythm of weekdays, which in the last days are multiplied."""
    counts = {}
    for channel in ("ch_web", "ch_app", "ch_sms"):
        for measure in drawn.sample(["impression", "click", "dismiss", "accept", "convert"], 3):
            rhythm = [drawn.choice([0, 1, 1, 1]) * drawn.randint(10, 80) for _ in range(7)]
            strays, length, factor = drawn.choice([0, 0.1, 0.4]), drawn.randint(1, 7), drawn.choice([0, 0.7, 1, 1.3, 1.6])
            counts[channel, measure] = [
                round(rhythm[day % 7] * drawn.uniform(1 - strays, 1 + strays) * (factor if day >= 35 - length else 1)) for day in range(35)
            ]
    return counts


def logged(log: Log, counts: dict[tuple[str, str], list[int]]) -> None:
    """Load the counts, and a row of the first and one of the last hour that count as none of them."""
    ends = [interaction(moment, moment, interactionType="share") for moment in (f"{DAYS[0]}T00:00:00Z", f"{SUNDAY}T23:59:00Z")]
    log.load(*ends, *(row for (channel, measure), days in counts.items() for row in rows(channel, measure, days)))


def found_in(log: Log, tenant: str = ACME) -> list[tuple]:
    with log.snapshot() as snapshot:
        watch = unusual(snapshot.tenant(tenant), Selection(tenant))
    assert watch.checked
    return [
        (found.channel, found.measure, date.fromisoformat(iso(found.start)[:10]), found.now, found.usual, pytest.approx(found.p, rel=1e-6))
        for found in watch.changes
    ]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_told_is_what_the_written_rule_tells_of_the_raw_counts(log: Log, seed: int) -> None:
    counts = random_counts(Random(seed))
    expected = told_by_rule(counts)
    # Something to tell, and something to be silent about.
    assert 0 < len(expected) < len(counts)
    logged(log, counts)
    assert found_in(log) == expected


@pytest.mark.parametrize(("silent", "told"), [
    # 839 of the usual 700 are less than a fifth more, and 840 are not.
    ([100] * 28 + [120] * 6 + [119], [100] * 28 + [120] * 7),
    # 99 where none is usual, and 100; none where 99.75 are usual, and 100.
    ([0] * 34 + [99], [0] * 34 + [100]),
    ([0] * 6 + [99] + [*[0] * 6, 100] * 3 + [0] * 7, [*[0] * 6, 100] * 4 + [0] * 7),
    # Seven windows, of which the last day's stands out: p = 0.012, and 0.0094.
    ([200] * 34 + [251], [200] * 34 + [252]),
])
def test_at_each_threshold_one_more_interaction_makes_the_difference(log: Log, silent: list[int], told: list[int]) -> None:
    of = ("ch_web", "click")
    assert told_by_rule({of: silent}) == []
    [expected] = told_by_rule({of: told})
    logged(log, {of: silent})
    assert found_in(log) == []
    [day] = [day for day, had, has in zip(DAYS, silent, told, strict=True) if has > had]
    log.load(interaction("one more", f"{day}T12:00:00Z", interactionType="click", channelId="ch_web"))
    assert found_in(log) == [expected]


def test_a_row_of_a_far_year_moves_nothing(log: Log) -> None:
    clicks = [*steady(50)[:34], 0]
    log.load(*rows("ch_web", "click", [count * 2 for count in clicks]), interaction("last", f"{SUNDAY}T23:30:00Z", interactionType="share"),
             interaction("far", "2199-01-01T00:00:00Z", interactionType="share"))
    [found] = watched(log).changes
    assert iso(found.end) == "2026-03-16T00:00:00.000Z"


def test_a_period_that_ends_with_the_log_ends_with_its_last_whole_day_even_in_that_days_last_hour(log: Log) -> None:
    clicks = [*[count * 2 for count in steady(50)[:33]], 0, 0]
    log.load(*rows("ch_web", "click", clicks), interaction("first", "2026-02-08T12:00:00Z", interactionType="share"),
             interaction("last", f"{SUNDAY}T23:30:00Z", interactionType="share"))
    [found] = watched(log, ("to", f"{SUNDAY}T23:30:00Z")).changes
    assert (iso(found.start), iso(found.end)) == ("2026-03-14T00:00:00.000Z", "2026-03-15T00:00:00.000Z")


def test_a_log_of_the_calendars_first_weeks_has_none_before_it_to_compare_with(log: Log) -> None:
    log.load(interaction("1", "0001-01-10T00:00:00Z"))
    assert watched(log) == UnusualReport([], checked=False)


def test_on_the_sample_what_is_told_is_what_the_written_rule_tells(log: Log) -> None:
    load_sample(log)
    # The sample is as usual to its end, hence a day of many clicks.
    log.load(*({**row, "tenantId": SAMPLE} for row in rows("ch_email", "click", [300], [SUNDAY])))
    raw = pq.read_table(log.folder / "sample.parquet").to_pylist()
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 35)
    for row in raw:
        measure = {"conversion": "convert"}.get(row["outcomeTypeKey"], row["outcomeTypeKey"])
        day = (row["timestamp"].date() - DAYS[0]).days
        if measure in ("impression", "click", "dismiss", "accept", "convert") and row["interactionType"] != "recommendation" and day >= 0:
            counts[row["channelId"], measure][day] += 1
    counts["ch_email", "click"][34] += 300
    expected = told_by_rule(counts)
    assert [change[:2] for change in expected] == [("ch_email", "click")]
    assert found_in(log, SAMPLE) == expected
