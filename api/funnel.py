"""The endpoints of funnels, as JSON and CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
import pyarrow as pa
from starlette.responses import Response, StreamingResponse

from api.csv_text import BOM, header_text, rows_text
from api.endpoint import ApiRequest, Endpoint
from api.figures import spelled
from api.funnel_schemas import (
    EXAMPLE_FUNNEL,
    EXAMPLE_FUNNEL_CSV,
    EXAMPLE_UNITS_CSV,
    EXAMPLE_UNITS_PAGE,
    FUNNEL,
    UNITS_PAGE,
)
from api.history import EXPORT_LIMIT, RAW, WITH_BOM
from data.results import UNIT_COLUMNS, Durations, FunnelUnit
from queries.answers.funnel import FunnelAnswer, FunnelStep, funnel
from queries.answers.funnel_units import flat_units, units_page, units_total
from queries.answers.history import DEFAULT_LIMIT, LARGEST_LIMIT
from queries.asking import funnel as funnel_parameters
from queries.asking import funnel_bars as bars
from queries.asking.calendar import Grain
from queries.asking.filters import FILTERS, WITHOUT
from queries.asking.funnel import EITHER, FunnelQuery, funnel_query, window_parameter
from queries.asking.funnel_bars import CURSOR
from queries.asking.parameters import InvalidQuery, Parameter, Problem, one_of, whole_number
from queries.asking.times import iso


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    texts = [[None if row[nth] is None else str(row[nth]) for row in rows] for nth in range(len(columns))]
    return pa.table([pa.array(column, pa.string()) for column in texts], list(columns))


_STEP_COLUMNS = (
    "step", "types", "units", "events", "rateFromFirst", "rateFromPrevious", "low95", "high95", "tieDependent",
    "n", "mean", "p25", "median", "p75", "p90",
)


def steps_table(answer: FunnelAnswer) -> pa.Table:
    """One row per step; the last six columns are its `secondsFromEntry`. In any order a row is of so many steps done, and of no types."""
    in_any_order = answer.query.order == "any"
    return _table(_STEP_COLUMNS, [_step_row(step, None if in_any_order else EITHER.join(step.types)) for step in answer.steps])


def breakdown_table(answer: FunnelAnswer) -> pa.Table:
    """One row per value, with the units that reached each step (`step2`), or in any order did so many of them (`did2`)."""
    columns = ("value", "name", *_step_names(answer))
    return _table(columns, [(row.value, row.name, *row.units) for row in answer.breakdown])


def trend_table(answer: FunnelAnswer) -> pa.Table:
    """One row per bucket, with the same columns of units."""
    columns = ("start", *_step_names(answer), "immature", "waiting", "partial")
    flag = {None: None, True: "true", False: "false"}
    return _table(columns, [
        (bucket.start, *bucket.units, flag[bucket.immature], bucket.waiting, flag[bucket.partial]) for bucket in answer.trend
    ])


TABLES: dict[str, Callable[[FunnelAnswer], pa.Table]] = {
    "steps": steps_table, "breakdown": breakdown_table, "trend": trend_table,
}


def _step_row(step: FunnelStep, types: str | None) -> tuple[Any, ...]:
    took = step.from_entry
    return (
        step.number, types, step.units, step.events, step.rate_from_first, step.rate_from_previous,
        *(step.interval95 or (None, None)), step.tie_dependent,
        *((took.n, took.mean, took.p25, took.median, took.p75, took.p90) if took else [None] * 6),
    )


def _step_names(answer: FunnelAnswer) -> list[str]:
    name = "did" if answer.query.order == "any" else "step"
    return [f"{name}{step.number}" for step in answer.steps]


LIMIT = Parameter(
    "limit", whole_number(1), f"The maximum number of units on a page; more than {LARGEST_LIMIT} counts as {LARGEST_LIMIT}.", DEFAULT_LIMIT,
    schema=(("type", "integer"), ("minimum", 1), ("default", DEFAULT_LIMIT)),
)
TABLE = Parameter("table", one_of(*TABLES), "Which of the answer's tables; `breakdown` needs the parameter `breakdown`, and `trend` "
                  "needs `grain`.", "steps", schema=(("type", "string"), ("enum", list(TABLES)), ("default", "steps")))
_NEEDED = {"breakdown": funnel_parameters.BREAKDOWN, "trend": funnel_parameters.GRAIN}

_CSV = "text/csv; charset=utf-8; header=present"


def funnel_answer(asked: ApiRequest) -> Response:
    return Response(orjson.dumps(json_funnel(funnel(asked.tenant, funnel_query(asked.query)))), media_type="application/json")


def funnel_csv(asked: ApiRequest) -> Response:
    table, parameters = asked.query.parameters["table"], asked.query.parameters
    needed = _NEEDED.get(table)
    if needed and parameters[needed.name] is None:
        raise InvalidQuery([Problem("table", f"table {table!r} needs the parameter {needed.name!r}")])
    rows = TABLES[table](funnel(asked.tenant, funnel_query(asked.query)))
    text = (BOM if parameters["bom"] else "") + header_text(rows.column_names) + rows_text(rows, parameters["raw"])
    return Response(text, headers={"Content-Disposition": f'attachment; filename="funnel-{table}.csv"'}, media_type=_CSV)


def funnel_units(asked: ApiRequest) -> Response:
    parameters = asked.query.parameters
    found = units_page(asked.tenant, funnel_query(asked.query), bars.bar_of(asked.query), parameters["limit"], parameters["cursor"])
    body = {
        "data": [_unit(unit) for unit in found.units],
        "pagination": {
            "total": found.total,
            "limit": found.limit,
            "hasMore": found.has_more,
            "nextCursor": found.next_cursor.text() if found.next_cursor else None,
        },
    }
    return Response(orjson.dumps(body), media_type="application/json")


def funnel_units_csv(asked: ApiRequest) -> Response:
    parameters, bar, asked_funnel = asked.query.parameters, bars.bar_of(asked.query), funnel_query(asked.query)

    def text() -> Iterator[str]:
        yield (BOM if parameters["bom"] else "") + header_text(UNIT_COLUMNS)
        for piece in flat_units(asked.tenant, asked_funnel, bar, parameters["limit"]):
            yield rows_text(piece, parameters["raw"])

    headers = {
        "X-Total-Count": str(units_total(asked.tenant, asked_funnel, bar)),
        "Content-Disposition": 'attachment; filename="funnel-units.csv"',
    }
    return StreamingResponse(text(), headers=headers, media_type=_CSV)


def json_funnel(answer: FunnelAnswer) -> dict[str, Any]:
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
        WITHOUT: selection.values(WITHOUT),
    }


def _step(step: FunnelStep) -> dict[str, Any]:
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


def _seconds(took: Durations) -> dict[str, Any]:
    return {"n": took.n, "mean": took.mean, "p25": took.p25, "median": took.median, "p75": took.p75, "p90": took.p90}


def _unit(unit: FunnelUnit) -> dict[str, Any]:
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
        "/funnel", "funnel", "A funnel", _MEANING, funnel_parameters.PARAMETERS, funnel_answer, "application/json", FUNNEL, EXAMPLE_FUNNEL,
        without_filters=_WITHOUT, parse=funnel_parameters.parse,
    ),
    Endpoint(
        "/funnel.csv", "funnelCsv", "A table of a funnel as CSV", f"{_MEANING} The columns are the answer's fields; in any order, "
        "where a row is of so many steps done and of no one type, `types` is empty and the counts stand under `did1`, `did2`; RFC 4180.",
        (*funnel_parameters.PARAMETERS, TABLE, WITH_BOM, RAW), funnel_csv, "text/csv", {"type": "string"}, EXAMPLE_FUNNEL_CSV,
        without_filters=_WITHOUT, parse=funnel_parameters.parse,
    ),
    Endpoint(
        "/funnel/units", "funnelUnits", "The units behind a bar of a funnel", _BAR,
        (*funnel_parameters.PARAMETERS, bars.REACHED, bars.DROPPED_AFTER, LIMIT, CURSOR), funnel_units, "application/json", UNITS_PAGE,
        EXAMPLE_UNITS_PAGE, without_filters=_WITHOUT, parse=bars.parse,
    ),
    Endpoint(
        "/funnel/units.csv", "funnelUnitsCsv", "The units behind a bar of a funnel as CSV", f"{_BAR} RFC 4180, streamed. The header "
        "`X-Total-Count` says how many there are; a broken stream ends without its final chunk.",
        (*funnel_parameters.PARAMETERS, bars.REACHED, bars.DROPPED_AFTER, EXPORT_LIMIT, WITH_BOM, RAW), funnel_units_csv, "text/csv",
        {"type": "string"}, EXAMPLE_UNITS_CSV, without_filters=_WITHOUT, streams=True, parse=bars.parse,
    ),
)
