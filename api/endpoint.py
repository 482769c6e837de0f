"""What an endpoint of the API is: one row, from which its route, its documentation and its checks are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, Literal, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from accounts import Identity, Role
from api.errors import ApiError, is_of_this_site
from data.engine import Tenant
from data.loading.running import RunningLoads
from data.store.store import Snapshot, Store
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
    a response. `body` is the type of the answer, a shape of `api.answers` or text, and `example` one answer.
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


@dataclass(frozen=True)
class ActionRequest:
    """A request for an action, by somebody whose role allows it."""

    request: Request
    identity: Identity
    store: Store
    running: RunningLoads


@dataclass(frozen=True)
class Action:
    """What is not asked of the log but of how it came to be: a method under /api/v1 that takes no filters, for callers of at least a `role`.

    A part of the path in braces is one of `places`, with what it means. `refusals` are the errors that are its own, with what they mean.
    """

    method: Literal["GET", "DELETE"]
    path: str
    name: str
    summary: str
    description: str
    role: Role
    answer: Callable[[ActionRequest], Response]
    body: Any
    example: Any
    places: tuple[tuple[str, str], ...] = ()
    refusals: tuple[tuple[HTTPStatus, str, str], ...] = ()

    def admit(self, request: Request, identity: Identity) -> None:
        """`ApiError` where the identity may not do it, or it is asked as nobody should ask."""
        if identity.role < self.role:
            raise ApiError(HTTPStatus.FORBIDDEN, f"{identity.name} may not do this: the role is {identity.role}, and it takes {self.role}")
        if self.method != "GET" and identity.kind == "user" and not is_of_this_site(request):
            raise ApiError(HTTPStatus.FORBIDDEN, "a session changes nothing from another site: send the Origin of this one, or an API key")
        for name in request.query_params:
            raise ApiError(HTTPStatus.BAD_REQUEST, f"there is no parameter {name!r}")
