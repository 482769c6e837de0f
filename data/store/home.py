"""The state folder, which holds the store and the accounts; the formats of its files, and how an earlier one is brought up step by step."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from data.store.limits import StoreError


def home() -> Path:
    """The state folder: setting `IH_HOME`, else `var/` beside the code; made where it is missing, and its owner's alone.

    `StoreError` where others may write to it: what they laid there would be read, or written through.
    """
    folder = Path(os.environ.get("IH_HOME") or Path(__file__).resolve().parents[2] / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _WRITTEN_BY_OTHERS:
        raise StoreError(f"{folder} may be written to by others (its mode is {mode:o}). Close it to them: chmod 700 {shlex.quote(str(folder))}")
    if mode & _OF_OTHERS:
        folder.chmod(mode & ~_OF_OTHERS)
    return folder


_OF_OTHERS, _WRITTEN_BY_OTHERS = 0o077, 0o022

Connection = TypeVar("Connection")
Step = Callable[[Connection], None]


@dataclass(frozen=True)
class Formats(Generic[Connection]):
    """The formats so far, from the `oldest`; the first step brings a file of that one to the next, and so on."""

    oldest: int
    steps: Sequence[Step[Connection]]

    @property
    def newest(self) -> int:
        return self.oldest + len(self.steps)

    def missing(self, path: Path, found: int) -> Sequence[Step[Connection]]:
        """The steps that a file of the format found still needs; `StoreError` for a format that this version does not know."""
        if not self.oldest <= found <= self.newest:
            raise StoreError(
                f"{path} has format {found}, but this version reads formats {self.oldest} to {self.newest}. "
                "Start the version that wrote it, or set IH_HOME to another state folder."
            )
        return self.steps[found - self.oldest:]


def say(line: str) -> None:
    """Progress where nobody else shows it."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def upgrading(path: Path, found: int, newest: int, copy: Callable[[Path], object], tell: Callable[[str], None]) -> Iterator[None]:
    """While a file is upgraded: a copy of it, which `copy` writes, lies beside it, and goes once the upgrade has succeeded.

    `StoreError` where something fails. The steps must then leave the file as it was: they are one transaction.
    """
    tell(f"Upgrading {path} from format {found} to {newest}; a copy is kept until it has succeeded …")
    try:
        _keep_copy(path, copy)
        yield
    except Exception as problem:
        raise StoreError(
            f"{path} could not be upgraded from format {found} to {newest} and is unchanged: {problem}. "
            "Remove the cause and start again, or start the version that wrote it."
        ) from problem
    drop_copy(path)


def drop_copy(path: Path) -> None:
    """Remove the copy of a file whose upgrade has succeeded."""
    _copy_of(path).unlink(missing_ok=True)


def _copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.before-upgrade")


def _keep_copy(path: Path, copy: Callable[[Path], object]) -> None:
    # Under the name of this process: another may be upgrading the same accounts.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        copy(part)
        part.replace(_copy_of(path))
    finally:
        part.unlink(missing_ok=True)
