"""Settings of the environment that are whole numbers."""

from __future__ import annotations

import os

from data.store.limits import StoreError


def whole_number_setting(name: str, usual: int, least: int, most: int) -> int:
    """What the environment says, else what is usual; `StoreError` where that is not a number within the bounds."""
    said = os.environ.get(name) or str(usual)
    if not (said.isascii() and said.isdecimal() and least <= int(said) <= most):
        raise StoreError(f"{name} must be a whole number from {least} to {most}, not {said!r}.")
    return int(said)
