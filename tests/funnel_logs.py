"""Random logs for funnels, at once in a store and as the rows of the brute-force search, with queries of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection, conditions_of
from queries.asking.times import Grain, iso, milliseconds
from tests.funnel_oracle import Funnel, Row
from tests.logs import Log, load_in_fifty
from tests.logs import Row as LogRow

HOUR = 3_600_000
ZONES = ("UTC", "Europe/Amsterdam", "America/New_York")
# Days on which a zone's clocks change, and one like any other.
DAYS = ("2026-03-28T20:00:00Z", "2026-10-31T22:00:00Z", "2026-10-24T21:00:00Z", "2026-05-31T18:00:00Z")


@dataclass(frozen=True)
class RandomLog:
    """One tenant's rows, with keys 1, 2, … for the names t1, o1, c1, …, and 0 for none."""

    tenant: str
    rows: list[Row]

    @property
    def newest(self) -> int:
        return max((row.time for row in self.rows), default=0)


def random_log(tenant: str, drawn: Random) -> RandomLog:
    """A few rows of few units, on few moments: milliseconds that tie, or hours of some days."""
    size = drawn.choice([3, 6, 8, 9, 10, 10])
    base = _ms(drawn.choice(DAYS))
    moments = [0, 0, 1, 2, 3, 5] if drawn.random() < 0.4 else [hour * HOUR for hour in range(0, 60, drawn.choice([1, 5, 12]))]
    return RandomLog(tenant, [
        Row(
            id=arrival,
            time=base + drawn.choice(moments),
            type=drawn.choice([1, 2, 3] * 4 + [4, 5]),
            customer=drawn.choice([1] * 5 + [2]),
            offer=drawn.choice([1] * 6 + [2, 0]),
            creative=drawn.randint(0, 2),
            channel=drawn.randint(0, 2),
            direction=drawn.randint(0, 2),
        )
        for arrival in drawn.sample(range(size), size)
    ])


def loaded(log: Log, logs: Sequence[RandomLog], in_fifty: bool = False) -> None:
    """Load random logs into a store, those of all tenants mixed; at once, or in fifty loads with questions in between."""
    rows = [log_row(one.tenant, row) for one in logs for row in one.rows]
    Random(1).shuffle(rows)
    if in_fifty:
        load_in_fifty(log, rows, [one.tenant for one in logs[::len(logs) // 10]])
    else:
        log.load(*rows)


def log_row(tenant: str, row: Row) -> LogRow:
    """A row as a file holds it."""
    return {
        "id": f"i{row.id:04d}",
        "tenantId": tenant,
        "customerId": f"u{row.customer}",
        "interactionType": f"t{row.type}",
        "timestamp": iso(row.time),
        "offerId": f"o{row.offer}" if row.offer else None,
        "creativeId": f"r{row.creative}" if row.creative else None,
        "channelId": f"c{row.channel}" if row.channel else None,
        "direction": f"d{row.direction}" if row.direction else None,
        "outcomeTypeKey": f"x{row.outcome}",
    }


def query_of(funnel: Funnel, tenant: str, zone: str = "UTC", breakdown: str | None = None, grain: Grain | None = None) -> FunnelQuery:
    """A funnel as it is asked of a tenant whose rows were loaded by `log_row`."""
    passing = {
        filter: [None if not key and filter != "outcome" else f"{mark}{key}" for key in sorted(keys)] or ["nothing"]
        for filter, mark, keys in (
            ("customerId", "u", funnel.customers), ("offerId", "o", funnel.offers), ("creativeId", "r", funnel.creatives),
            ("channelId", "c", funnel.channels), ("direction", "d", funnel.directions), ("outcome", "x", funnel.outcomes),
        ) if keys is not None
    }
    excluded = {
        "customerId": tuple(f"u{key}" for key in sorted(funnel.other_than_customers)),
        "channelId": tuple(f"c{key}" for key in sorted(funnel.other_than_channels)),
    }
    selection = Selection(tenant, conditions_of(passing, excluded), funnel.from_ms, funnel.to_ms, zone)
    return FunnelQuery(
        selection, tuple(_names("t", sorted(step)) for step in funnel.steps),
        funnel.window_ms, funnel.unit, funnel.order, funnel.ties, _names("t", sorted(funnel.excluded)), breakdown, grain, funnel.as_of_ms,
    )


def random_question(log: RandomLog, drawn: Random) -> tuple[FunnelQuery, Funnel]:
    """A query of a log, and the same in the keys of its rows; some types and names in it never occur."""
    order = drawn.choice(["ordered", "ordered", "strict", "any"])
    steps = _separate_steps(drawn) if order == "any" else _steps(drawn)
    excluded = drawn.choice([(), (), (4,), (4, 5)])
    times = sorted({row.time for row in log.rows} | {row.time + 1 for row in log.rows})
    start, end = sorted(drawn.sample(times, 2)) if drawn.random() < 0.3 else (None, None)
    customers, offers, channels = (drawn.choice([None] * 8 + [(1,), (1, 2), (9,)]) for _ in range(3))
    # Of its own, so that all other draws are those that were found to try what matters.
    left_out = Random(f"{steps} {start} {customers} {offers} {channels}")
    funnel = Funnel(
        tuple(map(frozenset, steps)),
        unit=drawn.choice(["customer", "customer_offer"]),
        window_ms=drawn.choice([None, 1000, HOUR, 5 * HOUR, 12 * HOUR, 30 * HOUR]),
        order=order,
        ties=drawn.choice(["include", "strict"]),
        excluded=frozenset(excluded).difference(*steps),
        from_ms=start,
        to_ms=end,
        customers=customers and frozenset(customers),
        other_than_customers=frozenset(left_out.choice([()] * 8 + [(1,), (2, 9)])),
        other_than_channels=frozenset(left_out.choice([()] * 8 + [(1,), (2, 9)])),
        offers=offers and frozenset(offers),
        channels=channels and frozenset(channels),
    )
    zone, breakdown = drawn.choice(ZONES), drawn.choice(["offer", "creative", "channel", "direction"])
    return query_of(funnel, log.tenant, zone, breakdown, drawn.choice(["day", "week", "month"])), funnel


def _steps(drawn: Random) -> list[tuple[int, ...]]:
    return [tuple(drawn.sample([1, 2, 3] * 3 + [9], drawn.choice([1, 1, 2]))) for _ in range(drawn.randint(2, 4))]


def _separate_steps(drawn: Random) -> list[tuple[int, ...]]:
    types = drawn.sample([1, 2, 3, 4, 9], 5)
    return [(types[0],), tuple(types[1:3]), (types[3],)][:drawn.randint(2, 3)]


def _names(mark: str, keys: Sequence[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{mark}{key}" for key in keys))


def _ms(text: str) -> int:
    return milliseconds(text, ZoneInfo("UTC"))
