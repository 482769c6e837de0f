"""Compares the platform's totals with the log's, and walks anew only the slices that differ.

No filter says what came late or is gone: totals by type, offer and creative are all that tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from data.loading.transaction import now
from data.pulling.books import DIMENSIONS, Counts, Total, in_slice
from data.pulling.taking import removed
from data.pulling.walk import NO_FILTERS, Walker

# A slice whose rows were not all met, because some came or went meanwhile, is walked so often.
_WALKS = 3


class Reconciling:
    """One comparison, with the walks that follow from it."""

    def __init__(self, walker: Walker):
        self._walker = walker
        self._platform = walker.platform
        self._books = walker.books
        self.removed = 0
        self.held_back = False

    def carry_out(self) -> list[Total]:
        """Make the log agree with the platform as far as walking can; the totals that are then found."""
        last = self._books.totals()
        if self._platform.pull.whole:
            self._find_absent(NO_FILTERS, until_agreed=False)
        else:
            # What came in during the walk would make up for what is gone.
            self._walker.walk_head(NO_FILTERS)
            counts = self._books.counts()
            theirs = {type: self._platform.total({"type": type}) for type in counts.values("type", NO_FILTERS)}
            # What the platform has more of first: a row whose type has changed is then known by its new one.
            for type in sorted(theirs, key=lambda type: counts.expected({"type": type}) - theirs[type]):
                if self._total(type, theirs[type], counts) != last.get(type):
                    self._settle({"type": type})
            whole = self._platform.total(NO_FILTERS)
            of_types = sum(self._platform.total({"type": type}) for type in theirs) if whole != self._expected(NO_FILTERS) else whole
            # Of a type that nobody has told of yet.
            if whole > of_types:
                self._walker.walk_slice(NO_FILTERS)
        if self._platform.pull.follow_removals:
            self._follow_removals()
        return self._told_totals(last)

    def _follow_removals(self) -> None:
        """Remove what the platform does not have, unless that is so much that the platform, or what is asked of it, is more likely wrong."""
        absent = self._books.absent_ids()
        is_unattended = self._platform.pull.every_s is not None
        self.held_back = bool(absent) and (
            not self._platform.total(NO_FILTERS) or (is_unattended and 2 * len(absent) > in_slice(self._books.counts().ours, NO_FILTERS)))
        if absent and not self.held_back:
            self.removed = removed(self._walker.store, self._platform.pull.source, absent)

    def _told_totals(self, last: Mapping[str | None, Total]) -> list[Total]:
        counts = self._books.counts()
        types = sorted({*counts.values("type", NO_FILTERS), *(type for type in last if type is not None)})
        totals = [self._total(type, self._platform.total({"type": type}), counts) for type in types]
        totals = [total for total in totals if total.theirs or total.ours or total.refused]
        totals.append(self._total(None, self._platform.total(NO_FILTERS), counts))
        self._books.write_totals(totals, now())
        return totals

    def _total(self, type: str | None, theirs: int, counts: Counts) -> Total:
        filters = NO_FILTERS if type is None else {"type": type}
        return Total(type, theirs, *(in_slice(cells, filters) for cells in (counts.ours, counts.absent, counts.refused)))

    def _expected(self, filters: Mapping[str, str]) -> int:
        return self._books.counts().expected(filters)

    def _agrees(self, filters: Mapping[str, str]) -> bool:
        return self._platform.total(filters) == self._expected(filters)

    def _settle(self, filters: Mapping[str, str]) -> None:
        """Make a slice agree: what came in just now, then its parts where they are cheaper to ask for, then all of it."""
        counts = self._books.counts()
        theirs = self._platform.total(filters)
        if theirs == counts.expected(filters):
            return
        if theirs > counts.expected(filters):
            self._walker.walk_head(filters)
            if self._agrees(filters):
                return
        dimension = next((name for name in DIMENSIONS if name not in filters), None)
        parts = [{**filters, dimension: value} for value in counts.values(dimension, filters)] if dimension else []
        is_cut = ceil(theirs / self._platform.page_rows) > len(parts) > 0
        if is_cut:
            for part in parts:
                self._settle(part)
            if self._agrees(filters):
                return
        if self._find_absent(filters) or is_cut:
            return
        # A platform may lose rows from page to page. A part that fits into one page is whole.
        for part in parts:
            self._settle(part)

    def _find_absent(self, filters: Mapping[str, str], until_agreed: bool = True) -> bool:
        """Walk a slice until it agrees, or until two walks that met all of it lack the same rows of the log; whether it came so far."""
        suspected: set[str] | None = None
        for _ in range(_WALKS):
            met = self._walker.walk_slice(filters, until_agreed)
            if met is None:
                if self._agrees(filters):
                    return True
                continue
            lacking = self._books.held_ids(filters) - met
            refused = self._books.refused_ids(filters) - met
            if suspected is None and (lacking or refused):
                suspected = lacking | refused
                continue
            if suspected:
                self._books.note_absent(lacking & suspected, refused & suspected, now())
            return True
        return False
