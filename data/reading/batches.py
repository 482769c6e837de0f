"""The size of the batches that rows are read in, and those of JSON texts."""

from __future__ import annotations

import pyarrow as pa

BATCH_ROWS = 250_000
BATCH_BYTES = 1 << 25
# The first rows come soon: a file that cannot be used is found out by them.
FIRST_ROWS = 2_500
FIRST_BYTES = 1 << 20
LONGEST_ROW = 1 << 26
"""So many bytes a row may have: no log's has more, but a file without line breaks would fill the memory."""

JSON_ROWS = pa.schema([("line", pa.int64()), ("problem", pa.string()), ("record", pa.string())])


def not_text(encoding: str) -> str:
    """How a row is complained of that holds bytes which are no text, and what helps."""
    return f"is not {encoding} text" if encoding else "is not UTF-8 text: give --encoding, such as cp1252 for files of Windows"
