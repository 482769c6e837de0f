"""Where a page of a funnel's units ends, as a text that callers hand back unread."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from queries.parameters import Parameter


@dataclass(frozen=True)
class UnitCursor:
    """A place in the order of units: right after the unit of this entry (milliseconds), customer and offer, whether or not it is there."""

    entered_at: int
    customer: str
    offer: str | None

    def text(self) -> str:
        """The cursor as a caller sees it."""
        packed = json.dumps([self.entered_at, self.customer, self.offer], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def unit_cursor(text: str) -> UnitCursor:
    """Reads what `UnitCursor.text` wrote."""
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        match json.loads(packed):
            case [int(entered_at), str(customer), str() | None as offer]:
                cursor = UnitCursor(entered_at, customer, offer)
                if cursor.text() == text:
                    return cursor
    except (UnicodeError, binascii.Error, ValueError, RecursionError):
        pass
    raise ValueError("must be the nextCursor of a page of units")


CURSOR = Parameter("cursor", unit_cursor, "The `nextCursor` of the page before. The answer starts with the unit after it.")
