"""A look at a file's first rows while it is read: what its columns hold, whether to go on, and what would read the file if not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import replace

import duckdb
import pyarrow as pa

from data.loading.staging import Staging
from data.mapping.mapping import Mapping
from data.mapping.samples import SAMPLE_ROWS, Sample, read_as
from data.mapping.suggestion import REQUIRED, suggestion
from data.reading.source import Member, Source
from data.store.limits import StoreError

_SHOWN_COLUMNS = 30
BEGINNING_OF_A_MEMBER, BEGINNING_OF_ALL = 1000, 5000


class Beginning:
    """The first rows of a source, of each member a thousand; `cut` once there may be more than were read."""

    def __init__(self, source: Source):
        self.source = replace(source, members=self._members(source.members))
        self.cut = False
        self._left = BEGINNING_OF_ALL

    def _members(self, members: Iterator[Member]) -> Iterator[Member]:
        for member in members:
            if not self._left:
                self.cut = True
                return
            yield replace(member, batches=self._first(member.batches))

    def _first(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        wanted = min(BEGINNING_OF_A_MEMBER, self._left)
        for batch in batches:
            yield batch.slice(0, wanted)
            taken = min(wanted, len(batch))
            wanted -= taken
            self._left -= taken
            if not wanted:
                # Whether there are more is not asked: the next batch may be a large one.
                self.cut = True
                return


class FirstLook:
    """Looks at all batches in turn; one that `refuses` ends the load of a file that is not read as its first thousand rows are meant."""

    def __init__(self, mapping: Mapping, *, refuses: bool, most: int = SAMPLE_ROWS):
        self.sample = Sample(most)
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


def refuse_unmapped(cursor: duckdb.DuckDBPyConnection, sample: Sample, mapping: Mapping) -> None:
    """`StoreError` where no row so far has a required field, because no column is read as it."""
    counts = ", ".join(f"count(*) filter (contains(problem, '{field} is missing'))" for field in REQUIRED)
    [(rows, *missing)] = cursor.execute(f"select count(*), {counts} from arrived").fetchall()
    columns = sample.columns(mapping.records)
    read = {field for fields in read_as(columns, mapping).values() for field in fields}
    fields = [field for field, count in zip(REQUIRED, missing, strict=True) if count == rows and field not in read]
    if not (fields and columns):
        return
    own = [column.path for column in columns if column.path not in ("#file", "#folder")]
    names = ", ".join(own[:_SHOWN_COLUMNS]) + (", and more" if len(own) > _SHOWN_COLUMNS else "")
    if any(_is_data(name) for name in own):
        raise StoreError(f"the first row looks like data, not like the names of columns: {names}.\n  "
                         "Name the columns: --columns id,customerId,interactionType,timestamp,… (a name for each, also of those not to be read)")
    advice = str(suggestion(cursor, sample, mapping)) or f"name it: --map COLUMN={fields[0]}"
    raise StoreError(f"no column is read as {' or '.join(fields)}, so nothing can be loaded. The columns are {names}.\n  {advice}")


def _is_data(name: str) -> bool:
    """Whether what stands for a column's name is a number or a time."""
    return re.fullmatch(r"[-+]?\d+([.,]\d+)*|\d{4}-\d{2}-\d{2}(?!\d).*|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\d).*", name) is not None
