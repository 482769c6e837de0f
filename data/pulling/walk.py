"""Walks a platform's log page by page, each page committed before the next is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import duckdb

from data.loading.outcome import Progress
from data.loading.transaction import ReportProgress, now
from data.pulling.books import Books, Place
from data.pulling.platform import Page, Platform, RequestRefused
from data.pulling.taking import Note, Taken, taken_page
from data.store.store import Store

NO_FILTERS: Mapping[str, str] = {}


def _nothing(cursor: duckdb.DuckDBPyConnection, taken: Taken) -> None:
    """A page of a slice has no place in the books."""


@dataclass
class Walker:
    """One pull's walks; counts what they come to."""

    store: Store
    platform: Platform
    books: Books
    tell: ReportProgress
    pages: int = 0
    loaded: int = 0
    changed: int = 0
    unread: set[str] = field(default_factory=set)

    def walk_newest(self) -> None:
        """Walk from the newest page until one is wholly known and lies before the high-water mark less the look-back.

        A walk that was broken off goes on where it was, and another from the newest follows.
        """
        place = self.books.place()
        if place.cursor is not None:
            # Where the platform does not know the cursor any more, the walk begins anew, and ends no sooner for that.
            with suppress(RequestRefused):
                self._walk_from(place)
            place = self.books.place()
        self._walk_from(replace(place, cursor=None, reached=None))

    def _walk_from(self, place: Place) -> None:
        step: Place | None = place
        while step is not None:
            page = self.platform.page(NO_FILTERS, step.cursor)
            step = self._taken_step(page, step)

    def _taken_step(self, page: Page, place: Place) -> Place | None:
        """The place after a page; None once the walk has come to its end."""
        steps: list[Place] = []

        def note(cursor: duckdb.DuckDBPyConnection, taken: Taken) -> None:
            reached = _newer(place.reached, taken.newest)
            before = place.high and taken.oldest and taken.oldest < place.high - timedelta(seconds=self.platform.pull.lookback_s)
            if page.cursor is None or (taken.is_known and before):
                self.books.write_place(cursor, Place(None, None, _newer(place.high, reached)), now())
            else:
                steps.append(Place(page.cursor, reached, place.high))
                self.books.write_place(cursor, steps[-1], None)

        self._taken(page, note)
        return steps[-1] if steps else None

    def walk_slice(self, filters: Mapping[str, str], until_agreed: bool = True) -> set[str] | None:
        """Walk all rows of a slice: the platform's ids of it where every one was met, else None.

        With `until_agreed` it ends as well, with None, once the log has what the total says.
        """
        met: set[str] = set()
        total, is_first, cursor = 0, True, None
        while is_first or cursor:
            page = self.platform.page(filters, cursor)
            met |= self._taken(page).ids
            total, cursor = page.total, page.cursor
            if until_agreed and total == self.books.counts().expected(filters):
                return None
            if is_first and not cursor:
                return met if len(met) == total else None
            is_first = False
        return met if self._met_newest(filters, met) == len(met) else None

    def _met_newest(self, filters: Mapping[str, str], met: set[str]) -> int:
        """Meet the rows as well that came while a slice was walked; its total then."""
        cursor = None
        while True:
            page = self.platform.page(filters, cursor)
            fresh = self._taken(page).ids - met
            met |= fresh
            if not fresh or not page.cursor:
                return page.total
            cursor = page.cursor

    def walk_head(self, filters: Mapping[str, str]) -> None:
        """Walk a slice from its newest page to the first that is wholly known: what came in since the last walk."""
        cursor, is_known = None, False
        while not is_known:
            page = self.platform.page(filters, cursor)
            is_known, cursor = self._taken(page).is_known, page.cursor
            if cursor is None:
                return

    def _taken(self, page: Page, note: Note = _nothing) -> Taken:
        taken = taken_page(self.store, self.platform.pull.source, self.books, page.rows, note)
        self.pages += 1
        self.loaded += taken.loaded
        self.changed += taken.changed
        self.unread.update(taken.unread)
        self.tell(Progress("pulling", self.loaded + self.changed, 0, "rows"))
        return taken


def _newer(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
