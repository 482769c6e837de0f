from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.asking.selection import Selection, parse
from queries.asking.sentence import period_phrase, sentence, touched_days
from tests.logs import ACME, Log, interaction


@pytest.fixture
def names(log: Log):
    log.load(interaction(
        "ih_1",
        offerId="off_card", offer={"id": "off_card", "name": "Platinum Card Upgrade", "status": "active"},
        creativeId="cr_hero", creative={"id": "cr_hero", "name": "Hero", "channel": {"id": "ch_email", "name": "Email"}},
        channelId="ch_email",
    ))
    with log.snapshot() as snapshot:
        return snapshot.tenant(ACME).names


@pytest.mark.parametrize(("pairs", "expected"), [
    ([], "All interactions"),
    ([("type", "click")], "Interactions of type click"),
    ([("type", "click"), ("type", "convert")], "Interactions of type click or convert"),
    ([("type", "a"), ("type", "b"), ("type", "c")], "Interactions of type a, b or c"),
    ([("type", str(n)) for n in range(5)], "Interactions of any of 5 types"),
    ([("offerId", "off_card")], "Interactions of offer Platinum Card Upgrade"),
    ([("actionId", "off_unheard"), ("treatmentId", "cr_hero")], "Interactions of offer off_unheard, creative Hero"),
    ([("channelId", "ch_email"), ("customerId", "CUST001")], "Interactions of customer CUST001, channel Email"),
    ([("outcome", "positive"), ("direction", "inbound")], "Interactions of outcome positive, direction inbound"),
    ([("without", "channelId")], "Interactions without a channel"),
    ([("without", "channelId"), ("without", "offerId"), ("type", "click"), ("from", "2026-03-01"), ("to", "2026-04-01")],
     "Interactions of type click, without an offer, without a channel, 1–31 March 2026 (UTC)"),
    ([("channelId", "ch_email"), ("without", "channelId")], "Interactions of channel Email or none"),
    ([("not.channelId", "ch_email")], "Interactions not of channel Email"),
    ([("type", "click"), ("not.customerId", "CUST001"), ("not.customerId", "CUST002"), ("without", "offerId")],
     "Interactions of type click, not of customer CUST001 or CUST002, without an offer"),
    ([*(("not.offerId", str(n)) for n in range(5))], "Interactions not of 5 offers"),
    ([*(("offerId", str(n)) for n in range(5)), ("without", "offerId")], "Interactions of any of 5 offers or none"),
    ([("from", "2026-03-01"), ("to", "2026-04-01")], "All interactions, 1–31 March 2026 (UTC)"),
    ([("type", "click"), ("from", "2026-03-01"), ("to", "2026-04-01")], "Interactions of type click, 1–31 March 2026 (UTC)"),
])
def test_a_selection_is_said_in_words(names, pairs: list[tuple[str, str]], expected: str) -> None:
    assert sentence(parse(ACME, pairs).selection, names) == expected


@pytest.mark.parametrize(("words", "expected"), [
    ({"from": "2026-03-15", "to": "2026-03-16"}, "15 March 2026 (UTC)"),
    ({"from": "2026-03-15", "to": "2026-04-03"}, "15 March – 2 April 2026 (UTC)"),
    ({"from": "2025-12-15", "to": "2026-01-01"}, "15–31 December 2025 (UTC)"),
    ({"from": "2025-12-15", "to": "2026-01-02"}, "15 December 2025 – 1 January 2026 (UTC)"),
    ({"from": "2026-03-15"}, "since 15 March 2026 (UTC)"),
    ({"to": "2026-03-15"}, "before 15 March 2026 (UTC)"),
    ({"from": "2026-03-15", "to": "2026-03-15"}, "from 15 March 2026 to before 15 March 2026 (UTC)"),
    ({"from": "2026-03-15T14:30"}, "since 15 March 2026 14:30 (UTC)"),
    ({"from": "2026-03-15T14:30:05"}, "since 15 March 2026 14:30:05 (UTC)"),
    ({"from": "2026-03-15T14:30:05.007"}, "since 15 March 2026 14:30:05.007 (UTC)"),
    ({"from": "2026-03-15", "to": "2026-03-16T12:00"}, "from 15 March 2026 to before 16 March 2026 12:00 (UTC)"),
    # Summer time begins within the period.
    ({"from": "2026-03-28", "to": "2026-03-31", "tz": "Europe/Amsterdam"}, "28–30 March 2026 (Europe/Amsterdam)"),
    ({"from": "2026-03-15T12:00Z", "tz": "Europe/Amsterdam"}, "since 15 March 2026 13:00 (Europe/Amsterdam)"),
    # A day that begins at 01:00 is a day.
    ({"from": "2018-11-04", "to": "2018-11-05", "tz": "America/Sao_Paulo"}, "4 November 2018 (America/Sao_Paulo)"),
    ({"from": "0001-01-01", "to": "9999-12-31"}, "1 January 1 – 30 December 9999 (UTC)"),
    ({"from": "0001-01-01T00:00Z", "tz": "America/Havana"}, "since 0001-01-01T00:00:00.000Z (America/Havana)"),
])
def test_a_period_is_said_in_words(words: dict[str, str], expected: str) -> None:
    assert period_phrase(parse(ACME, words.items()).selection) == expected


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999), st.sampled_from(["UTC", "America/Havana", "Pacific/Kiritimati"]))
def test_any_instant_can_be_said(ms: int, zone: str) -> None:
    assert period_phrase(Selection(ACME, start=ms, zone=zone)).startswith("since ")
    assert period_phrase(Selection(ACME, end=ms, zone=zone)).endswith(f"({zone})")


@pytest.mark.parametrize(("pairs", "said"), [
    ([("from", "2026-06-01"), ("to", "2026-07-01")], "1–30 June 2026"),
    ([("from", "2026-06-01"), ("to", "2026-06-30T08:59:30Z")], "1–30 June 2026 until 08:59"),
    ([("from", "2026-06-01"), ("to", "2026-06-30T23:59:18Z")], "1–30 June 2026"),
    ([("from", "2026-06-30"), ("to", "2026-06-30T15:30:00Z"), ("tz", "Asia/Tokyo")], "30 June – 1 July 2026 until 00:29"),
])
def test_the_days_of_a_period_say_up_to_when_the_last_one_goes(pairs: list[tuple[str, str]], said: str) -> None:
    assert touched_days(parse(ACME, pairs).selection) == said
