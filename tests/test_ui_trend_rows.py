from __future__ import annotations

from queries.answers.trend import Bucket
from queries.asking.measures import Figures
from ui.charts.over_time import trend_rows

DAY = 86_400_000
BUSY = Bucket(0, DAY, {"impression": 3, "click": 0}, Figures(customers=2, revenue=4.5), "1970-01-01")
QUIET = Bucket(DAY, 2 * DAY, {"impression": 0, "click": 0}, Figures(), "1970-01-02")


def test_every_figure_leads_to_the_rows_of_its_bucket_and_a_type_to_its_own() -> None:
    quiet, busy = trend_rows([BUSY, QUIET], "UTC", lambda bucket, only: f"/{bucket.start}{only}", {"1970-01-02": "3 of 24 hours"})
    assert {name: (figure.text, figure.address) for name, figure in busy.items()} == {
        "start": ("1970-01-01", "/0[]"),
        "type impression": ("3", "/0[('type', 'impression')]"),
        "type click": ("0", None),
        "customers": ("2", "/0[]"),
        "revenue": ("4.50", "/0[]"),
    }
    assert (busy["start"].note, quiet["start"].note) == (None, "3 of 24 hours")
    assert [quiet[name].address for name in ("start", "type impression", "customers", "revenue")] == [f"/{DAY}[]", None, None, None]
