from __future__ import annotations

from queries.answers.history import relaxed_selections
from queries.asking.selection import parse
from tests.logs import ACME, Log, interaction


def test_each_condition_says_how_many_there_would_be_without_it(log: Log):
    log.load(
        interaction("ih_1", "2026-03-01T00:00:00Z", interactionType="click", offerId="off_1"),
        interaction("ih_2", "2026-03-01T00:00:00Z", interactionType="click", offerId="off_1"),
        interaction("ih_3", "2026-03-09T00:00:00Z", interactionType="convert", offerId="off_2"),
    )
    words = [("type", "click"), ("offerId", "off_1"), ("from", "2026-03-05"), ("tz", "Europe/Amsterdam")]
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        found = relaxed_selections(tenant, parse(ACME, words).selection)
        assert [(one.dropped, one.total) for one in found] == [("Period", 2), ("Offer", 0), ("Type", 0)]
        assert found[0].selection.pairs() == [("offerId", "off_1"), ("type", "click"), ("tz", "Europe/Amsterdam")]


def test_the_whole_log_has_nothing_to_drop(log: Log):
    with log.snapshot() as snapshot:
        assert relaxed_selections(snapshot.tenant(ACME), parse(ACME, []).selection) == []
