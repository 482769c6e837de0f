"""Hand a command to the process that owns the store: HTTP over a socket in the state folder, which only the folder's owner can open.

`POST` of a command's name (`/load`, `/sample`, `/status` and the others of `orders.py`), with its fields as a JSON object, is answered with
NDJSON: an event a line as it happens, and `{"event": "End"}` once all is done. Who can open the socket is the operator, and may name any tenant.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from data.loading.transaction import OPERATOR, Stop
from data.orders.orders import AtOnce, Command, Event, Failure, command_of, event_members, event_of
from data.orders.pulls import STOPPED, PullCommand
from data.orders.running import RunningLoad, RunningLoads
from data.store.limits import StoreError
from data.store.store import Store

SOCKET = "loads.sock"

log = logging.getLogger("interaction_history")

_END = {"event": "End"}
# The system with the shortest addresses of sockets takes as many bytes.
_LONGEST_ADDRESS = 103
_DESCRIPTORS = Path("/proc/self/fd")
# A guest that neither sends the rest of its order nor takes what it is told is dropped after as many seconds.
_PATIENCE_S = 30
# So many may be about to send their orders; one more, and the oldest is dropped: each has a descriptor and a thread.
_MOST_SILENT = 32
# A stop waits no longer for loads, of which one may be reading what never comes.
_LONGEST_STOP_S = 5
_AGAIN_S = 0.05


def hand_over(command: Command, home: Path, tell: Callable[[Event], None]) -> bool:
    """Have the process that owns the store carry out a command, and pass on its events; False if no process owns it.

    `StoreError` where it refuses the command, or stops before it is done.
    """
    with closing(_ConnectionToOwner(home / SOCKET)) as connection:
        try:
            connection.request("POST", f"/{command.name}", json.dumps(asdict(command)))
            answer = connection.getresponse()
        except (FileNotFoundError, ConnectionError):
            # None, or one that has ended, with or without a goodbye.
            return False
        if answer.status != 200:
            raise StoreError(json.loads(answer.read())["error"])
        stopped = STOPPED if isinstance(command, PullCommand) else "The server stopped during the load; the store is unchanged."
        while (members := _members(answer, stopped)) != _END:
            tell(event_of(members))
    return True


class _ConnectionToOwner(HTTPConnection):
    def __init__(self, path: Path):
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        with _address(self._path) as address:
            self.sock.connect(address)


def _members(answer: HTTPResponse, stopped: str) -> dict[str, Any]:
    try:
        line = answer.readline()
    except OSError as problem:
        raise StoreError(stopped) from problem
    if not line.endswith(b"\n"):
        raise StoreError(stopped)
    return json.loads(line)


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """The address of a socket: its path or, where that is longer than the system takes, a short one by way of the folder's descriptor."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    if not _DESCRIPTORS.exists():
        raise StoreError(f"{path} has more than {_LONGEST_ADDRESS} bytes, the most for a socket. Set IH_HOME to a folder with a shorter path.")
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield str(_DESCRIPTORS / str(folder) / path.name)
    finally:
        os.close(folder)


def serve_loads(store: Store, home: Path, running: RunningLoads | None = None) -> Callable[[], None]:
    """Carry out what other processes hand over, each in its turn among the `running` loads, until the answer is called; that stops a load
    under way.

    The caller owns the store, so a socket that is there already belongs to an owner that was killed.
    """
    return _Server(store, home, running or RunningLoads()).close


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, store: Store, home: Path, running: RunningLoads):
        self._store = store
        self._home = home
        self._running = running
        self._path = home / SOCKET
        self._guests: dict[Any, Stop] = {}
        # Those that have sent no order yet, the oldest first.
        self._silent: dict[Any, None] = {}
        self._left = threading.Condition()
        self._path.unlink(missing_ok=True)
        with _address(self._path) as address:
            super().__init__(address, _Guest)
        threading.Thread(target=self.serve_forever, args=(_AGAIN_S,), name="loads", daemon=True).start()

    def server_bind(self) -> None:
        super().server_bind()
        # Before it listens.
        self._path.chmod(0o600)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._left:
            self._guests[request] = Stop()
            self._silent[request] = None
            if len(self._silent) > _MOST_SILENT:
                oldest = next(iter(self._silent))
                del self._silent[oldest]
                # It may have left by itself.
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def heard(self, request: Any) -> None:
        """A guest has sent its order."""
        with self._left:
            self._silent.pop(request, None)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._left:
            del self._guests[request]
            self._silent.pop(request, None)
            self._left.notify_all()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._path.unlink(missing_ok=True)
        ends = time.monotonic() + _LONGEST_STOP_S
        with self._left:
            while self._guests and time.monotonic() < ends:
                for guest, stop in self._guests.items():
                    stop.now()
                    # One that has sent no order yet is not waited for. It may also have left by itself.
                    with suppress(OSError):
                        guest.shutdown(socket.SHUT_RD)
                self._left.wait(_AGAIN_S)

    def carry_out(self, command: Command, tell: Callable[[Event], None], guest: socket.socket) -> None:
        """Loads take turns, and the rest waits for none. A guest who leaves ends what it asked for."""
        stop = self._guests[guest]
        if isinstance(command, PullCommand):
            with _leaving(stop.now, guest):
                command.carry_out(self._store, self._home, tell, stop)
            self._running.after_load()
            return
        if isinstance(command, AtOnce):
            command.carry_out(self._store, self._home, tell, stop)
            return
        load = RunningLoad(command.source, command.tenant, OPERATOR, stop)
        with _leaving(partial(self._running.cancel, load), guest), self._running.turn(load, tell) as noting:
            command.carry_out(self._store, self._home, noting, stop)


@contextmanager
def _leaving(cancel: Callable[[], object], guest: socket.socket) -> Iterator[None]:
    """Cancel what a guest asked for once it has left, who sends nothing after the order: whatever arrives is the end of the connection."""
    over = threading.Event()

    def watch() -> None:
        with DefaultSelector() as selector:
            selector.register(guest, EVENT_READ)
            while not over.is_set():
                if selector.select(_AGAIN_S):
                    # Again and again: an interrupt between two statements stops neither.
                    cancel()
                    over.wait(_AGAIN_S)

    watching = threading.Thread(target=watch, name="guest", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


class _GuestLeft(Exception):
    """The guest takes no more of what it is told."""


class _Guest(BaseHTTPRequestHandler):
    timeout = _PATIENCE_S
    server: _Server

    def do_POST(self) -> None:
        try:
            values = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
            self.server.heard(self.connection)
            command = command_of(self.path.removeprefix("/"), values)
        except (ValueError, StoreError) as problem:
            self._answer(400, "application/json")
            self._write({"error": f"The server does not understand this order: {problem}"})
            return
        self._answer(200, "application/x-ndjson")
        with suppress(_GuestLeft):
            self._carry_out(command)
            self._write(_END)

    def log_message(self, *_: object) -> None:
        """Nothing: what becomes of a load is told to the guest, and kept in the store."""

    def _carry_out(self, command: Command) -> None:
        try:
            self.server.carry_out(command, self._tell, self.connection)
        except StoreError as problem:
            self._tell(Failure(str(problem)))
        except _GuestLeft:
            raise
        except Exception:
            log.exception("an order failed: %s", command)
            self._tell(Failure("The server failed to do this; its log says why."))

    def _tell(self, event: Event) -> None:
        self._write(event_members(event))

    def _write(self, members: dict[str, Any]) -> None:
        try:
            self.wfile.write(json.dumps(members).encode() + b"\n")
        except OSError as problem:
            raise _GuestLeft from problem

    def _answer(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
