"""docs/changing.md names files and names that are there, and what it promises to follow by itself does."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

from api.app import ENDPOINTS
from api.figure_answers import FIGURE_NAMES, Figures, SummaryRow
from api.funnel_answers import FunnelQuery
from queries.asking.filters import FILTER_PARAMETERS, FILTERS, Operator
from queries.asking.measures import MEASURES
from queries.asking.parameters import filled

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "changing.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.(?:py|sql|md)|[\w/]+/[\w/]*)(?::(\w+))?`", TEXT)))


def test_the_document_names_files() -> None:
    assert len(NAMED) > 30


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda part: part)
def test_what_the_document_names_is_there(file: str, name: str) -> None:
    assert (ROOT / file).exists()
    if name:
        assert hasattr(import_module(file.removesuffix(".py").replace("/", ".")), name)


def test_every_measure_is_a_figure_of_the_api() -> None:
    assert sorted(FIGURE_NAMES) == sorted(measure.id for measure in MEASURES)
    assert get_type_hints(Figures).keys() == {*FIGURE_NAMES, "revenueTooLarge"} <= get_type_hints(SummaryRow).keys()


def test_every_filter_is_a_parameter_and_a_key_of_the_funnels_answer() -> None:
    asked = [parameter.filter for parameter in FILTER_PARAMETERS if parameter.operator is Operator.ANY_OF and not parameter.stands_for]
    assert asked == list(FILTERS)
    assert {filter.name for filter in FILTERS} - {"type"} <= get_type_hints(FunnelQuery).keys()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_the_defaults_of_an_endpoints_parameters_fill_its_dataclass(endpoint) -> None:
    asked = filled(endpoint.asks, {parameter.name: parameter.default for parameter in endpoint.parameters})
    assert list(vars(asked).values()) == [parameter.default for parameter in endpoint.parameters]
