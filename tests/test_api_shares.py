"""One caller asks too much, and the others are answered as ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx2
import pytest

import api.history
import connections
from accounts import Identity, Role
from api.errors import ApiError
from api.shares import Rates, key_rate
from data.store.limits import StoreError
from tests.logs import ACME, ZENITH, Log, interaction
from tests.service import HISTORY, Service, listening


class Server:
    """A service behind a port, and its callers by their keys."""

    def __init__(self, service: Service, origin: str) -> None:
        self.service = service
        self.origin = origin

    def caller(self, tenant: str = ACME) -> httpx2.Client:
        """A client with a key of its own."""
        return httpx2.Client(base_url=self.origin, headers={"X-API-Key": self.service.key(tenant)}, timeout=30)


@pytest.fixture
def server(log: Log, service: Service) -> Iterator[Server]:
    log.load(*(interaction(f"ih_{number}", tenantId=tenant) for tenant in (ACME, ZENITH) for number in range(3)))
    with listening(service.app) as origin:
        yield Server(service, origin)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A download goes on for as long as it is read."""
    pieces = api.history.json_pieces

    def repeated(*arguments):
        while True:
            yield from pieces(*arguments)

    monkeypatch.setattr(api.history, "json_pieces", repeated)


def opened(downloads: ExitStack, caller: httpx2.Client) -> httpx2.Response:
    return downloads.enter_context(caller.stream("GET", f"{HISTORY}.ndjson"))


def refusal(response: httpx2.Response) -> tuple[int, str, str]:
    response.read()
    return response.status_code, response.headers["retry-after"], response.json()["error"]["message"]


@pytest.mark.usefixtures("endless")
def test_a_caller_has_four_downloads_at_once_and_a_tenant_sixteen_and_others_have_theirs(server: Server) -> None:
    with ExitStack() as downloads:
        callers = [server.caller() for _ in range(4)]
        first = [opened(downloads, callers[0]) for _ in range(4)]
        assert refusal(opened(downloads, callers[0])) == (
            429, "5", "you have 4 downloads under way, and no more run at once: try again when one has ended")
        assert callers[0].get(HISTORY).status_code == 200
        first[0].close()
        while (again := opened(downloads, callers[0])).status_code == 429:
            again.close()
        others = [opened(downloads, caller) for caller in callers[1:] for _ in range(4)]
        assert {download.status_code for download in (*first, again, *others)} == {200}
        assert refusal(opened(downloads, server.caller())) == (
            429, "5", "your tenant has 16 downloads under way, and no more run at once: try again when one has ended")
        assert opened(downloads, server.caller(ZENITH)).status_code == 200


@pytest.mark.usefixtures("endless")
def test_downloads_of_all_have_a_bound(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.shares._DOWNLOADS", 2)
    with ExitStack() as downloads:
        assert [opened(downloads, server.caller(tenant)).status_code for tenant in (ACME, ZENITH)] == [200, 200]
        assert refusal(opened(downloads, server.caller("newcomer"))) == (503, "5", "too many downloads are under way")


def test_a_download_that_is_refused_or_read_to_its_end_leaves_its_place(server: Server) -> None:
    caller = server.caller()
    for _ in range(6):
        assert caller.get(f"{HISTORY}.ndjson").text.count("\n") == 3
        assert caller.head(f"{HISTORY}.csv").status_code == 200
        assert caller.get(f"{HISTORY}.csv?limit=0").status_code == 400


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Pages of ACME are answered once the event has come."""
    let_go, page = threading.Event(), api.history.page

    def waiting(tenant, *arguments):
        if tenant.id == ACME:
            let_go.wait(60)
        return page(tenant, *arguments)

    monkeypatch.setattr(api.history, "page", waiting)
    yield let_go
    let_go.set()


def test_sixty_queries_of_one_caller_leave_threads_to_others(server: Server, held: threading.Event) -> None:
    busy, other = server.caller(), server.caller(ZENITH)
    with ThreadPoolExecutor(60) as threads:
        asked = [threads.submit(busy.get, HISTORY) for _ in range(60)]
        assert other.get(HISTORY).json()["pagination"]["total"] == 3
        assert other.get("/readyz").json()["status"] == "ready"
        assert other.get("/healthz").json() == {"status": "alive"}
        assert not any(one.done() for one in asked)
        held.set()
        assert {one.result().status_code for one in asked} == {200}


def test_a_caller_whose_queries_wait_in_hundreds_is_refused(server: Server, held: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.shares._WAITING_OF_CALLER", 1)
    busy = server.caller()
    with ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(busy.get, HISTORY) for _ in range(12)]
        while sum(one.done() for one in asked) < 3:
            time.sleep(0.01)
        held.set()
        answers = [one.result() for one in asked]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert [refusal(answer) for answer in refused] == [(429, "5", "too many of your requests wait for their answers")] * 3


def test_health_waits_for_no_thread(server: Server, held: threading.Event) -> None:
    with ThreadPoolExecutor(48) as threads:
        # Six callers, who have eight threads each, have all there are.
        asked = [threads.submit(caller.get, HISTORY) for caller in [server.caller() for _ in range(6)] for _ in range(8)]
        for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
            assert httpx2.get(server.origin + path).json()["status"] == status
        held.set()
        assert {one.result().status_code for one in asked} == {200}


def test_a_key_has_a_minutes_worth_of_requests_and_gets_them_back_evenly() -> None:
    seconds = 0.0
    rates = Rates(30, lambda: seconds)
    one, other, user = (Identity(ACME, Role.VIEWER, name, kind) for name, kind in (("one", "key"), ("other", "key"), ("one", "user")))
    for _ in range(30):
        rates.count(one)
    with pytest.raises(ApiError) as refused:
        rates.count(one)
    assert (int(refused.value.status), refused.value.message, refused.value.headers) == (
        429, "the key one may make 30 requests a minute: try again in 2 s", {"Retry-After": "2"})
    rates.count(other)
    for _ in range(100):
        rates.count(user)
    seconds = 2.0
    rates.count(one)
    with pytest.raises(ApiError):
        rates.count(one)
    seconds = 1000.0
    for _ in range(30):
        rates.count(one)
    with pytest.raises(ApiError):
        rates.count(one)


def test_a_rate_that_is_set_holds_for_every_answer(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IH_KEY_RATE", "2")
    with Service(log) as service:
        caller = service.caller()
        assert [caller.get(path).status_code for path in (HISTORY, "/api/v1/nothing", HISTORY, "/api/v1/docs")] == [200, 404, 429, 429]


def test_a_rate_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IH_KEY_RATE", "fast")
    with pytest.raises(StoreError, match=r"IH_KEY_RATE must be a whole number from 0 to 1000000, not 'fast'\."):
        key_rate()


@pytest.mark.usefixtures("endless")
def test_downloads_that_read_nothing_let_go_of_the_store_and_of_their_places(server: Server, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE_S", 0.5)
    monkeypatch.setattr(connections, "_LOOK_S", 0.05)
    # Soon more than what connections hold.
    log.load(*(interaction(f"large_{number}", context={"text": "x" * 500_000}) for number in range(4)))
    caller, address = server.caller(), urlsplit(server.origin)
    request = f"GET {HISTORY}.ndjson HTTP/1.1\r\nHost: x\r\nX-API-Key: {caller.headers['x-api-key']}\r\n\r\n".encode()
    with ExitStack() as silent:
        for _ in range(4):
            client = silent.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect((address.hostname, address.port))
            client.sendall(request)
            assert client.recv(10) == b"HTTP/1.1 2"
        ends = time.monotonic() + 60
        while log.store._limits._limits:
            assert time.monotonic() < ends
            time.sleep(0.05)
        with ExitStack() as downloads:
            assert [opened(downloads, caller).status_code for _ in range(4)] == [200] * 4
