"""A page, and walking the pages: each agrees with a plain search through the rows that were loaded."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from queries.answers.history import LIMIT, Neighbours, Page, neighbours, page
from queries.asking.selection import Selection, parse
from tests.history_oracle import after, matching
from tests.logs import ACME, CHANNELS, CREATIVES, CUSTOMERS, OFFERS, TYPES, ZENITH, Log, Row, interaction, tangled_rows

Pairs = list[tuple[str, str]]

# A walk is many pages, and a store of its own many loads.
WALKS = settings.default.max_examples // 2
STORES = settings.default.max_examples // 5

filters = st.lists(
    st.sampled_from([
        *(("customerId", id) for id in (*CUSTOMERS, "nobody")),
        *(("offerId", id) for id in (*OFFERS, "off_unheard")),
        *(("creativeId", id) for id in CREATIVES),
        *(("channelId", id) for id in CHANNELS),
        *(("type", id) for id in (*TYPES, "Click")),
        *(("outcome", id) for id in ("positive", "none of \"these\"")),
        *(("direction", id) for id in ("inbound", "outbound")),
        *((f"not.{name}", value) for name, value in (
            ("customerId", CUSTOMERS[0]), ("offerId", next(iter(OFFERS))), ("channelId", next(iter(CHANNELS))), ("type", TYPES[0]),
            ("direction", "inbound"),
        )),
        *(("without", name) for name in ("offerId", "creativeId", "channelId", "direction")),
    ]),
    max_size=4, unique=True,
)
moments = st.none() | st.sampled_from([
    "2026-03-15T12:00:00.000Z", "2026-03-15T12:00:00.001Z", "2026-03-15T11:59:59.999Z", "2026-02-01T00:00:00Z", "2026-03-14T12:00:00.000Z",
])


@st.composite
def selections(draw: st.DrawFn) -> Pairs:
    start, end = draw(moments), draw(moments)
    if start and end and start > end:
        start, end = end, start
    return draw(filters) + [(name, at) for name, at in (("from", start), ("to", end)) if at]


def found(log: Log, pairs: Pairs, limit: int = 25, cursor: str | None = None, tenant: str = ACME) -> Page:
    with log.snapshot() as snapshot:
        return page(snapshot.tenant(tenant), parse(tenant, pairs).or_refused().selection, limit, cursor)


def walked(log: Log, pairs: Pairs, limit: int, tenant: str = ACME) -> list[Page]:
    """All pages, from the newest to the one without a next."""
    pages = [found(log, pairs, limit, None, tenant)]
    while pages[-1].next_cursor is not None:
        pages.append(found(log, pairs, limit, pages[-1].next_cursor, tenant))
    return pages


def ids(rows: list[Row]) -> list[str]:
    return [row["id"] for row in rows]


@settings(max_examples=WALKS)
@given(selections(), st.integers(1, 7), st.sampled_from([ACME, ZENITH]))
@example([], 1, ACME)
def test_walking_yields_each_matching_row_once_in_order(tangled_log: Log, pairs: Pairs, limit: int, tenant: str) -> None:
    expected = ids(matching(tangled_log.rows, tenant, pairs))
    pages = walked(tangled_log, pairs, limit, tenant)
    assert [record.id for page in pages for record in page.records] == expected
    assert {page.total for page in pages} == {len(expected)}
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]
    assert [len(page.records) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert all(page.next_cursor == page.records[-1].id for page in pages[:-1])


@given(selections(), st.integers(1, 7), st.data(), st.sampled_from([ACME, ZENITH]))
def test_a_page_after_any_row_begins_with_the_next_match(
    tangled_log: Log, pairs: Pairs, limit: int, data: st.DataObject, tenant: str,
) -> None:
    cursor = data.draw(st.sampled_from(ids(matching(tangled_log.rows, tenant))), "cursor")
    every = matching(tangled_log.rows, tenant, pairs)
    rest = after(every, tangled_log.rows, tenant, cursor)
    page = found(tangled_log, pairs, limit, cursor, tenant)
    assert [record.id for record in page.records] == ids(rest[:limit])
    assert (page.has_more, page.total) == (len(rest) > limit, len(every))


@given(selections(), st.integers(1, 7), st.sampled_from(["", "a", "ih_05", "odd~~", "zz", "😀😀", "\x00", "é"]) | st.text(max_size=4))
def test_a_cursor_that_is_no_row_is_compared_with_the_ids(tangled_log: Log, pairs: Pairs, limit: int, cursor: str) -> None:
    every = matching(tangled_log.rows, ACME, pairs)
    rest = after(every, tangled_log.rows, ACME, cursor)
    page = found(tangled_log, pairs, limit, cursor)
    assert [record.id for record in page.records] == ids(rest[:limit])
    assert (page.has_more, page.total) == (len(rest) > limit, len(every))


@given(selections(), st.integers(1, 7))
def test_another_tenants_row_is_no_cursor(tangled_log: Log, pairs: Pairs, limit: int) -> None:
    own = set(ids(matching(tangled_log.rows, ACME)))
    foreign = next(row["id"] for row in matching(tangled_log.rows, ZENITH) if row["id"] not in own)
    rest = [row for row in matching(tangled_log.rows, ACME, pairs) if row["id"].encode() < foreign.encode()]
    assert [record.id for record in found(tangled_log, pairs, limit, foreign).records] == ids(rest[:limit])


@given(selections(), st.integers(1, 7), st.data())
def test_a_page_knows_where_it_stands(tangled_log: Log, pairs: Pairs, limit: int, data: st.DataObject) -> None:
    cursor = data.draw(st.sampled_from(ids(matching(tangled_log.rows, ACME))), "cursor")
    every = matching(tangled_log.rows, ACME, pairs)
    newer = every[:len(every) - len(after(every, tangled_log.rows, ACME, cursor))]
    with tangled_log.snapshot() as snapshot:
        answer = neighbours(snapshot.tenant(ACME), parse(ACME, pairs).selection, limit, cursor)
    assert answer == Neighbours(len(newer), newer[-limit - 1]["id"] if len(newer) > limit else None)


@settings(max_examples=WALKS)
@given(selections(), st.integers(1, 7))
def test_walking_back_meets_the_pages_of_walking_on(tangled_log: Log, pairs: Pairs, limit: int) -> None:
    selection = parse(ACME, pairs).selection
    cursors = [None, *(page.next_cursor for page in walked(tangled_log, pairs, limit)[:-1])]
    with tangled_log.snapshot() as snapshot:
        back = [neighbours(snapshot.tenant(ACME), selection, limit, cursor) for cursor in cursors]
    assert [neighbour.before for neighbour in back] == [limit * number for number in range(len(cursors))]
    assert [neighbour.previous_cursor for neighbour in back[1:]] == cursors[:-1]


def test_the_newest_page_has_nothing_before_it(tangled_log: Log) -> None:
    with tangled_log.snapshot() as snapshot:
        assert neighbours(snapshot.tenant(ACME), parse(ACME, []).selection, 5, None) == Neighbours(0, None)


@st.composite
def loads(draw: st.DrawFn) -> list[list[Row]]:
    """Small logs of two tenants that share ids, in any order and in several files."""
    rows = [
        interaction(
            id, f"2026-03-15T00:00:00.00{draw(st.integers(0, 2))}Z", tenantId=tenant,
            customerId=draw(st.sampled_from(CUSTOMERS[:2])), interactionType=draw(st.sampled_from(TYPES[:2])),
        )
        for tenant in (ACME, ZENITH)
        for id in draw(st.lists(st.sampled_from("abcdefgh") | st.text(min_size=1, max_size=2), max_size=8, unique=True))
    ]
    rows = draw(st.permutations(rows))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    return [rows[start:end] for start, end in itertools.pairwise([0, *cuts, len(rows)]) if rows[start:end]]


@settings(max_examples=STORES)
@given(loads(), st.sampled_from([[], [("type", "click")], [("customerId", "CUST001")], [("customerId", id) for id in CUSTOMERS]]))
def test_any_log_loaded_in_any_order_is_walked_whole(
    engine: str,
    tmp_path_factory: pytest.TempPathFactory, files: list[list[Row]], pairs: Pairs,
) -> None:
    with Log(tmp_path_factory.mktemp("loads"), engine) as log:
        for number, rows in enumerate(files):
            log.load(*rows)
            # Between the loads too, so that nothing remembered of an older version is taken for the new one's.
            limit = number + 1
            walk = walked(log, pairs, limit)
            assert [record.id for page in walk for record in page.records] == ids(matching(log.rows, ACME, pairs))


@settings(max_examples=STORES)
@given(st.integers(1, 4), st.data())
def test_rows_that_arrive_while_walking_neither_hide_nor_repeat_others(
    engine: str,
    tmp_path_factory: pytest.TempPathFactory, limit: int, data: st.DataObject,
) -> None:
    rows = tangled_rows(data.draw(st.integers(0, 99), "seed"), 24)
    start, arriving = rows[:12], [rows[12:14], rows[14:15], rows[15:24]]
    pairs = data.draw(st.sampled_from([[], [("type", "click"), ("type", "impression")], [("customerId", "CUST001")]]), "pairs")
    with Log(tmp_path_factory.mktemp("walk"), engine) as log:
        log.load(*start)
        there = ids(matching(start, ACME, pairs))
        seen, cursor, more = [], None, True
        while more:
            page = found(log, pairs, limit, cursor)
            seen += [record.id for record in page.records]
            assert page.total == len(matching(log.rows, ACME, pairs))
            cursor, more = page.next_cursor, page.has_more
            if arriving:
                log.load(*arriving.pop(0))
        assert len(seen) == len(set(seen))
        assert [id for id in seen if id in there] == there


def test_a_row_of_the_cursors_own_instant_comes_after_it_by_the_bytes_of_the_id(log: Log) -> None:
    # By UTF-16 the emoji would come before the private-use letter, by UTF-8 after it.
    ordered = ["😀", "\ue000", "é", "e\u0301", "b", "a_", "a", "B", "10", "9", " "]
    log.load(*(interaction(id) for id in sorted(ordered)))
    by_bytes = sorted(ordered, key=str.encode, reverse=True)
    assert by_bytes[:3] == ["😀", "\ue000", "é"]
    for limit in (1, 2, 100):
        assert [record.id for page in walked(log, [], limit) for record in page.records] == by_bytes


@pytest.mark.parametrize(("count", "limit", "pages"), [(0, 1, [0]), (1, 1, [1]), (2, 1, [1, 1]), (4, 2, [2, 2]), (5, 2, [2, 2, 1])])
def test_has_more_is_exact_at_the_end(log: Log, count: int, limit: int, pages: list[int]) -> None:
    if count:
        log.load(*(interaction(f"ih_{number}") for number in range(count)))
    assert [len(page.records) for page in walked(log, [], limit)] == pages


def test_a_page_has_25_records_unless_told_and_a_limit_is_a_whole_number_from_1(tangled_log: Log) -> None:
    with tangled_log.snapshot() as snapshot:
        newest = page(snapshot.tenant(ACME), Selection(ACME))
    assert (len(newest.records), newest.limit, newest.total) == (25, 25, 90)
    assert LIMIT.read("1") == 1
    with pytest.raises(ValueError, match="from 1"):
        LIMIT.read("0")
    assert dict(LIMIT.schema) == {"type": "integer", "minimum": 1, "default": 25}


def test_a_limit_above_the_largest_counts_as_the_largest(log: Log) -> None:
    log.load(*(interaction(f"ih_{number:03d}") for number in range(101)))
    page = found(log, [], 10**18)
    assert (len(page.records), page.limit, page.has_more, page.next_cursor) == (100, 100, True, "ih_001")
    with log.snapshot() as snapshot:
        assert neighbours(snapshot.tenant(ACME), parse(ACME, []).selection, 10**18, "ih_000") == Neighbours(101, "ih_100")


def test_a_cursor_need_not_match_the_filters_nor_lie_in_the_period(log: Log) -> None:
    log.load(
        interaction("a", "2026-03-15T00:00:03Z", interactionType="accept"),
        interaction("b", "2026-03-15T00:00:02Z"),
        interaction("c", "2026-03-15T00:00:01Z", customerId="CUST002"),
        interaction("d", "2026-03-15T00:00:00Z"),
    )
    for pairs, cursor, expected in (
        ([("type", "click")], "a", ["b", "c", "d"]),
        ([("customerId", "CUST001")], "c", ["d"]),
        ([("customerId", "CUST002")], "a", ["c"]),
        ([("customerId", "CUST002")], "d", []),
        ([("to", "2026-03-15T00:00:01Z")], "a", ["d"]),
        ([("from", "2026-03-15T00:00:02Z")], "d", []),
    ):
        assert [record.id for record in found(log, pairs, 25, cursor).records] == expected


@pytest.mark.parametrize("pairs", [[], [("customerId", "CUST001")], [("type", "accept")]])
def test_a_cursor_whose_hash_is_another_records_is_still_compared_by_its_id(log: Log, pairs: Pairs) -> None:
    log.load(*(interaction(id, f"2026-03-15T00:00:0{place}Z") for place, id in enumerate("debac")))
    cursor = log.store.cursor()
    cursor.execute("insert into ids select half_hash('bb'), 2 union all select half_hash('c'), 1")
    cursor.close()
    assert log.in_order()
    below = {"bb": ["a", "b"], "c": ["a", "b", "e", "d"]}
    for id, expected in below.items():
        assert [record.id for record in found(log, pairs, 25, id).records] == ([] if pairs[:1] == [("type", "accept")] else expected)


def test_an_empty_store_and_an_unknown_tenant_have_one_empty_page(log: Log) -> None:
    empty = Page([], 0, 25, False, None)
    for pairs in ([], [("type", "click")], [("customerId", "CUST001")], [("from", "2026-01-01")]):
        for cursor in (None, "ih_1"):
            assert found(log, pairs, 25, cursor) == empty
            assert found(log, pairs, 25, cursor, "nobody") == empty


def test_a_tenants_name_is_opaque(engine: str, tmp_path: Path) -> None:
    with Log(tmp_path / "names", engine) as log:
        for tenant in ("o'brien", "%", "ACME", "acme ", "ü"):
            log.load(interaction("ih_1", tenantId=tenant))
        for tenant in ("o'brien", "%", "ACME", "acme ", "ü"):
            assert [record.tenantId for record in found(log, [], tenant=tenant).records] == [tenant]
        assert found(log, [], tenant="acme").records == []
