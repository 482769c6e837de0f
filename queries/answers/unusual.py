"""What is unusual in the last days, said in words.

The rule: for each channel and each of MEASURES, the last 1 to 7 whole days are held against the same weekdays of the four
weeks before. A change is told where it is at least a fifth, where there are or were to be expected at least 100 interactions,
and where chance would raise even one such alarm among all that was looked at in fewer than 1 of 100 logs: a two-sided test on
the counts, whose noise is taken from how the days of those four weeks strayed from their weekday's mean, corrected after Holm.
Of a channel's measure the window that stands out most is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from data.engine import Edges, Tenant
from queries.answers.counts import FEWEST, WEEK, WEEKS_BEFORE, deviations, midnights, noise_of
from queries.answers.rates import holm, two_sided
from queries.asking.measures import MEASURE
from queries.asking.periods import LogSpan, TimeRange, with_time_range
from queries.asking.selection import Selection
from queries.asking.times import HOUR, iso, utc_datetime

MEASURES = ("impression", "click", "dismiss", "accept", "convert")
SMALLEST_CHANGE = 0.2
ALARM = 0.01


@dataclass(frozen=True)
class UnusualChange:
    """A channel's measure that changed: `now` interactions from `start` to before `end`, in milliseconds, where `usual` were expected.

    `channel` is None for interactions without one, `name` also where only its id is known. `ratio` is the change as a share of the usual,
    None where that is 0.
    """

    channel: str | None
    name: str | None
    measure: str
    start: int
    end: int
    now: int
    usual: float
    ratio: float | None
    p: float
    sentence: str


@dataclass(frozen=True)
class UnusualReport:
    """What is unusual, most striking first; `checked` is False if the log is shorter than the five weeks this takes."""

    changes: list[UnusualChange]
    checked: bool


def unusual(tenant: Tenant, selection: Selection) -> UnusualReport:
    """What is unusual in the last days of a selection, whatever its beginning."""
    return tenant.remembered(("unusual", selection), lambda: _unusual(tenant, selection))


def _unusual(tenant: Tenant, selection: Selection) -> UnusualReport:
    log = tenant.span()
    edges = None if log is None else _edges(log, selection)
    if log is None or edges is None or log.oldest >= edges[1]:
        return UnusualReport([], checked=False)
    selection = with_time_range(selection, TimeRange(edges[0], edges[-1]))
    counted = tenant.counts(selection, "channel", Edges(tuple(edges)), only_rows=True)
    windows = [
        window
        for measure in MEASURES
        for channel, series in counted.series(measure).items() if any(series)
        for window in _windows(channel, measure, series) if max(window.now, window.usual) >= FEWEST
    ]
    corrected = holm([two_sided(window.z) for window in windows])
    told: dict[tuple[str | None, str], tuple[float, _Window]] = {}
    for window, p in sorted(zip(windows, corrected, strict=True), key=lambda pair: -abs(pair[0].z)):
        if p < ALARM and abs(window.now - window.usual) >= SMALLEST_CHANGE * window.usual:
            told.setdefault((window.channel, window.measure), (p, window))
    zone = ZoneInfo(selection.zone)
    return UnusualReport([_told(tenant, window, p, edges, zone) for p, window in told.values()], checked=True)


@dataclass(frozen=True)
class _Window:
    """The last `days` days of a channel's measure; `before` counts the same weekdays of the weeks before, `eve` the day before it."""

    channel: str | None
    measure: str
    days: int
    now: int
    before: int
    noise: float
    eve: int

    @property
    def usual(self) -> float:
        return self.before / WEEKS_BEFORE

    @property
    def z(self) -> float:
        return deviations(self.now, self.before, WEEKS_BEFORE, self.noise)


def _windows(channel: str | None, measure: str, series: list[int]) -> list[_Window]:
    noise = noise_of(series[:-WEEK])
    sums = {days: [sum(series[end - days:end]) for end in range(WEEK, len(series) + 1, WEEK)] for days in range(1, WEEK + 1)}
    return [_Window(channel, measure, days, now, sum(before), noise, series[-days - 1]) for days, (*before, now) in sums.items()]


def _edges(log: LogSpan, selection: Selection) -> list[int] | None:
    """Where the five weeks of whole days begin and end, day by day; None where there are no such days."""
    zone = ZoneInfo(selection.zone)
    try:
        if selection.end is not None and selection.end <= log.clock:
            last = utc_datetime(selection.end).astimezone(zone).date()
        else:
            # The log does not say whether its last day is over; a row in the day's last hour does.
            last = utc_datetime(log.clock + HOUR).astimezone(zone).date()
    except (OverflowError, ValueError):
        return None
    return midnights(last, (WEEKS_BEFORE + 1) * WEEK, zone)


def _told(tenant: Tenant, window: _Window, p: float, edges: list[int], zone: ZoneInfo) -> UnusualChange:
    start = edges[-1 - window.days]
    entity = tenant.names.channel.get(window.channel)
    ratio = None if window.usual == 0 else window.now / window.usual - 1
    return UnusualChange(
        channel=window.channel,
        name=None if entity is None else entity.name,
        measure=window.measure,
        start=start,
        end=edges[-1],
        now=window.now,
        usual=window.usual,
        ratio=ratio,
        p=p,
        sentence=_sentence(
            entity.label if entity else None, MEASURE[window.measure].label.lower(), window, ratio, utc_datetime(start).astimezone(zone),
        ),
    )


def _sentence(channel: str | None, measure: str, window: _Window, ratio: float | None, first: datetime) -> str:
    what = f"{measure.capitalize()} without a channel" if channel is None else f"{channel} {measure}"
    day = f"{first:%A} {first.day} {first:%B}"
    one = window.days == 1
    span = "that day" if one else f"in {window.days} days"
    if ratio is None:
        return f"{what} began on {day}: {window.now:,} {span}, after none on {'that weekday' if one else 'those weekdays'} in the four weeks before."
    usual = f"against the usual {window.usual:,.0f} for {f'a {first:%A}' if one else 'those weekdays'}"
    if window.now == 0:
        # What had stopped before the last seven days did not stop on the first of them.
        when = f"on {day}" if window.eve else f"before {day}"
        return f"{what} stopped {when}: none {span}, {usual}."
    change = f"{'rose' if ratio > 0 else 'fell'} by {abs(ratio):,.0%}"
    return f"{what} {change} {'on' if one else f'{span} from'} {day}: {window.now:,}, {usual}."


UNUSUAL_COLUMNS = ("channelId", "channelName", "measure", "from", "to", "now", "usual", "change", "p", "sentence")


def unusual_rows(found: Iterable[UnusualChange]) -> list[tuple[str | int | float | None, ...]]:
    """What is unusual as rows, under UNUSUAL_COLUMNS."""
    return [
        (one.channel, one.name, one.measure, iso(one.start), iso(one.end), one.now, one.usual, one.ratio, one.p, one.sentence) for one in found
    ]
