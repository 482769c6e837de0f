"""An address that names no page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Visit

pytest_plugins = ["tests.browser_fixtures"]


def said(page: Page, words: str) -> None:
    expect(page.locator(".st-key-message")).to_contain_text(words)


@pytest.mark.parametrize(("asked", "words"), [
    ("/nopage?type=click", "There is no page /nopage"),
    # One that ends with the name of a page, and one that has to be written otherwise in an address.
    ("/xhistory?type=click", "There is no page /xhistory"),
    ("/no%20p%C3%A4ge?type=click", "There is no page /no päge"),
])
def test_a_page_that_does_not_exist_is_said_under_its_own_address(visit: Visit, asked: str, words: str):
    page = visit(asked)
    said(page, words)
    assert page.url.endswith(asked)
    page.get_by_role("link", name="Open Overview").click()
    expect(page).to_have_url(re.compile(r"/overview$"))


def test_where_only_capitals_differ_the_way_leads_to_the_page_that_is_meant_with_all_that_was_asked(visit: Visit):
    page = visit("/History?type=click&type=convert")
    said(page, "There is no page /History")
    page.get_by_role("link", name="Open History").click()
    expect(page).to_have_url(re.compile(r"/history\?type=click&type=convert$"))


def test_a_step_back_leads_to_the_message_again(visit: Visit):
    page = visit("/nopage?type=click")
    page.get_by_role("navigation").get_by_role("link", name="Customers").click()
    expect(page).to_have_url(re.compile(r"/customers$"))
    expect(page.get_by_label("Customer id")).to_be_visible()
    page.go_back()
    said(page, "There is no page /nopage")
    expect(page).to_have_url(re.compile(r"/nopage\?type=click$"))
