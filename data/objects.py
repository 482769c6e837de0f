"""JSON columns of few different texts, of which each is checked once instead of once a row."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from data.checking import compact_object

# Fewer rows than that to a text, and telling the texts apart takes longer than it spares.
_ROWS_A_TEXT = 8


def compact_columns(cursor: duckdb.DuckDBPyConnection, columns: Iterable[tuple[str, pa.Array]]) -> dict[str, pa.Array]:
    """Those of some columns of text that are JSON objects throughout, of few different texts, in their compact form.

    Null stays null. The others are left to the check of each row, which says what is wrong with it.
    """
    compact = {}
    for name, column in columns:
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        texts = column.dictionary_encode()
        if len(texts.dictionary) * _ROWS_A_TEXT > len(column):
            continue
        cursor.register("texts", pa.table({"place": pa.array(range(len(texts.dictionary)), pa.int32()), "text": texts.dictionary}))
        objects = [text for text, in cursor.execute(f"""
            select {compact_object("nullif(text, '')")}
            from texts
            order by place
        """).fetchall()]
        cursor.unregister("texts")
        if None not in objects:
            compact[name] = pa.array(objects, pa.string()).take(texts.indices)
    return compact
