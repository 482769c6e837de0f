"""The members of zip and tar archives, read where they lie: nothing is written anywhere, whatever their names are."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from data.reading.options import ReadOptions
from data.reading.places import is_beside
from data.store.limits import StoreError

_OFFICE = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsx", "word/document.xml": "docx", "ppt/presentation.xml": "pptx"}
_ENCRYPTED = 1
# An archive without members would say nothing of why.
_NOTHING = "there is no member in this archive that could be a log"


def kind_of_zip(file: BinaryIO) -> str:
    """What a file in the zip format is: "xlsx", "docx", "pptx", "ods", or a "zip" of members."""
    with _zip(file) as archive:
        names = set(archive.namelist())
        office = [kind for name, kind in _OFFICE.items() if name in names]
        if not office and {"mimetype", "content.xml"} <= names:
            office = ["ods" if b"spreadsheet" in archive.read("mimetype") else "odt"]
    return office[0] if office else "zip"


def zip_members(file: BinaryIO, options: ReadOptions) -> Iterator[tuple[str, io.BufferedReader[Any]]]:
    """The name and the bytes of each member that is asked for, in the archive's order; each to be read before the next."""
    with _zip(file) as archive:
        infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        for name in _asked_for(list(infos), options):
            if infos[name].flag_bits & _ENCRYPTED:
                raise StoreError(f"{name} in it is encrypted: unpack it with its password, and load that.")
            try:
                member = archive.open(infos[name])
            except NotImplementedError as problem:
                raise StoreError(f"{name} in it is compressed in a way that cannot be read ({problem}): unpack it, and load that.") from problem
            with member:
                yield name, io.BufferedReader(_OneWay(member))


def tar_members(file: BinaryIO, options: ReadOptions) -> Iterator[tuple[str, io.BufferedReader[Any]]]:
    """The same of a tar archive, which is read once, from its start to its end."""
    passed, found = [], False
    with tarfile.open(fileobj=file, mode="r|", errorlevel=2) as archive:
        for info in archive:
            if not info.isfile() or is_beside(PurePosixPath(info.name).parts):
                continue
            if not options.takes(info.name, PurePosixPath(info.name).name):
                passed.append(info.name)
                continue
            found = True
            yield info.name, io.BufferedReader(_OneWay(cast(BinaryIO, archive.extractfile(info))))
    if not found:
        raise StoreError(_nothing(passed, options))


def _asked_for(names: list[str], options: ReadOptions) -> list[str]:
    files = [name for name in names if not is_beside(PurePosixPath(name).parts)]
    asked = [name for name in files if options.takes(name, PurePosixPath(name).name)]
    if not asked:
        raise StoreError(_nothing(files, options))
    return asked


def _nothing(names: list[str], options: ReadOptions) -> str:
    return f"no member is called --member {options.member}; there are: {', '.join(names[:20])}." if names else f"{_NOTHING}."


class _OneWay(io.RawIOBase):
    """The bytes of a member from its start to its end: going back would read it anew, or not be possible."""

    def __init__(self, file: Any):
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)


def _zip(file: BinaryIO) -> zipfile.ZipFile:
    if not file.seekable():
        raise StoreError("a zip archive or workbook cannot be read from a pipe: save it as a file first.")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError) as problem:
        raise StoreError(f"this zip archive cannot be read to the end: {problem}.") from problem
