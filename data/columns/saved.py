"""The columns of large tenants as files beside the store: a start maps them into memory, where only what is asked for is read.

They are those of the store's file as it stood when they were written, and go once it has changed.
"""

from __future__ import annotations

import json
import logging
import shutil
import zlib
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data.columns.arrays import DIMENSIONS, is_small
from data.columns.memory import TenantMemory

log = logging.getLogger("interaction_history")

FOLDER = "columns"
"""Beside the store's file."""

# Of what is kept under these names, and of how an array is written: one more with each change of either.
_FORMAT = 1

_NUMBERS = ("rows", "in order", "oldest", "newest")
_CUSTOMERS = "customers"
# The key under which an array is kept, and its name where there are several under the key, by its file.
_PLACES: dict[str, tuple[Hashable, str | None]] = {
    **{f"log-{name}.npy": (("log", name), None) for name in ("timestamp", "row", "customer", *DIMENSIONS)},
    **{f"journeys-{name}.npy": (("journeys", name), None) for name in ("timestamp", "row", *DIMENSIONS)},
    **{f"journeys-{name}.npy": (("journeys", "boundaries"), name) for name in ("starts", "customer")},
    **{f"journeys-{name}.npy": (("journeys", "worth"), name) for name in ("valued", "values")},
    "customers-by-id.npy": ("customers by id", None),
    "customer-places.npy": ("customer places", None),
}
_CUSTOMERS_FILE = "customers.arrow"
_PIECE = 1 << 24

Kept = dict[Hashable, Any]


@dataclass
class SavedColumns:
    """The files for the store in `path`; `checksums` are those of what was mapped, by its file."""

    path: Path
    checksums: dict[Path, int] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.path.with_name(FOLDER)

    def restored(self) -> tuple[int, dict[int, Kept]] | None:
        """The version of the store that the files are of, and what they hold of each tenant, by number; None where they are not of its file."""
        try:
            manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
            if manifest["format"] != _FORMAT or manifest["store"] != self.store_as_it_stands():
                return None
            tenants = {int(number): self._mapped(int(number), one) for number, one in manifest["tenants"].items()}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as problem:
            log.warning("%s cannot be used and is made anew: %s", self.folder, problem)
            return None
        return manifest["version"], tenants

    def of_store(self) -> list[int] | None:
        """The state of the store's file that the files are of; None where there are none."""
        try:
            return json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))["store"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, version: int, parts: Mapping[int, TenantMemory], store: list[int]) -> None:
        """Write what is remembered of the large tenants at a version, which is that of the store's file where it stands so."""
        kept = {number: found for number, part in parts.items() if not is_small((found := part.kept()).get("rows", 0))}
        new = self.folder.with_name(f"{FOLDER}.new")
        shutil.rmtree(new, ignore_errors=True)
        self.drop()
        if not kept:
            return
        try:
            tenants = {str(number): self._written(new / str(number), one) for number, one in kept.items()}
            manifest = {"format": _FORMAT, "store": store, "version": version, "tenants": tenants}
            (new / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
            new.rename(self.folder)
        except OSError as problem:
            # The store has all that they hold.
            log.warning("The columns could not be saved, so that the next start reads the store: %s", problem)
            shutil.rmtree(new, ignore_errors=True)

    def drop(self) -> None:
        """Take the files away; who has them mapped keeps what they hold."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def are_whole(self) -> Iterator[bool]:
        """Read what was mapped, file by file: whether each holds what was written."""
        for file, written in self.checksums.items():
            is_whole = _checksum(file) == written
            if not is_whole:
                log.warning("%s is damaged; the store is read instead.", file)
            yield is_whole

    def store_as_it_stands(self) -> list[int] | None:
        """What tells the store's file from each other state of it; None where there is none, or changes lie beside it."""
        if not self.path.exists() or self.path.with_name(f"{self.path.name}.wal").exists():
            return None
        stat = self.path.stat()
        return [stat.st_ino, stat.st_size, stat.st_mtime_ns]

    def _mapped(self, number: int, manifest: dict[str, Any]) -> Kept:
        kept: Kept = {name: manifest["numbers"][name] for name in _NUMBERS if name in manifest["numbers"]}
        for name, checksum in manifest["files"].items():
            file = self.folder / str(number) / name
            self.checksums[file] = checksum
            if name == _CUSTOMERS_FILE:
                kept[_CUSTOMERS] = pa.ipc.open_file(pa.memory_map(str(file))).read_all()[_CUSTOMERS].chunk(0)
                continue
            key, part = _PLACES[name]
            # Compiled code was made for arrays that may be written to; nothing does, and the file would not change.
            array = np.load(file, mmap_mode="c", allow_pickle=False).view(np.ndarray)
            if part:
                kept.setdefault(key, {})[part] = array
            else:
                kept[key] = array
        return kept

    def _written(self, folder: Path, kept: Kept) -> dict[str, Any]:
        folder.mkdir(parents=True, mode=0o700)
        names = []
        for name, (key, part) in _PLACES.items():
            if key in kept:
                np.save(folder / name, kept[key][part] if part else kept[key], allow_pickle=False)
                names.append(name)
        if _CUSTOMERS in kept:
            table = pa.table({_CUSTOMERS: kept[_CUSTOMERS]})
            with pa.OSFile(str(folder / _CUSTOMERS_FILE), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            names.append(_CUSTOMERS_FILE)
        numbers = {name: kept[name] for name in _NUMBERS if name in kept}
        return {"numbers": numbers, "files": {name: _checksum(folder / name) for name in names}}


def _checksum(file: Path) -> int:
    found = 0
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            found = zlib.crc32(piece, found)
    return found
