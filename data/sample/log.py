"""A believable interaction log, made from a seed: the same arguments give the same bytes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.sample.catalogue import Programme, programme
from data.sample.journeys import CONTEXTS, MONEY_TEXT, NO_MONEY, RESPONSES, ROW, JourneySource
from data.sample.placements import Placement, placements
from data.sample.scripts import DAY, EVENTS

DAYS = 180
ROWS_A_CUSTOMER = 20
MOST_INTERACTIONS = 1_000_000_000  # up to here each customer has an id of their own
EPOCH = datetime.date(1970, 1, 1)

SCHEMA = pa.schema([
    ("id", pa.string()),
    ("tenantId", pa.string()),
    ("customerId", pa.string()),
    ("offerId", pa.string()),
    ("creativeId", pa.string()),
    ("channelId", pa.string()),
    ("interactionType", pa.string()),
    ("outcomeTypeKey", pa.string()),
    ("direction", pa.string()),
    ("timestamp", pa.timestamp("ms", tz="UTC")),
    ("context", pa.string()),
    ("response", pa.string()),
    ("outcome", pa.string()),
])


def sample_batches(
    interactions: int, seed: int, tenant: str, until: datetime.date, batch_rows: int = 200_000
) -> Iterator[pa.RecordBatch]:
    """Exactly `interactions` rows of the 180 UTC days that end with `until`, in the order they arrived.

    Batches of SCHEMA have `batch_rows` rows, the last one fewer; how they are cut changes no row. A row
    filled in days after its timestamp comes that much later, with the id of that place. Raises ValueError
    for a number out of range or an empty tenant.
    """
    if not 0 <= interactions <= MOST_INTERACTIONS:
        raise ValueError(f"interactions must be from 0 to {MOST_INTERACTIONS}, not {interactions}")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, not {seed}")
    if not tenant:
        raise ValueError("tenant must not be empty")
    if batch_rows < 1:
        raise ValueError(f"batch_rows must be 1 or more, not {batch_rows}")
    return _batches(interactions, seed, tenant, (until - EPOCH).days, batch_rows)


def _batches(
    interactions: int, seed: int, tenant: str, last_day: int, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    plan = programme(seed)
    places = placements(plan)
    customers = interactions // ROWS_A_CUSTOMER + 1
    rng = np.random.Generator(np.random.PCG64(seed))
    quotas = _quotas(plan, interactions, last_day, rng)
    source = JourneySource(plan, places, customers, last_day, rng)
    texts = _Texts(tenant, places, customers)
    first = 1
    for rows in _cut(_arrived(source, quotas), batch_rows):
        yield texts.batch(rows, first)
        first += len(rows)


def _quotas(plan: Programme, interactions: int, last_day: int, rng: np.random.Generator) -> dict[int, int]:
    """Rows to draw for each day: growing by four fifths, in the rhythm of the week, no two weeks alike."""
    days = range(last_day - DAYS + 1, last_day + 1)
    noise = rng.integers(920, 1081, size=DAYS).tolist()
    weights = [
        plan.week[(day + 3) % 7] * (1000 + 800 * position // DAYS) * noise[position]
        for position, day in enumerate(days)
    ]
    ends = [interactions * passed // sum(weights) for passed in accumulate(weights)]
    return {day: end - start for day, (start, end) in zip(days, pairwise([0, *ends]), strict=True)}


def _arrived(source: JourneySource, quotas: dict[int, int]) -> Iterator[np.ndarray]:
    """Rows in the order of arrival; those of one instant as they were drawn."""
    pending = np.zeros(0, ROW)
    for day, quota in quotas.items():
        pending = np.concatenate([pending, source.rows(day, quota)])
        due = pending["arrival"] < (day + 1) * DAY
        yield _by_arrival(pending[due])
        pending = pending[~due]
    yield _by_arrival(pending)


def _by_arrival(rows: np.ndarray) -> np.ndarray:
    return rows[np.argsort(rows["arrival"], kind="stable")]


def _cut(parts: Iterator[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """The same rows in pieces of `size`, the last one shorter."""
    waiting: list[np.ndarray] = []
    for part in parts:
        waiting.append(part)
        if sum(map(len, waiting)) < size:
            continue
        rows = np.concatenate(waiting)
        whole = len(rows) // size * size
        yield from np.split(rows[:whole], range(size, whole, size))
        waiting = [rows[whole:]]
    rest = np.concatenate(waiting)
    if len(rest):
        yield rest


class _Texts:
    """Turns rows of codes into the columns of the log."""

    def __init__(self, tenant: str, places: list[Placement], customers: int) -> None:
        events = EVENTS.values()
        self._tenant = tenant
        self._customers = _customer_ids(customers)
        self._offers = pa.array([place.offer_id for place in places])
        self._creatives = pa.array([place.creative_id for place in places])
        self._channels = pa.array([place.channel_id for place in places])
        self._types = pa.array([event.type for event in events])
        self._outcomes = pa.array([event.outcome for event in events])
        self._outcome_texts = pa.array([event.text for event in events])
        self._directions = pa.array(["inbound", "outbound"])
        self._contexts = pa.array(CONTEXTS)
        self._responses = pa.array(RESPONSES)

    def batch(self, rows: np.ndarray, first: int) -> pa.RecordBatch:
        """One batch of SCHEMA, its ids counting on from `first`."""
        numbers = pa.array(np.arange(first, first + len(rows)))
        place, event = rows["placement"], rows["event"]
        return pa.record_batch([
            _numbered("ih_", numbers, 10),
            pa.repeat(self._tenant, len(rows)),
            self._customers.take(pa.array(rows["customer"])),
            self._offers.take(pa.array(place)),
            self._creatives.take(pa.array(place)),
            self._channels.take(pa.array(place)),
            self._types.take(pa.array(event)),
            self._outcomes.take(pa.array(event)),
            self._directions.take(pa.array(rows["outbound"].astype(np.uint8))),
            pa.array(rows["timestamp"]).cast(SCHEMA.field("timestamp").type),
            self._contexts.take(pa.array(rows["context"])),
            self._responses.take(pa.array(rows["response"])),
            self._outcome_column(rows),
        ], schema=SCHEMA)

    def _outcome_column(self, rows: np.ndarray) -> pa.Array:
        plain = self._outcome_texts.take(pa.array(rows["event"]))
        paid = rows["money"] != NO_MONEY
        cents = pa.array(rows["cents"][paid].astype(np.int64)).cast(pa.decimal128(19, 0))
        value = cents.view(pa.decimal128(19, 2)).cast(pa.string())
        as_text = pa.array(rows["money"][paid] == MONEY_TEXT)
        value = pc.if_else(as_text, pc.binary_join_element_wise('"', value, '"', ""), value)
        money = pc.binary_join_element_wise('{"conversionValue":', value, "}", "")
        return pc.replace_with_mask(plain, pa.array(paid), money)


def _customer_ids(count: int) -> pa.Array:
    """Ids of known customers and, one in sixteen, of anonymous visitors; none tells how active they are."""
    numbers = np.arange(count)
    scattered = pa.array(10_000_000 + numbers * 61_803_399 % 89_999_999)
    known = _numbered("CUST", scattered, 8)
    anonymous = _numbered("anon_", scattered, 10)
    return pc.if_else(pa.array(numbers % 16 == 5), anonymous, known)


def _numbered(prefix: str, numbers: pa.Array, digits: int) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(numbers.cast(pa.string()), digits, "0"), "")
