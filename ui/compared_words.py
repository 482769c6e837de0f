"""How values were compared with one another, in words."""

from __future__ import annotations

from collections.abc import Sequence

from queries.rates import Contrast
from ui.numbers import count, counted


def how_compared(contrasts: Sequence[Contrast]) -> str:
    """What each value's rate was held against, by which test, and for how many comparisons that was corrected."""
    shares = [contrast for contrast in contrasts if contrast.verdict != "not a share"]
    left_out = _left_out(len(contrasts) - len(shares))
    if len(shares) < 2:
        return f"There is {'one alone' if shares else 'none'}, and nothing to compare{' it' if shares else ''} with.{left_out}"
    held = "The two are compared with each other" if len(shares) == 2 else "Each is compared with all others together"
    comparisons = max(contrast.comparisons for contrast in shares)
    corrected = f", p by Holm corrected for {counted(comparisons, 'comparison')}" if comparisons > 1 else ""
    return f"{held}: two-proportion z-test at 5%{corrected}.{left_out}"


def _left_out(number: int) -> str:
    if number == 0:
        return ""
    if number == 1:
        return " One has more hits than impressions, is not a share and is left out."
    return f" {count(number)} have more hits than impressions, are not shares and are left out."
