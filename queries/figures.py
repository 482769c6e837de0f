"""Every measure of one selection, alone or beside the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.tenant import Tenant
from queries.filters import BY_NAME
from queries.measures import Figures
from queries.recent import recent
from queries.selection import Selection
from queries.tally import Groups, tally


def figures(tenant: Tenant, selection: Selection) -> Figures:
    """Every measure of a selection."""
    return recent(tenant, ("figures", selection), lambda: tally(tenant, selection, newest=True).figures())


def figures_and_others(tenant: Tenant, selection: Selection, name: str) -> tuple[Figures, Figures]:
    """Every measure of a selection, and of the rows that pass all its filters but the one named, whose values they lack.

    With `offerId`: an offer, and all other offers together, rows without an offer included. `name` is not `customerId`.
    """
    return recent(tenant, ("figures and others", selection, name), lambda: _figures_and_others(tenant, selection, name))


def _figures_and_others(tenant: Tenant, selection: Selection, name: str) -> tuple[Figures, Figures]:
    dictionary = tenant.names[BY_NAME[name].dimension]
    group_of_key = np.ones(len(dictionary.ids), np.uint32)
    group_of_key[[key for value in selection.values(name) if (key := dictionary.keys.get(value))]] = 0
    whole = replace(selection, filters=tuple(pair for pair in selection.filters if pair[0] != name))
    counted = tally(tenant, whole, Groups(BY_NAME[name].dimension, group_of_key, 2), newest=True)
    return counted.figures(0), counted.figures(1)
