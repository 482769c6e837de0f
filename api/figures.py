"""How figures and the period they are of are spelled in an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.responses import Response

from api.endpoint import Asked, Endpoint
from api.summary_schemas import (
    COMPARISON,
    EXAMPLE_COMPARISON,
    EXAMPLE_HOURS,
    EXAMPLE_SUMMARY,
    EXAMPLE_TREND,
    EXAMPLE_UNUSUAL,
    HOURS,
    SUMMARY,
    TREND,
    UNUSUAL,
)
from data.columns.customers import SummaryRow
from queries.answers.comparison import comparison
from queries.answers.hours import MOST_YEARS, heatmap
from queries.answers.summary import DEFAULT_LIMIT, GROUPINGS, LARGEST_LIMIT, summary
from queries.answers.trend import GRAINS, MOST_BUCKETS, fitting_grain, trend
from queries.answers.unusual import Unusual, unusual
from queries.asking.measures import Figures
from queries.asking.parameters import BadQuestion, Parameter, Problem, one_of, whole_number
from queries.asking.periods import Bounds, bounds_of_last_days, within
from queries.asking.selection import Selection
from queries.asking.times import iso

NAMES = (
    "impression", "click", "dismiss", "accept", "convert", "total", "customers", "positive", "negative", "neutral", "revenue", "ctr",
    "cvr", "acceptanceRate",
)


def figures_json(figures: Figures) -> dict[str, Any]:
    """Every measure under its id, in the order of the contract."""
    return {name: figures[name] for name in NAMES} | {"revenueTooLarge": figures.revenue is None}


def spelled(ms: int | None) -> str | None:
    """An end of a period; None where it is open."""
    try:
        return None if ms is None else iso(ms)
    except OverflowError:
        # The calendar's last moment has none after it that could be spelled.
        return None


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


_SUMMARY = (
    Endpoint(
        "/interaction-summary", "interactionSummary", "Figures by offer, creative, channel, type, direction or customer",
        "Filters narrow one another; one filter given several times means any of its values. Rows come with most interactions first, "
        "then by `id` in byte order. The interactions that have no offer (creative, …) are a row whose `id` is null, so the rows "
        "add up to the whole; only `customers` do not, for a customer may be counted in several.",
        (GROUP_BY, DAYS, LIMIT, OFFSET), interaction_summary, "application/json", SUMMARY, EXAMPLE_SUMMARY,
    ),
)


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


_COMPARISON = (
    Endpoint(
        "/interaction-comparison", "interactionComparison", "Figures of a period and of the one before",
        "All figures of the interactions that pass the filters, and the same of the equally long period before. Where `from` or `to` is not "
        "given, the period begins or ends with the tenant's whole log. A period that begins at a midnight of `tz` is moved back by the "
        "days it touches, any other by its length. `before` is null where the log has nothing so old.",
        (), interaction_comparison, "application/json", COMPARISON, EXAMPLE_COMPARISON,
    ),
)


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


_TREND = (
    Endpoint(
        "/interaction-trend", "interactionTrend", "Figures over time",
        "Every day, week, month or year that the period touches, oldest first, those without interactions too. Where `from` or `to` is "
        f"not given, the period begins or ends with the tenant's whole log. A period of more than {MOST_BUCKETS:,} buckets is cut into "
        "longer ones, and `grain` says which.",
        (GRAIN,), interaction_trend, "application/json", TREND, EXAMPLE_TREND,
    ),
)


def interaction_hours(asked: Asked) -> Response:
    found = heatmap(asked.tenant, asked.question.selection)
    return Response(orjson.dumps({"tz": found.zone, "counts": found.counts}), media_type="application/json")


_HOURS = (
    Endpoint(
        "/interaction-hours", "interactionHours", "Interactions by weekday and hour",
        "How many interactions each hour of the week has, in the calendar of `tz`: seven days from Monday, 24 hours from 0:00 each. A "
        f"period of more than {MOST_YEARS} years is refused.",
        (), interaction_hours, "application/json", HOURS, EXAMPLE_HOURS,
    ),
)


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


_UNUSUAL = (
    Endpoint(
        "/interaction-unusual", "interactionUnusual", "What is unusual in the last days",
        "For each channel, its impressions, clicks, dismissals, accepts and conversions of the last 1 to 7 whole days are held against the "
        "same weekdays of the four weeks before. A change is told, most striking first, where it is at least a fifth of the usual, where "
        "at least 100 interactions came or are usual, and where `p` is below 0.01. The last whole day is that of the log's clock if it has "
        "a row in its last hour, else the day before; an earlier `to` ends it sooner, and `from` changes nothing.",
        (), interaction_unusual, "application/json", UNUSUAL, EXAMPLE_UNUSUAL,
    ),
)


ENDPOINTS = (*_SUMMARY, *_COMPARISON, *_TREND, *_HOURS, *_UNUSUAL)
