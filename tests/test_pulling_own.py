"""Store to store: what this product serves it can pull, whatever the ids, names and ties are, and every field arrives as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.loading.loading import LoadOptions
from data.loading.transaction import Stop
from data.loading.unloading import unload
from data.pulling.books import Books
from data.store.store import Store
from tests.logs import ACME, ZENITH, Log, tangled_rows
from tests.platform_double import BROKEN, BUSY_A_MOMENT, torn
from tests.pulling_fixtures import Pulling
from tests.service import HISTORY, Service
from tests.store_checks import contents, faults, loaded, log_file

pytest_plugins = ["tests.pulling_fixtures"]


@pytest.fixture
def upstream(pulling: Pulling, tmp_path: Path) -> Iterator[Log]:
    """A store of its own whose API is the platform."""
    with Log(tmp_path / "upstream") as log, Service(log) as service:
        caller = service.caller(ZENITH)

        def answered(asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            response = caller.get(HISTORY, params=asked)
            return response.status_code, {}, response.content

        pulling.platform.other = answered
        yield log


def everything(store: Store) -> dict[str, set[tuple]]:
    """What a store holds but for whose it is, and from when its descriptions are."""
    return {kind: {row[1:] if kind == "interactions" else row[1:-1] for row in rows} for kind, rows in contents(store).items()}


def test_both_stores_come_to_hold_the_same(pulling: Pulling, upstream: Log) -> None:
    rows = tangled_rows(5, 80, ZENITH)
    upstream.load(*rows[:60])
    pulling.platform.faults = [None, torn, BUSY_A_MOMENT, None, BROKEN]
    assert pulling().loaded == 60
    assert everything(pulling.store) == everything(upstream.store)

    upstream.load(*rows[60:])
    changed = [row | {"customerId": "CUST009", "outcome": {"conversionValue": 1.50, "n": 12345678901234567890}} for row in rows[:3]]
    loaded(upstream.store, log_file(upstream.folder, changed), LoadOptions(replace=True))
    unload(upstream.store, 1, None, "operator", lambda _: None, Stop())
    reported = pulling(whole=True)
    # The first load's rows are gone but for the three that were replaced since.
    ours, theirs = everything(pulling.store)["interactions"], everything(upstream.store)["interactions"]
    assert theirs < ours and len(ours - theirs) == reported.absent == 57
    assert {row[0] for row in ours - theirs} == set(Books(pulling.store, pulling.pull.source).absent_ids())

    assert pulling(follow_removals=True).removed == 57
    assert everything(pulling.store)["interactions"] == theirs
    assert faults(pulling.store) == []
    with pulling.store.snapshot() as snapshot:
        assert snapshot.tenant_ids() == [ACME]


