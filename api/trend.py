"""The figures over time over HTTP."""

from __future__ import annotations

import orjson
from starlette.responses import Response

from api.endpoint import Asked, Endpoint
from api.summary_schemas import EXAMPLE_TREND, TREND
from queries.buckets import GRAINS, MOST_BUCKETS, fitting_grain
from queries.parameters import Parameter, one_of
from queries.times import iso
from queries.trend import trend

GRAIN = Parameter(
    "grain", one_of(*GRAINS), "How long a bucket is, in the calendar of `tz`; weeks begin on Mondays.", "day",
    schema=(("type", "string"), ("enum", list(GRAINS)), ("default", "day")),
)


def interaction_trend(asked: Asked) -> Response:
    selection, grain = asked.question.selection, asked.question.parameters["grain"]
    body = {
        "grain": fitting_grain(asked.tenant, selection, grain),
        "askedGrain": grain,
        "tz": selection.zone,
        "futureRows": asked.tenant.future_rows(),
        "buckets": [
            {
                "start": iso(bucket.start),
                "date": bucket.date,
                "partial": bucket.partial,
                "counts": bucket.counts,
                "customers": bucket.figures.customers,
                "revenue": bucket.figures.revenue,
                "revenueTooLarge": bucket.figures.revenue is None,
            }
            for bucket in trend(asked.tenant, selection, grain)
        ],
    }
    return Response(orjson.dumps(body), media_type="application/json")


ENDPOINTS = (
    Endpoint(
        "/interaction-trend", "interactionTrend", "Figures over time",
        "Every day, week, month or year that the period touches, oldest first, those without interactions too. Where `from` or `to` is "
        f"not given, the period begins or ends with the tenant's whole log. A period of more than {MOST_BUCKETS:,} buckets is cut into "
        "longer ones, and `grain` says which.",
        (GRAIN,), interaction_trend, "application/json", TREND, EXAMPLE_TREND,
    ),
)
