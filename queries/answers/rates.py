"""The statistics of rates: intervals, comparisons, and when there is too little data to judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import erfc, sqrt
from typing import Literal

from queries.asking.measures import MEASURE, Figures, rate

# 95% of a normal distribution lies within this many standard deviations.
Z = 1.959963984540054
ALARM = 0.05
FEWEST_TRIALS = 100
FEWEST_EACH_WAY = 5

TOO_FEW = (
    f"Too few to say: a rate is judged from {FEWEST_TRIALS} impressions on, and compared where at least {FEWEST_EACH_WAY} hits and "
    f"{FEWEST_EACH_WAY} misses would be expected on either side."
)
NOT_A_SHARE = "Not a share: it counts more hits than impressions, so it has neither an interval nor a verdict, and no other is compared with it."

Verdict = Literal["higher", "lower", "no clear difference", "too few to say", "nothing to compare with", "not a share"]


@dataclass(frozen=True)
class Arm:
    """Hits in trials: clicks in impressions. Hits can outnumber trials, and then there is no proportion to judge."""

    hits: int
    trials: int

    @property
    def is_share(self) -> bool:
        return 0 <= self.hits <= self.trials and self.trials > 0

    @property
    def outnumbers(self) -> bool:
        """Whether there are more hits than trials."""
        return self.hits > self.trials

    def __add__(self, other: Arm) -> Arm:
        return Arm(self.hits + other.hits, self.trials + other.trials)

    def __sub__(self, other: Arm) -> Arm:
        return Arm(self.hits - other.hits, self.trials - other.trials)


@dataclass(frozen=True)
class Rate:
    """A rate in its measure's unit with its 95% interval.

    `value` is None without trials, `low` and `high` as well where hits outnumber trials; `enough` is whether there are FEWEST_TRIALS.
    """

    value: float | None
    low: float | None
    high: float | None
    hits: int
    trials: int
    enough: bool

    @property
    def outnumbers(self) -> bool:
        """Whether there are more hits than trials, and so no share."""
        return Arm(self.hits, self.trials).outnumbers


@dataclass(frozen=True)
class Contrast:
    """One arm against another: `difference` of the shares (first less second), `p` corrected for the number of comparisons.

    Both are None where nothing can be compared, and `comparisons` is 0.
    """

    verdict: Verdict
    difference: float | None = None
    p: float | None = None
    comparisons: int = 0


_EMPTY = Arm(0, 0)
_TOO_FEW = Contrast("too few to say")
_ALONE = Contrast("nothing to compare with")
_NOT_A_SHARE = Contrast("not a share")
_MIRRORED: dict[Verdict, Verdict] = {"higher": "lower", "lower": "higher"}


def arm_of(figures: Figures, measure: str) -> Arm:
    """The hits and trials behind a rate."""
    asked = MEASURE[measure]
    assert asked.numerator is not None and asked.denominator is not None, f"{measure} is not a rate"
    return Arm(figures.count(asked.numerator), figures.count(asked.denominator))


def rate_of(figures: Figures, measure: str) -> Rate:
    """A rate, by its measure's id, with its interval."""
    arm, unit = arm_of(figures, measure), 100 if MEASURE[measure].unit == "percent" else 1
    low, high = wilson(arm) or (None, None)
    return Rate(
        value=rate(MEASURE[measure], arm.hits, arm.trials),
        low=None if low is None else unit * low,
        high=None if high is None else unit * high,
        hits=arm.hits,
        trials=arm.trials,
        enough=arm.trials >= FEWEST_TRIALS,
    )


def wilson(arm: Arm) -> tuple[float, float] | None:
    """Wilson's 95% interval of a share; None where there is no share."""
    if not arm.is_share:
        return None
    n, share = arm.trials, arm.hits / arm.trials
    centre = share + Z * Z / (2 * n)
    reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    # At the ends the formula is exact, but its arithmetic is not.
    low = 0.0 if arm.hits == 0 else (centre - reach) / scale
    high = 1.0 if arm.hits == n else (centre + reach) / scale
    return low, high


def pairwise(arms: Sequence[Arm]) -> dict[tuple[int, int], Contrast]:
    """Each two arms, by their places, the earlier against the later; corrected for all these comparisons."""
    pairs = list(combinations(range(len(arms)), 2))
    return dict(zip(pairs, contrasts([(arms[first], arms[second]) for first, second in pairs]), strict=True))


def against_rest(arms: Sequence[Arm]) -> list[Contrast]:
    """Each arm against all others together; corrected for all these comparisons.

    Arms that are no share are left out of what the others are compared with. Of two shares the comparisons are one, seen from either
    side; a share that is the only one has nothing to compare with.
    """
    shares = [place for place, arm in enumerate(arms) if arm.is_share]
    found = [_incomparable(arm) for arm in arms]
    if len(shares) == 1:
        found[shares[0]] = _ALONE
    elif len(shares) == 2:
        first, second = shares
        [found[first]] = contrasts([(arms[first], arms[second])])
        found[second] = _from_the_other_side(found[first])
    else:
        whole = all_shares(arms)
        for place, contrast in zip(shares, contrasts([(arms[place], whole - arms[place]) for place in shares]), strict=True):
            found[place] = contrast
    return found


def all_shares(arms: Iterable[Arm]) -> Arm:
    """All arms together that are shares."""
    return sum((arm for arm in arms if arm.is_share), _EMPTY)


def contrasts(pairs: Sequence[tuple[Arm, Arm]]) -> list[Contrast]:
    """The first of each pair against the second: the pooled two-proportion z-test at 5%, with Holm's correction."""
    judged = [place for place, pair in enumerate(pairs) if _comparable(*pair)]
    corrected = holm([_p(*pairs[place]) for place in judged])
    found = [_incomparable(*pair) for pair in pairs]
    for place, p in zip(judged, corrected, strict=True):
        first, second = pairs[place]
        difference = first.hits / first.trials - second.hits / second.trials
        verdict: Verdict = "no clear difference"
        if p < ALARM:
            verdict = "higher" if difference > 0 else "lower"
        found[place] = Contrast(verdict, difference, p, len(judged))
    return found


def _incomparable(*arms: Arm) -> Contrast:
    return _NOT_A_SHARE if any(arm.outnumbers for arm in arms) else _TOO_FEW


def _from_the_other_side(found: Contrast) -> Contrast:
    verdict = _MIRRORED.get(found.verdict, found.verdict)
    return replace(found, verdict=verdict, difference=None if found.difference is None else -found.difference)


def _comparable(first: Arm, second: Arm) -> bool:
    if not (first.is_share and second.is_share and min(first.trials, second.trials) >= FEWEST_TRIALS):
        return False
    pooled = first + second
    rarer = min(pooled.hits, pooled.trials - pooled.hits) / pooled.trials
    return rarer * min(first.trials, second.trials) >= FEWEST_EACH_WAY


def _p(first: Arm, second: Arm) -> float:
    pooled = (first.hits + second.hits) / (first.trials + second.trials)
    error = sqrt(pooled * (1 - pooled) * (1 / first.trials + 1 / second.trials))
    z = (first.hits / first.trials - second.hits / second.trials) / error
    return two_sided(z)


def two_sided(z: float) -> float:
    """The probability that a standard normal variable is at least this far from 0, in either direction."""
    return erfc(abs(z) / sqrt(2))


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values in the same order, corrected by Holm's method to control the family-wise error rate."""
    corrected = [0.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        corrected[place] = highest
    return corrected
