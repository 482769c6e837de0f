"""Rows that are posted over HTTP: those that arrive while a version commits share the next one."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby

import duckdb
import pyarrow as pa

from data.loading.duplicates import set_duplicates_aside
from data.loading.recording import PostedRows, keep_replaced, record_posts
from data.loading.staging import Staging, add_dictionary_entries
from data.loading.transaction import Stop, connection, now
from data.loading.writing import apply_descriptions, committed, write
from data.mapping.mapping import NO_MAPPING
from data.reading.batches import JSON_ROWS
from data.store.store import Store

MOST_TOLD = 100
"""So many of the rows that were not loaded an answer names."""

# What is read of one post after the other: what does not fit waits for the version after.
_MOST_ROWS = 200_000


@dataclass(frozen=True)
class Post:
    """The rows of one request as JSON texts, with the columns of `JSON_ROWS`: of which tenant, and by which account or key.

    With `strict` all of them are loaded or none, with `dry_run` none.
    """

    tenant: str
    by: str
    rows: pa.Table
    strict: bool = False
    dry_run: bool = False

    @property
    def is_alone(self) -> bool:
        """Whether it shares no version with others: what becomes of it does not depend on them."""
        return self.strict or self.dry_run


@dataclass(frozen=True)
class NotLoaded:
    """A row that was not loaded: the line it stands on, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class PostReport:
    """What became of the rows of a post; `kept` is false where a strict one was not taken. Of the rows not loaded the first hundred are told."""

    received: int
    loaded: int
    known: int
    conflicts: int
    rejected: int
    told_conflicts: tuple[NotLoaded, ...]
    told_rejects: tuple[NotLoaded, ...]
    kept: bool = True
    version: int = 0


@dataclass(eq=False)
class _Waiting:
    number: int
    post: Post
    report: PostReport | None = None
    problem: Exception | None = None

    @property
    def is_done(self) -> bool:
        return self.report is not None or self.problem is not None


@dataclass
class _Outcome:
    """What became of the rows of a post, in the order of their numbers."""

    known: int = 0
    rejects: list[NotLoaded] = field(default_factory=list)
    conflicts: list[NotLoaded] = field(default_factory=list)

    def report(self, post: Post) -> PostReport:
        not_loaded = self.known + len(self.rejects) + len(self.conflicts)
        return PostReport(
            post.rows.num_rows, post.rows.num_rows - not_loaded, self.known, len(self.conflicts), len(self.rejects),
            tuple(self.conflicts[:MOST_TOLD]), tuple(self.rejects[:MOST_TOLD]),
        )


class Posting:
    """Takes posts, one version at a time; whoever comes first carries out what waits by then."""

    def __init__(self, after: Callable[[], None]):
        """`after` is called after each version that has new rows."""
        self._after = after
        self._numbers = count()
        self._waiting: list[_Waiting] = []
        self._changing = threading.Lock()
        self._leading = threading.Lock()

    def take(self, store: Store, post: Post) -> PostReport:
        """Load the rows of a post; its report once they are committed. `StoreError` where nothing of it was loaded."""
        with self._changing:
            own = _Waiting(next(self._numbers), post)
            self._waiting.append(own)
        with self._leading:
            if not own.is_done:
                self._carry_out(store, own)
        if own.problem:
            raise own.problem
        assert own.report
        return own.report

    def _carry_out(self, store: Store, own: _Waiting) -> None:
        chosen: list[_Waiting] = []

        def arrived() -> list[Post]:
            new = self._taken(chosen) if chosen else sorted([own, *self._taken([own])], key=lambda one: one.number)
            chosen.extend(new)
            return [one.post for one in new]

        try:
            reports = loaded_posts(store, arrived)
        except Exception as problem:
            # Each is told, by the thread that waits for it.
            for one in chosen:
                one.problem = problem
            return
        for one, report in zip(chosen, reports, strict=True):
            one.report = report
        if any(report.loaded and not one.post.dry_run for one, report in zip(chosen, reports, strict=True)):
            self._after()

    def _taken(self, chosen: Sequence[_Waiting]) -> list[_Waiting]:
        """Those that have come to wait and may share the version of the chosen ones, in the order in which they came."""
        rows = sum(one.post.rows.num_rows for one in chosen)
        taken: list[_Waiting] = []
        with self._changing:
            for other in self._waiting if not chosen[0].post.is_alone else ():
                if other not in chosen and not other.post.is_alone and rows + other.post.rows.num_rows <= _MOST_ROWS:
                    taken.append(other)
                    rows += other.post.rows.num_rows
            self._waiting = [other for other in self._waiting if other not in taken and other not in chosen]
        return taken


def loaded_posts(store: Store, arrived: Callable[[], Sequence[Post]]) -> list[PostReport]:
    """Load posts as one version, and report on each; one that `is_alone` is the only one.

    `arrived` tells those to begin with, and again and again those that have come while the rows of others were read, until there are none.
    """
    posts: list[Post] = []
    firsts: list[int] = []
    with connection(store, Stop(), is_small=True) as cursor:
        staging = Staging(cursor, NO_MAPPING, None)
        while new := arrived():
            posts += new
            firsts += _staged(staging, new)
        with store.turn:
            set_duplicates_aside(cursor)
            outcomes = _outcomes(cursor, firsts, posts)
            reports = [outcome.report(post) for outcome, post in zip(outcomes, posts, strict=True)]
            [post], [report] = posts[:1], reports[:1]
            refused = post.strict and report.rejected + report.conflicts > 0
            if post.dry_run or refused:
                [(version,)] = cursor.execute("select version from store").fetchall()
                return [replace(report, loaded=0 if refused else report.loaded, kept=not refused, version=version)]
            version = written_posts(store, cursor, [
                PostedRows(first, first + post.rows.num_rows, post.tenant, post.by, report.loaded, report.known, report.conflicts, report.rejected)
                for first, post, report in zip(firsts, posts, reports, strict=True)
            ])
    return [replace(report, version=version) for report in reports]


def _staged(staging: Staging, posts: Sequence[Post]) -> list[int]:
    """Lay the rows of some posts aside, those of a tenant at once; the number of each one's first row."""
    firsts = {}
    for tenant, own in groupby(sorted(range(len(posts)), key=lambda place: posts[place].tenant), key=lambda place: posts[place].tenant):
        places = list(own)
        at = staging.rows
        for place in places:
            firsts[place] = at
            at += posts[place].rows.num_rows
        rows = pa.concat_tables([posts[place].rows for place in places]).combine_chunks()
        for batch in rows.to_batches() or [pa.RecordBatch.from_pylist([], JSON_ROWS)]:
            staging.take_posted(batch, tenant)
    return [firsts[place] for place in range(len(posts))]


def _outcomes(cursor: duckdb.DuckDBPyConnection, firsts: Sequence[int], posts: Sequence[Post]) -> list[_Outcome]:
    """What became of the rows of each post, whose numbers begin at `firsts`."""
    outcomes = [_Outcome() for _ in posts]
    owner = {first + nth: place for place, first in enumerate(firsts) for nth in range(posts[place].rows.num_rows)}
    for number, line, reason in cursor.execute("select number, line, problem from arrived where problem is not null order by number").fetchall():
        outcomes[owner[number]].rejects.append(NotLoaded(line, reason))
    for number, line, difference in cursor.execute("""
        select number, s.line, d.difference
        from duplicates d
        join staged s using (number)
        order by number
    """).fetchall():
        if difference:
            outcomes[owner[number]].conflicts.append(NotLoaded(line, f"already there with a different {difference}"))
        else:
            outcomes[owner[number]].known += 1
    return outcomes


def written_posts(
    store: Store, cursor: duckdb.DuckDBPyConnection, posted: Sequence[PostedRows], what: str = "posted", note: Callable[[], None] = lambda: None
) -> int:
    """Write what is staged in one transaction, and with it what `note` writes; the version that has it."""
    cursor.begin()
    version = record_posts(cursor, posted, now(), f"{what} on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}")
    cursor.execute("""
        create or replace temp view fresh as
        select s.*, p.load
        from staged s
        anti join duplicates using (number)
        join posted p on s.number >= p.first and s.number < p."end"
    """)
    add_dictionary_entries(cursor)
    described = apply_descriptions(cursor)
    if any(rows.replaced for rows in posted):
        # Only a pull replaces, and it is alone.
        [(load,)] = cursor.execute("select load from posted").fetchall()
        keep_replaced(cursor, load)
    change = write(cursor, lambda _: None)
    if described or any(rows.loaded or rows.replaced for rows in posted):
        note()
        committed(store, cursor, version, change, described)
        return version
    cursor.rollback()
    cursor.begin()
    note()
    [(version,)] = cursor.execute("select version from store").fetchall()
    cursor.commit()
    return version
