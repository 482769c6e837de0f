"""Signing in by the word of an OpenID provider that really runs, over TLS, and what is tried on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import orjson
import pytest
from argon2 import PasswordHasher
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from accounts.accounts import Accounts
from accounts.identity import Identity, Role, Unauthenticated, Vouched
from accounts.login import sign_in_routes
from accounts.passwords import Passwords
from accounts.provider import Errand, Provider, Refused
from accounts.provider_login import provider_routes
from accounts.settings import AccessSettings
from accounts.wall import SignInWall
from data.store.limits import StoreError
from tests.openid_provider import OpenIdProvider, openid_provider, parameters_of

# The provider's, which is for tests.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning", "ignore:authlib.jose")

SESSION = "__Host-ih_session"
CLAIMS = {"email": "grace@example.com", "org": "Acme Ltd", "groups": ["everyone", "staff"]}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    with openid_provider(tmp_path_factory.mktemp("provider")) as provider, pytest.MonkeyPatch.context() as environment:
        environment.setenv("REQUESTS_CA_BUNDLE", str(provider.certificate))
        provider.know("grace", **CLAIMS)
        yield provider


def settings(issuer: str, **others: str) -> AccessSettings:
    return AccessSettings.of({
        "HOST": "::", "IH_OIDC_ISSUER": issuer, "IH_OIDC_CLIENT": "history", "IH_OIDC_SECRET": "s3cret", "IH_OIDC_NAME": "Acme ID",
        "IH_OIDC_TENANT_CLAIM": "org", "IH_OIDC_TENANTS": "Acme Ltd=acme; Globex=globex",
        "IH_OIDC_ROLE_CLAIM": "groups", "IH_OIDC_ROLES": "everyone=viewer; staff=editor; heads=admin", **others,
    })


@pytest.fixture
def accounts(tmp_path: Path, provider: OpenIdProvider) -> Iterator[Accounts]:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts = Accounts(tmp_path, passwords=passwords, settings=settings(provider.issuer))
    yield accounts
    accounts.close()


async def behind(request: Request) -> PlainTextResponse:
    identity: Identity = request.state.identity
    return PlainTextResponse(f"{identity.name}, {identity.role} of {identity.tenant}")


def browser_of(accounts: Accounts) -> TestClient:
    app = Starlette(routes=[*sign_in_routes(accounts), *provider_routes(accounts), Route("/{path:path}", behind)],
                    middleware=[Middleware(SignInWall, accounts=accounts)])
    return TestClient(app, base_url="https://testserver", follow_redirects=False)


@pytest.fixture
def browser(accounts: Accounts) -> TestClient:
    return browser_of(accounts)


def way_back(browser: TestClient, provider: OpenIdProvider, subject: str = "grace", destination: str = "/history") -> str:
    """Where the provider sends a browser back to that has gone there and agreed."""
    there = browser.get("/login/provider", params={"next": destination})
    assert there.status_code == 303
    return provider.agree(there.headers["location"], subject)


def seen(browser: TestClient) -> str:
    return browser.get("/history").text


def test_whom_the_provider_vouches_for_is_signed_in_with_its_tenant_and_highest_role(browser: TestClient, provider: OpenIdProvider) -> None:
    form = browser.get("/login?next=%2Fhistory%3Ftype%3Dclick").text
    assert '<a class="button" href="/login/provider?next=%2Fhistory%3Ftype%3Dclick">Sign in with Acme ID</a>' in form
    before = provider.pkce.checked
    back = browser.get(way_back(browser, provider, destination="/history?type=click"))
    assert (back.status_code, back.headers["location"]) == (303, "/history?type=click")
    assert seen(browser) == "grace@example.com, editor of acme"
    assert provider.pkce.checked == before + 1


def test_the_role_is_read_at_each_sign_in(browser: TestClient, provider: OpenIdProvider, accounts: Accounts) -> None:
    browser.get(way_back(browser, provider))
    try:
        provider.know("grace", **CLAIMS | {"groups": ["heads"], "org": "Globex", "email": "hopper@example.com"})
        browser.get(way_back(browser, provider))
        assert seen(browser) == "hopper@example.com, admin of globex"
        assert [user.email for user in accounts.users.all()] == ["hopper@example.com"]
    finally:
        provider.know("grace", **CLAIMS)


@pytest.mark.parametrize("claims", [
    {"org": "Evil Inc"}, {"org": None}, {"org": ["Acme Ltd", "Globex"]}, {"groups": []}, {"groups": None}, {"groups": "admin"}, {"groups": ["Staff"]},
    {"email": None}, {"email": "grace"}, {"email_verified": False},
])
def test_what_leads_to_no_tenant_role_or_email_opens_nothing(
    browser: TestClient, provider: OpenIdProvider, accounts: Accounts, claims: dict[str, object]
) -> None:
    provider.know("mallory", **{name: value for name, value in (CLAIMS | {"email": "mallory@example.com"} | claims).items() if value is not None})
    answer = browser.get(way_back(browser, provider, "mallory"))
    assert (answer.status_code, SESSION in browser.cookies) == (403, False)
    assert "has no access here" in answer.text
    assert accounts.users.all() == []


def test_no_provider_speaks_for_a_local_account(browser: TestClient, provider: OpenIdProvider, accounts: Accounts) -> None:
    accounts.users.add("grace@example.com", "correct horse", "globex", Role.ADMIN)
    assert browser.get(way_back(browser, provider)).status_code == 403
    assert accounts.sign_in("grace@example.com", "correct horse", "192.0.2.7")
    assert browser.post("/login", data={"email": "grace@example.com", "password": "correct horse"}).status_code == 303
    assert seen(browser) == "grace@example.com, admin of globex"


@pytest.mark.parametrize("password", ["", "correct horse"])
def test_who_has_no_password_here_signs_in_with_none(browser: TestClient, provider: OpenIdProvider, accounts: Accounts, password: str) -> None:
    browser.get(way_back(browser, provider))
    with pytest.raises(Unauthenticated):
        accounts.sign_in("grace@example.com", password, "192.0.2.7")


def test_who_is_suspended_here_stays_so(browser: TestClient, provider: OpenIdProvider, accounts: Accounts) -> None:
    browser.get(way_back(browser, provider))
    accounts.users.set_role("grace@example.com", Role.NONE)
    browser.get(way_back(browser, provider))
    assert browser.get("/history").status_code == 403


def test_another_browser_cannot_finish_what_one_began(browser: TestClient, provider: OpenIdProvider, accounts: Accounts) -> None:
    address = way_back(browser, provider)
    victim = browser_of(accounts)
    assert victim.get(address).status_code == 400
    victim.get("/login/provider")
    assert victim.get(address).status_code == 400
    assert SESSION not in victim.cookies


def test_a_code_of_another_browser_is_refused_with_ones_own_state(browser: TestClient, provider: OpenIdProvider, accounts: Accounts) -> None:
    stolen = parameters_of(way_back(browser, provider))["code"]
    thief = browser_of(accounts)
    own = parameters_of(thief.get("/login/provider").headers["location"])["state"]
    answer = thief.get("/login/provider/back?" + urlencode({"code": stolen, "state": own}))
    assert (answer.status_code, SESSION in thief.cookies) == (403, False)


def test_a_way_back_is_gone_once(browser: TestClient, provider: OpenIdProvider) -> None:
    address = way_back(browser, provider)
    assert browser.get(address).status_code == 303
    assert browser.get(address).status_code == 400


@pytest.mark.parametrize("cookie", ["", "zz", "7b7d", "6e756c6c", "7b22737461746522203a2022227d"])
@pytest.mark.parametrize("query", ["", "?state=", "?code=x&state=x", "?error=access_denied&state=x"])
def test_who_was_not_sent_there_does_not_come_back(browser: TestClient, cookie: str, query: str) -> None:
    assert browser.get(f"/login/provider/back{query}", headers={"cookie": f"__Host-ih_errand={cookie}"}).status_code == 400


def test_who_does_not_agree_is_told_so(browser: TestClient) -> None:
    state = parameters_of(browser.get("/login/provider").headers["location"])["state"]
    assert browser.get("/login/provider/back?" + urlencode({"error": "access_denied", "state": state})).status_code == 403
    assert SESSION not in browser.cookies


def test_the_way_back_leads_to_this_site_alone(browser: TestClient, provider: OpenIdProvider) -> None:
    assert browser.get(way_back(browser, provider, destination="//evil.example")).headers["location"] == "/"
    assert urlsplit(way_back(browser, provider)).netloc == "testserver"


def test_a_provider_whose_certificate_is_not_trusted_is_not_believed(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    answer = browser.get("/login/provider")
    assert (answer.status_code, "could not be completed" in answer.text) == (502, True)


def test_a_token_that_was_made_for_another_sign_in_is_refused(browser: TestClient, provider: OpenIdProvider) -> None:
    address = way_back(browser, provider)
    errand = orjson.loads(bytes.fromhex(browser.cookies["__Host-ih_errand"]))
    browser.cookies.clear()
    browser.cookies.set("__Host-ih_errand", orjson.dumps(errand | {"nonce": "another"}).hex())
    assert browser.get(address).status_code == 403


NOW = 1_800_000_000
TRUE = {"iss": "https://id.example.com", "aud": "history", "sub": "grace", "nonce": "once", "iat": NOW, "exp": NOW + 300, **CLAIMS}
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))
SECRET = OctKey.import_key("s3cret" * 8)


@pytest.mark.parametrize(("header", "key", "changes", "holds"), [
    ({"alg": "RS256"}, KEY, {}, True),
    ({"alg": "RS256"}, KEY, {"exp": NOW - 30}, True),
    ({"alg": "RS256"}, KEY, {"aud": ["history", "other"], "azp": "history"}, True),
    ({"alg": "RS256"}, OTHER, {}, False),
    ({"alg": "HS256"}, SECRET, {}, False),
    ({"alg": "RS256"}, KEY, {"iss": "https://evil.example"}, False),
    ({"alg": "RS256"}, KEY, {"aud": "other"}, False),
    ({"alg": "RS256"}, KEY, {"azp": "other"}, False),
    ({"alg": "RS256"}, KEY, {"nonce": "twice"}, False),
    ({"alg": "RS256"}, KEY, {"nonce": None}, False),
    ({"alg": "RS256"}, KEY, {"exp": NOW - 90}, False),
    ({"alg": "RS256"}, KEY, {"exp": None}, False),
    ({"alg": "RS256"}, KEY, {"nbf": NOW + 90}, False),
])
def test_a_token_holds_by_its_signature_issuer_audience_nonce_and_times(
    monkeypatch: pytest.MonkeyPatch, header: dict[str, str], key: RSAKey, changes: dict[str, object], holds: bool
) -> None:
    asked = settings("https://id.example.com").provider
    assert asked
    provider = Provider(asked, now=lambda: NOW)
    documents = {"https://id.example.com/.well-known/openid-configuration": {"issuer": asked.issuer, "jwks_uri": "keys", "token_endpoint": "token"},
                 "keys": {"keys": [KEY.as_dict(private=False)]}}
    monkeypatch.setattr(provider, "_fetched", lambda address, anew=False: documents[address])
    claims = {name: value for name, value in (TRUE | changes).items() if value is not None}
    token = {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode({**header, "kid": "1"}, claims, key)}
    monkeypatch.setattr(OAuth2Session, "fetch_token", lambda *_, **__: token)
    errand = Errand("state", "once", "verifier", "/")
    if holds:
        assert provider.vouched(errand, "", "") == Vouched("https://id.example.com", "grace", "grace@example.com", "acme", Role.EDITOR)
    else:
        with pytest.raises(Refused):
            provider.vouched(errand, "", "")


@pytest.mark.parametrize(("given", "said"), [
    ({"IH_OIDC_ISSUER": "http://id.example.com"}, "begins with https://"),
    ({"IH_OIDC_CLIENT": "", "IH_OIDC_ROLES": ""}, "these have to be set too: IH_OIDC_CLIENT, IH_OIDC_ROLES"),
    ({"IH_OIDC_ROLES": "staff=owner"}, "leads to viewer, editor, admin, not to 'owner'"),
    ({"IH_OIDC_ROLES": "staff=none"}, "not to 'none'"),
    ({"IH_OIDC_TENANTS": "acme"}, "IH_OIDC_TENANTS has pairs"),
])
def test_a_setting_of_the_provider_that_cannot_hold_is_said(given: dict[str, str], said: str) -> None:
    with pytest.raises(StoreError, match=said):
        settings("https://id.example.com", **given)
