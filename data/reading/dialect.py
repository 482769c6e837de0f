"""How a file of delimited text is written: its delimiter, its escapes, and which of its rows is the header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

DELIMITERS = ",;\t|"
# So many rows tell how the others are written.
SAMPLE_ROWS = 100
# A header has names for most of what its rows hold; what stands above it does not.
_LEAST_SHARE = 0.6
_SEPARATOR = re.compile(r'"?sep=([^"\r\n])"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """`skipped` lines stand before the first row of the table. With `escapes`, a backslash keeps the sign behind it from having a meaning."""

    delimiter: str
    escapes: bool = False
    skipped: int = 0

    @property
    def reading(self) -> dict[str, Any]:
        """What the csv module calls it."""
        return {"delimiter": self.delimiter, "strict": True, "escapechar": "\\" if self.escapes else None, "doublequote": True}


def dialect_of(sample: str, has_header: bool) -> Dialect:
    """The dialect of text that begins so; the first row of one without a header is its first that is not blank."""
    lines = list(io.StringIO(sample, newline=""))
    told, start = "", next((place for place, line in enumerate(lines) if line.strip()), 0)
    if lines and (separator := _SEPARATOR.match(lines[start])):
        told, start = separator.group(1), start + 1
    rows = {delimiter: _rows(lines[start:], delimiter) for delimiter in told or DELIMITERS}
    delimiter = max(rows, key=lambda one: _agreement([cells for _, cells in rows[one]]))
    places = [line for line, _ in rows[delimiter]]
    cells = [row for _, row in rows[delimiter]]
    first = header_place(cells) if has_header else next((place for place, row in enumerate(cells) if any(row)), 0)
    skipped = start + (places[first] if places else 0)
    return Dialect(delimiter, _has_escapes(lines[skipped:], delimiter), skipped)


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows of a table is the header: the first that is neither blank, a comment, nor a title above the table."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = _most_common([count for count in filled if count])
    least = usual * _LEAST_SHARE if usual > 1 else 1
    for place, (row, count) in enumerate(zip(rows, filled, strict=True)):
        if count and count >= least and not (row[0].startswith("#") and _is_comment(rows, place)):
            return place
    return next((place for place, count in enumerate(filled) if count), 0)


def _is_comment(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a row that begins with `#` is none of the table's: the next one begins so too, or has more cells."""
    following = next((row for row in rows[place + 1:] if any(row)), None)
    return following is not None and (following[0].startswith("#") or len(rows[place]) < len(following))


def _rows(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows, each with the number of lines before it."""
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            rows.append((before, row))
            before = reader.line_num
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:
        # A later look at every row says what is wrong with this one.
        pass
    return rows


def _agreement(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """In how many rows a delimiter gives the same number of cells, and that number."""
    widths = [len(row) for row in rows if len(row) > 1]
    usual = _most_common(widths)
    return widths.count(usual), usual


def _most_common(counts: Sequence[int]) -> int:
    """The count that occurs most often; the largest of several."""
    return max(Counter(counts).items(), key=lambda found: (found[1], found[0]), default=(0, 0))[0]


def _has_escapes(lines: Sequence[str], delimiter: str) -> bool:
    r"""Whether quotes within cells are written as \" and not doubled: only then can all of the rows be split."""
    return any('\\"' in line for line in lines) and not _can_be_split(lines, delimiter, None) and _can_be_split(lines, delimiter, "\\")


def _can_be_split(lines: Sequence[str], delimiter: str, escape: str | None) -> bool:
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True, escapechar=escape):
            pass
    except csv.Error:
        return False
    return True
