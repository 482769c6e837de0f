"""What the command line asks of a store: an order is carried out here, or in the process that owns the store."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from data.loading.fields import renamed_columns
from data.loading.loading import Stop, Stopped, Terms, load_descriptions, load_entities, load_log, load_rows
from data.loading.outcome import Progress, Rejects, Summary
from data.loading.parquet import numbered
from data.loading.reading import Source
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from data.store.limits import StoreError
from data.store.status import Status, store_status
from data.store.store import Store

REJECTS_FOLDER = "rejects"


@dataclass(frozen=True)
class Failure:
    """A file, or an order as a whole, of which nothing was done."""

    message: str


Event = Progress | Summary | Status | Failure
Tell = Callable[[Event], None]


@dataclass(frozen=True)
class LoadOrder:
    """Load entity files, then log files; the paths are absolute."""

    name: ClassVar[str] = "load"

    logs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    creatives: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tenant: str | None = None
    maps: tuple[str, ...] = ()
    strict: bool = False

    def carry_out(self, store: Store, home: Path, tell: Tell, stop: Stop) -> None:
        """Tell of each file in turn what became of it; one that fails does not keep the next from being loaded."""
        rejects = home / REJECTS_FOLDER
        entity_terms = Terms(self.tenant, {}, self.strict)
        log_terms = Terms(self.tenant, renamed_columns(self.maps), self.strict)
        for kind in ("channels", "creatives", "offers"):
            for file in getattr(self, kind):
                _told(tell, lambda: load_entities(store, kind, Path(file), entity_terms, tell, rejects, stop))
        for file in self.logs:
            _told(tell, lambda: load_log(store, Path(file), log_terms, tell, rejects, stop))


@dataclass(frozen=True)
class SampleOrder:
    """Load a sample log; `until` is its last day (ISO)."""

    name: ClassVar[str] = "sample"

    interactions: int
    seed: int
    tenant: str
    until: str

    def carry_out(self, store: Store, home: Path, tell: Tell, stop: Stop) -> None:
        terms, label = Terms(self.tenant), f"sample {self.seed}"

        def rejects() -> Rejects:
            return Rejects(home / REJECTS_FOLDER / label, home / REJECTS_FOLDER)

        for kind, rows in sample_entities(self.seed)._asdict().items():
            batch = pa.RecordBatch.from_pylist([{key: row[key] for key in row if key != "offerId"} for row in rows])
            source = Source(f"{label} {kind}", numbered([batch]), False, "rows", len(rows))
            load_descriptions(store, kind, source, terms, tell, rejects(), stop)
        batches = sample_batches(self.interactions, self.seed, self.tenant, datetime.date.fromisoformat(self.until))
        source = Source(label, numbered(batches), False, "rows", self.interactions)
        tell(load_rows(store, source, terms, tell, rejects(), stop))


@dataclass(frozen=True)
class StatusOrder:
    """Tell what the store holds."""

    name: ClassVar[str] = "status"

    def carry_out(self, store: Store, home: Path, tell: Tell, stop: Stop) -> None:
        tell(store_status(store))


Order = LoadOrder | SampleOrder | StatusOrder

_ORDERS = {kind.name: kind for kind in (LoadOrder, SampleOrder, StatusOrder)}
_EVENTS = {kind.__name__: kind for kind in (Progress, Summary, Status, Failure)}


def order_pair(order: Order) -> list[Any]:
    """An order as JSON values."""
    return [order.name, asdict(order)]


def order_of(pair: list[Any]) -> Order:
    """The order of these JSON values."""
    name, values = pair
    return _ORDERS[name](**values)


def event_pair(event: Event) -> list[Any]:
    """An event as JSON values."""
    return [type(event).__name__, asdict(event)]


def event_of(pair: list[Any]) -> Event:
    """The event of these JSON values."""
    name, values = pair
    return _EVENTS[name](**values)


def _told(tell: Tell, load: Callable[[], Summary]) -> None:
    try:
        tell(load())
    except Stopped:
        raise
    except StoreError as problem:
        tell(Failure(str(problem)))
