"""What an address asks of the funnels: a table of words in, query and problems out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.asking.funnel import BREAKDOWNS, DAY_MS, GRAINS, LONGEST_MS, FunnelQuery, funnel_query, parse
from queries.asking.selection import Selection
from tests.test_queries_selection import instants

Pairs = list[tuple[str, str]]
STEPS = (("a",), ("b",))
A_B = [("step", "a"), ("step", "b")]
WINDOW = "must be none, or a whole number followed by s, m, h or d, from 1s to 366d"
TYPES = "must be an interaction type, or several with | between them"


def asked(pairs: Pairs) -> FunnelQuery:
    return funnel_query(parse("acme", pairs).or_refused())


def messages(pairs: Pairs) -> list[str]:
    return [problem.message for problem in parse("acme", pairs).problems]


def test_what_is_not_said_is_filled_in() -> None:
    assert asked([]) == FunnelQuery(
        selection=Selection("acme"),
        steps=(("impression",), ("click",), ("accept", "convert", "conversion")),
        window_ms=7 * DAY_MS,
        unit="customer_offer",
        order="ordered",
        ties="include",
        excluded=(),
        breakdown=None,
        grain=None,
    )


@pytest.mark.parametrize(("pairs", "expected"), [
    (A_B, {"steps": STEPS}),
    ([("step", "a"), ("step", "a")], {"steps": (("a",), ("a",))}),
    ([("step", "b|a"), ("step", ""), ("step", "a|a")], {"steps": (("b", "a"), ("a",))}),
    ([("step", " Click"), ("step", "😀 é'")], {"steps": ((" Click",), ("😀 é'",))}),
    ([("window", "none")], {"window_ms": None}),
    ([("window", "1s")], {"window_ms": 1000}),
    ([("window", "90m")], {"window_ms": 90 * 60_000}),
    ([("window", "036h")], {"window_ms": 36 * 3_600_000}),
    ([("window", "366d")], {"window_ms": LONGEST_MS}),
    ([("window", "31622400s")], {"window_ms": LONGEST_MS}),
    ([("unit", "customer"), ("order", "any"), ("ties", "strict")], {"unit": "customer", "order": "any", "ties": "strict"}),
    ([("exclude", "x"), ("exclude", "y|x"), ("exclude", "")], {"excluded": ("x", "y")}),
    ([("breakdown", "channel"), ("grain", "week")], {"breakdown": "channel", "grain": "week"}),
    ([("asOf", "2026-03-15T01:00:00+01:00"), ("asOf", "")], {"as_of_ms": 1_773_532_800_000}),
    ([("window", ""), ("grain", ""), ("type", "")], {}),
    ([("actionId", "o"), ("from", "2026-03-15"), ("tz", "Europe/Amsterdam")],
     {"selection": Selection("acme", (("offerId", ("o",)),), 1_773_529_200_000, None, "Europe/Amsterdam")}),
])
def test_words_become_a_question(pairs: Pairs, expected: dict) -> None:
    assert asked(pairs) == replace(FunnelQuery(Selection("acme")), **expected)


@pytest.mark.parametrize(("pairs", "expected"), [
    ([("step", "a")], ["step must be given 2 to 10 times, not 1: 'a'"]),
    ([("step", "a")] * 11, ["step must be given 2 to 10 times, not 11: " + ", ".join(["'a'"] * 11)]),
    ([("step", "a|"), ("step", "b")], [f"step {TYPES}, not 'a|'"]),
    ([("step", "|"), ("step", "a||b")], [f"step {TYPES}, not '|'", f"step {TYPES}, not 'a||b'"]),
    ([("exclude", "|x")], [f"exclude {TYPES}, not '|x'"]),
    *(([("window", text)], [f"window {WINDOW}, not {text!r}"])
      for text in ("7", "d", "0d", "367d", "8785h", "31622401s", "1.5h", "-1d", "+1d", "1 d", "1w", "7D", "None", "٣d", "9" * 99 + "d")),
    ([("window", "1d"), ("window", "2d")], ["window can be given only once, not as '1d' and '2d'"]),
    ([("unit", "offer")], ["unit must be one of customer_offer, customer, not 'offer'"]),
    ([("order", "Any")], ["order must be one of ordered, strict, any, not 'Any'"]),
    ([("ties", "no")], ["ties must be one of include, strict, not 'no'"]),
    *(([("asOf", text)], [f"asOf must be an ISO 8601 time such as 2026-03-15T14:30:00Z, not {text!r}"]) for text in ("now", "2026-03-15", "T")),
    ([("breakdown", "customer")], ["breakdown must be one of offer, creative, channel, direction, not 'customer'"]),
    ([("grain", "hour")], ["grain must be one of day, week, month, year, not 'hour'"]),
    ([("type", "click")], ["type is not a filter of a funnel: its steps say which types count; it was 'click'"]),
    ([("limit", "5")], ["there is no parameter 'limit'"]),
    ([("cursor", "x")], ["there is no parameter 'cursor'"]),
    ([("from", "yesterday")], ["from must be an ISO 8601 date or time such as 2026-03-15 or 2026-03-15T14:30:00Z, not 'yesterday'"]),
    ([("order", "any"), ("step", "a|b"), ("step", "b|c")], ["order 'any' needs steps that share no type, and 'b' is in two of them"]),
    ([*A_B, ("exclude", "x"), ("exclude", "b"), ("exclude", "a")],
     ["exclude 'b' is also a type of a step", "exclude 'a' is also a type of a step"]),
    ([("exclude", "click")], ["exclude 'click' is also a type of a step"]),
])
def test_what_has_no_meaning_is_named_with_its_value(pairs: Pairs, expected: list[str]) -> None:
    assert messages(pairs) == expected


def test_all_problems_are_told_at_once_and_the_rest_is_a_question() -> None:
    pairs = [("typ", "x"), *A_B, ("window", "3"), ("order", "any"), ("type", "click"), ("exclude", "b"), ("exclude", "x"), ("unit", "customer")]
    understood = parse("acme", pairs)
    assert [problem.parameter for problem in understood.problems] == ["typ", "window", "type", "exclude"]
    assert funnel_query(understood) == FunnelQuery(Selection("acme"), STEPS, unit="customer", order="any", excluded=("x",))


def test_where_the_steps_are_wrong_no_conflict_with_the_default_ones_is_told() -> None:
    understood = parse("acme", [("step", "a"), ("exclude", "click")])
    assert [problem.parameter for problem in understood.problems] == ["step"]
    assert funnel_query(understood) == FunnelQuery(Selection("acme"))


def test_a_plain_question_has_a_plain_address() -> None:
    assert FunnelQuery(Selection("acme")).pairs() == []
    query = FunnelQuery(Selection("acme", (("offerId", ("o",)),)), STEPS, 36 * 3_600_000, excluded=("x", "y"), grain="day")
    assert query.pairs() == [
        ("step", "a"), ("step", "b"), ("window", "36h"), ("exclude", "x"), ("exclude", "y"), ("grain", "day"), ("offerId", "o"),
    ]


types = st.text(st.characters(exclude_characters="|", exclude_categories=("Cs",)), min_size=1, max_size=6)
alphabet = st.sampled_from(["a", "b", "c", "d", "e"])
steps = st.lists(st.lists(alphabet | types, min_size=1, max_size=3, unique=True).map(tuple), min_size=2, max_size=10).map(tuple)
windows = st.none() | st.integers(1, LONGEST_MS // 1000).map(lambda seconds: 1000 * seconds) | st.integers(1, 366).map(lambda d: d * DAY_MS)


@st.composite
def queries(draw: st.DrawFn) -> FunnelQuery:
    chosen = draw(steps)
    stepped = {type for step in chosen for type in step}
    shared = len(stepped) < sum(map(len, chosen))
    one, other = draw(instants), draw(instants)
    start, end = (one, other) if None in (one, other) else sorted((one, other))
    filters = draw(st.lists(st.sampled_from([("customerId", ("c", "'")), ("offerId", ("o",)), ("direction", ("inbound",))]), unique=True))
    in_order = tuple(sorted(filters, key=lambda filter: ["customerId", "offerId", "direction"].index(filter[0])))
    return FunnelQuery(
        Selection("acme", in_order, start, end, draw(st.sampled_from(["UTC", "Europe/Amsterdam", "America/New_York"]))),
        chosen,
        draw(windows),
        draw(st.sampled_from(["customer", "customer_offer"])),
        draw(st.sampled_from(["ordered", "strict"] + ([] if shared else ["any"]))),
        draw(st.sampled_from(["include", "strict"])),
        tuple(type for type in draw(st.lists(alphabet | types, max_size=3, unique=True)) if type not in stepped),
        draw(st.none() | st.sampled_from(BREAKDOWNS)),
        draw(st.none() | st.sampled_from(GRAINS)),
        draw(instants),
    )


@given(queries())
def test_a_questions_words_are_read_back(query: FunnelQuery) -> None:
    understood = parse("acme", query.pairs())
    assert understood.problems == ()
    assert funnel_query(understood) == query


NAMES = ["step", "window", "unit", "order", "ties", "exclude", "breakdown", "grain", "asOf", "type", "from", "reached", ""]
WORDS = ["a", "b", "a|b", "click", "any", "strict", "none", "1d", "|", "3", "2026-03-15T12:00"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS) | st.text(max_size=4)), max_size=12))
def test_any_words_become_a_question_and_what_was_not_understood(pairs: Pairs) -> None:
    understood = parse("acme", pairs)
    query = funnel_query(understood)
    assert asked(query.pairs()) == query
    for problem in understood.problems:
        assert repr(problem.parameter) in problem.message or problem.message.startswith(problem.parameter)
