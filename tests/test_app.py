"""The whole product as it is served: what a stranger gets of it."""

from __future__ import annotations

import httpx2
import pytest

from tests.browser import Dashboard

pytest_plugins = ["tests.browser_fixtures"]

API_PATHS = ["/api/v1", "/api/v1/", "/api/v1/docs", "/api/v1/openapi.json", "/api/v1/interaction-history", "/api/v1/nothing"]
DASHBOARD_PATHS = ["/", "/history", "/_stcore/health", "/_stcore/host-config", "/static/index.html", "/index.html", "//api/v1", "/api/v1x"]


@pytest.mark.parametrize("path", API_PATHS)
def test_a_stranger_gets_the_apis_refusal_everywhere_under_its_path(dashboard: Dashboard, path: str) -> None:
    answer = httpx2.get(dashboard.address + path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/json")
    assert answer.json()["error"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("path", DASHBOARD_PATHS)
def test_a_stranger_gets_nothing_of_the_dashboard(dashboard: Dashboard, path: str) -> None:
    answer = httpx2.get(dashboard.address + path)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")
