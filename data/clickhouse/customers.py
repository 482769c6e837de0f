"""Customers: those of a selection in order, and what the log has of one."""

from __future__ import annotations

from data.clickhouse.counts import customer_figures
from data.clickhouse.tenant import TenantRows, Where
from data.results import CustomerLog, CustomerPage, Timeline, TimelinePoint
from queries.asking.selection import Selection


def customer_page(tenant: TenantRows, selection: Selection, limit: int, offset: int) -> CustomerPage:
    """The customers from an offset on, most interactions first, then by id."""
    where = tenant.where(selection)
    [(total,)] = tenant.rows("uniqExact(customer)", where)
    shown = tenant.rows(
        "customer", where, f"group by customer order by count() desc, customer limit {max(limit, 0):d} offset {offset:d}")
    ids = [id for id, in shown]
    return CustomerPage(list(zip(ids, customer_figures(tenant, selection, ids) if ids else [], strict=True)), total)


def customer_log(tenant: TenantRows, id: str) -> CustomerLog | None:
    """What the log has of one customer."""
    whose, dictionaries = _of(id), tenant.dictionaries
    types = tenant.rows("type, count(), min(timestamp), max(timestamp)", whose, "group by type order by type")
    if not types:
        return None
    firsts = tenant.rows("offer, min(timestamp)", whose, "group by offer order by offer")
    return CustomerLog(
        first=min(first for *_, first, _ in types),
        last=max(last for *_, last in types),
        types={dictionaries.type.value(type): count for type, count, _, _ in types if type},
        first_of_offer={dictionaries.offer.ids[offer]: first for offer, first in firsts},
    )


def customer_timeline(tenant: TenantRows, id: str, most: int) -> Timeline:
    """The newest rows of one customer, oldest first."""
    whose, dictionaries = _of(id), tenant.dictionaries
    [(total,)] = tenant.rows("count()", whose)
    newest = tenant.rows("timestamp, type, offer, channel", whose, f"order by timestamp desc, id desc limit {most:d}")
    points = [
        TimelinePoint(time, dictionaries.type.value(type), dictionaries.offer.ids[offer], dictionaries.channel.ids[channel])
        for time, type, offer, channel in reversed(newest)
    ]
    return Timeline(points, total)


def _of(customer: str) -> Where:
    return Where("customer = {customer:String}", customer=customer)
