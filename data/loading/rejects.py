"""The list of rows that a load did not take, each by where it stands, and the file that is refused because none of its rows can be taken."""

from __future__ import annotations

import csv
import os
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.store.limits import StoreError

MOST_LISTED = 10_000
_FIRST_ROWS = 1000

# Signs that a terminal obeys instead of showing them, also those that turn the direction of text. Breaks and tabs are left.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """A text whose control characters are spelled out, so that it can be shown on a terminal; a break of Windows is one as others are."""
    return _CONTROL.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(found: re.Match[str]) -> str:
    sign = ord(found.group())
    return f"\\x{sign:02x}" if sign < 256 else f"\\u{sign:04x}"


class Reject(NamedTuple):
    line: int
    reason: str
    text: str


class Rejects:
    """`<file>.rejects.csv` beside a file, or in a folder of the state folder where that one cannot be written to.

    It lists the first ten thousand, or all where that is asked for. It is its owner's alone, and never written through a link.
    """

    def __init__(self, file: Path, fallback: Path, all_of_them: bool = False):
        self.count = 0
        self._most = None if all_of_them else MOST_LISTED
        self._name = file.name + ".rejects.csv"
        self._folders = (file.parent, fallback)
        self._part: Path | None = None
        self._text: TextIO | None = None

    def add(self, rejects: Iterable[Reject]) -> None:
        for reject in rejects:
            if self._text is None:
                self._text = self._opened()
                self._rows = csv.writer(self._text)
                self._rows.writerow(Reject._fields)
            if self._most is None or self.count < self._most:
                self._rows.writerow((reject.line, printable(reject.reason), printable(reject.text)))
            self.count += 1

    @property
    def unlisted(self) -> int:
        """How many are counted and not listed."""
        return 0 if self._most is None else max(self.count - self._most, 0)

    def keep(self) -> str | None:
        """Where the list now is; None where there is nothing on it, and then no older list stays either."""
        if self._part is None:
            for folder in self._folders:
                (folder / self._name).unlink(missing_ok=True)
            return None
        self.close()
        kept = self._part.replace(self._part.with_name(self._name))
        self._part = None
        return str(kept)

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *problem: object) -> None:
        """Drop the list of a load that did not come to its end."""
        self.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)

    def close(self) -> None:
        """Have all of it on the disk."""
        if self._text is not None and not self._text.closed:
            if self.unlisted:
                self._rows.writerow(("", f"{self.unlisted:,} more are not listed: --all-rejects lists them", ""))
            self._text.close()

    def _opened(self) -> TextIO:
        for folder in self._folders:
            try:
                folder.mkdir(exist_ok=True)
                part = folder / f"{self._name}.part"
                # What a broken load left; a link is removed and not followed.
                part.unlink(missing_ok=True)
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            except OSError:
                if folder == self._folders[-1]:
                    raise
            else:
                self._part = part
                return open(descriptor, "w", encoding="utf-8", newline="")
        raise AssertionError(self._folders)


def refuse_alike(cursor: duckdb.DuckDBPyConnection, rows: int, latest: int, columns: Collection[str]) -> None:
    """`StoreError` where the first thousand rows of a load have all failed for one reason; asked after each batch, of `latest` rows."""
    if rows < _FIRST_ROWS or rows - latest >= _FIRST_ROWS:
        return
    [(failed, reasons, problem)] = cursor.execute("""
        select count(problem), count(distinct split_part(problem, ': ', 1)), any_value(problem)
        from (select problem from arrived order by number limit $first)
    """, {"first": _FIRST_ROWS}).fetchall()
    if failed == _FIRST_ROWS and reasons == 1:
        raise StoreError(f"nothing was loaded: the first {_FIRST_ROWS:,} rows all fail alike: {problem}. {_remedy(problem, columns)}")


def _remedy(problem: str, columns: Collection[str]) -> str:
    missing = re.match(r"(\w+) is missing", problem)
    if missing:
        return f"Name its column: --map COLUMN={missing.group(1)}. The columns are {', '.join(list(columns)[:50])}."
    return "Mend the file, or say how it is to be read (python -m data load --help)."


class Places:
    """The members of a load in their order, each with the highest number of the rows before it."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._before: list[int] = []
        self._highest = 0

    def numbered(self, member: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch whose lines, which begin anew with each member, are numbers of the whole load."""
        if not self._names or self._names[-1] != member:
            self._names.append(member)
            self._before.append(self._highest)
        before = self._before[-1]
        if len(batch):
            self._highest = max(self._highest, before + pc.max(batch.column(0)).as_py())
        return batch.set_column(0, batch.schema.field(0), pc.add(batch.column(0), before)) if before else batch

    def line(self, number: int) -> int:
        """The line in its member."""
        return number - self._before[self._place(number)] if self._names else number

    def told(self, rejects: Iterable[Reject]) -> Iterator[Reject]:
        """The same rejects by their lines; where there are several members, each reason begins with the member's name."""
        for reject in rejects:
            reason = f"{self._names[self._place(reject.line)]}: {reject.reason}" if len(self._names) > 1 else reject.reason
            yield reject._replace(line=self.line(reject.line), reason=reason)

    def _place(self, number: int) -> int:
        return max(bisect_right(self._before, number - 1) - 1, 0)
