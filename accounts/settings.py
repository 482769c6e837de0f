"""What may be set of access, from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from data.store.limits import StoreError

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class AccessSettings:
    """How long a session lasts, in seconds; under which names the server answers (none: under any), and whose word for a client it takes."""

    idle_s: int = 8 * 3600
    longest_s: int = 7 * 24 * 3600
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> AccessSettings:
        """Those of the environment; StoreError names the one that cannot be read."""
        hosts = _listed(environment.get("IH_HOSTS", ""))
        if not hosts and environment.get("HOST", _LOOPBACK[0]) in _LOOPBACK:
            # A page of another site can have its own name lead to this machine; under that name it would be a page of this site.
            hosts = _LOOPBACK
        proxies = _listed(environment.get("IH_PROXIES", ""))
        for proxy in proxies:
            try:
                ip_network(proxy)
            except ValueError:
                raise StoreError(f"IH_PROXIES has addresses or networks, such as 10.0.0.7 or 10.0.0.0/24, not {proxy!r}") from None
        return cls(_duration(environment, "IH_SESSION_IDLE", cls.idle_s), _duration(environment, "IH_SESSION_LONGEST", cls.longest_s), hosts, proxies)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[\s,]+", text.lower())))


def _duration(environment: Mapping[str, str], name: str, usual: int) -> int:
    said = environment.get(name, "")
    if not said:
        return usual
    if not (found := re.fullmatch(r"([1-9]\d{0,5})([mhd])", said)):
        raise StoreError(f"{name} is a whole number of minutes, hours or days, such as 30m, 8h or 7d, not {said!r}")
    return int(found[1]) * _UNITS[found[2]]
