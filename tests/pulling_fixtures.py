"""A store that pulls from a platform, by a clock on which no time passes but in sleep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.loading.transaction import Stop
from data.pulling.books import Books, Place
from data.pulling.platform import Time
from data.pulling.pull import pulled
from data.pulling.report import PullReport
from data.pulling.source import Pull
from data.store.store import Store
from tests.logs import ACME
from tests.platform_double import KEY, Platform, rows_of, serving
from tests.store_checks import faults


@dataclass
class Pulling:
    """A store and the platform that it pulls from; calling it pulls once."""

    platform: Platform
    store: Store
    pull: Pull
    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self, **changes: Any) -> PullReport:
        clock = Time(self.sleep, lambda: self.seconds, lambda: datetime(2026, 3, 15, 12, tzinfo=UTC), lambda low, high: high)
        return pulled(self.store, replace(self.pull, **changes), lambda _: None, Stop(), clock)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def ids(self) -> list[str]:
        with self.store.snapshot() as snapshot:
            return [id for id, in snapshot.rows("select id from interactions order by id")]

    def agrees(self) -> bool:
        """Whether the log has the platform's rows, field by field as they are written."""
        with self.store.snapshot() as snapshot:
            ours = snapshot.rows("""
                select i.id, strftime(i."timestamp", '%Y-%m-%dT%H:%M:%S.%gZ'), customers.id, types.id, offers.id
                from interactions i
                join customers on customers.tenant = i.tenant and customers."key" = i.customer
                join types on types.tenant = i.tenant and types."key" = i.type
                left join offers on offers.tenant = i.tenant and offers."key" = i.offer
                join tenants on tenants.tenant = i.tenant and tenants.id = 'acme'
                order by 1
            """)
        theirs = sorted((row["id"], row["timestamp"], row["customerId"], row["interactionType"], row.get("offerId"))
                        for row in self.platform.rows.values())
        return ours == theirs and faults(self.store) == []

    def place(self) -> Place:
        return Books(self.store, self.pull.source).place()


@pytest.fixture
def pulling(tmp_path: Path) -> Iterator[Pulling]:
    """An empty store, and a platform of 100 rows."""
    key = tmp_path / "key"
    key.write_text(KEY + "\n")
    (tmp_path / "state").mkdir()
    platform = Platform(most=50)
    platform.add(*rows_of(100))
    with closing(Store.open(tmp_path / "state")) as store, serving(platform):
        yield Pulling(platform, store, Pull(platform.url, str(key), ACME))
