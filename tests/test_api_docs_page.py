from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest

from api.app import ENDPOINTS, OPERATIONS
from queries.asking.filters import FILTERS
from tests.logs import Log
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of


class Page(HTMLParser):
    """What a browser would fetch, where links lead, which ids there are, and which text is code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.tags.append(tag)
        self.ids |= {values["id"]} if "id" in values else set()
        if tag == "a":
            self.links.append(values["href"] or "")
        else:
            self.fetched += [value or "" for name, value in attributes if name in ("src", "href", "srcset", "data", "action", "poster")]


@pytest.fixture(scope="module")
def module_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("page")) as log, Service(log) as service:
        yield service


@pytest.fixture(scope="module")
def text(module_service: Service) -> str:
    response = module_service.caller().get(f"{PREFIX}/docs")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return response.text


def test_the_page_fetches_nothing_and_runs_nothing(text: str) -> None:
    page = Page(text)
    assert page.fetched == []
    assert "script" not in page.tags and "link" not in page.tags and "iframe" not in page.tags
    for foreign in ("url(", "@import", "//cdn", "javascript:"):
        assert foreign not in text


def test_every_link_leads_to_this_server_or_within_the_page(text: str) -> None:
    page = Page(text)
    assert f"{PREFIX}/openapi.json" in page.links
    for link in page.links:
        assert link == f"{PREFIX}/openapi.json" or link.removeprefix("#") in page.ids


def test_every_endpoint_filter_and_parameter_stands_on_the_page(text: str) -> None:
    for endpoint in ENDPOINTS:
        assert f"<b>GET</b>{PREFIX}{endpoint.path}</code>" in text
        assert f'href="#{endpoint.name}"' in text
        for parameter in endpoint.parameters:
            assert f"<td><code>{parameter.name}</code></td>" in text
    for operation in OPERATIONS:
        assert f"<b>{operation.method}</b>{PREFIX}{operation.path}</code>" in text
        assert f'href="#{operation.name}"' in text
    for filter in FILTERS:
        for name in (filter.name, *filter.aliases):
            assert f"<td><code>{name}</code></td>" in text


def test_every_refusal_stands_on_the_page(text: str) -> None:
    for status in (400, 401, 403, 404, 413, 415, 429, 503):
        assert f"<td><code>{status}</code></td>" in text
    assert '"code": "BAD_REQUEST"' in unescape(text)


def test_no_mark_of_the_descriptions_is_left_as_it_was_written(text: str) -> None:
    prose = re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)
    assert "`" not in prose
    assert "<code>nextCursor</code>" in prose


def test_the_examples_call_the_server_that_was_asked(module_service: Service) -> None:
    caller = module_service.caller()
    page = caller.get(f"{PREFIX}/docs", headers={"Host": "history.example.com:8501"}).text
    assert unescape(page).count("'http://history.example.com:8501/api/v1/interaction-history'") == 1
    hostile = caller.get(f"{PREFIX}/docs", headers={"Host": "<script>alert(1)</script>"}).text
    assert "<script" not in hostile


def test_the_page_needs_a_credential(module_service: Service) -> None:
    error_of(module_service.stranger().get(f"{PREFIX}/docs"), 401, "UNAUTHORIZED")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/interaction-history", "/interaction-history.csv", "/nothing"])
def test_every_answer_carries_the_security_headers(module_service: Service, path: str) -> None:
    for caller in (module_service.caller(), module_service.stranger()):
        headers = caller.get(PREFIX + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
