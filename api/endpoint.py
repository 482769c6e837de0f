"""What an endpoint of the API is: one row, from which its route, its documentation and its checks are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from data.engine import Tenant
from data.store.store import Snapshot
from queries.asking.parameters import Parameter
from queries.asking.selection import Query, parse

Parse = Callable[[str, Iterable[tuple[str, str]], Sequence[Parameter]], Query]


@dataclass(frozen=True)
class ApiRequest:
    """An understood request: who asks is settled, every parameter is read."""

    request: Request
    tenant: Tenant
    snapshot: Snapshot
    query: Query


@dataclass(frozen=True)
class Endpoint:
    """A GET under /api/v1 that takes the filters of the log and further parameters.

    `parse` reads what a tenant's caller asks; `answer` turns an understood request into a response. `schema` is the OpenAPI schema of
    the answer, and `example` one answer.
    """

    path: str
    name: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[ApiRequest], Response]
    media_type: str
    schema: dict[str, Any]
    example: Any
    without_filters: tuple[str, ...] = ()
    streams: bool = False
    parse: Parse = parse
