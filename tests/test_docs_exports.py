"""The exports that docs/loading.md lists, each by its command on a few rows of the same shape."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import fastavro
import pytest

from data.commands import main
from tests.loaded_files import records, write_rows
from tests.test_reading_columns import sheet, workbook

TEXT = (Path(__file__).parent.parent / "docs" / "loading.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("\n## Exports, one by one\n")[2].partition("\n## ")[0]
ROWS = [line.replace("\\|", "\x00").strip("| ").split(" | ") for line in SECTION.splitlines() if line.startswith("| ") and "`" in line]
COMMANDS = [row[1].strip("`") for row in ROWS]
STATEMENT = re.findall(r"^```sql\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)

Gives = tuple[dict[str, int], float, str | None]


def lines(rows: list[dict]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def clicks(*times: str, sign: str = ",") -> str:
    """A CSV of clicks at these times."""
    names = sign.join(("id", "customerId", "type", "timestamp", "offerId"))
    return "\n".join([names, *(sign.join((f"e{number}", f"c{number}", "click", time, "o1")) for number, time in enumerate(times))]) + "\n"


PEGA = [
    {"pxFactID": f"-{number}", "pxInteractionID": "-9", "pySubjectID": "C", "CustomerID": "C", "pyOutcome": outcome, "pyChannel": "SMS",
     "pxOutcomeTime": f"2021012{number}T132211.201 GMT", "pyName": "Card", "pyIssue": "Sales"}
    for number, outcome in enumerate(["NoResponse", "Clicked", "Accepted", "Accept", "Rejected", "Churned"])
]
PEGA_GIVES: Gives = ({"impression": 1, "click": 1, "accept": 2, "dismiss": 1, "Churned": 1}, 0, "2021-01-20T13:22:11.201")
GA4 = [
    {"event_timestamp": 1773585000123456 + number, "event_name": name, "user_pseudo_id": "10.1", "ecommerce": {"purchase_revenue": worth}}
    for number, (name, worth) in enumerate([("view_promotion", None), ("select_promotion", None), ("purchase", 49.5)])
]
GA4_GIVES: Gives = ({"impression": 1, "click": 1, "convert": 1}, 49.5, "2026-03-15T14:30:00.123")
SENT = ("ClientID,SendID,SubscriberKey,EmailAddress,SubscriberID,ListID,EventDate,EventType,BatchID,TriggeredSendExternalKey\n"
        "1,4000,SK-{0},p@example.com,9,5,3/15/2026 {0}:03:07 PM,{1},0,\n")
RETAIL = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
SOLD = [[536365, "85123A", "HEART", 6, datetime(2010, 12, 1, 8, 26), 2.55, 17850, "UK"],
        [536365, 71053, "LANTERN", 2, datetime(2010, 12, 1, 8, 27), 3, 17850, "UK"]]
NOON = "2026-03-15T14:30:00.000"


def avro(file: Path) -> None:
    fields = [{"name": name, "type": "string"} for name in ("id", "user_id", "external_user_id", "campaign_id")] + [{"name": "time", "type": "long"}]
    schema = {"type": "record", "name": "open", "fields": fields}
    row = {"id": "a", "user_id": "u", "external_user_id": "x", "campaign_id": "c", "time": 1773585000}
    file.parent.mkdir(parents=True)
    with file.open("wb") as out:
        fastavro.writer(out, schema, [row])


def archive(members: dict[str, str], encoding: str = "utf-8") -> Callable[[Path], None]:
    def write(file: Path) -> None:
        with zipfile.ZipFile(file, "w") as out:
            for name, text in members.items():
                out.writestr(name, text.encode(encoding))
    return write


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    def write(file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode(encoding))
    return write


# File → what writes it.
FILES: dict[str, Callable[[Path], None]] = {
    "pega_ih.json": text(lines(PEGA)),
    "Data-pxStrategyResult_pxInteractionHistory.zip": archive({"data.json": lines(PEGA), "META-INF/MANIFEST.mf": "{}"}),
    "men.csv": text(",timestamp,item_id,position,click\n0,2019-11-24 00:03:13.442+00:00,7,1,1\n1,2019-11-24 00:04:00+00:00,8,1,0\n"),
    "email_event.csv": text("id,created,email_campaign_id,type,recipient\n"
                            "a,2020-03-16 19:03:20.357,2,OPEN,r=\nb,2020-03-16 19:03:21.357,2,SENT,r=\n"),
    "mixpanel.jsonl": text(lines([
        {"event": event, "properties": {"time": 1773585000 + number, "distinct_id": "u", "$insert_id": f"i{number}", "Amount": worth}}
        for number, (event, worth) in enumerate([("Banner Viewed", None), ("Banner Clicked", None), ("Purchase", 19.9)])])),
    "ga4.json": text(lines(GA4)),
    "ga4.parquet": lambda file: write_rows(file, GA4) and None,
    "segment.json.gz": lambda file: file.write_bytes(gzip.compress(lines([
        {"type": "track", "event": event, "messageId": f"m{number}", "userId": "u", "timestamp": "2026-03-15T14:30:00.500Z",
         "properties": {"promotion_id": "p", "revenue": worth}}
        for number, (event, worth) in enumerate([("Promotion Viewed", None), ("Promotion Clicked", None), ("Order Completed", 75)])
    ]).encode())) and None,
    "tracking.zip": archive({"Sent.csv": SENT.format(1, "Sent"), "Opens.csv": SENT.format(2, "Open"), "Clicks.csv": SENT.format(3, "Click"),
                             "SendJobs.csv": "ClientID,SendID,EmailName\n1,4000,Spring\n"}, "utf-16"),
    "Sent.csv": text(SENT.format(1, "Sent"), "utf-16"),
    "currents/event_type=users.messages.email.Open/date=2026-03-15-14/part-0.avro": avro,
    "events.csv": text("timestamp,visitorid,event,itemid,transactionid\n1433221332117,7,view,9,\n1433221332118,7,transaction,9,4\n"),
    "transcript.json": text(lines([
        {"person": "p", "event": "offer viewed", "value": {"offer id": "o"}, "time": 0},
        {"person": "p", "event": "transaction", "value": {"amount": 19.89}, "time": 6}])),
    "portfolio.json": text(lines([{"reward": 10, "channels": ["web"], "offer_type": "bogo", "id": "o"}])),
    "retail.xlsx": lambda file: file.write_bytes(workbook({"Online Retail": sheet(1, RETAIL, *SOLD)})) and None,
    "retail.csv": text("\n".join(",".join(map(str, row)) for row in [RETAIL, *SOLD]) + "\n"),
    "retail.sql": text("".join(STATEMENT)),
    "hit_data.tsv": text("3010\t990\t2026-03-15 14:30:00\t77\t80\t1,100\tspring\thome\\\\page\n"),
    "noheader.csv": text(clicks(NOON).partition("\n")[2]),
    "noid.csv": text("customerId,type,timestamp\nc1,impression,2026-03-15T14:30:00Z\nc1,click,2026-03-15T14:31:00Z\nc1,click,2026-03-15T14:31:00Z\n"),
    "cp1252.csv": text("id,customerId,type,timestamp,offerName\ne,c,click,2026-03-15T14:30:00Z,Frühling\n", "cp1252"),
    "decimal_comma.csv": text("id;customerId;type;timestamp;outcome\n" + "".join(
        f'e{number};c;convert;2026-03-15T14:30:00Z;"{{""conversionValue"":""{worth}""}}"\n' for number, worth in enumerate(["1.234,56", "12,50 €"]))),
    "money.csv": text("id,customerId,type,timestamp,revenue\ne,c,convert,2026-03-15T14:30:00Z,19.90\n"),
    "capitals.csv": text("id,customerId,type,timestamp\n" + "".join(
        f"e{number},c,{word},2026-03-15T14:3{number}:00Z\n" for number, word in enumerate(["Impression", "Click", "impression"]))),
    "nulls.csv": text("id,customerId,type,timestamp,offerId\ne,c,click,2026-03-15T14:30:00Z,NULL\nf,\\N,click,2026-03-15T14:30:00Z,-\n"),
    "hive/tenant=acme/dt=2026-03-15/part.csv": text(clicks(NOON)),
    "seconds.csv": text(clicks("1773585000")),
    "shortened.csv": text(clicks("1.773585E+12")),
    "serial.csv": text(clicks("46096.604167")),
    "compact.csv": text(clicks("20260315143000")),
    "german.csv": text(clicks("15.03.2026 15:30")),
    "european.csv": text(clicks("15/03/2026 14:30")),
    "american.csv": text(clicks("03/15/2026 2:30 PM")),
    "footer.csv": text(clicks(NOON) + "\nTotal,1,,,\n"),
    "nan.ndjson": text('{"id":"1","customerId":"c","type":"click","timestamp":1773585000000,"offerId":NaN}\n'),
    "header.csv": text(clicks()),
    "truncated.csv.gz": lambda file: file.write_bytes(gzip.compress(clicks(*[NOON] * 200).encode())[:-30]) and None,
    "odd.csv": text('Report||||||\n\nid|customerId|type|timestamp|offerName|x|x\ne0|c|click|2026-03-15T14:30:00Z|"say \\"hi\\""|1|2|\n'),
    "wrapped.json": text('{"meta":{"page":1},"events":[{"id":"e","customerId":"c","type":"click","timestamp":"2026-03-15T14:30:00Z"}]}'),
    "utf16.csv": text(clicks(NOON), "utf-16"),
}

CLICK: Gives = ({"click": 1}, 0, NOON)
NOTHING: Gives = ({}, 0, None)
# What a command reads → the rows of each type, their money, and when the first was.
GIVES: dict[str, Gives] = {
    "pega_ih.json": PEGA_GIVES,
    "Data-pxStrategyResult_pxInteractionHistory.zip": PEGA_GIVES,
    "men.csv": ({"impression": 2, "click": 1}, 0, "2019-11-24T00:03:13.442"),
    "email_event.csv": ({"impression": 1, "sent": 1}, 0, "2020-03-16T19:03:20.357"),
    "mixpanel.jsonl": ({"impression": 1, "click": 1, "convert": 1}, 19.9, NOON),
    "ga4.json": GA4_GIVES,
    "ga4.parquet": GA4_GIVES,
    "segment.json.gz": ({"impression": 1, "click": 1, "convert": 1}, 75, "2026-03-15T14:30:00.500"),
    "tracking.zip": ({"sent": 1, "impression": 1, "click": 1}, 0, "2026-03-15T19:03:07.000"),
    "Sent.csv": ({"sent": 1}, 0, "2026-03-15T19:03:07.000"),
    "currents": ({"impression": 1}, 0, NOON),
    "events.csv": ({"impression": 1, "convert": 1}, 0, "2015-06-02T05:02:12.117"),
    "transcript.json": ({"impression": 1, "convert": 1}, 19.89, "2018-01-01T00:00:00.000"),
    "retail.xlsx": ({"convert": 2}, 0, "2010-12-01T08:26:00.000"),
    "retail.csv": ({"convert": 2}, 21.3, "2010-12-01T08:26:00.000"),
    "hit_data.tsv": ({"convert": 1}, 0, NOON),
    "noid.csv": ({"impression": 1, "click": 2}, 0, NOON),
    "decimal_comma.csv": ({"convert": 2}, 1247.06, NOON),
    "money.csv": ({"convert": 1}, 19.9, NOON),
    "capitals.csv": ({"impression": 2, "click": 1}, 0, NOON),
    "nan.ndjson": NOTHING, "header.csv": NOTHING, "truncated.csv.gz": NOTHING,
} | dict.fromkeys(("noheader.csv", "cp1252.csv", "nulls.csv", "hive", "seconds.csv", "shortened.csv", "serial.csv", "compact.csv", "german.csv",
                   "european.csv", "american.csv", "footer.csv", "odd.csv", "wrapped.json", "utf16.csv"), CLICK)
EXITS = {"nulls.csv": 3, "footer.csv": 3, "nan.ndjson": 3, "truncated.csv.gz": 1}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split()[0])
def test_each_export_gives_its_figures_by_its_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    name, *flags = shlex.split(command)
    for file in {name, *flags} & {*FILES}:
        FILES[file](tmp_path / file)
    for file in FILES:
        if file.startswith(f"{name}/"):
            FILES[file](tmp_path / file)
    assert main(["load", name, *flags, "--tenant", "acme"]) == EXITS.get(name, 0)
    found = records()
    types, money, first = GIVES[name]
    assert Counter(row["interactionType"] for row in found) == types
    assert round(sum(row["value"] or 0 for row in found), 2) == money
    assert (found[0]["timestamp"] if found else None) == first


def test_what_no_field_takes_is_kept_and_what_describes_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    FILES["pega_ih.json"](tmp_path / "pega_ih.json")
    assert main(["load", str(tmp_path / "pega_ih.json"), "--as", "pega-ih", "--tenant", "acme"]) == 0
    assert records()[0]["context"] == {"pxInteractionID": "-9", "CustomerID": "C", "pyIssue": "Sales"}


def test_every_command_of_the_tables_is_run() -> None:
    assert [command.split()[0] for command in COMMANDS] == list(dict.fromkeys(command.split()[0] for command in COMMANDS))
    assert {command.split()[0] for command in COMMANDS} == {*GIVES}
    assert all(len(row) in (2, 3) for row in ROWS) and len(STATEMENT) == 1
