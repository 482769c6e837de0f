"""The file that lists what was not loaded, and why."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TextIO


class Reject(NamedTuple):
    line: int
    reason: str
    text: str


class Rejects:
    """`<file>.rejects.csv` beside a file, or in a folder of the state folder where that one cannot be written to."""

    def __init__(self, file: Path, fallback: Path):
        self.count = 0
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
            self._rows.writerow(reject)
            self.count += 1

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
        if self._text is not None:
            self._text.close()

    def _opened(self) -> TextIO:
        for folder in self._folders:
            try:
                folder.mkdir(exist_ok=True)
                part = folder / (self._name + ".part")
                text = part.open("w", encoding="utf-8", newline="")
            except OSError:
                if folder == self._folders[-1]:
                    raise
            else:
                self._part = part
                return text
        raise AssertionError(self._folders)
