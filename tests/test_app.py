"""The whole product as it is served: what a stranger gets of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute

from tests.browser import EMAIL, PASSWORD, Dashboard, drawn, window

pytest_plugins = ["tests.browser_fixtures"]

API_PATHS = ["/api/v1", "/api/v1/", "/api/v1/docs", "/api/v1/openapi.json", "/api/v1/interaction-history", "/api/v1/nothing"]
DASHBOARD_PATHS = ["/", "/history", "/_stcore/health", "/_stcore/host-config", "/static/index.html", "/index.html", "//api/v1", "/api/v1x"]


@pytest.mark.parametrize("path", API_PATHS)
def test_a_stranger_gets_the_apis_refusal_everywhere_under_its_path(dashboard: Dashboard, path: str) -> None:
    answer = httpx2.get(dashboard.address + path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/json")
    assert answer.json()["error"]["code"] == "UNAUTHORIZED"


def answer_to(dashboard: Dashboard, method: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """The answer to a path that is sent as it stands: other clients tidy it first."""
    connection = HTTPConnection(urlsplit(dashboard.address).netloc)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    try:
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", [
    "/api/v1/..", "/api/v1/../", "/api/v1/%2e%2e/x", "/api/v1/..%2f..%2fetc/passwd", "/api/v1/%00", "/api/v1/a%0ab", "/api/v1/%5c%5cserver/x",
])
def test_the_api_answers_every_path_under_its_own(dashboard: Dashboard, path: str) -> None:
    session = "; ".join(f"{name}={value}" for name, value in dashboard.client().cookies.items())
    for headers, status in (({}, 401), ({"Cookie": session}, 404)):
        for method in ("GET", "POST", "HEAD"):
            answer, body = answer_to(dashboard, method, path, **headers)
            assert (answer.status, answer.headers["content-type"]) == (status, "application/json")
            if method != "HEAD":
                assert json.loads(body)["error"]["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/logout"), ("HEAD", "/logout"), ("OPTIONS", "/logout"), ("PUT", "/login"), ("OPTIONS", "/login"), ("POST", "/healthz"),
    ("OPTIONS", "/readyz"), ("GET", "/logout/"), ("GET", "/healthz/.."), ("GET", "/login%0a"), ("GET", "/media/x.csv"),
])
def test_a_stranger_gets_nothing_of_the_dashboard_by_any_method(dashboard: Dashboard, method: str, path: str) -> None:
    answer, body = answer_to(dashboard, method, path)
    assert (answer.status, body) == (401, b"" if method == "HEAD" else b"Sign in first.\n")


def test_no_page_is_kept_by_the_browser_and_no_file_by_the_server(dashboard: Dashboard) -> None:
    with dashboard.client() as client:
        assert client.get("/history").headers["cache-control"] == "no-store"
        assert client.get("/logout").headers["location"] == "/login"
        assert client.get("/media/x.csv").text == "There is nothing here.\n"
        assert client.get("/_stcore/metrics").text == "There is nothing here.\n"


def test_the_server_answers_under_its_own_names_alone_and_does_not_say_what_it_is(dashboard: Dashboard) -> None:
    answer = httpx2.get(f"{dashboard.address}/login", headers={"Host": "rebound.example"})
    assert (answer.status_code, "server" in answer.headers) == (421, False)
    assert "server" not in httpx2.get(f"{dashboard.address}/login").headers


def test_a_client_does_not_choose_the_address_that_its_failures_are_counted_by(dashboard: Dashboard) -> None:
    met = [httpx2.post(f"{dashboard.address}/login", data={"email": "forwarded@example.com", "password": "wrong"},
                       headers={"X-Forwarded-For": f"10.0.{number}.7"}).status_code for number in range(6)]
    assert met == [401] * 5 + [429]


@pytest.fixture
def page_and_session(chromium: Browser, dashboard: Dashboard) -> Iterator[tuple[Page, str]]:
    """A page that is not open yet, in a browser of its own, and the token of its session."""
    page = window(chromium, dashboard)
    token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
    page.context.add_cookies([{"name": "ih_session", "value": token, "url": dashboard.address}])
    yield page, token
    page.context.close()


def test_back_after_the_sign_out_leads_to_sign_in(page_and_session: tuple[Page, str]) -> None:
    page, _ = page_and_session
    page.goto("/history")
    drawn(page)
    page.get_by_role("button", name=EMAIL).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    page.go_back()
    page.wait_for_url("**/login?next=%2Fhistory")


def test_a_page_that_loses_its_connection_after_its_session_leads_to_sign_in(page_and_session: tuple[Page, str], dashboard: Dashboard) -> None:
    page, token = page_and_session
    connections: list[WebSocketRoute] = []

    def connected(connection: WebSocketRoute) -> None:
        connection.connect_to_server()
        connections.append(connection)

    page.route_web_socket("**/_stcore/stream*", connected)
    page.goto("/history")
    drawn(page)
    dashboard.accounts.sign_out(token)
    connections[-1].close()
    page.wait_for_url("**/login?next=%2Fhistory")


@pytest.mark.parametrize("path", DASHBOARD_PATHS)
def test_a_stranger_gets_nothing_of_the_dashboard(dashboard: Dashboard, path: str) -> None:
    answer = httpx2.get(dashboard.address + path)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")
