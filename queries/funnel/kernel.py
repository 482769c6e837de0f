"""The compiled heart of the funnel: each row once, in the order in which a unit lived it.

All compiled functions stand in this one file, since numba's cache on disk follows changes of a function's own file
only. Those called from outside are cached; the others are part of them.

A row's *code* is a uint16: bit j is set where its type belongs to step j + 1, bit `steps` where the row voids every
chain (an excluded type, or a foreign one under order strict); it is 0 where the row plays no part. Its lowest bit
is thus the row's place among the rows of one instant. Rows are numbered from the start of a chunk, which holds
whole customers. A unit of a customer goes by its *key*, which is its offer, or 1 where the unit is the customer.
It opens at its first entry: what lies before changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

compiled = njit(nogil=True, error_model="numpy", cache=True)
part_of_compiled = njit(nogil=True, error_model="numpy")


TIED = -1
EARLIEST, LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class Question(NamedTuple):
    """A plan in numbers; what is open reaches to EARLIEST or LATEST."""

    steps: int
    by_offer: bool
    any_order: bool
    strict_order: bool
    strict_ties: bool
    window: int
    from_ms: int
    to_ms: int
    newest: int


class Rows(NamedTuple):
    """A chunk's rows; `offers` is read only where the unit is customer and offer, and 0 is then of no unit."""

    timestamps: np.ndarray
    codes: np.ndarray
    offers: np.ndarray


class State(NamedTuple):
    """What is known of the units of the customer being walked, int64, -1 being none.

    `in_order` and `keys` list the rows of an instant and the open units. The others go by key, and hold where
    opened[key] is the walk's stamp. `older` and `newer` are (key, step) tables, for each walk's own use.
    """

    in_order: np.ndarray
    keys: np.ndarray
    opened: np.ndarray
    level: np.ndarray
    entry: np.ndarray
    reach: np.ndarray
    latest: np.ndarray
    mark: np.ndarray
    older: np.ndarray
    newer: np.ndarray


def state_for(rows: int, keys: int, steps: int) -> State:
    """State for customers of at most so many rows, and keys from 0."""
    return State(
        in_order=np.empty(rows, np.int64),
        keys=np.empty(keys, np.int64),
        opened=np.empty(keys, np.int64),
        level=np.empty(keys, np.int64),
        entry=np.empty(keys, np.int64),
        reach=np.empty(keys, np.int64),
        latest=np.empty(keys, np.int64),
        mark=np.empty(keys, np.int64),
        older=np.empty((keys, steps), np.int64),
        newer=np.empty((keys, steps), np.int64),
    )


class Reached(NamedTuple):
    """How many units reached each step, and times[j - 1, :units[j]], the ms from the entry to step j + 1."""

    units: np.ndarray
    times: np.ndarray


class Listed(NamedTuple):
    """One entry a unit; rows count from the first row of the store's arrays."""

    customer: np.ndarray
    level: np.ndarray
    entry: np.ndarray
    reach: np.ndarray
    immature: np.ndarray


@compiled
def write_codes(types, code_of_type, codes):
    """Write each row's code; types beyond the table share its last entry."""
    last = len(code_of_type) - 1
    for row in range(len(types)):
        codes[row] = code_of_type[min(np.int64(types[row]), last)]


@compiled
def drop_rows(keys, passes, codes):
    """Set the code of each row whose key does not pass to 0; keys beyond the table share its last entry."""
    last = len(passes) - 1
    for row in range(len(keys)):
        codes[row] *= passes[min(np.int64(keys[row]), last)]


@compiled
def count_events(timestamps, codes, from_ms, to_ms, events):
    """Add to events[j] the rows of step j + 1's types in [from_ms, to_ms)."""
    # Timestamps are four times as wide as codes: they are worth leaving alone.
    always = from_ms == EARLIEST and to_ms == LATEST
    for j in range(len(events)):
        bit = np.uint16(1 << j)
        count = 0
        if always:
            for row in range(len(codes)):
                count += (codes[row] & bit) != 0
        else:
            for row in range(len(codes)):
                count += ((codes[row] & bit) != 0) & (timestamps[row] >= from_ms) & (timestamps[row] < to_ms)
        events[j] += count


@compiled
def walk_customers(question, rows, starts, first_customer, end_customer, state, reached, ties, listed):
    """Walk the customers of one chunk; return (units, immature units).

    Adds to `reached`; ties[j] grows by the units that reach step j + 1 under the asked ties less those under
    the other. Writes a unit to `listed` where that has room for any.
    """
    before = np.empty(question.steps, np.int64)
    otherwise = Reached(np.zeros(question.steps, np.int64), np.empty((0, 0), np.int64))
    state.opened[:] = -1
    base = starts[first_customer]
    lists = len(listed.level) > 0
    total = 0
    immature = 0
    for customer in range(first_customer, end_customer):
        first, end = starts[customer] - base, starts[customer + 1] - base
        stamp = 3 * first
        tied = False
        strict = question.strict_ties
        if question.any_order:
            units = _walk_sets(question, rows, first, end, stamp, state, reached)
        else:
            before[:] = reached.units
            units = _walk_chains(question, strict, rows, first, end, stamp, state, reached)
            tied = units == TIED
            if tied:
                reached.units[:] = before
                units = _walk_tied_chains(question, strict, rows, first, end, stamp + 1, state, reached)
        # Where the customer's last row is too old for any unit to wait, most units need no second look.
        may_wait = units > 0 and _reaches_past(question, rows.timestamps[end - 1])
        for nth in range(units if may_wait or lists else 0):
            key = state.keys[nth]
            waits = (
                state.level[key] < question.steps and _reaches_past(question, rows.timestamps[state.latest[key]])
            )
            immature += waits
            if lists:
                listed.customer[total + nth] = customer
                listed.level[total + nth] = state.level[key]
                listed.entry[total + nth] = base + state.entry[key]
                listed.reach[total + nth] = base + state.reach[key]
                listed.immature[total + nth] = waits
        total += units
        if tied:
            _add_levels(state, units, 1, ties)
            units = _walk_tied_chains(question, not strict, rows, first, end, stamp + 2, state, otherwise)
            _add_levels(state, units, -1, ties)
    return total, immature


@part_of_compiled
def _reaches_past(question, entered):
    """Whether the window of an entry ends after the newest row; without a window, never."""
    return question.window < LATEST and question.newest - entered < question.window


@part_of_compiled
def _add_levels(state, units, amount, ties):
    for nth in range(units):
        for j in range(state.level[state.keys[nth]]):
            ties[j] += amount


def _chain_walk(tied: bool):
    """The walk for orders ordered and strict; one that is not `tied` gives up where rows of one instant meet."""

    @part_of_compiled
    def walk(question, strict_ties, rows, first, end, stamp, state, reached):
        """Walk one customer's rows; return the number of units, or TIED.

        older[key, j] is the latest entry of a live chain whose last row fills step j + 1. The latest serves as
        well as any: what a chain may do next hangs on its step and its window alone. Where both live, that of a
        step is no later than that of the step before. Under strict ties, `newer` holds the chains whose last row
        lies in the instant mark[key]: rows of this instant may void them, not carry them on.
        """
        steps = question.steps
        best, fresh = state.older, state.newer
        into = fresh if tied and strict_ties else best
        units = 0
        now = EARLIEST
        row = first
        while row < end:
            if rows.codes[row] == 0:
                row += 1
                continue
            if not tied and rows.timestamps[row] == now:
                return TIED
            now = rows.timestamps[row]
            this = row
            if tied:
                row, count = _instant(rows, row, end, state.in_order)
            else:
                row, count = row + 1, 1
            for nth in range(count):
                if tied:
                    this = state.in_order[nth]
                code = np.int64(rows.codes[this])
                key = np.uintp(rows.offers[this]) if question.by_offer else np.uintp(1)
                enters = (code & 1) != 0 and key > 0 and question.from_ms <= now < question.to_ms
                if state.opened[key] != stamp:
                    if not enters:
                        continue
                    _open(state, key, stamp, units)
                    units += 1
                    # Of the walk without ties, no step is read that has not been reached and so written.
                    if tied:
                        state.mark[key] = now
                        for j in range(steps):
                            best[key, j] = -1
                            fresh[key, j] = -1
                level = state.level[key]
                if level == steps:
                    if not question.by_offer:
                        return units
                    continue
                if tied and strict_ties and state.mark[key] != now:
                    state.mark[key] = now
                    for j in range(steps):
                        best[key, j] = max(best[key, j], fresh[key, j])
                        fresh[key, j] = -1
                if code > 1:
                    # From the last step down, so that one row fills one step. Beyond the level there is no chain to carry on: one
                    # that came there took longer than its window, and only takes longer still.
                    for j in range(level, 0, -1):
                        if (code >> j) & 1:
                            start = best[key, j - 1]
                            if start >= 0:
                                into[key, j] = start
                                # Who reaches a step has reached the one before: only j == level is news.
                                if j == level and now - rows.timestamps[start] <= question.window:
                                    _reach(state, key, j, start, this, now - rows.timestamps[start], reached)
                    if question.strict_order or code >> steps:
                        j = 0
                        while j < steps and not (code >> j) & 1:
                            best[key, j] = -1
                            if tied:
                                fresh[key, j] = -1
                            j += 1
                if enters:
                    into[key, 0] = this
                    state.latest[key] = this
                    if level == 0:
                        _reach(state, key, 0, this, this, 0, reached)
        return units

    return walk


_walk_chains = _chain_walk(tied=False)
_walk_tied_chains = _chain_walk(tied=True)


@part_of_compiled
def _walk_sets(question, rows, first, end, stamp, state, reached):
    """Walk one customer's rows for order any; return the number of units.

    older[key] lists the newest row of each step met since the first entry, newest first, newer[key] their
    codes. The rows from an entry to now hold k different steps just where the entry is no later than
    older[key, k - 1]. mark[key] is the latest entry that no excluded row has voided.
    """
    steps = question.steps
    units = 0
    row = first
    while row < end:
        if rows.codes[row] == 0:
            row += 1
            continue
        now = rows.timestamps[row]
        if row + 1 < end and rows.timestamps[row + 1] == now:
            row, count = _instant(rows, row, end, state.in_order)
        else:
            state.in_order[0] = row
            row, count = row + 1, 1
        for nth in range(count):
            this = state.in_order[nth]
            code = np.int64(rows.codes[this])
            voids = (code >> steps) != 0
            key = np.int64(rows.offers[this]) if question.by_offer else 1
            enters = not voids and key > 0 and question.from_ms <= now < question.to_ms
            if state.opened[key] != stamp:
                if not enters:
                    continue
                _open(state, key, stamp, units)
                state.older[key, :] = -1
                units += 1
            level = state.level[key]
            if level == steps:
                continue
            if voids:
                state.mark[key] = -1
                state.older[key, :] = -1
                continue
            if enters:
                state.mark[key] = this
                state.latest[key] = this
            _move_to_front(state, key, this, code)
            # One row adds one step at most, so only the next level can be news.
            start = state.older[key, level]
            if start >= 0 and rows.timestamps[start] >= question.to_ms:
                start = state.mark[key]
            if start >= 0 and now - rows.timestamps[start] <= question.window:
                _reach(state, key, level, start, this, now - rows.timestamps[start], reached)
    return units


@part_of_compiled
def _instant(rows, first, end, in_order):
    """Write the rows of `first`'s instant that play a part, in step order; return (the row after, how many)."""
    now = rows.timestamps[first]
    places = 0
    after = first
    while after < end and rows.timestamps[after] == now:
        code = np.int64(rows.codes[after])
        places |= code & -code
        after += 1
    count = 0
    while places:
        place = places & -places
        for row in range(first, after):
            code = np.int64(rows.codes[row])
            if code & -code == place:
                in_order[count] = row
                count += 1
        places ^= place
    return after, count


@part_of_compiled
def _open(state, key, stamp, units):
    state.opened[key] = stamp
    state.keys[units] = key
    state.level[key] = 0


@part_of_compiled
def _reach(state, key, j, start, this, time, reached):
    if j > 0 and len(reached.times):
        reached.times[j - 1, reached.units[j]] = time
    reached.units[j] += 1
    state.level[key] = j + 1
    state.entry[key] = start
    state.reach[key] = this


@part_of_compiled
def _move_to_front(state, key, row, code):
    moved, moved_code = row, code
    for place in range(state.older.shape[1]):
        shown, shown_code = state.older[key, place], state.newer[key, place]
        state.older[key, place], state.newer[key, place] = moved, moved_code
        if shown < 0 or shown_code == code:
            break
        moved, moved_code = shown, shown_code
