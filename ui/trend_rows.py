"""A trend as a table: what its chart draws, in figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from queries.periods import day
from queries.spans import Grain
from queries.trend import Bucket
from ui.address import Pairs
from ui.chart_trend import trend_types
from ui.cut_words import CutWords
from ui.grain import HEADINGS
from ui.measured import file_value
from ui.numbers import count, money
from ui.sortable_table import Figure, Heading


def trend_headings(buckets: Sequence[Bucket], grain: Grain) -> list[Heading]:
    """The columns of `trend_rows`."""
    types = [Heading(f"type {type}", type) for type in trend_types(buckets)]
    return [Heading("start", HEADINGS[grain], "text"), *types, Heading("customers", "customers"), Heading("revenue", "value")]


def trend_rows(
    buckets: Sequence[Bucket], zone: str, link: Callable[[Bucket, Pairs], str | None], cut: CutWords,
) -> list[Mapping[str, Figure | str | None]]:
    """A row for each bucket, the newest first; `link` leads to its rows, or to those of them that pass a filter.

    `cut` is what is said of those that are not whole.
    """
    return [_row(bucket, zone, link, cut) for bucket in reversed(buckets)]


def _row(bucket: Bucket, zone: str, link: Callable[[Bucket, Pairs], str | None], cut: CutWords) -> Mapping[str, Figure | str | None]:
    figures, every = bucket.figures, link(bucket, [])
    first = day(bucket.start, zone).isoformat()
    return {
        "start": Figure(first, note=cut.get(first), address=every),
        **{
            f"type {type}": Figure(count(number), address=link(bucket, [("type", type)]) if number else None)
            for type, number in bucket.counts.items()
        },
        # No filter tells a customer's first row, nor a row with money, from the others.
        "customers": Figure(count(figures.customers), address=every if figures.customers else None),
        "revenue": Figure(money(figures.revenue), address=every if figures.revenue != 0 else None),
    }


def trend_file(buckets: Sequence[Bucket], zone: str) -> tuple[list[str], list[list[str | float | None]]]:
    """The header and the rows of the trend as a file, oldest first."""
    types = trend_types(buckets)
    header = ["start", *types, "customers", "revenue"]
    rows = [
        [day(bucket.start, zone).isoformat(), *(bucket.counts[type] for type in types), bucket.figures.customers,
         file_value("revenue", bucket.figures.revenue)]
        for bucket in buckets
    ]
    return header, rows
