from __future__ import annotations

import pytest

from accounts import Role
from data.store.limits import StoreError
from tests.logs import ZENITH, Log, interaction
from tests.service import Service


def test_a_living_process_says_so_to_anybody(service: Service) -> None:
    response = service.stranger().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_readiness_tells_a_stranger_nothing_of_the_store(log: Log, service: Service) -> None:
    log.load(interaction("ih_1"))
    for headers in ({}, {"Authorization": "Bearer krn_wrong"}, {"Authorization": f"Bearer {service.key(role=Role.NONE)}"}):
        response = service.stranger(**headers).get("/readyz")
        assert (response.status_code, response.json()) == (200, {"status": "ready"})


def seen_until(newest: str | None) -> dict[str, str | None]:
    return {"newestRow": newest, "clock": newest}


def test_readiness_tells_a_caller_the_version_and_its_own_newest_row(log: Log, service: Service) -> None:
    log.load(interaction("ih_1", "2026-03-15T14:30:00.123Z"), interaction("ih_2", "2026-03-16T00:00:00Z", tenantId=ZENITH))
    assert service.caller().get("/readyz").json() == {"status": "ready", "version": 1, **seen_until("2026-03-15T14:30:00.123Z")}
    log.load(interaction("ih_3", "2026-03-17T00:00:00Z"))
    assert service.caller().get("/readyz").json() == {"status": "ready", "version": 2, **seen_until("2026-03-17T00:00:00.000Z")}
    assert service.caller("newcomer").get("/readyz").json() == {"status": "ready", "version": 2, **seen_until(None)}


def test_a_store_that_cannot_be_read_is_not_ready_but_alive(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise StoreError("/secret/place is in use")

    monkeypatch.setattr(service.log.store, "snapshot", broken)
    response = service.stranger().get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    assert response.headers["retry-after"] == "5"
    assert service.stranger().get("/healthz").status_code == 200
