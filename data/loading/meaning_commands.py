"""The part of the command line that lists and changes what outcome types mean: `python -m data outcomes`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from data.loading.meaning_orders import OutcomesCommand, ResetOutcomeCommand, SetOutcomeCommand
from queries.asking.outcomes import CATEGORIES, CLASSIFICATIONS, COUNTED

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
