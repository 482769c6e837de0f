"""The lines of a file, of which some may be taken as bytes, many at once."""

from __future__ import annotations

import re
from typing import BinaryIO

from data.reading.batches import LONGEST_ROW

_BREAK = re.compile(b"\r\n|\n|\r")
_PIECE = 1 << 20


class Lines:
    """Each line with its break, as text in which a byte that is no UTF-8 is half a surrogate pair; `taken` counts them.

    A line that is longer than any row comes in parts.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self._held = file.read(_PIECE).removeprefix(b"\xef\xbb\xbf")
        self._at = 0
        self._ended = not self._held
        self.taken = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        searched = self._at
        while True:
            found = _BREAK.search(self._held, searched)
            # A carriage return at the end may be one half of a break.
            if found and (found.end() < len(self._held) or found.group() != b"\r" or self._ended):
                return self._take(found.end())
            if self._ended or len(self._held) - self._at > LONGEST_ROW:
                if self._at == len(self._held):
                    raise StopIteration
                return self._take(len(self._held))
            searched = max(len(self._held) - 1 - self._at, 0)
            self._more(_PIECE)

    def _take(self, end: int) -> str:
        text = self._held[self._at:end].decode("utf-8", "surrogateescape")
        self._at = end
        self.taken += 1
        return text

    def ahead(self, size: int) -> tuple[bytes, bool]:
        """The bytes from here on, so many if there are as many, and whether the file ends with them."""
        while len(self._held) - self._at < size and not self._ended:
            self._more(size)
        if self._at:
            self._held, self._at = self._held[self._at:], 0
        return self._held, self._ended

    def pass_over(self, size: int, lines: int) -> None:
        """Take bytes that are whole lines."""
        self._at += size
        self.taken += lines

    def _more(self, size: int) -> None:
        read = self._file.read(size)
        self._ended = not read
        self._held, self._at = self._held[self._at:] + read, 0
