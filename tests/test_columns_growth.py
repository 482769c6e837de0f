"""What is remembered of a store that grows is what a fresh process reads from its file, whatever is loaded and asked in between."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.columns import arrays
from data.columns.amounts import amounts
from data.columns.arrays import DIMENSIONS
from data.columns.classes import classes
from data.columns.funnel.listing import units_of_offers
from data.columns.history import rows_by_value
from data.columns.tenant import TenantColumns
from data.store.store import Snapshot, Store
from tests.growing import TENANTS, GrowingStore
from tests.store_checks import faults

# What may be remembered of a tenant, by name; each is compared entry by entry.
COLUMNS: dict[str, Callable[[TenantColumns], Any]] = {
    "rows": len,
    "dictionaries": lambda tenant: tenant.dictionaries,
    "names": lambda tenant: tenant.names,
    "newest": TenantColumns.newest,
    "oldest": TenantColumns.oldest,
    "in order": TenantColumns.in_order,
    "customers": lambda tenant: tenant.customers,
    "customers by id": lambda tenant: tenant.customers_by_id,
    "customer places": lambda tenant: tenant.customer_places,
    "amounts": amounts,
    "classes": classes,
    "units": units_of_offers,
    **{f"log {name}": lambda tenant, name=name: getattr(tenant.log, name) for name in ("timestamp", "row", "customer", *DIMENSIONS)},
    **{f"journeys {name}": lambda tenant, name=name: getattr(tenant.journeys, name)
       for name in ("starts", "customer", "timestamp", "row", "valued", "values", *DIMENSIONS)},
    **{f"rows by {name}": lambda tenant, name=name: rows_by_value(tenant, name) for name in DIMENSIONS},
}


def assert_same(one: Any, other: Any, what: str) -> None:
    assert type(one) is type(other), what
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, what
        np.testing.assert_array_equal(one, other, what)
    elif isinstance(one, pa.Array):
        assert one.equals(other), what
    elif hasattr(one, "__dataclass_fields__"):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{what}.{field.name}")
    elif isinstance(one, dict):
        assert list(one) == list(other) and one == other, what
    else:
        assert one == other, what


def ask(snapshot: Snapshot, drawn: Random) -> None:
    """Bring some columns of some tenants into memory."""
    for tenant in drawn.sample(TENANTS, drawn.randint(1, len(TENANTS))):
        for name in drawn.sample([*COLUMNS], drawn.choice((2, len(COLUMNS) // 2, len(COLUMNS)))):
            COLUMNS[name](TenantColumns(snapshot, tenant))


def assert_as_read_anew(store: Store) -> None:
    fresh = Store(store.path)
    try:
        with store.snapshot() as one, fresh.snapshot() as other:
            for tenant in TENANTS:
                for name, column in COLUMNS.items():
                    assert_same(column(TenantColumns(one, tenant)), column(TenantColumns(other, tenant)), f"{name} of {tenant}")
    finally:
        fresh.close()


@contextmanager
def growing(seed: int) -> Iterator[GrowingStore]:
    with tempfile.TemporaryDirectory() as folder:
        growing = GrowingStore(Path(folder), seed)
        try:
            yield growing
        finally:
            growing.store.close()


@pytest.fixture(params=["small tenants", "large tenants"])
def tenant_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether tenants are read all columns at once, or each column piece by piece."""
    if request.param == "large tenants":
        monkeypatch.setattr(arrays, "_SMALL", 0)
        monkeypatch.setattr(arrays, "_READ_ROWS", 50)


def test_after_each_of_fifty_loads_the_columns_are_those_that_are_read_anew(tenant_size: None) -> None:
    drawn = Random(1)
    with growing(1) as grown:
        for number in range(50):
            with grown.store.snapshot() as snapshot:
                ask(snapshot, drawn)
            grown.step()
            if number % 4 == 0:
                assert_as_read_anew(grown.store)
        assert_as_read_anew(grown.store)
        assert faults(grown.store) == []


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 6))
def test_whatever_is_loaded_the_columns_are_those_that_are_read_anew(seed: int, steps: int) -> None:
    drawn = Random(seed)
    with growing(seed) as grown:
        for _ in range(steps):
            with grown.store.snapshot() as snapshot:
                ask(snapshot, drawn)
            grown.step()
        assert_as_read_anew(grown.store)
