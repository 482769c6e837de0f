"""Buckets of time: the days, weeks, months or years of a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from queries.asking.times import FIRST, LAST, local_date, midnight

Grain = Literal["day", "week", "month", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "year")

HOUR = 3_600_000
DAY = 24 * HOUR


def calendar_edges(start: int, end: int, grain: Grain, zone: ZoneInfo) -> list[int]:
    """Where the days, weeks (from Monday), months or years of a zone begin that hold [start, end), and where the last one ends.

    What would begin or end outside the calendar begins or ends with it. A day that a zone skipped is none.
    """
    edges: list[int] = []
    for first in _firsts(local_date(start, zone), grain):
        edge = midnight(first, zone)
        if not edges:
            edges.append(edge if edge <= start else FIRST)
        elif edge > edges[-1]:
            edges.append(edge)
        if edges[-1] >= end:
            return edges
    return [*edges, LAST + 1]


def _firsts(day: date, grain: Grain) -> Iterator[date]:
    if grain == "week":
        day -= timedelta(days=day.weekday())
    elif grain == "month":
        day = day.replace(day=1)
    elif grain == "year":
        day = day.replace(month=1, day=1)
    with suppress(OverflowError):
        while True:
            yield day
            if grain == "year":
                day = (day + timedelta(days=366)).replace(month=1, day=1)
            elif grain == "month":
                day = (day + timedelta(days=31)).replace(day=1)
            else:
                day += timedelta(days=7 if grain == "week" else 1)
