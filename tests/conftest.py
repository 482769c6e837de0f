from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from data.clickhouse.address import password_of, read_address
from data.loading.arriving import compile_ahead
from tests.clickhouse import Mirror
from tests.figures_logs import load_cut, load_random_tenants, load_sample_in_fifty
from tests.logs import ENGINES, FURTHER_ENGINES, Log, tangled_logs
from tests.service import Service

# Some test modules import from it before it is a plugin.
pytest.register_assert_rewrite("tests.accounts_fixtures", "tests.data_page", "tests.pulling_fixtures")

# A shell ignores Ctrl-C for what it runs in the background, and whatever the tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A store on disk answers, so one example's time says nothing.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Few examples, and the same ones each time: a change of the product is noticed or it is not.
settings.register_profile("mutants", max_examples=10, deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", action="store_true", help="run the tests that ask an engine with every engine, not just the embedded one")


    parser.addoption("--engine-url", metavar="URL", help="run them with the ClickHouse there as well, in scratch databases beside the one it names")


def pytest_configure(config: pytest.Config) -> None:
    # Before the tests are read, which go by the table.
    if config.getoption("--engines"):
        ENGINES.update(FURTHER_ENGINES)
    if url := config.getoption("--engine-url"):
        FURTHER_ENGINES["server"] = partial(Mirror, server=read_address(url, password_of(), "--engine-url"))
        ENGINES["server"] = FURTHER_ENGINES["server"]


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """As in a server that has run for a while: the many small loads of the tests then take half as long."""
    compile_ahead()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", sorted(ENGINES), indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine: whatever asks for it, or for a log, runs with each."""
    return request.param


@pytest.fixture
def log(tmp_path: Path, engine: str) -> Iterator[Log]:
    """An empty store of its own."""
    with Log(tmp_path / "state", engine) as log:
        yield log


@pytest.fixture(scope="session")
def tangled_stores(tmp_path_factory: pytest.TempPathFactory, engine: str) -> Iterator[Callable[[str], Log]]:
    """The tangled log by how it is filled, each once for all files of tests."""
    with ExitStack() as stores:
        @cache
        def filled(filling: str) -> Log:
            log = stores.enter_context(Log(tmp_path_factory.mktemp("tangled"), engine))
            tangled_logs(log, filling)
            return log

        yield filled


@pytest.fixture(scope="session", params=["in one load", "out of order", "written anew", "in fifty loads"])
def tangled_log(request: pytest.FixtureRequest, tangled_stores: Callable[[str], Log]) -> Log:
    """A store of two tenants that share ids, with many ties in time; filled in different ways. Not to be changed."""
    return tangled_stores(request.param)


@pytest.fixture(scope="session")
def counted_log(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """A store with the real cut, many random tenants and the sample, which has come in small loads. Not to be changed."""
    with Log(tmp_path_factory.mktemp("counted"), engine) as log:
        load_cut(log)
        load_random_tenants(log)
        load_sample_in_fifty(log)
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
