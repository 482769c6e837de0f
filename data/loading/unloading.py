"""Takes a load back: exactly the rows whose present content it wrote, and puts back the contents that it had replaced."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.resources import files

import duckdb

from data.loading.outcome import Progress
from data.loading.recording import HAS_ROWS, REPLACED, LoadRecord, record_load
from data.loading.staging import add_dictionary_entries
from data.loading.transaction import ReportProgress, Stop, connection, now
from data.loading.writing import committed, write
from data.store.limits import StoreError
from data.store.store import Store

HOURS_OF_A_REMOVED_PLACE = 24


class NoSuchLoad(StoreError):
    def __init__(self, version: int, tenant: str | None):
        of = f" of tenant {tenant}" if tenant is not None else ""
        super().__init__(f"Load {version}{of} does not exist; `python -m data loads` lists the loads.")


class NotNoted(StoreError):
    """Nobody knows which rows the load wrote."""

    def __init__(self, version: int):
        super().__init__(f"Load {version} cannot be taken back: an earlier version of the program wrote it, and did not note which rows it wrote.")


@dataclass(frozen=True)
class UnloadReport:
    """What became of the rows whose present content a load had written: `removed`, or what it had replaced is `restored`."""

    load: int
    source: str
    tenant: str | None
    removed: int
    restored: int
    version: int
    seconds: float = 0

    def __str__(self) -> str:
        of = f", of tenant {self.tenant} alone" if self.tenant is not None else ""
        counts = {"rows removed": self.removed, "put back": self.restored}
        lines = [f"load {self.load} taken back{of}: {self.source}"]
        lines += [f"  {name:<14}{count:>13,}" for name, count in counts.items()]
        lines.append(f"  {'seconds':<14}{self.seconds:>13,.1f}")
        return "\n".join(lines)


def unload(store: Store, version: int, tenant: str | None, by: str, tell: ReportProgress, stop: Stop) -> UnloadReport:
    """Take a load back, or only the rows of one tenant; `NoSuchLoad` or `NotNoted` where that cannot be.

    Readers see the store as it was until all of it is done.
    """
    started = time.monotonic()

    def phase(name: str) -> None:
        tell(Progress(name))
        stop.check()

    with connection(store, stop) as cursor, stop.writing(), store.turn:
        cursor.execute(files("data.loading").joinpath("staging.sql").read_text())
        cursor.begin()
        phase("looking for the load's rows")
        source = _source(cursor, version, tenant)
        whose = {"load": version, "tenant": tenant}
        _gather(cursor, whose)
        add_dictionary_entries(cursor)
        [(gone, restored)] = cursor.execute("select (select count(*) from gone), (select count(*) from fresh)").fetchall()
        change = write(cursor, phase)
        cursor.execute(f"delete from tenant_loads where {_OF_LOAD.format('version')}", whose)
        [(made,)] = cursor.execute("select version + 1 from store").fetchall()
        what = f"unload {version}: {source}" + (f" (tenant {tenant})" if tenant is not None else "")
        record_load(cursor, LoadRecord(made, what, 0, 0, 0, 0, now(), 0, by, made=True))
        phase("committing")
        committed(store, cursor, made, change, described=0)
    return UnloadReport(version, source, tenant, gone - restored, restored, made, time.monotonic() - started)


_OF_LOAD = "{} = $load and ($tenant is null or tenant = (select tenant from tenants where id = $tenant))"


def _source(cursor: duckdb.DuckDBPyConnection, version: int, tenant: str | None) -> str:
    """What the load had read."""
    found = cursor.execute(f"""
        select file, noted
        from loads
        where {HAS_ROWS}
            and version = $load
            and (version in (select version from tenant_loads where {_OF_LOAD.format("version")}) or (not noted and $tenant is null))
    """, {"load": version, "tenant": tenant}).fetchall()
    if not found:
        raise NoSuchLoad(version, tenant)
    [(source, noted)] = found
    if not noted:
        raise NotNoted(version)
    return source


def _gather(cursor: duckdb.DuckDBPyConnection, whose: dict[str, int | str | None]) -> None:
    """Make the load's rows `gone`, and of the contents that it had replaced those that come back `fresh`."""
    cursor.execute(f"insert into gone select rowid from interactions where {_OF_LOAD.format('load')}", whose)
    cursor.execute(f"delete from replaced where {_OF_LOAD.format('load')}", whose)
    cursor.execute(f"""
        create temp table fresh as
        select {REPLACED}
        from replaced
        semi join (select tenant, id from interactions where rowid in (select "row" from gone)) using (tenant, id)
        qualify row_number() over (partition by tenant, id order by load desc) = 1
    """)
    cursor.execute("""
        delete from replaced r
        using fresh f
        where f.load = r.load and f.tenant = r.tenant and f.id = r.id
    """)
    keep_places(cursor)


def keep_places(cursor: duckdb.DuckDBPyConnection) -> None:
    """Keep where the rows stood that are `gone` and not `fresh`, for cursors that name them."""
    cursor.execute(f"""
        insert into removed
        select tenant, id, "timestamp", $at + interval {HOURS_OF_A_REMOVED_PLACE} hours
        from interactions
        anti join fresh using (tenant, id)
        where rowid in (select "row" from gone)
        order by tenant, id
    """, {"at": now()})
