"""The compiled heart of the funnel: one unit after the other, each row once, in the order in which the unit lived it.

All compiled functions of the walk stand in this one file, since numba's cache on disk follows changes of a function's own file
only. Those called from outside are cached; the others are part of them.

A row's *code* is a uint16: bit j is set where its type belongs to step j + 1, bit `steps` where the row voids every
chain (an excluded type, or a foreign one under order strict); it is 0 where the row plays no part. Its lowest bit
is thus the row's place among the rows of one instant. Rows are numbered from the start of a chunk, which holds
whole customers; -1 is no row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

compiled = njit(nogil=True, error_model="numpy", cache=True)
# Called for each instant of a unit: to hand the arrays over would take as long as the work.
part_of_compiled = njit(nogil=True, error_model="numpy", forceinline=True)


TIED = -1
EARLIEST, LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class KernelPlan(NamedTuple):
    """A plan in numbers; what is open reaches to EARLIEST or LATEST.

    `step_of_code` (uint8) is the step, from 0, of each code of one bit, the voiding one coming after the last. The window of an entry
    after `matured` ends after the log's clock.
    """

    steps: int
    step_of_code: np.ndarray
    strict_order: bool
    window: int
    from_ms: int
    to_ms: int
    matured: int


class Rows(NamedTuple):
    """A chunk's rows."""

    timestamps: np.ndarray
    codes: np.ndarray


class Units(NamedTuple):
    """Where the rows of a chunk's units lie.

    Those of its nth customer are of_customer[n] to before of_customer[n + 1]; the rows of unit u are order[starts[u]] to before
    order[starts[u + 1]], each counted from its customer's origins[n].
    """

    of_customer: np.ndarray
    origins: np.ndarray
    starts: np.ndarray
    order: np.ndarray


class UnitResults(NamedTuple):
    """What became of each unit: the step it reached, the rows where its chosen chain enters and reaches that, and whether it may go on.

    Level 0 is a unit without an entry, which has no rows.
    """

    level: np.ndarray
    entry: np.ndarray
    reach: np.ndarray
    waits: np.ndarray


class Reached(NamedTuple):
    """How many units reached each step, and times[j, :units[j]], the ms from the entry to step j + 1."""

    units: np.ndarray
    times: np.ndarray


@compiled
def write_codes(types, code_of_type, codes):
    """Write each row's code; types beyond the table share its last entry."""
    last = len(code_of_type) - 1
    for row in range(len(types)):
        codes[row] = code_of_type[min(np.int64(types[row]), last)]


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


# One function walks all units of a chunk, for a unit has few rows: to hand the arrays over for each would take longer than the walk.


@compiled
def walk_chains(plan, rows, units, found, reached):
    """Walk the units for orders ordered and strict, each row having one step and an instant of its own; return how many are TIED.

    TIED is the level of a unit with several rows at one instant; nothing else is set for it. chains[j] is as older[j - 1] in
    `walk_tied_chains`, and chains[0] the row itself where it may enter. Beyond the level there also are chains that came there later
    than their window allows, and only are later for a further step.
    """
    steps, window, strict_order = plan.steps, plan.window, plan.strict_order
    from_ms, to_ms = plan.from_ms, plan.to_ms
    step_of_code = plan.step_of_code
    timestamps, codes = rows.timestamps, rows.codes
    starts, order = units.starts, units.order
    times, counts = reached.times, reached.units
    chains = np.empty(steps + 2, np.int64)
    tied = 0
    for customer in range(len(units.origins)):
        origin = units.origins[customer]
        for unit in range(units.of_customer[customer], units.of_customer[customer + 1]):
            for j in range(steps + 2):
                chains[np.uintp(j)] = -1
            level, entry, reach, latest = np.int64(0), np.int64(-1), np.int64(-1), np.int64(-1)
            now = EARLIEST
            for place in range(starts[unit], starts[unit + 1]):
                # Of unsigned numbers no index can be meant to count from the end, which would have to be looked into.
                row = np.uintp(origin + np.int64(order[np.uintp(place)]))
                code = codes[row]
                if code == 0:
                    continue
                time = timestamps[row]
                if time == now:
                    for j in range(level):
                        counts[j] -= 1
                    level = np.int64(TIED)
                    tied += 1
                    break
                # Not before: a row of the last one's instant may be a later entry.
                if level == steps:
                    break
                now = time
                step = np.int64(step_of_code[np.uintp(code)])
                # Types come in no order that a processor could guess, so what follows from them is computed rather than branched to.
                enters = np.int64(from_ms <= time) & np.int64(time < to_ms)
                chains[0] = np.int64(row) | (enters - 1)
                latest = max(latest, chains[0]) if step == 0 else latest
                if step == level:
                    start = chains[np.uintp(step)]
                    if start >= 0:
                        took = time - timestamps[np.uintp(start)]
                        if took <= window:
                            times[np.uintp(step), np.uintp(counts[np.uintp(step)])] = took
                            counts[np.uintp(step)] += 1
                            level, entry, reach = step + 1, start, np.int64(row)
                chains[np.uintp(step + 1)] = max(chains[np.uintp(step)], chains[np.uintp(step + 1)])
                if strict_order or step == steps:
                    for j in range(1, step + 1):
                        chains[j] = -1
            found.level[unit], found.entry[unit], found.reach[unit] = level, entry, reach
            found.waits[unit] = level < steps and latest >= 0 and timestamps[latest] > plan.matured
    return tied


@compiled
def walk_tied_chains(plan, strict_ties, rows, units, found, reached, in_order):
    """Walk the units that are TIED, the rows of an instant taken in step order; leave in `found` what became of them.

    older[j] is the latest entry of a live chain whose last row fills step j + 1. The latest serves as
    well as any: what a chain may do next hangs on its step and its window alone. Where both live, that of a
    step is no later than that of the step before. Under strict ties, `newer` holds the chains whose last row
    lies in the instant being walked: its rows may void them, not carry them on. `in_order` has room for the longest unit's rows.
    """
    steps = plan.steps
    timestamps, codes = rows.timestamps, rows.codes
    times, counts = reached.times, reached.units
    older, newer = np.empty(steps, np.int64), np.empty(steps, np.int64)
    into = newer if strict_ties else older
    for customer in range(len(units.origins)):
        origin = units.origins[customer]
        for unit in range(units.of_customer[customer], units.of_customer[customer + 1]):
            if found.level[unit] != TIED:
                continue
            for j in range(steps):
                older[j] = newer[j] = -1
            level, entry, reach, latest = np.int64(0), np.int64(-1), np.int64(-1), np.int64(-1)
            place, end = np.int64(units.starts[unit]), np.int64(units.starts[unit + 1])
            while place < end and level < steps:
                place, count = _instant(timestamps, codes, units.order, origin, place, end, in_order)
                for nth in range(count):
                    row = in_order[nth]
                    code = np.int64(codes[row])
                    time = timestamps[row]
                    # From the last step down, so that one row fills one step. Beyond the level there is no chain to carry on: one
                    # that came there took longer than its window, and only takes longer still.
                    for j in range(min(level, steps - 1), 0, -1):
                        start = older[j - 1]
                        if (code >> j) & 1 and start >= 0:
                            into[j] = start
                            # A unit that reaches a step has reached the one before: only j == level is new.
                            if j == level and time - timestamps[start] <= plan.window:
                                times[j, counts[j]] = time - timestamps[start]
                                counts[j] += 1
                                level, entry, reach = level + 1, start, row
                    if plan.strict_order or code >> steps:
                        j = 0
                        while j < steps and not (code >> j) & 1:
                            older[j] = newer[j] = -1
                            j += 1
                    if code & 1 and plan.from_ms <= time < plan.to_ms:
                        into[0] = latest = row
                        if level == 0:
                            counts[0] += 1
                            level, entry, reach = np.int64(1), row, row
                if strict_ties:
                    for j in range(steps):
                        older[j] = max(older[j], newer[j])
                        newer[j] = -1
            found.level[unit], found.entry[unit], found.reach[unit] = level, entry, reach
            found.waits[unit] = level < steps and latest >= 0 and timestamps[latest] > plan.matured


@compiled
def walk_sets(plan, rows, units, found, reached, in_order):
    """Walk the units for order any; `in_order` has room for the longest unit's rows.

    `shown` lists the newest row of each step met since the first entry, newest first, `shown_codes` their
    codes. The rows from an entry to now hold k different steps just where the entry is no later than
    shown[k - 1].
    """
    steps = plan.steps
    timestamps, codes = rows.timestamps, rows.codes
    times, counts = reached.times, reached.units
    shown, shown_codes = np.empty(steps, np.int64), np.empty(steps, np.int64)
    for customer in range(len(units.origins)):
        origin = units.origins[customer]
        for unit in range(units.of_customer[customer], units.of_customer[customer + 1]):
            for j in range(steps):
                shown[j] = -1
            level, entry, reach, latest = np.int64(0), np.int64(-1), np.int64(-1), np.int64(-1)
            # The latest entry that no excluded row has voided.
            live = np.int64(-1)
            place, end = np.int64(units.starts[unit]), np.int64(units.starts[unit + 1])
            while place < end and level < steps:
                place, count = _instant(timestamps, codes, units.order, origin, place, end, in_order)
                for nth in range(count):
                    row = in_order[nth]
                    code = np.int64(codes[row])
                    time = timestamps[row]
                    if code >> steps:
                        live = np.int64(-1)
                        for j in range(steps):
                            shown[j] = -1
                        continue
                    if plan.from_ms <= time < plan.to_ms:
                        live = latest = row
                    if level == steps or latest < 0:
                        continue
                    _move_to_front(shown, shown_codes, row, code)
                    # One row adds one step at most, so only the next level can be news.
                    start = shown[level]
                    if start >= 0 and timestamps[start] >= plan.to_ms:
                        start = live
                    if start >= 0 and time - timestamps[start] <= plan.window:
                        times[level, counts[level]] = time - timestamps[start]
                        counts[level] += 1
                        level, entry, reach = level + 1, start, row
            found.level[unit], found.entry[unit], found.reach[unit] = level, entry, reach
            found.waits[unit] = level < steps and latest >= 0 and timestamps[latest] > plan.matured


@part_of_compiled
def _instant(timestamps, codes, order, origin, first, end, in_order):
    """Write the rows of the instant at a place that play a part, in step order; return (the place after, how many)."""
    row = origin + np.int64(order[first])
    now = timestamps[row]
    after = first + 1
    if after == end or timestamps[origin + np.int64(order[after])] != now:
        in_order[0] = row
        return after, np.int64(codes[row] != 0)
    bits = np.int64(codes[row]) & -np.int64(codes[row])
    while after < end and timestamps[origin + np.int64(order[after])] == now:
        code = np.int64(codes[origin + np.int64(order[after])])
        bits |= code & -code
        after += 1
    count = 0
    while bits:
        bit = bits & -bits
        for place in range(first, after):
            row = origin + np.int64(order[place])
            code = np.int64(codes[row])
            if code & -code == bit:
                in_order[count] = row
                count += 1
        bits ^= bit
    return after, count


@part_of_compiled
def _move_to_front(shown, shown_codes, row, code):
    moved, moved_code = row, code
    for place in range(len(shown)):
        before, before_code = shown[place], shown_codes[place]
        shown[place], shown_codes[place] = moved, moved_code
        if before < 0 or before_code == code:
            break
        moved, moved_code = before, before_code
