from __future__ import annotations

from queries.answers.summary import Choice, choices
from tests.logs import ACME, ZENITH, Log, interaction

CARD = {"id": "off_card", "name": "Platinum Card Upgrade", "status": "archived"}


def chosen(log: Log, dimension: str, tenant: str = ACME) -> list[Choice]:
    with log.snapshot() as snapshot:
        return choices(snapshot.tenant(tenant), dimension)


def test_what_occurs_can_be_chosen_the_most_frequent_first(log: Log) -> None:
    log.load(
        interaction("1", interactionType="click"),
        interaction("2", interactionType="impression"),
        interaction("3", interactionType="impression"),
        interaction("4", interactionType="accept"),
    )
    assert chosen(log, "type") == [
        Choice("impression", "impression", 2), Choice("accept", "accept", 1), Choice("click", "click", 1),
    ]


def test_a_choice_has_its_name_and_status_or_its_id_where_nothing_else_is_known(log: Log) -> None:
    log.load(interaction("1", offerId="off_card", offer=CARD), interaction("2", offerId="off_gone"), interaction("3"))
    assert chosen(log, "offer") == [
        Choice("off_card", "Platinum Card Upgrade", 1, "archived"), Choice("off_gone", "off_gone", 1),
    ]


def test_what_never_occurs_in_a_row_is_no_choice(log: Log) -> None:
    log.load(interaction("1"))
    log.describe("offers", {"id": "off_new", "name": "New", "tenantId": ACME})
    assert chosen(log, "offer") == []


def test_another_tenants_values_are_no_choices(log: Log) -> None:
    log.load(interaction("1", tenantId=ZENITH, offerId="off_card", offer=CARD), interaction("2", offerId="off_card"))
    assert chosen(log, "offer") == [Choice("off_card", "off_card", 1)]
    assert chosen(log, "offer", "nobody") == []


def test_a_load_brings_its_values_into_the_choices(log: Log) -> None:
    log.load(interaction("1", interactionType="click"))
    assert [choice.id for choice in chosen(log, "type")] == ["click"]
    log.load(interaction("2", interactionType="share"), interaction("3", interactionType="share"))
    assert [(choice.id, choice.count) for choice in chosen(log, "type")] == [("share", 2), ("click", 1)]
