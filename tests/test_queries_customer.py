from __future__ import annotations

from data.columns.arrays import DIMENSIONS
from data.results import TimelinePoint
from queries.answers.customer import customer, timeline
from queries.answers.summary import every_row
from queries.asking.selection import parse
from queries.asking.times import iso, milliseconds
from tests.figures_logs import as_sql_says
from tests.figures_sql import figures_by, whole_figures
from tests.logs import ACME, CUSTOMERS, ZENITH, Log, interaction

CARD = {"id": "off_card", "name": "Platinum Card Upgrade", "status": "active"}


def test_a_customer_traced_by_hand(log: Log) -> None:
    log.load(
        interaction("1", "2026-03-01T10:00:00Z", interactionType="impression", offerId="off_card", offer=CARD, channelId="ch_web"),
        interaction("2", "2026-03-02T10:00:00Z", interactionType="convert", offerId="off_card", outcome={"conversionValue": 9.5}),
        interaction("3", "2026-03-03T10:00:00Z", interactionType="impression", offerId="off_new"),
        interaction("4", "2026-03-03T10:00:00Z", interactionType="share"),
        interaction("5", "2026-03-09T10:00:00Z", interactionType="impression", offerId="off_card", customerId="CUST002"),
    )
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        found = customer(tenant, "CUST001")
        drawn = timeline(tenant, "CUST001")
        newest = timeline(tenant, "CUST001", most=1)
    assert (found.id, iso(found.first), iso(found.last)) == ("CUST001", "2026-03-01T10:00:00.000Z", "2026-03-03T10:00:00.000Z")
    assert list(found.counts.items()) == [("impression", 2), ("convert", 1), ("share", 1)]
    assert (found.figures.total, found.figures.customers, found.figures.revenue) == (4, 1, 9.5)
    assert [(offer.id, offer.label, offer.status, offer.seen, offer.taken, offer.figures.total) for offer in found.offers] == [
        ("off_new", "off_new", None, True, False, 1),
        (None, None, None, False, False, 1),
        ("off_card", "Platinum Card Upgrade", "active", True, True, 2),
    ]
    assert (iso(found.offers[2].first)[:10], iso(found.offers[2].last)[:10]) == ("2026-03-01", "2026-03-02")
    assert drawn.points[0] == TimelinePoint(found.first, "impression", "off_card", "ch_web")
    assert [mark.type for mark in drawn.points] == ["impression", "convert", "impression", "share"]
    assert (len(newest.points), newest.points[0].type, newest.total) == (1, "share", 4)


def test_a_customer_s_log_is_the_same_from_memory_as_from_the_store(tangled_log: Log) -> None:
    for tenant_id in (ACME, ZENITH):
        with tangled_log.store.snapshot() as snapshot:
            tenant = snapshot.tenant(tenant_id).columns
            read = {key: tenant.customer_log(key) for key in range(1, tenant.customer_count() + 1)}
            assert len(tenant.journeys.row) == len(tenant)
            for key, log in read.items():
                remembered = tenant.customer_log(key)
                for name in ("timestamp", "row", *DIMENSIONS):
                    assert getattr(remembered, name).tolist() == getattr(log, name).tolist()
                assert len(log) > 0


def test_every_customer_is_what_sql_over_the_raw_rows_says(tangled_log: Log) -> None:
    for tenant_id in (ACME, ZENITH):
        with tangled_log.snapshot() as snapshot:
            tenant = snapshot.tenant(tenant_id)
            for id in CUSTOMERS:
                found, pairs = customer(tenant, id), [("customerId", id)]
                as_sql_says(found.figures, whole_figures(tangled_log.store, tenant_id, pairs))
                own = [row for row in tangled_log.rows if row["tenantId"] == tenant_id and row["customerId"] == id]
                assert found.first == min(milliseconds(row["timestamp"], None) for row in own)
                assert found.last == max(milliseconds(row["timestamp"], None) for row in own)
                assert found.counts == {row["id"]: row["total"] for row in figures_by(tangled_log.store, tenant_id, "type", pairs)}
                offers = {row["id"]: row for row in figures_by(tangled_log.store, tenant_id, "offer", pairs)}
                assert {offer.id for offer in found.offers} == set(offers)
                for offer in found.offers:
                    as_sql_says(offer.figures, offers[offer.id])
                    times = [milliseconds(row["timestamp"], None) for row in own if row["offerId"] == offer.id]
                    assert (offer.first, offer.last) == (min(times), max(times))
                drawn = timeline(tenant, id)
                assert (drawn.total, len(drawn.points)) == (len(own), len(own))
                assert [mark.timestamp for mark in drawn.points] == sorted(mark.timestamp for mark in drawn.points)
                assert every_row(tenant, parse(tenant_id, pairs).selection, "type")[0].figures.total == max(found.counts.values())


def test_a_customer_of_another_tenant_is_as_if_there_were_none(log: Log) -> None:
    log.load(interaction("1", customerId="only zenith", tenantId=ZENITH), interaction("2"))
    with log.snapshot() as snapshot:
        for tenant in (snapshot.tenant(ACME), snapshot.tenant("nobody")):
            assert customer(tenant, "only zenith") is None
            assert timeline(tenant, "only zenith").points == []
            assert timeline(tenant, "only zenith").total == 0
