"""The sentence beside a funnel says each rule that it counts by."""

from __future__ import annotations

import pytest

from queries.answers.funnel_definition import definition
from queries.asking.funnel import funnel_query, parse
from queries.asking.names import Entity, Names, Values

NONE = Values({})
CARD = Entity("off_card", True, "Platinum Card Upgrade")
NAMES = Names(NONE, Values({"off_card": CARD}), NONE, NONE, NONE, NONE)

PAIR = "Counts each pair of a customer and an offer (a row without an offer belongs to none) by "
SHORT = [("step", "impression"), ("step", "click")]


def said(*pairs: tuple[str, str]) -> str:
    return definition(funnel_query(parse("acme", pairs).or_refused()), NAMES)


def test_the_plain_question() -> None:
    assert said() == (
        PAIR + "how far it came: a row of type impression (the entry), then click, then accept, convert or conversion, each a row of its own "
        "after the one before and at most 7 days after the entry; other rows between do not matter, rows of one instant count in step order "
        "whatever order they arrived in, any entry may start an attempt and the furthest attempt counts, and entries are taken from the "
        "whole log."
    )


def test_a_question_with_everything() -> None:
    pairs = [
        *SHORT, ("window", "90m"), ("unit", "customer"), ("order", "strict"), ("ties", "strict"), ("exclude", "dismiss"),
        ("exclude", "complaint"), ("from", "2026-03-01"), ("to", "2026-04-01"), ("tz", "Europe/Amsterdam"), ("offerId", "off_card"),
        ("channelId", "ch_email"), ("channelId", "ch_web"),
    ]
    assert said(*pairs) == (
        "Counts each customer by how far it came: a row of type impression (the entry), then click, each a row of its own after the one "
        "before and at most 90 minutes after the entry; between the entry and a step there may be no rows other than those of steps already reached, "
        "each step happens at a later instant than the one before, a row of type dismiss or complaint ends an attempt, while what was reached "
        "before it stays reached, any entry may start an attempt and the furthest attempt counts, only entries on 1–31 March 2026 "
        "(Europe/Amsterdam) count while later steps may happen after that, and only interactions of offer Platinum Card Upgrade, channel "
        "ch_email or ch_web are read."
    )


def test_any_order() -> None:
    assert said(*SHORT, ("step", "accept|convert"), ("order", "any"), ("window", "1d")) == (
        PAIR + "how many of the steps “impression”, “click” and “accept or convert” it did, in any order: the most different steps with "
        "a row at most 1 day after one and the same row of a step, the entry; one row does one step, any entry may start an attempt and the "
        "furthest attempt counts, and entries are taken from the whole log."
    )


@pytest.mark.parametrize(("pairs", "words"), [
    ([*SHORT, ("window", "none")], "then click, each a row of its own after the one before; other rows"),
    ([*SHORT, ("window", "none"), ("order", "any")], "a row at or after one and the same row of a step, the entry;"),
    ([("from", "2026-03-01")], "and only entries since 1 March 2026 (UTC) count."),
    ([("to", "2026-03-01")], "and only entries before 1 March 2026 (UTC) count while later steps may happen after that."),
    ([("from", "2026-03-01T08:30"), ("to", "2026-03-02")],
     "and only entries from 1 March 2026 08:30 to before 2 March 2026 (UTC) count while later steps may happen after that."),
    ([("asOf", "2026-03-15T13:30:00Z"), ("tz", "Europe/Amsterdam")],
     "entries are taken from the whole log, and rows later than 15 March 2026 14:30 (Europe/Amsterdam) do not count."),
    ([("customerId", "C1")], "entries are taken from the whole log, and only interactions of customer C1 are read."),
    ([("exclude", "dismiss")], "a row of type dismiss ends an attempt, while what was reached before it stays reached,"),
])
def test_a_rule_has_its_words(pairs: list[tuple[str, str]], words: str) -> None:
    assert words in said(*pairs)
