"""Guessing, tried: from one place, from many, and beside the account's owner."""

from __future__ import annotations

import pytest

from accounts import guessing
from accounts.accounts import Accounts
from accounts.guessing import Throttle
from accounts.identity import Role, Throttled, Unauthenticated
from tests.accounts_fixtures import EMAIL, NOW, PASSWORD, Clock

pytest_plugins = ["tests.accounts_fixtures"]

HOME = "198.51.100.7"


def outcome(accounts: Accounts, address: str, password: str = "wrong", browser: str = "", email: str = EMAIL) -> str:
    try:
        accounts.sign_in(email, password, address, browser)
    except Unauthenticated:
        return "wrong"
    except Throttled as refused:
        return f"wait {refused.retry_after}"
    return "signed in"


def guesses(accounts: Accounts, number: int, email: str = EMAIL) -> list[str]:
    """What so many guesses meet, each from a network of its own."""
    return [outcome(accounts, f"10.0.{place}.7", email=email) for place in range(number)]


def test_of_120_guesses_from_24_networks_only_twenty_are_heard(accounts: Accounts) -> None:
    met = [outcome(accounts, f"10.0.{place % 24}.7") for place in range(120)]
    assert met == ["wrong"] * 20 + ["wait 10"] * 100


def test_a_strange_browser_then_has_one_attempt_every_ten_seconds(accounts: Accounts, clock: Clock) -> None:
    guesses(accounts, 20)
    met = []
    for second in range(1, 61):
        clock.seconds = NOW + second
        met.append(outcome(accounts, f"10.1.{second}.7"))
    assert met == [f"wait {10 - second % 10}" if second % 10 else "wrong" for second in range(1, 61)]
    clock.seconds = NOW + 70
    assert outcome(accounts, HOME, PASSWORD) == "signed in"


def test_an_address_that_nobody_has_is_braked_like_any_other(accounts: Accounts) -> None:
    assert guesses(accounts, 21, "eve@example.com") == guesses(accounts, 21)


def test_a_browser_of_the_account_is_not_braked_by_the_guesses_of_others(accounts: Accounts) -> None:
    browser = accounts.browsers.remember("", accounts.sign_in(EMAIL, PASSWORD, HOME))
    guesses(accounts, 20)
    for number in range(50):
        outcome(accounts, HOME, email=f"eve{number}@example.com")
    assert outcome(accounts, HOME, PASSWORD) == "wait 900"
    assert outcome(accounts, HOME, PASSWORD, browser) == "signed in"
    # It answers for its own failures.
    assert [outcome(accounts, HOME, browser=browser) for _ in range(6)] == ["wrong"] * 5 + ["wait 900"]


def test_a_browser_known_to_another_account_is_a_stranger_to_this_one(accounts: Accounts) -> None:
    accounts.users.add("eve@example.com", PASSWORD, "acme", Role.VIEWER)
    browser = accounts.browsers.remember("", accounts.sign_in("eve@example.com", PASSWORD, HOME))
    guesses(accounts, 20)
    assert outcome(accounts, "10.9.9.9", browser=browser) == "wait 10"


def test_a_planted_cookie_is_no_longer_known_once_the_account_has_signed_in_with_it(accounts: Accounts) -> None:
    accounts.users.add("eve@example.com", PASSWORD, "acme", Role.VIEWER)
    planted = accounts.browsers.remember("", accounts.sign_in("eve@example.com", PASSWORD, HOME))
    own = accounts.browsers.remember(planted, accounts.sign_in(EMAIL, PASSWORD, HOME))
    assert [accounts.browsers.knows(token, EMAIL) for token in (planted, own)] == [False, True]
    assert accounts.browsers.knows(own, "eve@example.com")


def test_a_new_password_forgets_the_browsers_of_the_account(accounts: Accounts) -> None:
    browser = accounts.browsers.remember("", accounts.sign_in(EMAIL, PASSWORD, HOME))
    accounts.users.set_password(EMAIL, "another horse")
    assert not accounts.browsers.knows(browser, EMAIL)


def test_the_browsers_of_an_account_are_its_last_twenty(accounts: Accounts, clock: Clock) -> None:
    known = []
    for number in range(25):
        clock.seconds = NOW + number
        known.append(accounts.browsers.remember("", accounts.sign_in(EMAIL, PASSWORD, HOME)))
    assert [accounts.browsers.knows(token, EMAIL) for token in known] == [False] * 5 + [True] * 20


def test_a_network_that_is_refused_leaves_no_trace_of_the_addresses_that_it_tries(accounts: Accounts) -> None:
    for number in range(1000):
        outcome(accounts, f"10.0.0.{number % 256}", email=f"eve{number}@example.com")
    assert len(accounts._guesses._of_account._failures) == 50
    assert len(accounts._guesses._of_account_from_network._failures) == 50


def test_no_flood_of_networks_and_addresses_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "CROWD", 10)
    monkeypatch.setattr(guessing, "MOST", 40)
    throttle = Throttle(2, 900)
    largest = 0
    for number in range(1000):
        throttle.count(number, NOW)
        largest = max(largest, len(throttle._failures))
    assert largest <= 40
    assert 999 in throttle._failures
