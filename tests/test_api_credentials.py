"""Who is asking is told by a key or a session, and by nothing else that a request says."""

from __future__ import annotations

import pytest

from accounts import SESSION_COOKIE, Role
from tests.logs import ACME, ZENITH, Log, interaction
from tests.service import HISTORY, Service
from tests.test_api_errors import error_of

PASSWORD = "correct horse battery staple"


@pytest.fixture
def loaded(log: Log, service: Service) -> Service:
    log.load(interaction("of acme"), interaction("of zenith", tenantId=ZENITH))
    return service


def seen(service: Service, **headers: str) -> list[str]:
    response = service.stranger(**headers).get(HISTORY)
    assert response.status_code == 200, response.text
    return [record["id"] for record in response.json()["data"]]


def refused(service: Service, **headers: str) -> str:
    response = service.stranger(**headers).get(HISTORY)
    assert response.headers["www-authenticate"] == "Bearer"
    return error_of(response, 401, "UNAUTHORIZED")


def session(service: Service, tenant: str = ACME, role: Role = Role.VIEWER) -> str:
    email = f"{tenant}.{role}@example.com"
    service.accounts.users.add(email, PASSWORD, tenant, role)
    return f"{SESSION_COOKIE}={service.accounts.sign_in(email, PASSWORD, '127.0.0.1')}"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_a_key_of_any_role_from_viewer_reads_its_tenant(loaded: Service, role: Role) -> None:
    for tenant in (ACME, ZENITH):
        key = loaded.key(tenant, role)
        assert seen(loaded, Authorization=f"Bearer {key}") == [f"of {tenant}"]
        assert seen(loaded, **{"X-API-Key": key}) == [f"of {tenant}"]


@pytest.mark.parametrize("spelled", ["bearer {}", "BEARER {}", "Bearer   {}", "Bearer {} "])
def test_the_scheme_may_be_spelled_as_http_allows(loaded: Service, spelled: str) -> None:
    assert seen(loaded, Authorization=spelled.format(loaded.key())) == ["of acme"]


def test_a_signed_in_browser_needs_no_key(loaded: Service) -> None:
    assert seen(loaded, Cookie=session(loaded)) == ["of acme"]
    assert seen(loaded, Cookie=session(loaded, ZENITH)) == ["of zenith"]


@pytest.mark.parametrize("authorization", [
    "Bearer", "Bearer ", "Bearer krn_wrong", "krn_wrong", "Basic {key}", "Token {key}", "Bearer {key}x", "Bearer x{key}", "",
])
def test_what_is_no_key_is_401(loaded: Service, authorization: str) -> None:
    key = loaded.key()
    message = refused(loaded, Authorization=authorization.format(key=key))
    assert message.endswith("; send an API key as Authorization: Bearer krn_… or X-API-Key, or sign in")
    assert key not in message and "krn_wrong" not in message


def test_bytes_that_are_no_text_are_no_key(loaded: Service) -> None:
    error_of(loaded.stranger().get(HISTORY, headers={"Authorization": b"Bearer \xff\xc3\xa9"}), 401, "UNAUTHORIZED")
    error_of(loaded.stranger().get(HISTORY, headers={"X-API-Key": b"\xff"}), 401, "UNAUTHORIZED")


def test_a_stranger_a_wrong_session_and_an_empty_key_are_401(loaded: Service) -> None:
    refused(loaded)
    refused(loaded, Cookie=f"{SESSION_COOKIE}=wrong")
    refused(loaded, Cookie=f"{SESSION_COOKIE}=")
    refused(loaded, **{"X-API-Key": ""})
    refused(loaded, Cookie=f"key={loaded.key()}")


def test_a_key_in_the_address_is_no_credential(loaded: Service) -> None:
    key = loaded.key()
    for name in ("key", "api_key", "access_token", "X-API-Key"):
        error_of(loaded.stranger().get(f"{HISTORY}?{name}={key}"), 401, "UNAUTHORIZED")


def test_an_expired_key_is_401_from_that_second_on(loaded: Service) -> None:
    expiry = int(loaded.seconds) + 60
    key = loaded.key(expires_at=expiry)
    loaded.seconds = expiry - 1
    assert seen(loaded, Authorization=f"Bearer {key}") == ["of acme"]
    loaded.seconds = expiry
    assert refused(loaded, Authorization=f"Bearer {key}").startswith("the API key is expired;")


def test_a_revoked_key_is_401(loaded: Service) -> None:
    key = loaded.accounts.keys.add("to be revoked", ACME, Role.VIEWER)
    assert seen(loaded, Authorization=f"Bearer {key}") == ["of acme"]
    loaded.accounts.keys.revoke("to be revoked")
    assert refused(loaded, Authorization=f"Bearer {key}").startswith("the API key is revoked;")


def test_a_session_that_was_signed_out_is_401(loaded: Service) -> None:
    cookie = session(loaded)
    assert seen(loaded, Cookie=cookie) == ["of acme"]
    loaded.accounts.sign_out(cookie.partition("=")[2])
    refused(loaded, Cookie=cookie)


def test_a_suspended_account_and_key_are_known_and_403(loaded: Service) -> None:
    for headers in ({"Authorization": f"Bearer {loaded.key(role=Role.NONE)}"}, {"Cookie": session(loaded, role=Role.NONE)}):
        response = loaded.stranger(**headers).get(HISTORY)
        assert error_of(response, 403, "FORBIDDEN").endswith("may not read: the role is none")
        assert "www-authenticate" not in response.headers


def test_a_disabled_tenant_is_403_and_only_that_one(loaded: Service) -> None:
    acme, zenith = f"Bearer {loaded.key()}", f"Bearer {loaded.key(ZENITH)}"
    loaded.accounts.tenants.set_disabled(ACME, True)
    assert error_of(loaded.stranger(Authorization=acme).get(HISTORY), 403, "FORBIDDEN").endswith("the tenant acme is disabled")
    assert seen(loaded, Authorization=zenith) == ["of zenith"]
    loaded.accounts.tenants.set_disabled(ACME, False)
    assert seen(loaded, Authorization=acme) == ["of acme"]


def test_headers_that_name_a_tenant_or_a_role_decide_nothing(loaded: Service) -> None:
    for tenant in (ZENITH, "", "*", "acme,zenith"):
        for role in ("admin", "none", "owner"):
            headers = {"X-Tenant-Id": tenant, "X-User-Role": role}
            assert seen(loaded, Authorization=f"Bearer {loaded.key()}", **headers) == ["of acme"]
            error_of(loaded.stranger(Authorization=f"Bearer {loaded.key(role=Role.NONE)}", **headers).get(HISTORY), 403, "FORBIDDEN")
            refused(loaded, **headers)


def test_a_credential_that_was_sent_decides_alone(loaded: Service) -> None:
    cookie, acme, zenith = session(loaded), loaded.key(), loaded.key(ZENITH)
    refused(loaded, Authorization="Bearer krn_wrong", Cookie=cookie, **{"X-API-Key": acme})
    refused(loaded, Cookie=cookie, **{"X-API-Key": "krn_wrong"})
    assert seen(loaded, Authorization=f"Bearer {zenith}", Cookie=cookie, **{"X-API-Key": acme}) == ["of zenith"]
    assert seen(loaded, Cookie=cookie, **{"X-API-Key": zenith}) == ["of zenith"]


def test_after_many_wrong_keys_a_wrong_one_is_429_and_a_right_one_still_reads(loaded: Service) -> None:
    for number in range(20):
        refused(loaded, Authorization=f"Bearer krn_{number}")
    response = loaded.stranger(Authorization="Bearer krn_20").get(HISTORY)
    assert error_of(response, 429, "RATE_LIMITED") == "too many failed attempts, try again in 60 seconds"
    assert response.headers["retry-after"] == "60"
    assert seen(loaded, Authorization=f"Bearer {loaded.key()}") == ["of acme"]
    loaded.seconds += 60
    refused(loaded, Authorization="Bearer krn_20")


def test_a_tenant_without_any_interaction_reads_an_empty_log(loaded: Service) -> None:
    assert seen(loaded, Authorization=f"Bearer {loaded.key('newcomer')}") == []
