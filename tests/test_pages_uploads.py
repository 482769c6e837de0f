"""Uploads: whose files the server takes, how large ones, and that nothing of them stays."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import EMAIL, PASSWORD, Dashboard, at_rest
from tests.data_page import EDITOR, browser_of, drop, own_names

pytest_plugins = ["tests.browser_fixtures", "tests.data_page"]


def test_a_file_that_cannot_be_read_is_named_for_what_it_is_and_nothing_of_it_stays(shop: Dashboard, editor: Page, tmp_path: Path):
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    editor.goto("/data")
    editor.locator("input[type=file]").set_input_files(file)
    expect(editor.get_by_role("alert")).to_contain_text("picture.png")
    expect(editor.get_by_role("alert")).not_to_contain_text(str(shop.home))
    at_rest(editor)
    assert [*(shop.home / "uploads").iterdir()] == []


def test_a_file_goes_when_its_page_is_left(shop: Dashboard, editor: Page, tmp_path: Path):
    drop(editor, own_names(tmp_path))
    assert len([*(shop.home / "uploads").iterdir()]) == 1
    editor.get_by_role("link", name="History").click()
    expect(editor.get_by_role("heading", name="History", level=1)).to_be_visible()
    at_rest(editor)
    assert [*(shop.home / "uploads").iterdir()] == []


def test_a_file_goes_when_its_browser_does(shop: Dashboard, chromium: Browser, tmp_path: Path):
    page = browser_of(chromium, shop, EDITOR)
    drop(page, own_names(tmp_path))
    assert len([*(shop.home / "uploads").iterdir()]) == 1
    page.context.close()
    other = browser_of(chromium, shop, EDITOR)
    other.goto("/data")
    for _ in range(100):
        if not [*(shop.home / "uploads").iterdir()]:
            break
        other.wait_for_timeout(100)
    other.context.close()
    assert [*(shop.home / "uploads").iterdir()] == []


@pytest.mark.parametrize(("email", "status"), [(None, 401), (EMAIL, 403), (EDITOR, 403)])
def test_the_door_for_uploads_is_closed_to_all_that_have_no_page_which_takes_a_file(shop: Dashboard, email: str | None, status: int):
    cookies = {"ih_session": shop.accounts.sign_in(email, PASSWORD, "127.0.0.1")} if email else {}
    with httpx2.Client(base_url=shop.address, cookies=cookies) as client:
        for method in ("PUT", "DELETE", "OPTIONS", "GET"):
            assert client.request(method, "/_stcore/upload_file/session/file").status_code == status


def test_the_page_takes_no_file_above_the_setting(editor: Page, tmp_path: Path):
    file = tmp_path / "large.csv"
    file.write_bytes(bytes((1 << 20) + 1))
    editor.goto("/data")
    editor.locator("input[type=file]").set_input_files(file)
    expect(editor.get_by_text(re.compile("1.0MB or smaller"))).to_be_visible()


def test_the_door_takes_no_file_above_the_setting_either(editor: Page):
    asked = []
    editor.on("request", lambda request: asked.append(request.url) if request.method == "PUT" else None)
    editor.goto("/data")
    editor.locator("input[type=file]").set_input_files({"name": "empty.csv", "mimeType": "text/csv", "buffer": b""})
    expect(editor.get_by_role("alert")).to_be_visible()
    put = "async ([address, size]) => (await fetch(address, { method: 'PUT', body: new Uint8Array(size) })).status"
    assert editor.evaluate(put, [asked[0], 2 << 20]) == 413
    # The frame of a form is missing, and the token of the session.
    assert editor.evaluate(put, [asked[0], 10]) == 403


def test_a_session_of_another_account_takes_no_file(shop: Dashboard, editor: Page, admin: Page, tmp_path: Path):
    asked = []
    editor.on("request", lambda request: asked.append(request) if "/_stcore/upload_file/" in request.url else None)
    drop(editor, own_names(tmp_path))
    [address] = {request.url for request in asked if request.method == "PUT"}
    admin.goto("/data")
    expect(admin.get_by_role("heading", name="Data", level=1)).to_be_visible()
    status = admin.evaluate("async address => (await fetch(address, { method: 'PUT', body: new FormData() })).status", address)
    assert status == 403
