"""Where a ClickHouse is: the setting `IH_STORE`, and the password, which has a setting of its own and is shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from data.store.limits import StoreError

STORE, PASSWORD, PASSWORD_FILE = "IH_STORE", "IH_STORE_PASSWORD", "IH_STORE_PASSWORD_FILE"

_PORTS = {"clickhouse+https": 8443, "clickhouse+http": 8123}
_FORMS = "clickhouse+https://user@host:8443/database, clickhouse+http://user@host:8123/database or chdb:///folder"
_IN_PROCESS = "chdb"


@dataclass(frozen=True)
class Address:
    """A database of a server, or one in a folder that this process runs itself: then `folder` is set, and nothing of the server."""

    database: str
    folder: Path | None = None
    host: str = ""
    port: int = 0
    user: str = "default"
    is_encrypted: bool = False
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        if self.folder is not None:
            return f"{_IN_PROCESS}://{self.folder}/{self.database}"
        return f"clickhouse+http{'s' if self.is_encrypted else ''}://{self.user}@{self.host}:{self.port}/{self.database}"


def store_address(settings: Mapping[str, str] = os.environ) -> Address | None:
    """The address in the setting `IH_STORE`; None where it is not set, so that the embedded store answers."""
    text = settings.get(STORE, "").strip()
    return read_address(text, password_of(settings), STORE) if text else None


def password_of(settings: Mapping[str, str] = os.environ) -> str:
    """The password of its own setting or, where that names one, of a file, without the line break at its end."""
    file = settings.get(PASSWORD_FILE)
    if not file:
        return settings.get(PASSWORD, "")
    if settings.get(PASSWORD):
        raise StoreError(f"{PASSWORD} and {PASSWORD_FILE} are both set. Keep one of them.")
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as problem:
        raise StoreError(f"{PASSWORD_FILE} names {file}, which cannot be read: {type(problem).__name__}.") from problem


def read_address(text: str, password: str, said_by: str) -> Address:
    """The address that a text names; `StoreError` for one that names none, in words that hold no password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise StoreError(f"{said_by} is not an address. Write {_FORMS}.") from None
    if parts.password is not None:
        raise StoreError(f"{said_by} holds a password, which logs and lists of processes would show. Set {PASSWORD} or {PASSWORD_FILE} instead.")
    if parts.query or parts.fragment:
        raise StoreError(f"{said_by} goes on behind the database. Write {_FORMS}.")
    if parts.scheme == _IN_PROCESS:
        return _in_process(unquote(parts.path), parts.netloc, said_by)
    database = unquote(parts.path).strip("/")
    if parts.scheme not in _PORTS or not parts.hostname or not database or "/" in database:
        raise StoreError(f"{said_by} is {text[:100]!r}, which names no database of a server. Write {_FORMS}.")
    return Address(
        database=database,
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or "default"),
        is_encrypted=parts.scheme == "clickhouse+https",
        password=password,
    )


def _in_process(path: str, host: str, said_by: str) -> Address:
    folder = Path(path)
    if host or not folder.is_absolute() or folder == Path("/"):
        raise StoreError(f"{said_by} must name a whole path behind chdb://, as in chdb:///var/lib/history.")
    return Address(database="history", folder=folder)
