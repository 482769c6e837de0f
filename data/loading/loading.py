"""Loads files into the store: one file, one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from data.loading.checking import VALUE_TEXT
from data.loading.duplicates import not_loaded, set_duplicates_aside
from data.loading.findings import findings
from data.loading.first_look import FirstLook
from data.loading.outcome import LoadReport, Progress, iso_text
from data.loading.recording import LoadRecord, keep_replaced, record_load
from data.loading.rejects import Places, Rejects, refuse_alike
from data.loading.staging import Staging, add_dictionary_entries
from data.loading.transaction import OPERATOR, ReportProgress, Stop, connection, now
from data.loading.writing import apply_descriptions, committed, would_describe, write
from data.mapping.fields import ENTITY_FIELDS, RECORD_FIELDS, Field
from data.mapping.mapping import NO_MAPPING, Mapping
from data.mapping.selecting import opened_through
from data.reading.ahead import read_ahead
from data.reading.source import Member, Source, named_problems, opened
from data.store.store import Store

if TYPE_CHECKING:
    from data.reading.members import Members


@dataclass(frozen=True)
class LoadOptions:
    """How to load a file: the tenant of its rows, what its flags say of them, and whether to load all rows or none.

    With `replace` a row takes the place of the one that the store has under its id, with `check` nothing is loaded, with `all_rejects` the
    list of rejects has no end. `by` is whoever asked, an account or a key, and `listed_as` what the load is called
    where that is not the file's path.
    """

    tenant: str | None = None
    mapping: Mapping = NO_MAPPING
    strict: bool = False
    replace: bool = False
    check: bool = False
    all_rejects: bool = False
    by: str = OPERATOR
    listed_as: str = ""


def load_log(store: Store, path: Path, options: LoadOptions, tell: ReportProgress, rejects_folder: Path, stop: Stop | None = None) -> LoadReport:
    """Load one log file; `StoreError` where nothing of it could be loaded, and the store is as before."""
    with opened_with(path, options.mapping) as source:
        look = FirstLook(options.mapping, refuses=True)
        return load_rows(store, source, options, tell, Rejects(path, rejects_folder, options.all_rejects), stop or Stop(), look)


def load_rows(
    store: Store, source: Source, options: LoadOptions, tell: ReportProgress, rejects: Rejects, stop: Stop, look: FirstLook | None = None
) -> LoadReport:
    """The same for rows from wherever they come; `look` sees the first of them."""
    look = look or FirstLook(options.mapping, refuses=False)

    def take(staging: Staging, batch: pa.RecordBatch, member: Member, members: Members | None) -> None:
        staging.take_interactions(batch, member.is_json, member.place, members)
        look.take(staging, batch, member.is_json, member.place)
        refuse_alike(staging.cursor, staging.rows, len(batch), staging.columns)

    return _load(store, source, RECORD_FIELDS, take, options, tell, rejects, stop, look.end)


def load_entities(
    store: Store, kind: str, path: Path, options: LoadOptions, tell: ReportProgress, rejects_folder: Path, stop: Stop | None = None
) -> LoadReport:
    """Load a file that describes offers, creatives or channels (the `kind`); what it says holds from now on."""
    with opened_with(path, options.mapping) as source:
        return load_descriptions(store, kind, source, options, tell, Rejects(path, rejects_folder, options.all_rejects), stop or Stop())


def load_descriptions(
    store: Store, kind: str, source: Source, options: LoadOptions, tell: ReportProgress, rejects: Rejects, stop: Stop, look: FirstLook | None = None
) -> LoadReport:
    """The same for rows from wherever they come; `look` sees the first of them."""
    look = look or FirstLook(options.mapping, refuses=False)
    as_of = now()

    def take(staging: Staging, batch: pa.RecordBatch, member: Member, members: Members | None) -> None:
        staging.take_entities(batch, member.is_json, kind, as_of, member.place, members)
        look.take(staging, batch, member.is_json, member.place)

    return _load(store, source, ENTITY_FIELDS[kind], take, options, tell, rejects, stop, look.end)


def _load(
    store: Store,
    source: Source,
    fields: tuple[Field, ...],
    take: Callable[[Staging, pa.RecordBatch, Member, Members | None], None],
    options: LoadOptions,
    tell: ReportProgress,
    rejects: Rejects,
    stop: Stop,
    end: Callable[[Staging], None],
) -> LoadReport:
    started = time.monotonic()
    with connection(store, stop) as cursor, rejects, ExitStack() as turn:
        staging = Staging(cursor, options.mapping, options.tenant, fields)
        places = Places()
        for member in source.members:
            with closing(_batches(source, member, staging)) as batches:
                for batch, members in batches:
                    stop.check()
                    with named_problems(source.name if member.name == source.name else f"{source.name}: {member.name}"):
                        take(staging, places.numbered(member.name, batch), member, members)
                    tell(Progress("reading", source.done() if source.done else staging.rows, source.total, source.unit))
        with named_problems(source.name):
            end(staging)
            ignored = staging.finish()
        tell(Progress("looking for known rows"))
        # From here on nobody else writes rows that would be known to be there.
        if not options.check:
            turn.enter_context(store.turn)
        duplicates = set_duplicates_aside(cursor, options.replace)
        if not options.check:
            rejects.add(places.told(not_loaded(cursor)))
        [(rejected,)] = cursor.execute("select count(problem) from arrived").fetchall()
        cursor.execute("create temp view fresh as from staged anti join duplicates using (number)")
        [(loaded, oldest, newest, future, before_2000)] = cursor.execute("""
            select
                count(*), min("timestamp"), max("timestamp"),
                count(*) filter (epoch_ms("timestamp") > $latest), count(*) filter ("timestamp" < timestamp '2000-01-01')
            from fresh
        """, {"latest": store.latest_plausible()}).fetchall()
        [(unread, unread_value, unread_line)] = cursor.execute(f"""
            select count(*), min_by({VALUE_TEXT}, number), min_by(line, number)
            from fresh
            where value is null
                and trim({VALUE_TEXT}) != ''
        """).fetchall()
        summary = LoadReport(
            file=options.listed_as or source.name,
            read=staging.rows,
            loaded=loaded - duplicates.replaced,
            replaced=duplicates.replaced if options.replace else None,
            known=duplicates.known,
            conflicts=duplicates.conflicts,
            rejected=rejected,
            oldest=iso_text(oldest),
            newest=iso_text(newest),
            ignored=ignored,
            unmatched=staging.unmatched(),
            unread_values=unread,
            unread_value=unread_value or "",
            unread_line=places.line(unread_line or 0),
            future=future,
            before_2000=before_2000,
            found=findings(cursor, unread),
        )
        if options.check:
            summary = replace(summary, described=would_describe(cursor), kept=not options.strict or summary.clean, checked=True)
            return replace(summary, seconds=time.monotonic() - started)
        if options.strict and rejects.count:
            summary = replace(summary, kept=False, loaded=0, replaced=None, oldest=None, newest=None, unread_values=0, future=0, before_2000=0)
        else:
            rejects.close()
            with stop.writing():
                summary = _written(store, cursor, summary, options.by, tell, stop)
        return replace(summary, rejects_file=rejects.keep(), seconds=time.monotonic() - started)


def _batches(source: Source, member: Member, staging: Staging) -> Generator[tuple[pa.RecordBatch, Members | None], None, None]:
    """A member's batches, each with the members of its JSON texts."""
    def members(batch: pa.RecordBatch) -> Members | None:
        return staging.members(batch) if member.is_json else None

    return read_ahead(member.batches, members) if source.is_at_hand else ((batch, members(batch)) for batch in member.batches)


def opened_with(path: Path, mapping: Mapping) -> AbstractContextManager[Source]:
    """A file's rows, read as a mapping says."""
    return opened_through(mapping.select, path) if mapping.select else opened(path, mapping.read_options())


def _written(
    store: Store, cursor: duckdb.DuckDBPyConnection, summary: LoadReport, by: str, tell: ReportProgress, stop: Stop
) -> LoadReport:
    """Write what is staged in one transaction."""
    def phase(name: str) -> None:
        tell(Progress(name))
        stop.check()

    cursor.begin()
    phase("writing names")
    [(version,)] = cursor.execute("select version + 1 from store").fetchall()
    cursor.execute(f"create or replace temp view fresh as select *, {version} as load from staged anti join duplicates using (number)")
    add_dictionary_entries(cursor)
    described = apply_descriptions(cursor)
    keep_replaced(cursor, version)
    change = write(cursor, phase)
    made = bool(summary.loaded or summary.replaced or described)
    if not made:
        version -= 1
    record_load(cursor, LoadRecord(
        version, summary.file, summary.loaded, summary.known, summary.conflicts, summary.rejected, now(), summary.replaced or 0, by, made))
    phase("committing")
    if made:
        committed(store, cursor, version, change, described)
    else:
        cursor.commit()
    return replace(summary, version=version, described=described)
