"""The mappings by which a tenant's files were read, remembered by the columns of a file, as TOML files in the state folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from data.mapping.mapping import Mapping
from data.mapping.mapping_file import mapping_of_file, mapping_text

FOLDER = "mappings"
MOST_OF_A_TENANT = 200


class RememberedMappings:
    """Those of all tenants, in the state folder `home`."""

    def __init__(self, home: Path):
        self._folder = home / FOLDER

    def of(self, tenant: str, columns: Iterable[str]) -> Mapping | None:
        """The mapping that a file of these columns was last read by, in whatever order they stand."""
        file = self._file(tenant, columns)
        return mapping_of_file(file) if file.exists() else None

    def keep(self, tenant: str, columns: Iterable[str], mapping: Mapping) -> None:
        """Remember a mapping in the place of an earlier one; of very many of a tenant the oldest is forgotten."""
        file = self._file(tenant, columns)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        part.write_text(mapping_text(mapping), encoding="utf-8")
        part.replace(file)
        for oldest in sorted(file.parent.glob("*.toml"), key=lambda one: one.stat().st_mtime_ns)[:-MOST_OF_A_TENANT]:
            oldest.unlink(missing_ok=True)

    def _file(self, tenant: str, columns: Iterable[str]) -> Path:
        # Neither a tenant's name nor a column's is the name of a file.
        return self._folder / _digest(tenant) / f"{_digest(sorted(set(columns)))}.toml"


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:32]
