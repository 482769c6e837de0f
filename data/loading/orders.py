"""What the command line asks of a store: a command is carried out here, or in the process that owns the store."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, get_args

import pyarrow as pa

from data.loading.loading import LoadOptions, Stop, Stopped, load_descriptions, load_entities, load_log, load_rows
from data.loading.meaning_orders import OutcomesCommand, OutcomeTable, ResetOutcomeCommand, SetOutcomeCommand
from data.loading.outcome import LoadReport, Progress, Rejects
from data.mapping.fields import renamed_columns
from data.reading.columnar import numbered
from data.reading.source import Source
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from data.store.limits import StoreError
from data.store.status import Status, store_status
from data.store.store import Store

REJECTS_FOLDER = "rejects"


@dataclass(frozen=True)
class Failure:
    """A file, or a whole command, that failed."""

    message: str


Event = Progress | LoadReport | OutcomeTable | Status | Failure
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
    maps: tuple[str, ...] = ()
    strict: bool = False

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        """Tell of each file in turn what became of it; one that fails does not keep the next from being loaded."""
        rejects = home / REJECTS_FOLDER
        entity_options = LoadOptions(self.tenant, {}, self.strict)
        log_options = LoadOptions(self.tenant, renamed_columns(self.maps), self.strict)
        for kind in ("channels", "creatives", "offers"):
            for file in getattr(self, kind):
                _told(tell, partial(load_entities, store, kind, Path(file), entity_options, tell, rejects, stop))
        for file in self.logs:
            _told(tell, partial(load_log, store, Path(file), log_options, tell, rejects, stop))


@dataclass(frozen=True)
class SampleCommand:
    """Load a sample log; `until` is its last day (ISO)."""

    name: ClassVar[str] = "sample"

    interactions: int
    seed: int
    tenant: str
    until: str

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        options, label = LoadOptions(self.tenant), f"sample {self.seed}"

        def rejects() -> Rejects:
            return Rejects(home / REJECTS_FOLDER / label, home / REJECTS_FOLDER)

        for kind, rows in sample_entities(self.seed)._asdict().items():
            batch = pa.RecordBatch.from_pylist([{key: row[key] for key in row if key != "offerId"} for row in rows])
            source = Source(f"{label} {kind}", numbered([batch]), False, "rows", len(rows))
            load_descriptions(store, kind, source, options, tell, rejects(), stop)
        batches = sample_batches(self.interactions, self.seed, self.tenant, datetime.date.fromisoformat(self.until))
        source = Source(label, numbered(batches), False, "rows", self.interactions)
        tell(load_rows(store, source, options, tell, rejects(), stop))


@dataclass(frozen=True)
class StatusCommand:
    """Tell what the store holds."""

    name: ClassVar[str] = "status"

    def carry_out(self, store: Store, home: Path, tell: Report, stop: Stop) -> None:
        tell(store_status(store))


Question = StatusCommand | OutcomesCommand
Command = Question | LoadCommand | SampleCommand | SetOutcomeCommand | ResetOutcomeCommand

_ORDERS: dict[str, type[Command]] = {kind.name: kind for kind in get_args(Command)}
_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def command_of(name: str, values: Any) -> Command:
    """The command of a name and the JSON object of its fields; `StoreError` where there is none."""
    if name not in _ORDERS:
        raise StoreError(f"there is no '{name}', only {', '.join(_ORDERS)}.")
    if not isinstance(values, dict):
        raise StoreError("its fields are not a JSON object.")
    fields: dict[str, Any] = {field: tuple(value) if isinstance(value, list) else value for field, value in values.items()}
    try:
        return _ORDERS[name](**fields)
    except TypeError as problem:
        raise StoreError(f"{problem}.") from problem


def event_members(event: Event) -> dict[str, Any]:
    """An event as a JSON object."""
    return {"event": type(event).__name__, **asdict(event)}


def event_of(members: dict[str, Any]) -> Event:
    """The event of a JSON object."""
    values = dict(members)
    return _EVENTS[values.pop("event")](**values)


def _told(tell: Report, load: Callable[[], LoadReport]) -> None:
    try:
        tell(load())
    except Stopped:
        raise
    except StoreError as problem:
        tell(Failure(str(problem)))
