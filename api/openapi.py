"""The OpenAPI description, generated from the endpoints and the filter table, and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from api.answers import Error, schemas_of
from api.endpoint import Action, Endpoint
from api.errors import error_body
from api.examples import REQUEST_ID
from palette import plain_css_variables
from queries.asking.filters import FILTER_PARAMETERS, FilterParameter
from queries.asking.parameters import Parameter
from queries.asking.selection import ZONE, period_parameters

_REFUSALS = {
    HTTPStatus.BAD_REQUEST: (
        "A parameter was not understood; the message names it and repeats its value.", "limit must be a whole number from 1, not 'abc'"),
    HTTPStatus.UNAUTHORIZED: (
        "No credential, or one that is unknown, expired or revoked.", "the API key is revoked; send an API key …"),
    HTTPStatus.FORBIDDEN: (
        "The credential is known, but its role is too low or its tenant is disabled.", "nightly may not read: the role is none"),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many bad credentials from this address; `Retry-After` says how many seconds to wait.",
        "too many failed attempts, try again in 60 seconds"),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The store is not ready, or the query took too long; `Retry-After` says how many seconds to wait.",
        "the store cannot be read right now"),
}


def openapi(endpoints: Sequence[Endpoint[Any]], actions: Sequence[Action], version: str) -> dict[str, Any]:
    """The description of all endpoints and actions, OpenAPI 3.1."""
    asked: list[Endpoint[Any] | Action] = [*endpoints, *actions]
    (_, *bodies), components = schemas_of([Error, *(one.body for one in asked)])
    paths: dict[str, dict[str, Any]] = {}
    for one, body in zip(asked, bodies, strict=True):
        if isinstance(one, Action):
            paths.setdefault(one.path, {})[one.method.lower()] = _action(one, body)
        else:
            paths[one.path] = {"get": _operation(one, body)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Interaction History",
            "version": version,
            "description": "Read access to the log of all customer interactions, and the loads that it came with. The tenant is that of the "
                           "credential.",
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


def _operation(endpoint: Endpoint[Any], body: dict[str, Any]) -> dict[str, Any]:
    success = _success(endpoint.summary, endpoint.media_type, body, endpoint.example)
    if endpoint.streams:
        success["headers"]["X-Total-Count"] = _header("integer")
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": [*_filter_parameters(endpoint), *map(_parameter, endpoint.parameters)],
        "responses": {"200": success} | {str(int(status)): _refusal(status, *said) for status, said in _REFUSALS.items()},
    }


def _action(action: Action, body: dict[str, Any]) -> dict[str, Any]:
    refusals = _REFUSALS | {status: (meaning, message) for status, meaning, message in action.refusals}
    return {
        "operationId": action.name,
        "summary": action.summary,
        "description": action.description,
        "parameters": [
            {"name": name, "in": "path", "required": True, "description": meaning, "schema": {"type": "integer", "minimum": 1}, "example": 3}
            for name, meaning in action.places
        ],
        "responses": {"200": _success(action.summary, "application/json", body, action.example)}
        | {str(int(status)): _refusal(status, *refusals[status]) for status in sorted(refusals)},
    }


def _success(summary: str, media_type: str, body: dict[str, Any], example: Any) -> dict[str, Any]:
    content = {media_type: {"schema": body, "example": example}}
    return {"description": summary, "headers": {"X-Request-Id": _header("string")}, "content": content}


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


def docs_page(description: dict[str, Any], origin: str) -> str:
    """The page of an OpenAPI description; `origin` is the address that its curl examples call."""
    template = _ENVIRONMENT.from_string(files("api").joinpath("docs_page.html").read_text())
    return template.render(description=description, origin=origin, colours=Markup(plain_css_variables()))
