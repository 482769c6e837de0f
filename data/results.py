"""What an engine answers: plain values, the same from every engine."""

from __future__ import annotations

from dataclasses import dataclass

from data.mapping.fields import STORED_FIELDS
from queries.asking.measures import Figures


@dataclass(frozen=True)
class Offer:
    """An offer as it is now, also when it is archived or deleted."""

    id: str
    name: str | None
    status: str | None


@dataclass(frozen=True)
class Channel:
    id: str
    name: str | None


@dataclass(frozen=True)
class Creative:
    """A creative as it is now, and its own channel."""

    id: str
    name: str | None
    channel: Channel | None


@dataclass(frozen=True)
class Record:
    """One interaction. `context`, `response` and `outcome` are compact JSON objects as text; `timestamp` is ISO 8601 in UTC.

    `offer`, `creative` and `channel` are None where nothing but the id is known; `value` is the outcome's money, where it has any.
    """

    id: str
    tenantId: str
    customerId: str
    offerId: str | None
    creativeId: str | None
    channelId: str | None
    interactionType: str
    outcomeTypeKey: str
    direction: str | None
    timestamp: str
    context: str
    response: str
    outcome: str
    offer: Offer | None
    creative: Creative | None
    channel: Channel | None
    value: float | None


# The columns of the log as a file: the name of each, and what it has of a record, a field or a field of its offer, creative or channel.
RECORD_COLUMNS = {
    **{field.name: field.name for field in STORED_FIELDS if not field.is_object},
    "offerName": "offer.name",
    "offerStatus": "offer.status",
    "creativeName": "creative.name",
    "channelName": "channel.name",
    **{field.name: field.name for field in STORED_FIELDS if field.is_object},
}
# The same as lines of JSON: fields as they are, and what an offer or a creative is now as one JSON object.
JSON_COLUMNS = {**{field.name: field.name for field in STORED_FIELDS}, "offer": "offer", "creative": "creative"}
UNIT_COLUMNS = ("customerId", "offerId", "level", "enteredAt", "reachedAt")


@dataclass(frozen=True)
class RecordPage:
    """Some records, newest first (timestamp, then id); `total` counts all that pass the selection, whatever the cursor."""

    records: list[Record]
    total: int
    has_more: bool


@dataclass(frozen=True)
class Neighbours:
    """The position of a page: how many matching records precede it, and the cursor of the previous page.

    `previous_cursor` is None where that page is the newest.
    """

    before: int
    previous_cursor: str | None


@dataclass(frozen=True)
class CustomerPage:
    """Customers and their figures, most interactions first, then by id in byte order; `total` counts all of the selection."""

    customers: list[tuple[str, Figures]]
    total: int


@dataclass(frozen=True)
class CustomerLog:
    """When a customer was first and last seen, in milliseconds, how many rows there are of each type, and when each offer came first."""

    first: int
    last: int
    types: dict[str, int]
    first_of_offer: dict[str | None, int]


@dataclass(frozen=True)
class TimelinePoint:
    """One interaction on a timeline."""

    timestamp: int
    type: str
    offer: str | None
    channel: str | None


@dataclass(frozen=True)
class Timeline:
    """A customer's newest interactions, oldest first, and how many there are in all."""

    points: list[TimelinePoint]
    total: int


@dataclass(frozen=True)
class HistogramBin:
    """How many units took from `start` to less than `end` milliseconds; an `end` of None is open."""

    start: int
    end: int | None
    units: int


@dataclass(frozen=True)
class Durations:
    """The times of `n` units in seconds, including those that took no time; all None if there are none.

    A percentile lies between the two nearest of the sorted times, in proportion: that of share q of n times is at place q·(n - 1),
    counted from 0. `histogram` has a bin for each of DURATION_EDGES up to the longest time.
    """

    n: int
    mean: float | None
    p25: float | None
    median: float | None
    p75: float | None
    p90: float | None
    histogram: tuple[HistogramBin, ...]


_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000

# Where the bins of a histogram begin. The first holds the units that need no time at all.
DURATION_EDGES = (
    0, 1, _SECOND, 10 * _SECOND, 30 * _SECOND, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR,
    12 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY, 90 * _DAY, 180 * _DAY, 366 * _DAY,
)


@dataclass(frozen=True)
class FunnelFigures:
    """What a funnel counts; lists have an entry a step, `durations` one a step from the second on.

    `immature` is None without a window. `breakdown` has the units that reached each step by the value of their entry. `trend` has, for
    each bucket, those whose entry lies in it, and how many of them may still convert. Both are empty where they were not asked for.
    """

    reached: list[int]
    events: list[int]
    tie_dependent: list[int]
    immature: int | None
    durations: list[Durations]
    breakdown: dict[str | None, list[int]]
    trend: list[tuple[list[int], int]]


@dataclass(frozen=True)
class FunnelUnit:
    """A unit and its chosen chain: `level` is its furthest step, reached at `reached_at` from the entry at `entered_at` (milliseconds).

    So of a unit behind an earlier step's bar too the times are those of its furthest step. `offer` is None where the unit is the customer.
    """

    customer: str
    offer: str | None
    level: int
    entered_at: int
    reached_at: int


@dataclass(frozen=True)
class UnitList:
    """Some of a bar's units, by entry, latest first, then by customer and offer in byte order; `total` counts all of the bar."""

    units: list[FunnelUnit]
    total: int
    has_more: bool
