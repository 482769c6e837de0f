"""Shows a load's progress on standard error, and the summaries on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from data.orders import Event, Failure
from data.status import Status
from data.summary import Progress, Summary


class Display:
    """A bar on a terminal, else a line a phase; and the exit code of what it was told.

    0: all rows are in the store. 3: some were rejected, or contradict what is there. 1: a file was not loaded.
    """

    def __init__(self, status_text: Callable[[Status], str] = str) -> None:
        self.exit_code = 0
        self._status_text = status_text
        console = Console(stderr=True)
        self._bars = Bars(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
            console=console, transient=True, disable=not console.is_terminal,
        )
        self._task = self._bars.add_task("", total=None, visible=False)
        self._phase = ""

    def __enter__(self) -> Display:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self._bars.stop()

    def tell(self, event: Event) -> None:
        match event:
            case Progress():
                self._show(event)
            case Failure(message):
                self._say(message, sys.stderr)
                self.exit_code = 1
            case Summary():
                self._say(str(event), sys.stdout)
                if not event.kept:
                    self.exit_code = 1
                elif not event.clean:
                    self.exit_code = self.exit_code or 3
            case Status():
                self._say(self._status_text(event), sys.stdout)

    def _show(self, progress: Progress) -> None:
        if self._bars.disable:
            if progress.phase != self._phase:
                print(f"{progress.phase} …", file=sys.stderr, flush=True)
        else:
            self._bars.update(self._task, description=progress.phase, completed=progress.done,
                              total=progress.total or None, visible=True)
        self._phase = progress.phase

    def _say(self, text: str, stream: object) -> None:
        self._bars.update(self._task, visible=False)
        self._phase = ""
        print(text, file=stream, flush=True)
