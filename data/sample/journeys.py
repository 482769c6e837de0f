"""The journeys that begin on one day of a sample log, as rows of codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from data.sample.catalogue import CHANNELS, ChannelProfile, Programme
from data.sample.placements import Placement
from data.sample.scripts import DAY, EVENT_CODES, EVENTS, HOUR, LENGTHS, MINUTE, STEP_EVENTS, STEP_LONGEST, STEP_SHORTEST, URN

# Times are milliseconds since 1970 in UTC; the other numbers are positions in the tables they are named for.
ROW = np.dtype([
    ("arrival", np.int64), ("timestamp", np.int64), ("customer", np.int32), ("cents", np.int32),
    ("placement", np.uint16), ("event", np.uint8), ("context", np.uint8), ("response", np.uint8),
    ("money", np.uint8), ("outbound", np.bool_),
])
NO_MONEY, MONEY_NUMBER, MONEY_TEXT = range(3)

INITIALS = list(CHANNELS)
MEDIA: Sequence[ChannelProfile] = tuple(CHANNELS.values())
PUSH = INITIALS.index("P")  # sent in batches, at whole minutes
CALL_CENTRE = INITIALS.index("C")
SUNDAY = 3  # of day % 7, as 1970 began on a Thursday
CONTEXTS = tuple(dict.fromkeys(text for channel in MEDIA for text in channel.contexts))
RESPONSES = ("{}", '{"rank":1}', '{"rank":2}', '{"rank":3}')

FALTERING_DAYS = 7
FALTERING_CLICKS = 650  # of 1,000 that would have clicked
WINNER_EFFECT = {"A": 1200, "B": 760}  # of 1,000, where an offer's variants differ at all

_IMPRESSION = EVENT_CODES["impression"]
_PRESENTATIONS = np.array([event.outcome in ("impression", "recommendation") for event in EVENTS.values()])
_CONVERSIONS = np.array([event.type in ("convert", "conversion") for event in EVENTS.values()])
_MONEY_FORMS = np.repeat([NO_MONEY, MONEY_TEXT, MONEY_NUMBER], [5, 3, 92])
_MONEY_SIGNS = np.repeat([0, -1, 1], [2, 2, 96])
_RESPONSES = np.repeat([0, 1, 2, 3], [10, 3, 2, 1])
_TIERS = ((600, 1), (300, 4), (90, 12), (10, 60))  # of 1,000 customers, those this many times as active


def _spread(values: Sequence[int] | np.ndarray, size: int) -> np.ndarray:
    """`size` slots filled with the values in equal parts, so that rows of different lengths stack."""
    return np.asarray(values)[np.arange(size) * len(values) // size]


_HOURS = np.stack([
    _spread(np.repeat(np.arange(24), [int(digit) for digit in channel.hours]), 1024) for channel in MEDIA
])
_CONTEXTS = np.stack([_spread([CONTEXTS.index(text) for text in channel.contexts], 12) for channel in MEDIA])
_OUTBOUND = np.array([channel.outbound for channel in MEDIA])
_LATE = np.array([channel.late for channel in MEDIA])


class JourneySource:
    """Draws the journeys of one programme, day after day, from one generator."""

    def __init__(
        self,
        plan: Programme,
        places: Sequence[Placement],
        customers: int,
        last_day: int,
        rng: np.random.Generator,
    ) -> None:
        """`last_day` counts days since 1970; no row is later than its last millisecond."""
        self._rng = rng
        self._customers = customers
        self._last_day = last_day
        self._end = last_day * DAY + DAY - 1
        self._medium = np.array([INITIALS.index(place.medium) for place in places])
        self._faltering = np.array([place.medium == plan.faltering for place in places])
        self._clicks = _clicks(places, rng)
        self._follows = np.array([place.offer.follows for place in places])
        self._value = np.array([[100 * units for units in place.offer.value] for place in places])
        self._tickets = _tickets(places)
        self._begins = np.array([place.offer.begins for place in places])
        self._ends = np.array([place.offer.ends for place in places])
        self._tiers, self._tier_bounds = _customer_tiers(customers)

    def rows(self, day: int, count: int) -> np.ndarray:
        """Exactly `count` rows (ROW) of the journeys that begin on a day, one journey after the other."""
        place, script = self._beginnings(day, count)
        ends = np.cumsum(LENGTHS[script])
        kept = int(np.searchsorted(ends, count)) + 1 if count else 0
        place, script, ends = place[:kept], script[:kept], ends[:kept]
        lengths = LENGTHS[script]
        journey = np.repeat(np.arange(kept), lengths)[:count]
        step = np.arange(count) - (ends - lengths)[journey]

        rows = np.zeros(count, ROW)
        rows["customer"] = self._customer_numbers(kept)[journey]
        rows["placement"] = place[journey]
        medium = self._medium[place]
        start = self._starts(day, medium)[journey]
        event, rows["timestamp"] = self._played(script[journey], step, start)
        rows["event"] = event
        rows["context"] = _CONTEXTS[medium, self._rng.integers(12, size=kept)][journey]
        rows["response"] = _RESPONSES[self._rng.integers(len(_RESPONSES), size=kept)][journey]
        begun_by_company = self._rng.integers(1000, size=kept) < _OUTBOUND[medium]
        answers_inbound = ~_PRESENTATIONS[event] & (self._rng.integers(4, size=count) == 0)
        rows["outbound"] = begun_by_company[journey] & ~answers_inbound
        rows["arrival"] = self._arrivals(rows["timestamp"], medium[journey])
        self._pay(rows)
        return rows

    def _beginnings(self, day: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Placements and scripts of `count` journeys: enough, as each journey has a row or more."""
        urn = self._placement_urn(day)
        place = urn[self._rng.integers(len(urn), size=count)]
        clicks = self._clicks[place]
        if day > self._last_day - FALTERING_DAYS:
            clicks = np.where(self._faltering[place], clicks * FALTERING_CLICKS // 1000, clicks)
        clicked = self._rng.integers(1_000_000, size=count) < clicks
        followed = self._rng.integers(1000, size=count) < self._follows[place]
        way = clicked.astype(np.int64) + (clicked & followed)
        return place, URN[way, self._rng.integers(1000, size=count)]

    def _placement_urn(self, day: int) -> np.ndarray:
        """Placements of the offers on show that day, as often as each has tickets; no calls on Sundays."""
        ago = self._last_day - day
        on_show = (self._begins >= ago) & (self._ends <= ago)
        if day % 7 == SUNDAY:
            on_show &= self._medium != CALL_CENTRE
        return np.repeat(np.arange(len(self._tickets)), self._tickets * on_show)

    def _customer_numbers(self, count: int) -> np.ndarray:
        tier = self._tiers[self._rng.integers(len(self._tiers), size=count)]
        first, size = self._tier_bounds[tier, 0], self._tier_bounds[tier, 1]
        number = first + (size * self._rng.random(count)).astype(np.int64)
        return np.minimum(number, self._customers - 1)

    def _starts(self, day: int, medium: np.ndarray) -> np.ndarray:
        hour = _HOURS[medium, self._rng.integers(1024, size=len(medium))]
        start = day * DAY + hour * HOUR + self._rng.integers(HOUR, size=len(medium))
        return np.where(medium == PUSH, start - start % MINUTE, start)

    def _played(
        self, script: np.ndarray, step: np.ndarray, start: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Events and times of the steps; a step past the log's end is one more impression before it."""
        shortest = STEP_SHORTEST[script, step]
        chance = self._rng.random(len(script))
        pause = shortest + ((STEP_LONGEST[script, step] - shortest) * (chance * chance)).astype(np.int64)
        passed = np.cumsum(pause)
        before = (passed - pause)[np.flatnonzero(step == 0)]
        since_start = passed - before[np.cumsum(step == 0) - 1]
        event = STEP_EVENTS[script, step]
        timestamp = start + since_start
        early_again = start + since_start % (self._end - start + 1)
        too_late = timestamp > self._end
        return np.where(too_late, _IMPRESSION, event), np.where(too_late, early_again, timestamp)

    def _arrivals(self, timestamp: np.ndarray, medium: np.ndarray) -> np.ndarray:
        """When rows reach the log: at once, or with the 04:00 upload of one of the next five days."""
        late = self._rng.integers(1000, size=len(medium)) < _LATE[medium]
        upload = (timestamp // DAY + self._rng.integers(1, 6, size=len(medium))) * DAY + 4 * HOUR
        return np.where(late, upload, timestamp)

    def _pay(self, rows: np.ndarray) -> None:
        paid = np.flatnonzero(_CONVERSIONS[rows["event"]])
        low, high = self._value[rows["placement"][paid]].T
        chance = np.abs(self._rng.random(len(paid)) - self._rng.random(len(paid)))
        cents = low + ((high - low) * chance).astype(np.int64)
        rows["cents"][paid] = cents * _MONEY_SIGNS[self._rng.integers(100, size=len(paid))]
        rows["money"][paid] = _MONEY_FORMS[self._rng.integers(100, size=len(paid))]


def _clicks(places: Sequence[Placement], rng: np.random.Generator) -> np.ndarray:
    """Of 1,000,000 journeys at each placement, those that click; variants differ in a third of the offers."""
    offer_ids = list(dict.fromkeys(place.offer_id for place in places))
    differs = dict(zip(offer_ids, rng.integers(3, size=len(offer_ids)) == 0, strict=True))
    effects = [
        WINNER_EFFECT.get(place.variant, 1000) if place.variant and differs[place.offer_id] else 1000 for place in places
    ]
    return np.array([
        place.offer.clicks * CHANNELS[place.medium].clicks * effect // 1000
        for place, effect in zip(places, effects, strict=True)
    ])


def _tickets(places: Sequence[Placement]) -> np.ndarray:
    """How often each placement is in the urn: its share of its offer's volume."""
    totals: Counter[str] = Counter()
    for place in places:
        totals[place.offer_id] += place.share
    return np.array([place.offer.volume * place.share * 10 // totals[place.offer_id] for place in places])


def _customer_tiers(customers: int) -> tuple[np.ndarray, np.ndarray]:
    """An urn of tiers by how much of the log is theirs, and each tier's first customer and size."""
    ends = np.cumsum([share for share, _ in _TIERS]) * customers // 1000
    firsts = np.concatenate([[0], ends[:-1]])
    urn = np.repeat(np.arange(len(_TIERS)), [share * activity for share, activity in _TIERS])
    return urn, np.stack([firsts, ends - firsts], axis=1)
