from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import guessing as throttle_module
from accounts.guessing import Throttle, network
from accounts.identity import Throttled


def test_the_limit_is_reached_at_the_next_failure_and_says_how_long_to_wait() -> None:
    throttle = Throttle(limit=3, window=60)
    for second in (100, 110, 120):
        throttle.count("ada", second)
    with pytest.raises(Throttled) as refused:
        throttle.count("ada", 125)
    assert refused.value.retry_after == 35


def test_waiting_as_long_as_told_is_enough_and_a_moment_less_is_not() -> None:
    throttle = Throttle(limit=1, window=60)
    throttle.count("ada", 100)
    with pytest.raises(Throttled) as refused:
        throttle.count("ada", 159.5)
    assert refused.value.retry_after == 1
    throttle.count("ada", 160)


def test_a_refused_attempt_does_not_lengthen_the_wait() -> None:
    throttle = Throttle(limit=1, window=60)
    throttle.count("ada", 100)
    for second in range(101, 160):
        with pytest.raises(Throttled):
            throttle.count("ada", second)
    throttle.count("ada", 160)


def test_each_key_has_its_own_count() -> None:
    throttle = Throttle(limit=1, window=60)
    throttle.count("ada", 100)
    throttle.count("bob", 100)
    with pytest.raises(Throttled):
        throttle.count("ada", 100)


def test_a_cleared_key_starts_anew() -> None:
    throttle = Throttle(limit=1, window=60)
    throttle.count("ada", 100)
    throttle.clear("ada")
    throttle.count("ada", 100)


def test_forgiving_takes_back_one_failure_and_leaves_the_others() -> None:
    throttle = Throttle(limit=2, window=60)
    throttle.count("ada", 100)
    throttle.count("ada", 110)
    throttle.forgive("ada", 110)
    throttle.forgive("ada", 111)
    throttle.count("ada", 120)
    with pytest.raises(Throttled) as refused:
        throttle.count("ada", 130)
    assert refused.value.retry_after == 30


def test_keys_whose_time_has_passed_are_dropped_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle_module, "CROWD", 10)
    throttle = Throttle(limit=1, window=60)
    for number in range(10):
        throttle.count(f"old {number}", 100)
    throttle.count("new", 170)
    assert list(throttle._failures) == ["new"]


@given(
    limit=st.integers(1, 5),
    window=st.integers(1, 100),
    moments=st.lists(st.integers(0, 500), max_size=60).map(sorted),
)
def test_no_window_ever_holds_more_than_the_limit(limit: int, window: int, moments: list[int]) -> None:
    throttle = Throttle(limit, window)
    counted: list[int] = []
    for moment in moments:
        try:
            throttle.count("ada", moment)
        except Throttled as refused:
            assert moment + refused.retry_after == counted[-limit] + window
        else:
            counted.append(moment)
    assert all(sum(start <= other < start + window for other in counted) <= limit for start in counted)


@pytest.mark.parametrize(
    ("address", "counted_by"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_ipv6_is_counted_by_the_network_one_customer_owns(address: str, counted_by: str) -> None:
    assert network(address) == counted_by
