"""What an address asks: a table of words in, selection and problems out."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.answers.history import CURSOR, LIMIT
from queries.asking.filters import CANONICAL_NAMES, FILTERS, OPTIONAL, Condition, Operator
from queries.asking.parameters import InvalidQuery
from queries.asking.selection import Selection, conditions_of, parse

MIDNIGHT = 1_773_532_800_000  # 2026-03-15T00:00:00.000Z
HOUR, DAY = 3_600_000, 86_400_000
POINT = "must be an ISO 8601 date or time such as 2026-03-15 or 2026-03-15T14:30:00Z"


@pytest.mark.parametrize(("pairs", "expected"), [
    ([], {}),
    ([("type", "click")], {"conditions": (("type", ("click",)),)}),
    ([("not.type", "click"), ("not.type", "convert")], {"conditions": (("type", ("click", "convert"), Operator.NONE_OF),)}),
    ([("not.actionId", "a"), ("offerId", "b"), ("not.actionId", "c")],
     {"conditions": (("offerId", ("b",)), ("offerId", ("a", "c"), Operator.NONE_OF))}),
    ([("not.offerId", "a"), ("not.actionId", "b")], {"conditions": (("offerId", ("a",), Operator.NONE_OF),)}),
    ([("type", "click"), ("type", "convert")], {"conditions": (("type", ("click", "convert")),)}),
    ([("type", "click"), ("type", "click")], {"conditions": (("type", ("click",)),)}),
    ([("type", "")], {}),
    ([("type", ""), ("type", "click")], {"conditions": (("type", ("click",)),)}),
    ([("type", "Click ")], {"conditions": (("type", ("Click ",)),)}),
    # The order of the filter table, whatever the order of the words.
    ([("direction", "inbound"), ("customerId", "C")], {"conditions": (("customerId", ("C",)), ("direction", ("inbound",)))}),
    # Older names.
    ([("actionId", "o")], {"conditions": (("offerId", ("o",)),)}),
    ([("without", "direction"), ("without", "actionId"), ("without", "offerId"), ("offerId", "o")],
     {"conditions": (Condition("offerId", ("o",)), Condition("offerId", (), Operator.WITHOUT), Condition("direction", (), Operator.WITHOUT))}),
    ([("treatmentId", "c"), ("treatmentId", "d")], {"conditions": (("creativeId", ("c", "d")),)}),
    ([("actionId", "old"), ("offerId", "new")], {"conditions": (("offerId", ("new",)),)}),
    ([("offerId", "new"), ("actionId", "old")], {"conditions": (("offerId", ("new",)),)}),
    ([("offerId", ""), ("actionId", "old")], {"conditions": (("offerId", ("old",)),)}),
    # Values are opaque.
    ([("offerId", "'; drop table x --"), ("outcome", "é%_\x00")],
     {"conditions": (("offerId", ("'; drop table x --",)), ("outcome", ("é%_\x00",)))}),
    # The period.
    ([("from", "2026-03-15")], {"start": MIDNIGHT}),
    ([("from", "2026-03-15"), ("to", "2026-03-16")], {"start": MIDNIGHT, "end": MIDNIGHT + DAY}),
    ([("from", "2026-03-15"), ("tz", "Europe/Amsterdam")], {"start": MIDNIGHT - HOUR, "zone": "Europe/Amsterdam"}),
    ([("from", "2026-03-15T00:00"), ("tz", "Europe/Amsterdam")], {"start": MIDNIGHT, "zone": "Europe/Amsterdam"}),
    ([("to", "2026-03-15T01:00:00+01:00")], {"end": MIDNIGHT}),
    ([("from", ""), ("to", ""), ("tz", "")], {}),
    ([("from", "2026-03-15"), ("to", "2026-03-15")], {"start": MIDNIGHT, "end": MIDNIGHT}),
])
def test_words_become_a_selection(pairs: list[tuple[str, str]], expected: dict) -> None:
    query = parse("acme", pairs)
    assert (query.selection, query.problems) == (Selection("acme", **expected), ())


@pytest.mark.parametrize(("pairs", "messages"), [
    ([("customerid", "C")], ["there is no parameter 'customerid'"]),
    ([("tenantId", "zenith")], ["there is no parameter 'tenantId'"]),
    ([("limit", "5")], ["there is no parameter 'limit'"]),
    ([("custmerId", "")], ["there is no parameter 'custmerId'"]),
    ([("", "x")], ["there is no parameter ''"]),
    ([("from", "yesterday")], [f"from {POINT}, not 'yesterday'"]),
    ([("to", "2026-02-30")], [f"to {POINT}, not '2026-02-30'"]),
    ([("from", "2026-03-15T00:00:00 01:00")],
     [f"from {POINT} (write + as %2B in an address), not '2026-03-15T00:00:00 01:00'"]),
    ([("from", "2026-03-15 +1")], [f"from {POINT} (write + as %2B in an address), not '2026-03-15 +1'"]),
    ([("from", "2026-03-1 5")], [f"from {POINT}, not '2026-03-1 5'"]),
    ([("from", "0001-01-01T00:00:00+10:00")], [f"from {POINT}, not '0001-01-01T00:00:00+10:00'"]),
    ([("from", "2026-03-01"), ("from", "2026-03-02")], ["from can be given only once, not as '2026-03-01' and '2026-03-02'"]),
    ([("from", "2026-03-16"), ("to", "2026-03-15")], ["to '2026-03-15' is before from '2026-03-16'"]),
    ([("tz", "Mars/Olympus")], ["tz must be an IANA time zone such as Europe/Amsterdam, not 'Mars/Olympus'"]),
    ([("tz", "../../etc/passwd")], ["tz must be an IANA time zone such as Europe/Amsterdam, not '../../etc/passwd'"]),
    ([("tz", "Europe")], ["tz must be an IANA time zone such as Europe/Amsterdam, not 'Europe'"]),
    ([("tz", "a\x00b")], ["tz must be an IANA time zone such as Europe/Amsterdam, not 'a\\x00b'"]),
])
def test_what_is_not_understood_is_named_with_its_value(pairs: list[tuple[str, str]], messages: list[str]) -> None:
    assert [problem.message for problem in parse("acme", pairs).problems] == messages


def test_all_problems_are_told_at_once_and_the_rest_is_understood() -> None:
    query = parse("acme", [("typ", "x"), ("tz", "Nowhere"), ("from", "x"), ("limit", "0"), ("type", "click")], (LIMIT, CURSOR))
    assert [problem.parameter for problem in query.problems] == ["typ", "tz", "from", "limit"]
    assert query.selection == Selection("acme", (("type", ("click",)),))
    assert query.parameters == {"limit": 25, "cursor": None}
    with pytest.raises(InvalidQuery, match=r"typ.*; tz.*; from.*; limit") as refusal:
        query.or_refused()
    assert refusal.value.problems == query.problems


def test_a_question_without_problems_is_itself() -> None:
    query = parse("acme", [("limit", "5")], (LIMIT,))
    assert query.or_refused() is query
    assert query.parameters == {"limit": 5}


def test_the_tenant_is_never_taken_from_the_words() -> None:
    for name in ("tenant", "tenantId", "tenant_id", "X-Tenant-Id"):
        query = parse("acme", [(name, "zenith")])
        assert query.selection.tenant == "acme"
        assert [problem.parameter for problem in query.problems] == [name]


def test_the_values_of_a_filter_that_is_not_set_are_none() -> None:
    selection = parse("acme", [("actionId", "o")]).selection
    assert selection.values("offerId") == ("o",)
    assert selection.values("type") == ()


def test_no_alias_is_a_filter_and_no_name_is_given_twice() -> None:
    names = [name for filter in FILTERS for name in (filter.name, *filter.aliases)]
    assert len(names) == len(set(names))
    assert CANONICAL_NAMES == {"actionId": "offerId", "treatmentId": "creativeId"}


def test_an_end_beyond_the_calendar_is_open_and_the_last_moment_is_not() -> None:
    last = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
    assert [Selection("acme", end=end).end for end in (last - 1, last, last + 1)] == [last - 1, last, None]


def test_what_passes_becomes_the_conditions_that_ask_for_it() -> None:
    passing = {"type": ["click"], "channelId": [None, "ch_email"], "offerId": [None], "direction": []}
    conditions = conditions_of(passing, {"type": ("dismiss",), "offerId": ()})
    assert conditions == (
        Condition("channelId", ("ch_email",)), Condition("type", ("click",)), Condition("type", ("dismiss",), Operator.NONE_OF),
        Condition("offerId", operator=Operator.WITHOUT), Condition("channelId", operator=Operator.WITHOUT),
    )
    selection = Selection("acme", conditions)
    assert [selection.passing(name) for name in ("type", "channelId", "offerId", "direction")] == [("click",), ("ch_email", None), (None,), ()]


def test_each_filter_has_its_article() -> None:
    assert [filter.a for filter in FILTERS] == [
        "a customer", "an offer", "a creative", "a channel", "a type", "an outcome", "a direction",
    ]


words = st.text(min_size=1, max_size=8)
filters = st.lists(
    st.tuples(st.sampled_from([filter.name for filter in FILTERS] + list(CANONICAL_NAMES)), words)
    | st.tuples(st.just("without"), st.sampled_from([*OPTIONAL, *CANONICAL_NAMES])),
    max_size=6,
)
half_hours = st.integers(-700_000, 29_000_000).map(lambda count: count * HOUR // 2)
instants = st.none() | st.integers(-62_135_596_800_000, 253_402_300_799_999) | half_hours


@given(filters, instants, instants, st.sampled_from(sorted(available_timezones() - {"localtime"})))
def test_a_selections_words_are_read_back(
    pairs: list[tuple[str, str]], one: int | None, other: int | None, zone: str,
) -> None:
    chosen = parse("acme", pairs).selection.conditions
    start, end = (one, other) if None in (one, other) else sorted((one, other))
    selection = Selection("acme", chosen, start, end, zone)
    query = parse("acme", selection.pairs())
    assert query.problems == ()
    assert query.selection == selection


@given(st.lists(st.tuples(st.sampled_from(["type", "actionId", "from", "tz", "limit", "x", ""]), st.text(max_size=12)), max_size=5))
def test_any_words_are_understood_or_refused_without_a_crash(pairs: list[tuple[str, str]]) -> None:
    query = parse("acme", pairs, (LIMIT, CURSOR))
    assert parse("acme", query.selection.pairs()).selection == query.selection
    for problem in query.problems:
        assert repr(problem.parameter) in problem.message or problem.message.startswith(problem.parameter)


def test_what_may_not_be_missing_is_refused_and_the_rest_is_kept() -> None:
    query = parse("acme", [("without", "customerId"), ("without", "treatmentId"), ("type", "click")])
    assert [problem.message for problem in query.problems] == [
        "without must be one of offerId, creativeId, channelId, direction, not 'customerId'",
    ]
    assert query.selection.conditions == (Condition("type", ("click",)), Condition("creativeId", operator=Operator.WITHOUT))


def test_a_selection_can_drop_a_filter_with_its_rows_without_a_value() -> None:
    selection = parse("acme", [("offerId", "o"), ("without", "offerId"), ("without", "channelId"), ("from", "2026-03-01")]).selection
    assert selection.passing("offerId") == ("o", None) and selection.passing("channelId") == (None,) and selection.passing("type") == ()
    assert selection.dropping("offerId").pairs() == [("without", "channelId"), ("from", "2026-03-01")]


def test_a_condition_on_an_unknown_filter_is_refused():
    with pytest.raises(ValueError, match="there is no filter 'without'"):
        Selection("acme", (("without", ("creativeId",)),))
