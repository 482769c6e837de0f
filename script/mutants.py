"""Changes the product in one small place after the other and asks the tests of that place whether they notice: script/check --mutants.

Cosmic-ray makes the changes, by the groups and operators of mutants.toml. Each is tried in a child process that has the libraries
imported already and reads the changed module from memory: no file is touched. It runs the tests that came by the changed line, the quickest
first, and all of them where that cannot be told. Where a group holds compiled functions, numba compiles nothing but what reads files, for it
would take the unchanged ones from its cache.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from io import StringIO
from pathlib import Path
from pkgutil import walk_packages
from types import CodeType, FrameType, ModuleType
from typing import Any

import numba
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ["-q", "-x", "-n0", "-p", "no:cacheprovider", "--hypothesis-profile=mutants", "--no-header"]

PASSED, FAILED = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED
# A busy machine is no reason to count a change as noticed.
PATIENCE, SECONDS_AT_LEAST = 10, 60


@dataclass(frozen=True)
class Mutant:
    """A module with one change; `before` and `after` are the first line that differs."""

    module: str
    line: int
    before: str
    after: str
    source: str

    @property
    def change(self) -> str:
        return f"{self.before} → {self.after}"

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.change}"


def mutants(module: str, operators: Sequence[str], guards: Sequence[str]) -> Iterator[Mutant]:
    """Every change of a module that alters what runs, guards and assertions apart."""
    source = (ROOT / module).read_text(encoding="utf-8")
    tree, running = get_ast(source), _running(source)
    for name in operators:
        operator = get_operator(f"core/{name}")()
        count = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        for occurrence in range(count):
            changed = mutate_code(source, operator, occurrence)
            if changed is None or _running(changed) == running:
                continue
            pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
            line, before, after = next((nth, *pair) for nth, pair in enumerate(pairs, 1) if pair[0] != pair[1])
            if not before.strip().startswith("assert ") and not any(before.replace(guard, guard[:-4] + "False") == after for guard in guards):
                yield Mutant(module, line, before.strip(), after.strip(), changed)


def _running(source: str) -> str | None:
    # The module without its annotations, which are never evaluated; None for what is not Python.
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


class _Changed(MetaPathFinder, SourceFileLoader):  # type: ignore[misc]  # typeshed's own two bases differ
    """Gives the changed module to whoever imports it."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        super().__init__(mutant.module.removesuffix(".py").replace("/", "."), str(ROOT / mutant.module))

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutant.source, self.path, "exec", dont_inherit=True)


class _Noting:
    """Notes, for a file, how long each test takes and which lines of some modules it runs.

    What runs while a fixture is made may decide any test. Where lines are not `traced`, none is noted.
    """

    def __init__(self, modules: Sequence[str], traced: bool, file: str) -> None:
        self._modules = {str(ROOT / module): module for module in modules}
        self._traced, self._file = traced, file
        self._seconds: dict[str, float] = {}
        self._of_fixtures: set[tuple[str, int]] = set()
        self._of_tests: dict[str, set[tuple[str, int]]] = {}
        self._lines = self._of_fixtures

    def pytest_sessionstart(self) -> None:
        if self._traced:
            # A test that imports has much to wait for while lines are noted, and what it asks has a limit of time.
            for found in walk_packages([str(ROOT / "data")], "data."):
                if not found.name.endswith("__main__"):
                    import_module(found.name)
            threading.settrace(self._called)
            sys.settrace(self._called)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self._lines = self._of_tests.setdefault(item.nodeid, set())
        started = time.monotonic()
        try:
            return (yield)
        finally:
            self._seconds[item.nodeid] = time.monotonic() - started
            self._lines = self._of_fixtures

    def pytest_sessionfinish(self) -> None:
        sys.settrace(None)
        noted = {
            "quickest first": sorted(self._seconds, key=self._seconds.__getitem__),
            "of fixtures": [f"{module}:{line}" for module, line in self._of_fixtures],
            "of tests": {test: [f"{module}:{line}" for module, line in lines] for test, lines in self._of_tests.items()},
        }
        Path(self._file).write_text(json.dumps(noted), encoding="utf-8")

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._ran if frame.f_code.co_filename in self._modules else None

    def _ran(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self._lines.add((self._modules[frame.f_code.co_filename], frame.f_lineno))
        return self._ran


def deciding(noted: dict[str, Any], mutant: Mutant) -> list[str]:
    """The tests that may notice a change, the quickest first: those that ran its line, or all where a fixture did, or none was seen to."""
    place = f"{mutant.module}:{mutant.line}"
    ran = [test for test in noted["quickest first"] if place in noted["of tests"][test]]
    return ran if ran and place not in noted["of fixtures"] else noted["quickest first"]


def exit_code(tests: Sequence[str], mutant: Mutant | None, seconds: float | None = None, plugins: Sequence[object] = ()) -> int | None:
    """How pytest ends in a child of its own; None where that takes longer than the seconds."""
    folder = tempfile.mkdtemp(prefix="mutant-")
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        if mutant is not None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(nowhere, stream)
            sys.meta_path.insert(0, _Changed(mutant))
        code = 70
        try:
            code = pytest.main([*OPTIONS, f"--basetemp={folder}/tests", *tests], plugins=plugins)
        finally:
            os._exit(code)
    waiting = os.pidfd_open(child)
    ended, _, _ = select.select([waiting], [], [], seconds)
    os.close(waiting)
    if not ended:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    shutil.rmtree(folder, ignore_errors=True)
    return os.waitstatus_to_exitcode(status) if ended else None


def interpret_all_but_reading() -> None:
    """Have numba compile nothing from now on; what reads and maps files is imported before that, since interpreted it takes hours."""
    for package in ("reading", "mapping"):
        for found in walk_packages([str(ROOT / "data" / package)], f"data.{package}."):
            import_module(found.name)
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    numba.config.reload_config()


def survivors(group: dict[str, Any], tried: Sequence[Mutant]) -> Iterator[Mutant]:
    """Those of the changes that the tests of a group do not notice; they must all pass without one."""
    tests = group["tests"]
    with redirect_stdout(StringIO()):
        pytest.main([*OPTIONS, "--collect-only", *tests])
    for name in [name for name, module in sys.modules.items() if _is_own(module)]:
        del sys.modules[name]
    if group["interpreted"]:
        interpret_all_but_reading()
    started = time.monotonic()
    with tempfile.NamedTemporaryFile() as file:
        # To note each line of what is interpreted for once would take too long.
        if exit_code(tests, None, plugins=[_Noting(group["modules"], not group["interpreted"], file.name)]) != PASSED:
            sys.exit("The tests fail without any change.")
        noted = json.loads(Path(file.name).read_text(encoding="utf-8"))
    seconds = max(SECONDS_AT_LEAST, PATIENCE * (time.monotonic() - started))
    for nth, mutant in enumerate(tried, 1):
        code = exit_code(deciding(noted, mutant), mutant, seconds)
        if code == PASSED:
            yield mutant
        if nth % 50 == 0:
            print(f"  {nth} of {len(tried)}", flush=True)


def _is_own(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    return module.__name__ != "__main__" and Path(file).is_relative_to(ROOT) and not Path(file).is_relative_to(ROOT / ".venv")


def survived(name: str, settings: dict[str, Any], lines: str) -> int:
    """Try the changes of a group and print those that no test notices; answer how many they are."""
    group = settings["groups"][name]
    found = [mutant for module in group["modules"] for mutant in mutants(module, settings["operators"], settings["guards"])]
    explained = {(one["module"], change) for one in settings["equivalent"] for change in one["changes"]}
    tried = [
        mutant for nth, mutant in enumerate(found)
        if nth % group.get("every", 1) == 0 and (mutant.module, mutant.change) not in explained and lines in str(mutant)
    ]
    print(f"{name}: {len(tried)} of {len(found)} changes", flush=True)
    left = 0
    for mutant in survivors(group, tried):
        left += 1
        print(f"SURVIVED {mutant}", flush=True)
    print(f"{name}: {left} of {len(tried)} survived", flush=True)
    return left


def main() -> int:
    settings = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(prog="script/check --mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("groups", nargs="*", metavar="group", help=f"of {', '.join(settings['groups'])}; all without one")
    parser.add_argument("--lines", default="", help="only changes whose place or text holds this")
    asked = parser.parse_args()
    names = asked.groups or list(settings["groups"])
    if len(names) > 1:
        # Whether numba compiles holds for a whole process.
        command = [sys.executable, "-m", "script.mutants", "--lines", asked.lines]
        return max([subprocess.run([*command, name], check=False).returncode for name in names])
    [name] = names
    return 1 if survived(name, settings, asked.lines) else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
