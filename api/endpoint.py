"""What an endpoint of the API is: one row, from which its route, its documentation and its checks are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from data.engine import Snapshot, Tenant
from queries.asking.parameters import Parameter, parameters_of
from queries.asking.selection import Query, Selection, parse

P = TypeVar("P")

Parse = Callable[[str, Iterable[tuple[str, str]], Sequence[Parameter]], Query]


@dataclass(frozen=True)
class ApiRequest(Generic[P]):
    """An understood request: who asks is settled, every parameter is read."""

    request: Request
    tenant: Tenant
    snapshot: Snapshot
    query: Query
    parameters: P

    @property
    def selection(self) -> Selection:
        return self.query.selection


@dataclass(frozen=True)
class NoParameters:
    """An endpoint that takes the filters and the period only."""


@dataclass(frozen=True)
class Endpoint(Generic[P]):
    """A GET under /api/v1 that takes the filters of the log and further parameters.

    `asks` is the dataclass of these parameters; `parse` reads what a tenant's caller asks, and `answer` turns an understood request into
    a response. `body` is the type of the answer, a shape or text, and `example` one answer.
    """

    path: str
    name: str
    summary: str
    description: str
    asks: type[P]
    answer: Callable[[ApiRequest[P]], Response]
    media_type: str
    body: Any
    example: Any
    without_filters: tuple[str, ...] = ()
    streams: bool = False
    parse: Parse = parse

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes beside the filters and the period."""
        return parameters_of(self.asks)
