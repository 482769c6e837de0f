"""What outcome types mean to each tenant, as the store keeps it: read, listed and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb

from data.store.limits import StoreBusy, StoreError
from queries.asking.outcomes import OutcomeRow, Outcomes, Said, check_meaning

if TYPE_CHECKING:
    from data.store.store import Snapshot, Store

Rows = Callable[[str, Mapping[str, Any]], list[tuple]]
Change = Callable[[Said | None], Said | None]

_SAID = "name, classification, category, counts_as"
# A change waits no longer for a load that has the store's turn.
_PATIENCE_S = 5.0


def outcomes_of(rows: Rows, tenant: int) -> Outcomes:
    """A tenant's table, by its number; `rows` reads from one version of the store."""
    said = rows(f"select outcome, {_SAID} from meanings where tenant = $tenant order by rowid", {"tenant": tenant})
    return Outcomes({outcome: Said(*words) for outcome, *words in said})


def outcome_rows(snapshot: Snapshot, tenant_id: str, keys: Iterable[str] = ()) -> list[OutcomeRow]:
    """A tenant's table with the rows of its log that have each key, and with further keys; the shipped one of a tenant that is not known."""
    found = snapshot.rows("select tenant from tenants where id = $id", {"id": tenant_id})
    tenant = found[0][0] if found else 0
    counts = snapshot.rows("""
        select o.id, count(*)
        from journeys j
        join outcomes o on o.tenant = j.tenant and o."key" = j.outcome_type
        where j.tenant = $tenant
        group by o.id
    """, {"tenant": tenant})
    return outcomes_of(snapshot.rows, tenant).rows(dict.fromkeys(keys, 0) | dict(counts))


def set_meaning(store: Store, tenant_id: str, key: str, said: Said, *, beside: bool = False, patience: float = _PATIENCE_S) -> bool:
    """Let a tenant say this of an outcome key, instead of what it has said or `beside` it; whether that is something new.

    `InvalidMeaning` for what a key cannot mean; `StoreBusy` where a load has not let go of the store after so many seconds.
    """
    check_meaning(key, said)
    return _changed(store, tenant_id, key, lambda before: (before or Said()).changed(said) if beside else said, patience)


def reset_meaning(store: Store, tenant_id: str, key: str, *, patience: float = _PATIENCE_S) -> bool:
    """Forget what a tenant has said of an outcome key, so that it means what is shipped; whether it had said anything."""
    return _changed(store, tenant_id, key, lambda _: None, patience)


def _changed(store: Store, tenant_id: str, key: str, change: Change, patience: float) -> bool:
    if not store.turn.acquire(timeout=patience):
        raise StoreBusy("A load is running; change what its outcomes mean once that is done.")
    try:
        with closing(store.cursor()) as cursor:
            cursor.begin()
            written = _written(cursor, tenant_id, key, change)
            if written is None:
                return False
            with store.new_meaning(*written):
                cursor.commit()
        return True
    except duckdb.Error as problem:
        raise StoreError(f"Nothing was changed; the store is as before: {problem}") from problem
    finally:
        store.turn.release()


def _written(cursor: duckdb.DuckDBPyConnection, tenant_id: str, key: str, change: Change) -> tuple[int, int] | None:
    """The new version and the tenant's number; None where the tenant goes on saying the same of the key."""
    tenant = _tenant_number(cursor, tenant_id)
    place = {"tenant": tenant, "outcome": key}
    found = cursor.execute(f"select {_SAID} from meanings where tenant = $tenant and outcome = $outcome", place).fetchall()
    before = Said(*found[0]) if found else None
    said = change(before)
    if said == before:
        return None
    cursor.execute("delete from meanings where tenant = $tenant and outcome = $outcome", place)
    if said is not None:
        cursor.execute(
            f"insert into meanings (tenant, outcome, {_SAID}) values ($tenant, $outcome, $name, $classification, $category, $counts_as)",
            place | vars(said),
        )
    cursor.execute("update store set version = version + 1")
    [(version,)] = cursor.execute("select version from store").fetchall()
    return version, tenant


def _tenant_number(cursor: duckdb.DuckDBPyConnection, id: str) -> int:
    """The number of a tenant; a new one where the store has none of it yet."""
    found = cursor.execute("select tenant from tenants where id = $id", {"id": id}).fetchall()
    if found:
        return found[0][0]
    [(number,)] = cursor.execute("select coalesce(max(tenant), 0) + 1 from tenants").fetchall()
    cursor.execute("insert into tenants values ($number, $id)", {"number": number, "id": id})
    return number
