"""Each page in Firefox, driven over WebDriver BiDi: it is drawn, and its console has no error."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser import EMAIL, PASSWORD, Dashboard, running_dashboard

FIREFOX = os.environ.get("FIREFOX", "firefox-esr")
PATIENCE_S = 60
PAGES = {
    "/overview": "Channels", "/offers?period=all": "offers", "/offers?offerId=off_002&period=all": "Funnel",
    "/funnels": "reached the last step", "/customers": "Customers", "/history?type=click": "interactions", "/nopage": "There is no page",
}
# What is drawn in a component's own tree counts too, and so does a page that says why it has nothing.
SHOWN = """(() => {
    const app = document.querySelector("[data-testid=stApp]")
    if (app?.dataset.testScriptState !== "notRunning") return ""
    return document.querySelector("tbody tr, .st-key-message, .st-key-customer") ? document.body.innerText : ""
})()"""


class Firefox:
    """A window of Firefox, told what to do."""

    def __init__(self, connection: ClientConnection):
        self._connection = connection
        self._numbers = itertools.count(1)
        self.errors: list[str] = []
        self.do("session.new", capabilities={})
        self.do("session.subscribe", events=["log.entryAdded"])
        self._window = self.do("browsingContext.getTree")["contexts"][0]["context"]

    def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Carries out a command and returns its result; notes the errors that the console logs meanwhile."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(PATIENCE_S))
            if message["type"] == "event" and message["params"].get("level") == "error":
                self.errors.append(message["params"]["text"])
            elif message.get("id") == number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def sign_in(self, dashboard: Dashboard) -> None:
        token = dashboard.accounts.sign_in(EMAIL, PASSWORD, "127.0.0.1")
        cookie = {"name": "ih_session", "value": {"type": "string", "value": token}, "domain": "localhost", "path": "/"}
        self.do("storage.setCookie", cookie=cookie)

    def text(self, address: str, wanted: str) -> str:
        """What a page shows once it has what is wanted, or at the end of the patience."""
        self.do("browsingContext.navigate", context=self._window, url=address, wait="complete")
        end = time.monotonic() + PATIENCE_S
        shown = ""
        while wanted not in shown and time.monotonic() < end:
            time.sleep(0.2)
            answer = self.do("script.evaluate", expression=SHOWN, target={"context": self._window}, awaitPromise=False)
            shown = answer["result"].get("value", "")
        return shown


@contextmanager
def running_firefox(profile: Path) -> Iterator[Firefox]:
    """Firefox without a screen, with a profile of its own."""
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as browser:
        try:
            assert browser.stderr is not None
            said = next((line for line in browser.stderr if "WebDriver BiDi listening" in line), "")
            listening = re.search(r"ws://\S+", said)
            if listening is None:
                raise RuntimeError(f"{FIREFOX} does not listen for WebDriver BiDi")
            with connect(f"{listening[0]}/session", max_size=None) as connection:
                yield Firefox(connection)
        finally:
            browser.terminate()


def main() -> None:
    amiss = []
    with (
        tempfile.TemporaryDirectory(prefix="firefox-") as folder,
        tempfile.TemporaryDirectory(prefix="dashboard-") as home,
        running_dashboard(Path(home)) as dashboard,
        running_firefox(Path(folder)) as firefox,
    ):
        firefox.sign_in(dashboard)
        for path, wanted in PAGES.items():
            shown = firefox.text(dashboard.address + path, wanted)
            if wanted not in shown:
                amiss.append(f"{path} does not show {wanted!r}: {shown[:300]!r}")
            amiss += [f"{path} logs {error}" for error in firefox.errors]
            firefox.errors.clear()
            print(f"{path}: {'shown' if wanted in shown else 'not shown'}", flush=True)
    sys.exit("\n".join(amiss) or None)


if __name__ == "__main__":
    main()
