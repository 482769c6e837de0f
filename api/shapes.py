"""What the types of the API's answers are made of, what several of them share, and the OpenAPI schemas that follow from them.

A key of an answer stands in its type, with what it means, in the file of its subject, and in the example there; a figure stands in
`queries.asking.measures`, a filter in `queries.asking.filters`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import GenericAlias
from typing import Annotated, Any, TypedDict, get_args, get_type_hints, is_typeddict

import orjson
from msgspec import Meta
from msgspec.json import schema_components

from api.errors import CODES
from queries.asking.times import iso

Count = Annotated[int, Meta(ge=0)]
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Date = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Share = Annotated[float, Meta(ge=0, le=1)]
Ratio = Annotated[float, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]


def one_of(values: Sequence[str]) -> Any:
    """The type of a text that is one of some values."""
    return Annotated[str, Meta(extra_json_schema={"enum": list(values)})]


def shape(name: str, keys: dict[str, Any]) -> Any:
    """The type of an object whose keys a table of the product names, or one of which is a word of Python."""
    return TypedDict(name, keys)  # type: ignore[operator]  # mypy knows only those that are spelled out


def list_of(shape: Any) -> Any:
    """The type of a list of a type that `shape` has made."""
    return GenericAlias(list, (shape,))


FutureRows = Annotated[int, Meta(
    ge=0, description="How many of the tenant's rows are later than the log's clock: later than a day after the server's own.",
)]
Partial = Annotated[bool, Meta(description="Whether the period, the log's beginning or the log's clock cuts it.")]


class Pagination(TypedDict):
    total: Annotated[int, Meta(ge=0, description="All records that match the filters, the same on every page.")]
    limit: Annotated[int, Meta(ge=1, le=100, description="The limit that was applied.")]
    hasMore: bool
    nextCursor: Annotated[str | None, Meta(description="The cursor of the next page; null on the last.")]


ErrorDetail = shape("ErrorDetail", {"code": one_of(tuple(CODES.values())), "message": str, "status": int, "requestId": str})
Error = shape("Error", {"error": ErrorDetail})


def spelled(ms: int | None) -> str | None:
    """An end of a period; None where it is open."""
    try:
        return None if ms is None else iso(ms)
    except OverflowError:
        # The calendar's last moment has none after it that could be spelled.
        return None


def schemas_of(answers: Sequence[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The schema of each type, and the components that they refer to by name. An object has all of its keys and no others."""
    schemas, components = schema_components(answers, schema_hook=_schema_of_fragment, ref_template="#/components/schemas/{name}")
    objects = {shape.__name__: shape for answer in answers for shape in _objects_of(answer)}
    for name, component in components.items():
        component["additionalProperties"] = False
        if shape := objects.get(name):
            # They come in the order of the alphabet.
            component["properties"] = {key: component["properties"][key] for key in shape.__annotations__}
            component["required"] = [key for key in shape.__annotations__ if key in shape.__required_keys__]
    return list(schemas), components


def _objects_of(type: Any) -> Iterator[Any]:
    """The types of objects that a type consists of, with itself."""
    if is_typeddict(type):
        yield type
    for part in get_type_hints(type).values() if is_typeddict(type) else get_args(type):
        yield from _objects_of(part)


def _schema_of_fragment(type: type) -> dict[str, Any]:
    if type is orjson.Fragment:
        return {"type": "object"}
    raise NotImplementedError(f"an answer of type {type} has no schema")
