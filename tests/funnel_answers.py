"""Answers of funnels made by hand, for tests of how they are shown."""

from __future__ import annotations

from data.results import Durations, HistogramBin
from queries.answers.funnel import BreakdownRow, FunnelAnswer, FunnelStep, TrendBucket
from queries.asking.funnel import FunnelQuery
from queries.asking.selection import Selection

TIMES = Durations(30, 70.0, 5.0, 20.0, 60.0, 120.0, (
    HistogramBin(0, 1, 0), HistogramBin(1, 1000, 10), HistogramBin(1000, 10_000, 0), HistogramBin(10_000, None, 20),
))
QUESTION = FunnelQuery(Selection("bank"), (("impression",), ("click",), ("accept", "convert")), breakdown="channel", grain="month")

ANSWER = FunnelAnswer(
    query=QUESTION,
    definition="Counts.",
    steps=(
        FunnelStep(1, ("impression",), 200, 300, 1.0, 1.0, (0.98, 1.0), 0, None),
        FunnelStep(2, ("click",), 50, 60, 0.25, 0.25, (0.195, 0.314), 5, TIMES),
        FunnelStep(3, ("accept", "convert"), 10, 12, 0.05, 0.2, (0.027, 0.09), 0, TIMES),
    ),
    immature=8,
    newest=1_795_391_910_859,
    clock=1_795_391_910_859,
    future_rows=0,
    breakdown=(BreakdownRow("ch_email", "Email", (150, 40, 4)), BreakdownRow(None, None, (50, 10, 6))),
    trend=(
        TrendBucket("2026-09-01", (120, 30, 6), 0), TrendBucket("2026-10-01", (0, 0, 0), 0),
        TrendBucket("2026-11-01", (80, 20, 4), 8, partial=True),
    ),
    grain="month",
)
