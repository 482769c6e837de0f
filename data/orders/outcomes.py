"""What may be asked of the tenants' tables of outcomes: to list them, to say what a key means, to forget that again. And the part of the command
line that asks it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from data.store.limits import StoreError
from data.store.meanings import outcome_rows, reset_meaning, set_meaning
from data.store.status import aligned
from data.store.store import Snapshot, Store
from queries.asking.names import visible
from queries.asking.outcomes import CATEGORIES, CLASSIFICATIONS, COUNTED, InvalidMeaning, Said

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


NOTHING = "nothing"

_NOTES = """\
Counts and rates go by what a row's outcome (outcomeTypeKey) counts as; the filters type and outcome, and the steps of a
funnel, go by the words of the log. A change is seen at once, and nothing is loaded anew. What is not said of a key that
is not shipped follows what it counts as: one that counts as a click is positive, and a response.
"""

Carried = Callable[[OutcomesCommand | SetOutcomeCommand | ResetOutcomeCommand], int]


def add_outcome_commands(commands: Any, text: Callable[[str], str], carried_out: Carried) -> None:
    """Add them to the parsers of a command line; `text` reads a word that must not be empty, and `carried_out` answers with an exit code."""
    listing = commands.add_parser("outcomes", help="list what outcome types mean to each tenant, or change it", epilog=_NOTES,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    listing.add_argument("--tenant", type=text, help="list this tenant's alone")
    listing.set_defaults(run=lambda options: carried_out(OutcomesCommand(options.tenant)))
    changes = listing.add_subparsers(metavar="CHANGE")

    setting = changes.add_parser("set", help="say what an outcome type means; what is not given stays", epilog=_NOTES,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    _add_place(setting, text)
    setting.add_argument("--name", type=text, dest="called", metavar="NAME", help="what people call it")
    setting.add_argument("--class", choices=CLASSIFICATIONS, dest="classification", help="whether such an answer is a good one")
    setting.add_argument("--category", choices=(*CATEGORIES, NOTHING), help="whether it is a showing or the answer to one")
    setting.add_argument("--counts-as", choices=(*COUNTED, NOTHING), help="which count counts its rows")
    setting.set_defaults(run=lambda options: _set(options, carried_out), parser=setting)

    reset = changes.add_parser("reset", help="forget what was set of an outcome type, so that it means what is shipped")
    _add_place(reset, text)
    reset.set_defaults(run=lambda options: carried_out(ResetOutcomeCommand(options.tenant, options.key)))


def _add_place(parser: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    parser.add_argument("key", type=text, metavar="KEY", help="the outcome type's key as the log has it; case counts")
    parser.add_argument("--tenant", type=text, required=True, help="whose log")


def _set(options: argparse.Namespace, carried_out: Carried) -> int:
    said = (options.called, options.classification, _word(options.category), _word(options.counts_as))
    if said == (None, None, None, None):
        options.parser.error("nothing to set: give --name, --class, --category or --counts-as")
    return carried_out(SetOutcomeCommand(options.tenant, options.key, *said))


def _word(choice: str | None) -> str | None:
    return "" if choice == NOTHING else choice
