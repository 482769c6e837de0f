"""Reading the next batch while somebody is busy with the one before."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

import pyarrow as pa

T = TypeVar("T")


def read_ahead(batches: Iterator[pa.RecordBatch], prepared: Callable[[pa.RecordBatch], T]) -> Generator[tuple[pa.RecordBatch, T], None, None]:
    """Each batch with what is `prepared` of it, by a thread that is one batch ahead at most; it has ended once this is closed.

    For sources of which a read never waits for long: a thread that is stuck could not be ended.
    """
    read: queue.SimpleQueue[tuple[pa.RecordBatch, T] | BaseException | None] = queue.SimpleQueue()
    wanted, closed = threading.Semaphore(1), threading.Event()

    def go_ahead() -> None:
        try:
            while wanted.acquire() and not closed.is_set():
                batch = next(batches, None)
                read.put(None if batch is None else (batch, prepared(batch)))
                if batch is None:
                    return
        except BaseException as problem:
            # Raised where the batch is asked for.
            read.put(problem)

    thread = threading.Thread(target=go_ahead, name="read ahead", daemon=True)
    thread.start()
    try:
        while (found := read.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            wanted.release()
            yield found
    finally:
        closed.set()
        wanted.release()
        thread.join()
