"""The figures by SQL written by hand over the raw rows, from the text that defines them and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import duckdb

from data.store.store import Store

_LOGGED = """
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
"""

# What a tenant says outcomes mean stands over what is shipped.
_ROWS = """
    with means as (
        select unnest($keys::varchar[]) as outcome, unnest($classes::varchar[]) as class, unnest($counted::varchar[]) as counted
    ),
    named as (
        select
            logged.*,
            case
                when means.outcome is not null then means.class
                when outcome in ('click', 'accept', 'convert', 'conversion', 'requested_info', 'share', 'save') then 'positive'
                when outcome in ('dismiss', 'not_interested', 'opt_out', 'complaint') then 'negative'
            end as class,
            case
                when means.outcome is not null then means.counted
                when outcome in ('impression', 'click', 'dismiss', 'accept', 'convert') then outcome
                when outcome = 'conversion' then 'convert'
            end as counted
        from logged
        left join means using (outcome)
    ),
    selected as (
        select *
        from named
        where (len($customerId) = 0 or list_contains($customerId, customer))
            and (len($offerId) = 0 and 'offerId' not in $without
                or list_contains($offerId, offer)
                or offer is null and 'offerId' in $without)
            and (len($creativeId) = 0 and 'creativeId' not in $without
                or list_contains($creativeId, creative)
                or creative is null and 'creativeId' in $without)
            and (len($channelId) = 0 and 'channelId' not in $without
                or list_contains($channelId, channel)
                or channel is null and 'channelId' in $without)
            and (len($type) = 0 or list_contains($type, type))
            and (len($outcome) = 0 or list_contains($outcome, outcome))
            and (len($direction) = 0 and 'direction' not in $without
                or list_contains($direction, direction)
                or direction is null and 'direction' in $without)
            and not list_contains($not_customerId, customer)
            and (offer is null or not list_contains($not_offerId, offer))
            and (creative is null or not list_contains($not_creativeId, creative))
            and (channel is null or not list_contains($not_channelId, channel))
            and not list_contains($not_type, type)
            and not list_contains($not_outcome, outcome)
            and (direction is null or not list_contains($not_direction, direction))
            and ($from is null or moment >= $from::timestamp)
            and ($to is null or moment < $to::timestamp)
    )
"""

_FIGURES = """
    count(*) filter (counted = 'impression' and type <> 'recommendation') as impression,
    count(*) filter (counted = 'click') as click,
    count(*) filter (counted = 'dismiss') as dismiss,
    count(*) filter (counted = 'accept') as accept,
    count(*) filter (counted = 'convert') as "convert",
    count(*) as total,
    count(distinct customer) as customers,
    count(*) filter (class = 'positive') as positive,
    count(*) filter (class = 'negative') as negative,
    total - positive - negative as neutral,
    coalesce(sum(value), 0)::double as revenue,
    case when impression > 0 then floor((100.0::decimal(20, 4) * click / impression * 100) + 0.5) / 100 end as ctr,
    case when impression > 0 then floor((100.0::decimal(20, 4) * "convert" / impression * 100) + 0.5) / 100 end as cvr,
    case when impression > 0 then positive / impression end as "acceptanceRate",
    epoch_ms(max(moment)) as "last"
"""

Row = dict[str, Any]
Pairs = Iterable[tuple[str, str]]
# A tenant's own rows of the table of outcomes: key, classification, counts as.
Means = Sequence[tuple[str, str, str | None]]


def figures_by(store: Store, tenant: str, by: str, pairs: Pairs = (), means: Means = ()) -> list[Row]:
    """A row for each value of a column, most interactions first, then by id, none last."""
    return _rows(store, tenant, pairs, f"""
        select {by} as id, {_FIGURES}
        from selected
        group by {by}
        order by total desc, id is null, id
    """, means)


def whole_figures(store: Store, tenant: str, pairs: Pairs = (), means: Means = ()) -> Row:
    [row] = _rows(store, tenant, pairs, f"select {_FIGURES} from selected", means)
    return row


def figures_by_bucket(store: Store, tenant: str, grain: str, zone: str, pairs: Pairs = (), means: Means = ()) -> dict[str, Row]:
    """The buckets that have rows, by the local date on which each begins."""
    rows = _rows(store, tenant, pairs, f"""
        select strftime(date_trunc('{grain}', timezone('{zone}', moment::timestamptz)), '%Y-%m-%d') as date, {_FIGURES}
        from selected
        group by date
    """, means)
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


def _rows(store: Store, tenant: str, pairs: Pairs, select: str, means: Means = ()) -> list[Row]:
    filters = ("customerId", "offerId", "creativeId", "channelId", "type", "outcome", "direction")
    parameters: dict[str, Any] = {name: [] for name in (*filters, *(f"not_{name}" for name in filters), "without")}
    parameters |= {"from": None, "to": None}
    parameters |= {name: [row[place] for row in means] for place, name in enumerate(("keys", "classes", "counted"))}
    for name, value in pairs:
        if name in ("from", "to"):
            parameters[name] = value.removesuffix("Z")
        else:
            parameters[name.replace(".", "_")].append(value)
    found = _logged(store, tenant).cursor().execute(_ROWS + select, parameters)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


_read: WeakKeyDictionary[Store, dict[tuple[int, str], duckdb.DuckDBPyConnection]] = WeakKeyDictionary()


def _logged(store: Store, tenant: str) -> duckdb.DuckDBPyConnection:
    # The joins take longer than all that is asked of their rows, so each version is read once, into a database that has nothing else.
    with store.snapshot(None) as snapshot:
        read = _read.setdefault(store, {})
        if (snapshot.version, tenant) not in read:
            apart = duckdb.connect(config={"threads": 1})
            apart.execute("set timezone = 'UTC'")
            apart.register("rows_read", snapshot.table(_LOGGED, {"tenant": tenant}))
            apart.execute("create table logged as from rows_read")
            read[snapshot.version, tenant] = apart
        return read[snapshot.version, tenant]


FIGURES = (
    "impression", "click", "dismiss", "accept", "convert", "total", "customers", "positive", "negative", "neutral", "revenue",
    "ctr", "cvr", "acceptanceRate",
)
