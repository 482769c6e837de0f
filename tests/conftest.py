from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from data.loading.arriving import compile_ahead
from tests.logs import ENGINES, Log, tangled_logs
from tests.service import Service

# A shell ignores Ctrl-C for what it runs in the background, and whatever the tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A store on disk answers, so one example's time says nothing.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Few examples, and the same ones each time: a change of the product is noticed or it is not.
settings.register_profile("mutants", max_examples=10, deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """As in a server that has run for a while: the many small loads of the tests then take half as long."""
    compile_ahead()


@pytest.fixture(scope="session", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine: whatever asks for it, or for a log, runs with each."""
    return request.param


@pytest.fixture
def log(tmp_path: Path, engine: str) -> Iterator[Log]:
    """An empty store of its own."""
    with Log(tmp_path / "state", engine) as log:
        yield log


@pytest.fixture(scope="session", params=["in one load", "out of order", "written anew"])
def tangled_log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: str) -> Iterator[Log]:
    """A store of two tenants that share ids, with many ties in time; filled in different ways. Not to be changed."""
    with Log(tmp_path_factory.mktemp("tangled"), engine) as log:
        tangled_logs(log, request.param)
        yield log


@pytest.fixture
def service(log: Log) -> Iterator[Service]:
    """The API over an empty store of its own."""
    with Service(log) as service:
        yield service


@pytest.fixture(scope="session")
def tangled_service(tangled_log: Log) -> Iterator[Service]:
    """The API over the tangled log."""
    with Service(tangled_log) as service:
        yield service
