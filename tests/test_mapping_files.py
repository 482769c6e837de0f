"""Mappings as files: what they hold, what is written, which are shipped, and what a server is handed."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from data.commands import main
from data.mapping.mapping import Mapping, RowRule
from data.mapping.mapping_file import mapping_of, mapping_text
from data.mapping.presets import PRESETS, preset
from data.mapping.targets import check_mapping
from data.orders.orders import LoadCommand, command_of
from data.store.limits import StoreError
from tests.loaded_files import counts, load, records, write_rows

FULL = Mapping(
    map=(("a.b", "id"), ('"q.r"', "customerId"), ("#1", "offerId"), ("#1", "context.first"), ("x?", "offerId")),
    set=(("tenantId", 'a"b\\c'), ("direction", "in")),
    value=(("No Response", "impression"), ("ü=\n", "click")),
    time="%d.%m.%Y", timezone="Europe/Berlin", id_from=("row",), rest="context", null=("NULL", "-"), decimal=",", records="events",
    rows=(RowRule("sent", when=(("k", ("1", "*")), ("l", ("",))), map=(("s", "timestamp"),), set=(("type", "sent"),), time="seconds"), RowRule("2")),
    encoding="cp1252", columns=("a", "b"), pad=True, member="*.csv", description="All of it",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))


def test_a_mapping_is_the_same_from_its_file_and_from_the_json_that_a_server_is_handed() -> None:
    assert mapping_of(tomllib.loads(mapping_text(FULL))) == FULL
    statement = Mapping(select="select 'a'\nfrom \"{file}\"")
    assert mapping_of(tomllib.loads(mapping_text(statement))) == statement
    command = LoadCommand(logs=("/x",), mapping=FULL)
    assert command_of("load", json.loads(json.dumps(asdict(command)))) == command
    tables = {"map": {"a": {"b": "id"}, "#1": ["offerId", "customerId"]}, "id_from": "row", "row": [{"when": {"k": 1}}]}
    assert command_of("load", {"mapping": tables}) == LoadCommand(mapping=Mapping(
        map=(("a.b", "id"), ("#1", "offerId"), ("#1", "customerId")), id_from=("row",), rows=(RowRule("1", when=(("k", ("1",)),)),)))


@pytest.mark.parametrize(("tables", "said"), [
    ({"mapp": {}}, "a mapping has no 'mapp', only "), ({"row": {}}, "row is not a list of tables"), ({"row": [1]}, "row is not a list of tables"),
    ({"row": [{"mapp": {}}]}, "a \\[\\[row\\]\\] has no 'mapp'"), ({"row": [{"name": "a"}, {"name": "a"}]}, "have one name"),
    ({"map": "x"}, "is not a table of texts"),
    ({"map": {"a": True}}, "map a is not text"), ({"time": ["x"]}, "time is not text"), ([], "a mapping is a table"),
])
def test_what_is_no_mapping_is_refused_for_what_it_is(tables: object, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        mapping_of(tables)


def test_flags_count_more_than_a_file_and_a_file_more_than_a_preset_and_are_saved_together(tmp_path: Path) -> None:
    rows = [{"timestamp": "1433221332117", "visitorid": "1", "event": "view", "itemid": "i", "who": "w", "how": "h"}]
    file = write_rows(tmp_path / "events.csv", rows)
    (tmp_path / "m.toml").write_text('[map]\nwho = "customerId"\nhow = "channelId"\n[value]\nVIEW = "seen"\n')
    saved = tmp_path / "saved.toml"
    flags = ("--as", "retailrocket", "--mapping", str(tmp_path / "m.toml"), "--map", "itemid=channelId", "--set", "offerId=o")
    assert load(file, *flags, "--save-mapping", str(saved)) == 0
    [record] = records()
    assert [record[name] for name in ("customerId", "channelId", "interactionType", "offerId")] == ["w", "i", "seen", "o"]
    written = mapping_of(tomllib.loads(saved.read_text()))
    assert written.map == (("itemid", "channelId"), ("who", "customerId"), ("event", "interactionType"))
    assert load(file, "--mapping", str(saved)) == 0
    assert len(records()) == 1


def test_the_presets_are_described_and_printed_as_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(PRESETS) == {"pega-ih", "open-bandit", "hubspot", "mixpanel", "ga4", "segment", "salesforce-marketing-cloud", "braze", "amplitude",
                            "retailrocket", "starbucks"}
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
    assert all(len(line.split()) > 5 for line in lines)
    for name in PRESETS:
        check_mapping(preset(name), ())
        assert main(["presets", name]) == 0
        assert mapping_of(tomllib.loads(capsys.readouterr().out)) == preset(name)


PEGA = {"pxFactID": "-1", "pySubjectID": "C-1", "CustomerID": "C-1", "pyChannel": "SMS", "pyDirection": "Outbound", "pyName": "Card",
        "pyLabel": "Card", "pyTreatment": "T", "pxOutcomeTime": "20210127T132211.201 GMT", "pxDecisionTime": "20210127T132203.201 GMT"}
GA4 = {"event_timestamp": "1773585000123456", "user_id": None, "user_pseudo_id": "10.17", "ecommerce": None, "traffic_source": {"medium": "email"},
       "items": [{"item_id": "S", "promotion_id": "P", "promotion_name": "Spring"}]}
SEGMENT = {"type": "track", "userId": "u", "anonymousId": "a", "timestamp": "2026-03-15T14:30:00.500Z", "properties": {"promotion_id": "p"}}
SFMC = {"SendID": "4000", "SubscriberKey": "SK", "EventDate": "3/15/2026 1:00:07 PM", "BatchID": "0", "TriggeredSendExternalKey": None}


def of(base: dict, name: str, words: list[str], id: str | None = None) -> list[dict]:
    return [base | {name: word} | ({id: f"{nth}"} if id else {}) for nth, word in enumerate(words)]


@pytest.mark.parametrize(("name", "file", "rows", "types", "first"), [
    ("pega-ih", "data.json", of(PEGA, "pyOutcome", ["NoResponse", "Clicked", "Accept", "Accepted", "Rejected", "Churned"], "pxFactID"),
     {"impression": 1, "click": 1, "accept": 2, "dismiss": 1, "Churned": 1},
     {"timestamp": "2021-01-27T13:22:11.201", "offerId": "Card", "channelId": "SMS"}),
    ("open-bandit", "men.csv", [{"": "0", "timestamp": "2019-11-24 00:00:17.004101+00:00", "item_id": "7", "click": "1"},
                                {"": "1", "timestamp": "2019-11-24 00:00:17.004101+00:00", "item_id": "8", "click": "0"}],
     {"impression": 2, "click": 1}, {"offerId": "7", "customerId": "0", "timestamp": "2019-11-24T00:00:17.004"}),
    ("hubspot", "events.csv",
     of({"recipient": "r==", "created": "2020-03-16 19:03:20.357", "email_campaign_id": "2"}, "type", ["OPEN", "CLICK", "SENT"], "id"),
     {"impression": 1, "click": 1, "sent": 1}, {"timestamp": "2020-03-16T19:03:20.357", "offerId": "2", "channelId": "email"}),
    ("mixpanel", "export.jsonl",
     [{"event": "Banner Viewed", "properties": {"time": 1773585000, "distinct_id": "u", "$insert_id": "i", "Amount": 2.5}}],
     {"impression": 1}, {"timestamp": "2026-03-15T14:30:00.000", "id": "i", "value": 2.5}),
    ("ga4", "events.json",
     [*of(GA4, "event_name", ["view_promotion", "select_promotion"]), GA4 | {"event_name": "purchase", "ecommerce": {"purchase_revenue": 49.5}}],
     {"impression": 1, "click": 1, "convert": 1},
     {"timestamp": "2026-03-15T14:30:00.123", "offerId": "P", "customerId": "10.17", "channelId": "email"}),
    ("segment", "calls.json", of(SEGMENT, "event", ["Promotion Viewed", "Promotion Clicked", "Order Completed"], "messageId"),
     {"impression": 1, "click": 1, "convert": 1}, {"timestamp": "2026-03-15T14:30:00.500", "customerId": "u", "offerId": "p"}),
    ("salesforce-marketing-cloud", "Sent.csv", of(SFMC, "EventType", ["Sent", "Open", "Click", "Unsubscribe"]),
     {"sent": 1, "impression": 1, "click": 1, "opt_out": 1}, {"timestamp": "2026-03-15T19:00:07.000", "offerId": "4000", "customerId": "SK"}),
    ("amplitude", "export.json",
     of({"user_id": None, "device_id": "d", "event_time": "2026-03-15 14:30:00.123000", "event_properties": {"campaign": "c"}},
        "event_type", ["Banner Viewed", "Purchase", "own"], "uuid"),
     {"impression": 1, "convert": 1, "own": 1}, {"timestamp": "2026-03-15T14:30:00.123", "customerId": "d", "offerId": "c"}),
    ("retailrocket", "events.csv",
     of({"timestamp": "1433221332117", "visitorid": "7", "itemid": "9"}, "event", ["view", "view", "addtocart", "transaction"]),
     {"impression": 2, "click": 1, "convert": 1}, {"timestamp": "2015-06-02T05:02:12.117", "customerId": "7", "offerId": "9"}),
    ("starbucks", "transcript.json", [
        {"person": "p", "event": "offer viewed", "value": {"offer id": "o"}, "time": 6},
        {"person": "p", "event": "offer completed", "value": {"offer_id": "o", "reward": 5}, "time": 132},
        {"person": "p", "event": "transaction", "value": {"amount": 19.89}, "time": 132}],
     {"impression": 1, "accept": 1, "convert": 1}, {"timestamp": "2018-01-01T06:00:00.000", "offerId": "o", "customerId": "p"}),
])
def test_a_preset_reads_its_systems_export(tmp_path: Path, name: str, file: str, rows: list[dict], types: dict, first: dict) -> None:
    written = write_rows(tmp_path / file, rows)
    assert load(written, "--as", name) == 0
    assert counts() == types
    assert {key: records()[0][key] for key in first} == first
    stored = records()
    assert load(written, "--as", name) == 0
    assert records() == stored


def test_braze_takes_the_type_from_the_folder(tmp_path: Path) -> None:
    for kind in ("users.messages.email.Open", "users.messages.email.Click"):
        folder = tmp_path / "currents" / f"event_type={kind}" / "date=2026-03-15-14"
        folder.mkdir(parents=True)
        write_rows(folder / "part.parquet", [{"id": kind, "user_id": "u", "external_user_id": "x", "campaign_id": "c", "time": 1773585000}])
    assert load(tmp_path / "currents", "--as", "braze") == 0
    assert counts() == {"click": 1, "impression": 1}
    assert {(one["timestamp"], one["customerId"], one["offerId"]) for one in records()} == {("2026-03-15T14:30:00.000", "x", "c")}


def test_a_preset_also_reads_a_file_of_offers_that_comes_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portfolio = write_rows(tmp_path / "portfolio.json", [{"reward": 10, "offer_type": "bogo", "id": "ae26"}])
    assert main(["load", "--tenant", "acme", "--as", "starbucks", "--offers", str(portfolio)]) == 0
    assert re.search(r"described +1$", capsys.readouterr().out, re.MULTILINE)
    with pytest.raises(SystemExit):
        main(["load", "--tenant", "acme", "--as", "starbucks", "--map", "reward=nothing", "--offers", str(portfolio)])
    assert "--map reward=nothing: there is no field 'nothing'. Fields: id, tenantId, name, status, customerId" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["load", "--tenant", "acme", "--map", "reward=customerId", "--offers", str(portfolio)])
    assert "--map reward=customerId: there is no field 'customerId'. Fields: id, tenantId, name, status." in capsys.readouterr().err


def test_an_archive_of_salesforce_holds_sends_that_are_no_events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "extract"
    folder.mkdir()
    write_rows(folder / "Opens.csv", [SFMC | {"EventType": "Open"}])
    jobs = write_rows(folder / "SendJobs.csv", [{"ClientID": "1", "SendID": "4000", "EmailName": "Spring Mail", "SentTime": "3/15/2026 1:00:00 PM"}])
    assert load(folder, "--as", "salesforce-marketing-cloud", "--offers", str(jobs)) == 0
    assert counts() == {"impression": 1}
    assert "1 row fits no [[row]] of the mapping and gave nothing" in capsys.readouterr().out
