"""JSON texts read as JSON readers read them, where the store's engine would take them in another way.

Of members with one name the last counts, half a surrogate pair is U+FFFD, and NaN, Infinity or a comma too many are not JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from data.reading.json_shape import DEEPEST, is_too_deep

_SURROGATE = re.compile("[\ud800-\udfff]")


_TOO_DEEP = f": it is nested deeper than {DEEPEST} levels"


class _Number(str):
    """A number, digit by digit."""


class _NotJson(ValueError):
    """A text is not JSON, for a reason that can be told."""


def _no_number(word: str) -> None:
    raise _NotJson(f"{word} is not a JSON number")


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_no_number)


# What the engine takes for JSON and no JSON reader does; the rest it refuses itself.
_LENIENT = re.compile(r",\s*[\]}]|nan|inf", re.IGNORECASE)
# Less text than that is read sooner than compiled code is loaded.
_WORTH_SCANNING, _MANY_TEXTS = 1 << 19, 2000


def as_json_readers_read(batch: pa.RecordBatch, columns: Mapping[str, str], within: Collection[str] = ()) -> pa.RecordBatch:
    """A batch of raw rows whose JSON texts mean the same to every reader; a row with one that is not JSON has a problem.

    `columns` are those of JSON texts, each with what is said where its text is not JSON. The members `within` of an object may be
    strings that hold JSON texts.
    """
    problems: dict[int, str] = {}
    for name, complaint in columns.items():
        place = batch.schema.names.index(name, 2)
        texts, wrong = _read_anew(batch.column(place), within)
        batch = batch.set_column(place, name, texts)
        problems |= {row: f"{complaint}{reason}" for row, reason in wrong.items() if row not in problems}
    if not problems:
        return batch
    told = [known or problems.get(row) for row, known in enumerate(batch.column(1).to_pylist())]
    return batch.set_column(1, batch.schema.names[1], pa.array(told, pa.string()))


def _read_anew(texts: pa.Array, within: Collection[str]) -> tuple[pa.Array, dict[int, str]]:
    """The texts, and the rows whose text only the engine would take for JSON, with the reason."""
    if pa.types.is_dictionary(texts.type):
        read, reasons = _read_anew(texts.dictionary, within)
        wrong = {row: reasons[text] for row, text in enumerate(texts.indices.to_pylist()) if text in reasons} if reasons else {}
        return (texts if read is texts.dictionary else pa.DictionaryArray.from_arrays(texts.indices, read)), wrong
    binary = texts.cast(pa.large_binary())
    places = _odd(binary)
    if not len(places):
        return texts, {}
    read, wrong = binary.to_pylist(), {}
    for place in places.tolist():
        try:
            read[place] = _text(_value(read[place].decode(), within)).encode()
        except UnicodeDecodeError:
            continue
        except RecursionError:
            wrong[place] = _TOO_DEEP
        except ValueError as problem:
            if _LENIENT.search(read[place].decode()):
                wrong[place] = f": {problem}" if isinstance(problem, _NotJson) else ""
    return pa.array(read, pa.large_binary()).cast(pa.large_string() if _are_utf8(texts) else pa.large_binary()), wrong


def _are_utf8(texts: pa.Array) -> bool:
    return not (pa.types.is_binary(texts.type) or pa.types.is_large_binary(texts.type))


def _odd(texts: pa.Array) -> np.ndarray:
    """The places of the texts that may mean something else to the engine."""
    _, ends, data = texts.buffers()
    if not len(texts) or data is None or not data.size:
        return np.empty(0, np.int64)
    offsets = np.frombuffer(ends, np.int64)[texts.offset:texts.offset + len(texts) + 1]
    if offsets[-1] - offsets[0] < _WORTH_SCANNING and len(texts) < _MANY_TEXTS:
        return np.flatnonzero(np.diff(offsets))
    from data.reading.json_scan import find_odd

    odd = np.zeros(len(texts), np.uint8)
    find_odd(np.frombuffer(data, np.uint8), offsets, odd)
    return np.flatnonzero(odd)


def _value(text: str, within: Collection[str]) -> Any:
    if is_too_deep(text):
        raise RecursionError
    value = _DECODER.decode(text)
    if isinstance(value, dict):
        for name in value.keys() & within:
            inner = value[name]
            if isinstance(inner, str) and is_too_deep(inner):
                raise RecursionError
            if isinstance(inner, str) and not isinstance(inner, _Number) and inner.lstrip(" \t\r\n").startswith("{"):
                try:
                    value[name] = _text(_DECODER.decode(inner))
                except json.JSONDecodeError as problem:
                    raise _NotJson(f"the text in {name} is no JSON") from problem
    return value


class _Sign(str):
    """A bracket, a comma, or a member's name with its colon."""


def _text(value: Any) -> str:
    # Without recursion, of which the interpreter allows less than a text may be deep.
    parts: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Number | _Sign):
            parts.append(one)
        elif isinstance(one, dict):
            # Two names may be one once their halves of pairs are replaced: the last counts then too.
            members = {_string(name): member for name, member in one.items()}
            named = [part for name, member in members.items() for part in (_Sign(f",{name}:"), member)]
            waiting += [_Sign("}"), *reversed(named[1:]), *(_Sign(name[1:]) for name in named[:1]), _Sign("{")]
        elif isinstance(one, list):
            separated = [part for element in one for part in (_Sign(","), element)]
            waiting += [_Sign("]"), *reversed(separated[1:]), _Sign("[")]
        else:
            parts.append(_string(one) if isinstance(one, str) else json.dumps(one))
    return "".join(parts)


def _string(text: str) -> str:
    return json.dumps(_SURROGATE.sub("\ufffd", text), ensure_ascii=False)
