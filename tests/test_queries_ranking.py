from __future__ import annotations

from queries.answers.sides import ranking
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction


def shown(offer: str, impressions: int, clicks: int) -> list[dict]:
    return [
        interaction(f"{offer} {type} {number}", tenantId=ACME, offerId=offer, interactionType=type, outcomeTypeKey=type)
        for type, count in (("impression", impressions), ("click", clicks)) for number in range(count)
    ]


def ranked(log: Log, most: int = 5):
    with log.snapshot() as snapshot:
        return ranking(snapshot.tenant(ACME), Selection(ACME), "ctr", most)


def test_the_highest_rate_is_best_and_the_lowest_weakest_and_none_is_both(log: Log):
    log.load(*shown("good", 100, 50), *shown("fair", 200, 40), *shown("bad", 100, 1), *shown("new", 99, 99))
    found = ranked(log)
    assert [side.row.id for side in found.best] == ["good", "fair"]
    assert [side.row.id for side in found.weakest] == ["bad"]
    assert (found.judged, found.too_few, found.not_shares) == (3, 1, 0)
    assert [side.contrast.verdict for side in (*found.best, *found.weakest)] == ["higher", "lower", "lower"]


def test_of_many_offers_only_either_end_is_named(log: Log):
    log.load(*(row for number in range(6) for row in shown(f"o{number}", 100, 10 * number)))
    found = ranked(log, most=2)
    assert [side.row.id for side in found.best] == ["o5", "o4"]
    assert [side.row.id for side in found.weakest] == ["o0", "o1"]


def test_interactions_without_an_offer_and_offers_of_a_few_impressions_are_not_ranked(log: Log):
    log.load(*shown("few", 99, 9), *({**row, "id": f"none {row['id']}", "offerId": None} for row in shown("x", 150, 9)))
    found = ranked(log)
    assert (found.best, found.weakest, found.judged, found.too_few) == ([], [], 0, 1)


def test_an_offer_with_more_clicks_than_impressions_is_not_ranked_and_moves_no_verdict(log: Log):
    log.load(*shown("multi", 200, 300), *shown("plain", 200, 20), *shown("plain2", 300, 60))
    found = ranked(log)
    assert [(side.row.id, side.contrast.verdict) for side in (*found.best, *found.weakest)] == [("plain2", "higher"), ("plain", "lower")]
    assert (found.judged, found.too_few, found.not_shares) == (2, 0, 1)
