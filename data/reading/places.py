"""Which files a path means, and what their places say of all their rows."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import unquote

from data.store.limits import StoreError

# Names that tools leave beside the data, wherever they stand in a path.
_BESIDE = {"meta-inf", "__macosx", "manifest", "thumbs.db", "desktop.ini"}
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def files_of(path: Path) -> list[Path]:
    """The files that a file, a folder or a pattern means, by name; `StoreError` where there is none."""
    if path.is_dir():
        files = sorted(_within(path))
        if not files:
            raise StoreError(f"{path}: there is no file in this folder that could be a log.")
        return files
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    found = (Path(name) for name in glob.glob(str(path), recursive=True))
    files = sorted({file for one in found for file in (_within(one) if one.is_dir() else [one]) if not is_beside([file.name])})
    if not files:
        raise StoreError(f"{path}: no file fits this pattern.")
    return files


def _within(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_beside([name])]
        for name in names:
            if not is_beside([name]) and (file := Path(parent, name)).is_file():
                yield file


def is_beside(parts: Iterable[str]) -> bool:
    """Whether a path is passed over: what its system keeps beside the data, or an earlier load's list of rejects."""
    return any(
        (part.startswith((".", "_")) and part != ".." and "=" not in part) or part.lower() in _BESIDE or part.lower().startswith("manifest.")
        or part.endswith((".rejects.csv", ".rejects.csv.part"))
        for part in parts
    )


def place_of(path: Path, member: str = "") -> Mapping[str, str]:
    """The columns that a file's place gives each of its rows: `#file` and `#folder`, their names, and the `key=` parts of the path.

    The folder of a member of an archive that stands in none is the archive.
    """
    parts = [*path.absolute().parts, *PurePosixPath(member).parts] if member else [*path.absolute().parts]
    folder = parts[-2] if len(parts) > 1 else ""
    pairs = (part.partition("=") for part in parts[:-1] if "=" in part)
    keys = {unquote(key): unquote(value) for key, _, value in pairs if key and value != _NO_VALUE}
    return {"#file": parts[-1], "#folder": folder, **keys}


def name_within(path: Path, file: Path) -> str:
    """How a file is called beside the path it was found by."""
    return str(file.relative_to(path)) if path != file and file.is_relative_to(path) else str(file)


def suffix_of(name: str) -> str:
    """The suffix that names a format, behind which those of compressions are passed over; in lower case."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    while suffixes and suffixes[-1] in (".gz", ".gzip", ".bz2", ".xz", ".zst", ".zstd", ".lz4"):
        suffixes.pop()
    return suffixes[-1] if suffixes else ""
