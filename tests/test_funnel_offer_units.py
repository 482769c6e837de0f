"""Which rows belong to which customer and offer."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from data.columns.funnel import units as module
from data.columns.funnel.units import OfferUnits, offer_units


def journeys(*customers: str, kind: type = np.uint8) -> SimpleNamespace:
    """Journeys of customers whose rows have the offers given, such as "121": a digit a row, 0 for none."""
    return SimpleNamespace(
        starts=np.cumsum([0, *map(len, customers)], dtype=np.int64),
        offer=np.array([int(digit) for customer in customers for digit in customer], kind),
    )


def rows_of_units(units: OfferUnits) -> list[list[list[int]]]:
    """The rows of each unit of each customer."""
    starts, order = units.starts.tolist(), units.order.tolist()
    bounds = units.of_customer.tolist()
    return [
        [order[starts[unit]:starts[unit + 1]] for unit in range(first, end)] for first, end in pairwise(bounds)
    ]


def test_the_rows_of_a_unit_keep_their_order_and_rows_without_an_offer_are_in_none() -> None:
    found = rows_of_units(offer_units(journeys("31301", "0", "2")))
    assert found == [[[0, 2], [1, 4]], [], [[0]]]


def test_an_empty_log_has_no_units() -> None:
    assert rows_of_units(offer_units(journeys())) == []


def test_a_row_takes_as_few_bytes_as_the_longest_customer_allows() -> None:
    assert offer_units(journeys("1" * 256)).order.dtype == np.uint8
    assert offer_units(journeys("1" * 257)).order.dtype == np.uint16


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("rows_in_piece", [1, 40, 1 << 20])
def test_every_row_of_an_offer_is_in_the_unit_of_its_customer_and_offer(kind, rows_in_piece, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PIECE", rows_in_piece)
    drawn = np.random.default_rng(3)
    customers = ["".join(map(str, drawn.integers(0, 5, drawn.integers(1, 30)))) for _ in range(50)]
    expected = [
        [[row for row, other in enumerate(customer) if other == offer] for offer in dict.fromkeys(customer) if offer != "0"]
        for customer in customers
    ]
    assert rows_of_units(offer_units(journeys(*customers, kind=kind))) == expected
