"""Small logs in real stores, written as files and loaded as a user's files are."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from data.engine import Engine, Snapshot, Tenant
from data.loading.loading import LoadOptions, load_entities, load_log
from data.results import Record
from data.store.store import Store
from queries.answers.history import LARGEST_LIMIT, page
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection, parse
from tests.clickhouse import Mirror

Row = dict[str, Any]

ACME, ZENITH = "acme", "zenith"


# What answers for a store, by the engine's name. Every test that asks the port runs with each of them.
ENGINES: dict[str, Callable[[Store], Engine]] = {"columns": lambda store: store}
# The others: `--engines` brings them into the tests above, and some tests name one.
FURTHER_ENGINES: dict[str, Callable[[Store], Engine]] = {"clickhouse": Mirror}


class Log:
    """A store in a folder and the engine that answers for it; `rows` are all rows loaded into it, as their files hold them."""

    def __init__(self, folder: Path, engine: str = "columns") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._engine = engine
        self.take(Store.open(folder))
        self.rows: list[Row] = []
        self._files = 0

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *problem: object) -> None:
        if isinstance(self.engine, Mirror):
            self.engine.close()
        self.store.close()

    def take(self, store: Store) -> None:
        """Have another store, which is open, in the place of the one before."""
        self.store = store
        self.engine = (ENGINES | FURTHER_ENGINES)[self._engine](store)

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """What the engine answers from now."""
        return self.engine.snapshot(seconds=None)

    def load(self, *rows: Row) -> None:
        """Load rows as one file; every one must be new."""
        summary = load_log(self.store, self._file(rows), LoadOptions(), _quiet, self.folder)
        assert summary.loaded == len(rows), f"{summary}\n{summary.rejects_file and Path(summary.rejects_file).read_text()}"
        self.rows += rows

    def describe(self, kind: str, *rows: Row) -> None:
        """Load rows that describe offers, creatives or channels."""
        load_entities(self.store, kind, self._file(rows), LoadOptions(), _quiet, self.folder)

    def in_order(self) -> bool:
        """Whether the records lie in the order of time throughout."""
        with self.store.snapshot() as snapshot:
            return snapshot.rows("select in_order from store")[0][0]

    def _file(self, rows: Iterable[Row]) -> Path:
        self._files += 1
        file = self.folder / f"{self._files}.ndjson"
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return file


def every_record(tenant: Tenant, selection: Selection) -> list[Record]:
    """The records of a selection, newest first, page by page."""
    found = page(tenant, selection, LARGEST_LIMIT)
    records = found.records
    while found.has_more:
        found = page(tenant, selection, LARGEST_LIMIT, found.next_cursor)
        records += found.records
    return records


def _quiet(_: object) -> None:
    return


def interaction(id: str, timestamp: str = "2026-03-15T14:30:00.000Z", **fields: Any) -> Row:
    """A row of tenant acme with the fields a row must have; further ones by name."""
    return {"id": id, "tenantId": ACME, "customerId": "CUST001", "interactionType": "click", "timestamp": timestamp} | fields


OFFERS = {
    "off_card": {"id": "off_card", "name": "Platinum Card Upgrade", "status": "active"},
    "off_loan": {"id": "off_loan", "name": "Prêt « étudiant », 3 %", "status": "archived"},
    "off_gone": None,
}
CREATIVES = {
    "cr_hero": {"id": "cr_hero", "name": "Email Hero \"A\"", "channel": {"id": "ch_email", "name": "Email"}},
    "cr_bare": {"id": "cr_bare", "name": "No channel"},
    "cr_gone": None,
}
CUSTOMERS = ("CUST001", "CUST002", "O'Brien", "50%_ü")
TYPES = ("impression", "click", "dismiss", "😀 sticker")
CHANNELS = ("ch_email", "ch_web")
_ODD_IDS = ("", "'", '"', "%", "_", "é", "e\u0301", "ï¿½", "😀", ",", "\n", " ", "\\", "ih_00", "ih_000 ", "IH_001", "~")
_NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def tangled_rows(seed: int, count: int, tenant: str = ACME) -> list[Row]:
    """Rows whose ids say nothing of their time, on so few instants that most tie; of one seed always the same."""
    random_ = random.Random(f"{seed} {tenant}")
    ids = [f"ih_{number:03d}" for number in range(count * 2)] + [f"odd{mark}" for mark in _ODD_IDS]
    return [_tangled_row(random_, id, tenant) for id in random_.sample(ids, count)]


def _tangled_row(random_: random.Random, id: str, tenant: str) -> Row:
    moment = _NOON + timedelta(days=random_.choice((-40, -1, 0, 0, 0, 1)), milliseconds=random_.choice((-1, 0, 0, 1)))
    offer, creative = random_.choice((None, *OFFERS)), random_.choice((None, *CREATIVES))
    row = interaction(
        id,
        moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        tenantId=tenant,
        customerId=random_.choice(CUSTOMERS),
        interactionType=random_.choice(TYPES),
        outcomeTypeKey=random_.choice(("positive", "clicked", "none of \"these\"")),
        offerId=offer,
        creativeId=creative,
        channelId=random_.choice((None, *CHANNELS)),
        direction=random_.choice((None, "inbound", "outbound")),
        context=random_.choice(({}, {"device": "phone, \"old\"", "n": [1, {"deep": None}]}, {"=cmd": "\u00e9\n"})),
        outcome=random_.choice(({}, {"conversionValue": 12.5}, {"conversionValue": "-3"})),
    )
    if offer:
        row["offer"] = OFFERS[offer]
    if creative:
        row["creative"] = CREATIVES[creative]
    return row


def tangled_logs(log: Log, filling: str) -> None:
    """Fill a store with the tangled rows of two tenants that share ids: `in one load`, `out of order`, `written anew` or `in fifty loads`."""
    rows = tangled_rows(1, 90, ACME) + tangled_rows(2, 60, ZENITH)
    random.Random(3).shuffle(rows)
    if filling == "in one load":
        log.load(*rows)
    elif filling == "in fifty loads":
        load_in_fifty(log, rows, (ACME, ZENITH))
    elif filling == "out of order":
        log.load(*rows[:140])
        log.load(*rows[140:145])
        log.load(*rows[145:])
        assert not log.in_order()
    else:
        log.load(*rows[:60])
        log.load(*rows[60:120])
        log.load(*rows[120:])
        assert log.in_order()


def load_in_fifty(log: Log, rows: Sequence[Row], tenants: Sequence[str]) -> None:
    """Load rows in fifty loads, all but the first small, each after one of the tenants has been asked what reads every column."""
    few = max(1, len(rows) // 400)
    first = len(rows) - 49 * few
    log.load(*rows[:first])
    for nth in range(49):
        with log.snapshot() as snapshot:
            ask(snapshot.tenant(tenants[nth % len(tenants)]))
        log.load(*rows[first + nth * few:first + (nth + 1) * few])


def ask(tenant: Tenant) -> None:
    """Ask what readers of all pages ask."""
    everything = Selection(tenant.id)
    shown = tenant.page(everything, 3, None)
    tenant.neighbours(everything, 3, shown.records[-1].id if shown.records else "none")
    for by in ("offer", "channel"):
        tenant.counts(everything, by, newest=True)
        tenant.rows_by_value(by)
    for customer, _ in tenant.customers(everything, 2, 0).customers:
        tenant.timeline(customer, 5)
        tenant.total(parse(tenant.id, [("customerId", customer)]).selection)
    tenant.funnel(FunnelQuery(everything))
    tenant.funnel(FunnelQuery(everything, unit="customer"))
    tenant.span()
