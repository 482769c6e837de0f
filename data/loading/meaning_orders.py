"""What the command line asks of the tenants' tables of outcomes: to list them, to say what a key means, to forget that again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from data.store.limits import StoreError
from data.store.meanings import outcome_rows, reset_meaning, set_meaning
from data.store.status import aligned
from data.store.store import Snapshot, Store
from queries.asking.names import visible
from queries.asking.outcomes import InvalidMeaning, Said

if TYPE_CHECKING:
    from data.loading.transaction import Stop

_HEADING = ("key", "name", "class", "category", "counts as", "set", "rows in the log")


@dataclass(frozen=True)
class OutcomeTable:
    """A tenant's table of outcomes, or some of it: key, name, classification, category, counts as, whether the tenant has set it, rows.

    `log_rows` are all rows of the tenant's log.
    """

    tenant: str
    log_rows: int
    rows: tuple[tuple[Any, ...], ...]

    def __str__(self) -> str:
        shown = [
            (visible(key), visible(name), classification, category or "", counts_as or "nothing", "yes" if is_own else "", rows)
            for key, name, classification, category, counts_as, is_own, rows in self.rows
        ]
        log = "no rows yet" if not self.log_rows else "1 row" if self.log_rows == 1 else f"{self.log_rows:,} rows"
        return "\n".join([f"tenant {visible(self.tenant)}, {log} in its log", *aligned([_HEADING, *shown])])


@dataclass(frozen=True)
class OutcomesCommand:
    """Tell what outcome types mean to a tenant, or to each that the store has."""

    name: ClassVar[str] = "outcomes"

    tenant: str | None = None

    def carry_out(self, store: Store, home: Path, tell: Callable[[OutcomeTable], None], stop: Stop) -> None:
        with store.snapshot(None) as snapshot:
            known = snapshot.tenant_ids()
            if self.tenant is not None and self.tenant not in known:
                raise StoreError(f"The store has no tenant '{visible(self.tenant)}', only {', '.join(map(visible, known)) or 'none at all yet'}.")
            for tenant in known if self.tenant is None else [self.tenant]:
                tell(_table(snapshot, tenant))


@dataclass(frozen=True)
class SetOutcomeCommand:
    """Let a tenant say what an outcome key means; of what is None here it says what it has said before. An empty text is "none of them"."""

    name: ClassVar[str] = "set-outcome"

    tenant: str
    key: str
    called: str | None = None
    classification: str | None = None
    category: str | None = None
    counts_as: str | None = None

    def carry_out(self, store: Store, home: Path, tell: Callable[[OutcomeTable], None], stop: Stop) -> None:
        said = Said(self.called, self.classification, self.category, self.counts_as)
        try:
            set_meaning(store, self.tenant, self.key, said, beside=True)
        except InvalidMeaning as problem:
            raise StoreError(f"{problem}.") from problem
        with store.snapshot(None) as snapshot:
            tell(_table(snapshot, self.tenant, [self.key]))


@dataclass(frozen=True)
class ResetOutcomeCommand:
    """Forget what a tenant has said of an outcome key."""

    name: ClassVar[str] = "reset-outcome"

    tenant: str
    key: str

    def carry_out(self, store: Store, home: Path, tell: Callable[[OutcomeTable], None], stop: Stop) -> None:
        if not reset_meaning(store, self.tenant, self.key):
            raise StoreError(f"'{visible(self.tenant)}' has set nothing for the outcome '{visible(self.key)}', so there is nothing to reset.")
        with store.snapshot(None) as snapshot:
            tell(_table(snapshot, self.tenant, [self.key]))


def _table(snapshot: Snapshot, tenant: str, keys: Collection[str] | None = None) -> OutcomeTable:
    every = outcome_rows(snapshot, tenant, keys or ())
    shown = (row for row in every if keys is None or row.outcome.key in keys)
    return OutcomeTable(tenant, sum(row.rows for row in every), tuple(
        (row.outcome.key, row.outcome.name, row.outcome.classification, row.outcome.category, row.outcome.counts_as, row.is_own, row.rows)
        for row in shown
    ))
