"""The command line `python -m data`: load, pull, outcomes, backup, status, sample, copy and the like, with progress on standard error."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from data.clickhouse.address import store_address
from data.clickhouse.commands import add_commands, refuse_elsewhere, status
from data.load_flags import add_load, add_presets, given_text
from data.loading.listing import Loads
from data.loading.outcome import LoadReport, Progress
from data.loading.preview import Preview
from data.loading.rejects import printable
from data.loading.transaction import Stop
from data.loading.unloading import UnloadReport
from data.orders.handover import hand_over
from data.orders.orders import BackupCommand, Command, Event, Failure, LoadsCommand, SampleCommand, StatusCommand, UnloadCommand
from data.orders.outcomes import OutcomeTable, add_outcome_commands
from data.orders.pulls import PullCommand, PullFailure
from data.pulling.report import PullReport
from data.pulling.source import add_pull_flags, pull_of
from data.sample.file import write_sample
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from data.store.backup import Backup
from data.store.home import home
from data.store.limits import StoreError
from data.store.status import Status, tenants_of
from data.store.store import Store


class Display:
    """A bar on a terminal, else a line a phase; and the exit code of what it was told.

    0: all rows are in the store. 3: some were rejected, or contradict what is there. 1: a file was not loaded.
    """

    def __init__(self, status_text: Callable[[Status], str] = str) -> None:
        self.exit_code = 0
        self.refused = False
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
            case LoadReport():
                self._say(str(event), sys.stdout)
                self._exit_as(event)
            case Preview(report=None):
                self._say(str(event), sys.stderr)
                self.exit_code = 1
            case Preview():
                self._say(str(event), sys.stdout)
                self._exit_as(event.report)
            case PullFailure(message):
                self._say(message, sys.stderr)
                self.exit_code = 1
                self.refused = True
            case UnloadReport() | Loads() | OutcomeTable() | PullReport() | Backup():
                self._say(str(event), sys.stdout)
            case Status():
                self._say(self._status_text(event), sys.stdout)

    def _exit_as(self, report: LoadReport | None) -> None:
        if report and not report.kept:
            self.exit_code = 1
        elif report and not report.clean:
            self.exit_code = self.exit_code or 3

    def _show(self, progress: Progress) -> None:
        if self._bars.disable:
            if progress.phase != self._phase:
                print(f"{progress.phase} …", file=sys.stderr, flush=True)
        else:
            self._bars.update(self._task, description=progress.phase, completed=progress.done,
                              total=progress.total or None, visible=True)
        self._phase = progress.phase

    def _say(self, text: str, stream: TextIO) -> None:
        self._bars.update(self._task, visible=False)
        self._phase = ""
        print(printable(text), file=stream, flush=True)


UNREAD = 128 + 13
"""The exit code that a shell tells of a tool which the signal of a closed pipe has ended."""


def until_unread(command: Callable[[], int]) -> int:
    """The exit code of a command; where its output is no longer read, it ends there without a word."""
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter writes out what is left at its end, and would complain.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        return UNREAD


SAMPLE_UNTIL = datetime.date(2026, 6, 30)

def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except StoreError as problem:
        print(printable(str(problem)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Interrupted. {options.interrupted}", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="Fill the store and look at it. The state folder is "
                                     "IH_HOME, by default var/.")
    parser.set_defaults(interrupted="Nothing was loaded from the file in progress; the files before it are loaded.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add_load(commands, _carried_out)
    add_presets(commands)

    loads = commands.add_parser("loads", help="list the loads whose rows the store holds, the newest first")
    loads.set_defaults(run=lambda options: _carried_out(LoadsCommand()))

    unload = commands.add_parser("unload", help="take a load back: its rows go, and what it had replaced returns")
    unload.add_argument("version", type=_number, metavar="VERSION", help="the load's version, as `python -m data loads` lists it")
    unload.add_argument("--tenant", type=given_text, help="take back this tenant's rows alone")
    unload.set_defaults(run=lambda options: _carried_out(UnloadCommand(options.version, options.tenant)),
                        interrupted="Nothing was taken back; the store is unchanged.")

    pull = commands.add_parser("pull", help="pull a log from a platform that serves the same API, once or again and again",
                               description="Walks from the newest page as far as is needed, and compares the totals.")
    add_pull_flags(pull)
    pull.set_defaults(run=_pull, interrupted="What was pulled until then is loaded; the next pull goes on from there.")

    add_outcome_commands(commands, given_text, _carried_out)

    add_commands(commands, _number, lambda: Display().tell)

    saving = commands.add_parser("backup", help="write a backup of the store and the accounts, of one moment, also while the server runs",
                                 description="The backup is read back before its folder appears. To use it, start the server with IH_HOME set to a "
                                             "copy of the folder.")
    saving.add_argument("folder", type=Path, metavar="DIR", help="a folder that is new or empty")
    saving.set_defaults(run=lambda options: _carried_out(BackupCommand(str(options.folder.absolute()))),
                        interrupted="No backup was written.")

    shows = commands.add_parser("status", help="show tenants, rows, size, version and the latest loads")
    shows.add_argument("--tenants", action="store_true", help="print only the tenants that have rows, the largest first, a line each")
    shows.set_defaults(run=lambda options: _status(tenants_of if options.tenants else str))

    sample = commands.add_parser("sample", help="generate a realistic log and load it, or write it to a file",
                                 description="The same arguments make the same log.")
    sample.add_argument("--interactions", type=_number, default=100_000, metavar="N", help="rows (default %(default)s)")
    sample.add_argument("--seed", type=_number, default=1, metavar="S", help="which log (default %(default)s)")
    sample.add_argument("--tenant", type=given_text, default="sample", help="whose log (default %(default)s)")
    sample.add_argument("--until", type=datetime.date.fromisoformat, default=SAMPLE_UNTIL, metavar="DATE",
                        help="its last day (default %(default)s)")
    sample.add_argument("--output", type=Path, metavar="FILE", help="write .parquet, .ndjson or .csv and load nothing")
    sample.set_defaults(run=_sample, parser=sample)
    return parser


def _number(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0, not '{value}'")
    return int(value)


def _sample(options: argparse.Namespace) -> int:
    arguments = (options.interactions, options.seed, options.tenant)
    if options.output is None:
        return _carried_out(SampleCommand(*arguments, options.until.isoformat()))
    rows = write_sample(sample_batches(*arguments, options.until), sample_entities(options.seed), options.output)
    print(f"{rows:,} rows written to {options.output}")
    return 0


def _status(text: Callable[[Status], str]) -> int:
    address = store_address()
    if address is None:
        return _carried_out(StatusCommand(), text)
    print(printable(text(status(address))))
    return 0


def _pull(options: argparse.Namespace) -> int:
    """Each pull goes to whoever owns the store by then, and between two the store is nobody's."""
    pull = pull_of(options)
    while True:
        problem = ""
        with Display() as display:
            try:
                _carry_out(PullCommand(pull), display)
            except StoreError as failed:
                problem = printable(str(failed))
        if problem:
            print(problem, file=sys.stderr, flush=True)
        if pull.every_s is None or display.refused:
            return 1 if problem else display.exit_code
        time.sleep(pull.every_s)


def _carried_out(command: Command, status_text: Callable[[Status], str] = str) -> int:
    with Display(status_text) as display:
        _carry_out(command, display)
    return display.exit_code


def _carry_out(command: Command, display: Display) -> None:
    refuse_elsewhere()
    if not hand_over(command, home(), display.tell):
        store = Store.open(home())
        try:
            command.carry_out(store, home(), display.tell, Stop())
        finally:
            store.close()
