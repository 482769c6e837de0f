"""What the pages take beside the filters and the period.

They stand in a module of their own: a page is run, not imported, so nobody could look up the names in its annotations, and each run would
make its classes anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pages.funnel_views import TARGET, VIEW
from queries.answers.history import CURSOR, LIMIT
from queries.answers.trend import GRAIN
from queries.asking import funnel_bars
from queries.asking.funnel_bars import BarParameters, UnitCursor
from queries.asking.parameters import Parameter, one_of
from queries.asking.times import Grain
from ui.page.filter_bar import ALL_TIME
from ui.page.record_drawer import DEFAULT_COLUMNS, RECORD_PARAMETER, column_names
from ui.page.section import RATE_NAMES

# What only a page's address has: the API answers the same whatever they say.
SHOWN_COLUMNS = Parameter("columns", column_names, "The columns of the table, with commas between them.", DEFAULT_COLUMNS)
RATE = Parameter("rate", one_of(*RATE_NAMES), "The rate by which offers are ranked.", "ctr")


@dataclass(frozen=True)
class OverviewParameters:
    period: Annotated[str | None, ALL_TIME]
    grain: Annotated[Grain, GRAIN]
    rate: Annotated[str, RATE]


@dataclass(frozen=True)
class CustomerParameters:
    limit: Annotated[int, LIMIT]
    cursor: Annotated[str | None, CURSOR]
    record: Annotated[str | None, RECORD_PARAMETER]


@dataclass(frozen=True)
class HistoryParameters(CustomerParameters):
    columns: Annotated[tuple[str, ...], SHOWN_COLUMNS]


@dataclass(frozen=True)
class FunnelPageParameters(BarParameters):
    cursor: Annotated[UnitCursor | None, funnel_bars.CURSOR]
    view: Annotated[str | None, VIEW]
    target: Annotated[int | None, TARGET]
