from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from accounts.login import is_own_page


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"host": "history.example"}, True),
        ({"host": "history.example", "sec-fetch-site": "same-origin"}, True),
        ({"host": "history.example", "sec-fetch-site": "none"}, True),
        ({"host": "history.example", "sec-fetch-site": "same-site"}, False),
        ({"host": "history.example", "sec-fetch-site": "cross-site"}, False),
        ({"host": "a.example", "sec-fetch-site": "cross-site", "origin": "https://a.example"}, False),
        ({"host": "10.0.0.1:8501", "sec-fetch-site": "same-origin", "origin": "https://a.example"}, True),
        ({"host": "history.example", "origin": "https://history.example"}, True),
        ({"host": "History.Example", "origin": "https://history.example"}, True),
        ({"host": "history.example:443", "origin": "https://history.example"}, True),
        ({"host": "history.example:80", "origin": "https://history.example"}, False),
        ({"host": "localhost:8501", "origin": "http://localhost:8501"}, True),
        ({"host": "[::1]:8501", "origin": "http://[::1]:8501"}, True),
        ({"host": "localhost:8501", "origin": "http://localhost:3000"}, False),
        ({"host": "history.example", "origin": "https://evil.example"}, False),
        ({"host": "history.example", "origin": "https://history.example.evil.example"}, False),
        ({"host": "history.example", "origin": "null"}, False),
        ({"host": "history.example", "origin": ""}, False),
        ({"host": "history.example", "origin": "https://history.example:port"}, False),
        ({"host": "history.example:port", "origin": "https://history.example:port"}, False),
        ({"host": "[", "origin": "https://["}, False),
        ({"host": "", "origin": "https://"}, False),
        ({"origin": "https://history.example"}, False),
    ],
)
def test_only_this_site_and_no_site_at_all_are_own(headers: dict[str, str], own: bool) -> None:
    assert is_own_page(Headers(headers)) is own
