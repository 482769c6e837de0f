"""What the command line asks of a store: a command is carried out here, or in the process that owns the store."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, get_args

import pyarrow as pa

from data.loading.listing import Loads, loads
from data.loading.loading import LoadOptions, load_descriptions, load_entities, load_log, load_rows
from data.loading.outcome import LoadReport, Progress, report_of
from data.loading.preview import Preview, preview, preview_descriptions, preview_of
from data.loading.rejects import Rejects
from data.loading.transaction import OPERATOR, Stop, Stopped
from data.loading.unloading import UnloadReport, unload
from data.mapping.mapping import NO_MAPPING, Mapping
from data.mapping.mapping_file import mapping_of
from data.mapping.targets import mapping_of_kind, mapping_of_log
from data.orders.outcomes import OutcomesCommand, OutcomeTable, ResetOutcomeCommand, SetOutcomeCommand
from data.orders.pulls import PullCommand, PullFailure
from data.pulling.report import PullReport
from data.pulling.source import Pull
from data.reading.columnar import numbered
from data.reading.source import source_of
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from data.store.backup import Backup, backup
from data.store.limits import StoreError
from data.store.status import Status, store_status
from data.store.store import Store

REJECTS_FOLDER = "rejects"


@dataclass(frozen=True)
class Failure:
    """A file, or a whole command, that failed."""

    message: str


Event = Progress | LoadReport | Preview | UnloadReport | Loads | OutcomeTable | Status | PullReport | PullFailure | Backup | Failure
Report = Callable[[Event], None]


@dataclass(frozen=True)
class LoadCommand:
    """Load entity files, then log files; the paths are absolute."""

    name: ClassVar[str] = "load"

    logs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    creatives: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tenant: str | None = None
    mapping: Mapping = NO_MAPPING
    strict: bool = False
    replace: bool = False
    check: bool = False
    all_rejects: bool = False

    @property
    def source(self) -> str:
        return ", ".join(Path(file).name for file in (*self.channels, *self.creatives, *self.offers, *self.logs))

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        """Tell of each file in turn what became of it; one that fails does not keep the next from being loaded."""
        rejects = home / REJECTS_FOLDER
        options = LoadOptions(self.tenant, mapping_of_log(self.mapping), self.strict, self.replace, self.check, self.all_rejects)
        for kind in ("channels", "creatives", "offers"):
            entity_options = replace(options, mapping=mapping_of_kind(self.mapping, kind, alone=not self.logs))
            described = preview_descriptions if self.check else load_entities
            for file in getattr(self, kind):
                _told(tell, partial(described, store, kind, Path(file), entity_options, tell, rejects, stop))
        for file in self.logs:
            _told(tell, partial(preview if self.check else load_log, store, Path(file), options, tell, rejects, stop))


@dataclass(frozen=True)
class SampleCommand:
    """Load a sample log; `until` is its last day (ISO)."""

    name: ClassVar[str] = "sample"

    interactions: int
    seed: int
    tenant: str
    until: str

    @property
    def source(self) -> str:
        return f"sample {self.seed}"

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        options, label = LoadOptions(self.tenant), self.source

        def rejects() -> Rejects:
            return Rejects(home / REJECTS_FOLDER / label, home / REJECTS_FOLDER)

        for kind, rows in sample_entities(self.seed)._asdict().items():
            batch = pa.RecordBatch.from_pylist([{key: row[key] for key in row if key != "offerId"} for row in rows])
            source = source_of(f"{label} {kind}", numbered([batch]), len(rows))
            load_descriptions(store, kind, source, options, tell, rejects(), stop)
        batches = sample_batches(self.interactions, self.seed, self.tenant, datetime.date.fromisoformat(self.until))
        source = source_of(label, numbered(batches), self.interactions)
        tell(load_rows(store, source, options, tell, rejects(), stop))


@dataclass(frozen=True)
class StatusCommand:
    """Tell what the store holds."""

    name: ClassVar[str] = "status"

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        tell(store_status(store))


@dataclass(frozen=True)
class LoadsCommand:
    """Tell which loads there are."""

    name: ClassVar[str] = "loads"

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        with store.snapshot(None) as snapshot:
            tell(loads(snapshot))


@dataclass(frozen=True)
class UnloadCommand:
    """Take a load back, of all tenants or of one."""

    name: ClassVar[str] = "unload"

    version: int
    tenant: str | None = None

    @property
    def source(self) -> str:
        return f"unload {self.version}"

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        tell(unload(store, self.version, self.tenant, OPERATOR, tell, stop))


@dataclass(frozen=True)
class BackupCommand:
    """Write a backup into a folder; the path is absolute."""

    name: ClassVar[str] = "backup"

    folder: str

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        tell(backup(store, home, Path(self.folder), lambda phase: tell(Progress(phase))))


Load = LoadCommand | SampleCommand | UnloadCommand
AtOnce = StatusCommand | LoadsCommand | BackupCommand | OutcomesCommand | SetOutcomeCommand | ResetOutcomeCommand
Command = Load | AtOnce | PullCommand

_ORDERS: dict[str, type[Command]] = {kind.name: kind for kind in get_args(Command)}
_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def command_of(name: str, values: Any) -> Command:
    """The command of a name and the JSON object of its fields; `StoreError` where there is none."""
    if name not in _ORDERS:
        raise StoreError(f"there is no '{name}', only {', '.join(_ORDERS)}.")
    if not isinstance(values, dict):
        raise StoreError("its fields are not a JSON object.")
    fields: dict[str, Any] = {field: tuple(value) if isinstance(value, list) else value for field, value in values.items()}
    if "mapping" in fields:
        fields["mapping"] = mapping_of(fields["mapping"])
    try:
        if "pull" in fields:
            fields["pull"] = Pull(**fields["pull"])
        return _ORDERS[name](**fields)
    except TypeError as problem:
        raise StoreError(f"{problem}.") from problem


def event_members(event: Event) -> dict[str, Any]:
    """An event as a JSON object."""
    return {"event": type(event).__name__, **asdict(event)}


def event_of(members: dict[str, Any]) -> Event:
    """The event of a JSON object."""
    values = dict(members)
    kind = _EVENTS[values.pop("event")]
    if kind is Preview:
        return preview_of(values)
    return report_of(values) if kind is LoadReport else kind(**values)


def _told(tell: Report, load: Callable[[], LoadReport | Preview]) -> None:
    try:
        tell(load())
    except Stopped:
        raise
    except StoreError as problem:
        tell(Failure(str(problem)))
