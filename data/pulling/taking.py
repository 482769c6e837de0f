"""Loads the rows of a page, and commits with them where the walk stands; removes rows that the platform no longer has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

import duckdb
import pyarrow as pa

from data.loading.duplicates import set_duplicates_aside
from data.loading.posting import written_posts
from data.loading.recording import LoadRecord, PostedRows, record_load
from data.loading.staging import Staging, add_dictionary_entries
from data.loading.transaction import Stop, connection, now
from data.loading.unloading import keep_places
from data.loading.writing import committed, write
from data.mapping.mapping import NO_MAPPING
from data.pulling.books import Books, Refused
from data.pulling.source import Source
from data.reading.batches import JSON_ROWS
from data.store.store import Store


@dataclass(frozen=True)
class Taken:
    """What became of the rows of a page: `loaded` are new, `changed` have the platform's new content; and the times that they have."""

    ids: frozenset[str]
    loaded: int
    changed: int
    refused: tuple[Refused, ...]
    oldest: datetime | None
    newest: datetime | None
    unread: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether the log had every row that can be loaded."""
        return not self.loaded and not self.changed


Note = Callable[[duckdb.DuckDBPyConnection, Taken], None]


def taken_page(store: Store, source: Source, books: Books, rows: list[str], note: Note) -> Taken:
    """Load the rows of a page, JSON texts of the source's tenant, in one transaction with what `note` writes.

    A row that the log has with other content changes where the pull wrote that content; else it stays, and the platform's is refused.
    """
    lines = pa.RecordBatch.from_pydict(
        {"line": range(1, len(rows) + 1), "problem": pa.nulls(len(rows), pa.string()), "record": rows}, JSON_ROWS)
    with connection(store, Stop(), is_small=True) as cursor:
        staging = Staging(cursor, NO_MAPPING, None)
        staging.take_posted(lines, source.tenant)
        unread = staging.finish()
        with store.turn:
            duplicates = set_duplicates_aside(cursor, replace=True, of=source.by)
            taken = _taken(cursor, duplicates.replaced, unread, store.latest_plausible())

            def write_books() -> None:
                books.write_seen(cursor, taken.ids, taken.refused)
                note(cursor, taken)

            # What was known or refused is not counted with the load: it comes again with every walk.
            written_posts(store, cursor, [
                PostedRows(0, len(rows), source.tenant, source.by, taken.loaded, 0, 0, 0, taken.changed),
            ], "pulled", write_books)
    return taken


def _taken(cursor: duckdb.DuckDBPyConnection, changed: int, unread: tuple[str, ...], latest_plausible: int) -> Taken:
    arrived = cursor.execute("""
        select a.id, a.type, a.offer, a.creative, a.problem, a.raw, d.number is not null, d.difference
        from arrived a
        left join duplicates d using (number)
        order by number
    """).fetchall()
    [(oldest, newest)] = cursor.execute("""
        select min("timestamp"), max("timestamp") filter (epoch_ms("timestamp") <= $latest)
        from staged
    """, {"latest": latest_plausible}).fetchall()
    refused = {}
    loaded = -changed
    for id, type, offer, creative, problem, raw, is_duplicate, difference in arrived:
        if problem is not None or difference:
            key = id if id is not None else f"without an id: {hashlib.sha256(raw.encode()).hexdigest()}"
            refused[key] = Refused(key, (type, offer, creative), problem or f"the log has this id with a different {difference}")
        elif not is_duplicate:
            loaded += 1
    ids = frozenset({row[0] for row in arrived} - {None} | refused.keys())
    return Taken(ids, loaded, changed, tuple(refused.values()), oldest, newest, unread)


def removed(store: Store, source: Source, ids: Collection[str]) -> int:
    """Remove those of the ids whose present content the pull wrote, as one version; how many those are."""
    with connection(store, Stop()) as cursor, store.turn:
        cursor.execute(files("data.loading").joinpath("staging.sql").read_text())
        cursor.begin()
        cursor.execute("""
            insert into gone
            select i.rowid
            from interactions i
            where i.tenant = (select tenant from tenants where id = $tenant)
                and i.rowid in (select "row" from ids where hash in (select half_hash(unnest($ids::varchar[]))))
                and i.id in (select unnest($ids::varchar[]))
                and i.load in (select version from loads where "by" = $by)
        """, {"tenant": source.tenant, "ids": list(ids), "by": source.by})
        [(gone,)] = cursor.execute("select count(*) from gone").fetchall()
        if not gone:
            return 0
        cursor.execute("create temp table fresh as select *, 0::uinteger as load from staged")
        # What lay beneath was the platform's as well, and is not to come back.
        cursor.execute("""
            delete from replaced
            where (tenant, id) in (select (tenant, id) from interactions where rowid in (select "row" from gone))
        """)
        keep_places(cursor)
        add_dictionary_entries(cursor)
        change = write(cursor, lambda _: None)
        [(version,)] = cursor.execute("select version + 1 from store").fetchall()
        record_load(cursor, LoadRecord(version, f"removals of {source.url}", 0, 0, 0, 0, now(), 0, source.by, made=True))
        committed(store, cursor, version, change, described=0)
    return gone
