from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.login import safe_destination


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/history",
        "/history?type=click&type=convert&customerId=caf%C3%A9%20a|b",
        "/history?next=https://example.com/",
        "/history?customerId=a\\b",
        "/loginother",
        "/a//b",
    ],
)
def test_a_path_of_this_site_is_kept_to_the_letter(address: str) -> None:
    assert safe_destination(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "history",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "\\/evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "\t//evil.example/",
        " //evil.example/",
        "/a\\..\\..\\evil",
        "/\x00",
        "/\x7f",
        "/history?a=\r\nSet-Cookie: ih_session=x",
        "javascript:alert(1)",
        "?type=click",
        "/login",
        "/login?next=/history",
        "/logout",
    ],
)
def test_anything_else_becomes_the_home_page(address: str) -> None:
    assert safe_destination(address) == "/"


def as_a_browser_reads(address: str) -> str:
    """What the URL standard does first: drop tabs and line breaks, turn the slashes."""
    stripped = address.strip("".join(map(chr, range(0x21)))).translate({9: None, 10: None, 13: None})
    path, mark, query = stripped.partition("?")
    return path.replace("\\", "/") + mark + query


@given(st.text(alphabet="/\\?#:@.a \t\r\n\x00\x7f%2f5c", max_size=12))
@example("/\t/a.a")
@example("/\\a.a")
def test_a_destination_never_leaves_this_site(address: str) -> None:
    destination = safe_destination(address)
    landed = urlsplit(urljoin("https://history.example/login", as_a_browser_reads(destination)))
    assert (landed.scheme, landed.netloc) == ("https", "history.example")
    assert destination in (address, "/")


@given(st.text())
def test_a_destination_is_stable(address: str) -> None:
    assert safe_destination(safe_destination(address)) == safe_destination(address)
