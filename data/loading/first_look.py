"""A look at a file's first rows while it is read: what its columns hold, and whether to go on."""

from __future__ import annotations

from collections.abc import Mapping as Table

import pyarrow as pa

from data.loading.staging import Staging
from data.loading.unmapped import refuse_unmapped
from data.mapping.mapping import Mapping
from data.mapping.samples import SAMPLE_ROWS, Sample


class FirstLook:
    """Looks at all batches in turn; one that `refuses` ends the load of a file that is not read as its first thousand rows are meant."""

    def __init__(self, mapping: Mapping, *, refuses: bool):
        self.sample = Sample()
        self._mapping = mapping
        self._refuses = refuses

    def take(self, staging: Staging, batch: pa.RecordBatch, is_json: bool, place: Table[str, str] | None = None) -> None:
        """Look at a batch that has just been staged; `StoreError` where the load is not to go on."""
        if not self._refuses:
            return
        begins = staging.rows - len(batch) < SAMPLE_ROWS
        self.sample.add(batch, is_json, place)
        if begins:
            staging.refuse_other_units()
            if staging.rows >= SAMPLE_ROWS:
                refuse_unmapped(staging.cursor, self.sample, self._mapping)

    def end(self, staging: Staging) -> None:
        """The same once there are no more."""
        if self._refuses and 0 < staging.rows < SAMPLE_ROWS:
            refuse_unmapped(staging.cursor, self.sample, self._mapping)
