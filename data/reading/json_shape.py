"""What stands around the records of JSON: lines, an array, or an object that holds a list of them."""

from __future__ import annotations

import json
import re
from typing import Any

DECODER = json.JSONDecoder()
_FIRST_LINES = 10
# Lists of such names hold the records of an object that has more members than they have.
_WRAPPERS = {"events", "records", "results", "rows", "interactions"}

DEEPEST = 500
"""So many brackets within each other a row's JSON may have."""

_OPENING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def are_lines(start: str, is_called_so: bool) -> bool:
    """Whether JSON that begins so has a record a line, and is no document of records written over many lines or within another object."""
    try:
        value, end = DECODER.raw_decode(start)
    except (ValueError, RecursionError):
        return is_called_so or any(map(_is_record, start.split("\n", _FIRST_LINES)[:_FIRST_LINES]))
    rest = start[end:]
    if is_page(value) or (not rest.strip() and wrapped(value)) or "\n" in start[:end]:
        return False
    return is_called_so or "\n" in rest


def _is_record(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not is_page(value)


def is_page(value: Any) -> bool:
    """Whether this is a page as the API answers it, wherever it stands."""
    return isinstance(value, dict) and isinstance(value.get("data"), list)


def wrapped(value: Any) -> str:
    """The member that holds the records of an object which is alone in its file: its only list of objects; empty where it is a record itself."""
    if not isinstance(value, dict):
        return ""
    lists = [name for name, member in value.items() if isinstance(member, list) and member and all(isinstance(one, dict) for one in member)]
    if len(lists) != 1:
        return ""
    return lists[0] if lists[0] in _WRAPPERS or len(value) - 1 <= len(value[lists[0]][0]) else ""


def is_too_deep(text: str) -> bool:
    """Whether a JSON text has more brackets within each other than is taken."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    depth = 0
    for found in _OPENING.finditer(text):
        sign = found.group()
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign in "]}":
            depth -= 1
    return False


def end_of_value(text: str, place: int) -> int:
    """Where an object or array that begins at a place ends, however deep it is; -1 where it does not."""
    depth = 0
    for found in _OPENING.finditer(text, place):
        sign = found.group()
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0:
            return found.end()
    return -1
