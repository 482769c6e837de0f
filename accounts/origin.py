from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_own_page(headers: Headers) -> bool:
    """Whether a request was made by a page of this site, or by no page at all.

    What a browser says of itself in `Sec-Fetch-Site` decides; without it (plain HTTP, old browsers) `Origin`
    must name the host that was called.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        # Browsers send Origin with every POST and web socket, so this client is none, and only browsers
        # can be made to send someone else's cookie.
        return True
    scheme = origin.partition("://")[0]
    sender = authority(origin, scheme)
    return sender is not None and sender == authority(f"//{headers.get('host', '')}", scheme)


def authority(address: str, scheme: str) -> tuple[str, int] | None:
    """Host and port that an address names, or nothing when it cannot be read."""
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS.get(scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
