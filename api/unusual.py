"""What is unusual in the last days over HTTP."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from starlette.responses import Response

from api.endpoint import Asked, Endpoint
from api.summary_schemas import EXAMPLE_UNUSUAL, UNUSUAL
from queries.times import iso
from queries.unusual import Unusual, unusual

COLUMNS = ("channelId", "channelName", "measure", "from", "to", "now", "usual", "change", "p", "sentence")


def interaction_unusual(asked: Asked) -> Response:
    selection = asked.question.selection
    watch = unusual(asked.tenant, selection)
    changes = [dict(zip(COLUMNS, row, strict=True)) for row in unusual_rows(watch.found)]
    return Response(orjson.dumps({"tz": selection.zone, "checked": watch.checked, "unusual": changes}), media_type="application/json")


def unusual_rows(found: Iterable[Unusual]) -> list[tuple[str | int | float | None, ...]]:
    """What is unusual as rows, under COLUMNS."""
    return [
        (one.channel, one.name, one.measure, iso(one.start), iso(one.end), one.now, one.usual, one.ratio, one.p, one.sentence) for one in found
    ]


ENDPOINTS = (
    Endpoint(
        "/interaction-unusual", "interactionUnusual", "What is unusual in the last days",
        "For each channel, its impressions, clicks, dismissals, accepts and conversions of the last 1 to 7 whole days are held against the "
        "same weekdays of the four weeks before. A change is told, most striking first, where it is at least a fifth of the usual, where "
        "at least 100 interactions came or are usual, and where `p` is below 0.01. The last whole day is that of the log's clock if it has "
        "a row in its last hour, else the day before; an earlier `to` ends it sooner, and `from` changes nothing.",
        (), interaction_unusual, "application/json", UNUSUAL, EXAMPLE_UNUSUAL,
    ),
)
