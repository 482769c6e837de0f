"""Compressed bytes as they were before: gzip, bzip2, xz, Zstandard and LZ4, also one within another."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from data.reading.first_bytes import COMPRESSIONS, ENOUGH, kind_of
from data.store.limits import StoreError

PEEK = 1 << 20
BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile)
"""What decompressors and archives raise where bytes are missing or wrong."""

_MOST_LAYERS = 3
# No log shrinks to so little; what grows so much was made to fill a disk or a memory.
_MOST_TIMES, _HARMLESS_BYTES = 1000, 1 << 30


def unpacked(reader: io.BufferedReader[Any], packed_bytes: Callable[[], int]) -> io.BufferedReader[Any]:
    """The bytes without their compression, which can be looked at ahead; `packed_bytes` says how many of them have been read so far."""
    for _ in range(_MOST_LAYERS):
        kind = kind_of(reader.peek(ENOUGH)[:ENOUGH])
        if kind not in COMPRESSIONS:
            break
        reader = io.BufferedReader(_Bounded(_OPENERS[kind](reader), packed_bytes), PEEK)
    return reader


class _Bounded(io.RawIOBase):
    """Bytes as they are unpacked, as long as they do not grow beyond measure."""

    def __init__(self, file: Any, packed_bytes: Callable[[], int]):
        self._file = file
        self._packed_bytes = packed_bytes
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[:len(data)] = data
        self._bytes += len(data)
        if self._bytes > _HARMLESS_BYTES and self._bytes > _MOST_TIMES * max(self._packed_bytes(), 1):
            raise StoreError(f"it unpacks to more than {_MOST_TIMES:,} times its size, which no log does: unpack it yourself if it is one.")
        return len(data)


def _arrow(codec: str) -> Callable[[Any], Any]:
    return lambda file: pa.CompressedInputStream(pa.PythonFile(file, "r"), codec)


_OPENERS: dict[str, Callable[[Any], Any]] = {
    "gzip": lambda file: gzip.GzipFile(fileobj=file),
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": _arrow("zstd"),
    "lz4": _arrow("lz4"),
}
