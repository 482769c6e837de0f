"""The command line `python -m data`: load, outcomes, status and sample, with progress on standard error."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from data.loading.handover import hand_over
from data.loading.loading import Stop
from data.loading.meaning_commands import add_outcome_commands
from data.loading.meaning_orders import OutcomeTable
from data.loading.orders import Command, Event, Failure, LoadCommand, SampleCommand, StatusCommand
from data.loading.outcome import LoadReport, Progress
from data.mapping.fields import renamed_columns
from data.sample.file import write_sample
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
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
                if not event.kept:
                    self.exit_code = 1
                elif not event.clean:
                    self.exit_code = self.exit_code or 3
            case OutcomeTable():
                self._say(str(event), sys.stdout)
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

    def _say(self, text: str, stream: TextIO) -> None:
        self._bars.update(self._task, visible=False)
        self._phase = ""
        print(text, file=stream, flush=True)


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

LOAD_NOTES = """\
FILE may be CSV, NDJSON, JSON or Parquet; the first three also as .gz. One file is one transaction: after an error or
Ctrl-C the store is as it was before that file. While the server runs, it loads the file for you.

exit code: 0 all rows are in the store; 3 some are not, and are listed in FILE.rejects.csv; 1 a file was not loaded; 2 wrong usage
"""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except StoreError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Nothing was loaded from the file in progress; the files before it are loaded.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="Fill the store and look at it. The state folder is "
                                     "IH_HOME, by default var/.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    load = commands.add_parser("load", help="load log files, or files that describe offers, creatives, channels",
                               epilog=LOAD_NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    load.add_argument("logs", nargs="*", metavar="FILE", type=_file, help="a log of interactions")
    load.add_argument("--tenant", type=_text, help="the tenant of rows that do not name one")
    load.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", dest="maps",
                      help="read a column with another name as this field (repeatable)")
    for kind, columns in (("offers", "id, name, status"), ("creatives", "id, name, channelId"), ("channels", "id, name")):
        load.add_argument(f"--{kind}", action="append", default=[], metavar="FILE", type=_file,
                          help=f"a file that describes {kind}: {columns}")
    load.add_argument("--strict", action="store_true", help="load a file only if every row of it can be loaded")
    load.set_defaults(run=_load, parser=load)

    add_outcome_commands(commands, _text, _carried_out)

    status = commands.add_parser("status", help="show tenants, rows, size, version and the latest loads")
    status.add_argument("--tenants", action="store_true", help="print only the tenants that have rows, the largest first, a line each")
    status.set_defaults(run=lambda options: _carried_out(StatusCommand(), tenants_of if options.tenants else str))

    sample = commands.add_parser("sample", help="generate a realistic log and load it, or write it to a file",
                                 description="The same arguments make the same log.")
    sample.add_argument("--interactions", type=_number, default=100_000, metavar="N", help="rows (default %(default)s)")
    sample.add_argument("--seed", type=_number, default=1, metavar="S", help="which log (default %(default)s)")
    sample.add_argument("--tenant", type=_text, default="sample", help="whose log (default %(default)s)")
    sample.add_argument("--until", type=datetime.date.fromisoformat, default=SAMPLE_UNTIL, metavar="DATE",
                        help="its last day (default %(default)s)")
    sample.add_argument("--output", type=Path, metavar="FILE", help="write .parquet, .ndjson or .csv and load nothing")
    sample.set_defaults(run=_sample, parser=sample)
    return parser


def _text(value: str) -> str:
    if not value:
        raise argparse.ArgumentTypeError("must not be empty")
    return value


def _number(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0, not '{value}'")
    return int(value)


def _file(value: str) -> str:
    path = Path(value)
    if not path.exists() or path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no file '{value}'")
    return str(path.absolute())


def _load(options: argparse.Namespace) -> int:
    if not (options.logs or options.offers or options.creatives or options.channels):
        options.parser.error("nothing to load: name a FILE, or --offers, --creatives, --channels")
    try:
        renamed_columns(options.maps)
    except StoreError as problem:
        options.parser.error(str(problem))
    return _carried_out(LoadCommand(
        logs=tuple(options.logs),
        offers=tuple(options.offers),
        creatives=tuple(options.creatives),
        channels=tuple(options.channels),
        tenant=options.tenant,
        maps=tuple(options.maps),
        strict=options.strict,
    ))


def _sample(options: argparse.Namespace) -> int:
    arguments = (options.interactions, options.seed, options.tenant)
    if options.output is None:
        return _carried_out(SampleCommand(*arguments, options.until.isoformat()))
    rows = write_sample(sample_batches(*arguments, options.until), sample_entities(options.seed), options.output)
    print(f"{rows:,} rows written to {options.output}")
    return 0


def _carried_out(command: Command, status_text: Callable[[Status], str] = str) -> int:
    with Display(status_text) as display:
        if not hand_over(command, home(), display.tell):
            store = Store.open(home())
            try:
                command.carry_out(store, home(), display.tell, Stop())
            finally:
                store.close()
    return display.exit_code
