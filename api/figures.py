"""The endpoints of figures: summary, comparison, trend and hours of the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from starlette.responses import Response

from api.endpoint import ApiRequest, Endpoint, NoParameters
from api.figure_answers import (
    COMPARISON,
    FIGURE_NAMES,
    HOURS,
    SUMMARY,
    TREND,
    UNUSUAL,
    Comparison,
    Hours,
    Summary,
    Trend,
    TrendBucket,
    Unusual,
)
from api.shapes import spelled
from queries.answers.comparison import period_comparison
from queries.answers.history import future_rows
from queries.answers.hours import MOST_YEARS, heatmap
from queries.answers.summary import DEFAULT_LIMIT, GROUPINGS, LARGEST_LIMIT, SummaryRow, summary
from queries.answers.trend import GRAIN, MOST_BUCKETS, fitting_grain, trend
from queries.answers.unusual import UNUSUAL_COLUMNS, unusual, unusual_rows
from queries.asking.measures import Figures
from queries.asking.parameters import InvalidQuery, Parameter, Problem, one_of, whole_number
from queries.asking.periods import TimeRange, time_range_of_last_days, with_time_range
from queries.asking.selection import Selection
from queries.asking.times import Grain, iso


def figures_json(figures: Figures) -> dict[str, Any]:
    return {name: figures[name] for name in FIGURE_NAMES} | {"revenueTooLarge": figures.revenue is None}


LONGEST_DAYS = 365
_OLDER_NAMES = {"action": "offer", "treatment": "creative"}
_WORDS = (*GROUPINGS, *_OLDER_NAMES)


def _grouping(text: str) -> str:
    word = one_of(*_WORDS)(text)
    return _OLDER_NAMES.get(word, word)


GROUP_BY = Parameter(
    "groupBy", _grouping, "What to group by; `action` and `treatment` are older names of `offer` and `creative`.", "offer",
    schema=(("type", "string"), ("enum", list(_WORDS)), ("default", "offer")),
)
DAYS = Parameter(
    "days", whole_number(1, LONGEST_DAYS),
    "Instead of `from` and `to`: the last so many days of `tz` up to the log's clock, the time of its newest row at most a day ahead of the server.",
    schema=(("type", "integer"), ("minimum", 1), ("maximum", LONGEST_DAYS)),
)
LIMIT = Parameter(
    "limit", whole_number(1), f"The maximum number of rows; more than {LARGEST_LIMIT} counts as {LARGEST_LIMIT}.", DEFAULT_LIMIT,
    schema=(("type", "integer"), ("minimum", 1), ("default", DEFAULT_LIMIT)),
)
OFFSET = Parameter(
    "offset", whole_number(0), "How many rows to skip.", 0,
    schema=(("type", "integer"), ("minimum", 0), ("default", 0)),
)


@dataclass(frozen=True)
class SummaryParameters:
    group_by: Annotated[str, GROUP_BY]
    days: Annotated[int | None, DAYS]
    limit: Annotated[int, LIMIT]
    offset: Annotated[int, OFFSET]


def interaction_summary(asked: ApiRequest[SummaryParameters]) -> Response:
    by, selection = asked.parameters.group_by, _selection(asked)
    found = summary(asked.tenant, selection, by, asked.parameters.limit, asked.parameters.offset)
    body = {
        "groupBy": by,
        "from": spelled(selection.start),
        "to": spelled(selection.end),
        "summary": [_json_row(row, by) for row in found.rows],
        "total": found.total,
        "limit": found.limit,
        "offset": found.offset,
        "futureRows": future_rows(asked.tenant),
    }
    return Response(orjson.dumps(body), media_type="application/json")


def _selection(asked: ApiRequest[SummaryParameters]) -> Selection:
    selection, days = asked.selection, asked.parameters.days
    if days is None:
        return selection
    if selection.start is not None or selection.end is not None:
        raise InvalidQuery([Problem("days", f"days {days} cannot be combined with from or to")])
    log = asked.tenant.span()
    return selection if log is None else with_time_range(selection, time_range_of_last_days(log.clock, days, selection.zone))


def _json_row(row: SummaryRow, by: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        **({"status": row.status} if by == "offer" else {}),
        **figures_json(row.figures),
        "lastInteractionAt": spelled(row.figures.last),
    }


_SUMMARY = (
    Endpoint(
        "/interaction-summary", "interactionSummary", "Figures by offer, creative, channel, type, direction or customer",
        "All filters must match; a filter given several times matches any of its values. Rows are sorted by most interactions "
        "first, then by `id` in byte order. The interactions that have no offer (creative, …) are a row whose `id` is null, so the rows "
        "add up to the total; except `customers`, because a customer may be counted in several.",
        SummaryParameters, interaction_summary, "application/json", Summary, SUMMARY,
    ),
)


def interaction_comparison(asked: ApiRequest[NoParameters]) -> Response:
    compared = period_comparison(asked.tenant, asked.selection)
    body = {
        **_period(compared.period),
        "figures": figures_json(compared.now),
        "before": _before(compared.before_period, compared.before, compared.is_complete),
        "futureRows": future_rows(asked.tenant),
    }
    return Response(orjson.dumps(body), media_type="application/json")


def _before(period: TimeRange | None, figures: Figures | None, whole: bool) -> dict | None:
    return None if figures is None else {**_period(period), "whole": whole, "figures": figures_json(figures)}


def _period(period: TimeRange | None) -> dict[str, str | None]:
    return {"from": spelled(period.start) if period else None, "to": spelled(period.end) if period else None}


_COMPARISON = (
    Endpoint(
        "/interaction-comparison", "interactionComparison", "Figures of a period and of the one before",
        "All figures of interactions that pass the filters, and those of the preceding period of the same length. Without `from` or `to`, it begins "
        "or ends with the tenant's log. A period that begins at a midnight of `tz` is moved back by the "
        "days it touches, any other by its length. `before` is null if the log does not reach that far back.",
        NoParameters, interaction_comparison, "application/json", Comparison, COMPARISON,
    ),
)


@dataclass(frozen=True)
class TrendParameters:
    grain: Annotated[Grain, GRAIN]


def interaction_trend(asked: ApiRequest[TrendParameters]) -> Response:
    selection, grain = asked.selection, asked.parameters.grain
    buckets: list[TrendBucket] = [
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
    ]
    body: Trend = {
        "grain": fitting_grain(asked.tenant, selection, grain),
        "askedGrain": grain,
        "tz": selection.zone,
        "futureRows": future_rows(asked.tenant),
        "buckets": buckets,
    }
    return Response(orjson.dumps(body), media_type="application/json")


_TREND = (
    Endpoint(
        "/interaction-trend", "interactionTrend", "Figures over time",
        "Every day, week, month or year that the period touches, oldest first, including those without interactions. Without `from` or `to`, it "
        f"begins or ends with the tenant's log. A period of more than {MOST_BUCKETS:,} buckets is cut into "
        "longer ones, and `grain` says which.",
        TrendParameters, interaction_trend, "application/json", Trend, TREND,
    ),
)


def interaction_hours(asked: ApiRequest[NoParameters]) -> Response:
    found = heatmap(asked.tenant, asked.selection)
    return Response(orjson.dumps({"tz": found.zone, "counts": found.counts}), media_type="application/json")


_HOURS = (
    Endpoint(
        "/interaction-hours", "interactionHours", "Interactions by weekday and hour",
        "How many interactions each hour of the week has, in the calendar of `tz`: seven days from Monday, 24 hours from 0:00 each. A "
        f"period of more than {MOST_YEARS} years is refused.",
        NoParameters, interaction_hours, "application/json", Hours, HOURS,
    ),
)


def interaction_unusual(asked: ApiRequest[NoParameters]) -> Response:
    selection = asked.selection
    watch = unusual(asked.tenant, selection)
    changes = [dict(zip(UNUSUAL_COLUMNS, row, strict=True)) for row in unusual_rows(watch.changes)]
    return Response(orjson.dumps({"tz": selection.zone, "checked": watch.checked, "unusual": changes}), media_type="application/json")


_UNUSUAL = (
    Endpoint(
        "/interaction-unusual", "interactionUnusual", "What is unusual in the last days",
        "For each channel, its impressions, clicks, dismissals, accepts and conversions of the last 1 to 7 whole days are held against the "
        "same weekdays of the four weeks before. A change is told, most striking first, where it is at least a fifth of the usual, where "
        "at least 100 interactions came or are usual, and where `p` is below 0.01. The last whole day is that of the log's clock if it has "
        "a row in its last hour, else the day before; an earlier `to` ends it sooner, and `from` changes nothing.",
        NoParameters, interaction_unusual, "application/json", Unusual, UNUSUAL,
    ),
)


ENDPOINTS = (*_SUMMARY, *_COMPARISON, *_TREND, *_HOURS, *_UNUSUAL)
