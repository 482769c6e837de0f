"""JSON as people read it."""

from __future__ import annotations

import re

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "


def indented(text: str) -> str:
    """JSON text with a member a line, each value spelled as it was: `1.50` stays `1.50`, and of equal names both stay."""
    tokens = _TOKENS.findall(text)
    written: list[str] = []
    depth = 0
    for before, token in zip(["", *tokens], tokens, strict=False):
        closes = token in ("}", "]")
        depth -= closes
        if before in ("{", "[") and not closes or closes and before not in ("{", "[") or before == ",":
            written.append("\n" + depth * _INDENT)
        written.append(": " if token == ":" else token)
        depth += token in ("{", "[")
    return "".join(written)
