"""Opens the store's file: makes it, brings an earlier format up, and refuses what this version cannot read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path

import duckdb

from data.store.home import Formats, drop_copy, upgrading
from data.store.limits import DAMAGED, StoreError, StoreInUse, unreadable

# The bytes of the engine's headers, which a file has before anything else.
_HEADERS = 3 * 4096


def opened(path: Path, tell: Callable[[str], None]) -> duckdb.DuckDBPyConnection:
    """The file in the current format, made where it is missing; `tell` hears of an upgrade.

    `StoreInUse` where another process has it, `StoreError` where it cannot be read.
    """
    try:
        return _opened(path, tell)
    except (duckdb.Error, OSError, UnicodeDecodeError) as problem:
        raise unreadable(path, problem) from problem


def _opened(path: Path, tell: Callable[[str], None]) -> duckdb.DuckDBPyConnection:
    # It lies there while a store is being made: where that is broken off, what there is of it is no store that was damaged.
    mark = path.with_name(f"{path.name}.new")
    if not path.exists():
        mark.touch(0o600)
    is_new = mark.exists()
    if not is_new and not path.stat().st_size:
        raise StoreError(f"{path} is empty. {DAMAGED}")
    try:
        connection = connected(path)
    except duckdb.Error:
        if not is_new or path.stat().st_size > _HEADERS:
            raise
        path.unlink()
        connection = connected(path)
    try:
        found = _format(connection)
        if found is None:
            if not is_new or connection.execute("select 1 from duckdb_tables()").fetchall():
                raise StoreError(f"{path} is a database of something else. Set IH_HOME to another state folder.")
            _create(connection)
            found = FORMATS.newest
        mark.unlink(missing_ok=True)
        steps = FORMATS.missing(path, found)
        if steps:
            # Closed before it is copied: the engine's lock on the file ends with any descriptor of it that this process closes.
            connection.execute("checkpoint")
            connection.close()
            with upgrading(path, found, FORMATS.newest, partial(shutil.copyfile, path), tell):
                connection = connected(path)
                _upgrade(connection)
        else:
            drop_copy(path)
        _hash_anew_for_another_engine(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connected(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a file, made where it is missing, for its owner alone; `StoreInUse` where another process has it."""
    # The files that the engine makes beside its own, now and later, take their mode from the process.
    os.umask(0o077)
    try:
        # An engine that is asked nothing over the network, and that keeps the order rows were written in.
        connection = duckdb.connect(str(path), config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        })
        connection.execute("set global timezone = 'UTC'")
        path.chmod(0o600)
    except duckdb.IOException as problem:
        if "set lock" in str(problem).lower():
            raise StoreInUse(f"{path} is in use by another process. Stop that process, or set IH_HOME to another state folder.") from problem
        raise
    return connection


def _format(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The format of the file; None where it is no store."""
    if not connection.execute("select 1 from duckdb_tables() where table_name = 'store'").fetchall():
        return None
    [(found,)] = connection.execute("select format from store").fetchall()
    return found


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.begin()
    connection.execute(files("data.store").joinpath("schema.sql").read_text())
    connection.execute("insert into store values ($format, $engine, 0, true, 0)", {"format": FORMATS.newest, "engine": duckdb.__version__})
    connection.commit()


def _upgrade(connection: duckdb.DuckDBPyConnection) -> None:
    connection.begin()
    # Asked again: another process may have been faster while the file was closed.
    [(found,)] = connection.execute("select format from store").fetchall()
    for step in FORMATS.steps[found - FORMATS.oldest:]:
        step(connection)
    connection.execute("update store set format = $format", {"format": FORMATS.newest})
    connection.commit()


def _half_hashes(connection: duckdb.DuckDBPyConnection) -> None:
    """From 1 to 2: records are found by half the hash of their ids, and customers by their names alone."""
    connection.execute("alter table customers drop column hash")
    connection.execute("create macro half_hash(id) as (hash(id) >> 32)::uinteger")
    connection.execute("drop table ids")
    connection.execute('create table ids (hash uinteger not null, "row" uinteger not null)')
    _write_ids(connection)


def _owned_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """From 2 to 3: a row knows the load that wrote it, where that can still be told, and a tenant may say what outcome types mean."""
    connection.execute(files("data.store").joinpath("format_3.sql").read_text())


def _pulls(connection: duckdb.DuckDBPyConnection) -> None:
    """From 3 to 4: the store knows how far a pull has come."""
    connection.execute(files("data.store").joinpath("format_4.sql").read_text())


# Each step brings a file of one format to the next. A new one comes at the end, and schema.sql is changed with it.
FORMATS = Formats(1, [_half_hashes, _owned_rows, _pulls])


def _hash_anew_for_another_engine(connection: duckdb.DuckDBPyConnection) -> None:
    # hash() may differ between releases of the engine.
    [(engine,)] = connection.execute("select engine from store").fetchall()
    if engine != duckdb.__version__:
        connection.begin()
        connection.execute("delete from ids")
        _write_ids(connection)
        connection.commit()


def _write_ids(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into ids select half_hash(id), rowid from interactions order by 1, 2")
    connection.execute("update store set engine = $engine", {"engine": duckdb.__version__})
