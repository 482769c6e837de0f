"""What is pulled, from where, and how often: the flags of the command, which are also the lines of setting `IH_PULL`."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from data.store.limits import StoreError

SETTING = "IH_PULL"
USUAL_EVERY = "5m"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Source:
    """A platform's address, up to `/api/v1`, and the tenant here that its log belongs to."""

    url: str
    tenant: str

    @property
    def by(self) -> str:
        """What stands as the writer of its rows in the list of loads."""
        return f"pull {self.url}"


@dataclass(frozen=True)
class Pull:
    """One pull: times are in seconds, `every_s` is None for once; `key_file` is absolute."""

    url: str
    key_file: str
    tenant: str
    platform_tenant: str | None = None
    every_s: float | None = None
    lookback_s: float = 48 * 3600
    reconcile_s: float = 3600
    a_minute: int = 60
    follow_removals: bool = False
    whole: bool = False

    @property
    def source(self) -> Source:
        return Source(self.url, self.tenant)

    def key(self) -> str:
        """The key, read anew for each pull, so that it may be changed."""
        try:
            key = Path(self.key_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise StoreError(f"The key file {self.key_file} cannot be read: {problem}") from problem
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise StoreError(f"The key file {self.key_file} must hold one line, the platform's API key.")
        return key


def add_pull_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="url", type=_url, required=True, metavar="URL",
                        help="the platform's API, up to its version: https://host/api/v1")
    parser.add_argument("--key-file", type=lambda path: str(Path(path).absolute()), required=True, metavar="FILE",
                        help="a file that holds the platform's API key, which may be a viewer's")
    parser.add_argument("--tenant", type=_text, required=True, help="whose log it is here; the platform's own tenantId is not kept")
    parser.add_argument("--platform-tenant", type=_text, metavar="TENANT", help="what the platform calls the tenant, if otherwise")
    parser.add_argument("--every", dest="every_s", type=seconds, metavar="TIME", help="go on, and pull again after this time: 30s, 5m, 1h")
    parser.add_argument("--lookback", dest="lookback_s", type=seconds, default=48 * 3600, metavar="TIME",
                        help="how far behind the newest known row each pull looks for late ones (default 48h)")
    parser.add_argument("--reconcile-every", dest="reconcile_s", type=seconds, default=3600, metavar="TIME",
                        help="with --every, how often the totals are compared (default 1h); without, they always are")
    parser.add_argument("--a-minute", type=_rate, default=60, metavar="N", help="requests a minute at most (default %(default)s)")
    parser.add_argument("--follow-removals", action="store_true",
                        help="remove here what the platform no longer has, of the rows that the pull wrote; else it is reported")
    parser.add_argument("--whole", action="store_true", help="walk the whole log, whatever the totals say")


def pull_of(options: argparse.Namespace) -> Pull:
    """The pull that parsed flags describe."""
    return Pull(**{name: getattr(options, name) for name in Pull.__dataclass_fields__})


def pulls_of(lines: str) -> list[Pull]:
    """The pulls of a file that `IH_PULL` names: the command's flags, a pull a line; `StoreError` names the line that is wrong."""
    pulls = []
    for number, line in enumerate(lines.splitlines(), 1):
        try:
            words = shlex.split(line, comments=True)
            if words:
                parser = _LineParser(add_help=False, allow_abbrev=False)
                add_pull_flags(parser)
                parser.set_defaults(every_s=seconds(USUAL_EVERY))
                pulls.append(pull_of(parser.parse_args(words)))
        except ValueError as problem:
            raise StoreError(f"Line {number} of the file that {SETTING} names is wrong: {problem}. A line has the flags of "
                             "`python -m data pull`, such as --from https://host/api/v1 --key-file /etc/key --tenant acme --every 5m") from problem
    sources = [pull.source for pull in pulls]
    for source in sources:
        if sources.count(source) > 1:
            raise StoreError(f"The file that {SETTING} names pulls {source.url} into {source.tenant} twice. Keep one of the lines.")
    return pulls


class _LineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def seconds(text: str) -> float:
    """A time such as 30s, 5m, 48h or 2d, in seconds."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"must be a time such as 30s, 5m, 48h or 2d, not '{text}'")
    return int(found[1]) * _UNITS[found[2]]


def _rate(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, not '{text}'")
    return int(text)


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"must be an address such as https://host/api/v1, not '{text}'")
    if parts.username is not None or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError("must be an address alone: the key comes from --key-file, and the filters from the pull")
    return text.rstrip("/").removesuffix("/interaction-history")
