from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.columns.filtering import Matches
from queries.answers.summary import figures
from queries.asking.measures import COUNTS
from queries.asking.selection import Selection, clipped, filter_of, narrowed, parse, rows_behind, rows_of_each
from tests.figures_logs import SAMPLE
from tests.logs import ACME, Log

PAIRS = st.lists(
    st.tuples(st.sampled_from(["type", "offerId", "outcome"]), st.sampled_from("abc")) | st.just(("without", "offerId")), max_size=5,
)
OWN = st.lists(
    st.tuples(st.sampled_from(["type", "offerId", "outcome", "not.type", "not.offerId"]), st.sampled_from("abc")) | st.just(("without", "offerId")),
    max_size=6,
)


def test_a_further_filter_is_added_in_the_order_of_the_filters() -> None:
    selection = Selection(ACME, (("type", ("click",)),), start=7)
    assert narrowed(selection, [("offerId", "a"), ("offerId", "b")]) == Selection(
        ACME, (("offerId", ("a", "b")), ("type", ("click",))), start=7,
    )


def test_of_a_filter_that_is_set_only_what_passes_both_is_left() -> None:
    selection = Selection(ACME, (("outcome", ("click", "accept")),))
    assert narrowed(selection, [("outcome", "accept"), ("outcome", "convert")]) == Selection(ACME, (("outcome", ("accept",)),))
    assert narrowed(selection, [("outcome", "convert")]) is None


@given(OWN, PAIRS)
def test_a_row_passes_exactly_if_it_passes_both(first: list[tuple[str, str]], second: list[tuple[str, str]]) -> None:
    once, further = parse(ACME, first).selection, parse(ACME, second).selection
    both = narrowed(once, second)
    for row in ({"type": type, "offerId": offer, "outcome": outcome} for type in "abc" for offer in ("a", "b", "c", None) for outcome in "abc"):
        assert (both is not None and passes(both, row)) == (passes(once, row) and passes(further, row))


def passes(selection: Selection, row: dict[str, str]) -> bool:
    wanted: dict[str, list[str | None]] = {}
    for name, value in selection.pairs():
        wanted.setdefault(value if name == "without" else name, []).append(None if name == "without" else value)
    return all(row[name] in values if name in row else row[name.removeprefix("not.")] not in values for name, values in wanted.items())


def test_a_measure_of_each_value_leaves_out_what_the_filters_exclude(counted_log: Log) -> None:
    selection = Selection(SAMPLE, (("offerId", ("a", "b")),), zone="Asia/Tokyo")
    with counted_log.snapshot() as snapshot:
        found = rows_of_each(selection, "offerId", ["b", "c"], "click", snapshot.tenant(SAMPLE).names)
    assert found == [Selection(SAMPLE, (("offerId", ("b",)), ("outcome", ("click",))), zone="Asia/Tokyo")]


@pytest.mark.parametrize("filters", [(), (("outcome", ("click", "impression")),), (("type", ("recommendation", "convert")),)])
def test_the_rows_behind_a_count_are_as_many_as_it_says(counted_log: Log, filters: tuple) -> None:
    with counted_log.store.snapshot() as snapshot:
        tenant, selection = snapshot.tenant(SAMPLE), Selection(SAMPLE, filters)
        counted = figures(tenant, selection)
        for measure in COUNTS:
            behind = rows_behind(selection, measure.id, tenant.names)
            rows = 0 if behind is None else Matches(tenant.columns, behind).count()
            assert rows == counted[measure.id], measure.id


def test_a_filter_of_a_value_names_it_and_one_of_no_value_goes_without() -> None:
    assert filter_of("channelId", "ch_web") == ("channelId", "ch_web")
    assert filter_of("channelId", None) == ("without", "channelId")


@pytest.mark.parametrize(("period", "stretch", "expected"), [
    ((None, None), (10, 20), (10, 20)), ((None, None), (10, None), (10, None)), ((12, 18), (10, 20), (12, 18)), ((5, 30), (10, 20), (10, 20)),
    ((12, None), (10, None), (12, None)), ((None, 18), (10, None), (10, 18)), ((None, 18), (10, 15), (10, 15)), ((12, None), (10, 20), (12, 20)),
])
def test_a_stretch_of_time_never_reaches_beyond_the_selections_own_period(period, stretch, expected) -> None:
    found = clipped(Selection(ACME, start=period[0], end=period[1]), *stretch)
    assert (found.start, found.end) == expected
