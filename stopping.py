"""How the server stops: within some seconds, and as one that has done its work."""

from __future__ import annotations

import asyncio
import logging
import signal

import uvicorn

GRACE_S = 5


def bound_stop() -> None:
    """Have a stop wait a few seconds for answers that are still being sent, and then break off those that are not whole.

    To be called while the server starts.
    """
    server = _server()
    if server is not None:
        server.config.timeout_graceful_shutdown = GRACE_S
    logging.getLogger("uvicorn.error").addFilter(_is_no_break)


def forget_signal() -> None:
    """Have a server that has stopped for a signal end as one that has done its work, not by that signal once more.

    To be called once everything is closed.
    """
    server = _server()
    if server is not None:
        server._captured_signals.clear()


def _server() -> uvicorn.Server | None:
    # `streamlit run` hands it out nowhere. The server that it starts is the one that handles the signal to stop.
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return server if isinstance(server, uvicorn.Server) else None


def _is_no_break(record: logging.LogRecord) -> bool:
    # An answer that was broken off would be logged with a trace, as if something had crashed.
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
