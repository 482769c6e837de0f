"""What a load reports: its progress, its counts, and the list of rows it did not load."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_EXAMPLE = 50


@dataclass(frozen=True)
class Progress:
    """A phase of a load; how far it is, where that can be said, in bytes or rows (a total of 0 is unknown)."""

    phase: str
    done: int = 0
    total: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Findings:
    """What the rows of a load say that a reader of figures should know before believing them.

    `types` are (outcome key, rows, what they count as, or nothing), and `no_value` (word, field, rows), each the most frequent first; of
    `reasons` (what is wrong, rows) there are the first five. `readable` of the values that are no numbers are read with `--decimal`.
    """

    tenants: tuple[str, ...] = ()
    types: tuple[tuple[str, int, str], ...] = ()
    no_value: tuple[tuple[str, str, int], ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    decimal: str = ""
    readable: int = 0


@dataclass(frozen=True)
class LoadReport:
    """What became of the rows of one file; `kept` is false where a strict load refused it as a whole.

    `unread_values` are the conversion values of loaded rows that are not numbers; the first is `unread_value`, on line `unread_line`.
    `replaced` rows changed; None where that was not asked for. Of both `future` are later than a day after the server's clock, and
    `before_2000` are of another century. Of the rows read `unmatched` fit no rule of the mapping.

    One that was only `checked` loaded nothing, and counts what would have been.
    """

    file: str
    read: int
    loaded: int
    known: int
    conflicts: int
    rejected: int
    oldest: str | None = None
    newest: str | None = None
    ignored: tuple[str, ...] = ()
    unread_values: int = 0
    unread_value: str = ""
    unread_line: int = 0
    kept: bool = True
    version: int = 0
    described: int = 0
    rejects_file: str | None = None
    seconds: float = 0
    future: int = 0
    before_2000: int = 0
    unmatched: int = 0
    replaced: int | None = None
    checked: bool = False
    found: Findings = Findings()

    @property
    def clean(self) -> bool:
        """Whether the store now holds every row of the file."""
        return self.kept and not self.conflicts and not self.rejected

    def __str__(self) -> str:
        lines = [self._title()]
        counts = {
            "rows read": self.read,
            "would load" if self.checked else "loaded": self.loaded,
            **({} if self.replaced is None else {"replaced": self.replaced}),
            "already there": self.known,
            "conflicts": self.conflicts,
            "rejected": self.rejected,
        }
        lines += [f"  {name:<14}{count:>13,}" for name, count in counts.items()]
        if self.described:
            lines.append(f"  {'would describe' if self.checked else 'described':<14}{self.described:>13,}")
        lines.append(f"  {'seconds':<14}{self.seconds:>13,.1f}")
        lines.append(f"  {'rows a second':<14}{self.read / self.seconds if self.seconds else 0:>13,.0f}")
        if self.oldest:
            lines.append(f"  {'rows' if self.checked else 'loaded rows'} are from {self.oldest} to {self.newest}")
        if self.found.tenants:
            lines.append(f"  {'tenant' if len(self.found.tenants) == 1 else 'tenants'}: {', '.join(self.found.tenants)}")
        lines += self._meanings()
        if self.future:
            lines.append(f"  {_rows(self.future, 'lies', 'lie')} in the future, later than a day after the server's clock")
        if self.before_2000:
            lines.append(f"  {_rows(self.before_2000, 'is', 'are')} from before the year 2000")
        if self.unmatched:
            lines.append(f"  {_rows(self.unmatched, 'fits', 'fit')} no [[row]] of the mapping and gave nothing")
        if self.unread_values:
            lines.append(f"  {self._unread()}")
        lines += [f"  '{word}' stands as {field} in {rows:,} rows: --null '{word}' takes it for no value"
                  for word, field, rows in self.found.no_value]
        lines += [f"  {rows:,} rejected: {reason}" for reason, rows in self.found.reasons]
        if self.rejects_file:
            lines.append(f"  rows not loaded, and why: {self.rejects_file}")
        if self.ignored:
            lines.append(f"  columns not read: {', '.join(self.ignored)}")
        return "\n".join(lines)

    def _title(self) -> str:
        if not self.kept:
            return f"{self.file}: nothing {'would be loaded' if self.checked else 'loaded'}, because some rows cannot be (--strict)"
        return f"{self.file}: checked, nothing loaded" if self.checked else self.file

    def _meanings(self) -> list[str]:
        if not self.found.types:
            return []
        nothing = [f"{key} {rows:,}" for key, rows, counts_as in self.found.types if not counts_as]
        lines = [f"  types that count as nothing: {', '.join(nothing)}; --value 'TEXT=TYPE' gives a word a type that counts"] if nothing else []
        if all(counts_as != "impression" for _, _, counts_as in self.found.types):
            lines.append("  no row counts as an impression, so there are no rates")
        return lines

    def _unread(self) -> str:
        one = self.unread_values == 1
        flag = f"; --decimal {self.found.decimal} reads {self.found.readable:,} of them" if self.found.readable else ""
        said = "conversion value is not a number and is" if one else "conversion values are not numbers and are"
        return (f"{self.unread_values:,} {said} in no sum, "
                f"such as '{self.unread_value[:_LONGEST_EXAMPLE]}' on line {self.unread_line}{flag}")


def report_of(members: Mapping[str, Any]) -> LoadReport:
    """A report of the JSON object that `dataclasses.asdict` makes of one."""
    values = dict(members)
    return LoadReport(found=Findings(**values.pop("found")), **values)


def _rows(number: int, one: str, many: str) -> str:
    return f"{number:,} row {one}" if number == 1 else f"{number:,} rows {many}"


def iso_text(time: datetime.datetime | None) -> str | None:
    """A UTC time as the API spells it."""
    return time.isoformat(timespec="milliseconds") + "Z" if time else None
