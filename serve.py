"""Serves the product until it is told to stop: `python -m serve`, at HOST and PORT of the environment."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import Any

import uvicorn

from accounts import AccessSettings
from connections import Connection, WebSocket, most_connections
from data.store.limits import StoreError

SETTINGS: dict[str, Any] = {
    # A stop waits this many seconds for answers that are still being sent, and then breaks off those that are not whole.
    "timeout_graceful_shutdown": 5,
    # Streamlit sets the server's log to the level of its own once it is imported; this is the same until then.
    "log_level": "warning",
    # Named, so that a machine without it says so: with that of Python itself, the server takes twice as long for its part of an answer.
    "loop": "uvloop",
    "http": Connection,
    # Else as Streamlit sets its web socket.
    "ws": WebSocket,
    "ws_per_message_deflate": False,
    "server_header": False,
}


def main() -> None:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8501")
    if not port.isdecimal() or int(port) > 65535:
        sys.exit(f"PORT must be a whole number from 0 to 65535, not {port!r}")
    try:
        Connection.most = most_connections()
    except StoreError as problem:
        sys.exit(str(problem))
    # Whoever answers next waits this long for Python's lock while a page is drawn; with the usual 5 ms, several times over, for what takes 2 ms.
    sys.setswitchinterval(0.001)
    # Here, and not by the server: what it has to say where it cannot begin is said alone.
    import app  # noqa: F401

    if starting := os.environ.get("IH_STARTING"):
        print(starting, file=sys.stderr, flush=True)
    # The server stops for a signal, and once all is closed raises it again, for a program to die of. This one has done its work.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _end)
    logging.getLogger("uvicorn.error").addFilter(_without_traces)
    proxies = AccessSettings.of().proxies
    # Whose word is taken for a client's address and for TLS. Of anybody else these headers are a guess, or a lie.
    uvicorn.run("app:app", host=host, port=int(port), proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies), **SETTINGS)


def _end(*_: object) -> None:
    # At once: the interpreter would first wait for threads whose answers were broken off, and then take all that it holds apart, for seconds.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _without_traces(record: logging.LogRecord) -> bool:
    # An answer that was broken off would be logged with a trace, as if something had crashed.
    problem = record.exc_info[1] if record.exc_info else None
    if isinstance(problem, StoreError):
        record.msg, record.args, record.exc_info = "a download was broken off: %s", (problem,), None
    return not isinstance(problem, asyncio.CancelledError)


if __name__ == "__main__":
    main()
