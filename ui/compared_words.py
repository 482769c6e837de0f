"""How values were compared with one another, in words."""

from __future__ import annotations

from collections.abc import Sequence

from queries.rates import Contrast
from ui.numbers import counted


def how_compared(contrasts: Sequence[Contrast]) -> str:
    """What each value's rate was held against, by which test, and for how many comparisons that was corrected."""
    if len(contrasts) < 2:
        return "There is one alone, and nothing to compare it with."
    held = "The two are compared with each other" if len(contrasts) == 2 else "Each is compared with all others together"
    comparisons = max((contrast.comparisons for contrast in contrasts), default=0)
    corrected = f", p by Holm corrected for {counted(comparisons, 'comparison')}" if comparisons > 1 else ""
    return f"{held}: two-proportion z-test at 5%{corrected}."
