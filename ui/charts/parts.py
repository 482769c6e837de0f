"""What the charts share: how names are written into them, how their lines are drawn, and their legend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from html import escape
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from palette import ASIDE, faded
from queries.asking.names import visible
from queries.asking.times import Grain
from ui.charts.looks import Look

# At the picture's own lower edge: however many rows it takes on a narrow screen, the axis keeps the room for its two lines.
LEGEND_BELOW = {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0, "title_text": ""}

# More would run into one another; the dash carries the line between them.
_MOST_MARKERS = 45


def chart_text(text: str) -> str:
    """A text that Plotly, which reads some HTML in all that it writes, shows as it is, and so that it can be told apart from others."""
    # Quotes it would show escaped.
    return escape(visible(text), quote=False)


def line_look(look: Look) -> dict[str, Any]:
    """A line with markers in a look, as arguments of a Plotly trace."""
    outline = {"width": 1.5, "color": look.colour}
    return {
        "mode": "lines+markers",
        "line": {"color": look.colour, "width": 2, "dash": look.dash},
        "marker": {"color": look.colour, "symbol": look.marker, "size": 8, "line": outline, "maxdisplayed": _MOST_MARKERS},
    }


# So many dates stand beside one another on a telephone too.
_MOST_DATES = 6
_MOST_MINOR_TICKS = 62
_MOST_NUMBERS = 5

_HALF = {"day": timedelta(hours=12), "week": timedelta(days=3.5), "month": timedelta(days=15), "year": timedelta(days=183)}
_WRITTEN = {"day": "%-d %b", "week": "%-d %b", "month": "%b", "year": ""}
_POINTED_AT = {"day": "%A %-d %B %Y", "week": "Week from %-d %B %Y", "month": "%B %Y", "year": "%Y"}

# Trimmed, not rounded: no two ticks of a small scale read alike.
RATE_FORMAT = "~%"

# Every so many days, weeks from Monday, months from January.
_DAYS, _WEEKS = (1, 2, 3, 7, 14), (7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640, 9100, 18_200)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, *(12 * size * 10 ** tens for tens in (1, 2, 3) for size in (1, 2, 5)))

_UPRIGHT_DATES = {"type": "date", "tickangle": 0, "automargin": True}


def bucket_axis(starts: Sequence[str], grain: Grain) -> dict[str, Any]:
    """The x axis of buckets, given by their first days (ISO), oldest first.

    Its ticks stand on such days alone, and half a bucket of room is left at either end, so that a single one has its place too.
    """
    axis = {**_UPRIGHT_DATES, "showgrid": False, "hoverformat": _POINTED_AT[grain]}
    if not starts:
        return axis
    days = [date.fromisoformat(start) for start in starts]
    minor = {"minor": {"tickvals": list(starts), "ticks": "outside", "ticklen": 3}} if len(days) <= _MOST_MINOR_TICKS else {}
    return {**axis, **_ticks(tick_days(days, grain), grain), **minor,
            "range": [moment_beside(days[0], -_HALF[grain]), moment_beside(days[-1], _HALF[grain])]}


def moment_axis(first: date, last: date) -> dict[str, Any]:
    """The x axis of moments from one day to another, both whole: ticks on the hours of a single day, else on starts of days, months, years."""
    axis = {**_UPRIGHT_DATES, "showgrid": True, "range": [moment_beside(first), moment_beside(last, timedelta(days=1))]}
    if first == last:
        hours = range(0, 24, 6)
        texts = [f"{hour:02d}:00" for hour in hours]
        texts[0] += f"<br>{first:%-d %b} {first.year}"
        return {**axis, "tickmode": "array", "tickvals": [moment_beside(first, timedelta(hours=hour)) for hour in hours], "ticktext": texts}
    length = (last - first).days
    grain: Grain = "day" if length <= 400 else "month" if length <= 36_525 else "year"
    return {**axis, **_ticks(tick_days(list(_starts(first, last, grain)), grain), grain)}


def count_axis(most: int, numbers: int = _MOST_NUMBERS) -> dict[str, Any]:
    """The y axis of counts up to `most`: each of its few numbers is whole, and stands there once."""
    if most < numbers:
        return {"range": [0, max(1.08 * most, 1)], "tickformat": ",d", "dtick": 1}
    # Trimmed, not rounded: once a reader has put the tallest line away, no two ticks read alike.
    return {"rangemode": "tozero", "tickformat": ",~f", "nticks": numbers}


def shade(figure: go.Figure, starts: Sequence[str], grain: Grain, chosen: Sequence[bool]) -> None:
    """Lays a band behind those of the buckets that are chosen, through all panels; neighbours share one."""
    for is_chosen, run in groupby(zip(starts, chosen, strict=True), lambda pair: pair[1]):
        if is_chosen:
            days = [date.fromisoformat(start) for start, _ in run]
            figure.add_shape(
                type="rect", layer="below", xref="x", yref="paper", y0=0, y1=1, fillcolor=faded(ASIDE, 0.16),
                x0=moment_beside(days[0], -_HALF[grain]), x1=moment_beside(days[-1], _HALF[grain]),
                line={"width": 1, "dash": "dot", "color": ASIDE},
            )


def tick_days(starts: Sequence[date], grain: Grain) -> list[date]:
    """Those of some buckets' first days that are written under an axis: all, or evenly chosen ones."""
    return next((kept for keep in _rules(grain) if 0 < len(kept := [day for day in starts if keep(day)]) <= _MOST_DATES), list(starts[:1]))


def moment_beside(day: date, distance: timedelta = timedelta()) -> str:
    """A moment some time after the start of a day, or before it, within the calendar; ISO without a zone."""
    try:
        moment = datetime(day.year, day.month, day.day) + distance
    except OverflowError:
        moment = datetime.min if distance < timedelta() else datetime.max
    return moment.isoformat()


def _rules(grain: Grain) -> Iterator[Callable[[date], bool]]:
    for size in _DAYS if grain == "day" else _WEEKS if grain == "week" else ():
        yield partial(_is_nth_day, size)
    if grain != "week":
        for size in _MONTHS:
            yield partial(_is_nth_month, size)


def _is_nth_day(size: int, day: date) -> bool:
    # The first day of the calendar was a Monday.
    return (day.toordinal() - 1) % size == 0


def _is_nth_month(size: int, day: date) -> bool:
    return day.day == 1 and (12 * day.year + day.month - 1) % size == 0


def _ticks(days: Sequence[date], grain: Grain) -> dict[str, Any]:
    return {"tickmode": "array", "tickvals": [day.isoformat() for day in days], "ticktext": list(_texts(days, grain)), "ticks": "outside"}


def _texts(days: Sequence[date], grain: Grain) -> Iterator[str]:
    """The year stands under the first date of each."""
    written = None
    for day in days:
        lines = [f"{day:{_WRITTEN[grain]}}"] if _WRITTEN[grain] else []
        yield "<br>".join([*lines, str(day.year)] if day.year != written else lines)
        written = day.year


def _starts(first: date, last: date, grain: Grain) -> Iterator[date]:
    if grain == "day":
        yield from (first + timedelta(days=place) for place in range((last - first).days + 1))
    else:
        months = range(12 * first.year + first.month - 1, 12 * last.year + last.month, 1)
        for month in months:
            if date(month // 12, month % 12 + 1, 1) >= first and (grain == "month" or month % 12 == 0):
                yield date(month // 12, month % 12 + 1, 1)
