"""Where the rows of a load stand: each has a number of its own over all members, from which its member and line follow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from data.loading.rejects import Reject


class Places:
    """The members of a load in their order, each with the highest number of the rows before it."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._before: list[int] = []
        self._highest = 0

    def numbered(self, member: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch whose lines, which begin anew with each member, are numbers of the whole load."""
        if not self._names or self._names[-1] != member:
            self._names.append(member)
            self._before.append(self._highest)
        before = self._before[-1]
        if len(batch):
            self._highest = max(self._highest, before + pc.max(batch.column(0)).as_py())
        return batch.set_column(0, batch.schema.field(0), pc.add(batch.column(0), before)) if before else batch

    def line(self, number: int) -> int:
        """The line in its member."""
        return number - self._before[self._place(number)] if self._names else number

    def told(self, rejects: Iterable[Reject]) -> Iterator[Reject]:
        """The same rejects by their lines; where there are several members, each reason begins with the member's name."""
        for reject in rejects:
            reason = f"{self._names[self._place(reject.line)]}: {reject.reason}" if len(self._names) > 1 else reject.reason
            yield reject._replace(line=self.line(reject.line), reason=reason)

    def _place(self, number: int) -> int:
        return max(bisect_right(self._before, number - 1) - 1, 0)
