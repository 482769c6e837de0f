"""How long a funnel's window is, as text: `7d`, `90m`, `none`."""

from __future__ import annotations

from queries.funnel.plan import DAY_MS
from queries.parameters import Parameter, whole_number

NO_WINDOW = "none"
LONGEST_MS = 366 * DAY_MS

# The word in the address, what people call it, and its milliseconds; the longest first.
UNITS = (("d", "day", DAY_MS), ("h", "hour", 3_600_000), ("m", "minute", 60_000), ("s", "second", 1000))


def window(text: str) -> int | None:
    """Reads a window as milliseconds, `none` as None."""
    if text == NO_WINDOW:
        return None
    wanted = f"must be {NO_WINDOW}, or a whole number and s, m, h or d, from 1s to 366d"
    length = {word: ms for word, _, ms in UNITS}.get(text[-1:])
    if length is None:
        raise ValueError(wanted)
    try:
        return whole_number(1, LONGEST_MS // length)(text[:-1]) * length
    except ValueError:
        raise ValueError(wanted) from None


def window_text(ms: int | None) -> str:
    """The shortest text that `window` reads back."""
    if ms is None:
        return NO_WINDOW
    word, _, length = next(unit for unit in UNITS if ms % unit[2] == 0)
    return f"{ms // length}{word}"


def window_words(ms: int) -> str:
    """A window in words: `7 days`."""
    _, name, length = next(unit for unit in UNITS if ms % unit[2] == 0)
    return f"{ms // length} {name}" + ("" if ms == length else "s")


WINDOW = Parameter(
    "window", window, f"The longest time from the entry to a later step: `{NO_WINDOW}`, or a whole number and `s`, `m`, `h` or `d`, from "
    "`1s` to `366d`.", 7 * DAY_MS, schema=(("type", "string"), ("pattern", f"^({NO_WINDOW}|[0-9]+[smhd])$"), ("default", "7d")),
)
