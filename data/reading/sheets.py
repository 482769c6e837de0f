"""Spreadsheets: the cells of one sheet, as text."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, BinaryIO, cast

import python_calamine

from data.reading.options import ReadOptions
from data.store.limits import StoreError

# A workbook's cells are all in memory at once.
_MOST_BYTES = 1 << 29


def sheet_rows(file: BinaryIO, options: ReadOptions) -> Iterator[list[str]]:
    """The rows of the sheet that is asked for, else of the first one that has any, from the first row on; each as long as the sheet is wide."""
    if sum(info.file_size for info in zipfile.ZipFile(file).infolist()) > _MOST_BYTES:
        raise StoreError("this workbook is too large to be read: save the sheet as CSV.")
    file.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(cast(Any, file))
        sheet = _sheet(book, options)
        for row in sheet.iter_rows():
            yield [_text(cell) for cell in row]
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as problem:
        raise StoreError(f"this workbook cannot be read: {problem}.") from problem


def _sheet(book: python_calamine.CalamineWorkbook, options: ReadOptions) -> python_calamine.CalamineSheet:
    asked = [name for name in book.sheet_names if not options.member or fnmatchcase(name.lower(), options.member.lower())]
    if not asked:
        raise StoreError(f"no sheet is called --member {options.member}; there are: {', '.join(book.sheet_names)}.")
    for name in asked:
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            return sheet
    raise StoreError("no sheet of this workbook has a row." if not options.member else f"the sheet {asked[0]} has no row.")


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # A workbook has no whole numbers of its own: an id of 17850 is kept as 17850.0.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    return str(cell)
