"""The layers hold at run time; script/check reads them from the imports as written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded_by(package: str) -> set[str]:
    """The top-level modules that a fresh process has loaded when it has imported the whole of a package."""
    run = subprocess.run([sys.executable, "-c", IMPORT_ALL, package], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize(("package", "strangers"), [
    ("data", {"streamlit", "starlette", "uvicorn", "accounts", "api", "ui", "pages"}),
    ("queries", {"streamlit", "starlette", "uvicorn", "accounts", "api", "ui", "pages", "duckdb", "numba", "numpy", "pandas", "pyarrow"}),
    ("queries.asking", {"data"}),
    ("accounts", {"streamlit", "duckdb", "queries", "api", "ui", "pages"}),
    ("api", {"streamlit", "ui", "pages"}),
])
def test_importing_a_package_loads_nothing_of_what_it_must_not_know(package: str, strangers: set[str]) -> None:
    loaded = loaded_by(package)
    assert package.partition(".")[0] in loaded
    assert loaded & strangers == set()


def test_the_pages_do_load_what_the_others_must_not() -> None:
    assert {"streamlit", "queries"} <= loaded_by("ui")


def test_no_page_leaves_a_file_where_only_its_content_guards_it() -> None:
    keeping = [path.name for folder in ("pages", "ui") for path in (ROOT / folder).rglob("*.py") if "download_button" in path.read_text("utf-8")]
    assert keeping == []


def test_only_the_store_names_duckdb() -> None:
    naming = {
        path.relative_to(ROOT).parts[0]
        for folder in ("accounts", "api", "data", "pages", "queries", "ui")
        for path in (ROOT / folder).rglob("*.py")
        if "import duckdb" in path.read_text(encoding="utf-8")
    }
    assert naming == {"data"}
