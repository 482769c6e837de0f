from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from accounts.accounts import Accounts
from accounts.identity import Role
from accounts.login import sign_in_routes
from accounts.passwords import Passwords
from accounts.sessions import SESSION_COOKIE
from accounts.settings import AccessSettings
from accounts.wall import SignInWall

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def behind(request: Request) -> PlainTextResponse:
    identity = request.state._state.get("identity")
    return PlainTextResponse(f"behind the wall: {identity.name if identity else 'nobody'}")


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse("a page", headers={"Cache-Control": "no-cache"})


async def own_frame(request: Request) -> PlainTextResponse:
    return PlainTextResponse("framed", headers={"X-Frame-Options": "DENY"})


async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(f"{websocket.state.identity.name} is connected")
    await websocket.close()


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts = Accounts(tmp_path, passwords=passwords)
    accounts.users.add("ada@example.com", "correct horse", "acme", Role.VIEWER)
    return accounts


@pytest.fixture
def client(accounts: Accounts) -> TestClient:
    app = Starlette(
        routes=[
            *sign_in_routes(accounts),
            Route("/framed", own_frame),
            Route("/page", page),
            WebSocketRoute("/_stcore/stream", stream),
            Mount("/api/v1", routes=[WebSocketRoute("/stream", stream), Route("/{path:path}", behind)]),
            Route("/{path:path}", behind, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]),
        ],
        middleware=[Middleware(SignInWall, accounts=accounts, closed=("/media/",))],
    )
    return TestClient(app, follow_redirects=False)


def sign_in(client: TestClient, accounts: Accounts) -> str:
    token = accounts.sign_in("ada@example.com", "correct horse", "192.0.2.7")
    client.cookies.set(SESSION_COOKIE, token)
    return token


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/v1/", "/api/v1/interaction-history?limit=1"])
def test_what_answers_for_itself_needs_no_session(client: TestClient, path: str) -> None:
    assert client.get(path).text == "behind the wall: nobody"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/history",
        "/static/js/index.js",
        "/_stcore/health",
        "/favicon.png",
        "/healthz/",
        "/login/",
        "/login/extra",
        "/LOGIN",
        "/api/v10",
        "/api/v1x/interaction-history",
        "/api/v2/interaction-history",
        "//api/v1/interaction-history",
        "/loginx",
    ],
)
def test_nothing_else_reaches_a_stranger(client: TestClient, path: str) -> None:
    address = "http://testserver" + path
    assert client.get(address).status_code == 401
    assert client.get(address, headers=BROWSER).status_code == 303
    assert client.post(address, headers=BROWSER).status_code == 401
    assert client.head(address).status_code == 401
    assert "behind" not in client.get(address).text + client.get(address, headers=BROWSER).text


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/logout", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]),
        ("/login", ["PUT", "DELETE", "OPTIONS"]),
        ("/healthz", ["POST", "PUT", "DELETE", "OPTIONS"]),
        ("/readyz", ["POST", "PUT", "DELETE", "OPTIONS"]),
    ],
)
def test_what_is_open_is_so_for_its_own_methods_alone(
    client: TestClient, accounts: Accounts, path: str, methods: list[str]
) -> None:
    assert {client.request(method, path).status_code for method in methods} == {401}
    sign_in(client, accounts)
    accounts.users.set_role("ada@example.com", Role.NONE)
    assert {client.request(method, path).status_code for method in methods} == {403}


def test_nobody_gets_anything_from_a_closed_folder(client: TestClient, accounts: Accounts) -> None:
    assert client.get("/media/file.csv").status_code == 401
    sign_in(client, accounts)
    for path in ("/media/file.csv", "/media/", "/%6dedia/file.csv"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, "There is nothing here.\n")
    assert client.get("/media").status_code == 200


def test_no_page_is_kept_by_the_browser(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    assert client.get("/page").headers.get_list("cache-control") == ["no-store"]
    assert "cache-control" not in client.get("/framed").headers


def test_a_browser_is_sent_to_sign_in_and_told_where_it_wanted_to_go(client: TestClient) -> None:
    asked = "/hist%C3%B3ry?type=click&type=convert&customerId=caf%C3%A9%20a%26b"
    answer = client.get(asked, headers=BROWSER)
    location = urlsplit(answer.headers["location"])
    assert (answer.status_code, location.scheme, location.netloc, location.path) == (303, "", "", "/login")
    assert parse_qs(location.query) == {"next": [asked]}
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_script_without_a_session_gets_a_plain_401(client: TestClient) -> None:
    answer = client.get("/history", headers={"accept": "*/*"})
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_session_lets_its_user_through(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    assert client.get("/history", headers=BROWSER).text == "behind the wall: ada@example.com"
    assert client.post("/upload").text == "behind the wall: ada@example.com"


@pytest.mark.parametrize("token", ["", "invented", "ada@example.com", "\u00e9"])
def test_a_cookie_that_is_no_session_is_a_strangers(client: TestClient, token: str) -> None:
    cookie = {"cookie": f"{SESSION_COOKIE}={token}".encode("latin-1")}
    assert client.get("/history", headers=cookie).status_code == 401


def test_a_session_ends_for_the_wall_with_sign_out_and_a_new_password(
    client: TestClient, accounts: Accounts
) -> None:
    accounts.sign_out(sign_in(client, accounts))
    assert client.get("/history").status_code == 401
    sign_in(client, accounts)
    assert client.get("/history").status_code == 200
    accounts.users.set_password("ada@example.com", "another horse")
    assert client.get("/history").status_code == 401


def test_a_suspended_user_sees_a_403_page_at_the_next_click(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    assert client.get("/history", headers=BROWSER).status_code == 200
    accounts.users.set_role("ada@example.com", Role.NONE)
    answer = client.get("/history", headers=BROWSER)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "ada@example.com" in answer.text
    assert "the role is none" in answer.text
    assert '<form method="post" action="/logout">' in answer.text
    assert "behind the wall" not in answer.text


def test_a_disabled_tenant_is_told_in_text_to_a_script(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    accounts.tenants.set_disabled("acme", True)
    answer = client.get("/history")
    assert (answer.status_code, answer.text) == (
        403,
        "ada@example.com may not read: the tenant acme is disabled.\n",
    )


def closed_before_opening(client: TestClient, path: str, **headers: str) -> int:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(path, headers=headers):
        raise AssertionError("the web socket was opened")
    return refused.value.code


@pytest.mark.parametrize("path", ["/_stcore/stream", "/api/v1/stream", "/login", "/healthz"])
def test_no_web_socket_opens_for_a_stranger(client: TestClient, path: str) -> None:
    assert closed_before_opening(client, path) == 1008


def test_a_web_socket_opens_for_a_page_of_this_site_with_a_session(
    client: TestClient, accounts: Accounts
) -> None:
    sign_in(client, accounts)
    with client.websocket_connect("/_stcore/stream", headers={"origin": "http://testserver"}) as websocket:
        assert websocket.receive_text() == "ada@example.com is connected"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver:81", "http://tests"])
def test_no_web_socket_opens_for_a_page_of_another_site(
    client: TestClient, accounts: Accounts, origin: str
) -> None:
    sign_in(client, accounts)
    assert closed_before_opening(client, "/_stcore/stream", origin=origin) == 1008


def test_no_web_socket_opens_for_a_suspended_user(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    accounts.users.set_role("ada@example.com", Role.NONE)
    assert closed_before_opening(client, "/_stcore/stream") == 1008


@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/", "/healthz"])
def test_every_answer_carries_the_security_headers(client: TestClient, accounts: Accounts, path: str) -> None:
    for _ in range(2):
        headers = client.get(path, headers=BROWSER).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        sign_in(client, accounts)


def test_a_stricter_header_of_the_application_stays(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    assert client.get("/framed").headers.get_list("x-frame-options") == ["DENY"]


def test_the_application_still_starts_and_stops(client: TestClient) -> None:
    with client:
        assert client.get("/healthz").status_code == 200


def named(accounts: Accounts, client: TestClient, *hosts: str) -> TestClient:
    """The same server, which answers under some names alone."""
    accounts.settings = AccessSettings(hosts=hosts)
    return client


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "", "[", "testserver:x"])
@pytest.mark.parametrize("path", ["/", "/login", "/history", "/api/v1/interaction-history"])
def test_nothing_answers_under_a_name_that_is_not_its_own(client: TestClient, accounts: Accounts, host: str, path: str) -> None:
    sign_in(client, accounts)
    answer = named(accounts, client, "testserver", "::1").get(path, headers={"host": host})
    assert (answer.status_code, "behind" in answer.text, "IH_HOSTS" in answer.text) == (421, False, True)


@pytest.mark.parametrize("host", ["testserver", "TestServer:8501", "[::1]:8501"])
def test_its_own_names_are_answered_whatever_the_port(client: TestClient, accounts: Accounts, host: str) -> None:
    sign_in(client, accounts)
    assert named(accounts, client, "testserver", "::1").get("/history", headers={"host": host}).status_code == 200


def test_health_is_told_under_any_name_and_no_web_socket_opens_under_another(client: TestClient, accounts: Accounts) -> None:
    sign_in(client, accounts)
    named(accounts, client, "testserver")
    assert client.get("/healthz", headers={"host": "10.0.0.7"}).status_code == 200
    assert closed_before_opening(client, "/_stcore/stream", host="evil.example", origin="http://evil.example") == 1008


def test_over_tls_a_browser_is_told_to_stay_with_it(client: TestClient) -> None:
    assert client.get("https://testserver/login").headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in client.get("/login").headers
