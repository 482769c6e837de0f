"""The connections of the server: how many may be open, and how long each may keep it waiting."""

from __future__ import annotations

import asyncio
import logging
import resource
from itertools import count
from math import inf
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from data.store.settings import whole_number_setting

# A request's head has to be whole so soon after its connection, the answer before it, or its first byte.
HEAD_S = 10.0
# Of a body that is awaited, and of an answer that is sent, a client has to send or take so much within so long, or the rest.
PATIENCE_S = 30.0
LEAST_BYTES = 1 << 16
_LOOK_S = 1.0
_SAID_AGAIN_S = 60.0

_USUAL, _MOST = 1000, 100_000
# Descriptors that are left to the store, the accounts and loads; half of them where there are few.
_OTHER_DESCRIPTORS = 200

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Type: text/plain\r\nContent-Length: 30\r\n\r\n"
    b"Too many connections are open\n"
)


def most_connections() -> int:
    """How many connections may be open: setting `IH_CONNECTIONS`, or as many as the system's limit on open files leaves room for."""
    said = whole_number_setting("IH_CONNECTIONS", _USUAL, 1, _MOST)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < said + _OTHER_DESCRIPTORS and soft != hard:
        soft = said + _OTHER_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, said + _OTHER_DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return said if soft == resource.RLIM_INFINITY else min(said, soft - min(_OTHER_DESCRIPTORS, soft // 2))


# Not the time, which stands still while many connections are taken in one go.
_order = count()

log = logging.getLogger("interaction_history")


class _Progress:
    """How long a client has had for the next bytes."""

    def __init__(self) -> None:
        self._mark: tuple[float, int] | None = None

    def stalls(self, now: float, done: int) -> bool:
        """Whether it has not done its part; `done` counts bytes, and an end to the waiting is told by `rest`."""
        if self._mark is None or done - self._mark[1] >= LEAST_BYTES:
            self._mark = now, done
        return now - self._mark[0] > PATIENCE_S

    def rest(self) -> None:
        self._mark = None


class Connection(HttpToolsProtocol):
    """A connection that is broken off once its client keeps the server waiting too long, or to make room while it waits for its client."""

    most = _USUAL
    # When it was last said that there are too many: each of those that come then would say so.
    _said = -inf

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._heard = next(_order)
        self._head_due: float | None = self.loop.time() + HEAD_S
        self._received = 0
        self._receiving, self._sending = _Progress(), _Progress()
        self._unsent = self._taken = 0
        self._timer = self.loop.call_later(_LOOK_S, self._look)
        if len(self.connections) > self.most:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard = next(_order)
        if self._head_due is None and self._is_idle():
            self._head_due = self.loop.time() + HEAD_S
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._head_due = None
        self._receiving.rest()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._received += len(body)
        super().on_body(body)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_idle():
            self._head_due = self.loop.time() + HEAD_S

    def handle_websocket_upgrade(self) -> None:
        # From here on the web socket's pings see to it.
        self._timer.cancel()
        super().handle_websocket_upgrade()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _awaits_body(self) -> bool:
        return not self._is_idle() and self.cycle.more_body and not self.flow.read_paused

    def waits_since(self) -> int | None:
        """When a client was last heard whose request is not whole, in the order of all that is heard; None where the server has to answer."""
        return self._heard if self._head_due is not None or self._awaits_body() else None

    def _look(self) -> None:
        now = self.loop.time()
        if self._is_overdue(now):
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(_LOOK_S, self._look)

    def _is_overdue(self, now: float) -> bool:
        if self._head_due is not None and now > self._head_due:
            return True
        if not self._awaits_body():
            self._receiving.rest()
        elif self._receiving.stalls(now, self._received):
            return True
        unsent = self.transport.get_write_buffer_size()
        # What is added meanwhile hides as much of what is taken; then as much is waiting as may be, and nothing is added.
        self._taken += max(0, self._unsent - unsent)
        self._unsent = unsent
        if not unsent:
            self._sending.rest()
            return False
        return self._sending.stalls(now, self._taken)

    def _make_room(self) -> None:
        """Break off the connection that has waited longest for its client, or this one where all others are being answered."""
        now = self.loop.time()
        if now > Connection._said + _SAID_AGAIN_S:
            Connection._said = now
            log.warning("%s connections are open, and no more may be: those whose clients keep them waiting make room (IH_CONNECTIONS)", self.most)
        others = (one for one in self.connections if isinstance(one, Connection) and one is not self and not one.transport.is_closing())
        waiting = {since: one for one in others if (since := one.waits_since()) is not None}
        if waiting:
            waiting[min(waiting)].transport.abort()
        else:
            self.transport.write(_BUSY)
            self.transport.close()


class WebSocket(WebSocketsSansIOProtocol):
    """A web socket that is broken off once a ping is not answered, also while its client takes nothing."""

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()
