"""A pull walks a platform's log, whatever fails meanwhile: each row is here once, and what was committed is not asked for again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from data.loading.listing import loads
from data.loading.transaction import Stop
from data.loading.unloading import unload
from data.pulling import platform as asking
from data.pulling.platform import KeyRefused, PlatformError
from tests.logs import ACME, interaction
from tests.platform_double import BROKEN, BUSY, BUSY_A_WHILE, FLAT, KEY, Platform, answering, at, rows_of, slow, torn
from tests.pulling_fixtures import Pulling
from tests.store_checks import contents, faults, loaded, log_file

pytest_plugins = ["tests.pulling_fixtures"]


def test_a_first_pull_takes_all_and_a_second_nothing(pulling: Pulling) -> None:
    first = pulling()
    assert (first.loaded, first.changed, first.absent, first.refused) == (100, 0, 0, 0)
    assert first.totals == (("click", 33, 33, True), ("convert", 33, 33, True), ("impression", 34, 34, True), (None, 100, 100, True))
    assert str(first).splitlines()[-1] == "  the totals agree"
    assert pulling.agrees()
    with pulling.store.snapshot() as snapshot:
        version = snapshot.version
    again = pulling()
    assert (again.loaded, again.changed) == (0, 0) and again.totals == first.totals
    with pulling.store.snapshot() as snapshot:
        assert snapshot.version == version


def test_the_platforms_tenant_is_replaced_and_it_is_told_who_asks(pulling: Pulling) -> None:
    pulling(platform_tenant="t_001")
    with pulling.store.snapshot() as snapshot:
        assert snapshot.tenant_ids() == [ACME]
    assert {name: pulling.platform.headers[0][name] for name in ("Authorization", "X-API-Key", "X-Tenant-Id", "X-Requested-With")} == {
        "Authorization": f"Bearer {KEY}", "X-API-Key": KEY, "X-Tenant-Id": "t_001", "X-Requested-With": "XMLHttpRequest"}


def test_no_more_is_asked_than_is_needed(pulling: Pulling) -> None:
    pulling.platform.rows.clear()
    # A row every two hours.
    pulling.platform.add(*(row | {"timestamp": at(number * 120)} for number, row in enumerate(rows_of(60))))
    pulling.platform.most = 20
    pulling(every_s=300)
    pulling.platform.add(interaction("ih_late", at(59 * 120 - 1440)), interaction("ih_new", at(59 * 120 + 1)))
    pulling.platform.asked.clear()
    report = pulling(every_s=300)
    # Two days are 24 rows: the second page is wholly known, and ends after them.
    assert report.loaded == 2 and not report.compared
    assert [asked.get("cursor") is None for asked in pulling.platform.asked] == [True, False]


def test_requests_keep_their_distance_and_wait_as_they_are_told(pulling: Pulling) -> None:
    pulling.platform.faults = [BUSY_A_WHILE, BUSY, BROKEN, FLAT]
    pulling(every_s=300, a_minute=30)
    # Told to wait; then twice as long each time; and in between at least two seconds from one request to the next.
    assert pulling.slept[:4] == [7.0, 4, 8, 16]
    assert set(pulling.slept[4:]) == {2.0}


def test_a_date_says_as_well_when_to_ask_again(pulling: Pulling) -> None:
    pulling.platform.faults = [answering(503, Retry_After="Sun, 15 Mar 2026 12:00:42 GMT")]
    pulling()
    assert pulling.slept[0] == 42.0


@pytest.mark.parametrize(("limit", "name"), [(20, "cursor"), (50, "nextCursor")])
def test_whatever_fails_each_row_is_here_once(pulling: Pulling, limit: int, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_TIMEOUTS", (20, 2))
    pulling.platform.most, pulling.platform.cursor_name = limit, name
    pulling.platform.faults = [BUSY, None, torn, slow, None, BROKEN, FLAT, BUSY_A_WHILE]
    assert pulling().loaded == 100
    assert pulling.agrees()


def test_ids_out_of_the_order_of_time_are_met_all_the_same(pulling: Pulling) -> None:
    pulling.platform.rows.clear()
    pulling.platform.add(*(row | {"id": f"{number * 37 % 100:03d}"} for number, row in enumerate(rows_of(100))))
    pulling.platform.most = 20
    assert pulling().loaded == 100
    assert pulling.agrees()


def test_a_walk_that_breaks_goes_on_where_it_was_and_then_begins_at_the_newest(pulling: Pulling) -> None:
    pulling.platform.most = 20
    pulling.platform.faults = [None, None, *[BROKEN] * 6]
    with pytest.raises(PlatformError, match=r"answers 500: not now Asked 6 times\.$"):
        pulling()
    assert len(pulling.ids()) == 40
    assert pulling.place().cursor == "ih_00060"
    pulling.platform.add(*rows_of(10, 100))
    pulling.platform.asked.clear()
    assert pulling(every_s=300).loaded == 70
    assert [asked.get("cursor") for asked in pulling.platform.asked[:4]] == ["ih_00060", "ih_00040", "ih_00020", None]
    assert pulling.agrees()


def test_a_walk_whose_cursor_the_platform_no_longer_takes_begins_anew(pulling: Pulling) -> None:
    pulling.platform.faults = [None, *[BROKEN] * 6]
    with pytest.raises(PlatformError):
        pulling()
    pulling.platform.faults = [answering(400, {"error": "unknown cursor"})]
    assert pulling().loaded == 50
    assert pulling.agrees()


def test_rows_that_arrive_and_vanish_during_the_walk(pulling: Pulling) -> None:
    def arrives(platform: Platform, _: object) -> None:
        platform.add(*rows_of(5, 100))

    def vanishes(platform: Platform, _: object) -> None:
        for number in (10, 90):
            del platform.rows[f"ih_{number:05d}"]

    pulling.platform.most = 20
    pulling.platform.faults = [None, None, arrives, vanishes]
    report = pulling(follow_removals=True)
    assert (report.loaded, report.removed) == (104, 1)
    assert pulling.agrees()


def test_a_refused_key_stops_with_the_platforms_own_words(pulling: Pulling) -> None:
    as_documented = {"error": {"code": "UNAUTHORIZED", "message": "the key is expired", "status": 401, "requestId": "r-1"}}
    for status, body, says in (
        (401, as_documented, "the key is expired (request r-1)"),
        (403, {"error": "no such key"}, "no such key"),
        (403, b"<h1>no</h1>", "<h1>no</h1>"),
    ):
        pulling.platform.asked.clear()
        pulling.platform.faults = [answering(status, body)]
        with pytest.raises(KeyRefused) as refused:
            pulling()
        assert str(refused.value) == f"{pulling.platform.url} answers {status}: {says}"
        assert len(pulling.platform.asked) == 1 and pulling.slept == []


def test_what_is_not_a_page_is_said_to_be_none(pulling: Pulling) -> None:
    bodies: list[Any] = [{"data": []}, {"data": [], "pagination": {"total": "many"}}, [], {"data": [1], "pagination": {"total": 1}},
                         {"data": [{"id": 5}], "pagination": {"total": 2, "hasMore": True}}]
    for body in bodies:
        pulling.platform.faults = [answering(200, json.dumps(body).encode())] * 6
        with pytest.raises(PlatformError, match=r"answers with what is not a page of interactions: .*Asked 6 times"):
            pulling()
    assert pulling.ids() == []


def test_a_platform_that_leads_elsewhere_is_not_followed(pulling: Pulling) -> None:
    pulling.platform.faults = [answering(302, Location="https://elsewhere.example.com/")]
    with pytest.raises(PlatformError, match=r"leads to https://elsewhere.example.com/\. Give the address that answers itself"):
        pulling()


def test_of_the_rows_that_the_pull_wrote_the_platforms_content_wins_and_of_others_the_logs(pulling: Pulling) -> None:
    loaded(pulling.store, log_file(pulling.store.path.parent, [interaction("ih_00001", at(1), customerId="own")]))
    first = pulling()
    assert (first.loaded, first.refused) == (99, 1)
    assert first.some_refused == (("ih_00001", "the log has this id with a different customerId, offerId"),)
    # The log has a click too many of those it can compare, and one of the platform's is not in it: both are accounted for.
    assert [total for total in first.totals if not total[3]] == []
    for number in (5, 7):
        pulling.platform.rows[f"ih_{number:05d}"] |= {"customerId": "moved", "interactionType": "dismiss"}
    report = pulling()
    assert (report.loaded, report.changed, report.refused) == (0, 2, 1)
    assert faults(pulling.store) == []
    with pulling.store.snapshot() as snapshot:
        assert snapshot.rows("""
            select i.id, c.id from interactions i join customers c on c.tenant = i.tenant and c."key" = i.customer
            where i.id in ('ih_00001', 'ih_00005', 'ih_00007') order by 1
        """) == [("ih_00001", "own"), ("ih_00005", "moved"), ("ih_00007", "moved")]


def test_the_pages_of_a_day_are_one_load_that_can_be_taken_back(pulling: Pulling) -> None:
    pulling()
    pulling.platform.add(*rows_of(3, 100))
    pulling()
    today = datetime.now(UTC).date()
    with pulling.store.snapshot() as snapshot:
        [line] = loads(snapshot, ACME).lines
    assert (line.source, line.rows, line.by) == (f"pulled on {today}", 103, f"pull {pulling.platform.url}")
    unload(pulling.store, line.version, ACME, "operator", lambda _: None, Stop())
    assert contents(pulling.store)["interactions"] == []
    assert pulling().loaded == 103


def test_rows_that_cannot_be_loaded_are_told_and_accounted_for(pulling: Pulling) -> None:
    pulling.platform.rows["ih_00090"]["timestamp"] = "2026-03-01T99:00"
    del pulling.platform.rows["ih_00003"]["customerId"]
    pulling.platform.rows["ih_00004"]["recommendationId"] = "r"
    report = pulling()
    assert (report.loaded, report.refused, report.unread) == (98, 2, ("recommendationId",))
    assert dict(report.some_refused)["ih_00003"] == "customerId is missing"
    assert all(agrees for *_, agrees in report.totals)
    del pulling.platform.rows["ih_00090"]
    pulling.platform.rows["ih_00003"]["customerId"] = "c1"
    assert pulling(whole=True).refused == 0
    assert pulling.agrees()
