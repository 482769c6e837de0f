"""The OpenAPI description, generated from the endpoints and the filter table, and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from importlib.resources import files
from typing import Any

import orjson
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from api.endpoint import Endpoint
from api.errors import error_body
from api.operation import Operation
from api.shapes import Error, schemas_of
from palette import plain_css_variables
from queries.asking.filters import FILTER_PARAMETERS, FilterParameter
from queries.asking.parameters import Parameter
from queries.asking.selection import ZONE, period_parameters

REQUEST_ID = "5f0c7c1e9f5b4a0d8a4e0e6c2f3b1a77"

_REFUSALS = {
    HTTPStatus.BAD_REQUEST: (
        "A parameter was not understood; the message names it and repeats its value.", "limit must be a whole number from 1, not 'abc'"),
    HTTPStatus.UNAUTHORIZED: (
        "No credential, or one that is unknown, expired or revoked.", "the API key is revoked; send an API key …"),
    HTTPStatus.FORBIDDEN: (
        "The credential is known, but its role is too low or its tenant is disabled.", "nightly may not read: the role is none"),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many requests of this key, too many downloads or queries at once, or too many bad credentials from this address; `Retry-After` says "
        "how many seconds to wait.",
        "too many failed attempts, try again in 60 seconds"),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The store is not ready, or the query took too long; `Retry-After` says how many seconds to wait.",
        "the store cannot be read right now"),
}


def openapi(endpoints: Sequence[Endpoint[Any]], operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The description of all endpoints and operations, OpenAPI 3.1."""
    with_body = [operation.body for operation in operations if operation.body]
    taking = [operation.takes for operation in operations if operation.takes]
    (_, *schemas), components = schemas_of([Error, *(endpoint.body for endpoint in endpoints), *with_body, *taking])
    bodies, others = schemas[:len(endpoints)], iter(schemas[len(endpoints):])
    answered = {operation.name: next(others) for operation in operations if operation.body}
    taken = {operation.name: next(others) for operation in operations if operation.takes}
    paths: dict[str, dict[str, Any]] = {
        endpoint.path: {"get": _endpoint(endpoint, body)} for endpoint, body in zip(endpoints, bodies, strict=True)
    }
    for operation in operations:
        described = _operation(operation, answered.get(operation.name), taken.get(operation.name))
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Interaction History",
            "version": version,
            "description": "Access to the log of all customer interactions. The tenant is that of the credential.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"apiKey": []}, {"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, `krn_…`."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "session": {"type": "apiKey", "in": "cookie", "name": "ih_session", "description": "The cookie of a signed-in browser."},
            },
            "schemas": components,
        },
    }


def _endpoint(endpoint: Endpoint[Any], body: dict[str, Any]) -> dict[str, Any]:
    content = {endpoint.media_type: {"schema": body, "example": endpoint.example}}
    success: dict[str, Any] = {"description": endpoint.summary, "headers": {"X-Request-Id": _header("string")}, "content": content}
    if endpoint.streams:
        success["headers"]["X-Total-Count"] = _header("integer")
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": [*_filter_parameters(endpoint), *map(_parameter, endpoint.parameters)],
        "responses": {"200": success} | {str(int(status)): _refusal(status, *said) for status, said in _REFUSALS.items()},
    }


def _operation(operation: Operation, body: dict[str, Any] | None, taken: dict[str, Any] | None) -> dict[str, Any]:
    success: dict[str, Any] = {"description": operation.summary, "headers": {"X-Request-Id": _header("string")}}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"{operation.description} Needs the role `{operation.role}`.",
        "parameters": [
            {"name": one.name, "in": "path", "required": True, "description": one.description, "schema": one.schema,
             "example": one.example}
            for one in operation.path_parameters
        ] + [
            {"name": one.name, "in": "query", "description": one.description, "schema": {"type": "boolean", "default": False}}
            for one in operation.flags
        ],
    }
    if taken:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": taken, "example": operation.taken}}}
    if operation.takes_lines:
        lines = "".join(f"{orjson.dumps(one).decode()}\n" for one in operation.taken)
        described["requestBody"]["content"]["application/x-ndjson"] = {"schema": {"type": "string"}, "example": lines}
    if body:
        success["content"] = {"application/json": {"schema": body, "example": operation.example}}
    own = {status: (meaning, message) for status, meaning, message in operation.refusals}
    refusals = _REFUSALS | own | (_refusals_of_a_body(operation) if taken else {})
    refused = {str(int(status)): _refusal(status, *refusals[status]) for status in sorted(refusals)}
    return described | {"responses": {"200" if body else "204": success} | refused}


def _refusals_of_a_body(operation: Operation) -> dict[HTTPStatus, tuple[str, str]]:
    """What only an operation that takes a body may answer."""
    kinds = " or ".join(operation.media_types)
    most = f"he body has more than {operation.largest:,} bytes"
    return {
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (f"T{most}.", f"t{most}"),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
            "The body is of another kind by its `Content-Type`, or packed by another method.", f"the body must be {kinds}, not 'text/plain'"),
    }


def _refusal(status: HTTPStatus, meaning: str, message: str) -> dict[str, Any]:
    headers = {"X-Request-Id": _header("string")}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = _header("integer")
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _header("string")
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "example": error_body(status, message, REQUEST_ID)}
    return {"description": meaning, "headers": headers, "content": {"application/json": content}}


def _filter_parameters(endpoint: Endpoint[Any]) -> list[dict[str, Any]]:
    asked = [one for one in FILTER_PARAMETERS if one.filter is None or one.filter.name not in endpoint.without_filters]
    return [*map(_filter_parameter, asked), *map(_parameter, (*period_parameters("UTC"), ZONE))]


def _filter_parameter(parameter: FilterParameter) -> dict[str, Any]:
    schema = {"type": "array", "items": {"type": "string"}}
    return {
        "name": parameter.name, "in": "query", "description": parameter.description, "schema": schema, "style": "form", "explode": True,
        "example": [parameter.example], **({"deprecated": True} if parameter.stands_for else {}),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described = {"name": parameter.name, "in": "query", "description": parameter.description, "schema": dict(parameter.schema)}
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _header(type: str) -> dict[str, Any]:
    return {"schema": {"type": type}}


_ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.filters["pretty"] = lambda value: value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
_ENVIRONMENT.filters["prose"] = lambda text: Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))
_ENVIRONMENT.filters["filled"] = lambda path, operation: path.format_map({one["name"]: one.get("example") for one in operation["parameters"]})


def _every_refusal(description: dict[str, Any]) -> list[tuple[str, Any]]:
    operations = [operation for item in description["paths"].values() for operation in item.values()]
    responses = {status: response for operation in operations for status, response in operation["responses"].items()}
    return sorted((status, response) for status, response in responses.items() if not status.startswith("2"))


def docs_page(description: dict[str, Any], origin: str) -> str:
    """The page of an OpenAPI description; `origin` is the address that its curl examples call."""
    template = _ENVIRONMENT.from_string(files("api").joinpath("docs_page.html").read_text())
    return template.render(description=description, origin=origin, refusals=_every_refusal, colours=Markup(plain_css_variables()))
