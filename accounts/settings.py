"""What may be set of access, from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from accounts.identity import Role
from data.store.limits import StoreError

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class ProviderSettings:
    """An OpenID provider; which values of which claims mean which tenant and role."""

    issuer: str
    client: str
    secret: str
    name: str
    tenant_claim: str
    tenants: Mapping[str, str]
    role_claim: str
    roles: Mapping[str, Role]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> ProviderSettings | None:
        """That of the environment, if one is named; StoreError says what is missing."""
        issuer = environment.get("IH_OIDC_ISSUER", "")
        if not issuer:
            return None
        if urlsplit(issuer).scheme != "https" and urlsplit(issuer).hostname not in _LOOPBACK:
            raise StoreError(f"IH_OIDC_ISSUER is an address that begins with https://, not {issuer!r}")
        needed = {name: environment.get(f"IH_OIDC_{name}", "") for name in ("CLIENT", "SECRET", "TENANT_CLAIM", "TENANTS", "ROLE_CLAIM", "ROLES")}
        if missing := ", ".join(f"IH_OIDC_{name}" for name, value in needed.items() if not value):
            raise StoreError(f"with IH_OIDC_ISSUER these have to be set too: {missing}")
        roles = _meanings("IH_OIDC_ROLES", needed["ROLES"])
        known = {role.value: role for role in Role if role is not Role.NONE}
        if unknown := [role for role in roles.values() if role not in known]:
            raise StoreError(f"IH_OIDC_ROLES leads to {', '.join(known)}, not to {unknown[0]!r}")
        return cls(issuer, needed["CLIENT"], needed["SECRET"], environment.get("IH_OIDC_NAME", "") or "single sign-on", needed["TENANT_CLAIM"],
                   _meanings("IH_OIDC_TENANTS", needed["TENANTS"]), needed["ROLE_CLAIM"], {value: known[role] for value, role in roles.items()})


def _meanings(name: str, text: str) -> dict[str, str]:
    pairs = [pair.rpartition("=") for pair in re.split(r"[;\n]", text) if pair.strip()]
    if not all(value.strip() and meaning.strip() for value, _, meaning in pairs):
        raise StoreError(f"{name} has pairs such as 'a value=what it means; another=…', not {text!r}")
    return {value.strip(): meaning.strip() for value, _, meaning in pairs}


@dataclass(frozen=True)
class AccessSettings:
    """How long a session lasts, in seconds; under which names the server answers (none: under any), whose word for a client it takes,
    and who else vouches for people.
    """

    idle_s: int = 8 * 3600
    longest_s: int = 7 * 24 * 3600
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    provider: ProviderSettings | None = None

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
        return cls(_duration(environment, "IH_SESSION_IDLE", cls.idle_s), _duration(environment, "IH_SESSION_LONGEST", cls.longest_s), hosts, proxies,
                   ProviderSettings.of(environment))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[\s,]+", text.lower())))


def _duration(environment: Mapping[str, str], name: str, usual: int) -> int:
    said = environment.get(name, "")
    if not said:
        return usual
    if not (found := re.fullmatch(r"([1-9]\d{0,5})([mhd])", said)):
        raise StoreError(f"{name} is a whole number of minutes, hours or days, such as 30m, 8h or 7d, not {said!r}")
    return int(found[1]) * _UNITS[found[2]]
