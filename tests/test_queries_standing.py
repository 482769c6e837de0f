from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from queries.answers.comparison import standings
from queries.answers.rates import Arm, contrasts
from queries.answers.sides import sides
from queries.asking.selection import Selection
from queries.asking.times import milliseconds
from tests.logs import ACME, Log, interaction

FIRST, SECOND = "2026-03-01T10:00:00.000Z", "2026-03-02T10:00:00.000Z"


def rows(offer: str, day: str, impressions: int, clicks: int, creative: str | None = None) -> list[dict]:
    types = ["impression"] * impressions + ["click"] * clicks
    return [
        interaction(f"{offer}{creative}{day[:10]}{number}", day, offerId=offer, creativeId=creative, customerId=f"C{number}",
                    interactionType=type, outcomeTypeKey=type)
        for number, type in enumerate(types)
    ]


def at(day: str) -> int:
    return milliseconds(day, ZoneInfo("UTC"))


@pytest.fixture
def log(engine: str, tmp_path: Path):
    with Log(tmp_path / "log", engine) as log:
        log.load(*rows("off_a", FIRST, 100, 10), *rows("off_a", SECOND, 200, 60, "cr_a"), *rows("off_a", SECOND, 200, 20, "cr_b"),
                 *rows("off_a", SECOND, 20, 2, "cr_c"), *rows("off_b", SECOND, 500, 50))
        yield log


def test_an_offer_stands_to_the_day_before_and_to_all_other_offers(log: Log) -> None:
    selection = Selection(ACME, (("offerId", ("off_a",)),), at("2026-03-02"), at("2026-03-03"))
    with log.snapshot() as snapshot:
        found = standings(snapshot.tenant(ACME), selection)
    impressions, ctr = found.of["impression"], found.of["ctr"]
    assert (impressions.change.now, impressions.change.before, impressions.all_offers) == (420, 100, 920)
    assert impressions.others is impressions.rate is impressions.contrast is None
    assert (ctr.change.now, ctr.change.before, ctr.others, ctr.all_offers) == (19.52, 10.0, 10.0, 14.35)
    assert (ctr.rate.hits, ctr.rate.trials) == (82, 420)
    # The positive response rate counts the same clicks here, and of the conversions there are none: two comparisons, not three.
    [alone, _] = contrasts([(Arm(82, 420), Arm(50, 500))] * 2)
    assert ctr.contrast == alone
    assert ctr.contrast.verdict == "higher"
    assert found.of["cvr"].contrast.verdict == "too few to say"


def test_each_creative_is_compared_with_all_others_together(log: Log) -> None:
    selection = Selection(ACME, (("offerId", ("off_a",)),), at("2026-03-02"), at("2026-03-03"))
    with log.snapshot() as snapshot:
        found = sides(snapshot.tenant(ACME), selection, "creative", "ctr")
    assert [(side.row.id, side.rate.value, side.contrast.verdict) for side in found] == [
        ("cr_a", 30.0, "higher"), ("cr_b", 10.0, "lower"), ("cr_c", 10.0, "too few to say"),
    ]
    assert [side.contrast for side in found[:2]] == contrasts([(Arm(60, 200), Arm(22, 220)), (Arm(20, 200), Arm(62, 220))])


@pytest.mark.parametrize(("measure", "type"), [("ctr", "click"), ("cvr", "convert"), ("acceptanceRate", "share")])
def test_an_offer_with_more_hits_than_impressions_takes_no_part_in_any_comparison(engine: str, tmp_path: Path, measure: str, type: str) -> None:
    def shown(offer: str, impressions: int, hits: int) -> list[dict]:
        types = ["impression"] * impressions + [type] * hits
        return [interaction(f"{offer} {number}", FIRST, offerId=offer, customerId=f"C{number}", interactionType=kind, outcomeTypeKey=kind)
                for number, kind in enumerate(types)]

    with Log(tmp_path / "log", engine) as log:
        log.load(*shown("plain", 200, 20), *shown("plain2", 300, 60), *shown("multi", 200, 300))
        with log.snapshot() as snapshot:
            tenant = snapshot.tenant(ACME)
            verdicts = {side.row.id: side.contrast.verdict for side in sides(tenant, Selection(ACME), "offer", measure)}
            of = {offer: standings(tenant, Selection(ACME, (("offerId", (offer,)),))).of[measure] for offer in verdicts}
    assert verdicts == {"plain": "lower", "plain2": "higher", "multi": "not a share"}
    assert of["plain2"].others == (0.1 if measure == "acceptanceRate" else 10.0)
    assert {offer: standing.contrast.verdict for offer, standing in of.items()} == verdicts
    assert (of["multi"].rate.low, of["multi"].rate.high) == (None, None)
    assert of["multi"].rate.value in (150.0, 1.5)
