from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path

import pytest

from data.commands import main
from data.loading.loading import LoadOptions, load_entities
from data.loading.preview import Preview, preview, preview_descriptions, preview_of
from data.mapping.mapping import Mapping
from data.store.limits import StoreError
from tests.logs import Log, interaction
from tests.store_checks import contents, loaded, log_file


def previewed(log: Log, file: Path, options: LoadOptions | None = None) -> Preview:
    return preview(log.store, file, options or LoadOptions(), lambda _: None, log.store.path.parent / "rejects")


ROWS = [
    interaction("a", interactionType="NoResponse", extra="x"),
    interaction("b", "2026-03-15T14:31:00Z", interactionType="NoResponse", outcome={"conversionValue": "1,50"}),
    interaction("c", "2026-03-15T14:32:00Z", interactionType="click", tenantId="zenith"),
    interaction("d", "soon"),
]


def test_a_preview_says_what_a_load_would_do_and_loads_nothing(log: Log, tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS)
    before = contents(log.store)
    seen = previewed(log, file)
    report = seen.report
    assert report
    assert (report.checked, report.read, report.loaded, report.rejected) == (True, 4, 3, 1)
    assert (report.oldest, report.newest, report.found.tenants) == ("2026-03-15T14:30:00.000Z", "2026-03-15T14:32:00.000Z", ("acme", "zenith"))
    assert report.found.types == (("NoResponse", 2, ""), ("click", 1, "click"))
    assert report.found.reasons == (("timestamp is neither an ISO 8601 time in the years 1 to 9999 nor epoch milliseconds", 1),)
    assert report.ignored == ("extra",)
    assert (report.found.decimal, report.found.readable) == (",", 1)
    assert contents(log.store) == before
    assert [path.name for path in tmp_path.iterdir() if "rejects" in path.name] == []
    actual = loaded(log.store, file)
    assert (actual.loaded, actual.rejected, actual.found) == (report.loaded, report.rejected, report.found)


def test_a_preview_shows_the_first_rows_as_they_would_be_stored(log: Log, tmp_path: Path) -> None:
    seen = previewed(log, log_file(tmp_path, [interaction(f"{n}", f"2026-03-15T14:3{9 - n}:00+01:00") for n in range(7)]))
    assert [row["id"] for row in seen.rows] == ["0", "1", "2", "3", "4"]
    assert seen.rows[0] == {
        "id": "0", "timestamp": "2026-03-15T13:39:00.000Z", "tenantId": "acme", "customerId": "CUST001", "interactionType": "click",
        "outcomeTypeKey": "click", "offerId": None, "creativeId": None, "channelId": None, "direction": None, "conversionValue": None,
        "context": "{}", "response": "{}", "outcome": "{}"}


def test_a_preview_shows_the_columns_what_each_is_read_as_and_what_would_read_the_rest(log: Log, tmp_path: Path) -> None:
    rows = [{"event_id": f"e{n}", "user": "u", "what": {"kind": "Viewed"}, "ts": 1773585000 + n} for n in range(3)]
    file = log_file(tmp_path, rows)
    seen = previewed(log, file, LoadOptions("t"))
    assert seen.report is None
    assert "no column is read as id or customerId or interactionType or timestamp" in seen.problem
    assert seen.suggested == Mapping(
        map=(("ts", "timestamp"), ("what.kind", "interactionType"), ("event_id", "id"), ("user", "customerId")),
        value=(("Viewed", "impression"),), time="seconds")
    assert seen.try_flags == ("try: --map ts=timestamp --map what.kind=interactionType --map event_id=id --map user=customerId "
                              "--value Viewed=impression --time seconds")
    better = previewed(log, file, LoadOptions("t", seen.suggested))
    assert better.report
    assert (better.report.loaded, better.report.found.types) == (3, (("impression", 3, "impression"),))
    fields = {column.path: (column.fields, column.examples) for column in better.columns}
    assert fields["ts"] == (("timestamp",), ("1773585000", "1773585001", "1773585002"))
    assert fields["user"] == (("customerId",), ("u",))
    assert fields["#file"][0] == ()


def test_a_file_whose_columns_give_no_row_is_refused_and_told_what_would(log: Log, tmp_path: Path) -> None:
    file = log_file(tmp_path, [{"uuid": f"e{n}", "contact": "u", "action": "click", "timestamp": "2026-03-15"} for n in range(2)])
    with pytest.raises(StoreError, match=r"no column is read as id or customerId or interactionType.*\n.*try: --map action=interactionType "
                                         r"--map uuid=id --map contact=customerId"):
        loaded(log.store, file, LoadOptions("t"))
    headless = tmp_path / "log.csv"
    headless.write_text("e0,c0,click,2026-03-15T14:30:00Z\ne1,c0,click,2026-03-15T14:30:00Z\n")
    with pytest.raises(StoreError, match="looks like data, not like the names of columns.*\n.*--columns"):
        loaded(log.store, headless, LoadOptions("t"))


def test_the_advice_of_the_documents_is_what_is_said_and_it_reads_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Path("clicks.csv").write_text("ts,contact,event\n1773585000,u1,Viewed\n1773585060,u1,Clicked\n1773585060,u2,Viewed\n")
    assert main(["load", "clicks.csv", "--tenant", "t"]) == 1
    said = capsys.readouterr().err.replace(f"{tmp_path}/", "")
    said = said[said.index("clicks.csv: "):]
    assert f"```\n{said}```" in (Path(__file__).parent.parent / "docs" / "loading.md").read_text(encoding="utf-8")
    assert main(["load", "clicks.csv", "--tenant", "t", *shlex.split(said.partition("try: ")[2])]) == 0


def test_a_word_for_no_value_that_stands_as_an_id_is_told(log: Log, tmp_path: Path) -> None:
    rows = [interaction(id, customerId=customer, offerId="NULL") for id, customer in (("a", "\\N"), ("b", "\\N"), ("c", "NaN"))]
    report = loaded(log.store, log_file(tmp_path, rows))
    assert report.found.no_value == (("NULL", "offerId", 3), ("\\N", "customerId", 2))
    assert "  'NULL' stands as offerId in 3 rows: --null 'NULL' takes it for no value\n" in str(report)


def test_a_summary_says_which_types_count_as_nothing_and_that_there_are_no_impressions(log: Log, tmp_path: Path) -> None:
    said = str(loaded(log.store, log_file(tmp_path, [interaction("a", interactionType="NoResponse"), interaction("b", interactionType="deferred")])))
    assert "  types that count as nothing: NoResponse 1;" in said
    assert "  no row counts as an impression" in said
    assert "  tenant: acme\n" in said
    shown = str(loaded(log.store, log_file(tmp_path, [interaction("c", interactionType="impression")])))
    assert "count as nothing" not in shown and "no row counts" not in shown


def test_a_preview_comes_through_json_as_it_was(log: Log, tmp_path: Path) -> None:
    seen = previewed(log, log_file(tmp_path, ROWS))
    assert str(preview_of(json.loads(json.dumps(asdict(seen))))) == str(seen)


@pytest.mark.parametrize(("rows", "flags", "code"), [
    ([interaction("a")], [], 0),
    (ROWS, [], 3),
    (ROWS, ["--strict"], 1),
    ([{"event": "x"}], [], 1),
])
def test_a_check_exits_as_the_load_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rows: list, flags: list[str], code: int,
) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))
    file = str(log_file(tmp_path, rows))
    assert main(["load", file, "--check", *flags]) == code
    said = capsys.readouterr()
    assert main(["load", file, *flags]) == code
    assert ("checked, nothing loaded" in said.out) == (code in (0, 3))
    assert main(["status"]) == 0


def test_a_preview_of_offers_shows_them_as_they_would_be_stored_and_says_which_are_new(log: Log, tmp_path: Path) -> None:
    def seen() -> Preview:
        return preview_descriptions(log.store, "offers", file, LoadOptions("acme", mapping), lambda _: None, tmp_path / "rejects")

    file = tmp_path / "offers.csv"
    file.write_text("Key,Title,status\na,Card,active\nb,Loan,\nc,,active\n")
    mapping = Mapping(map=(("Key", "id"), ("Title", "name")))
    first = seen()
    assert [tuple(row.values()) for row in first.rows] == [("a", "acme", "Card", "active", None), ("b", "acme", "Loan", None, None)]
    assert [(column.path, column.fields) for column in first.columns[:3]] == [("Key", ("id",)), ("Title", ("name",)), ("status", ("status",))]
    assert first.report
    assert (first.report.described, first.report.rejected, first.report.found.reasons) == (2, 1, (("name is missing", 1),))
    assert contents(log.store)["offers"] == [] and not (tmp_path / "offers.csv.rejects.csv").exists()
    load_entities(log.store, "offers", file, LoadOptions("acme", mapping), lambda _: None, tmp_path)
    assert [offer[:5] for offer in contents(log.store)["offers"]] == [("acme", "a", True, "Card", "active"), ("acme", "b", True, "Loan", None)]
    file.write_text("Key,Title,status\na,Card,\nb,Loan,archived\nd,New,\n")
    again = seen().report
    assert again and again.described == 2


def test_a_preview_of_creatives_tells_another_channel_from_the_same(log: Log, tmp_path: Path) -> None:
    def described(channel: str, check: bool) -> int:
        file.write_text(f"id,name,channelId\ncr_1,Hero,{channel}\n")
        return load_entities(log.store, "creatives", file, LoadOptions("acme", check=check), lambda _: None, tmp_path).described

    file = tmp_path / "creatives.csv"
    assert [described("web", True), described("web", False), described("web", True), described("mail", True)] == [1, 1, 0, 1]


def test_why_rows_were_rejected_is_said_with_what_to_do(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes("id,customerId,type,timestamp\ne1,Jörg,click,2026-03-15\ne2,c,click,never\ne3,c,click,later\n".encode("cp1252"))
    assert loaded(log.store, file, LoadOptions("acme")).found.reasons == (
        ("timestamp is neither an ISO 8601 time in the years 1 to 9999 nor epoch milliseconds", 2),
        ("the row is not UTF-8 text: give --encoding, such as cp1252 for files of Windows", 1))
