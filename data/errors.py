"""What can go wrong with the store, in words a person can act on."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot do what was asked; the message says why and what to do."""


class StoreInUse(StoreError):
    """Another process owns the store's file."""


class TooSlow(StoreError):
    """A question ran into its time limit and was stopped."""

    def __init__(self, seconds: float):
        super().__init__(f"The question took longer than {seconds:g} seconds and was stopped. Narrow it, by period or by offer.")
        self.seconds = seconds
