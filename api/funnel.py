"""The endpoints of funnels, as JSON and CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import pyarrow as pa
from starlette.responses import Response

from api import funnel_answers as answers
from api.downloads import CSV_TYPE, EXPORT_LIMIT, RAW, WITH_BOM, Download, csv_pieces
from api.endpoint import ApiRequest, Endpoint
from api.funnel_answers import FUNNEL, FUNNEL_CSV, UNIT_PAGE, UNITS_CSV
from api.shapes import spelled
from data.results import UNIT_COLUMNS, Durations, FunnelUnit
from queries.answers.funnel import FunnelAnswer, FunnelStep, flat_units, funnel, units_page, units_total
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT
from queries.asking import funnel as funnel_parameters
from queries.asking import funnel_bars as bars
from queries.asking.filters import FILTERS, NOT, WITHOUT
from queries.asking.funnel import EITHER, FunnelParameters, FunnelQuery, funnel_query, window_parameter
from queries.asking.funnel_bars import CURSOR, BarParameters, UnitCursor
from queries.asking.parameters import InvalidQuery, Parameter, Problem, one_of, whole_number
from queries.asking.times import Grain, iso


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    texts = [[None if row[nth] is None else str(row[nth]) for row in rows] for nth in range(len(columns))]
    return pa.table([pa.array(column, pa.string()) for column in texts], list(columns))


# A step's keys that are several columns each.
_PARTS = {"interval95": ("low95", "high95"), "secondsFromEntry": tuple(answers.SecondsFromEntry.__annotations__)}
_STEP_COLUMNS = tuple(column for key in answers.FunnelStep.__annotations__ for column in _PARTS.get(key, (key,)))


def steps_table(answer: FunnelAnswer) -> pa.Table:
    """One row per step; the last six columns are its `secondsFromEntry`. In any order a row is of so many steps done, and of no types."""
    in_any_order = answer.query.order == "any"
    return _table(_STEP_COLUMNS, [
        _step_cells({**_step(step), "types": None if in_any_order else EITHER.join(step.types)}) for step in answer.steps
    ])


def breakdown_table(answer: FunnelAnswer) -> pa.Table:
    """One row per value, with the units that reached each step (`step2`), or in any order did so many of them (`did2`)."""
    columns = ("value", "name", *_step_names(answer))
    return _table(columns, [(row.value, row.name, *row.units) for row in answer.breakdown or ()])


def trend_table(answer: FunnelAnswer) -> pa.Table:
    """One row per bucket, with the same columns of units."""
    columns = ("start", *_step_names(answer), "immature", "waiting", "partial")
    flag = {None: None, True: "true", False: "false"}
    return _table(columns, [
        (bucket.start, *bucket.units, flag[bucket.immature], bucket.waiting, flag[bucket.partial]) for bucket in answer.trend or ()
    ])


TABLES: dict[str, Callable[[FunnelAnswer], pa.Table]] = {
    "steps": steps_table, "breakdown": breakdown_table, "trend": trend_table,
}


def _step_cells(step: dict[str, Any]) -> list[Any]:
    cells: list[Any] = []
    for key, value in step.items():
        if key not in _PARTS:
            cells.append(value)
        elif value is None:
            cells += [None] * len(_PARTS[key])
        else:
            cells += value.values() if isinstance(value, dict) else value
    return cells


def _step_names(answer: FunnelAnswer) -> list[str]:
    name = "did" if answer.query.order == "any" else "step"
    return [f"{name}{step.number}" for step in answer.steps]


LIMIT = Parameter(
    "limit", whole_number(1), f"The maximum number of units on a page; more than {LARGEST_LIMIT} counts as {LARGEST_LIMIT}.", DEFAULT_LIMIT,
    schema=(("type", "integer"), ("minimum", 1), ("default", DEFAULT_LIMIT)),
)
TABLE = Parameter("table", one_of(*TABLES), "Which of the answer's tables; `breakdown` needs the parameter `breakdown`, and `trend` "
                  "needs `grain`.", "steps", schema=(("type", "string"), ("enum", list(TABLES)), ("default", "steps")))


@dataclass(frozen=True)
class TableParameters(FunnelParameters):
    table: Annotated[str, TABLE]
    bom: Annotated[bool, WITH_BOM]
    raw: Annotated[bool, RAW]


@dataclass(frozen=True)
class UnitsParameters(BarParameters):
    limit: Annotated[int, LIMIT]
    cursor: Annotated[UnitCursor | None, CURSOR]


@dataclass(frozen=True)
class UnitsCsvParameters(BarParameters):
    limit: Annotated[int | None, EXPORT_LIMIT]
    bom: Annotated[bool, WITH_BOM]
    raw: Annotated[bool, RAW]


_NEEDED = {"breakdown": funnel_parameters.BREAKDOWN, "trend": funnel_parameters.GRAIN}


def funnel_answer(asked: ApiRequest[FunnelParameters]) -> Response:
    return Response(orjson.dumps(json_funnel(funnel(asked.tenant, funnel_query(asked.query)))), media_type="application/json")


def funnel_csv(asked: ApiRequest[TableParameters]) -> Response:
    table, parameters = asked.parameters.table, asked.parameters
    needed = _NEEDED.get(table)
    if needed and asked.query.parameters[needed.name] is None:
        raise InvalidQuery([Problem("table", f"table {table!r} needs the parameter {needed.name!r}")])
    rows = TABLES[table](funnel(asked.tenant, funnel_query(asked.query)))
    text = "".join(csv_pieces(rows.column_names, [rows], parameters.bom, parameters.raw))
    return Response(text, headers={"Content-Disposition": f'attachment; filename="funnel-{table}.csv"'}, media_type=CSV_TYPE)


def funnel_units(asked: ApiRequest[UnitsParameters]) -> Response:
    parameters = asked.parameters
    found = units_page(asked.tenant, funnel_query(asked.query), bars.bar_of(parameters), parameters.limit, parameters.cursor)
    body: answers.FunnelUnitPage = {
        "data": [_unit(unit) for unit in found.units],
        "pagination": {
            "total": found.total,
            "limit": found.limit,
            "hasMore": found.has_more,
            "nextCursor": found.next_cursor.text() if found.next_cursor else None,
        },
    }
    return Response(orjson.dumps(body), media_type="application/json")


def funnel_units_csv(asked: ApiRequest[UnitsCsvParameters]) -> Response:
    parameters, bar, asked_funnel = asked.parameters, bars.bar_of(asked.parameters), funnel_query(asked.query)
    pieces = flat_units(asked.tenant, asked_funnel, bar, parameters.limit)
    body = csv_pieces(UNIT_COLUMNS, pieces, parameters.bom, parameters.raw)
    return Download(body, CSV_TYPE, "funnel-units.csv", units_total(asked.tenant, asked_funnel, bar))


def json_funnel(answer: FunnelAnswer) -> answers.Funnel:
    """An answer as JSON values."""
    return {
        "query": _query(answer.query, answer.grain),
        "definition": answer.definition,
        "steps": [_step(step) for step in answer.steps],
        "immature": answer.immature,
        "newestRow": spelled(answer.newest),
        "clock": spelled(answer.clock),
        "futureRows": answer.future_rows,
        "breakdown": None if answer.breakdown is None else [
            {"value": row.value, "name": row.name, "steps": row.units} for row in answer.breakdown
        ],
        "trend": None if answer.trend is None else [
            {
                "start": bucket.start,
                "date": bucket.date,
                "partial": bucket.partial,
                "units": bucket.units,
                "immature": bucket.immature,
                "waiting": bucket.waiting,
            }
            for bucket in answer.trend
        ],
    }


def _query(asked: FunnelQuery, grain: Grain | None) -> dict[str, Any]:
    selection = asked.selection
    return {
        "step": [EITHER.join(step) for step in asked.steps],
        "window": window_parameter(asked.window_ms),
        "unit": asked.unit,
        "order": asked.order,
        "ties": asked.ties,
        "exclude": asked.excluded,
        "breakdown": asked.breakdown,
        "grain": grain,
        "askedGrain": asked.grain,
        "from": spelled(selection.start),
        "to": spelled(selection.end),
        "asOf": spelled(asked.as_of_ms),
        "tz": selection.zone,
        **{filter.name: selection.values(filter.name) for filter in FILTERS if filter.name != "type"},
        **{f"{NOT}{filter.name}": selection.excluded(filter.name) for filter in FILTERS if filter.name != "type"},
        WITHOUT: [filter.name for filter in FILTERS if None in selection.passing(filter.name)],
    }


def _step(step: FunnelStep) -> answers.FunnelStep:
    return {
        "step": step.number,
        "types": step.types,
        "units": step.units,
        "events": step.events,
        "rateFromFirst": step.rate_from_first,
        "rateFromPrevious": step.rate_from_previous,
        "interval95": step.interval95,
        "tieDependent": step.tie_dependent,
        "secondsFromEntry": None if step.from_entry is None else _seconds(step.from_entry),
    }


def _seconds(took: Durations) -> answers.SecondsFromEntry:
    return {"n": took.n, "mean": took.mean, "p25": took.p25, "median": took.median, "p75": took.p75, "p90": took.p90}


def _unit(unit: FunnelUnit) -> answers.FunnelUnitRow:
    return {
        "customerId": unit.customer,
        "offerId": unit.offer,
        "level": unit.level,
        "enteredAt": iso(unit.entered_at),
        "reachedAt": iso(unit.reached_at),
    }


_MEANING = ("A unit goes through the steps within a window; the sentence in `definition` says exactly what counts. `from` and `to` select the "
            "entries; later steps may happen after `to`. All filters must match; a filter given several times matches any of its values.")
_BAR = ("The units behind a bar: those that reached a step (`reached`), or reached it and not the next (`droppedAfter`); as many as the "
        "funnel says. They come by entry, latest first, then by customer and offer. `breakdown` and `grain` may be given and change nothing.")
_WITHOUT = ("type",)

ENDPOINTS = (
    Endpoint(
        "/funnel", "funnel", "A funnel", _MEANING, FunnelParameters, funnel_answer, "application/json", answers.Funnel, FUNNEL,
        without_filters=_WITHOUT, parse=funnel_parameters.parse,
    ),
    Endpoint(
        "/funnel.csv", "funnelCsv", "A table of a funnel as CSV", f"{_MEANING} The columns are the answer's fields; in any order, "
        "where a row is of so many steps done and of no one type, `types` is empty and the counts stand under `did1`, `did2`; RFC 4180.",
        TableParameters, funnel_csv, "text/csv", str, FUNNEL_CSV,
        without_filters=_WITHOUT, parse=funnel_parameters.parse,
    ),
    Endpoint(
        "/funnel/units", "funnelUnits", "The units behind a bar of a funnel", _BAR,
        UnitsParameters, funnel_units, "application/json", answers.FunnelUnitPage,
        UNIT_PAGE, without_filters=_WITHOUT, parse=bars.parse,
    ),
    Endpoint(
        "/funnel/units.csv", "funnelUnitsCsv", "The units behind a bar of a funnel as CSV", f"{_BAR} RFC 4180, streamed. The header "
        "`X-Total-Count` says how many there are; a broken stream ends without its final chunk.",
        UnitsCsvParameters, funnel_units_csv, "text/csv",
        str, UNITS_CSV, without_filters=_WITHOUT, streams=True, parse=bars.parse,
    ),
)
