from __future__ import annotations

from collections.abc import Sequence

from queries.answers.comparison import PeriodComparison
from queries.answers.rates import Verdict
from queries.answers.trend import Bucket
from queries.asking.measures import Figures
from queries.asking.periods import TimeRange
from ui.components.kpis import DEFAULT_MEASURES, Kpi, period_kpis

NOW = Figures(impression=1000, click=100, accept=20, convert=10, dismiss=30, positive=130, total=1160, customers=400, revenue=250.5)
BEFORE = Figures(impression=1000, click=50, accept=20, convert=9, dismiss=60, positive=79, total=1139, customers=380, revenue=501.0)
DAYS = TimeRange(0, 2), TimeRange(-2, 0)


def cards(now: Figures, before: Figures | None, buckets: Sequence[Bucket] = (), **judged: Verdict) -> dict[str, Kpi]:
    compared = PeriodComparison(DAYS[0], DAYS[1] if before else None, now, before, is_complete=True)
    made = period_kpis(compared, judged, buckets, lambda measure: f"/history?of={measure}")
    return dict(zip(DEFAULT_MEASURES, made, strict=True))


def test_a_count_is_shown_with_its_change_and_what_it_was():
    click = cards(NOW, BEFORE)["click"]
    assert (click.label, click.value, click.change, click.note) == ("Clicks", "100", "+100.0%", "50 before")
    assert click.address == "/history?of=click"


def test_without_a_test_behind_it_a_change_has_neither_colour_nor_arrow_nor_verdict():
    made = cards(NOW, BEFORE)
    assert {(made[one].tone, made[one].verdict) for one in ("impression", "click", "accept", "convert", "dismiss", "customers", "revenue")} == {
        ("quiet", None),
    }
    assert (made["dismiss"].change, made["revenue"].change) == ("−50.0%", "−50.0%")
    unclear = cards(NOW, BEFORE, click="no clear difference", accept="too few to say")
    assert [(unclear[one].change, unclear[one].tone, unclear[one].verdict) for one in ("click", "accept")] == [
        ("+100.0%", "quiet", "no clear change"), ("±0.0%", "quiet", "too few to say"),
    ]


def test_what_a_test_says_has_colour_arrow_and_word():
    made = cards(NOW, BEFORE, click="higher", dismiss="lower", impression="higher")
    assert [(made[one].change, made[one].tone, made[one].verdict) for one in ("click", "dismiss", "impression")] == [
        ("▲ +100.0%", "good", "clearly higher"), ("▼ −50.0%", "good", "clearly lower"), ("▲ ±0.0%", "quiet", "clearly higher"),
    ]
    assert cards(NOW, BEFORE, dismiss="higher", click="lower")["dismiss"].tone == "bad"


def test_accepts_are_shown_per_impression_and_the_rate_of_all_positive_responses_has_its_own_name():
    made = cards(NOW, BEFORE)
    assert made["accept"].note == "2.0% of impressions, 20 before"
    assert (made["acceptanceRate"].label, made["acceptanceRate"].value) == ("Positive response rate", "13.00%")
    assert cards(Figures(accept=3, total=3), None)["accept"].note is None


def test_a_rates_change_has_a_colour_only_where_chance_does_not_explain_it():
    made = cards(NOW, BEFORE)
    assert (made["ctr"].change, made["ctr"].tone) == ("▲ +5.00 points", "good")
    assert (made["ctr"].note, made["ctr"].verdict) == ("8.29–12.02%", "clearly higher")
    assert (made["cvr"].change, made["cvr"].tone, made["cvr"].verdict) == ("+0.10 points", "quiet", "no clear change")


def test_a_rate_that_is_no_share_has_its_value_alone():
    made = cards(Figures(impression=200, click=300, total=500), BEFORE)
    assert (made["ctr"].value, made["ctr"].change, made["ctr"].tone) == ("150.00%", "+145.00 points", "quiet")
    assert (made["ctr"].note, made["ctr"].verdict) == (None, "not a share")


def test_of_a_few_impressions_there_is_too_little_to_say():
    made = cards(Figures(impression=50, click=40, total=90), Figures(impression=1000, click=10, total=1010))
    assert (made["ctr"].tone, made["ctr"].note, made["ctr"].verdict) == ("quiet", "66.96–88.76%", "too few to say")


def test_without_a_period_before_there_is_no_change_to_show():
    made = cards(NOW, None)
    assert {card.change for card in made.values()} == {None}
    assert (made["click"].note, made["ctr"].note) == (None, "8.29–12.02%")


def test_without_impressions_a_rate_says_so():
    assert (cards(Figures(click=3, total=3), None)["ctr"].value, cards(Figures(), None)["ctr"].note) == ("–", "no impressions")


def test_the_course_has_a_value_a_bucket_and_a_gap_where_there_is_none():
    buckets = [Bucket(0, 1, {"click": 3}, Figures(impression=10, click=3), "1970-01-01"), Bucket(1, 2, {"click": 0}, Figures(), "1970-01-02")]
    made = cards(NOW, BEFORE, buckets)
    assert (made["click"].sparkline, made["ctr"].sparkline) == ([3, 0], [30.0, None])
