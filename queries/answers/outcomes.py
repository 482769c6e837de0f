"""What the outcomes of a tenant mean, with how many of its rows have each."""

from __future__ import annotations

from data.engine import Tenant
from queries.asking.outcomes import OutcomeRow


def outcome_table(tenant: Tenant) -> list[OutcomeRow]:
    """The tenant's table and every other key that occurs, the most frequent first."""
    return tenant.outcomes.rows({key: rows for key, rows in tenant.rows_by_value("outcome").items() if key is not None})


def outcome_row(tenant: Tenant, key: str) -> OutcomeRow:
    """What one key means, of which the log need not have a row."""
    return OutcomeRow(tenant.outcomes[key], tenant.rows_by_value("outcome").get(key, 0), key in tenant.outcomes.said)
