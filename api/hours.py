"""The interactions by weekday and hour over HTTP."""

from __future__ import annotations

import orjson
from starlette.responses import Response

from api.endpoint import Asked, Endpoint
from api.summary_schemas import EXAMPLE_HOURS, HOURS
from queries.heatmap import MOST_YEARS, heatmap


def interaction_hours(asked: Asked) -> Response:
    found = heatmap(asked.tenant, asked.question.selection)
    return Response(orjson.dumps({"tz": found.zone, "counts": found.counts}), media_type="application/json")


ENDPOINTS = (
    Endpoint(
        "/interaction-hours", "interactionHours", "Interactions by weekday and hour",
        "How many interactions each hour of the week has, in the calendar of `tz`: seven days from Monday, 24 hours from 0:00 each. A "
        f"period of more than {MOST_YEARS} years is refused.",
        (), interaction_hours, "application/json", HOURS, EXAMPLE_HOURS,
    ),
)
