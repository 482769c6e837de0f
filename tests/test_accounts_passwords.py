from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher, extract_parameters

from accounts.identity import Invalid
from accounts.passwords import COMMON_WORDS, Passwords, is_common, random_password


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_hash_matches_its_password_and_no_other(passwords: Passwords) -> None:
    stored = passwords.hashed("correct horse")
    assert passwords.matches("correct horse", stored)
    assert not passwords.matches("correct horsf", stored)
    assert not passwords.matches("", stored)


def test_a_hash_is_argon2id_and_does_not_hold_the_password(passwords: Passwords) -> None:
    stored = passwords.hashed("correct horse")
    assert stored.startswith("$argon2id$")
    assert "correct" not in stored


def test_one_password_has_another_hash_each_time(passwords: Passwords) -> None:
    assert passwords.hashed("correct horse") != passwords.hashed("correct horse")


def test_nobodys_password_never_matches(passwords: Passwords) -> None:
    assert not passwords.matches("correct horse", None)


def test_nobodys_hash_costs_what_every_other_hash_costs() -> None:
    hasher = PasswordHasher()
    shipped = Passwords(hasher)
    assert extract_parameters(shipped._nobodys_hash) == extract_parameters(hasher.hash("correct horse"))


def test_a_character_sent_in_two_parts_is_the_same_password(passwords: Passwords) -> None:
    assert passwords.matches("cafe\u0301 au lait", passwords.hashed("caf\u00e9 au lait"))


@pytest.mark.parametrize("length", [12, 1000])
def test_the_shortest_and_the_longest_password_are_allowed(passwords: Passwords, length: int) -> None:
    password = ("correct horse " * 100)[:length]
    assert passwords.matches(password, passwords.hashed(password))


@pytest.mark.parametrize("length", [0, 11, 1001])
def test_a_password_of_another_length_is_refused_with_the_rule(passwords: Passwords, length: int) -> None:
    with pytest.raises(Invalid, match=f"^a password has 12 to 1000 characters, this one has {length}$"):
        passwords.hashed("x" * length)


def test_a_random_password_can_be_typed_and_is_never_the_same() -> None:
    drawn = {random_password() for _ in range(100)}
    assert len(drawn) == 100
    assert all(re.fullmatch(r"[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){3}", password) for password in drawn)


@pytest.mark.parametrize("password", [
    "passwordpassword", "Password1234!", "P@ssw0rd2024", "P455w0rd!!!!", "qwertyuiop12", "qwertyuiopasdf", "lkjhgfdsapoi", "abcdefghijklm",
    "123456789012", "aaaaaaaaaaaa", "abababababab", "iloveyou2024", "Welcome to the", "letmeinletmein", "Summer2025!!!", "admin-admin-1",
    "1qaz!1qaz!1q", "passwort 1234",
])
def test_what_is_tried_first_is_refused(passwords: Passwords, password: str) -> None:
    with pytest.raises(Invalid, match="one of the first that are tried"):
        passwords.hashed(password, "ada@example.com")


@pytest.mark.parametrize("password", ["correct horse", "battery staple", "another horse", "correct battery", "пароль-лошадь", "long enough password"])
def test_words_of_ones_own_are_allowed(password: str) -> None:
    assert not is_common(password)


def test_no_password_that_is_made_is_common() -> None:
    assert not any(is_common(random_password()) for _ in range(300))
    assert len(COMMON_WORDS) > 200


@pytest.mark.parametrize("password", ["ada.lovelace@example.com", "ADA.Lovelace@Example.com", "ada.lovelace"])
def test_the_email_is_not_a_password(passwords: Passwords, password: str) -> None:
    with pytest.raises(Invalid, match="a password must not be the e-mail"):
        passwords.hashed(password, "ada.lovelace@example.com")
