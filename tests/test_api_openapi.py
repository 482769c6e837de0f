from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis import Case
from starlette.testclient import TestClient

from accounts import Role
from api.app import ENDPOINTS, OPERATIONS
from queries.asking.filters import FILTERS
from tests.logs import Log, tangled_logs
from tests.service import HISTORY, PREFIX, Service
from tests.test_api_errors import error_of


@pytest.fixture(scope="module")
def module_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Log(tmp_path_factory.mktemp("openapi")) as log, Service(log) as service:
        tangled_logs(log, "in one load")
        yield service


@pytest.fixture(scope="module")
def caller(module_service: Service) -> TestClient:
    return module_service.caller()


@pytest.fixture(scope="module")
def description(caller: TestClient) -> dict[str, Any]:
    return caller.get(f"{PREFIX}/openapi.json").json()


def problems_of(answer: Any, schema: dict[str, Any], description: dict[str, Any]) -> list[str]:
    # A reference points into the description, so that is where the schema must stand.
    validator = Draft202012Validator({**description, **schema}, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(answer)]


def operations_of(description: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in description["paths"].values() for operation in item.values()]


def test_the_description_is_valid_openapi(description: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(description).validate()
    assert description["openapi"] == "3.1.0"


def test_every_endpoint_and_every_parameter_is_described(description: dict[str, Any]) -> None:
    assert list(description["paths"]) == list(dict.fromkeys(one.path for one in (*ENDPOINTS, *OPERATIONS)))
    for operation in OPERATIONS:
        described = description["paths"][operation.path][operation.method.lower()]
        assert [parameter["name"] for parameter in described["parameters"]] == [
            one.name for one in (*operation.path_parameters, *operation.flags)]
        assert ("requestBody" in described) == (operation.takes is not None)
        assert described["operationId"] == operation.name and described["description"].endswith(f"Needs the role `{operation.role}`.")
    for endpoint in ENDPOINTS:
        operation = description["paths"][endpoint.path]["get"]
        names = [parameter["name"] for parameter in operation["parameters"]]
        filters = [name for filter in FILTERS if filter.name not in endpoint.without_filters for name in (filter.name, *filter.aliases)]
        filters += [f"not.{name}" for name in filters]
        expected = [*filters, "without", "from", "to", "tz", *(parameter.name for parameter in endpoint.parameters)]
        assert sorted(names) == sorted(expected), endpoint.path
        for parameter in operation["parameters"]:
            assert parameter["in"] == "query"
            assert parameter["description"].endswith(".")
            assert parameter["schema"]
            assert parameter.get("deprecated", False) == (parameter["name"].removeprefix("not.") in ("actionId", "treatmentId"))
        assert operation["summary"] and operation["description"] and operation["operationId"]


def test_every_object_has_a_name_by_which_a_client_can_call_it(description: dict[str, Any]) -> None:
    components = description["components"]["schemas"]
    assert {"InteractionRecord", "Pagination", "Error", "Offer", "Creative", "Channel", "SummaryRow", "TrendBucket", "Funnel", "FunnelStep"} <= set(
        components)
    for operation in operations_of(description):
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                assert content["schema"].keys() in ({"$ref"}, {"type"}), content["schema"]
    for name, component in components.items():
        assert component["required"] or name == "SetOutcome"
        assert component["additionalProperties"] is False, name
        for key, schema in component["properties"].items():
            assert "properties" not in str(schema), (name, key)


def test_a_parameters_values_and_an_answer_never_share_a_name(description: dict[str, Any]) -> None:
    # A generated client names the values of a parameter after the operation and the parameter.
    for operation in operations_of(description):
        called = operation["operationId"][0].upper() + operation["operationId"][1:]
        for parameter in operation["parameters"]:
            name = called + parameter["name"][0].upper() + parameter["name"][1:]
            assert "enum" not in parameter["schema"] or name not in description["components"]["schemas"]


def test_every_example_is_valid_against_its_schema(description: dict[str, Any]) -> None:
    for operation in operations_of(description):
        name = operation["operationId"]
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                assert problems_of(content["example"], content["schema"], description) == [], (name, status)
                if status != "200":
                    assert content["example"]["error"]["status"] == int(status)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert problems_of(content["example"], content["schema"], description) == [], name
        for parameter in operation["parameters"]:
            if "example" in parameter:
                assert problems_of(parameter["example"], parameter["schema"], description) == [], (name, parameter["name"])


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
@pytest.mark.parametrize("query", ["", "type=click&customerId=CUST001", "type=unheard", "from=2026-03-15&to=2026-03-16"])
def test_every_answer_has_the_shape_that_is_described(
    caller: TestClient, description: dict[str, Any], endpoint, query: str,
) -> None:
    if any(f"{name}=" in query for name in endpoint.without_filters):
        query = ""
    response = caller.get(f"{PREFIX}{endpoint.path}?{query}")
    described = description["paths"][endpoint.path]["get"]["responses"][str(response.status_code)]
    for header in described["headers"]:
        assert header in response.headers
    [(media_type, content)] = described["content"].items()
    assert response.headers["content-type"].partition(";")[0] == media_type
    answers = {
        "application/json": lambda text: [json.loads(text)],
        "application/x-ndjson": lambda text: [json.loads(line) for line in text.splitlines()],
        "text/csv": lambda text: [text],
    }[media_type](response.text)
    for answer in answers:
        assert problems_of(answer, content["schema"], description) == []


@pytest.mark.parametrize("key", [None, "krn_wrong"])
def test_every_refusal_has_the_shape_that_is_described(
    module_service: Service, caller: TestClient, description: dict[str, Any], key: str | None,
) -> None:
    refused = module_service.stranger(**({"Authorization": f"Bearer {key}"} if key else {})).get(HISTORY)
    for response in (refused, caller.get(f"{HISTORY}?limit=x")):
        described = description["paths"]["/interaction-history"]["get"]["responses"][str(response.status_code)]
        assert problems_of(response.json(), described["content"]["application/json"]["schema"], description) == []
        assert set(described["headers"]) <= {name.title() for name in response.headers} | {"WWW-Authenticate"}
    assert "www-authenticate" in refused.headers


def test_the_description_needs_a_credential(module_service: Service) -> None:
    error_of(module_service.stranger().get(f"{PREFIX}/openapi.json"), 401, "UNAUTHORIZED")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_no_request_made_from_the_description_breaks_a_promise_of_it(module_service: Service, endpoint) -> None:
    key = module_service.key()
    headers = {"Authorization": f"Bearer {key}"}
    described = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", module_service.app, headers=headers)
    statuses = set()

    # The description cannot say which words are time zones, nor that `from` must not lie after `to`.
    too_strict = schemathesis.checks.CHECKS.get_by_names(["positive_data_acceptance"])

    @settings(max_examples=settings.default.max_examples // 2)
    @given(described[endpoint.path]["GET"].as_strategy())
    def asked(case: Case) -> None:
        case.query.pop("tz", None)
        # Wrong keys are tried too; in the course of an hour they are not too many.
        module_service.seconds += 3600
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, headers=headers, excluded_checks=too_strict)

    asked()
    assert 200 in statuses
    assert statuses <= {200, 400}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_no_request_of_an_operation_breaks_a_promise_of_its_description(module_service: Service, operation) -> None:
    headers = {"Authorization": f"Bearer {module_service.key(role=Role.ADMIN)}"}
    described = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", module_service.app, headers=headers)
    statuses = set()

    # The description cannot say that something must be set, nor what a recommendation cannot be.
    unsaid = schemathesis.checks.CHECKS.get_by_names(["positive_data_acceptance", "unsupported_method"])

    @settings(max_examples=settings.default.max_examples // 2)
    @given(described[operation.path][operation.method].as_strategy())
    def asked(case: Case) -> None:
        module_service.seconds += 3600
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, headers=headers, excluded_checks=unsaid)

    asked()
    assert statuses <= {200, 204, 400, 404} | {int(status) for status, *_ in operation.refusals}
