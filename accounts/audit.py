"""Who did what: a line of JSON for each sign-in, failure, export, load and change of accounts, in a file of the state folder."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from accounts.identity import Identity

FILE_NAME, KEY_NAME = "audit.jsonl", "audit.key"
COMMAND_LINE = "command line"

_BLOCK = 1 << 16

log = logging.getLogger("interaction_history")


class Audit:
    """The audit of a state folder; several processes may write it. No password, key or customer's id is in it."""

    def __init__(self, home: Path, now: Callable[[], float]) -> None:
        self._home = home
        self._now = now
        self._key = b""

    def note(self, event: str, by: Identity | str | None = None, tenant: str | None = None, **facts: object) -> None:
        """Write down what has happened, and by whom: an identity, the e-mail of an account, or the command line."""
        time = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {"time": time, "event": event, "tenant": tenant, "account": None}
        if isinstance(by, Identity):
            line |= {"tenant": by.tenant, "account": by.name, "kind": by.kind}
        elif by:
            line["account"] = by
        text = orjson.dumps(line | facts) + b"\n"
        try:
            # At the end of the file whoever else writes, in one piece.
            file = os.open(self._home / FILE_NAME, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                os.write(file, text)
            finally:
                os.close(file)
        except OSError as problem:
            # A full disk shuts nobody out.
            log.error("the audit cannot be written (%s), and lacks: %s", problem, text.decode().rstrip())

    def lines(self, tenant: str | None = None, event: str | None = None) -> Iterator[dict[str, Any]]:
        """What is written down, the newest first: of all tenants or of one, of all events or of one and its kinds."""
        for text in _from_the_end(self._home / FILE_NAME):
            line = orjson.loads(text)
            if tenant in (None, line["tenant"]) and (event is None or f"{line['event']}.".startswith(f"{event}.")):
                yield line

    def pseudonym(self, text: str) -> str:
        """The same for the same text in this state folder; without its key nobody can tell of which, nor try."""
        return f"hmac:{hmac.new(self._secret(), text.encode('utf-8', 'surrogatepass'), sha256).hexdigest()[:16]}"

    def _secret(self) -> bytes:
        if not self._key:
            path = self._home / KEY_NAME
            part = path.with_name(f"{KEY_NAME}.{secrets.token_hex(4)}")
            part.touch(0o600)
            part.write_bytes(secrets.token_bytes(32))
            try:
                # Whole or not at all, and never over that of another process.
                os.link(part, path)
            except FileExistsError:
                pass
            finally:
                part.unlink()
            self._key = path.read_bytes()
        return self._key


def _from_the_end(path: Path) -> Iterator[bytes]:
    """The lines of a file, the last first; what a crash has left unfinished is none."""
    if not path.exists():
        return
    with path.open("rb") as file:
        place = file.seek(0, os.SEEK_END)
        rest = b""
        is_last = True
        while place:
            size = min(_BLOCK, place)
            place -= size
            file.seek(place)
            first, *lines = (file.read(size) + rest).split(b"\n")
            rest = first
            for line in reversed(lines):
                if line and not is_last:
                    yield line
                is_last = False
        if rest and not is_last:
            yield rest
