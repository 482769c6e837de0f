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
from data.store.limits import StoreError, StoreInUse


def opened(path: Path, tell: Callable[[str], None]) -> duckdb.DuckDBPyConnection:
    """The file in the current format, made where it is missing; `tell` hears of an upgrade.

    `StoreInUse` where another process has it, `StoreError` where it cannot be read.
    """
    connection = _connected(path)
    try:
        found = _format(connection)
        if found is None:
            _create(connection)
            return connection
        steps = FORMATS.missing(path, found)
        if steps:
            # Closed before it is copied: the engine's lock on the file ends with any descriptor of it that this process closes.
            connection.execute("checkpoint")
            connection.close()
            with upgrading(path, found, FORMATS.newest, partial(shutil.copyfile, path), tell):
                connection = _connected(path)
                _upgrade(connection)
        else:
            drop_copy(path)
        _hash_anew_for_another_engine(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path) -> duckdb.DuckDBPyConnection:
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
        if "lock" in str(problem).lower():
            raise StoreInUse(f"{path} is in use by another process. Stop that process, or set IH_HOME to another state folder.") from problem
        raise StoreError(f"{path} cannot be opened: {problem}") from problem
    return connection


def _format(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The format of the file; None of a new one."""
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
