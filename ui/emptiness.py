"""A selection without interactions: why, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from queries.emptiness import Widened
from queries.selection import Selection
from ui.messages import Way, nothing_matches
from ui.numbers import count


def no_interactions(found: Sequence[Widened], show: Callable[[Selection], None], clear: Callable[[], None]) -> None:
    """Says that no interactions match, and which filter to remove; `show` leads to another selection, `clear` to all."""
    helpful = [one for one in found if one.total]
    hint = " ".join(f"Without the filter {one.dropped} there would be {count(one.total)}." for one in helpful)
    ways = [Way(f"Remove {one.dropped}", partial(show, one.selection)) for one in helpful]
    nothing_matches("interactions", hint or "Nor would any without one of the filters.", clear, ways)
