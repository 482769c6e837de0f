from __future__ import annotations

from pathlib import Path

import pytest

from accounts.identity import Invalid
from accounts.store import AccountsDatabase, Tenants


def test_a_tenant_is_enabled_until_it_is_disabled(tmp_path: Path) -> None:
    tenants = Tenants(AccountsDatabase(tmp_path))
    tenants.ensure("acme")
    tenants.ensure("globex")
    assert tenants.disabled() == set()
    tenants.set_disabled("acme", True)
    assert tenants.disabled() == {"acme"}
    tenants.set_disabled("acme", False)
    assert tenants.disabled() == set()


def test_a_tenant_that_exists_already_stays_as_it_is(tmp_path: Path) -> None:
    tenants = Tenants(AccountsDatabase(tmp_path))
    tenants.ensure("acme")
    tenants.set_disabled("acme", True)
    tenants.ensure("acme")
    assert tenants.disabled() == {"acme"}


def test_a_tenant_nobody_belongs_to_cannot_be_disabled(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"^there is no tenant 'acme'$"):
        Tenants(AccountsDatabase(tmp_path)).set_disabled("acme", True)


@pytest.mark.parametrize("tenant", ["", " ", "acme ", "ac\nme", "ac\x00me", "\udcff"])
def test_a_tenant_has_a_printable_name(tmp_path: Path, tenant: str) -> None:
    with pytest.raises(Invalid, match="printable"):
        Tenants(AccountsDatabase(tmp_path)).ensure(tenant)
