from __future__ import annotations

import numpy as np
import pytest

from data.columns.records import RecordTables, records
from data.results import RECORD_COLUMNS, Channel, Creative, Offer, Record
from queries.asking.times import iso
from tests.logs import ACME, ZENITH, Log, interaction

CARD = {"id": "off_card", "name": "Platinum Card Upgrade", "status": "active"}
HERO = {"id": "cr_hero", "name": "Hero", "channel": {"id": "ch_email", "name": "Email"}}


def all_records(log: Log, tenant: str = ACME) -> dict[str, Record]:
    with log.store.snapshot() as snapshot:
        acme = snapshot.tenant(tenant).columns
        return {record.id: record for record in records(acme, acme.log, np.arange(len(acme.log)))}


def test_a_record_holds_what_was_logged(log: Log) -> None:
    log.load(interaction(
        "ih_001", "2026-03-15T14:30:00.123Z", offerId="off_card", offer=CARD, creativeId="cr_hero", creative=HERO, channelId="ch_web",
        outcomeTypeKey="clicked", direction="outbound", context={"a": {"b": [1, None, "é"]}}, response={"ok": True},
        outcome={"conversionValue": 12.5},
    ))
    log.describe("channels", {"id": "ch_web", "name": "Web", "tenantId": ACME})
    assert all_records(log) == {"ih_001": Record(
        id="ih_001",
        tenantId=ACME,
        customerId="CUST001",
        offerId="off_card",
        creativeId="cr_hero",
        channelId="ch_web",
        interactionType="click",
        outcomeTypeKey="clicked",
        direction="outbound",
        timestamp="2026-03-15T14:30:00.123Z",
        context='{"a":{"b":[1,null,"é"]}}',
        response='{"ok":true}',
        outcome='{"conversionValue":12.5}',
        offer=Offer("off_card", "Platinum Card Upgrade", "active"),
        creative=Creative("cr_hero", "Hero", Channel("ch_email", "Email")),
        channel=Channel("ch_web", "Web"),
        value=12.5,
    )}


def test_what_was_not_logged_is_none_and_a_json_field_an_empty_object(log: Log) -> None:
    log.load(interaction("ih_001"))
    assert all_records(log)["ih_001"] == Record(
        id="ih_001", tenantId=ACME, customerId="CUST001", offerId=None, creativeId=None, channelId=None, interactionType="click",
        outcomeTypeKey="click", direction=None, timestamp="2026-03-15T14:30:00.000Z", context="{}", response="{}", outcome="{}",
        offer=None, creative=None, channel=None, value=None,
    )


def test_an_offer_of_which_only_the_id_is_known_is_none_and_the_row_stays(log: Log) -> None:
    log.load(interaction("ih_001", offerId="off_gone", creativeId="cr_gone", channelId="ch_gone"))
    record = all_records(log)["ih_001"]
    assert (record.offerId, record.creativeId, record.channelId) == ("off_gone", "cr_gone", "ch_gone")
    assert (record.offer, record.creative, record.channel) == (None, None, None)


def test_an_offer_is_told_as_it_is_now_on_old_rows_too(log: Log) -> None:
    log.load(interaction("old", "2020-01-01T00:00:00Z", offerId="off_card", offer=CARD))
    assert all_records(log)["old"].offer == Offer("off_card", "Platinum Card Upgrade", "active")
    log.describe("offers", {"id": "off_card", "name": "Platinum Card", "status": "deleted", "tenantId": ACME})
    assert all_records(log)["old"].offer == Offer("off_card", "Platinum Card", "deleted")


def test_the_same_id_of_another_tenant_says_nothing(log: Log) -> None:
    log.load(interaction("ih_001", tenantId=ZENITH, offerId="off_card", offer=CARD), interaction("ih_001", offerId="off_card"))
    assert all_records(log)["ih_001"].offer is None
    assert all_records(log, ZENITH)["ih_001"].offer == Offer("off_card", "Platinum Card Upgrade", "active")


@pytest.mark.parametrize(("logged", "value"), [
    ({}, None),
    ({"conversionValue": 0}, 0.0),
    ({"conversionValue": -12.25}, -12.25),
    ({"conversionValue": "19.90"}, 19.9),
    ({"conversionValue": "a lot"}, None),
    ({"conversionValue": None}, None),
    ({"conversionvalue": 5}, None),
])
def test_the_value_is_the_outcomes_money(log: Log, logged: dict, value: float | None) -> None:
    log.load(interaction("ih_001", outcome=logged))
    assert all_records(log)["ih_001"].value == value


def test_records_come_in_the_order_asked_for_whatever_lies_between(log: Log) -> None:
    log.load(*(interaction(f"ih_{number:02d}") for number in range(60)))
    for positions in ([5, 4, 3], [59, 0, 30], [7], [], [1, 40, 2]):
        with log.store.snapshot() as snapshot:
            acme = snapshot.tenant(ACME).columns
            assert [record.id for record in records(acme, acme.log, np.array(positions, int))] == [f"ih_{at:02d}" for at in positions]


def test_the_flat_table_spells_times_as_the_record_does(log: Log) -> None:
    times = [-62_135_596_800_000, -1, 0, 7, 1_773_576_000_000, 253_402_300_799_999]
    log.load(*(interaction(f"ih_{number}", iso(ms)) for number, ms in enumerate(times)))
    with log.store.snapshot() as snapshot:
        acme = snapshot.tenant(ACME).columns
        table = RecordTables(acme, acme.log, RECORD_COLUMNS).table(np.arange(len(times)))
        assert table.column_names == list(RECORD_COLUMNS)
        assert table["timestamp"].to_pylist() == [iso(ms) for ms in times]
