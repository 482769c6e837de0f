from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from accounts.accounts import Accounts
from accounts.identity import Role, Unauthenticated
from accounts.login import sign_in_routes
from accounts.password_page import password_routes
from accounts.sessions import SESSION_COOKIE
from accounts.wall import SignInWall
from tests.accounts_fixtures import EMAIL, PASSWORD

pytest_plugins = ["tests.accounts_fixtures"]

NEW = "another horse"
BROWSER = {"accept": "text/html"}
FORM = {"password": PASSWORD, "new": NEW, "repeated": NEW}


async def behind(request: Request) -> PlainTextResponse:
    return PlainTextResponse("behind")


@pytest.fixture
def accounts(empty_accounts: Accounts) -> Accounts:
    return empty_accounts


@pytest.fixture
def client(accounts: Accounts) -> TestClient:
    app = Starlette(routes=[*sign_in_routes(accounts), *password_routes(accounts), Route("/{path:path}", behind)],
                    middleware=[Middleware(SignInWall, accounts=accounts)])
    return TestClient(app, follow_redirects=False)


def sign_in(client: TestClient, accounts: Accounts, must_change: bool = False) -> str:
    accounts.users.add(EMAIL, PASSWORD, "acme", Role.VIEWER, must_change)
    client.post("/login", data={"email": EMAIL, "password": PASSWORD})
    return client.cookies[SESSION_COOKIE]


def test_a_password_of_ones_own_opens_and_the_old_one_and_all_other_sessions_do_not(client: TestClient, accounts: Accounts) -> None:
    old = sign_in(client, accounts)
    elsewhere = accounts.sign_in(EMAIL, PASSWORD, "192.0.2.7")
    answer = client.post("/password", data={**FORM, "next": "/history?type=click"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/history?type=click")
    assert client.get("/history").text == "behind"
    for token in (old, elsewhere):
        with pytest.raises(Unauthenticated):
            accounts.authenticate_session(token)
    with pytest.raises(Unauthenticated):
        accounts.sign_in(EMAIL, PASSWORD, "192.0.2.7")
    assert accounts.sign_in(EMAIL, NEW, "192.0.2.7")


def test_with_a_first_password_nothing_but_its_change_is_open(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts, must_change=True)
    asked = client.get("/history?type=click", headers=BROWSER)
    assert (asked.status_code, asked.headers["location"]) == (303, "/password?next=%2Fhistory%3Ftype%3Dclick")
    assert client.get("/history").status_code == 403
    assert client.get("/login").headers["location"] == "/password?next=%2F"
    page = client.get(asked.headers["location"])
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "<h1>Choose a password</h1>" in page.text
    assert 'name="next" value="/history?type=click"' in page.text
    assert client.post("/password", data={**FORM, "next": "/history?type=click"}).headers["location"] == "/history?type=click"
    assert client.get("/history").text == "behind"


@pytest.mark.parametrize(("form", "status", "said"), [
    ({**FORM, "password": "wrong horse"}, 401, "This is not your present password."),
    ({**FORM, "repeated": "another hoarse"}, 422, "The two new passwords differ."),
    ({**FORM, "new": "short", "repeated": "short"}, 422, "A password has 12 to 1000 characters, this one has 5."),
    ({**FORM, "new": "Password1234", "repeated": "Password1234"}, 422, "This password is one of the first that are tried"),
    ({**FORM, "new": EMAIL, "repeated": EMAIL}, 422, "A password must not be the e-mail."),
    ({**FORM, "new": PASSWORD, "repeated": PASSWORD}, 422, "The new password is the present one."),
])
def test_a_change_that_cannot_be_made_says_why_and_changes_nothing(
    client: TestClient, accounts: Accounts, form: dict[str, str], status: int, said: str
) -> None:
    token = sign_in(client, accounts)
    answer = client.post("/password", data=form)
    assert (answer.status_code, "set-cookie" in answer.headers) == (status, False)
    assert f'role="alert">{said}' in answer.text
    assert accounts.authenticate_session(token).name == EMAIL
    assert accounts.sign_in(EMAIL, PASSWORD, "192.0.2.7")


def test_the_present_password_cannot_be_guessed_from_a_browser_that_was_left_open(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    wrong = {**FORM, "password": "wrong horse"}
    assert [client.post("/password", data=wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    assert client.post("/password", data=FORM).headers["retry-after"] == "900"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_cannot_change_a_password(client: TestClient, accounts: Accounts, headers: dict[str, str]) -> None:
    sign_in(client, accounts)
    assert client.post("/password", data=FORM, headers=headers).status_code == 403
    assert accounts.sign_in(EMAIL, PASSWORD, "192.0.2.7")


def test_a_stranger_is_led_to_the_sign_in_and_changes_nothing(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    client.cookies.clear()
    for answer in (client.get("/password"), client.post("/password", data=FORM)):
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert accounts.sign_in(EMAIL, PASSWORD, "192.0.2.7")
