"""The figures by offer, creative, channel, type, direction or customer over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from api.endpoint import Asked, Endpoint
from api.figures_json import figures_json, spelled
from api.summary_schemas import EXAMPLE_SUMMARY, SUMMARY
from queries.bounds import bounds_of_last_days, within
from queries.parameters import Parameter, one_of, whole_number
from queries.problems import BadQuestion, Problem
from queries.selection import Selection
from queries.summary import DEFAULT_LIMIT, GROUPINGS, LARGEST_LIMIT, summary
from queries.summary_row import SummaryRow
from queries.times import iso

LONGEST_DAYS = 365
_OLDER_NAMES = {"action": "offer", "treatment": "creative"}
_WORDS = (*GROUPINGS, *_OLDER_NAMES)


def _grouping(text: str) -> str:
    word = one_of(*_WORDS)(text)
    return _OLDER_NAMES.get(word, word)


GROUP_BY = Parameter(
    "groupBy", _grouping, "What a row stands for; `action` and `treatment` are older names of `offer` and `creative`.", "offer",
    schema=(("type", "string"), ("enum", list(_WORDS)), ("default", "offer")),
)
DAYS = Parameter(
    "days", whole_number(1, LONGEST_DAYS),
    "Instead of `from` and `to`: the last so many days of `tz` up to the log's clock, the time of its newest row at most a day ahead of the server.",
    schema=(("type", "integer"), ("minimum", 1), ("maximum", LONGEST_DAYS)),
)
LIMIT = Parameter(
    "limit", whole_number(1), f"The most rows; more than {LARGEST_LIMIT} counts as {LARGEST_LIMIT}.", DEFAULT_LIMIT,
    schema=(("type", "integer"), ("minimum", 1), ("default", DEFAULT_LIMIT)),
)
OFFSET = Parameter(
    "offset", whole_number(0), "How many rows to leave out from the beginning.", 0,
    schema=(("type", "integer"), ("minimum", 0), ("default", 0)),
)


def interaction_summary(asked: Asked) -> Response:
    parameters = asked.question.parameters
    by, selection = parameters["groupBy"], _selection(asked)
    found = summary(asked.tenant, selection, by, parameters["limit"], parameters["offset"])
    body = {
        "groupBy": by,
        "from": spelled(selection.start),
        "to": spelled(selection.end),
        "summary": [_json_row(row, by) for row in found.rows],
        "total": found.total,
        "limit": found.limit,
        "offset": found.offset,
        "futureRows": asked.tenant.future_rows(),
    }
    return Response(orjson.dumps(body), media_type="application/json")


def _selection(asked: Asked) -> Selection:
    selection, days = asked.question.selection, asked.question.parameters["days"]
    if days is None:
        return selection
    if selection.start is not None or selection.end is not None:
        raise BadQuestion([Problem("days", f"days {days} may not be given together with from or to")])
    covered = bounds_of_last_days(asked.tenant, days, selection.zone)
    return selection if covered is None else within(selection, covered)


def _json_row(row: SummaryRow, by: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        **({"status": row.status} if by == "offer" else {}),
        **figures_json(row.figures),
        "lastInteractionAt": iso(row.figures.last),
    }


ENDPOINTS = (
    Endpoint(
        "/interaction-summary", "interactionSummary", "Figures by offer, creative, channel, type, direction or customer",
        "Filters narrow one another; one filter given several times means any of its values. Rows come with most interactions first, "
        "then by `id` in byte order. The interactions that have no offer (creative, …) are a row whose `id` is null, so the rows "
        "add up to the whole; only `customers` do not, for a customer may be counted in several.",
        (GROUP_BY, DAYS, LIMIT, OFFSET), interaction_summary, "application/json", SUMMARY, EXAMPLE_SUMMARY,
    ),
)
