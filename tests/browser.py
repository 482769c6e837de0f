"""The whole product behind a port, and a real browser before it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as BrowserTimeout

from accounts import Accounts, Role

ROOT = Path(__file__).resolve().parents[1]
TENANT = "bank"
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync")

expect.set_options(timeout=30_000)

Visit = Callable[[str], Page]


@dataclass
class Dashboard:
    """A running server: its address, its state folder, the accounts in it, and its process."""

    address: str
    home: Path
    accounts: Accounts
    server: subprocess.Popen

    def run(self, *command: str) -> None:
        """Runs a command line of the product, as `("data", "load", file)`, while the server runs."""
        run(self.home, *command)

    def client(self) -> httpx2.Client:
        """A client with a session of its own."""
        cookies = {"ih_session": self.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")}
        return httpx2.Client(base_url=self.address, cookies=cookies)


@contextmanager
def running_dashboard(home: Path) -> Iterator[Dashboard]:
    """The product over a sample of 3,000 interactions, with one viewer, behind a free port."""
    run(home, "data", "sample", "--interactions", "3000", "--seed", "2", "--tenant", TENANT)
    with served(home, TENANT) as dashboard:
        yield dashboard


@contextmanager
def served(home: Path, tenant: str, server: Sequence[str] = ("-m", "serve"), **settings: str) -> Iterator[Dashboard]:
    """The product over the store of a folder, with one viewer of the tenant, behind a free port.

    `server` is what Python runs as such, `settings` are of its environment.
    """
    accounts = Accounts(home)
    if EMAIL not in {user.email for user in accounts.users.all()}:
        accounts.users.add(EMAIL, PASSWORD, tenant, Role.VIEWER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = _environment(home) | {"PORT": str(port)} | settings
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *server], cwd=ROOT, env=environment, stdout=log, stderr=log)
    dashboard = Dashboard(f"http://localhost:{port}", home, accounts, process)
    try:
        _wait_until_ready(dashboard)
        yield dashboard
    finally:
        process.terminate()
        process.wait(60)
        accounts.close()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Debian's Chromium where it is, else Playwright's own; `CHROMIUM` names another."""
    installed = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed if installed.exists() else None, args=_FLAGS)
        yield browser
        browser.close()


def window(chromium: Browser, dashboard: Dashboard) -> Page:
    """A new browser that is not signed in."""
    return chromium.new_context(base_url=dashboard.address, viewport={"width": 1280, "height": 900}).new_page()


def step_to(page: Page, address: str) -> None:
    """Shows another address in the page that is open, and returns once the answer of the server is drawn."""
    # A page that another lies over is drawn seldom or never.
    page.bring_to_front()
    at_rest(page)
    page.evaluate("""address => new Promise((answered, failed) => {
        const state = () => document.querySelector("[data-testid=stApp]").dataset.testScriptState
        const started = performance.now()
        let running = false
        const watcher = new MutationObserver(() => { running ||= state() === "running" })
        const look = () => {
            const waited = performance.now() - started
            // A small page can have been computed before it was ever drawn as running.
            if (state() === "notRunning" && (running || waited > 2000)) {
                watcher.disconnect()
                requestIdleCallback(() => requestIdleCallback(answered, { timeout: 1000 }), { timeout: 1000 })
            } else if (waited > 60000) {
                failed(new Error(`no answer to ${address}`))
            } else {
                setTimeout(look, 20)
            }
        }
        watcher.observe(document, { attributeFilter: ["data-test-script-state"], subtree: true })
        history.pushState({}, "", address)
        dispatchEvent(new PopStateEvent("popstate"))
        look()
    })""", address)


def drawn(page: Page) -> None:
    """Waits until the page shows rows or says why it has none, and nothing is being computed."""
    expect(page.locator("tbody tr, .st-key-message").filter(visible=True).first).to_be_visible(timeout=60_000)
    at_rest(page)


def choose(page: Page, label: str, option: str) -> None:
    """Chooses from a list that a person opens; again where a page that was still being drawn has closed it."""
    choice = page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        page.get_by_role("combobox", name=label).click()
        try:
            choice.click(timeout=3_000)
            return
        except BrowserTimeout:
            page.keyboard.press("Escape")
    raise AssertionError(f"the list of {label} does not stay open, or has no {option}")


def choose_zone(page: Page, city: str) -> None:
    """Chooses the time zone of a city, as a person does: there are too many to look through."""
    page.get_by_role("combobox", name="Time zone").click()
    page.keyboard.type(city)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")


def copied(page: Page, part: str) -> list[str]:
    """The address of each API call that "Copy as curl" copies in a part of the page, given by its key."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    buttons = page.locator(f".st-key-{part}")
    buttons.get_by_role("button", name="Copy as curl").click()
    expect(buttons.get_by_role("button", name="Copied")).to_be_visible()
    return [line.split("'")[1] for line in page.evaluate("navigator.clipboard.readText()").splitlines()]


def at_rest(page: Page) -> None:
    """Waits until nothing is being computed, and what was is drawn: the state is told before the last parts are."""
    app = page.get_by_test_id("stApp")
    for _ in range(20):
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        try:
            page.evaluate("() => new Promise(idle => requestIdleCallback(() => requestIdleCallback(idle, { timeout: 500 }), { timeout: 500 }))")
        except BrowserError:
            # The page has gone on to another document meanwhile.
            continue
        if app.get_attribute("data-test-script-state") == "notRunning":
            return
    raise AssertionError("the page does not come to rest")


def run(home: Path, *command: str) -> None:
    """Runs a command line of the product on a state folder."""
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=_environment(home), check=True, capture_output=True, timeout=60)


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "IH_HOME": str(home)}


def _wait_until_ready(dashboard: Dashboard) -> None:
    for _ in range(200):
        if dashboard.server.poll() is not None:
            break
        try:
            if httpx2.get(f"{dashboard.address}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise RuntimeError((dashboard.home / "server.log").read_text())
