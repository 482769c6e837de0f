"""The figures of a period beside those of the period before over HTTP."""

from __future__ import annotations

import orjson
from starlette.responses import Response

from api.endpoint import Asked, Endpoint
from api.figures_json import figures_json, spelled
from api.summary_schemas import COMPARISON, EXAMPLE_COMPARISON
from queries.bounds import Bounds
from queries.comparison import comparison
from queries.measures import Figures


def interaction_comparison(asked: Asked) -> Response:
    compared = comparison(asked.tenant, asked.question.selection)
    body = {
        **_period(compared.period),
        "figures": figures_json(compared.now),
        "before": _before(compared.before_period, compared.before, compared.whole),
        "futureRows": asked.tenant.future_rows(),
    }
    return Response(orjson.dumps(body), media_type="application/json")


def _before(period: Bounds | None, figures: Figures | None, whole: bool) -> dict | None:
    return None if figures is None else {**_period(period), "whole": whole, "figures": figures_json(figures)}


def _period(period: Bounds | None) -> dict[str, str | None]:
    return {"from": spelled(period.start) if period else None, "to": spelled(period.end) if period else None}


ENDPOINTS = (
    Endpoint(
        "/interaction-comparison", "interactionComparison", "Figures of a period and of the one before",
        "All figures of the interactions that pass the filters, and the same of the equally long period before. Where `from` or `to` is not "
        "given, the period begins or ends with the tenant's whole log. A period that begins at a midnight of `tz` is moved back by the "
        "days it touches, any other by its length. `before` is null where the log has nothing so old.",
        (), interaction_comparison, "application/json", COMPARISON, EXAMPLE_COMPARISON,
    ),
)
