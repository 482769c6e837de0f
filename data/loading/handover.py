"""Hand a command to the process that owns the store, over a local connection that only the owner of the state folder can open.

`loader.json` in the state folder names the port, and the key to prove that one may read that folder. Messages are JSON."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path

from data.loading.loading import Stop
from data.loading.orders import Command, Event, Failure, command_of, command_pair, event_of, event_pair
from data.loading.outcome import Progress
from data.store.limits import StoreError
from data.store.store import Store

FILE_NAME = "loader.json"
HOST = "127.0.0.1"


def serve_loads(store: Store, home: Path, after_load: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Carry out what other processes hand over, until the answer is called; that stops a load under way.

    `after_load` is called after each load, in a thread of its own.
    """
    return _Door(store, home, after_load).close


def hand_over(command: Command, home: Path, tell: Callable[[Event], None]) -> bool:
    """Have the process that owns the store carry out a command, and pass on its events; False if no process owns it."""
    try:
        door = json.loads((home / FILE_NAME).read_text())
        connection = Client((HOST, door["port"]), authkey=bytes.fromhex(door["key"]))
    except (FileNotFoundError, ConnectionError, EOFError, AuthenticationError):
        # None, or one that has ended, with or without a goodbye.
        return False
    with connection:
        _send(connection, command_pair(command))
        while (message := _answer(connection)) is not None:
            tell(event_of(message))
    return True


def _answer(connection: Connection) -> list | None:
    try:
        return _received(connection)
    except (EOFError, OSError) as problem:
        raise StoreError("The server stopped during the load; the store is unchanged.") from problem


class _Door:
    def __init__(self, store: Store, home: Path, after_load: Callable[[], None]):
        self._store = store
        self._after_load = after_load
        self._home = home
        self._file = home / FILE_NAME
        self._key = secrets.token_bytes(32)
        self._turn = threading.Lock()
        self._closed = False
        self._guests: dict[threading.Thread, Stop] = {}
        self._listener = Listener((HOST, 0))
        self._write_file()
        self._thread = threading.Thread(target=self._listen, name="loads", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        self._file.unlink(missing_ok=True)
        # Wakes the thread that waits for a guest.
        with suppress(OSError):
            Client(self._listener.address).close()
        self._thread.join()
        self._listener.close()
        for thread, stop in list(self._guests.items()):
            stop.now()
            thread.join()

    def _write_file(self) -> None:
        door = {"port": self._listener.address[1], "key": self._key.hex(), "pid": os.getpid()}
        part = self._file.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(door, file)
        part.replace(self._file)

    def _listen(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                continue
            if self._closed:
                connection.close()
                return
            stop = Stop()
            thread = threading.Thread(target=self._welcome, args=(connection, stop), name="load", daemon=True)
            self._guests[thread] = stop
            thread.start()

    def _welcome(self, connection: Connection, stop: Stop) -> None:
        try:
            with connection:
                deliver_challenge(connection, self._key)
                answer_challenge(connection, self._key)
                self._serve(connection, stop)
        except (AuthenticationError, EOFError, OSError):
            # A stranger, or a guest who left: nothing is owed to either.
            pass
        finally:
            del self._guests[threading.current_thread()]

    def _serve(self, connection: Connection, stop: Stop) -> None:
        command = command_of(_received(connection))

        def tell(event: Event) -> None:
            _send(connection, event_pair(event))

        threading.Thread(target=_stop_when_left, args=(connection, stop), daemon=True).start()
        try:
            if command.name == "status":
                command.carry_out(self._store, self._home, tell, stop)
            else:
                self._carry_out_in_turn(command, tell, stop)
        except StoreError as problem:
            tell(Failure(str(problem)))
        _send(connection, None)

    def _carry_out_in_turn(self, command: Command, tell: Callable[[Event], None], stop: Stop) -> None:
        if not self._turn.acquire(blocking=False):
            tell(Progress("waiting for another load"))
            self._turn.acquire()
        try:
            stop.check()
            command.carry_out(self._store, self._home, tell, stop)
        finally:
            self._turn.release()
        # Not for the guest to wait for.
        threading.Thread(target=self._after_load, name="after load", daemon=True).start()


def _stop_when_left(connection: Connection, stop: Stop) -> None:
    """A guest sends nothing after the order: whatever arrives is the end of the connection."""
    with suppress(EOFError, OSError):
        connection.recv_bytes()
    stop.now()


def _send(connection: Connection, message: object) -> None:
    connection.send_bytes(json.dumps(message).encode())


def _received(connection: Connection) -> list | None:
    return json.loads(connection.recv_bytes())
