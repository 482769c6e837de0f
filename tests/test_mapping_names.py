"""Where a field is read from: names, paths, positions, and what counts more than what."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.mapping.mapping import Mapping
from data.mapping.paths import path_of
from data.store.limits import StoreError
from tests.loaded_files import load, records, refusal, write_rows

FORMATS = ("rows.ndjson", "rows.csv", "rows.parquet")
TIME = "2026-03-15T14:30:00.000"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IH_HOME", str(tmp_path / "home"))


def row(**values: object) -> dict:
    return {"id": "e1", "customerId": "c1", "type": "click", "timestamp": TIME + "Z"} | values


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("written", "named"), [
    ("User ID", "User ID"), ("User ID", "user_id"), ("user-id", "UserId"), ("USERID", "user id"), ("user.id", "user.id"), ("user.id", '"user.id"'),
    ("a=b", "a=b"), ("Opened?", "Opened?"), ("[0]", "[0]"),
])
def test_a_column_is_found_by_its_name_else_without_regard_to_case_blanks_and_lines(tmp_path: Path, name: str, written: str, named: str) -> None:
    file = write_rows(tmp_path / name, [row(**{written: "u1"})])
    assert load(file, "--map", f"{named}=customerId") == 0
    assert [one["customerId"] for one in records()] == ["u1"]


@pytest.mark.parametrize("name", FORMATS)
def test_the_exact_name_counts_before_one_that_is_spelled_otherwise(tmp_path: Path, name: str) -> None:
    names = {"userid": "exact", "user_id": "other"} if name != "rows.parquet" else {"user_id": "other", "userid": "exact"}
    file = write_rows(tmp_path / name, [row(**names)])
    assert load(file, "--map", "userid=customerId") == 0
    assert [one["customerId"] for one in records()] == ["exact"]


@pytest.mark.parametrize("name", FORMATS)
def test_several_columns_that_fit_are_refused_by_name(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_rows(tmp_path / name, [row(**{"user_id": "u", "User-Id": "v"})])
    said = refusal(capsys, file, "--map", "USERID=customerId")
    assert "--map USERID=customerId: 'USERID' may be 'User-Id' or 'user_id': write the one that is meant as it stands." in said
    assert str(file) in said


@pytest.mark.parametrize("name", FORMATS)
def test_recognised_names_are_found_without_regard_to_case_where_only_one_fits(tmp_path: Path, name: str) -> None:
    plain = {"ID": "e1", "Customer ID": "c1", "Interaction Type": "click", "TIMESTAMP": TIME + "Z", "Offer-Id": "o1",
             "channel id": "w", "ChannelID": "x"}
    assert load(write_rows(tmp_path / name, [plain])) == 0
    [record] = records()
    found = [record[name] for name in ("id", "customerId", "interactionType", "offerId", "channelId")]
    assert found == ["e1", "c1", "click", "o1", None]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("path", "value"), [
    ("properties.time", "T"), ("properties.User Id", "u"), ("properties.userid", "u"), ("identityMap.ECID[0].id", "ecid"),
    ("identityMap.ECID[1].id?", None), ("Properties.list[1]", "b"), ('properties."a.b"', "dotted"), ("text.device.model", "phone"),
    ("text.list[0].n", "1"), ("properties.nothing?", None),
])
def test_a_path_leads_through_objects_lists_and_json_in_texts(tmp_path: Path, name: str, path: str, value: str | None) -> None:
    properties = {"time": "T", "User Id": "u", "list": ["a", "b"], "a.b": "dotted"}
    nested = row(properties=properties, identityMap={"ECID": [{"id": "ecid"}]}, text='{"device": {"model": "phone"}, "list": [{"n": 1}]}')
    assert load(write_rows(tmp_path / name, [nested]), "--map", f"{path}=offerId") == 0
    assert [one["offerId"] for one in records()] == [value]


def test_a_path_may_be_an_object_in_one_row_and_its_text_in_another(tmp_path: Path) -> None:
    rows = [row(id="a", p={"x": "1"}), row(id="b", p='{"x": "2"}'), row(id="c", p="x"), row(id="d")]
    assert load(write_rows(tmp_path / "rows.ndjson", rows), "--map", "p.x=offerId") == 0
    assert [one["offerId"] for one in records()] == ["1", "2", None, None]


def test_a_column_is_taken_by_its_position_where_it_has_no_name_or_shares_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(f",customerId,type,timestamp,name,name\n7,c1,click,{TIME}Z,a,b\n")
    assert load(file, "--map", "#1=id", "--map", "#6=offerId") == 0
    assert [(one["id"], one["offerId"]) for one in records()] == [("7", "b")]
    said = refusal(capsys, file, "--map", "name=offerId")
    assert "there are columns #5 and #6 of the name 'name': map the one that is meant by its position" in said
    assert "there are 6 columns" in refusal(capsys, file, "--map", "#7=id")


def test_the_parts_of_a_files_place_are_columns(tmp_path: Path) -> None:
    folder = tmp_path / "event_type=open" / "date=2026-03-15"
    folder.mkdir(parents=True)
    bare = row()
    del bare["type"]
    write_rows(folder / "part-0.ndjson", [bare])
    flags = ("--map", "event_type=type", "--map", "#file=offerId", "--map", "#folder=channelId", "--rest", "context")
    assert load(tmp_path / "event_type=open", *flags) == 0
    [record] = records()
    assert (record["interactionType"], record["offerId"], record["channelId"]) == ("open", "part-0.ndjson", "date=2026-03-15")
    assert record["context"] == {"date": "2026-03-15"}


@pytest.mark.parametrize("name", FORMATS)
def test_one_column_gives_several_fields_and_members(tmp_path: Path, name: str) -> None:
    file = write_rows(tmp_path / name, [row(worth="12.50", place={"city": "Ulm"}, context={"own": 1})])
    flags = ("--map", "worth=offerId", "--map", "worth=outcome.conversionValue", "--map", "worth=context.money.eur",
             "--map", "place.city=context.city")
    assert load(file, *flags) == 0
    [record] = records()
    assert (record["offerId"], record["value"], record["outcome"]) == ("12.50", 12.5, {"conversionValue": "12.50"})
    assert record["context"] == {"own": 1, "money": {"eur": "12.50"}, "city": "Ulm"}


def test_a_column_mapped_to_a_field_is_no_longer_what_its_name_says_but_one_mapped_to_a_member_is(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [row(channelId="web", direction="in")])
    assert load(file, "--map", "timestamp=context.at", "--map", "channelId=offerId", "--map", "direction=context.way") == 0
    [record] = records()
    assert (record["timestamp"], record["offerId"], record["channelId"], record["direction"]) == (TIME, "web", None, "in")
    assert record["context"] == {"at": TIME + "Z", "way": "in"}


def test_members_keep_the_kind_of_their_value(tmp_path: Path) -> None:
    rows = [row(a=1.5, b=True, c=None, d=[1, {"e": None}], f="")]
    flags = [flag for name in "abcdf" for flag in ("--map", f"{name}=context.{name}")]
    assert load(write_rows(tmp_path / "rows.ndjson", rows), *flags, "--set", "context.g=x") == 0
    assert records()[0]["context"] == {"g": "x", "a": 1.5, "b": True, "d": [1, {"e": None}], "f": ""}


def test_set_wins_over_any_column_and_over_the_tenant_of_a_row(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.csv", [row(tenantId="other", channel="web")])
    flags = ("--set", "type=view", "--map", "channel=channelId", "--set", "channelId=o'x", "--set", "tenantId=acme",
             "--set", "outcome.conversionValue=3")
    assert load(file, *flags) == 0
    [record] = records()
    assert (record["tenantId"], record["interactionType"], record["channelId"], record["value"]) == ("acme", "view", "o'x", 3)


def test_a_file_that_names_another_tenant_is_refused_naming_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_rows(tmp_path / "rows.csv", [row(), row(id="e2", tenantId="other")])
    assert "a row names the tenant 'other', but --tenant is 'acme'. With --set tenantId=acme" in refusal(capsys, file)
    assert records() == []


def test_a_column_that_is_nowhere_is_refused_unless_it_may_be_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_rows(tmp_path / "rows.ndjson", [row(properties={"a": 1})])
    said = refusal(capsys, file, "--map", "properties.b=offerId")
    assert "there is no column 'properties.b'. Write 'properties.b?' for one that a file may lack." in said
    assert "Columns: customerId, id, properties, timestamp, type." in said
    assert load(file, "--map", "properties.b?=offerId") == 0


def test_files_of_entities_are_mapped_alone_by_any_field_and_beside_a_log_by_their_own(tmp_path: Path) -> None:
    offers = write_rows(tmp_path / "offers.csv", [{"Offer": "o1", "Title": "Card", "State": "active"}])
    log = write_rows(tmp_path / "rows.ndjson", [row(Offer="o1")])
    flags = ("--map", "Offer=offers.id", "--map", "title=offers.name", "--map", "state=offers.status", "--map", "offer=offerId")
    assert load(log, "--offers", str(offers), *flags) == 0
    from data.commands import main
    assert main(["load", "--tenant", "acme", "--offers", str(offers), "--map", "offer=id", "--map", "title=name", "--set", "status=old"]) == 0
    assert [one["offerId"] for one in records()] == ["o1"]


@pytest.mark.parametrize("arguments", [
    ["--map", "a=offers.nofield"], ["--map", "a=context."], ["--map", "a=offerId.x"], ["--set", "nofield=1"], ["--set", "x"], ["--value", "x"],
    ["--rest", "response"], ["--as", "nothing"], ["--mapping", "nowhere.toml"], ["--select", "nowhere.sql"], ["--map", '".=id'],
])
def test_flags_that_say_nothing_are_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        load(write_rows(tmp_path / "rows.ndjson", [row()]), *arguments)
    assert end.value.code == 2


def test_a_path_has_steps() -> None:
    assert path_of("a.b[0][12].c").steps == ("a", "b", 0, 12, "c")
    assert path_of('"a.b"."c\\"d"').steps == ("a.b", 'c"d')
    assert path_of("#12").position == 12
    assert path_of("a?").optional
    with pytest.raises(StoreError, match="is no path"):
        path_of("")


def test_a_higher_mapping_replaces_what_it_speaks_of_and_keeps_the_rest() -> None:
    low = Mapping(map=(("a", "id"), ("b", "customerId")), set=(("direction", "in"),),
                  value=(("X", "click"), ("Y", "view")), time="seconds", null=("-",))
    high = Mapping(map=(("c", "id"), ("d", "direction")), value=(("x", "accept"),), id_from=(), null=("NA",), time="excel")
    both = high.over(low)
    assert both.map == (("c", "id"), ("d", "direction"), ("b", "customerId"))
    assert (both.set, both.value, both.time, both.null) == ((), (("x", "accept"), ("Y", "view")), "excel", ("NA", "-"))
    assert Mapping(id_from=("row",)).over(low).map == (("b", "customerId"),)
    assert Mapping(map=(("c", "id"),)).over(Mapping(id_from=("row",))).id_from == ()
