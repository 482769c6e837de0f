"""A load that loads nothing: what would become of a file's rows, and how its columns are read."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data.loading.first_look import BEGINNING_OF_ALL, Beginning, FirstLook
from data.loading.loading import LoadOptions, load_descriptions, load_rows, opened_with
from data.loading.outcome import LoadReport, report_of
from data.loading.rejects import Rejects
from data.loading.staging import Staging
from data.loading.transaction import ReportProgress, Stop
from data.mapping.fields import ENTITY_FIELDS, RECORD_FIELDS, Field
from data.mapping.mapping import NO_MAPPING, Mapping
from data.mapping.mapping_file import mapping_of
from data.mapping.samples import SAMPLE_ROWS, Column, read_as, words_read
from data.mapping.suggestion import Suggestion, suggestion
from data.reading.batches import not_text
from data.store.limits import StoreError
from data.store.store import Store

FIRST_ROWS = 5
WINDOWS = "cp1252"
_MOST_EXAMPLES, _LONGEST_EXAMPLE, _MOST_COLUMNS = 3, 40, 60


@dataclass(frozen=True)
class PreviewColumn:
    """A column, or a path into one: the fields that it is read as, none where it is left over, and a few of its values."""

    path: str
    fields: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a load of a file would do; `problem` says why it would be refused, and then there is no report.

    `rows` are its first rows as they would be stored, by the API's names, and `words` the file's own words for the types, with their rows, the
    most frequent first. `try_flags` are the flags that would read it, empty where none are needed; `describes` is what it describes if it is
    no log. One that is `cut` is of the first rows alone.
    """

    file: str
    report: LoadReport | None
    problem: str = ""
    rows: tuple[dict[str, Any], ...] = ()
    columns: tuple[PreviewColumn, ...] = ()
    try_flags: str = ""
    suggested: Mapping = NO_MAPPING
    describes: str = ""
    words: tuple[tuple[str, int], ...] = ()
    cut: bool = False

    def __str__(self) -> str:
        lines = [str(self.report) if self.report else self.problem]
        if self.rows:
            lines.append("  the first rows as they would be stored:")
            lines += [f"    {' '.join(f'{name}={value}' for name, value in row.items() if value not in (None, '{}'))}" for row in self.rows]
        if self.report and self.report.found.types:
            lines.append("  types, and what each counts as:")
            lines += [f"    {key:<24}{rows:>13,}  {counts_as or 'nothing'}" for key, rows, counts_as in self.report.found.types]
        read = [column for column in self.columns if column.fields]
        if read:
            lines.append("  columns, and the fields they are read as:")
            lines += [f"    {column.path:<32}{', '.join(column.fields):<28}{' | '.join(column.examples)}" for column in read[:_MOST_COLUMNS]]
        if self.try_flags and self.report:
            lines.append(f"  from what the columns hold, {self.try_flags}")
        return "\n".join(lines)


def preview(
    store: Store, path: Path, options: LoadOptions, tell: ReportProgress, rejects_folder: Path, stop: Stop | None = None, *, beginning: bool = False
) -> Preview:
    """What loading a log would do, or its `beginning`. Nothing is written, neither to the store nor beside the file."""
    look = _Look(options.mapping, refuses=True, most=BEGINNING_OF_ALL if beginning else SAMPLE_ROWS)
    report, problem, cut = None, "", False
    try:
        with opened_with(path, options.mapping) as whole:
            begun = Beginning(whole)
            source = begun.source if beginning else whole
            report = load_rows(store, source, replace(options, check=True), tell, Rejects(path, rejects_folder), stop or Stop(), look)
            cut = begun.cut
    except StoreError as refusal:
        problem = str(refusal)
        if not len(look.sample):
            raise
    columns = look.sample.columns(options.mapping.records)
    with closing(store.cursor()) as cursor:
        would = suggestion(cursor, look.sample, options.mapping)
    if report and not options.mapping.encoding and _is_of_windows(report, columns):
        would = Suggestion(Mapping(encoding=WINDOWS))
    # What is read as it was asked for needs no other advice.
    advice = "" if report and options.mapping.map else str(would)
    return Preview(
        str(path), report, problem, look.stored, preview_columns(columns, options.mapping), advice, would.mapping, would.describes,
        tuple(words_read(columns, options.mapping, "interactionType").most_common()), cut,
    )


def _is_of_windows(report: LoadReport, columns: Sequence[Column]) -> bool:
    """Whether some rows are not UTF-8 text, and all the others are plain ASCII."""
    failed = any(not_text("") in reason for reason, _ in report.found.reasons)
    return failed and all(text.isascii() for column in columns for text in (column.path, *column.texts))


def preview_descriptions(
    store: Store, kind: str, path: Path, options: LoadOptions, tell: ReportProgress, rejects_folder: Path, stop: Stop | None = None
) -> Preview:
    """What loading a file that describes offers, creatives or channels (the `kind`) would do. Nothing is written."""
    look = _DescriptionsLook(options.mapping, refuses=False)
    with opened_with(path, options.mapping) as source:
        report = load_descriptions(store, kind, source, replace(options, check=True), tell, Rejects(path, rejects_folder), stop or Stop(), look)
    columns = preview_columns(look.sample.columns(), options.mapping, ENTITY_FIELDS[kind])
    return Preview(str(path), report, "", look.stored, columns)


class _Look(FirstLook):
    """It also keeps the first rows as they would be stored."""

    stored: tuple[dict[str, Any], ...] = ()

    def end(self, staging: Staging) -> None:
        super().end(staging)
        self.stored = tuple(stored_rows(staging.cursor))


class _DescriptionsLook(FirstLook):
    """It samples the rows, and keeps the first descriptions."""

    stored: tuple[dict[str, Any], ...] = ()

    def take(self, staging: Staging, batch: pa.RecordBatch, is_json: bool, place: Table[str, str] | None = None) -> None:
        self.sample.add(batch, is_json, place)

    def end(self, staging: Staging) -> None:
        self.stored = tuple(_dictionaries(staging.cursor, f"""
            select d.id, k.id as "tenantId", name, status, channel as "channelId"
            from described d
            join tenant_keys k using (tenant)
            order by number
            limit {FIRST_ROWS}
        """))


def stored_rows(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The first staged rows, in the order read."""
    return _dictionaries(cursor, f"""
        select
            a.id, strftime("timestamp", '%Y-%m-%dT%H:%M:%S.%g') || 'Z' as "timestamp", k.id as "tenantId", customer as "customerId",
            type as "interactionType", outcome_type as "outcomeTypeKey", offer as "offerId", creative as "creativeId", channel as "channelId",
            direction, value as "conversionValue", context, response, outcome
        from staged a
        join tenant_keys k using (tenant)
        order by number
        limit {FIRST_ROWS}
    """)


def _dictionaries(cursor: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = cursor.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def preview_columns(columns: Sequence[Column], mapping: Mapping, among: Sequence[Field] = RECORD_FIELDS) -> tuple[PreviewColumn, ...]:
    """The columns with the fields that the mapping, or their names, let them be read as."""
    fields = read_as(columns, mapping, among)
    return tuple(PreviewColumn(column.path, fields[column.path], _examples(column)) for column in columns)


def _examples(column: Column) -> tuple[str, ...]:
    return tuple(text[:_LONGEST_EXAMPLE] for text in list(dict.fromkeys(column.texts))[:_MOST_EXAMPLES])


def preview_of(members: Table[str, Any]) -> Preview:
    """A preview of the JSON object that `dataclasses.asdict` makes of one."""
    values = dict(members)
    report = values.pop("report")
    columns = tuple(PreviewColumn(column["path"], tuple(column["fields"]), tuple(column["examples"])) for column in values.pop("columns"))
    suggested = mapping_of(values.pop("suggested"))
    rows, words = tuple(values.pop("rows")), tuple((word, count) for word, count in values.pop("words"))
    return Preview(report=report and report_of(report), columns=columns, suggested=suggested, rows=rows, words=words, **values)
