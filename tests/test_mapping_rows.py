"""Words, ids from rows, what is left over, several rows from one, and a SELECT."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.loaded_files import counts, load, records, refusal, write_rows

TIME = "2026-03-15T14:30:00.000"
FORMATS = ("rows.ndjson", "rows.csv", "rows.parquet")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))


def row(**values: object) -> dict:
    return {"id": "e1", "customerId": "c1", "type": "click", "timestamp": TIME + "Z"} | values


@pytest.mark.parametrize("name", FORMATS)
def test_words_become_types_without_regard_to_case_and_the_outcome_follows(tmp_path: Path, name: str) -> None:
    words = ["NoResponse", "NORESPONSE", "Clicked", "clicked", "=x", "other"]
    file = write_rows(tmp_path / name, [row(id=f"e{nth}", type=word, outcomeTypeKey="own") for nth, word in enumerate(words)])
    flags = ("--value", "noresponse=impression", "--value", "Clicked=click", "--value", "CLICKED=share", "--value", "=x=accept")
    assert load(file, *flags) == 0
    assert [(one["interactionType"], one["outcomeTypeKey"]) for one in records()] == [
        ("impression", "impression"), ("impression", "impression"), ("click", "click"), ("clicked", "own"), ("accept", "accept"), ("other", "own")]


def test_an_outcome_that_is_mapped_itself_stays(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [row(type="Clicked", result="yes")])
    assert load(file, "--value", "Clicked=click", "--map", "result=outcomeTypeKey") == 0
    assert [(one["interactionType"], one["outcomeTypeKey"]) for one in records()] == [("click", "yes")]


def test_a_boolean_that_is_mapped_is_its_word(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.ndjson", [row(clicked=True), row(id="e2", clicked=False)])
    assert load(file, "--map", "clicked=type", "--value", "true=click", "--value", "false=impression") == 0
    assert counts() == {"click": 1, "impression": 1}


@pytest.mark.parametrize("name", FORMATS)
def test_a_word_for_none_is_none_in_every_field(tmp_path: Path, name: str) -> None:
    rows = [row(offerId="NULL", channelId="-", direction="in"), row(id="NULL"), row(id="e3", timestamp="-")]
    assert load(write_rows(tmp_path / name, rows), "--null", "NULL", "--null", "-") == 3
    assert [(one["offerId"], one["channelId"], one["direction"]) for one in records()] == [(None, None, "in")]


@pytest.mark.parametrize("name", FORMATS)
def test_ids_from_rows_count_equal_ones_and_stay_when_the_mapping_changes(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    bare = row(word="Click")
    del bare["id"]
    file = write_rows(tmp_path / name, [bare, bare | {"word": "View"}, bare])
    assert load(file, "--id-from", "row") == 0
    ids = {one["id"] for one in records()}
    assert len(ids) == 3 and len({id.removesuffix("-2") for id in ids}) == 2
    capsys.readouterr()
    assert load(file, "--id-from", "row") == 0
    assert "already there             3" in capsys.readouterr().out
    assert load(file, "--id-from", "row", "--map", "word=type", "--value", "View=impression", "--replace") == 0
    assert {one["id"] for one in records()} == ids
    assert counts() == {"Click": 2, "impression": 1}


def test_an_id_of_columns_is_made_from_their_own_texts(tmp_path: Path) -> None:
    rows = [row(user="u,1", n=1), row(user="u,1", n=2), row(user=None, n=1), row(user="NULL", n=1)]
    assert load(write_rows(tmp_path / "rows.ndjson", rows), "--id-from", "user,n", "--null", "NULL") == 0
    texts = ('["u,1","1"]', '["u,1","2"]', '[null,"1"]', '["NULL","1"]')
    assert {one["id"] for one in records()} == {hashlib.md5(text.encode()).hexdigest() for text in texts}


def test_a_rejected_row_counts_among_equal_ones(tmp_path: Path) -> None:
    rows = [row(key="k", when=""), row(key="k", when=TIME)]
    file = write_rows(tmp_path / "rows.csv", rows)
    assert load(file, "--id-from", "key", "--map", "when=timestamp", "--null", TIME + "Z") == 3
    assert [one["id"] for one in records()] == [hashlib.md5(b'["k"]').hexdigest() + "-2"]


@pytest.mark.parametrize(("name", "left"), [
    ("rows.ndjson", {"extra": "1", "empty": "", "none": None, "properties": {"kept": [1, 2]}, "list": [{"a": "x", "b": "y"}], "scalar": "s"}),
    ("rows.csv", {"extra": "1", "properties": '{"taken": "t", "kept": [1, 2]}', "list": '[{"a": "x", "b": "y"}]', "scalar": "s"}),
    ("rows.parquet", {"extra": "1", "properties": {"kept": [1, 2]}, "list": [{"a": "x", "b": "y"}], "scalar": "s"}),
])
def test_what_no_field_takes_is_kept_in_context_beside_its_own(tmp_path: Path, name: str, left: dict) -> None:
    full = row(extra="1", empty="", none=None, properties={"taken": "t", "kept": [1, 2]}, list=[{"a": "x", "b": "y"}], scalar="s",
               context={"own": True}, channelId="web")
    flags = ("--rest", "context", "--map", "properties.taken=offerId", "--map", "list[0].a=creativeId", "--map", "scalar.x?=direction")
    assert load(write_rows(tmp_path / name, [full]), *flags) == 0
    [record] = records()
    assert (record["offerId"], record["creativeId"], record["channelId"]) == ("t", "x", "web")
    assert record["context"] == left | {"own": True}


def test_a_context_that_is_set_counts_more_than_what_is_left(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [row(a="left", b="left")])
    assert load(file, "--rest", "context", "--set", 'context={"a": "set"}') == 0
    assert records()[0]["context"] == {"a": "set", "b": "left"}


def test_a_second_column_of_a_field_is_kept_too(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [row(user="u", device="d"), row(id="e2", user=None, device="d2")])
    assert load(file, "--map", "user=customerId", "--map", "device=customerId", "--rest", "context") == 0
    assert [(one["customerId"], one["context"]) for one in records()] == [("u", {"customerId": "c1", "device": "d"}),
                                                                         ("d2", {"customerId": "c1", "device": "d2"})]


RULES = """
[map]
email = "customerId"

[set]
offerId = "o1"

[[row]]
name = "sent"
[row.map]
SentDate = "timestamp"
[row.set]
interactionType = "sent"

[[row]]
name = "open"
time = "%d.%m.%Y"
[row.when]
kind = ["html", ""]
[row.map]
OpenDate = "timestamp"
[row.set]
interactionType = "impression"
"""


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_gives_one_for_each_rule_that_it_fits(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.toml").write_text(RULES)
    rows = [
        {"id": "a", "email": "x", "SentDate": "2026-03-01", "OpenDate": "02.03.2026", "kind": "html"},
        {"id": "b", "email": "y", "SentDate": "2026-03-03", "OpenDate": None, "kind": "html"},
        {"id": "c", "email": "z", "SentDate": None, "OpenDate": "04.03.2026", "kind": None},
        {"id": "d", "email": "z", "SentDate": None, "OpenDate": "05.03.2026", "kind": "text"},
    ]
    assert load(write_rows(tmp_path / name, rows), "--mapping", str(tmp_path / "m.toml")) == 0
    assert [(one["id"], one["timestamp"][:10], one["interactionType"], one["customerId"], one["offerId"]) for one in records()] == [
        ("a-sent", "2026-03-01", "sent", "x", "o1"), ("a-open", "2026-03-02", "impression", "x", "o1"),
        ("b-sent", "2026-03-03", "sent", "y", "o1"), ("c-open", "2026-03-04", "impression", "z", "o1")]
    assert "1 row fits no [[row]] of the mapping and gave nothing" in capsys.readouterr().out


def test_a_row_that_cannot_be_read_is_rejected_once_by_rules(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[[row]]\nname = "a"\n[[row]]\nname = "b"\n[row.when]\nx = "*"\n')
    file = tmp_path / "rows.ndjson"
    file.write_text('{"broken"\n{"id": "1", "customerId": "c", "type": "t", "timestamp": "2026-01-01", "x": 1}\n')
    assert load(file, "--mapping", str(tmp_path / "m.toml"), "--id-from", "row") == 3
    assert sorted(one["id"][-2:] for one in records()) == ["-a", "-b"]
    assert len((tmp_path / "rows.ndjson.rejects.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_a_list_of_records_gives_a_row_each_with_what_is_around_it(tmp_path: Path, name: str) -> None:
    rows = [
        {"customerId": "c1", "id": "outer", "events": [{"id": "1", "type": "view", "timestamp": TIME + "Z", "deep": {"x": "p"}},
                                                       {"id": "2", "type": "click", "timestamp": TIME + "Z", "deep": {"x": "q"}}]},
        {"customerId": "c2", "id": "outer", "events": []},
        {"customerId": "c3", "id": "outer", "events": [{"id": "3", "type": "view", "timestamp": TIME + "Z", "deep": {"x": "r"}}]},
    ]
    flags = ("--records", "events", "--map", "#record.id=offerId", "--map", "deep.x=channelId", "--rest", "context")
    assert load(write_rows(tmp_path / name, rows), *flags) == 0
    found = [(one["id"], one["customerId"], one["interactionType"], one["offerId"], one["channelId"]) for one in records()]
    assert found == [("1", "c1", "view", "outer", "p"), ("2", "c1", "click", "outer", "q"), ("3", "c3", "view", "outer", "r")]
    assert records()[0]["context"] == {"events": {"deep": {}}}


def test_lists_within_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"campaign": "k", "emails": [
        {"email_id": "m1", "activity": [{"action": "open", "timestamp": TIME + "Z"}, {"action": "click", "timestamp": TIME + "Z"}]},
        {"email_id": "m2", "activity": []}, {"email_id": "m3"}, {"email_id": "m4", "activity": [{"action": "open", "timestamp": TIME + "Z"}]}]}]
    file = write_rows(tmp_path / "rows.ndjson", rows)
    flags = ("--map", "email_id=customerId", "--map", "campaign=offerId", "--map", "action=type", "--id-from", "row")
    assert load(file, "--records", "emails.activity", *flags) == 0
    assert sorted((one["customerId"], one["interactionType"], one["offerId"]) for one in records()) == [
        ("m1", "click", "k"), ("m1", "open", "k"), ("m4", "open", "k")]
    assert "--records nothing: no record has a list of records there" in refusal(capsys, file, "--records", "nothing")


def test_a_select_yields_the_fields_and_reads_that_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "it's {odd}.csv"
    file.write_text("who,n\nc1,1\nc2,2\n")
    (tmp_path / "other.csv").write_text("a\n1\n")
    sql = tmp_path / "s.sql"
    sql.write_text("select n as id, who as customerId, 'click' as type, date '2026-03-15' as timestamp, {'a': 1} as context "
                   "from '{file}' where n > 1;")
    assert load(file, "--select", str(sql), "--map", "who?=offerId") == 0
    assert [(one["id"], one["customerId"], one["context"]) for one in records()] == [("2", "c2", {"a": 1})]
    for statement, said in [
        (f"select * from '{tmp_path}/other.csv'", "Permission Error"), ("select 1; select 2", "one SELECT, not SELECT and SELECT"),
        (f"copy (select 1) to '{tmp_path}/x.csv'", "one SELECT, not COPY"), ("set threads = 1", "one SELECT, not SET"), ("selec", "--select: "),
        ("install httpfs", "one SELECT, not"), ("--", "one SELECT, not nothing"),
    ]:
        sql.write_text(statement)
        assert said in refusal(capsys, file, "--select", str(sql))
    assert not (tmp_path / "x.csv").exists()
