from __future__ import annotations

import csv
import json
import random
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.loading.loading import LoadOptions, load_entities, load_log
from data.loading.transaction import Stop, Stopped
from data.mapping.mapping import Mapping
from data.store.limits import StoreError
from data.store.store import Store
from tests.logs import ACME, Log, interaction, tangled_rows
from tests.store_checks import contents, faults, loaded

CUT = Path(__file__).parent / "data" / "open-bandit-cut.ndjson"


def written(folder: Path, rows: list[dict], name: str = "log.ndjson") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def rejected(summary) -> list[tuple[int, str]]:
    with open(summary.rejects_file, encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


def test_a_real_log_loads_without_a_flag(log: Log, tmp_path: Path) -> None:
    file = tmp_path / CUT.name
    file.write_bytes(CUT.read_bytes())
    summary = loaded(log.store, file)
    assert (summary.read, summary.loaded, summary.known, summary.conflicts, summary.rejected) == (600, 600, 0, 0, 0)
    assert (summary.oldest, summary.newest) == ("2019-11-24T00:00:17.004Z", "2019-11-25T01:50:35.842Z")
    assert summary.described == 144 + 272 + 3
    assert summary.ignored == () and summary.rejects_file is None
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select id from tenants") == [("zozotown",)]
        assert snapshot.rows("""
            select types.id, count(*), count(distinct customer)
            from interactions
            join types on types."key" = type
            group by all
            order by all
        """) == [("click", 50, 37), ("impression", 550, 130)]
        assert snapshot.rows("select name, status from offers where id = 'item_all_079'") == [("All item 79", "active")]
        assert snapshot.rows("""
            select creatives.name, channels.id, channels.name
            from creatives
            join channels on channels."key" = channel
            where creatives.id = 'item_all_079_centre'
        """) == [("Centre slot", "web_all", "Web all")]
    assert faults(log.store) == []


def test_loading_a_file_twice_changes_nothing(log: Log) -> None:
    loaded(log.store, CUT)
    before = contents(log.store)
    summary = loaded(log.store, CUT)
    assert (summary.read, summary.loaded, summary.known, summary.conflicts) == (600, 0, 600, 0)
    assert summary.version == 1
    assert contents(log.store) == before
    assert faults(log.store) == []


def test_a_known_id_with_other_content_is_a_conflict_and_the_first_stays(log: Log, tmp_path: Path) -> None:
    log.load(interaction("ih_1", offerId="off_a", context={"n": 1}))
    changed = interaction("ih_1", offerId="off_b", context={"n": 2})
    summary = loaded(log.store, written(tmp_path, [changed, interaction("ih_2"), interaction("ih_2", customerId="Z")]))
    assert (summary.loaded, summary.known, summary.conflicts, summary.clean) == (1, 0, 2, False)
    assert rejected(summary) == [
        (1, "conflict: already loaded with a different offerId, context"),
        (3, "conflict: already loaded with a different customerId"),
    ]
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select id from offers") == [("off_a",)]
        assert snapshot.rows("select id from customers") == [("CUST001",)]
    assert faults(log.store) == []


def test_the_same_id_of_two_tenants_is_two_rows(log: Log) -> None:
    log.load(interaction("ih_1"), interaction("ih_1", tenantId="other", customerId="X"))
    log.load(interaction("ih_1", tenantId="third"))
    assert len(contents(log.store)["interactions"]) == 3
    assert faults(log.store) == []


def test_rows_that_cannot_be_read_are_listed_with_line_and_reason_and_the_rest_loads(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    good = json.dumps(interaction("ok"))
    lines = [
        good.encode(),
        b"",
        b"{not json}",
        b"[1, 2]",
        json.dumps({"tenantId": "t", "timestamp": "2026-02-30T10:00:00Z"}).encode(),
        json.dumps(interaction("a", context=[1])).encode(),
        json.dumps(interaction("b", outcome="sold")).encode(),
        json.dumps(interaction("c", customerId={"id": 1}, offer=7)).encode(),
        json.dumps(interaction("d", tenantId="")).encode(),
        b'{"id": "\xff"}',
        json.dumps(interaction("e", context={"n": float("nan")})).encode(),
        json.dumps(interaction("f", context={"text": "NaN, Infinity"})).encode(),
    ]
    file.write_bytes(b"\n".join(lines))
    summary = loaded(log.store, file)
    assert (summary.read, summary.loaded, summary.rejected) == (11, 2, 9)
    assert summary.rejects_file == str(tmp_path / "log.ndjson.rejects.csv")
    assert rejected(summary) == [
        (3, "this is not JSON"),
        (4, "this is not a JSON object"),
        (5, "id is missing; customerId is missing; interactionType is missing; "
            "timestamp is neither an ISO 8601 time in the years 1 to 9999 nor epoch milliseconds: 2026-02-30T10:00:00Z"),
        (6, "context is not a JSON object"),
        (7, "outcome is not a JSON object"),
        (8, "customerId is not text"),
        (9, "no tenant: give --tenant"),
        (10, "byte 9 of the line is not UTF-8 text: give --encoding, such as cp1252 for files of Windows"),
        (11, "this is not JSON: NaN is not a JSON number"),
    ]
    assert {row[1] for row in contents(log.store)["interactions"]} == {"ok", "f"}


def test_rejects_and_conflicts_are_listed_in_the_order_of_the_file_a_row_to_a_line(log: Log, tmp_path: Path) -> None:
    file = written(tmp_path, [interaction("a"), {"id": 1}, interaction("a", direction="x"), {"id": 2}, interaction("a"), {"id": 3}])
    summary = loaded(log.store, file)
    assert (summary.loaded, summary.known, summary.conflicts, summary.rejected) == (1, 1, 1, 3)
    assert [line for line, _ in rejected(summary)] == [2, 3, 4, 6]
    assert len(Path(summary.rejects_file).read_text().splitlines()) == 1 + 4


def test_an_old_list_of_rejects_goes_when_there_are_none(log: Log, tmp_path: Path) -> None:
    file = written(tmp_path, [interaction("x", timestamp=None)])
    assert loaded(log.store, file).rejects_file
    written(tmp_path, [interaction("x")])
    assert loaded(log.store, file).rejects_file is None
    assert not (tmp_path / "log.ndjson.rejects.csv").exists()


def test_a_strict_load_keeps_nothing_of_a_file_with_a_reject(log: Log, tmp_path: Path) -> None:
    file = written(tmp_path, [interaction("a"), {"id": "b"}])
    summary = loaded(log.store, file, LoadOptions(strict=True))
    assert (summary.kept, summary.loaded, summary.rejected) == (False, 0, 1)
    assert rejected(summary)[0][0] == 2
    assert contents(log.store)["interactions"] == []
    with log.store.snapshot() as snapshot:
        assert snapshot.version == 0 and snapshot.rows("select * from loads") == []


def test_a_file_of_another_tenant_than_the_one_given_is_refused_unless_that_is_set(log: Log, tmp_path: Path) -> None:
    plain = interaction("b")
    del plain["tenantId"]
    file = written(tmp_path, [plain, interaction("a")])
    with pytest.raises(StoreError, match="log.ndjson: a row names the tenant 'acme', but --tenant is 'o'given'. With --set tenantId=o'given"):
        loaded(log.store, file, LoadOptions(tenant="o'given"))
    assert contents(log.store)["interactions"] == []
    loaded(log.store, file, LoadOptions(tenant="o'given", mapping=Mapping(set=(("tenant_id", "o'set"),))))
    loaded(log.store, written(tmp_path, [plain]), LoadOptions(tenant="o'given"))
    assert [row[:2] for row in contents(log.store)["interactions"]] == [("o'given", "b"), ("o'set", "a"), ("o'set", "b")]


def test_foreign_columns_are_read_as_the_fields_they_are_mapped_to(log: Log, tmp_path: Path) -> None:
    row = {"event": "e1", "tenant_id": "t", "customer_id": "c", "type": "view", "outcome": "seen", "timestamp": 1773585000000, "a/b~": "web"}
    terms = LoadOptions(mapping=Mapping(map=(("event", "id"), ("outcome", "outcomeTypeKey"), ("a/b~", "channelId"))))
    summary = loaded(log.store, written(tmp_path, [row | {"extra": 1}]), terms)
    assert summary.ignored == ("extra",)
    assert contents(log.store)["interactions"] == [
        ("t", "e1", datetime(2026, 3, 15, 14, 30), "c", "view", None, None, "web", None, "seen", None, "{}", "{}", "{}")]


def test_a_mapped_column_that_the_file_does_not_have_is_an_error(log: Log, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="--map evnt=id: there is no column 'evnt'"):
        loaded(log.store, written(tmp_path, [interaction("a")]), LoadOptions(mapping=Mapping(map=(("evnt", "id"),))))
    assert contents(log.store)["interactions"] == []


def test_json_is_kept_compact_and_numbers_keep_their_value(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    base = json.dumps(interaction("a"))[:-1]
    objects = '"context": { "big": 12345678901234567890123, "one": 1.0, "text": "a  b" }, "response": null, "outcome": ""'
    file.write_text(f"{base}, {objects}}}")
    loaded(log.store, file)
    assert contents(log.store)["interactions"][0][-3:] == ('{"big":12345678901234567890123,"one":1.0,"text":"a  b"}', "{}", "{}")


@pytest.mark.parametrize(("given", "value"), [
    (12.5, 12.5), (0, 0.0), (-3, -3.0), ("19.90", 19.9), ("1e3", 1000.0), (" 7 ", 7.0),
    ("", None), ("12,50", None), ("1_000", None), ("nan", None), ("inf", None), (True, None), (None, None), ([1], None),
    ({"a": 1}, None), ("0x10", None), ("1e999", None),
])
def test_money_is_a_finite_number_or_the_text_of_one(log: Log, given: object, value: float | None) -> None:
    log.load(interaction("a", outcome={"conversionValue": given}))
    assert contents(log.store)["interactions"][0][-4] == value


def test_a_row_without_outcome_type_has_that_of_its_interaction_type(log: Log) -> None:
    log.load(interaction("a", interactionType="click"), interaction("b", interactionType="click", outcomeTypeKey="good"))
    assert [row[9] for row in contents(log.store)["interactions"]] == ["click", "good"]


def test_ids_missing_beside_a_nested_object_come_from_it_and_others_stay_as_logged(log: Log) -> None:
    offer, channel = {"id": "o", "name": "Offer"}, {"id": "ch", "name": "Channel"}
    log.load(interaction("a", offer=offer, creative={"id": "c", "name": "Creative", "channel": channel}),
             interaction("b", offerId="p", offer=offer))
    assert [row[5:8] for row in contents(log.store)["interactions"]] == [("o", "c", None), ("p", None, None)]
    assert [row[1:5] for row in contents(log.store)["offers"]] == [("o", True, "Offer", None), ("p", False, None, None)]


def test_the_newest_description_of_an_entity_wins_in_whichever_order_they_load(log: Log) -> None:
    def row(id: str, day: int, name: str) -> dict:
        return interaction(id, f"2026-03-{day:02d}T00:00:00Z", offer={"id": "o", "name": name, "status": "active"})

    log.load(row("a", 2, "second"))
    log.load(row("b", 1, "first"))
    assert contents(log.store)["offers"] == [(ACME, "o", True, "second", "active", datetime(2026, 3, 2))]
    log.load(row("d", 4, "fourth"), row("c", 3, "third"))
    assert contents(log.store)["offers"][0][3] == "fourth"


def test_an_entity_file_describes_from_now_on(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "creatives.csv"
    file.write_text("id,name,channelId,colour\nc,Renamed,ch,red\n,No id,,\n")
    summary = load_entities(log.store, "creatives", file, LoadOptions(tenant=ACME), lambda _: None, tmp_path)
    assert (summary.read, summary.described, summary.rejected, summary.ignored) == (2, 1, 1, ("colour",))
    assert rejected(summary) == [(3, "id is missing")]
    log.load(interaction("a", creative={"id": "c", "name": "As logged"}))
    assert [row[:5] for row in contents(log.store)["creatives"]] == [(ACME, "c", True, "Renamed", "ch")]
    assert [row[:3] for row in contents(log.store)["channels"]] == [(ACME, "ch", False)]


def test_rows_behind_the_newest_one_are_appended_until_they_are_an_eighth(log: Log) -> None:
    log.load(*(interaction(f"new_{number:02d}") for number in range(16)))
    log.load(interaction("old_1", "2020-01-01T00:00:00Z"), interaction("old_2", "2020-01-01T00:00:00Z"))
    assert not log.in_order()
    log.load(interaction("old_3", "2019-01-01T00:00:00Z"))
    assert log.in_order()
    with log.store.snapshot() as snapshot:
        assert [id for (id,) in snapshot.rows("select id from interactions order by rowid limit 3")] == ["old_3", "old_1", "old_2"]
    assert faults(log.store) == []


def test_newer_rows_keep_the_store_in_order_without_writing_it_anew(log: Log) -> None:
    log.load(interaction("b"))
    log.load(interaction("c"), interaction("a", "2027-01-01T00:00:00Z"))
    assert log.in_order()
    assert faults(log.store) == []


@pytest.mark.parametrize("rows", [
    [("b", "10:00"), ("a", "10:00"), ("c", "11:00")],
    [("c", "11:00"), ("a", "10:00"), ("b", "10:00")],
    [("a", "10:00"), ("b", "10:00"), ("c", "11:00")],
], ids=["ties out of order", "newest first", "in order"])
def test_records_lie_in_the_order_of_time_and_id_whatever_that_of_the_lines(log: Log, rows: list[tuple[str, str]]) -> None:
    log.load(*(interaction(id, f"2026-03-01T{time}:00Z") for id, time in rows))
    with log.store.snapshot() as snapshot:
        assert [id for (id,) in snapshot.rows("select id from interactions order by rowid")] == ["a", "b", "c"]
    assert log.in_order()
    assert faults(log.store) == []


def parts(rows: list[dict], cuts: list[int]) -> list[list[dict]]:
    places = [0, *sorted(cuts), len(rows)]
    return [rows[start:end] for start, end in zip(places, places[1:], strict=False) if end > start]


@settings(max_examples=8)
@given(seed=st.integers(0, 1000), shuffle=st.integers(0, 1000), cuts=st.lists(st.integers(0, 60), max_size=5), again=st.booleans())
def test_however_rows_are_ordered_and_cut_into_files_the_store_is_the_same(tmp_path_factory, seed, shuffle, cuts, again) -> None:
    rows = tangled_rows(seed, 40, "acme") + tangled_rows(seed, 20, "zenith")
    folder = tmp_path_factory.mktemp("split")
    with Log(folder / "one") as one, Log(folder / "many") as many:
        one.load(*rows)
        random.Random(shuffle).shuffle(rows)
        for part in parts(rows, cuts):
            many.load(*part)
            if again:
                assert loaded(many.store, written(folder, part)).known == len(part)
            assert faults(many.store) == []
        assert contents(many.store) == contents(one.store)


def test_an_error_while_the_journeys_are_written_leaves_the_store_as_before(log: Log, tmp_path: Path, monkeypatch) -> None:
    loaded(log.store, CUT)
    before = contents(log.store)

    def crash(*_: object) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as patch:
        patch.setattr("data.loading.writing._write_journeys", crash)
        with pytest.raises(RuntimeError, match="crash"):
            loaded(log.store, written(tmp_path, [interaction("a"), {}]))
    assert contents(log.store) == before
    assert faults(log.store) == []
    assert [file.name for file in tmp_path.iterdir() if "rejects" in file.name] == []
    assert loaded(log.store, written(tmp_path, [interaction("a")])).version == 2


@pytest.mark.parametrize("phase", ["reading", "looking for known rows", "writing interactions", "writing journeys", "committing"])
def test_a_stopped_load_leaves_the_store_as_before(log: Log, tmp_path: Path, phase: str) -> None:
    log.load(interaction("z"))
    before, stop = contents(log.store), Stop()

    def tell(progress) -> None:
        if progress.phase == phase:
            stop.now()

    with pytest.raises(Stopped):
        load_log(log.store, written(tmp_path, [interaction("a")]), LoadOptions(), tell, tmp_path, stop)
    assert contents(log.store) == before
    assert faults(log.store) == []


def test_readers_see_the_old_rows_until_the_commit(log: Log, tmp_path: Path) -> None:
    log.load(interaction("z"))
    seen = []

    def tell(progress) -> None:
        with log.store.snapshot() as snapshot:
            seen.append((snapshot.version, *snapshot.rows("select count(*) from interactions")[0],
                         *snapshot.rows("select count(*) from journeys")[0], *snapshot.rows("select count(*) from ids")[0]))

    load_log(log.store, written(tmp_path, [interaction("a")]), LoadOptions(), tell, tmp_path)
    assert set(seen) == {(1, 1, 1, 1)} and len(seen) > 3
    with log.store.snapshot() as snapshot:
        assert (snapshot.version, *snapshot.rows("select count(*) from journeys")[0]) == (2, 2)


def test_what_was_loaded_is_there_after_reopening(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    loaded(store, CUT)
    before = contents(store)
    store.close()
    store = Store.open(tmp_path)
    assert contents(store) == before and faults(store) == []
    store.close()


def test_an_empty_file_loads_as_no_rows(log: Log, tmp_path: Path) -> None:
    summary = loaded(log.store, written(tmp_path, []))
    assert (summary.read, summary.loaded, summary.version) == (0, 0, 0)




def test_values_that_are_not_numbers_are_counted_and_the_first_is_shown(log: Log, tmp_path: Path) -> None:
    values = ["12.5", "-3", 7, None, "", "1,234.56", "12.50 EUR", "$12.50", "12,50"]
    summary = loaded(log.store, written(tmp_path, [interaction(f"{n}", outcome={"conversionValue": value}) for n, value in enumerate(values)]))
    assert (summary.loaded, summary.unread_values, summary.unread_value, summary.unread_line) == (9, 4, "1,234.56", 6)
    assert "  4 conversion values are not numbers and are in no sum, such as '1,234.56' on line 6; --decimal . reads 3 of them\n" in f"{summary}\n"
    again = loaded(log.store, written(tmp_path, [interaction("one", outcome={"conversionValue": "€ 5"})]))
    assert "  1 conversion value is not a number and is in no sum, such as '€ 5' on line 1; --decimal , reads 1 of them\n" in f"{again}\n"
    assert "conversion value" not in str(loaded(log.store, written(tmp_path, [interaction("none", outcome={"conversionValue": "5"})])))
