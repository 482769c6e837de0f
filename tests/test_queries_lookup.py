from __future__ import annotations

from queries.answers.history import exists, record
from queries.asking.selection import Selection
from tests.logs import ACME, ZENITH, Log, every_record


def test_each_id_finds_its_own_record_also_among_ties(tangled_log: Log):
    with tangled_log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        listed = every_record(tenant, Selection(ACME))
        assert [record(tenant, one.id) for one in listed] == listed
        assert len(listed) == 90


def test_another_tenants_record_does_not_exist(tangled_log: Log):
    ids = {tenant: {row["id"] for row in tangled_log.rows if row["tenantId"] == tenant} for tenant in (ACME, ZENITH)}
    foreign = min(ids[ZENITH] - ids[ACME])
    with tangled_log.snapshot() as snapshot:
        assert record(snapshot.tenant(ACME), foreign) is None
        assert not exists(snapshot.tenant(ACME), foreign)
        assert exists(snapshot.tenant(ZENITH), foreign)
