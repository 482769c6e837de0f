"""What no walk from the newest can see, the totals tell: rows that came late, that are gone, that the platform itself loses from page to page."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.pulling.books import Books
from data.pulling.platform import PlatformError
from data.pulling.source import Pull
from data.store.store import Store
from tests.logs import ACME, interaction
from tests.platform_double import BROKEN, BUSY, BUSY_A_WHILE, FLAT, KEY, Fault, Platform, at, rows_of, serving, torn
from tests.pulling_fixtures import Pulling
from tests.store_checks import faults, loaded, log_file

pytest_plugins = ["tests.pulling_fixtures"]


def test_a_row_that_came_late_is_found_by_its_type_alone(pulling: Pulling) -> None:
    pulling()
    pulling.platform.add(interaction("old", "2025-01-01T00:00:00.000Z", interactionType="click", offerId="loan"))
    pulling.platform.asked.clear()
    assert pulling(lookback_s=60).loaded == 1
    assert pulling.agrees()
    # Nothing but totals, the newest page, and pages of clicks.
    assert {asked.get("type") for asked in pulling.platform.asked if asked["limit"] != "1"} == {None, "click"}


def test_only_the_differing_slice_is_walked(pulling: Pulling) -> None:
    pulling.platform.rows.clear()
    pulling.platform.add(*rows_of(120, interactionType="click", creativeId="a"))
    pulling.platform.most = 10
    pulling(every_s=300)
    pulling.platform.add(interaction("old", "2025-01-01T00:00:00.000Z", offerId="card", creativeId="a"))
    pulling.platform.asked.clear()
    assert pulling(lookback_s=60).loaded == 1
    assert pulling.agrees()
    walked = [(asked["type"], asked.get("offerId")) for asked in pulling.platform.asked if asked["limit"] != "1" and "type" in asked]
    # Its newest page, and those of the one offer.
    assert walked[0] == ("click", None) and set(walked[1:]) == {("click", "card")}


def test_a_type_that_nobody_has_told_of_is_found_by_the_total_of_all(pulling: Pulling) -> None:
    pulling()
    pulling.platform.add(interaction("old", "2025-01-01T00:00:00.000Z", interactionType="complaint"))
    report = pulling(lookback_s=60)
    assert report.loaded == 1 and ("complaint", 1, 1, True) in report.totals
    assert pulling.agrees()


def test_what_is_gone_is_reported_and_removed_only_where_that_is_asked_for(pulling: Pulling) -> None:
    pulling()
    for number in (0, 1, 51):
        del pulling.platform.rows[f"ih_{number:05d}"]
    reported = pulling()
    assert (reported.removed, reported.absent, tuple(reported.some_absent)) == (0, 3, ("ih_00000", "ih_00001", "ih_00051"))
    assert len(pulling.ids()) == 100
    assert "the platform does not have ih_00000, ih_00001, ih_00051; --follow-removals" in str(reported)
    assert reported.totals == (("click", 32, 33, True), ("convert", 33, 33, True), ("impression", 32, 34, True), (None, 97, 100, True))
    # What is reported is not walked again.
    pulling.platform.asked.clear()
    pulling()
    assert {asked.get("type") for asked in pulling.platform.asked if asked["limit"] != "1"} == {None}
    removed = pulling(follow_removals=True)
    assert (removed.removed, removed.absent) == (3, 0)
    assert pulling.agrees()


def test_too_many_removals_are_not_believed_unasked(pulling: Pulling) -> None:
    pulling()
    kept = dict(list(pulling.platform.rows.items())[:40])
    every = dict(pulling.platform.rows)
    pulling.platform.rows = {}
    emptied = pulling(follow_removals=True)
    assert (emptied.removed, emptied.absent, emptied.held_back) == (0, 100, True)
    assert "and 90 more; these are too many to be removed unasked" in str(emptied)
    pulling.platform.rows = kept
    unattended = pulling(follow_removals=True, every_s=300, reconcile_s=0)
    assert (unattended.removed, unattended.absent, unattended.held_back) == (0, 60, True)
    pulling.platform.rows = every
    assert pulling(every_s=300, reconcile_s=0, follow_removals=True).absent == 0
    pulling.platform.rows = kept
    assert pulling(follow_removals=True).removed == 60
    assert pulling.agrees()


def test_what_is_there_again_is_no_longer_reported(pulling: Pulling) -> None:
    pulling()
    row = pulling.platform.rows.pop("ih_00050")
    assert pulling().absent == 1
    pulling.platform.add(row)
    assert pulling().absent == 0
    assert pulling.agrees()


def test_rows_of_others_are_reported_and_never_removed(pulling: Pulling) -> None:
    loaded(pulling.store, log_file(pulling.store.path.parent, [interaction("own", at(5), interactionType="click")]))
    report = pulling(follow_removals=True)
    assert (report.removed, tuple(report.some_absent)) == (0, ("own",))
    assert len(pulling.ids()) == 101 and all(agrees for *_, agrees in report.totals)


def test_a_removed_row_does_not_come_back_with_what_it_had_replaced(pulling: Pulling) -> None:
    pulling()
    pulling.platform.rows["ih_00099"]["customerId"] = "moved"
    pulling()
    del pulling.platform.rows["ih_00099"]
    assert pulling(follow_removals=True).removed == 1
    assert pulling.agrees()


def test_rows_that_the_platform_loses_from_page_to_page_are_found_in_slices_of_one_page(pulling: Pulling) -> None:
    """Its cursor means smaller ids, and the ids do not grow with time."""
    pulling.platform.rows.clear()
    pulling.platform.add(*(row | {"id": f"{number * 37 % 100:03d}", "creativeId": f"cr_{number % 4}"} for number, row in enumerate(rows_of(100))))
    pulling.platform.literal = True
    pulling.platform.most = 40
    report = pulling()
    assert len(pulling.ids()) == 100 and pulling.agrees()
    assert report.absent == 0 and report.totals[-1] == (None, 100, 100, True)


FAULTS: list[Fault] = [BUSY, BUSY_A_WHILE, BROKEN, FLAT, torn]
STEPS = st.lists(st.one_of(
    st.tuples(st.just("add"), st.integers(1, 12)),
    st.tuples(st.just("late"), st.integers(1, 3)),
    st.tuples(st.just("vanish"), st.integers(1, 9)),
    st.tuples(st.just("change"), st.integers(1, 9)),
    st.tuples(st.just("pull"), st.lists(st.integers(-3, len(FAULTS) - 1), max_size=9)),
    st.tuples(st.just("break"), st.integers(0, 6)),
), min_size=2, max_size=5)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "key"
    file.write_text(KEY)
    return file


# A pull takes seconds: what fails is shown as it was drawn, which is short.
@settings(max_examples=3, deadline=None, phases=(Phase.reuse, Phase.generate), suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, follows=st.booleans(), limit=st.sampled_from([9, 20]))
def test_after_any_sequence_both_hold_the_same_rows_or_the_difference_is_what_is_reported(
    steps: list, follows: bool, limit: int, key_file: Path, tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Rows that come late and rows that are gone may make up for each other in the totals: the last pull walks all."""
    platform = Platform(most=limit)
    platform.add(*rows_of(15))
    added = 15
    with closing(Store.open(tmp_path_factory.mktemp("drawn"))) as store, serving(platform):
        pulling = Pulling(platform, store, Pull(platform.url, str(key_file), ACME, follow_removals=follows, lookback_s=600))
        for step, much in steps:
            names = sorted(platform.rows)
            if step == "add":
                platform.add(*rows_of(much, added))
                added += much
            elif step == "late":
                platform.add(*(row | {"timestamp": at(number)} for number, row in enumerate(rows_of(much, added))))
                added += much
            elif step == "vanish":
                for name in names[::10 - much][:much]:
                    del platform.rows[name]
            elif step == "change":
                for name in names[-much:]:
                    platform.rows[name] |= {"customerId": "changed", "interactionType": "dismiss"}
            else:
                platform.faults = [FAULTS[nth] if nth >= 0 else None for nth in much] if step == "pull" else [None] * much + [BROKEN] * 6
                # Six faults one after the other break it off.
                with suppress(PlatformError):
                    pulling()
                platform.faults = []
        report = pulling(whole=True)
        ours, theirs = set(pulling.ids()), set(platform.rows)
        assert theirs <= ours
        assert ours - theirs == set(Books(store, pulling.pull.source).absent_ids()) and len(ours - theirs) == report.absent
        assert not follows or ours == theirs
        assert all(agrees for *_, agrees in report.totals)
        assert faults(store) == []
