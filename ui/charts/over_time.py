"""The charts over time: interactions by type, and one count of several offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from queries.answers.trend import Bucket, Sparklines
from queries.asking.periods import day
from queries.asking.times import Grain
from ui.charts.looks import Looks, own_look
from ui.charts.parts import LEGEND_BELOW, bucket_axis, chart_text, count_axis, line_look, shade
from ui.components.table import Cell, Column, Row
from ui.page.address import Pairs
from ui.words.measures import GRAIN_HEADINGS, CutWords, cut_caption, file_value
from ui.words.numbers import count, money

HEIGHT = 320
_HEIGHT_OF_TWO = 420

# From so many times the next type's peak on, a type would press the others flat.
_TOWERS = 4

# More lines than these can hardly be followed. The others are drawn when their name in the legend is pressed.
_MOST_LINES = 6

_EACH = {"day": "a day", "week": "a week", "month": "a month", "year": "a year"}


def trend_types(buckets: Sequence[Bucket]) -> list[str]:
    """The types of a trend, most frequent first."""
    if not buckets:
        return []
    totals = {name: sum(bucket.counts[name] for bucket in buckets) for name in buckets[0].counts}
    return sorted(totals, key=lambda name: (-totals[name], name))


def trend_figure(buckets: Sequence[Bucket], zone: str, grain: Grain, looks: Looks, cut: CutWords) -> go.Figure:
    """A line for each type in its look; one that towers above the others has a panel of its own, over the same days.

    Of many types the rarer ones wait in the legend. The buckets of `cut` are shaded, and say what of them counts.
    """
    types = trend_types(buckets)
    days = [day(bucket.start, zone).isoformat() for bucket in buckets]
    peaks = {name: max(bucket.counts[name] for bucket in buckets) for name in types}
    apart = len(types) > 1 and peaks[types[0]] >= _TOWERS * max(peaks[name] for name in types[1:])
    figure = make_subplots(rows=2 if apart else 1, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    for place, name in enumerate(types):
        figure.add_trace(
            go.Scatter(
                x=days, y=[bucket.counts[name] for bucket in buckets], name=chart_text(name),
                customdata=[f" ({cut[one]})" if one in cut else "" for one in days],
                hovertemplate="%{y:,}%{customdata}", visible=True if place < _MOST_LINES else "legendonly", **line_look(looks[name]),
            ),
            row=2 if apart and place else 1, col=1,
        )
    figure.update_layout(
        height=_HEIGHT_OF_TWO if apart else HEIGHT, hovermode="x unified", hoversubplots="axis",
        margin={"l": 0, "r": 8, "t": 8, "b": 0}, legend=LEGEND_BELOW,
    )
    shade(figure, days, grain, [one in cut for one in days])
    figure.update_xaxes(**bucket_axis(days, grain))
    for row, drawn in enumerate((types[:1], types[1:_MOST_LINES]) if apart else (types[:_MOST_LINES],), start=1):
        figure.update_yaxes(**count_axis(max((peaks[name] for name in drawn), default=0)), row=row, col=1)
    return figure


def trend_alt_text(buckets: Sequence[Bucket], zone: str, grain: Grain, cut: CutWords) -> str:
    """What the lines show, as alt text."""
    if not buckets:
        return "No time, no interactions."
    first, last = day(buckets[0].start, zone), day(buckets[-1].start, zone)
    lines = []
    for name in trend_types(buckets):
        most = max(buckets, key=lambda bucket: bucket.counts[name])
        total = sum(bucket.counts[name] for bucket in buckets)
        lines.append(f"{name}: {count(total)} in all, at most {count(most.counts[name])} ({day(most.start, zone)}).")
    said = [f"Lines of interactions {_EACH[grain]} by type, {first} to {last}.", *lines, cut_caption(cut)]
    return " ".join(filter(None, said))


def trend_headings(buckets: Sequence[Bucket], grain: Grain) -> list[Column]:
    """The columns of `trend_rows`."""
    types = [Column(f"type {name}", name) for name in trend_types(buckets)]
    return [Column("start", GRAIN_HEADINGS[grain], "text"), *types, Column("customers", "customers"), Column("revenue", "value")]


def trend_rows(
    buckets: Sequence[Bucket], zone: str, link: Callable[[Bucket, Pairs], str | None], cut: CutWords,
) -> list[Row]:
    """A row for each bucket, the newest first; `link` leads to its rows, or to those of them that pass a filter.

    `cut` is what is said of those that are not whole.
    """
    return [_row(bucket, zone, link, cut) for bucket in reversed(buckets)]


def _row(bucket: Bucket, zone: str, link: Callable[[Bucket, Pairs], str | None], cut: CutWords) -> Row:
    figures, every = bucket.figures, link(bucket, [])
    first = day(bucket.start, zone).isoformat()
    return {
        "start": Cell(first, note=cut.get(first), address=every),
        **{
            f"type {name}": Cell(count(number), address=link(bucket, [("type", name)]) if number else None)
            for name, number in bucket.counts.items()
        },
        # No filter tells a customer's first row, nor a row with money, from the others.
        "customers": Cell(count(figures.customers), address=every if figures.customers else None),
        "revenue": Cell(money(figures.revenue), address=every if figures.revenue != 0 else None),
    }


def trend_file(buckets: Sequence[Bucket], zone: str) -> tuple[list[str], list[list[str | float | None]]]:
    """The header and the rows of the trend as a file, oldest first."""
    types = trend_types(buckets)
    header = ["start", *types, "customers", "revenue"]
    rows = [
        [day(bucket.start, zone).isoformat(), *(bucket.counts[name] for name in types), bucket.figures.customers,
         file_value("revenue", bucket.figures.revenue)]
        for bucket in buckets
    ]
    return header, rows


HEIGHT_OF_OFFERS = 320


def offers_figure(lines: Sparklines, names: Mapping[str, str], zone: str, grain: Grain, cut: CutWords) -> go.Figure:
    """A line for each offer of `names`, which says its label by its id; the buckets of `cut` are shaded, and say what of them counts."""
    days = _days(lines, zone)
    figure = go.Figure([
        go.Scatter(
            x=days, y=_counts(lines, offer), name=chart_text(label), hovertemplate="%{y:,}%{customdata}",
            customdata=[f" ({cut[one]})" if one in cut else "" for one in days], **line_look(own_look(place)),
        )
        for place, (offer, label) in enumerate(names.items())
    ])
    figure.update_layout(height=HEIGHT_OF_OFFERS, hovermode="x unified", margin={"l": 0, "r": 8, "t": 8, "b": 0}, showlegend=True,
                         legend=LEGEND_BELOW)
    shade(figure, days, grain, [one in cut for one in days])
    figure.update_xaxes(**bucket_axis(days, grain))
    figure.update_yaxes(**count_axis(max((max(_counts(lines, offer), default=0) for offer in names), default=0)))
    return figure


def offers_alt_text(lines: Sparklines, names: Mapping[str, str], what: str, cut: CutWords) -> str:
    """What the lines show, as alt text."""
    counts = {label: _counts(lines, offer) for offer, label in names.items()}
    said = (f"{label}: {count(sum(line))} in all, at most {count(max(line, default=0))}." for label, line in counts.items())
    return " ".join(filter(None, (f"Lines of {what.lower()} over time.", *said, cut_caption(cut))))


def offers_file(lines: Sparklines, names: Mapping[str, str], zone: str) -> tuple[list[str], list[list[str | int]]]:
    """The header, with the offers' ids, and a row for each point, oldest first."""
    rows: list[list[str | int]] = [
        [start, *(_counts(lines, offer)[place] for offer in names)] for place, start in enumerate(_days(lines, zone))
    ]
    return ["start", *names], rows


def _days(lines: Sparklines, zone: str) -> list[str]:
    return [day(start, zone).isoformat() for start in lines.starts]


def _counts(lines: Sparklines, offer: str) -> Sequence[int]:
    return lines.counts.get(offer) or [0] * len(lines.starts)
