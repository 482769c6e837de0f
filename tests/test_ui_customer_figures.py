from __future__ import annotations

from queries.answers.customer import customer
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction
from ui.charts.looks import Looks
from ui.components.kpis import Kpi
from ui.rows.customers import customer_kpis, offer_rows, offers_file, type_rows


def asked(log: Log, asked_id: str):
    with log.store.snapshot() as snapshot:
        return customer(snapshot.tenant(ACME), asked_id)


def cards_of(log: Log, asked_id: str) -> dict[str, Kpi]:
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        return {card.label: card for card in customer_kpis(customer(tenant, asked_id), Selection(ACME, (("customerId", (asked_id,)),)), tenant.names)}


def rows_of(log: Log, asked_id: str) -> list:
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        return offer_rows(customer(tenant, asked_id), Selection(ACME, (("customerId", (asked_id,)),)), tenant.names)


def story(log: Log) -> None:
    common = {"customerId": "C1", "tenantId": ACME}
    log.load(
        interaction("1", "2026-03-01T10:00:00Z", **common, offerId="o1", interactionType="impression", outcomeTypeKey="impression"),
        interaction("2", "2026-03-01T10:01:00Z", **common, offerId="o1", interactionType="accept", outcomeTypeKey="accept"),
        interaction("3", "2026-03-02T10:00:00Z", **common, offerId="o2", interactionType="impression", outcomeTypeKey="impression"),
        interaction("4", "2026-03-02T10:01:00Z", **common, offerId="o2", interactionType="dismiss", outcomeTypeKey="dismiss"),
        interaction("5", "2026-03-03T11:12:13Z", **common, offerId="o3", interactionType="impression", outcomeTypeKey="impression"),
        interaction("6", "2026-03-03T11:12:13Z", **{**common, "customerId": "C2"}, offerId="o3"),
    )


def test_the_cards_say_when_a_customer_was_seen_and_what_was_taken(log: Log):
    story(log)
    cards = cards_of(log, "C1")
    assert (cards["Interactions"].value, cards["Interactions"].address) == ("5", "/history?customerId=C1")
    assert (cards["First seen"].value, cards["First seen"].note) == ("2026-03-01", "10:00:00 UTC")
    assert (cards["Last seen"].value, cards["Last seen"].note) == ("2026-03-03", "11:12:13 UTC")
    assert (cards["Offers taken"].value, cards["Offers taken"].note) == ("1", "of 3 seen")
    assert cards["Offers taken"].address == "/history?customerId=C1&outcome=accept&outcome=convert&outcome=conversion"


def test_where_no_offer_was_taken_no_rows_are_behind_the_figure(log: Log):
    story(log)
    log.load(interaction("7", "2026-03-04T10:00:00Z", customerId="C2", interactionType="accept", outcomeTypeKey="accept"))
    assert (cards_of(log, "C2")["Offers taken"].value, cards_of(log, "C2")["Offers taken"].address) == ("0", None)


def test_an_accept_without_an_offer_is_not_among_the_rows_of_the_offers_taken(log: Log):
    story(log)
    log.load(interaction("7", "2026-03-04T10:00:00Z", customerId="C1", interactionType="accept", outcomeTypeKey="accept"))
    assert cards_of(log, "C1")["Offers taken"].address == "/history?customerId=C1&offerId=o1&outcome=accept&outcome=convert&outcome=conversion"


def test_an_offer_is_taken_refused_or_only_seen_and_leads_to_its_rows(log: Log):
    story(log)
    rows = rows_of(log, "C1")
    assert [(row["name"].text, row["answer"].text) for row in rows] == [("o3", "Seen"), ("o2", "Refused"), ("o1", "Taken")]
    assert rows[2]["name"].address == "/history?customerId=C1&offerId=o1"
    assert (rows[2]["first"], rows[2]["last"]) == ("2026-03-01 10:00", "2026-03-01 10:01")
    assert (rows[2]["accept"].text, rows[2]["accept"].address) == ("1", "/history?customerId=C1&offerId=o1&outcome=accept")
    assert rows[2]["dismiss"] is None


def test_the_types_are_counted_most_frequent_first(log: Log):
    story(log)
    rows = type_rows(asked(log, "C1"), Looks([None, "impression", "accept", "dismiss"]))
    assert [(row["type"].text, row["count"].text, row["count"].note) for row in rows] == [
        ("impression", "3", "60.0%"), ("accept", "1", "20.0%"), ("dismiss", "1", "20.0%"),
    ]
    # A bar is as much of its cell as the type is of all, in the type's colour.
    assert [(row["share"].share, row["share"].colour) for row in rows] == [(0.6, "#64748B"), (0.2, "#15803D"), (0.2, "#C2410C")]


def test_the_file_holds_a_line_for_each_offer(log: Log):
    story(log)
    header, rows = offers_file(asked(log, "C1"))
    assert dict(zip(header, rows[2], strict=True)) == {
        "customerId": "C1", "offerId": "o1", "offerName": "o1", "offerStatus": None, "seen": "true", "taken": "true", "impression": 1,
        "click": 0, "dismiss": 0, "accept": 1, "convert": 0, "revenue": 0.0, "first": "2026-03-01T10:00:00.000Z",
        "last": "2026-03-01T10:01:00.000Z",
    }
