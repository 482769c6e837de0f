"""The operations on a tenant's table of outcomes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, TypedDict

from msgspec import Meta
from orjson import dumps

from accounts import Role
from api.errors import ApiError
from api.operation import Asked, Operation, PathParameter
from api.shapes import Count
from data.engine import TIME_LIMIT
from data.store.meanings import reset_meaning, set_meaning
from queries.asking.outcomes import LONGEST_NAME, RECOMMENDATION, Category, Classification, CountsAs, InvalidMeaning, OutcomeRow, Said

_COUNTS = "The count that counts its rows, and the rates with it; null where none does."


class OutcomeMeaning(TypedDict):
    key: Annotated[str, Meta(description="The key of the outcome type, `outcomeTypeKey` of the log.")]
    name: str
    classification: Classification
    category: Annotated[Category | None, Meta(description="Whether it is a showing or the answer to one; null where it is neither.")]
    countsAs: Annotated[CountsAs | None, Meta(description=_COUNTS)]
    isSet: Annotated[bool, Meta(description="Whether the tenant has set something of it; else it is as shipped, or not in the table.")]
    rows: Annotated[Count, Meta(description="How many rows of the log have it.")]


class OutcomeList(TypedDict):
    outcomes: list[OutcomeMeaning]


class SetOutcome(TypedDict, total=False):
    """What is left out is as shipped; of a key that is not shipped it follows what the key counts as."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    classification: Classification
    category: Category | None
    countsAs: Annotated[CountsAs | None, Meta(description=_COUNTS)]


def outcomes(asked: Asked) -> OutcomeList:
    with asked.engine.snapshot(TIME_LIMIT) as snapshot:
        tenant = snapshot.tenant(asked.identity.tenant)
        return {"outcomes": [_json_row(row) for row in tenant.outcomes.rows(tenant.rows_by_value("outcome"))]}


def set_outcome(asked: Asked) -> OutcomeMeaning:
    key = asked.path["key"]
    try:
        set_meaning(asked.store, asked.identity.tenant, key, _said(asked.body))
    except InvalidMeaning as problem:
        raise ApiError(HTTPStatus.BAD_REQUEST, str(problem)) from problem
    with asked.engine.snapshot(TIME_LIMIT) as snapshot:
        tenant = snapshot.tenant(asked.identity.tenant)
        return _json_row(tenant.outcomes.row(key, tenant.rows_by_value("outcome")))


def reset_outcome(asked: Asked) -> None:
    key = asked.path["key"]
    if not reset_meaning(asked.store, asked.identity.tenant, key):
        raise ApiError(HTTPStatus.NOT_FOUND, f"nothing is set for the outcome {key!r}")


_MEMBERS = {"name": "name", "classification": "classification", "category": "category", "countsAs": "counts_as"}
# What may be null, which says "none of them".
_MAY_BE_NONE = ("category", "countsAs")


def _said(body: Any) -> Said:
    if not isinstance(body, dict):
        raise ApiError(HTTPStatus.BAD_REQUEST, f"the body must be an object with {', '.join(_MEMBERS)}")
    said = {}
    for member, value in body.items():
        if member not in _MEMBERS:
            raise ApiError(HTTPStatus.BAD_REQUEST, f"there is no member {member!r}, only {', '.join(_MEMBERS)}")
        if value is None and member in _MAY_BE_NONE:
            value = ""
        elif not isinstance(value, str) or (not value and member in _MAY_BE_NONE):
            wanted = "a text or null" if member in _MAY_BE_NONE else "a text"
            raise ApiError(HTTPStatus.BAD_REQUEST, f"{member} must be {wanted}, not {dumps(value).decode()}")
        said[_MEMBERS[member]] = value
    return Said(**said)


def _json_row(row: OutcomeRow) -> OutcomeMeaning:
    outcome = row.outcome
    return {
        "key": outcome.key,
        "name": outcome.name,
        "classification": outcome.classification,
        "category": outcome.category,
        "countsAs": outcome.counts_as,
        "isSet": row.is_own,
        "rows": row.rows,
    }


_PATH = "/interaction-outcomes"
_KEY = PathParameter("key", "The key of the outcome type, as the log has it; case counts.", "NoResponse")
_NO_RESPONSE: OutcomeMeaning = {
    "key": "NoResponse", "name": "No response", "classification": "neutral", "category": "impression", "countsAs": "impression", "isSet": True,
    "rows": 49997,
}
_CLICK: OutcomeMeaning = {
    "key": "click", "name": "Click", "classification": "positive", "category": "response", "countsAs": "click", "isSet": False, "rows": 87,
}

OPERATIONS = (
    Operation(
        "GET", _PATH, "interactionOutcomes", "What the outcomes mean", "The tenant's table of outcomes, and every other key that its log has, "
        "those with most rows first. Counts and rates go by what a key counts as; `type=`, `outcome=` and the steps of a funnel compare the words "
        "of the log.", Role.VIEWER, outcomes, OutcomeList, {"outcomes": [_NO_RESPONSE, _CLICK]},
    ),
    Operation(
        "PUT", f"{_PATH}/{{key}}", "setInteractionOutcome", "Say what an outcome means", "Every read that begins after the answer goes by it, "
        f"without a row being loaded anew. `{RECOMMENDATION}` can never count as an impression.",
        Role.ADMIN, set_outcome, OutcomeMeaning, _NO_RESPONSE, SetOutcome, {"name": "No response", "countsAs": "impression"}, (_KEY,),
    ),
    Operation(
        "DELETE", f"{_PATH}/{{key}}", "resetInteractionOutcome", "Forget what was said of an outcome", "It then means what is shipped again, and "
        "nothing where nothing is.", Role.ADMIN, reset_outcome, path_parameters=(_KEY,),
        refusals=((HTTPStatus.NOT_FOUND, "Nothing is set for the key.", "nothing is set for the outcome 'NoResponse'"),),
    ),
)
