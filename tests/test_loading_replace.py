"""With --replace the newer content of a known row wins, and what it replaced comes back when that load is taken back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from data.columns.tenant import TenantColumns
from data.loading.listing import loads
from data.loading.loading import LoadOptions
from data.loading.outcome import LoadReport
from queries.asking.selection import Selection
from tests.logs import ACME, Log, Row, interaction
from tests.store_checks import contents, faults, loaded
from tests.test_loading_unload import rows_of, taken_back


def replaced(log: Log, *rows: Row, strict: bool = False) -> LoadReport:
    return loaded(log.store, log._file(rows), LoadOptions(replace=True, strict=strict))


def counts(report: LoadReport) -> tuple[int, int | None, int, int, int]:
    return report.loaded, report.replaced, report.known, report.conflicts, report.rejected


def held(log: Log) -> dict[int, int | None]:
    """How many rows each load has."""
    with log.store.snapshot() as snapshot:
        return {line.version: line.rows for line in loads(snapshot).lines}


def test_a_known_row_takes_the_new_content_and_the_report_says_how_many_did(log: Log) -> None:
    log.load(interaction("a"), interaction("b"), interaction("c"))
    report = replaced(log, interaction("a", customerId="CUST002"), interaction("b"), interaction("d"), {})
    assert counts(report) == (1, 1, 1, 0, 1)
    assert report.version == 2
    assert ["replaced", "1"] in [line.split() for line in str(report).splitlines()]
    assert rows_of(log.store) == {"a": "CUST002", "b": "CUST001", "c": "CUST001", "d": "CUST001"}
    assert faults(log.store) == []
    assert held(log) == {1: 2, 2: 2}


def test_without_it_a_different_row_is_a_conflict_as_ever_and_nothing_is_said_of_replacing(log: Log) -> None:
    log.load(interaction("a"))
    report = loaded(log.store, log._file([interaction("a", customerId="CUST002")]))
    assert counts(report) == (0, None, 0, 1, 0)
    assert "replaced" not in str(report)
    assert rows_of(log.store) == {"a": "CUST001"}


def test_the_same_file_again_changes_nothing_and_makes_no_version(log: Log) -> None:
    log.load(interaction("a"))
    replaced(log, interaction("a", direction="inbound"))
    report = replaced(log, interaction("a", direction="inbound"))
    assert counts(report) == (0, 0, 1, 0, 0) and report.version == 2
    assert held(log) == {1: 0, 2: 1}


@pytest.mark.parametrize("changed", [
    {"timestamp": "2026-01-01T00:00:00Z"}, {"customerId": "CUST009"}, {"interactionType": "convert"}, {"outcomeTypeKey": "accept"},
    {"offerId": "off_card"}, {"creativeId": "cr_hero"}, {"channelId": "ch_web"}, {"direction": "inbound"}, {"context": {"a": 1}},
    {"response": {"a": 1}}, {"outcome": {"conversionValue": 12.5}},
], ids=lambda changed: next(iter(changed)))
def test_whatever_field_differs_is_replaced_and_comes_back(log: Log, changed: Row) -> None:
    log.load(interaction("a", offerId="o"), interaction("b", "2026-02-01", offerId="o"))
    before = contents(log.store)["interactions"]
    report = replaced(log, interaction("a", offerId="o") | changed)
    assert counts(report) == (0, 1, 0, 0, 0)
    after = contents(log.store)["interactions"]
    assert len(after) == 2 and after != before and faults(log.store) == []
    taken_back(log.store, report.version)
    assert contents(log.store)["interactions"] == before and faults(log.store) == []


def test_a_replaced_row_is_found_and_counted_as_it_now_is_alone(log: Log) -> None:
    log.load(interaction("a", interactionType="typo", outcomeTypeKey="typo"), interaction("b", "2026-03-16", customerId="CUST002"))
    replaced(log, interaction("a", "2026-03-20", customerId="CUST003"))
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        page = tenant.page(Selection(ACME), 10, None)
        assert [(record.id, record.customerId, record.interactionType) for record in page.records] == [
            ("a", "CUST003", "click"), ("b", "CUST002", "click")]
        assert page.total == 2 and tenant.customer("CUST001") is None
        assert set(tenant.names.type.by_id) == {"click"}
        assert tenant.rows_by_value("type") == {"click": 2}
    with log.store.snapshot() as columns:
        assert TenantColumns(columns, ACME).customer_count() == 2


def test_of_a_row_that_a_file_holds_twice_the_first_wins_and_the_other_is_a_conflict(log: Log) -> None:
    log.load(interaction("a"), interaction("b"))
    report = replaced(
        log,
        interaction("a", customerId="CUST002"), interaction("a", customerId="CUST003"), interaction("a", customerId="CUST002"),
        interaction("b"), interaction("b", customerId="CUST002"))
    assert counts(report) == (0, 1, 2, 2, 0)
    assert rows_of(log.store) == {"a": "CUST002", "b": "CUST001"}
    assert report.rejects_file is not None
    with Path(report.rejects_file).open(newline="") as list_:
        assert [(row["line"], row["reason"]) for row in csv.DictReader(list_)] == [
            ("2", "conflict: already loaded with a different customerId"), ("5", "conflict: already loaded with a different customerId")]


def test_a_strict_replacing_file_with_a_reject_replaces_nothing(log: Log) -> None:
    log.load(interaction("a"))
    report = replaced(log, interaction("a", customerId="CUST002"), {}, strict=True)
    assert not report.kept
    assert rows_of(log.store) == {"a": "CUST001"} and faults(log.store) == []


# Three loads, of which each replaced the content of the one before; taken back in an order → the customer of the row after each.
@pytest.mark.parametrize(("order", "seen"), [
    ((3, 2, 1), ["CUST002", "CUST001", None]),
    ((3, 1, 2), ["CUST002", "CUST002", None]),
    ((2, 3, 1), ["CUST003", "CUST001", None]),
    ((2, 1, 3), ["CUST003", "CUST003", None]),
    ((1, 2, 3), ["CUST003", "CUST003", None]),
    ((1, 3, 2), ["CUST003", "CUST002", None]),
])
def test_what_is_left_is_as_if_the_load_had_never_been_in_whatever_order(log: Log, order: tuple[int, ...], seen: list[str | None]) -> None:
    log.load(interaction("a"))
    for number in (2, 3):
        assert replaced(log, interaction("a", customerId=f"CUST00{number}")).version == number
    found = []
    for version in order:
        taken_back(log.store, version)
        found.append(rows_of(log.store).get("a"))
        assert faults(log.store) == []
    assert found == seen


def test_a_load_all_of_whose_rows_were_replaced_is_listed_and_leaves_nothing_behind(log: Log) -> None:
    log.load(interaction("a"))
    replaced(log, interaction("a", customerId="CUST002"))
    report = taken_back(log.store, 1)
    assert (report.removed, report.restored) == (0, 0)
    assert rows_of(log.store) == {"a": "CUST002"} and held(log) == {2: 1}
    with log.store.snapshot() as snapshot:
        assert snapshot.rows("select count(*) from replaced") == [(0,)]
    taken_back(log.store, 2)
    assert rows_of(log.store) == {}


def test_a_whole_file_is_corrected_and_the_correction_is_taken_back(log: Log) -> None:
    rows = [interaction(f"r{number:03}", f"2026-03-15T{number // 60:02}:{number % 60:02}:00Z", customerId=f"c{number % 7}") for number in range(300)]
    log.load(*rows)
    before = contents(log.store)
    report = replaced(log, *({**row, "customerId": f"right {row['customerId']}"} for row in rows[100:]))
    assert counts(report) == (0, 200, 0, 0, 0)
    assert held(log) == {1: 100, 2: 200} and faults(log.store) == []
    assert sorted(set(rows_of(log.store).values())) == [f"c{n}" for n in range(7)] + [f"right c{n}" for n in range(7)]
    assert taken_back(log.store, 2).restored == 200
    assert contents(log.store) == before and faults(log.store) == []
