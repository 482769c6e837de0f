"""Names in the pictures, as a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import plotly
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser, Page

from data.results import TimelinePoint
from queries.answers.funnel import BreakdownRow, FunnelAnswer, FunnelStep
from queries.answers.funnel_comparison import FunnelComparison, differences
from queries.answers.trend import Sparklines
from tests.funnel_answers import ANSWER, QUESTION
from tests.test_ui_chart_trend import ZONE, buckets
from ui.charts.funnel import before_figure, funnel_figure
from ui.charts.funnel_parts import breakdown_figure
from ui.charts.funnel_trend import funnel_trend_figure as funnel_trend_figure
from ui.charts.looks import Looks
from ui.charts.over_time import offers_figure, trend_figure
from ui.charts.timeline import timeline_figure

pytest_plugins = ["tests.browser_fixtures"]

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
NAME = """Mum's "<b>D" &amp; &more"""
DAY = 86_400_000
LOOKS = Looks([None, NAME])


def funnel_of(name: str) -> FunnelAnswer:
    steps = (ANSWER.steps[0], FunnelStep(2, (name,), 50, 60, 0.25, 0.25, (0.195, 0.314), 0, None))
    trend = tuple(replace(bucket, units=bucket.units[:2]) for bucket in ANSWER.trend)
    return replace(ANSWER, query=replace(QUESTION, steps=(("impression",), (name,))), steps=steps, trend=trend)


def breakdown() -> go.Figure:
    answer = replace(ANSWER, breakdown=(BreakdownRow("o1", NAME, (150, 40, 4)), ANSWER.breakdown[1]))
    return breakdown_figure(answer, 3, differences(answer, 3))


def timeline() -> go.Figure:
    return timeline_figure([TimelinePoint(0, NAME, "o1", "c"), TimelinePoint(DAY, NAME, "o1", "c")], {"o1": NAME}, lambda _: NAME, LOOKS)


FUNNEL = funnel_of(NAME)
# With how many times the name is written in the picture, and in what shows when its first mark is pointed at.
FIGURES = {
    "trend": (trend_figure(buckets({NAME: 3, "click": 2}, {NAME: 5, "click": 1}), ZONE, "day", LOOKS, {}), 1, 1),
    "offers": (offers_figure(Sparklines([0, DAY], {"o1": [1, 2]}), {"o1": NAME, "o2": "Other"}, "UTC", "day", {}), 1, 1),
    "timeline": (timeline(), 2, 3),
    "funnel": (funnel_figure(FUNNEL), 1, 0),
    "funnel over time": (funnel_trend_figure(FUNNEL, LOOKS, {}), 1, 1),
    "funnel before": (before_figure(FunnelComparison(FUNNEL, FUNNEL, (), True, None)), 1, 0),
    "funnel by value": (breakdown(), 1, 1),
}


@pytest.fixture(scope="module")
def canvas(chromium: Browser) -> Iterator[Page]:
    """An empty page that can draw."""
    page = chromium.new_page()
    page.set_content('<div id="picture" style="width: 900px"></div>')
    page.add_script_tag(path=PLOTLY)
    yield page
    page.close()


@pytest.mark.parametrize("kind", FIGURES)
def test_a_name_with_quotes_and_markup_is_shown_as_it_is(canvas: Page, kind: str):
    figure, written, pointed_at = FIGURES[kind]
    drawn = canvas.evaluate("""async figure => {
        const texts = (within) => [...document.querySelectorAll(within + " text")].map((text) => text.textContent).join("\\n")
        await Plotly.newPlot("picture", JSON.parse(figure))
        const picture = texts("#picture")
        Plotly.Fx.hover("picture", [{ curveNumber: 0, pointNumber: 0 }])
        return [picture, texts(".hoverlayer")]
    }""", figure.to_json())
    assert [text.count(NAME) for text in drawn] == [written, pointed_at], drawn
