"""Stretches of time as arrays: one bucket each, or the hours of a zone's week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.engine import Edges, HoursOfWeek
from queries.asking.times import DAY, HOUR, utc_datetime

HOURS_OF_A_WEEK = 168

# Slots of about half an hour: few hold the end of a span. Longer ones where there would be too many.
_SLOT_BITS = 21
_MOST_SLOTS_BITS = 20


@dataclass(frozen=True)
class Spans:
    """Stretches of time that follow one another, each in a bucket.

    Span s is edges[s] to before edges[s + 1], int64 milliseconds; `buckets`, uint32, has an entry a span and numbers below `size`.
    `slots` finds a span: a slot is 2**shift ms, counted from the first edge, and names the span of its first moment.
    """

    edges: np.ndarray
    buckets: np.ndarray
    size: int
    shift: int = field(init=False)
    slots: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        shift = max(_SLOT_BITS, (self.end - self.start >> _MOST_SLOTS_BITS).bit_length())
        firsts = np.arange(self.start, self.end, 1 << shift)
        object.__setattr__(self, "shift", shift)
        object.__setattr__(self, "slots", (np.searchsorted(self.edges, firsts, side="right") - 1).astype(np.uint32))

    @property
    def start(self) -> int:
        return int(self.edges[0])

    @property
    def end(self) -> int:
        return int(self.edges[-1])


def spans_of(buckets: Edges | HoursOfWeek | None) -> Spans | None:
    """The stretches of some buckets."""
    if buckets is None:
        return None
    if isinstance(buckets, Edges):
        return one_bucket_per_span(buckets.at)
    return _joined([hours_of_week(stretch.start, stretch.end, ZoneInfo(buckets.zone)) for stretch in buckets.stretches])


def one_bucket_per_span(edges: Sequence[int]) -> Spans:
    """Every span a bucket of its own."""
    return Spans(np.array(edges, np.int64), np.arange(len(edges) - 1, dtype=np.uint32), len(edges) - 1)


def hours_of_week(start: int, end: int, zone: ZoneInfo) -> Spans:
    """The hours of [start, end), each in the bucket of its hour of the zone's week: Monday 0:00 is 0, Sunday 23:00 is 167."""
    edges: list[np.ndarray] = []
    hours: list[np.ndarray] = []
    for first, last, offset in offsets(start, end, zone):
        inner = np.arange((first + offset) // HOUR * HOUR - offset, last, HOUR)
        edges.append(np.maximum(inner, first))
        # The first of January 1970 was a Thursday.
        hours.append((inner + offset) // HOUR % HOURS_OF_A_WEEK + 3 * 24)
    edges.append(np.array([end]))
    return Spans(np.concatenate(edges), (np.concatenate(hours) % HOURS_OF_A_WEEK).astype(np.uint32), HOURS_OF_A_WEEK)


def _joined(parts: list[Spans]) -> Spans:
    """Spans one after the other, with the time between them in the bucket of what comes before."""
    edges = np.concatenate([*(part.edges[:-1] for part in parts[:-1]), parts[-1].edges])
    return Spans(edges, np.concatenate([part.buckets for part in parts]), parts[-1].size)


def offsets(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """The stretches of [start, end) in which the zone's offset from UTC, in milliseconds, stays the same."""
    at, first, offset = start, start, _offset(start, zone)
    while at < end - 1:
        ahead = min(at + DAY, end - 1)
        if _offset(ahead, zone) != offset:
            ahead = _change(at, ahead, offset, zone)
            yield first, ahead, offset
            first, offset = ahead, _offset(ahead, zone)
        at = ahead
    yield first, end, offset


def _change(before: int, after: int, offset: int, zone: ZoneInfo) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(middle, zone) == offset else (before, middle)
    return after


def _offset(ms: int, zone: ZoneInfo) -> int:
    try:
        local = utc_datetime(ms).astimezone(zone)
        return (local.utcoffset() or timedelta()) // timedelta(milliseconds=1)
    except OverflowError:
        # The zone's own time lies outside the calendar; its clocks are those of the day beside.
        return _offset(ms + (DAY if ms < 0 else -DAY), zone)
