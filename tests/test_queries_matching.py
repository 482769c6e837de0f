from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

import data.columns.filtering
from data.columns.filtering import JourneyPlaces, Matches, first_of
from queries.asking.selection import Selection, parse
from queries.asking.times import milliseconds
from tests.history_oracle import matching
from tests.logs import ACME, CUSTOMERS, Log, interaction

SELECTIONS = [
    [],
    [("type", "click")],
    [("type", "click"), ("type", "dismiss"), ("direction", "inbound")],
    [("offerId", "off_card"), ("creativeId", "cr_hero"), ("channelId", "ch_email")],
    [("customerId", "CUST001")],
    [("customerId", id) for id in CUSTOMERS[:3]],
    [("customerId", "CUST001"), ("customerId", "nobody")],
    [("customerId", "nobody")],
    [("type", "unheard of")],
    [("not.type", "click"), ("not.type", "unheard of")],
    [("not.offerId", "off_card"), ("not.channelId", "ch_email"), ("type", "click")],
    [("channelId", "ch_email"), ("without", "channelId"), ("not.channelId", "ch_email")],
    [("offerId", "off_card"), ("not.offerId", "off_card")],
    [("not.customerId", "CUST001"), ("not.customerId", "nobody")],
    [("customerId", "CUST001"), ("customerId", "CUST002"), ("not.customerId", "CUST002")],
    [("customerId", "CUST001"), ("not.customerId", "CUST001")],
    [("not.customerId", id) for id in CUSTOMERS],
    [("from", "2026-03-15T12:00:00.000Z"), ("to", "2026-03-15T12:00:00.001Z")],
    [("from", "2026-03-15T12:00:00.000Z"), ("type", "click"), ("customerId", "CUST002")],
]


@pytest.mark.parametrize("pairs", SELECTIONS, ids=lambda pairs: "&".join(f"{name}={value}" for name, value in pairs) or "all")
@pytest.mark.parametrize("piece", [1, 7, 1 << 17])
def test_matches_are_those_of_a_plain_search_from_either_end_whatever_the_pieces(
    tangled_log: Log, monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[str, str]], piece: int,
) -> None:
    monkeypatch.setattr(data.columns.filtering, "PIECE", piece)
    expected = [row["id"] for row in matching(tangled_log.rows, ACME, pairs)]
    with tangled_log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME).columns
        matches = Matches(tenant, parse(ACME, pairs).selection)
        newest_first = first_of(matches.newest_first(), 10**6)
        assert (tenant.ids(matches.log.row[newest_first]) if len(newest_first) else []) == expected
        assert matches.count() == len(expected)
        oldest_first = first_of(matches.oldest_first(0), 10**6)
        assert oldest_first.tolist() == newest_first.tolist()[::-1]
        for place in range(0, 90, 13):
            assert first_of(matches.newest_first(place), 3).tolist() == newest_first[newest_first < place][:3].tolist()
            assert first_of(matches.oldest_first(place), 3).tolist() == oldest_first[oldest_first >= place][:3].tolist()
            assert matches.count(place) == int((newest_first >= place).sum())


@pytest.mark.parametrize("pairs", SELECTIONS, ids=lambda pairs: "&".join(f"{name}={value}" for name, value in pairs) or "all")
@pytest.mark.parametrize("piece", [1, 7, 1 << 17])
def test_the_rows_of_the_journeys_are_those_of_a_plain_search_whatever_the_pieces(
    tangled_log: Log, monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[str, str]], piece: int,
) -> None:
    monkeypatch.setattr(data.columns.filtering, "PIECE", piece)
    expected = [(row["customerId"], row["interactionType"], _ms(row["timestamp"])) for row in matching(tangled_log.rows, ACME, pairs)]
    with tangled_log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME).columns
        journeys, places = tenant.journeys, JourneyPlaces(tenant, parse(ACME, pairs).selection)
        found = []
        for run in places.runs:
            first, end = places.rows(run)
            for part in places.pieces(run):
                assert first <= part.first < part.end <= min(end, part.first + piece) and 0 < part.count <= part.end - part.first
                rows = part.first + part.places[:part.count].astype(np.int64)
                customers = tenant.customer_ids(journeys.customer[np.searchsorted(journeys.starts, rows, "right") - 1]).to_pylist()
                types = [tenant.dictionaries.type.ids[key] for key in journeys.type[rows]]
                found += zip(customers, types, journeys.timestamp[rows].tolist(), strict=True)
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(("start", "end", "rows"), [
    (0, None, 3), (1, None, 2), (2, None, 1), (3, None, 0), (None, 0, 0), (None, 2, 2), (None, 3, 3), (1, 2, 1), (0, 3, 3),
])
def test_a_period_that_begins_or_ends_where_the_log_does_is_cut_there(log: Log, start: int | None, end: int | None, rows: int) -> None:
    log.load(*(interaction(f"{ms}", f"2026-03-15T12:00:00.00{ms}Z") for ms in range(3)))
    noon = _ms("2026-03-15T12:00:00Z")
    selection = Selection(ACME, (), None if start is None else noon + start, None if end is None else noon + end)
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME).columns
        places = JourneyPlaces(tenant, selection)
        assert Matches(tenant, selection).count() == rows
        assert sum(piece.count for run in places.runs for piece in places.pieces(run)) == rows


def _ms(text: str) -> int:
    return milliseconds(text, ZoneInfo("UTC"))


def test_only_the_entries_of_a_mask_are_kept(tangled_log: Log) -> None:
    with tangled_log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME).columns
        for pairs in ([], [("type", "click")]):
            every = first_of(Matches(tenant, parse(ACME, pairs).selection).newest_first(), 10**6)
            matches = Matches(tenant, parse(ACME, pairs).selection)
            matches.keep_only(np.arange(len(tenant.log)) % 3 == 0)
            assert first_of(matches.newest_first(), 10**6).tolist() == every[every % 3 == 0].tolist()
            assert matches.count() == int((every % 3 == 0).sum())


def test_no_piece_is_read_beyond_those_that_are_wanted() -> None:
    def pieces():
        yield np.array([9, 8])
        yield np.array([7, 6])
        raise AssertionError("read too far")

    assert first_of(pieces(), 3).tolist() == [9, 8, 7]
    assert first_of(iter([]), 3).tolist() == []
