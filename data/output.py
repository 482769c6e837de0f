"""How a command ends whose output nobody reads any more, as in `… | head`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

UNREAD = 128 + 13
"""The exit code that a shell tells of a tool which the signal of a closed pipe has ended."""


def until_unread(command: Callable[[], int]) -> int:
    """The exit code of a command; where its output is no longer read, it ends there without a word."""
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter writes out what is left at its end, and would complain.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        return UNREAD
