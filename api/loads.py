"""The loads that a tenant's rows came with, and taking one of them back."""

from __future__ import annotations

import logging
from http import HTTPStatus
from pathlib import PurePath
from typing import Annotated, TypedDict

from msgspec import Meta

from accounts import Role
from api.errors import ApiError
from api.operation import Asked, Operation, PathParameter
from api.shapes import Count, Moment
from data.loading.listing import LoadLine, loads
from data.loading.transaction import Stopped
from data.loading.unloading import NoSuchLoad, NotNoted, unload
from data.orders.running import Busy, RunningLoad

# A caller does not hold a connection open for as long as another's load may take.
PATIENCE_S = 10
RETRY_S = 30

_log = logging.getLogger("interaction_history")


class Load(TypedDict):
    """One load: a file, archive, folder or glob, or what was posted or pulled in a day. `rows` are the tenant's that hold the content it wrote."""

    version: Annotated[int, Meta(ge=1, description="Of the store, which the load made; it names the load.")]
    source: Annotated[str, Meta(description="The name of what was read, without its folder.")]
    rows: Annotated[Count | None, Meta(description="Null where an earlier version of the program did not note which rows it wrote; such a "
                                       "load cannot be taken back.")]
    rejected: Count
    conflicts: Count
    finished: Moment
    by: Annotated[str, Meta(description="The account or the key that asked for it; `operator` where it was the command line.")]


class Loads(TypedDict):
    loads: list[Load]


class Unload(TypedDict):
    version: Annotated[int, Meta(ge=1, description="Of the store without the load.")]
    removed: Annotated[int, Meta(ge=0, description="Rows that the log no longer has.")]
    restored: Annotated[int, Meta(ge=0, description="Rows that have the content back which the load had replaced.")]


LOADS = {
    "loads": [
        {"version": 3, "source": "march-corrected.csv", "rows": 5210, "rejected": 0, "conflicts": 0,
         "finished": "2026-04-02T08:15:00.000Z", "by": "ada@example.com"},
        {"version": 2, "source": "march.csv", "rows": 0, "rejected": 3, "conflicts": 1, "finished": "2026-04-01T08:12:30.500Z", "by": "operator"},
    ],
}

UNLOAD = {"version": 4, "removed": 10, "restored": 5200}


def _listed(asked: Asked) -> Loads:
    with asked.store.snapshot() as snapshot:
        return {"loads": [_load(line) for line in loads(snapshot, asked.identity.tenant).lines]}


def _load(line: LoadLine) -> Load:
    return {
        "version": line.version,
        "source": PurePath(line.source).name or line.source,
        "rows": line.rows,
        "rejected": line.rejected,
        "conflicts": line.conflicts,
        "finished": line.finished,
        "by": line.by,
    }


def _taken_back(asked: Asked) -> Unload:
    version, whose = _version(asked.path["version"]), asked.identity
    load = RunningLoad(f"unload {version}", whose.tenant, whose.name)
    try:
        with asked.running.turn(load, lambda _: None, PATIENCE_S) as tell:
            report = unload(asked.store, version, whose.tenant, whose.name, tell, load.stop)
    except NoSuchLoad as problem:
        raise ApiError(HTTPStatus.NOT_FOUND, f"there is no load {version}") from problem
    except NotNoted as problem:
        raise ApiError(HTTPStatus.CONFLICT, f"load {version} cannot be taken back: which rows it wrote was not noted then") from problem
    except Stopped as problem:
        raise ApiError(HTTPStatus.CONFLICT, f"taking back load {version} was cancelled; the log is as it was") from problem
    except Busy as problem:
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "another load is running", {"Retry-After": str(RETRY_S)}) from problem
    _log.info("%s has taken back load %d of tenant %s, %s", whose.name, version, whose.tenant, report.source)
    return {"version": report.version, "removed": report.removed, "restored": report.restored}


def _version(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) >= 1 << 32:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"version must be a whole number, as the list of loads gives it, not {text[:50]!r}")
    return int(text)


OPERATIONS = (
    Operation(
        method="GET",
        path="/loads",
        name="listLoads",
        summary="Loads",
        description="The loads that the tenant's rows came with, the newest first. A load is one file, archive, folder or glob; what a key "
                    "posts in a day is one, and what is pulled from a platform in a day. `rows` are those that hold the content which the load "
                    "wrote; a row belongs to the load that wrote its present content. A load that changed nothing is not listed, nor one that "
                    "has been taken back.",
        role=Role.EDITOR,
        answer=_listed,
        body=Loads,
        example=LOADS,
    ),
    Operation(
        method="DELETE",
        path="/loads/{version}",
        name="takeBackLoad",
        summary="Take a load back",
        description="Takes exactly the tenant's rows that belong to the load out of the log, and puts back the contents that it had replaced. "
                    "Whoever reads meanwhile reads the log with the load. For 24 hours a cursor that names a removed record goes on from where "
                    "that record stood. A session must send an `Origin` of this site.",
        role=Role.ADMIN,
        answer=_taken_back,
        body=Unload,
        example=UNLOAD,
        path_parameters=(PathParameter("version", "The version of the load, as the list of loads gives it.", 3),),
        refusals=(
            (HTTPStatus.NOT_FOUND, "The tenant has no such load, or has taken it back already.", "there is no load 7"),
            (HTTPStatus.CONFLICT, "The load is one of an earlier version of the program, which did not note which rows it wrote; or somebody "
             "has cancelled the request meanwhile.",
             "load 7 cannot be taken back: which rows it wrote was not noted then"),
        ),
    ),
)
