from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from starlette.responses import HTMLResponse

from accounts.login import forbidden_page, sign_in_page


class Elements(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


PAGES = [
    sign_in_page(200, "/"),
    sign_in_page(401, "/", "ada@example.com", "Wrong."),
    forbidden_page("ada@example.com", "the role is none"),
]


def html(page: HTMLResponse) -> str:
    return page.body.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_and_runs_nothing(page: HTMLResponse) -> None:
    elements = Elements(html(page))
    assert not elements.of("script")
    assert [link["rel"] for link in elements.of("link")] == ["icon"]
    assert not re.search(r"(?:src|href|url\()\W*https?:", html(page))
    assert not [tag for tag, attributes in elements.found if "style" in attributes]


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_allows_the_style_in_the_page_and_nothing_else(page: HTMLResponse) -> None:
    style = re.search(r"<style>(.*?)</style>", html(page), re.DOTALL).group(1)
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )


def test_every_field_has_a_label_and_tells_the_browser_what_to_fill_in() -> None:
    elements = Elements(html(PAGES[0]))
    fields = [field for field in elements.of("input") if field.get("type") != "hidden"]
    assert [label["for"] for label in elements.of("label")] == [field["id"] for field in fields]
    assert [field["autocomplete"] for field in fields] == ["username", "current-password"]


@pytest.mark.parametrize(("page", "focused"), [(PAGES[0], "email"), (PAGES[1], "password")])
def test_typing_can_begin_in_the_field_that_is_still_missing(page: HTMLResponse, focused: str) -> None:
    assert [field["id"] for field in Elements(html(page)).of("input") if "autofocus" in field] == [focused]


def test_the_problem_is_announced_and_tied_to_the_fields() -> None:
    elements = Elements(html(PAGES[1]))
    assert [text["id"] for text in elements.of("p") if text.get("role") == "alert"] == ["problem"]
    assert [field.get("aria-describedby") for field in elements.of("input")] == [None, "problem", "problem"]


def test_a_first_visit_shows_no_problem() -> None:
    attributes = [name for _, attributes in Elements(html(PAGES[0])).found for name in attributes]
    assert not {"role", "aria-invalid", "aria-describedby"} & set(attributes)


def test_the_403_page_shows_its_words_as_text() -> None:
    page = html(forbidden_page("<b>ada</b>@example.com", "the tenant <i>acme</i> is disabled"))
    assert "&lt;b&gt;ada&lt;/b&gt;@example.com" in page
    assert "the tenant &lt;i&gt;acme&lt;/i&gt; is disabled" in page
