"""What is unusual over HTTP: as the product tells it, for the caller's tenant, and refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from tests.logs import ACME, ZENITH, Log, Row, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of

PATH = f"{PREFIX}/interaction-unusual"
DAYS = [date(2026, 2, 9) + timedelta(days=number) for number in range(35)]


def daily(channel: str, counts: list[int], tenant: str = ACME) -> list[Row]:
    """So many clicks a day, the last of each in the day's last hour."""
    return [
        interaction(f"{tenant} {channel} {day} {number}", f"{day}T{'23' if number == 0 else '00'}:30:00Z", channelId=channel, tenantId=tenant)
        for day, count in zip(DAYS, counts, strict=True) for number in range(count)
    ]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("unusual")) as log, Service(log) as service:
        log.describe("channels", {"tenantId": ACME, "id": "ch_email", "name": "Email"})
        first = [interaction(f"first {tenant}", "2026-02-09T00:00:00Z", tenantId=tenant, interactionType="share") for tenant in (ACME, ZENITH)]
        log.load(*first, *daily("ch_email", [60] * 33 + [20] * 2), *daily("ch_web", [30] * 35), *daily("ch_web", [50] * 34 + [150], ZENITH))
        yield service


@pytest.fixture(scope="module")
def caller(service: Service) -> TestClient:
    return service.caller()


def test_a_change_is_told_in_numbers_and_in_words(caller: TestClient) -> None:
    answer = caller.get(PATH).json()
    description = caller.get(f"{PREFIX}/openapi.json").json()
    Draft202012Validator({**description, "$ref": "#/components/schemas/Unusual"}).validate(answer)
    [found] = answer["unusual"]
    # z = -80 / sqrt((40 + 4 * 120) / 5 * 1.25) = -7.017; of 14 windows those of a count or a usual of 100 are looked at: 6 and 4.
    assert found.pop("p") == pytest.approx(10 * 2.27e-12, rel=0.01)
    assert answer == {"tz": "UTC", "checked": True, "unusual": [{
        "channelId": "ch_email", "channelName": "Email", "measure": "click", "from": "2026-03-14T00:00:00.000Z",
        "to": "2026-03-16T00:00:00.000Z", "now": 40, "usual": 120.0, "change": pytest.approx(-2 / 3),
        "sentence": "Email clicks fell by 67% in 2 days from Saturday 14 March: 40, against the usual 120 for those weekdays.",
    }]}


def test_filters_the_end_and_the_zone_decide_what_is_looked_at(caller: TestClient) -> None:
    nothing = {"tz": "UTC", "checked": True, "unusual": []}
    assert caller.get(f"{PATH}?channelId=ch_web").json() == nothing
    assert caller.get(f"{PATH}?from=2026-03-15&channelId=ch_web").json() == nothing
    # One day less is no five weeks any more.
    assert caller.get(f"{PATH}?to=2026-03-15").json() == nothing | {"checked": False}
    assert caller.get(f"{PATH}?tz=Europe/Amsterdam").json()["tz"] == "Europe/Amsterdam"


def test_each_tenant_is_told_of_its_own(service: Service) -> None:
    [found] = service.caller(ZENITH).get(PATH).json()["unusual"]
    assert (found["channelId"], found["now"], found["usual"]) == ("ch_web", 150, 50.0)
    assert service.caller("nobody").get(PATH).json() == {"tz": "UTC", "checked": False, "unusual": []}


def test_what_is_not_understood_is_refused_by_name(caller: TestClient, service: Service) -> None:
    assert "there is no parameter 'grain'" in error_of(caller.get(f"{PATH}?grain=day"), 400, "BAD_REQUEST")
    error_of(service.stranger().get(PATH), 401, "UNAUTHORIZED")
