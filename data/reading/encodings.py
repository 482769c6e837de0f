"""Text of any encoding as UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import Any

from data.reading.first_bytes import refuse_binary

# The longer marks first: one of UTF-32 begins as one of UTF-16 does.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}
_PIECE = 1 << 20
NOT_TEXT = b"\xff"
"""Stands for what an encoding has no sign for; it makes its row one that is not text."""


def as_utf8(file: io.BufferedReader[Any], encoding: str, peek: int) -> io.BufferedReader[Any]:
    """The bytes as UTF-8: from the encoding that is named, or that their mark tells; else they are taken for UTF-8 already."""
    start = file.peek(4)
    told = encoding or next((name for mark, name in _MARKS.items() if start.startswith(mark)), "")
    if not told or codecs.lookup(told).name in ("utf-8", "utf-8-sig", "ascii"):
        refuse_binary(start[:_PIECE])
        return file
    return io.BufferedReader(_Transcoded(file, told), peek)


def _marked(problem: UnicodeError) -> tuple[str, int]:
    assert isinstance(problem, UnicodeDecodeError)
    # Surrogateescape turns it into NOT_TEXT again.
    return "\udcff", problem.end


codecs.register_error("not text", _marked)


class _Transcoded(io.RawIOBase):
    def __init__(self, file: io.BufferedReader[Any], encoding: str):
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("not text")
        self._ahead = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ahead and not self._ended:
            data = self._file.read1(_PIECE)
            self._ended = not data
            self._ahead = self._decoder.decode(data, self._ended).encode("utf-8", "surrogateescape")
        taken = self._ahead[:len(buffer)]
        buffer[:len(taken)] = taken
        self._ahead = self._ahead[len(taken):]
        return len(taken)
