"""Which units a bar means, and which bars there are."""

from __future__ import annotations

import pytest

from queries.asking import funnel_bars as bars
from queries.asking.parameters import filled

Pairs = list[tuple[str, str]]
A_B = [("step", "a"), ("step", "b")]


def bar_messages(pairs: Pairs) -> list[str]:
    return [problem.message for problem in bars.parse("acme", pairs, (bars.REACHED, bars.DROPPED_AFTER)).problems]


@pytest.mark.parametrize(("pairs", "expected"), [
    ([("reached", "1"), ("droppedAfter", "1")], ["reached 1 and droppedAfter 1 cannot be combined"]),
    ([("reached", "4")], ["reached must be a step, from 1 to 3, not '4'"]),
    ([("reached", "3"), *A_B], ["reached must be a step, from 1 to 2, not '3'"]),
    ([("droppedAfter", "3")], ["droppedAfter must be a step before the last, from 1 to 2, not '3'"]),
    ([("reached", "0")], ["reached must be a whole number from 1 to 10, not '0'"]),
    ([("droppedAfter", "two")], ["droppedAfter must be a whole number from 1 to 10, not 'two'"]),
    ([("reached", "5"), ("step", "a")], ["step must be given 2 to 10 times, not 1: 'a'"]),
])
def test_a_bar_that_is_none_is_named_with_its_value(pairs: Pairs, expected: list[str]) -> None:
    assert bar_messages(pairs) == expected


@pytest.mark.parametrize(("pairs", "bar"), [
    ([], bars.reached(1)), ([("reached", "1")], bars.reached(1)), ([("reached", "3")], bars.reached(3)),
    ([("droppedAfter", "2")], bars.dropped_after(2)),
])
def test_a_bar_is_the_units_that_came_so_far(pairs: Pairs, bar: bars.FunnelBar) -> None:
    asked = bars.parse("acme", pairs, (bars.REACHED, bars.DROPPED_AFTER)).or_refused()
    assert bars.bar_of(filled(bars.BarParameters, asked.parameters)) == bar


def test_a_bar_has_as_many_units_as_reached_it_less_those_that_went_on() -> None:
    counts = [100, 40, 7]
    assert [bars.reached(step).size(counts) for step in (1, 2, 3)] == counts
    assert [bars.dropped_after(step).size(counts) for step in (1, 2)] == [60, 33]
