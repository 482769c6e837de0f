from __future__ import annotations

from collections.abc import Iterator

import pytest

from queries.answers.summary import OfferSummaries, offers
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction

DAYS = [f"2026-03-{day:02d}T00:00:00.000Z" for day in range(1, 11)]


def row(number: int, offer: str | None, type: str, day: int = 0) -> dict:
    return interaction(f"ih_{number:03d}", DAYS[day], offerId=offer, interactionType=type, outcomeTypeKey=type)


@pytest.fixture(scope="module")
def log(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    with Log(tmp_path_factory.mktemp("offers"), engine) as log:
        log.describe(
            "offers",
            {"id": "off_a", "name": "banana Loan", "tenantId": ACME, "status": "archived"},
            {"id": "off_b", "name": "Apple Card", "tenantId": ACME, "status": "active"},
            {"id": "off_never", "name": "Cherry Draft", "tenantId": ACME, "status": "draft"},
        )
        log.load(
            *(row(number, "off_a", "impression") for number in range(4)),
            row(10, "off_a", "click", 9), row(11, "off_a", "click", 9),
            row(20, "off_b", "impression"), row(21, "off_b", "click", 5),
            row(30, "off_unknown", "click"), row(40, None, "impression", 9),
        )
        yield log


def found(log: Log, sort: str = "-impression", search: str = "", **selection: object) -> OfferSummaries:
    with log.snapshot() as snapshot:
        return offers(snapshot.tenant(ACME), Selection(ACME, **selection), sort, search)


def ids(answer: OfferSummaries) -> list[str | None]:
    return [offer.row.id for offer in answer.offers]


def test_offers_that_nobody_met_and_those_without_an_entry_are_listed_as_well(log: Log) -> None:
    answer = found(log)
    assert {offer.row.id: (offer.row.label, offer.row.status, offer.row.figures.total) for offer in answer.offers} == {
        "off_a": ("banana Loan", "archived", 6), "off_b": ("Apple Card", "active", 2), "off_never": ("Cherry Draft", "draft", 0),
        "off_unknown": ("off_unknown", None, 1), None: (None, None, 1),
    }
    assert answer.total == 5


@pytest.mark.parametrize(("sort", "order"), [
    ("-impression", ["off_a", None, "off_b", "off_never", "off_unknown"]),
    ("impression", ["off_never", "off_unknown", None, "off_b", "off_a"]),
    ("name", ["off_b", "off_a", "off_never", "off_unknown", None]),
    ("-name", ["off_unknown", "off_never", "off_a", "off_b", None]),
    ("-ctr", ["off_b", "off_a", None, "off_never", "off_unknown"]),
    ("ctr", [None, "off_a", "off_b", "off_never", "off_unknown"]),
    ("last", ["off_unknown", "off_b", None, "off_a", "off_never"]),
])
def test_the_order_is_that_of_one_figure_then_of_the_name_and_what_has_no_value_stands_last(
    log: Log, sort: str, order: list[str | None],
) -> None:
    assert ids(found(log, sort)) == order


@pytest.mark.parametrize(("search", "matching"), [
    ("CARD", ["off_b"]), ("  off_ ", ["off_a", "off_b", "off_never", "off_unknown"]), ("an", ["off_a"]), ("melon", []),
])
def test_a_search_finds_parts_of_names_and_ids_in_any_case(log: Log, search: str, matching: list[str]) -> None:
    answer = found(log, search=search)
    assert ids(answer) == matching
    assert answer.total == 5


def test_the_parts_of_the_period_are_equal_and_add_up_to_the_interactions(log: Log) -> None:
    lines = {offer.row.id: offer.line for offer in found(log).offers}
    # Nine days and a millisecond in ten parts of 21 h 36 min.
    assert lines["off_a"] == [4, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert lines["off_b"] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert lines["off_never"] == [0] * 10


def test_an_empty_period_has_no_parts(log: Log) -> None:
    assert [offer.line for offer in found(log, start=5, end=5).offers] == [[], [], [], []]
