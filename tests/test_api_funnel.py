"""Funnels over HTTP: the cases of the definition, the shape of the answers, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from api.funnel import ENDPOINTS
from api.funnel_answers import FUNNEL_CSV, UNITS_CSV, FunnelUnitRow
from data.loading.loading import LoadOptions, load_log
from queries.asking.times import iso
from tests.logs import ACME, ZENITH, Log, Row, interaction
from tests.service import PREFIX, Service
from tests.test_api_errors import error_of
from tests.test_funnel_meaning import ANY_ORDER, CASES, EXCLUSIONS

PATH = f"{PREFIX}/funnel"
PATHS = [PATH, f"{PATH}.csv", f"{PATH}/units", f"{PATH}/units.csv"]
CUT = Path(__file__).parent / "data" / "open-bandit-cut.ndjson"
START = 1_773_532_800_000  # 2026-03-15T00:00:00.000Z


def case_rows(text: str, customer: str) -> list[Row]:
    """One unit's rows, such as "A1 B20": type A at second 1, B at second 20, in order of arrival."""
    return [
        interaction(f"{customer} {nth}", iso(START + 1000 * int(word[1:])), customerId=customer, offerId="o", interactionType=word[0])
        for nth, word in enumerate(text.split())
    ]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The API over all cases by hand, each a customer named after its rows."""
    texts = {text for text, *_ in [*CASES, *ANY_ORDER, *EXCLUSIONS]}
    with Log(tmp_path_factory.mktemp("cases")) as log, Service(log) as service:
        log.load(*(row for text in sorted(texts) for row in case_rows(text, text)))
        yield service.caller()


def level(caller: TestClient, rows: str, steps: str, **words: str) -> int:
    asked = {"customerId": rows, "step": steps.split(), "window": "100s", **words}
    answer = caller.get(PATH, params=asked).json()
    return sum(step["units"] for step in answer["steps"])


@pytest.mark.parametrize("unit", ["customer", "customer_offer"])
@pytest.mark.parametrize(("rows", "steps", "levels"), CASES)
def test_the_cases_by_hand_come_out_as_they_are_written(cases: TestClient, rows: str, steps: str, levels: tuple[int, ...], unit: str) -> None:
    queries = [{}, {"order": "strict"}, {"ties": "strict"}]
    assert tuple(level(cases, rows, steps, unit=unit, **words) for words in queries) == levels


def test_as_of_a_time_later_rows_do_not_count_in_any_form_of_the_answer(cases: TestClient) -> None:
    rows = "A1 B50 A60 C120"
    asked = {"customerId": rows, "step": ["A", "B", "C"], "window": "1h", "asOf": iso(START + 60_000)}
    found = cases.get(PATH, params=asked).json()
    assert [(step["units"], step["events"]) for step in found["steps"]] == [(1, 2), (1, 1), (0, 0)]
    assert (found["immature"], found["query"]["asOf"]) == (1, "2026-03-15T00:01:00.000Z")
    assert "rows later than 15 March 2026 00:01 (UTC) do not count" in found["definition"]
    for reached, total in ((1, 1), (2, 1), (3, 0)):
        assert cases.get(f"{PATH}/units", params=asked | {"reached": reached}).json()["pagination"]["total"] == total
        assert cases.get(f"{PATH}/units.csv", params=asked | {"reached": reached}).headers["X-Total-Count"] == str(total)
    assert cases.get(f"{PATH}.csv", params=asked).text.splitlines()[3].startswith("3,C,0,0,")
    assert cases.get(PATH, params=asked | {"asOf": iso(START + 49_999)}).json()["steps"][1]["units"] == 0


@pytest.mark.parametrize(("rows", "expected"), ANY_ORDER)
def test_the_cases_of_any_order_come_out_as_they_are_written(cases: TestClient, rows: str, expected: int) -> None:
    assert level(cases, rows, "A B C", order="any") == expected


@pytest.mark.parametrize(("rows", "steps", "expected"), EXCLUSIONS)
def test_the_cases_of_exclusion_come_out_as_they_are_written(cases: TestClient, rows: str, steps: str, expected: int) -> None:
    assert level(cases, rows, steps, exclude="X") == expected


def test_an_answer_holds_all_that_was_promised(service: Service) -> None:
    service.log.describe("channels", {"tenantId": ACME, "id": "ch_email", "name": "Email"})
    service.log.load(
        interaction("1", "2026-03-01T10:00:00Z", interactionType="impression", offerId="o", channelId="ch_email"),
        interaction("2", "2026-03-01T10:00:00Z", interactionType="click", offerId="o", channelId="ch_web"),
        interaction("3", "2026-03-02T10:00:00Z", interactionType="impression", offerId="o", customerId="C2"),
    )
    words = "step=impression&step=click|accept&window=36h&breakdown=channel&grain=day&from=2026-03-01&to=2026-03-04&tz=UTC&actionId=o"
    assert service.caller().get(f"{PATH}?{words}").json() == {
        "query": {
            "step": ["impression", "click|accept"], "window": "36h", "unit": "customer_offer", "order": "ordered", "ties": "include",
            "exclude": [], "breakdown": "channel", "grain": "day", "askedGrain": "day",
            "from": "2026-03-01T00:00:00.000Z", "to": "2026-03-04T00:00:00.000Z",
            "asOf": None, "tz": "UTC", "customerId": [], "offerId": ["o"], "creativeId": [], "channelId": [], "outcome": [],
            "direction": [], "not.customerId": [], "not.offerId": [], "not.creativeId": [], "not.channelId": [], "not.outcome": [],
            "not.direction": [], "without": [],
        },
        "definition": "Counts each pair of a customer and an offer (a row without an offer belongs to none) by how far it came: a row of type "
                      "impression (the entry), then click or accept, each a row of its own after the one before and at most 36 hours after "
                      "the entry; other rows between do not matter, rows of one instant count in step order whatever order they arrived "
                      "in, any entry may start an attempt and the furthest attempt counts, only entries on 1–3 March 2026 (UTC) count while "
                      "later steps may happen after that, and only interactions of offer o are read.",
        "steps": [
            {"step": 1, "types": ["impression"], "units": 2, "events": 2, "rateFromFirst": 1.0, "rateFromPrevious": 1.0,
             "interval95": [pytest.approx(0.342380, abs=1e-6), 1.0], "tieDependent": 0, "secondsFromEntry": None},
            {"step": 2, "types": ["click", "accept"], "units": 1, "events": 1, "rateFromFirst": 0.5, "rateFromPrevious": 0.5,
             "interval95": [pytest.approx(0.094531, abs=1e-6), pytest.approx(0.905469, abs=1e-6)], "tieDependent": 1,
             "secondsFromEntry": {"n": 1, "mean": 0.0, "p25": 0.0, "median": 0.0, "p75": 0.0, "p90": 0.0}},
        ],
        "immature": 1,
        "newestRow": "2026-03-02T10:00:00.000Z",
        "clock": "2026-03-02T10:00:00.000Z",
        "futureRows": 0,
        "breakdown": [{"value": "ch_email", "name": "Email", "steps": [1, 1]}, {"value": None, "name": None, "steps": [1, 0]}],
        "trend": [
            {"start": "2026-03-01", "date": "2026-03-01", "partial": True, "units": [1, 1], "immature": False, "waiting": 0},
            {"start": "2026-03-02", "date": "2026-03-02", "partial": True, "units": [1, 0], "immature": True, "waiting": 1},
            {"start": "2026-03-03", "date": "2026-03-03", "partial": False, "units": [0, 0], "immature": False, "waiting": 0},
        ],
    }


def test_without_a_window_nothing_is_immature_and_without_rows_there_is_no_rate(service: Service) -> None:
    service.log.load(interaction("1"))
    answer = service.caller().get(f"{PATH}?window=none&step=never&step=click&grain=month").json()
    assert (answer["immature"], answer["trend"]) == (None, [
        {"start": "2026-03-01", "date": "2026-03-01", "partial": True, "units": [0, 0], "immature": None, "waiting": None},
    ])
    assert answer["steps"][1] == {
        "step": 2, "types": ["click"], "units": 0, "events": 1, "rateFromFirst": None, "rateFromPrevious": None, "interval95": None,
        "tieDependent": 0, "secondsFromEntry": {"n": 0, "mean": None, "p25": None, "median": None, "p75": None, "p90": None},
    }


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("words", "message"), [
    ("step=a", "step must be given 2 to 10 times, not 1: 'a'"),
    ("step=a|&step=b", "step must be an interaction type, or several with | between them, not 'a|'"),
    ("window=0s", "window must be none, or a whole number followed by s, m, h or d, from 1s to 366d, not '0s'"),
    ("window=1y", "window must be none, or a whole number followed by s, m, h or d, from 1s to 366d, not '1y'"),
    ("unit=offer", "unit must be one of customer_offer, customer, not 'offer'"),
    ("order=loose", "order must be one of ordered, strict, any, not 'loose'"),
    ("ties=2s", "ties must be one of include, strict, not '2s'"),
    ("exclude=click", "exclude 'click' is also a type of a step"),
    ("exclude=|", "exclude must be an interaction type, or several with | between them, not '|'"),
    ("breakdown=type", "breakdown must be one of offer, creative, channel, direction, not 'type'"),
    ("grain=hour", "grain must be one of day, week, month, year, not 'hour'"),
    ("order=any&step=a&step=a", "order 'any' needs steps that share no type, and 'a' is in two of them"),
    ("type=click", "type is not a filter of a funnel: its steps say which types count; it was 'click'"),
    ("tz=Mars", "tz must be an IANA time zone such as Europe/Amsterdam, not 'Mars'"),
    ("steps=a", "there is no parameter 'steps'"),
])
def test_what_is_not_understood_is_400_and_named(cases: TestClient, path: str, words: str, message: str) -> None:
    bar = "&reached=1" if "units" in path else ""
    assert error_of(cases.get(f"{path}?{words}{bar}"), 400, "BAD_REQUEST") == message


@pytest.mark.parametrize(("query", "message"), [
    ("/units?reached=1&droppedAfter=1", "reached 1 and droppedAfter 1 cannot be combined"),
    ("/units?reached=4", "reached must be a step, from 1 to 3, not '4'"),
    ("/units.csv?droppedAfter=3", "droppedAfter must be a step before the last, from 1 to 2, not '3'"),
    ("/units?reached=1&limit=0", "limit must be a whole number from 1, not '0'"),
    ("/units?reached=1&cursor=ih_1", "cursor must be the nextCursor of a page of units, not 'ih_1'"),
    ("?reached=1", "there is no parameter 'reached'"),
    ("?limit=1", "there is no parameter 'limit'"),
    (".csv?table=breakdown", "table 'breakdown' needs the parameter 'breakdown'"),
    (".csv?table=trend", "table 'trend' needs the parameter 'grain'"),
    (".csv?table=units", "table must be one of steps, breakdown, trend, not 'units'"),
    ("?window=3&type=x&exclude=click", "window must be none, or a whole number followed by s, m, h or d, from 1s to 366d, not '3'; type is not a "
     "filter of a funnel: its steps say which types count; it was 'x'; exclude 'click' is also a type of a step"),
])
def test_what_no_list_or_table_answers_is_400_and_named(cases: TestClient, query: str, message: str) -> None:
    assert error_of(cases.get(PATH + query), 400, "BAD_REQUEST") == message


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_401_and_another_method_405(service: Service, path: str) -> None:
    error_of(service.stranger().get(path), 401, "UNAUTHORIZED")
    error_of(service.caller().post(path), 405, "METHOD_NOT_ALLOWED")


WORDS = "step=A&step=B&step=C&window=100s&"


@pytest.mark.parametrize("bar", ["reached=1", "reached=2", "reached=3", "droppedAfter=1", "droppedAfter=2"])
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_following_the_cursor_yields_each_unit_of_a_bar_once(cases: TestClient, bar: str, limit: int) -> None:
    counts = [step["units"] for step in cases.get(f"{PATH}?{WORDS}").json()["steps"]]
    kind, step = bar.split("=")
    expected = counts[int(step) - 1] - (counts[int(step)] if kind == "droppedAfter" else 0)
    walked, cursor = [], ""
    while cursor is not None:
        page = cases.get(f"{PATH}/units?{WORDS}{bar}&limit={limit}&cursor={cursor}").json()
        assert (page["pagination"]["total"], page["pagination"]["limit"]) == (expected, limit)
        walked += page["data"]
        cursor = page["pagination"]["nextCursor"]
    assert len({unit["customerId"] for unit in walked}) == len(walked) == expected > 0
    response = cases.get(f"{PATH}/units.csv?{WORDS}{bar}")
    assert response.headers["x-total-count"] == str(expected)
    assert [{**row, "level": int(row["level"])} for row in csv.DictReader(io.StringIO(response.text))] == walked


def test_a_page_of_units_has_its_promised_shape(cases: TestClient) -> None:
    words = f"{WORDS}unit=customer&customerId=A1+B50+A60+B70+C120"
    assert cases.get(f"{PATH}/units?{words}&reached=2&limit=5000").json() == {
        "data": [{"customerId": "A1 B50 A60 B70 C120", "offerId": None, "level": 3, "enteredAt": "2026-03-15T00:01:00.000Z",
                  "reachedAt": "2026-03-15T00:02:00.000Z"}],
        "pagination": {"total": 1, "limit": 100, "hasMore": False, "nextCursor": None},
    }


def test_a_file_of_units_takes_a_limit_a_mark_and_guards_formulas(service: Service) -> None:
    service.log.load(*(interaction(f"{nth}", interactionType="impression", customerId=f"={nth}", offerId="o") for nth in range(3)))
    caller = service.caller()
    response = caller.get(f"{PATH}/units.csv?reached=1&limit=2&bom=true")
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert response.headers["content-disposition"] == 'attachment; filename="funnel-units.csv"'
    assert response.text == (
        "\ufeffcustomerId,offerId,level,enteredAt,reachedAt\r\n"
        "'=0,o,1,2026-03-15T14:30:00.000Z,2026-03-15T14:30:00.000Z\r\n'=1,o,1,2026-03-15T14:30:00.000Z,2026-03-15T14:30:00.000Z\r\n"
    )
    assert caller.get(f"{PATH}/units.csv?reached=1&raw=true").text.splitlines()[1].startswith("=0,")


def test_each_table_is_a_file_of_the_same_numbers(service: Service) -> None:
    service.log.load(
        interaction("1", interactionType="a", offerId="=o"), interaction("2", interactionType="a", customerId="C2", offerId="=o"),
        interaction("3", "2026-03-15T14:30:01.500Z", interactionType="b", offerId="=o"),
    )
    caller, words = service.caller(), "step=a&step=b|c&breakdown=offer&grain=week"
    assert caller.get(f"{PATH}.csv?{words}").text == (
        "step,types,units,events,rateFromFirst,rateFromPrevious,low95,high95,tieDependent,n,mean,p25,median,p75,p90\r\n"
        "1,a,2,2,1.0,1.0,0.3423802275066531,1.0,0,,,,,,\r\n"
        "2,b|c,1,1,0.5,0.5,0.09453120573423071,0.9054687942657693,0,1,1.5,1.5,1.5,1.5,1.5\r\n"
    )
    assert caller.get(f"{PATH}.csv?{words}&table=breakdown").text == "value,name,step1,step2\r\n'=o,,2,1\r\n"
    assert caller.get(f"{PATH}.csv?{words}&table=breakdown&raw=true&bom=true").text == "\ufeffvalue,name,step1,step2\r\n=o,,2,1\r\n"
    response = caller.get(f"{PATH}.csv?{words}&table=trend")
    assert response.text == "start,step1,step2,immature,waiting,partial\r\n2026-03-09,2,1,true,1,true\r\n"
    assert response.headers["content-disposition"] == 'attachment; filename="funnel-trend.csv"'


def test_one_tenants_funnel_knows_nothing_of_anothers(service: Service) -> None:
    words = "?step=a&step=b&breakdown=channel&grain=day"
    service.log.load(*(interaction(f"{nth}", interactionType="a", customerId=f"C{nth}", offerId="o", channelId="web") for nth in range(3)))
    caller = service.caller()
    queries = [PATH + words, f"{PATH}.csv{words}&table=breakdown", f"{PATH}/units{words}&reached=1&limit=2", f"{PATH}/units.csv{words}&reached=1"]
    before = [caller.get(query).text for query in queries]
    service.log.load(*(
        interaction(f"{nth}", f"2026-04-0{nth + 1}T00:00:00Z", tenantId=ZENITH, interactionType=type, customerId=f"C{nth}", offerId="o",
                    channelId="secret")
        for nth, type in enumerate("abab")
    ))
    assert [caller.get(query).text for query in queries] == before
    assert [step["units"] for step in service.caller(ZENITH).get(PATH + words).json()["steps"]] == [2, 0]


def counted_in_the_file() -> tuple[list[int], int]:
    """The units with an impression, those of them with a click in the seven days from it, and those of these that need a tie."""
    times: dict[tuple[str, str], dict[str, list[datetime]]] = {}
    for line in CUT.read_text().splitlines():
        row = json.loads(line)
        unit = times.setdefault((row["customerId"], row["offerId"]), {"impression": [], "click": []})
        unit[row["interactionType"]].append(datetime.fromisoformat(row["timestamp"]))
    waits = [[click - seen for seen in unit["impression"] for click in unit["click"]] for unit in times.values() if unit["impression"]]
    included = [any(timedelta(0) <= wait <= timedelta(days=7) for wait in of_unit) for of_unit in waits]
    strict = [any(timedelta(0) < wait <= timedelta(days=7) for wait in of_unit) for of_unit in waits]
    return [len(waits), sum(included)], sum(included) - sum(strict)


def test_the_real_log_has_a_list_behind_every_bar(service: Service) -> None:
    load_log(service.log.store, CUT, LoadOptions(), lambda _: None, service.log.folder)
    caller, words = service.caller("zozotown"), "step=impression&step=click&breakdown=channel&grain=day&tz=Asia/Tokyo"
    answer = caller.get(f"{PATH}?{words}").json()
    counts = [step["units"] for step in answer["steps"]]
    assert [step["events"] for step in answer["steps"]] == [550, 50]
    assert (counts, answer["steps"][1]["tieDependent"]) == counted_in_the_file()
    for parts, name in ((answer["breakdown"], "steps"), (answer["trend"], "units")):
        assert [sum(column) for column in zip(*(part[name] for part in parts), strict=True)] == counts
    for bar, expected in (("reached=1", counts[0]), ("reached=2", counts[1]), ("droppedAfter=1", counts[0] - counts[1])):
        assert len(caller.get(f"{PATH}/units.csv?{words}&{bar}").text.splitlines()) == expected + 1


def test_answers_and_examples_are_of_the_described_shape(cases: TestClient) -> None:
    description = cases.get(f"{PREFIX}/openapi.json").json()
    funnel, units = (
        Draft202012Validator({**description, "$ref": f"#/components/schemas/{name}"}) for name in ("Funnel", "FunnelUnitPage")
    )
    funnel.validate(cases.get(f"{PATH}?{WORDS}breakdown=offer&grain=day").json())
    funnel.validate(cases.get(f"{PATH}?step=A&step=B&window=none&customerId=nobody").json())
    units.validate(cases.get(f"{PATH}/units?{WORDS}reached=1&limit=1").json())
    assert cases.get(f"{PATH}.csv?{WORDS}").text.splitlines()[0] == FUNNEL_CSV.splitlines()[0]
    assert cases.get(f"{PATH}/units.csv?{WORDS}reached=1").text.splitlines()[0] == UNITS_CSV.splitlines()[0]
    assert UNITS_CSV.splitlines()[0].split(",") == list(FunnelUnitRow.__annotations__)


def test_the_description_names_every_parameter_but_the_type(cases: TestClient) -> None:
    paths = cases.get(f"{PREFIX}/openapi.json").json()["paths"]
    for endpoint in ENDPOINTS:
        named = {parameter["name"] for parameter in paths[endpoint.path]["get"]["parameters"]}
        assert {"step", "window", "unit", "order", "ties", "exclude", "breakdown", "grain", "from", "to", "tz", "offerId", "actionId"} <= named
        assert "type" not in named
        assert ({"reached", "droppedAfter"} <= named) == ("units" in endpoint.path)
