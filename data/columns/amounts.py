"""Conversion values as the decimals that were written, in whole numbers, so that no sum of them loses a digit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from data.columns.tenant import TenantColumns

_LIMB_DIGITS = 9
_BASE = 10**_LIMB_DIGITS
# Decimals of so many digits are told from one another by their doubles.
_CERTAIN = 1e15
_MOST_PLACES = 15


@dataclass(frozen=True)
class Amounts:
    """Decimals, one after the other: amount n is the sum of `limbs[n, i] * 10**(9 * (first[n] + i) + exponent)`.

    Sums of that form have `width` limbs.
    """

    first: np.ndarray
    limbs: np.ndarray
    exponent: int
    width: int

    def number(self, limbs: list[int]) -> float | None:
        """The double nearest to a sum; None where it is too large for one."""
        whole = sum(limb * _BASE**place for place, limb in enumerate(limbs))
        try:
            return whole / 10**-self.exponent if self.exponent < 0 else float(whole * 10**self.exponent)
        except OverflowError:
            return None


def amounts(tenant: TenantColumns) -> Amounts:
    """The conversion values of a tenant's journeys, in their order."""
    return tenant.recall("amounts", lambda: amounts_of(tenant.journeys.values))


def amounts_with(before: Amounts, values: np.ndarray, order: np.ndarray) -> Amounts | None:
    """Some amounts and further values, in the `order` of their places one behind the other; None where all must have another exponent."""
    further = amounts_of(values, before.exponent)
    if further.exponent < before.exponent:
        return None
    first, limbs = (np.concatenate([getattr(part, name) for part in (before, further)]) for name in ("first", "limbs"))
    return Amounts(first[order], limbs[order], before.exponent, max(before.width, further.width))


def amounts_of(values: np.ndarray, most: int = 0) -> Amounts:
    """Doubles as the shortest decimals that are read as them: 0.1 is a tenth. The exponent is at most the one given."""
    digits, exponents = decimals(values)
    exponent = min(int(exponents.min(initial=0)) // _LIMB_DIGITS * _LIMB_DIGITS, most)
    first, shift = np.divmod(exponents - exponent, _LIMB_DIGITS)
    upper, lower = np.divmod(digits, _BASE)
    scale = 10**shift
    carried, lowest = np.divmod(lower * scale, _BASE)
    highest, middle = np.divmod(upper * scale + carried, _BASE)
    limbs = np.column_stack([lowest, middle, highest]).astype(np.int32)
    return Amounts(first.astype(np.uint8), limbs, exponent, int(first.max(initial=0)) + limbs.shape[1])


def decimals(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each value as a whole number of up to 17 digits and the power of ten that it is to be multiplied by."""
    digits, exponents = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
    left = np.arange(len(values))
    for places in range(_MOST_PLACES + 1):
        if not len(left):
            return digits, exponents
        wanted = values[left]
        with np.errstate(over="ignore"):
            scaled = np.rint(wanted * 10.0**places)
        found = (np.abs(scaled) < _CERTAIN) & (scaled / 10.0**places == wanted)
        digits[left[found]] = scaled[found].astype(np.int64)
        exponents[left[found]] = -places
        left = left[~found]
    rest, where = np.unique(values[left], return_inverse=True)
    spelled = [Decimal(repr(value)).as_tuple() for value in rest.tolist()]
    whole = [int("".join(map(str, decimal.digits))) * (-1 if decimal.sign else 1) for decimal in spelled]
    digits[left] = np.array(whole, np.int64)[where]
    exponents[left] = np.array([decimal.exponent for decimal in spelled], np.int64)[where]
    return digits, exponents
