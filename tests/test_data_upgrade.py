"""A store of an earlier format is brought up where it lies; whatever goes wrong meanwhile, the earlier one is still there."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from data.loading.listing import loads
from data.loading.transaction import Stop
from data.loading.unloading import NotNoted, unload
from data.store import opening
from data.store.home import Formats
from data.store.limits import StoreError
from data.store.store import FILE_NAME, Store
from tests.logs import Log, interaction
from tests.store_checks import contents, faults

ROOT = Path(__file__).parent.parent
FORMAT_1 = (ROOT / "tests" / "data" / "store-format-1.sql").read_text()
FORMAT_2 = (ROOT / "tests" / "data" / "store-format-2.sql").read_text()
FORMAT_3 = (ROOT / "tests" / "data" / "store-format-3.sql").read_text()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of format 1."""
    path = tmp_path / FILE_NAME
    with duckdb.connect(str(path)) as connection:
        connection.execute(FORMAT_1)
    return path


def copy_of(path: Path) -> Path:
    return path.with_name(FILE_NAME + ".before-upgrade")


def format_1(path: Path) -> tuple[int, list[tuple], list[tuple]]:
    """The format a file says it has, and what only format 1 had."""
    with duckdb.connect(str(path), read_only=True) as connection:
        [(format_,)] = connection.execute("select format from store").fetchall()
        customers = connection.execute("select id, hash = hash(id) from customers order by id").fetchall()
        rows = connection.execute('select i.id from ids join interactions i on i.rowid = ids."row" where ids.hash = hash(i.id) order by 1').fetchall()
    return format_, customers, rows


OF_FORMAT_1 = (1, [("ada", True), ("ben", True)], [("a",), ("b",), ("c",)])


def test_a_store_of_format_1_holds_the_same_after_its_upgrade_and_takes_further_loads(old: Path) -> None:
    assert format_1(old) == OF_FORMAT_1
    told: list[str] = []
    Store(old, tell=told.append).close()
    assert told == [f"Upgrading {old} from format 1 to {opening.FORMATS.newest}; a copy is kept until it has succeeded …"]
    assert sorted(path.name for path in old.parent.iterdir()) == [FILE_NAME]
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    with Log(old.parent) as log:
        assert faults(log.store) == []
        assert [row[:6] for row in contents(log.store)["interactions"]] == [
            ("acme", id_, time, customer, type_, "card") for id_, time, customer, type_ in (
                ("a", _at(30), "ada", "impression"), ("b", _at(31), "ben", "impression"), ("c", _at(32), "ada", "click"))]
        with log.store.snapshot() as snapshot:
            assert snapshot.version == 1
            record = snapshot.tenant("acme").record("b")
            assert record is not None and record.customerId == "ben"
        log.load(interaction("d", customerId="ben"), interaction("e", customerId="cleo"))
        assert faults(log.store) == []


def test_a_store_of_the_current_format_is_not_upgraded(log: Log) -> None:
    log.store.close()
    told: list[str] = []
    Store(log.folder / FILE_NAME, tell=told.append).close()
    assert told == []


def test_a_new_store_has_the_format_that_the_steps_lead_to(log: Log) -> None:
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select format from store") == [(opening.FORMATS.newest,)]


@pytest.mark.parametrize("format_", [0, opening.FORMATS.newest + 1, 12])
def test_a_format_that_this_version_does_not_know_is_refused_and_left_alone(log: Log, format_: int) -> None:
    log.load(interaction("a"))
    cursor = log.store.cursor()
    cursor.execute("update store set format = $format", {"format": format_})
    log.store.close()
    path = log.folder / FILE_NAME
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        Store(path)
    assert str(refused.value) == (
        f"{path} has format {format_}, but this version reads formats 1 to {opening.FORMATS.newest}. "
        "Start the version that wrote it, or set IH_HOME to another state folder."
    )
    assert path.read_bytes() == before
    # The refused file is closed again.
    duckdb.connect(str(path), config={"threads": 1}).close()


def test_a_step_that_fails_leaves_the_store_as_it_was_and_says_what_to_do(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("drop table customers")
        connection.execute("select * from customers")

    said = f"could not be upgraded from format 1 to {opening.FORMATS.newest + 1} and is unchanged: .*customers"
    with monkeypatch.context() as changed, pytest.raises(StoreError, match=said):
        changed.setattr(opening, "FORMATS", Formats(1, [*opening.FORMATS.steps, fails]))
        Store(old, tell=lambda _: None)
    assert format_1(old) == format_1(copy_of(old)) == OF_FORMAT_1
    Store(old, tell=lambda _: None).close()
    assert not copy_of(old).exists()


def test_a_copy_that_finds_no_room_keeps_the_store_from_being_touched(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as changed, pytest.raises(StoreError, match="is unchanged: .*No space left on device"):
        changed.setattr(opening.shutil, "copyfile", full)
        Store(old, tell=lambda _: None)
    assert [path.name for path in old.parent.iterdir()] == [FILE_NAME]
    assert format_1(old) == OF_FORMAT_1


KILLED = """
import os, pathlib, signal, sys
from data.loading.listing import loads
from data.loading.transaction import Stop
from data.loading.unloading import NotNoted, unload
from data.store import opening
from data.store.store import Store
from data.store.home import Formats

def kill(connection):
    os.kill(os.getpid(), signal.SIGKILL)

opening.FORMATS = Formats(1, [*opening.FORMATS.steps, kill])
Store(pathlib.Path(sys.argv[1]))
"""


def test_an_upgrade_that_is_killed_leaves_the_old_store_readable_and_is_done_anew(old: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(old)], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert format_1(copy_of(old)) == OF_FORMAT_1
    assert format_1(old) == OF_FORMAT_1
    store = Store(old, tell=lambda _: None)
    assert faults(store) == [] and len(contents(store)["interactions"]) == 3
    store.close()
    assert not copy_of(old).exists()


def of_format_2(path: Path, *changes: str) -> Store:
    """The upgraded store of a file of format 2, changed by some statements before."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(FORMAT_2)
        for change in changes:
            connection.execute(change)
    return Store(path, tell=lambda _: None)


def owners(store: Store) -> dict[str, int]:
    """The load of each row."""
    with store.snapshot() as snapshot:
        return dict(snapshot.rows("select id, load from interactions"))


def test_of_a_store_of_format_2_the_loads_that_came_last_and_out_of_order_know_their_rows(tmp_path: Path) -> None:
    with closing(of_format_2(tmp_path / FILE_NAME)) as store:
        # Of three rows one is more than an eighth already.
        assert faults(store) == ["at most an eighth is disordered"]
        assert owners(store) == {"a": 0, "b": 0, "c": 4}
        with store.snapshot() as snapshot:
            assert [line[:7] for line in loads(snapshot).lines] == [
                (4, "late.ndjson", "2026-03-16T11:00:00.000Z", 1, 0, 1, "operator"),
                (3, "second.ndjson", "2026-03-16T10:00:00.000Z", None, 0, 0, "operator"),
                (2, "first.ndjson", "2026-03-16T09:00:00.000Z", None, 2, 0, "operator"),
            ]
            assert loads(snapshot, "acme") == loads(snapshot)
        with pytest.raises(NotNoted, match="^Load 3 cannot be taken back: an earlier version of the program wrote it, and did not note which"):
            unload(store, 3, None, "operator", lambda _: None, Stop())
        unload(store, 4, None, "operator", lambda _: None, Stop())
        assert owners(store) == {"a": 0, "b": 0} and faults(store) == []


@pytest.mark.parametrize(("changes", "expected"), [
    (["delete from loads where version = 3", "update loads set loaded = 2 where version = 2 and loaded = 1"], {"a": 2, "b": 2, "c": 4}),
    (["update store set disordered = 2"], {"a": 2, "b": 3, "c": 4}),
    (["update store set disordered = 0"], {"a": 0, "b": 0, "c": 0}),
    (["update loads set loaded = 2 where version = 4"], {"a": 0, "b": 0, "c": 0}),
    (["delete from loads"], {"a": 0, "b": 0, "c": 0}),
])
def test_a_row_is_given_to_a_load_only_where_the_counts_leave_no_other(tmp_path: Path, changes: list[str], expected: dict[str, int]) -> None:
    with closing(of_format_2(tmp_path / FILE_NAME, *changes)) as store:
        assert owners(store) == expected


def test_whose_the_rows_of_an_old_load_are_is_known_to_the_operator_alone_where_there_are_several_tenants(tmp_path: Path) -> None:
    another = ["insert into tenants values (2, 'zenith')"]
    with closing(of_format_2(tmp_path / FILE_NAME, *another)) as store, store.snapshot() as snapshot:
        assert [line.version for line in loads(snapshot).lines] == [4, 3, 2]
        assert [line.version for line in loads(snapshot, "acme").lines] == [4]
        assert loads(snapshot, "zenith").lines == ()
        assert str(loads(snapshot)).splitlines() == [
            "  version  finished                  source         tenant      rows  rejected  conflicts  by",
            "  4        2026-03-16T11:00:00.000Z  late.ndjson    acme           1         0          1  operator",
            "  3        2026-03-16T10:00:00.000Z  second.ndjson  unknown  unknown         0          0  operator",
            "  2        2026-03-16T09:00:00.000Z  first.ndjson   unknown  unknown         2          0  operator",
            "",
            "unknown: an earlier version of the program wrote these rows and did not note which; such a load cannot be taken back",
        ]


def test_a_store_of_format_3_keeps_its_rows_and_loads_and_has_pulled_nothing(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / FILE_NAME)) as connection:
        connection.execute(FORMAT_3)
    with closing(Store(tmp_path / FILE_NAME, tell=lambda _: None)) as store:
        assert owners(store) == {"a": 2, "b": 2, "c": 4}
        with store.snapshot() as snapshot:
            assert [(line.version, line.rows, line.by) for line in loads(snapshot).lines] == [(4, 1, "reporting"), (2, 2, "operator")]
            assert snapshot.rows("select * from pulls") == []


@pytest.mark.parametrize("format_", [1, 2, 3])
def test_an_upgraded_store_has_the_tables_and_macros_of_a_new_one(tmp_path: Path, log: Log, format_: int) -> None:
    columns = """
        select table_name, column_name, data_type, is_nullable, column_default
        from duckdb_columns()
        where not internal
        order by 1, column_index
    """
    macros = "select function_name, macro_definition from duckdb_functions() where not internal order by 1"
    with duckdb.connect(str(tmp_path / "old.duckdb")) as connection:
        connection.execute({1: FORMAT_1, 2: FORMAT_2, 3: FORMAT_3}[format_])
    with closing(Store(tmp_path / "old.duckdb", tell=lambda _: None)) as store, store.snapshot() as upgraded, log.store.snapshot() as new:
        assert upgraded.rows(columns) == new.rows(columns)
        assert upgraded.rows(macros) == new.rows(macros)


def _at(minute: int) -> object:
    return duckdb.execute(f"select timestamp '2026-03-15 14:{minute}:00'").fetchall()[0][0]
