from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data.columns.filtering
import data.columns.tally
from queries.answers.summary import GROUPINGS, every_row, figures, summary
from queries.asking.selection import Selection, parse
from tests.figures_logs import FILTERS, RANDOM_TENANTS, SAMPLE, ZOZOTOWN, as_sql_says
from tests.figures_sql import figures_by, whole_figures
from tests.logs import ACME, ZENITH, Log, interaction

SELECTIONS = [
    [],
    [("type", "click"), ("type", "convert")],
    [("direction", "outbound"), ("outcome", "impression")],
    [("from", "2026-02-01T00:00:00.000Z"), ("to", "2026-02-15T10:30:00.000Z")],
    [("from", "2026-03-10T00:00:00.000Z"), ("type", "impression")],
    [("offerId", "unheard of")],
]


def check(log: Log, tenant: str, by: str, pairs: list[tuple[str, str]]) -> int:
    expected = figures_by(log.store, tenant, by, pairs)
    with log.snapshot() as snapshot:
        found = summary(snapshot.tenant(tenant), parse(tenant, pairs).selection, by, 500)
    assert found.total == len(expected)
    assert [row.id for row in found.rows] == [row["id"] for row in expected[:500]]
    for row, sql in zip(found.rows, expected[:500], strict=True):
        as_sql_says(row.figures, sql)
    return found.total


@pytest.mark.parametrize("pairs", SELECTIONS, ids=lambda pairs: "&".join(f"{name}={value}" for name, value in pairs) or "all")
@pytest.mark.parametrize("by", GROUPINGS)
def test_every_row_of_the_sample_is_what_sql_over_its_raw_rows_says(counted_log: Log, by: str, pairs: list[tuple[str, str]]) -> None:
    rows = check(counted_log, SAMPLE, by, pairs)
    assert (rows == 0) == (pairs == [("offerId", "unheard of")])


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_row_of_a_real_log_is_what_sql_over_its_raw_rows_says(counted_log: Log, by: str) -> None:
    assert check(counted_log, ZOZOTOWN, by, []) > 0


@pytest.mark.parametrize("tenant", [ACME, ZENITH])
@pytest.mark.parametrize("by", GROUPINGS)
def test_each_tenant_is_counted_alone_in_whatever_order_its_rows_came(tangled_log: Log, by: str, tenant: str) -> None:
    assert check(tangled_log, tenant, by, []) > 0
    assert check(tangled_log, tenant, by, [("customerId", "CUST001"), ("customerId", "50%_ü"), ("direction", "inbound")]) > 0


@given(tenant=st.sampled_from(RANDOM_TENANTS), pairs=FILTERS)
@settings(max_examples=25)
def test_random_logs_are_summarised_as_sql_says(counted_log: Log, tenant: str, pairs: list[tuple[str, str]]) -> None:
    for by in GROUPINGS:
        check(counted_log, tenant, by, pairs)
    with counted_log.snapshot() as snapshot:
        found = figures(snapshot.tenant(tenant), parse(tenant, pairs).selection)
    as_sql_says(found, whole_figures(counted_log.store, tenant, pairs))


@pytest.mark.parametrize("piece", [1, 37, 1 << 17])
@pytest.mark.parametrize("shared_from", [1, 1 << 18])
def test_neither_pieces_nor_threads_change_a_figure(
    counted_log: Log, monkeypatch: pytest.MonkeyPatch, piece: int, shared_from: int,
) -> None:
    monkeypatch.setattr(data.columns.filtering, "PIECE", piece)
    monkeypatch.setattr(data.columns.tally, "_ROWS_WORTH_SHARING", shared_from)
    # An end of its own for each, so that no answer is remembered from another.
    end = f"2026-03-01T00:00:00.{piece % 900 + shared_from % 90:03d}Z"
    check(counted_log, ZOZOTOWN if piece == 1 else SAMPLE, "offer", [("to", end)])


def test_rows_without_a_value_are_a_row_of_their_own_so_that_the_parts_sum_to_the_whole(tangled_log: Log) -> None:
    with tangled_log.snapshot() as snapshot:
        tenant, whole = snapshot.tenant(ACME), Selection(ACME)
        for by in ("offer", "creative", "channel", "direction"):
            rows = every_row(tenant, whole, by)
            assert [row.id for row in rows].count(None) == 1
            assert [row.label for row in rows if row.id is None] == [None]
            for measure in ("total", "impression", "positive", "negative", "neutral"):
                assert sum(row.figures[measure] for row in rows) == figures(tenant, whole)[measure]


def test_a_row_traced_by_hand(log: Log) -> None:
    log.load(
        interaction("1", "2026-03-01T10:00:00Z", customerId="A", interactionType="impression", offerId="off_a"),
        interaction("2", "2026-03-01T10:00:05Z", customerId="A", interactionType="click", offerId="off_a"),
        interaction("3", "2026-03-01T10:09:00Z", customerId="A", interactionType="convert", outcomeTypeKey="conversion", offerId="off_a",
                    outcome={"conversionValue": 0.1}),
        interaction("4", "2026-03-02T10:00:00Z", customerId="B", interactionType="impression", offerId="off_a"),
        interaction("5", "2026-03-02T10:00:01Z", customerId="B", interactionType="convert", offerId="off_a", outcome={"conversionValue": "0.2"}),
        interaction("6", "2026-03-02T10:00:02Z", customerId="C", interactionType="recommendation", outcomeTypeKey="impression",
                    offerId="off_a"),
        interaction("7", "2026-03-03T09:00:00Z", customerId="C", interactionType="impression", offerId="off_a"),
        interaction("8", "2026-03-03T09:00:00Z", customerId="C", interactionType="expired", offerId="off_a"),
        interaction("9", "2026-03-03T09:00:00Z", customerId="D", interactionType="my own", offerId="off_b"),
    )
    with log.snapshot() as snapshot:
        [first, second] = summary(snapshot.tenant(ACME), Selection(ACME), "offer").rows
    figures_of_a = first.figures
    assert (first.id, first.figures.total, first.figures.customers) == ("off_a", 8, 3)
    assert [figures_of_a[id] for id in ("impression", "click", "accept", "convert", "dismiss")] == [3, 1, 0, 2, 0]
    assert (figures_of_a.positive, figures_of_a.negative, figures_of_a.neutral) == (3, 0, 5)
    assert figures_of_a.revenue == 0.3
    assert [figures_of_a[id] for id in ("ctr", "cvr", "acceptanceRate")] == [33.33, 66.67, 1.0]
    assert (second.id, second.figures.neutral, second.figures["ctr"], second.figures.customers) == ("off_b", 1, None, 1)


@pytest.mark.parametrize("by", ["offer", "customer"])
def test_pages_follow_one_another_without_gap_or_repeat(counted_log: Log, by: str) -> None:
    with counted_log.snapshot() as snapshot:
        tenant, whole = snapshot.tenant(SAMPLE), Selection(SAMPLE)
        every = [row["id"] for row in figures_by(counted_log.store, SAMPLE, by)]
        step = 7 if by == "offer" else 333
        pages = [summary(tenant, whole, by, step, offset) for offset in range(0, len(every), step)]
        assert [row.id for page in pages for row in page.rows] == every
        assert {page.total for page in pages} == {len(every)}
        assert summary(tenant, whole, by, 10, len(every)).rows == []
        assert summary(tenant, whole, by, 10_000).limit == 500


def test_known_values_that_do_not_occur_can_be_listed_after_those_that_do(tangled_log: Log) -> None:
    with tangled_log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        only = parse(ACME, [("offerId", "off_loan")]).selection
        assert [row.id for row in every_row(tenant, only, "offer")] == ["off_loan"]
        every = every_row(tenant, only, "offer", with_empty=True)
        assert [row.id for row in every] == ["off_loan", "off_card", "off_gone"]
        assert (every[0].status, every[1].figures.total, every[1].figures["ctr"], every[1].figures.last) == ("archived", 0, None, None)


def test_a_tenant_without_rows_has_no_rows_of_figures(log: Log) -> None:
    log.load(interaction("of acme"))
    with log.snapshot() as snapshot:
        for by in GROUPINGS:
            assert summary(snapshot.tenant("nobody"), Selection("nobody"), by).rows == []
        assert figures(snapshot.tenant("nobody"), Selection("nobody")).total == 0


def test_a_value_too_large_for_a_number_is_none(log: Log) -> None:
    log.load(*(interaction(f"{number}", outcome={"conversionValue": 1e308}) for number in range(3)))
    with log.snapshot() as snapshot:
        assert figures(snapshot.tenant(ACME), Selection(ACME)).revenue is None
