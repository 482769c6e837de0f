"""The figures by SQL written by hand over the raw rows, from the text that defines them and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data.store.store import Store

_ROWS = """
    with named as (
        select
            i."timestamp" as moment,
            customers.id as customer,
            types.id as type,
            offers.id as offer,
            creatives.id as creative,
            channels.id as channel,
            directions.id as direction,
            outcomes.id as outcome,
            i.value::decimal(28, 6) as value
        from interactions i
        join tenants on tenants.tenant = i.tenant
        join customers on customers.tenant = i.tenant and customers."key" = i.customer
        join types on types.tenant = i.tenant and types."key" = i.type
        left join offers on offers.tenant = i.tenant and offers."key" = i.offer
        left join creatives on creatives.tenant = i.tenant and creatives."key" = i.creative
        left join channels on channels.tenant = i.tenant and channels."key" = i.channel
        left join directions on directions.tenant = i.tenant and directions."key" = i.direction
        left join outcomes on outcomes.tenant = i.tenant and outcomes."key" = i.outcome_type
        where tenants.id = $tenant
    ),
    selected as (
        select *
        from named
        where (len($customerId) = 0 or customer in (select unnest($customerId)))
            and (len($offerId) = 0 and 'offerId' not in $without
                or offer in (select unnest($offerId))
                or offer is null and 'offerId' in $without)
            and (len($creativeId) = 0 and 'creativeId' not in $without
                or creative in (select unnest($creativeId))
                or creative is null and 'creativeId' in $without)
            and (len($channelId) = 0 and 'channelId' not in $without
                or channel in (select unnest($channelId))
                or channel is null and 'channelId' in $without)
            and (len($type) = 0 or type in (select unnest($type)))
            and (len($outcome) = 0 or outcome in (select unnest($outcome)))
            and (len($direction) = 0 and 'direction' not in $without
                or direction in (select unnest($direction))
                or direction is null and 'direction' in $without)
            and ($from is null or moment >= $from::timestamp)
            and ($to is null or moment < $to::timestamp)
    )
"""

_FIGURES = """
    count(*) filter (outcome = 'impression' and type <> 'recommendation') as impression,
    count(*) filter (outcome = 'click') as click,
    count(*) filter (outcome = 'dismiss') as dismiss,
    count(*) filter (outcome = 'accept') as accept,
    count(*) filter (outcome in ('convert', 'conversion')) as "convert",
    count(*) as total,
    count(distinct customer) as customers,
    count(*) filter (outcome in ('click', 'accept', 'convert', 'conversion', 'requested_info', 'share', 'save')) as positive,
    count(*) filter (outcome in ('dismiss', 'not_interested', 'opt_out', 'complaint')) as negative,
    total - positive - negative as neutral,
    coalesce(sum(value), 0)::double as revenue,
    case when impression > 0 then floor((100.0::decimal(20, 4) * click / impression * 100) + 0.5) / 100 end as ctr,
    case when impression > 0 then floor((100.0::decimal(20, 4) * "convert" / impression * 100) + 0.5) / 100 end as cvr,
    case when impression > 0 then positive / impression end as "acceptanceRate",
    epoch_ms(max(moment)) as "last"
"""

Row = dict[str, Any]
Pairs = Iterable[tuple[str, str]]


def figures_by(store: Store, tenant: str, by: str, pairs: Pairs = ()) -> list[Row]:
    """A row for each value of a column, most interactions first, then by id, none last."""
    return _rows(store, tenant, pairs, f"""
        select {by} as id, {_FIGURES}
        from selected
        group by {by}
        order by total desc, id is null, id
    """)


def whole_figures(store: Store, tenant: str, pairs: Pairs = ()) -> Row:
    [row] = _rows(store, tenant, pairs, f"select {_FIGURES} from selected")
    return row


def figures_by_bucket(store: Store, tenant: str, grain: str, zone: str, pairs: Pairs = ()) -> dict[str, Row]:
    """The buckets that have rows, by the local date on which each begins."""
    rows = _rows(store, tenant, pairs, f"""
        select strftime(date_trunc('{grain}', timezone('{zone}', moment::timestamptz)), '%Y-%m-%d') as date, {_FIGURES}
        from selected
        group by date
    """)
    return {row["date"]: row for row in rows}


def counts_by_bucket_and_type(store: Store, tenant: str, grain: str, zone: str, pairs: Pairs = ()) -> dict[tuple[str, str], int]:
    """Interactions by the local date on which a bucket begins and by type."""
    rows = _rows(store, tenant, pairs, f"""
        select strftime(date_trunc('{grain}', timezone('{zone}', moment::timestamptz)), '%Y-%m-%d') as date, type, count(*) as interactions
        from selected
        group by date, type
    """)
    return {(row["date"], row["type"]): row["interactions"] for row in rows}


def figures_by_hour_of_week(store: Store, tenant: str, zone: str, pairs: Pairs = ()) -> dict[tuple[int, int], Row]:
    """Figures by weekday, Monday being 0, and hour."""
    rows = _rows(store, tenant, pairs, f"""
        select isodow(timezone('{zone}', moment::timestamptz)) - 1 as weekday, hour(timezone('{zone}', moment::timestamptz)) as hour, {_FIGURES}
        from selected
        group by all
    """)
    return {(row["weekday"], row["hour"]): row for row in rows}


def _rows(store: Store, tenant: str, pairs: Pairs, select: str) -> list[Row]:
    parameters: dict[str, Any] = {name: [] for name in
                                  ("customerId", "offerId", "creativeId", "channelId", "type", "outcome", "direction", "without")}
    parameters |= {"from": None, "to": None, "tenant": tenant}
    for name, value in pairs:
        if name in ("from", "to"):
            parameters[name] = value.removesuffix("Z")
        else:
            parameters[name].append(value)
    cursor = store.cursor()
    try:
        found = cursor.execute(_ROWS + select, parameters)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        cursor.close()


FIGURES = (
    "impression", "click", "dismiss", "accept", "convert", "total", "customers", "positive", "negative", "neutral", "revenue",
    "ctr", "cvr", "acceptanceRate",
)
