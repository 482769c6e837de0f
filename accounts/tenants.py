from __future__ import annotations

from accounts.refusals import Invalid
from accounts.store import Store


class Tenants:
    """The tenants that have accounts; one comes into being with its first user or key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ensure(self, tenant: str) -> None:
        if not tenant or tenant != tenant.strip() or not tenant.isprintable():
            raise Invalid(f"a tenant is a printable text without blanks around it, not {tenant!r}")
        self._store.change(
            """
            insert into tenants (id)
            values (:tenant)
            on conflict do nothing
            """,
            tenant=tenant,
        )

    def set_disabled(self, tenant: str, disabled: bool) -> None:
        """Shut all users and keys of a tenant out, or let them in again, from their next request."""
        changed = self._store.change(
            """
            update tenants
            set disabled = :disabled
            where id = :tenant
            """,
            tenant=tenant,
            disabled=int(disabled),
        )
        if not changed:
            raise Invalid(f"there is no tenant {tenant!r}")

    def disabled(self) -> set[str]:
        return {row["id"] for row in self._store.rows("select id from tenants where disabled = 1")}
