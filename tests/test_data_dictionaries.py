"""In which order the types of a log get their keys."""

from __future__ import annotations

from tests.logs import ACME, Log, interaction


def types(log: Log) -> list[str | None]:
    with log.snapshot() as snapshot:
        return list(snapshot.tenant(ACME).names.type.ids)


def test_types_stand_in_the_order_of_their_first_rows_and_keep_it_as_the_log_grows(log: Log) -> None:
    log.load(
        interaction("1", "2026-03-15T10:00:00Z", interactionType="view"), interaction("2", "2026-03-15T09:00:00Z", interactionType="search"),
        interaction("3", "2026-03-15T10:00:00Z", interactionType="basket"), interaction("4", "2026-03-15T11:00:00Z", interactionType="basket"),
    )
    assert types(log) == ["search", "basket", "view"]
    log.load(interaction("5", "2026-03-16T09:00:00Z", interactionType="buy"), interaction("6", "2026-03-16T08:00:00Z", interactionType="try_on"))
    assert types(log) == ["search", "basket", "view", "try_on", "buy"]
    # Rows from before all others, so many that the whole log is laid anew.
    log.load(*(interaction(f"late {number}", f"2025-01-01T00:{number:02d}:00Z", interactionType="advert") for number in range(40)))
    assert log.in_order()
    assert types(log) == ["search", "basket", "view", "try_on", "buy", "advert"]
