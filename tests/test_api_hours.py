"""The interactions by weekday and hour over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from queries.asking.measures import COUNTS
from tests.figures_logs import SAMPLE, load_sample
from tests.figures_sql import figures_by_hour_of_week
from tests.logs import ZENITH, Log, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of

HOURS = f"{PREFIX}/interaction-hours"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("hours")) as log, Service(log) as service:
        load_sample(log)
        log.load(
            # A Sunday, of which the last hour is Monday's first in Amsterdam.
            interaction("1", "2026-03-15T14:59:59.999Z"),
            interaction("2", "2026-03-15T23:00:00Z", interactionType="impression"),
            interaction("secret", "2026-03-15T14:00:00Z", tenantId=ZENITH),
        )
        yield service


def test_each_hour_of_the_week_has_its_counts_in_the_zone(service: Service) -> None:
    found = service.caller().get(f"{HOURS}?tz=Europe/Amsterdam").json()
    assert (list(found), list(found["counts"])) == (["tz", "counts"], [measure.id for measure in COUNTS])
    hours = {
        (measure, day, hour): count for measure in ("click", "impression")
        for day, counts in enumerate(found["counts"][measure]) for hour, count in enumerate(counts) if count
    }
    assert hours == {("click", 6, 15): 1, ("impression", 0, 0): 1}


def test_the_sample_has_the_hours_that_sql_over_its_raw_rows_says(service: Service) -> None:
    pairs = [("type", "click"), ("type", "impression")]
    expected = figures_by_hour_of_week(service.log.store, SAMPLE, "America/New_York", pairs)
    found = service.caller(SAMPLE).get(HOURS, params=[*pairs, ("tz", "America/New_York")]).json()
    for measure in COUNTS:
        assert found["counts"][measure.id] == [
            [expected.get((day, hour), {}).get(measure.id, 0) for hour in range(24)] for day in range(7)
        ]


def test_an_empty_log_has_no_interactions_and_what_is_not_understood_is_refused(service: Service) -> None:
    assert service.caller("nobody").get(HOURS).json()["counts"]["total"] == [[0] * 24] * 7
    assert "there is no parameter 'hour'" in error_of(service.caller().get(f"{HOURS}?hour=3"), 400, "BAD_REQUEST")
    error_of(service.stranger().get(HOURS), 401, "UNAUTHORIZED")
