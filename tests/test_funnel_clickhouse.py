"""Order ordered, ties included, counts the units that ClickHouse's windowFunnel counts.

Its default mode has the same meaning where no type belongs to two steps: it too takes the rows of one instant in
step order, and a last step just one window after the entry. Times are handed over as whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import chdb
import numpy as np
import pytest

from tests.funnel_logs import RandomLog, loaded, query_of
from tests.funnel_oracle import Funnel, Row
from tests.logs import ACME, ENGINES, Log

LEVELS = """
select level, count()
from (
    select windowFunnel({window})(time, type = 1, type = 2, type in (3, 4)) as level
    from file('{rows}', CSVWithNames, 'customer UInt32, offer UInt32, time UInt64, type UInt8')
    where offer > 0
    group by {unit}
)
where level > 0
group by level
"""


SEEDS = [1, 2]


@pytest.fixture(scope="module", params=[(engine, seed) for engine in sorted(ENGINES) for seed in SEEDS])
def drawn_log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Log, list[Row]]]:
    """An engine's log, and its rows."""
    engine, seed = request.param
    rows = random_log(np.random.default_rng(seed), rows=6000, customers=100, offers=4, last_ms=500)
    with Log(tmp_path_factory.mktemp("rows"), engine) as log:
        loaded(log, [RandomLog(ACME, rows)])
        yield log, rows


@pytest.mark.parametrize("window", [1, 20, 300])
@pytest.mark.parametrize("unit", ["customer", "customer_offer"])
def test_windowfunnel_counts_the_same_units(tmp_path: Path, drawn_log: tuple[Log, list[Row]], unit: str, window: int) -> None:
    log, rows = drawn_log
    file = tmp_path / "rows.csv"
    lines = [f"{row.customer},{row.offer},{row.time},{row.type}" for row in rows]
    file.write_text("\n".join(["customer,offer,time,type", *lines]))
    asked = LEVELS.format(window=window, unit=unit.replace("_", ", "), rows=file)
    answer = chdb.query(asked, "CSV").bytes().decode()
    units_at = dict(tuple(map(int, line.split(","))) for line in answer.split())

    steps = (frozenset({1}), frozenset({2}), frozenset({3, 4}))
    funnel = Funnel(steps, unit=unit, window_ms=window, offers=frozenset(range(1, 5)))
    with log.snapshot() as snapshot:
        reached = snapshot.tenant(ACME).funnel(query_of(funnel, ACME)).reached
    assert reached == [sum(count for level, count in units_at.items() if level >= step) for step in (1, 2, 3)]
    assert reached[2] > 0


def random_log(drawn: np.random.Generator, rows: int, customers: int, offers: int, last_ms: int) -> list[Row]:
    """Rows that mostly share customer and millisecond with others; offer 0 is none, type 5 no step's."""
    return [
        Row(id=nth, customer=int(customer), offer=int(offer), time=int(time), type=int(kind))
        for nth, (customer, offer, time, kind) in enumerate(
            zip(
                drawn.integers(1, customers + 1, rows),
                drawn.integers(0, offers + 1, rows),
                drawn.integers(0, last_ms // 10 + 1, rows) * 10,
                drawn.integers(1, 6, rows),
                strict=True,
            )
        )
    ]
