"""What compiled code reads of a log is what the engine reads of it, row for row and reject for reject."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data.loading.loading import LoadOptions, load_log
from data.mapping.instant_scan import instants
from data.mapping.mapping import Mapping, RowRule
from data.mapping.times import time_sql
from data.reading.members import members_of
from data.store.limits import StoreError
from data.store.store import Store

TIMES = ["2026-03-15T10:00:00.123Z", "2026-03-15 10:00:00+02:00", "2026-03-15", 1773568800000, "1773568800000", "15.03.2026", "soon", "",
         None, "2026-02-30T10:00:00Z", "Sun, 15 Mar 2026 10:00:00 GMT", 5, {"at": 1}, "0001-01-01T00:00:00+02:00", "2026-03-15T10:00:60Z"]
NAMES = ["id", "customerId", "interactionType", "timestamp", "offerId", "direction", "context", "response", "outcome", "offer", "creative",
         "channelId", "outcomeTypeKey", "properties", "extra"]
PLAIN_NUMBERS = ["1", "-7", "12.50", "1.0", "99.95", "0.0", "12345678.125"]
NUMBERS = [*PLAIN_NUMBERS, "0.000001", "1e3", "-0", "123456789012345678901", "-0.0", "1E-2"]


class Texts:
    """JSON as people write it, and as nobody should."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.odd = [0, 0.02, 0.3][seed % 3]

    def is_odd(self) -> bool:
        return self.chance.random() < self.odd

    def string(self) -> str:
        letters = "".join(self.chance.choices('ab/é☃😀 "\\\n\t', k=self.chance.randrange(6)))
        text = json.dumps(letters, ensure_ascii=self.chance.random() < 0.5).replace("/", self.chance.choice(["/", "\\/"]))
        return self.chance.choice([text, '"\\u0061"', '"\\ud83d"', '"\\u0007"', '"{\\"a\\":1}"', '"NaN"', '" {"']) if self.is_odd() else text

    def value(self, depth: int = 0) -> str:
        kind = self.chance.randrange(10)
        if kind < 2 and depth < 3:
            return self.object([(name, self.value(depth + 1)) for name in self.chance.sample(["a", "b", "c d", "é/~", "A", ""], 3)])
        if kind < 3 and depth < 3:
            return "[" + ",".join(self.value(depth + 1) for _ in range(self.chance.randrange(3))) + "]"
        if kind < 6:
            return self.string()
        if kind < 8:
            return self.chance.choice(NUMBERS if self.odd else PLAIN_NUMBERS)
        return self.chance.choice(["true", "false", "null", *(["NaN", "tru", "[1,]", "{", '"', "01", "1."] if self.is_odd() else [])])

    def object(self, members: list[tuple[str, str]]) -> str:
        if self.is_odd():
            members += members[:1]
        space = self.chance.choice(["", "", " ", "\t"])
        return "{" + f",{space}".join(f"{json.dumps(name, ensure_ascii=self.is_odd())}{space}:{space}{text}" for name, text in members) + "}"

    def record(self, nth: int) -> str:
        members = {
            "id": json.dumps(f"i{nth}"), "customerId": json.dumps(self.chance.choice(["c1", "c2", "c3", "" if self.odd else 7])),
            "interactionType": json.dumps(self.chance.choice(["click", "impression", *([True] if self.odd else [])])),
            "timestamp": json.dumps(self.chance.choice(TIMES if self.is_odd() else TIMES[:4])), "properties": self.value(),
        }
        for name, parts in (("offer", ["id", "name", "status"]), ("creative", ["id", "name", "channel"])):
            members[name] = self.object([(part, self.value(2) if part != "channel" else self.object([("id", self.string())])) for part in parts])
        worth = [*(NUMBERS if self.odd else PLAIN_NUMBERS), '"1.5"', "null"]
        members |= {"context": self.object([("device", self.string()), ("n", self.value(1))]),
                    "outcome": self.object([("conversionValue", self.chance.choice(worth))]), "extra": self.value()}
        if self.chance.random() < 0.3:
            del members[self.chance.choice(sorted(members))]
        if self.is_odd():
            members[self.chance.choice(sorted(members))] = self.value()
        return self.chance.choice(["[1]", "7", '"x"', "", "{", "{}"]) if self.is_odd() and self.is_odd() else self.object(list(members.items()))


MAPPINGS = {
    "none": Mapping(),
    "paths": Mapping(map=(("properties.a?", "offerId"), ("properties.b?", "context.kept"), ("extra?", "outcome.plan")), null=("c2",)),
    "ids": Mapping(id_from=("row",), rest="context"),
    "zone": Mapping(timezone="Europe/Berlin", set=(("direction", "inbound"), ("response.given", "yes")), decimal=","),
    "rules": Mapping(rows=(
        RowRule("seen", map=(("timestamp", "timestamp"),), set=(("interactionType", "impression"),)),
        RowRule("clicked", when=(("interactionType", ("click",)),), map=(("extra?", "offerId"),), set=(("interactionType", "click"),)),
    )),
    "lists": Mapping(map=(("extra[0]?", "offerId"),)),
}


def both_ways(monkeypatch: pytest.MonkeyPatch, folder: Path, file: Path, mapping: Mapping) -> Iterator[Any]:
    for compiled in (False, True):
        monkeypatch.setattr("data.loading.arriving._is_worth_compiling", lambda _, compiled=compiled: compiled)
        place = folder / f"{file.stem}-{compiled}"
        place.mkdir()
        store = Store.open(place)
        try:
            yield everything(store, file, mapping, place)
        finally:
            store.close()


def everything(store: Store, file: Path, mapping: Mapping, place: Path) -> Any:
    try:
        report = load_log(store, file, LoadOptions(tenant="acme", mapping=mapping), lambda _: None, place)
    except StoreError as problem:
        return str(problem)
    with open(report.rejects_file, encoding="utf-8", newline="") if report.rejects_file else nullcontext(()) as file:
        # How a row's own text is spelled depends on who read it first.
        rejects = [row[:2] for row in csv.reader(file)]
    with store.snapshot() as snapshot:
        rows = snapshot.rows("""
            select i.id, i."timestamp", c.id, t.id, o.id, i.value, i.context, i.response, i.outcome
            from interactions i
            join customers c on c."key" = i.customer
            join types t on t."key" = i.type
            left join offers o on o."key" = i.offer
            order by all
        """)
        described = [snapshot.rows(f"select id, name, {more} from {table} order by all")
                     for table, more in (("offers", "status"), ("creatives", "channel"), ("channels", "as_of"))]
    return report.loaded, report.rejected, report.ignored, report.unread_values, rejects, rows, described


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_json_lines_are_the_same_rows_either_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mapping: str) -> None:
    loaded = 0
    for seed in range(3):
        texts = Texts(seed)
        file = tmp_path / f"{seed}.ndjson"
        file.write_text("".join(texts.record(nth) + "\n" for nth in range(200)), encoding="utf-8")
        slow, fast = both_ways(monkeypatch, tmp_path, file, MAPPINGS[mapping])
        assert fast == slow, seed
        loaded += slow[0] if isinstance(slow, tuple) else 0
    assert loaded > 100


@pytest.mark.parametrize("mapping", ["none", "paths", "zone"])
def test_columns_are_the_same_rows_either_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mapping: str) -> None:
    loaded = 0
    for seed in range(3):
        texts = Texts(seed)
        objects = [texts.object([("a", texts.value(1))]) for _ in range(6)] + ["", "{}"]
        lines = [",".join(NAMES)]
        for nth in range(200):
            cells = [f"i{nth}", "c1", "click", str(texts.chance.choice(TIMES if texts.is_odd() else TIMES[:2])), "o", "",
                     *(texts.chance.choice(objects) if not texts.is_odd() else texts.value() for _ in range(5)), "", "", "p", "x"]
            lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
        file = tmp_path / f"{seed}.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        slow, fast = both_ways(monkeypatch, tmp_path, file, MAPPINGS[mapping])
        assert fast == slow, seed
        loaded += slow[0] if isinstance(slow, tuple) else 0
    assert loaded > 100


def test_a_plain_text_has_what_the_engine_finds_in_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    plain = 0
    try:
        cursor = store.cursor()
        for seed in range(30):
            texts = Texts(seed)
            lines = [texts.record(nth) for nth in range(50)]
            members = members_of(pa.array(lines))
            assert members
            cursor.register("lines", pa.table({"text": lines}))
            rows = np.flatnonzero(members.plain)
            plain += len(rows)
            todo: list[tuple[str, ...]] = [()]
            while todo:
                steps = todo.pop()
                pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
                found = cursor.execute("""
                    select try(json_extract_string(text, $at)), nullif(try(json_extract(text, $at)::varchar), 'null')
                    from lines
                """, {"at": pointer}).fetchall()
                read = zip(*(column.to_pylist() for column in members.columns([(steps, False), (steps, True)], rows)), strict=True)
                assert list(read) == [found[row] for row in rows], steps
                todo += [(*steps, name) for name in members.names(steps) or ()]
            cursor.unregister("lines")
    finally:
        store.close()
    assert plain > 500


def test_more_paths_than_are_kept_apart_are_left_to_the_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context = {f"key {nth}": nth for nth in range(2000)}
    assert members_of(pa.array([json.dumps({"context": context})])) is None
    row = {"id": "i", "customerId": "c", "interactionType": "click", "timestamp": "2026-03-15", "context": context}
    file = tmp_path / "wide.ndjson"
    file.write_text(json.dumps(row), encoding="utf-8")
    slow, fast = both_ways(monkeypatch, tmp_path, file, Mapping())
    assert fast == slow
    assert json.loads(fast[5][0][6]) == context


def test_a_record_as_deep_as_is_taken_is_read_and_a_deeper_one_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "deep.ndjson"
    row = {"id": "i", "customerId": "c", "interactionType": "click", "timestamp": "2026-03-15"}
    file.write_text("".join(
        json.dumps(row | {"id": str(deep)})[:-1] + ',"context":{"a":' + "[" * deep + "]" * deep + "}}\n" for deep in (498, 499)
    ), encoding="utf-8")
    for found in both_ways(monkeypatch, tmp_path, file, Mapping()):
        assert found[:2] == (1, 1)
        assert found[4][1:] == [["2", "this is not JSON: it is nested deeper than 500 levels"]]


def spelled(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return str(chance.choice([946_684_799_999, 946_684_800_000, 1_700_000_000_000, 2_700_000_000_000, 123_456_789_012]))
    text = f"{chance.choice([1, 2, 999, 1582, 1900, 1970, 2000, 2023, 2024, 9998, 9999, 0]):04}-{chance.randint(0, 13):02}-{chance.randint(0, 32):02}"
    if chance.random() < 0.1:
        return text
    text += chance.choice("Tt  x") + f"{chance.randint(0, 25):02}:{chance.randint(0, 61):02}:{chance.randint(0, 61):02}"
    if chance.random() < 0.6:
        text += chance.choice(".,") + str(chance.randint(0, 10 ** chance.randint(0, 8)))
    return text + chance.choice(["", "Z", "z", "+02:00", "-0530", "+01", " UTC", "+24:00", "-00:60", "Z ", " GMT", "+1:00"])


@pytest.mark.parametrize("zone", ["", "Europe/Berlin", "+05:30"])
def test_a_time_that_is_known_is_the_one_that_the_engine_reads(tmp_path: Path, zone: str) -> None:
    chance = random.Random(zone)
    texts = [spelled(chance) for _ in range(20_000)] + [None, "", "now", "2024-02-29", "2023-02-29", "2026-03-15T10:00:00.123456Z"]
    store = Store.open(tmp_path)
    try:
        cursor = store.cursor()
        cursor.register("texts", pa.table({"nth": range(len(texts)), "text": texts}))
        sql = f"""select nth, epoch_us(({time_sql("text", "", zone)})::timestamp) from texts"""
        expected = dict(cursor.execute(sql).fetchall())
    finally:
        store.close()
    known = {nth: moment for nth, moment in enumerate(instants(pa.array(texts), bool(zone)).cast(pa.int64()).to_pylist()) if moment is not None}
    assert known == {nth: expected[nth] for nth in known}
    assert len(known) > 3000
    assert (len(texts) - 1 in known) and (len(texts) - 3 in known) == (not zone)
