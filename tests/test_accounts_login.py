from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from accounts.accounts import Accounts
from accounts.identity import Role
from accounts.login import patience, sign_in_routes
from accounts.passwords import Passwords
from accounts.sessions import SESSION_COOKIE
from accounts.wall import SignInWall
from tests.accounts_fixtures import NOW, Clock

pytest_plugins = ["tests.accounts_fixtures"]

ADA = {"email": "ada@example.com", "password": "correct horse"}
BROWSER = {"accept": "text/html"}


async def behind(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(request.url))


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    accounts = Accounts(tmp_path, clock, Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    accounts.users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    return accounts


def client_of(accounts: Accounts, base_url: str = "http://testserver") -> TestClient:
    app = Starlette(
        routes=[*sign_in_routes(accounts), Route("/{path:path}", behind)],
        middleware=[Middleware(SignInWall, accounts=accounts)],
    )
    return TestClient(app, base_url=base_url, follow_redirects=False)


@pytest.fixture
def client(accounts: Accounts) -> TestClient:
    return client_of(accounts)


def test_a_link_opened_while_signed_out_is_reached_after_signing_in(client: TestClient) -> None:
    link = "/history?type=click&type=convert&customerId=caf%C3%A9%20a|b&from=2026-01-01"
    form = client.get(link, headers=BROWSER)
    page = client.get(form.headers["location"])
    assert page.status_code == 200
    assert f'name="next" value="{link.replace("&", "&amp;")}"' in page.text
    answer = client.post("/login", data={**ADA, "next": link})
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert client.get(link, headers=BROWSER).text == f"http://testserver{link}"


def test_signing_in_without_a_destination_leads_home(client: TestClient) -> None:
    assert client.post("/login", data=ADA).headers["location"] == "/"


def test_who_is_signed_in_already_goes_straight_on(client: TestClient) -> None:
    client.post("/login", data=ADA)
    answer = client.get("/login?next=%2Fhistory%3Ftype%3Dclick")
    assert (answer.status_code, answer.headers["location"]) == (303, "/history?type=click")


@pytest.mark.parametrize("evil", ["//evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil"])
def test_no_destination_leads_to_another_site(client: TestClient, evil: str) -> None:
    assert client.post("/login", data={**ADA, "next": evil}).headers["location"] == "/"
    assert client.get(f"/login?next={quote(evil)}").headers["location"] == "/"
    client.cookies.clear()
    assert 'name="next" value="/"' in client.get(f"/login?next={quote(evil)}").text


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_location_is_one_header_line_on_this_site(client: TestClient, tail: str) -> None:
    location = client.post("/login", data={**ADA, "next": "/" + tail}).headers["location"]
    assert location.isascii()
    assert location.isprintable()
    assert location == "/" or location.lstrip("/\\") == location[1:]


def cookie_of(answer_header: str) -> dict[str, object]:
    morsel = SimpleCookie(answer_header)[SESSION_COOKIE]
    return {name: value for name, value in morsel.items() if value}


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    header = client.post("/login", data=ADA).headers.get_list("set-cookie")[0]
    assert cookie_of(header) == {"path": "/", "httponly": True, "samesite": "lax", "max-age": "604800"}


def test_the_cookie_is_for_tls_alone_when_served_over_tls(accounts: Accounts) -> None:
    client = client_of(accounts, "https://testserver")
    header = client.post("/login", data=ADA).headers.get_list("set-cookie")[0]
    assert header.startswith("__Host-ih_session=")
    assert {part.strip() for part in header.split(";")[1:]} == {"HttpOnly", "Max-Age=604800", "Path=/", "SameSite=lax", "Secure"}
    token = client.cookies["__Host-ih_session"]
    assert client.get("/history").status_code == 200
    # One that another host of the domain may have set does not count.
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/history").status_code == 401


def test_signing_out_ends_the_session_and_takes_the_cookie_back(client: TestClient) -> None:
    client.post("/login", data=ADA)
    token = client.cookies[SESSION_COOKIE]
    answer = client.post("/logout", headers={"origin": "http://testserver"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert SESSION_COOKIE not in client.cookies
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/history").status_code == 401


def test_signing_in_anew_ends_the_session_that_the_browser_had(client: TestClient) -> None:
    client.post("/login", data=ADA)
    token = client.cookies[SESSION_COOKIE]
    client.post("/login", data=ADA)
    assert client.get("/history").status_code == 200
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, token)
    assert client.get("/history").status_code == 401


def test_signing_out_twice_leads_to_sign_in_as_well(client: TestClient) -> None:
    assert client.post("/logout").headers["location"] == "/login"


def test_a_wrong_password_says_so_and_keeps_the_email_but_not_the_password(client: TestClient) -> None:
    answer = client.post("/login", data={"email": "ada@example.com", "password": "wrong horse", "next": "/a"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert 'role="alert">This e-mail and password do not match an account.<' in answer.text
    assert 'value="ada@example.com"' in answer.text
    assert 'name="next" value="/a"' in answer.text
    assert "wrong horse" not in answer.text


def test_an_unknown_email_is_answered_like_a_wrong_password(client: TestClient) -> None:
    wrong = client.post("/login", data={"email": "ada@example.com", "password": "wrong horse"})
    unknown = client.post("/login", data={"email": "eve@example.com", "password": "wrong horse"})
    assert unknown.status_code == wrong.status_code
    assert unknown.text.replace("eve@", "ada@") == wrong.text


def test_what_was_typed_is_shown_as_text_and_never_as_markup(client: TestClient) -> None:
    typed = '"><script>alert(1)</script>'
    page = client.post("/login", data={"email": typed, "password": "x", "next": f"/{typed}"}).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("body", [b"", b"email=ada@example.com", b"\xff\xfe=\x00&%zz&&=", b"{}"])
def test_a_form_that_is_no_sign_in_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/login", content=body).status_code == 401


def test_a_form_larger_than_any_sign_in_is_not_read(client: TestClient) -> None:
    assert client.post("/login", data={**ADA, "next": "/" + "a" * 20_000}).status_code == 413


def test_the_sixth_failure_must_wait_and_is_told_how_long(client: TestClient, clock: Clock) -> None:
    wrong = {"email": "ada@example.com", "password": "wrong horse"}
    assert [client.post("/login", data=wrong).status_code for _ in range(5)] == [401] * 5
    clock.seconds = NOW + 70
    answer = client.post("/login", data=ADA)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(15 * 60 - 70))
    assert 'role="alert">Too many attempts. Try again in 14 minutes.<' in answer.text
    clock.seconds = NOW + 15 * 60
    assert client.post("/login", data=ADA).status_code == 303


@pytest.mark.parametrize(("seconds", "minutes"), [(1, "1 second."), (59, "59 seconds."), (60, "1 minute."), (61, "2 minutes.")])
def test_the_wait_is_told_in_whole_minutes(seconds: int, minutes: str) -> None:
    assert patience(seconds) == f"Too many attempts. Try again in {minutes}"


FOREIGN = [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_cannot_sign_a_browser_in(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/login", data=ADA, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "This sign-in was sent by another site." in answer.text


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_cannot_sign_a_browser_out(client: TestClient, headers: dict[str, str]) -> None:
    client.post("/login", data=ADA)
    assert client.post("/logout", headers=headers).status_code == 403
    assert client.get("/history").status_code == 200


def test_a_suspended_user_lands_on_the_403_page_and_can_sign_out(
    client: TestClient, accounts: Accounts
) -> None:
    accounts.users.set_role("ada@example.com", Role.NONE)
    answer = client.post("/login", data={**ADA, "next": "/history"}, headers=BROWSER, follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (403, "/history")
    assert client.get("/login").status_code == 200
    assert client.post("/logout").headers["location"] == "/login"


@pytest.mark.parametrize(("method", "path"), [("PUT", "/logout"), ("PUT", "/login"), ("DELETE", "/login")])
def test_another_method_signs_nobody_in_or_out(accounts: Accounts, method: str, path: str) -> None:
    assert TestClient(Starlette(routes=sign_in_routes(accounts))).request(method, path).status_code == 405


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_to_the_sign_out_signs_nobody_out(client: TestClient, method: str) -> None:
    client.post("/login", data=ADA)
    answer = client.request(method, "/logout", headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "set-cookie" not in answer.headers
    assert client.get("/login").headers["location"] == "/"


@pytest.mark.parametrize("path", ["/login", "/login?next=/a"])
def test_no_answer_of_the_sign_in_page_is_kept_by_a_cache(client: TestClient, path: str) -> None:
    answers = [
        client.get(path),
        client.post("/login", data={"email": "a", "password": "b"}),
        client.post("/login", data=ADA),
        client.get(path),
        client.post("/logout"),
    ]
    assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * 5
