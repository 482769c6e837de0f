"""Every figure goes by what the tenant says its outcomes mean, from the next version on, and by no other tenant's word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from data.store.meanings import outcome_rows, reset_meaning, set_meaning
from queries.answers.comparison import period_comparison
from queries.answers.customer import customer
from queries.answers.history import total
from queries.answers.hours import heatmap
from queries.answers.sides import ranking
from queries.answers.summary import GROUPINGS, figures, summary
from queries.answers.trend import trend
from queries.answers.unusual import unusual
from queries.asking.measures import COUNTS, RATES, filters_behind
from queries.asking.outcomes import CATEGORIES, CLASSIFICATIONS, COUNTED, Said
from queries.asking.selection import Selection, parse
from queries.asking.times import iso
from tests.figures_logs import FILTERS, WHAT_HAPPENED, as_sql_says, random_rows
from tests.figures_sql import figures_by, figures_by_bucket, whole_figures
from tests.logs import ACME, ZENITH, Log, Row, interaction

_POSITIVE = {"click", "accept", "convert", "conversion", "requested_info", "share", "save"}
_NEGATIVE = {"dismiss", "not_interested", "opt_out", "complaint"}
_NEUTRAL = {"impression", "deferred", "defer", "not_presented", "expired", "recommendation"}
_COUNTED = {"impression": "impression", "click": "click", "dismiss": "dismiss", "accept": "accept", "convert": "convert", "conversion": "convert"}

KEYS = sorted({outcome for _, outcome in WHAT_HAPPENED} - {"recommendation"} | {"share", "never logged"})
SAID = st.builds(
    Said,
    name=st.sampled_from([None, "A name"]),
    classification=st.sampled_from([None, *CLASSIFICATIONS]),
    category=st.sampled_from([None, "", *CATEGORIES]),
    counts_as=st.sampled_from([None, "", *COUNTED]),
)
TABLES = st.dictionaries(st.sampled_from(KEYS), SAID, max_size=6)


def as_said(table: Mapping[str, Said]) -> list[tuple[str, str, str | None]]:
    """The rows of a table as SQL takes them: what is not said is as it was shipped, or like what the key counts as."""
    rows = []
    for key, said in table.items():
        counted = _COUNTED.get(key) if said.counts_as is None else said.counts_as or None
        like = key if key in _POSITIVE | _NEGATIVE | _NEUTRAL else counted
        shipped = "positive" if like in _POSITIVE else "negative" if like in _NEGATIVE else "neutral"
        rows.append((key, said.classification or shipped, counted))
    return rows


def check(log: Log, tenant_id: str, table: Mapping[str, Said], pairs: list[tuple[str, str]]) -> None:
    means = as_said(table)
    with log.snapshot() as snapshot:
        tenant, selection = snapshot.tenant(tenant_id), parse(tenant_id, pairs).selection
        whole = figures(tenant, selection)
        as_sql_says(whole, whole_figures(log.store, tenant_id, pairs, means))
        for by in GROUPINGS:
            found, expected = summary(tenant, selection, by, 500).rows, figures_by(log.store, tenant_id, by, pairs, means)
            assert [row.id for row in found] == [row["id"] for row in expected]
            for row, sql in zip(found, expected, strict=True):
                as_sql_says(row.figures, sql)
        by_year = figures_by_bucket(log.store, tenant_id, "year", "UTC", pairs, means)
        for bucket in trend(tenant, selection, "year"):
            if bucket.figures.total:
                as_sql_says(bucket.figures, by_year[iso(bucket.start)[:10]], last=False)
        hours = heatmap(tenant, selection)
        for measure in COUNTS:
            assert sum(map(sum, hours.values(measure.id))) == whole[measure.id]
        for measure in (*COUNTS, *RATES):
            behind = filters_behind(measure, tenant.names)
            everything = Selection(tenant_id)
            rows = 0 if behind is None else total(tenant, parse(tenant_id, behind).or_refused().selection)
            assert rows == figures(tenant, everything)[measure.numerator or measure.id]


@given(rows=random_rows(), pairs=FILTERS, of_acme=TABLES, of_zenith=TABLES)
@settings(max_examples=8)
def test_figures_by_any_two_tables_are_what_sql_says_each_by_its_own(
    engine: str, rows: list[Row], pairs: list[tuple[str, str]], of_acme: dict[str, Said], of_zenith: dict[str, Said]
) -> None:
    with TemporaryDirectory() as folder, Log(Path(folder), engine) as log:
        log.load(*rows, *(row | {"tenantId": ZENITH, "id": f"z{row['id']}"} for row in rows))
        check(log, ACME, {}, pairs)
        for key, said in of_acme.items():
            set_meaning(log.store, ACME, key, said)
        check(log, ACME, of_acme, pairs)
        check(log, ZENITH, {}, pairs)
        for key, said in of_zenith.items():
            set_meaning(log.store, ZENITH, key, said)
        check(log, ACME, of_acme, pairs)
        check(log, ZENITH, of_zenith, pairs)
        for key in of_acme:
            assert reset_meaning(log.store, ACME, key)
        check(log, ACME, {}, pairs)
        check(log, ZENITH, of_zenith, pairs)


def answers(log: Log, tenant_id: str) -> list[Any]:
    """What a tenant's pages show of all that goes by outcomes."""
    with log.snapshot() as snapshot:
        tenant, every = snapshot.tenant(tenant_id), Selection(tenant_id)
        comparison = period_comparison(tenant, every)
        return [
            figures(tenant, every), [(row.id, row.figures) for by in GROUPINGS for row in summary(tenant, every, by, 500).rows],
            [(bucket.start, bucket.figures) for bucket in trend(tenant, every, "year")], heatmap(tenant, every).values("ctr"),
            (comparison.now, comparison.before), [found.contrast for found in ranking(tenant, every, "ctr").best], unusual(tenant, every),
            [[offer.figures for offer in found.offers] for id in "ABC" if (found := customer(tenant, id))],
        ]


@given(rows=random_rows())
@settings(max_examples=10)
def test_a_log_in_words_of_its_own_is_counted_like_one_in_the_shipped_words_once_they_mean_the_same(engine: str, rows: list[Row]) -> None:
    with TemporaryDirectory() as folder, Log(Path(folder), engine) as log:
        own = [row | {"tenantId": ZENITH, "id": f"z{row['id']}", "outcomeTypeKey": f"Own {row['outcomeTypeKey']}"} for row in rows]
        log.load(*rows, *own)
        for key in {row["outcomeTypeKey"] for row in rows}:
            [(_, classification, counted)] = as_said({key: Said()})
            set_meaning(log.store, ZENITH, f"Own {key}", Said(classification=classification, counts_as=counted or ""))
        assert answers(log, ACME) == answers(log, ZENITH)


def counts(log: Log, tenant: str = ACME) -> tuple[int, int, int]:
    with log.snapshot() as snapshot:
        found = figures(snapshot.tenant(tenant), Selection(tenant))
        return found.impression, found.click, found.positive


def test_no_response_counts_as_an_impression_as_soon_as_the_tenant_says_so(log: Log) -> None:
    log.load(*(interaction(f"n{number}", interactionType="NoResponse") for number in range(3)), interaction("c", interactionType="Clicked"))
    assert counts(log) == (0, 0, 0)
    assert set_meaning(log.store, ACME, "NoResponse", Said(counts_as="impression"))
    assert set_meaning(log.store, ACME, "Clicked", Said(counts_as="click"))
    assert counts(log) == (3, 1, 1)
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        assert figures(tenant, Selection(ACME))["ctr"] == 33.33
        # Filters compare the words of the log.
        assert [total(tenant, parse(ACME, [("type", word)]).selection) for word in ("NoResponse", "impression", "click")] == [3, 0, 0]
    assert reset_meaning(log.store, ACME, "NoResponse")
    assert counts(log) == (0, 1, 1)


def test_what_was_recommended_is_no_impression_whatever_its_outcome_counts_as(log: Log) -> None:
    log.load(interaction("1", interactionType="recommendation", outcomeTypeKey="shown"), interaction("2", outcomeTypeKey="shown"))
    set_meaning(log.store, ACME, "shown", Said(counts_as="impression"))
    assert counts(log) == (1, 0, 0)


def test_a_measure_that_no_outcome_counts_as_has_no_rows_to_lead_to(log: Log) -> None:
    log.load(interaction("1"), interaction("2", interactionType="impression"))
    set_meaning(log.store, ACME, "click", Said(counts_as=""))
    with log.snapshot() as snapshot:
        names = snapshot.tenant(ACME).names
        assert filters_behind(COUNTS[1], names) is None
        assert filters_behind(COUNTS[0], names) == [("outcome", "impression")]


def test_a_change_is_a_version_and_one_that_changes_nothing_is_none(log: Log) -> None:
    log.load(interaction("1"))

    def version() -> int:
        with log.snapshot() as snapshot:
            return snapshot.version

    assert version() == 1
    assert set_meaning(log.store, ACME, "click", Said(counts_as="accept")) and version() == 2
    assert not set_meaning(log.store, ACME, "click", Said(counts_as="accept")) and version() == 2
    assert not reset_meaning(log.store, ACME, "accept") and version() == 2
    assert not reset_meaning(log.store, "nobody", "accept") and version() == 2
    assert reset_meaning(log.store, ACME, "click") and version() == 3
    log.load(interaction("2"))
    assert version() == 4


def test_who_looks_at_an_older_version_sees_its_meaning_to_the_end(log: Log) -> None:
    log.load(interaction("1"))
    with log.snapshot() as older:
        set_meaning(log.store, ACME, "click", Said(counts_as="accept"))
        assert counts(log) == (0, 0, 1)
        assert figures(older.tenant(ACME), Selection(ACME)).click == 1
    assert counts(log) == (0, 0, 1)


def test_a_change_reads_no_column_again_and_leaves_the_other_tenants_classes_alone(log: Log) -> None:
    log.load(interaction("1"), interaction("2", tenantId=ZENITH))

    def columns(tenant_id: str) -> list[int]:
        with log.store.snapshot() as snapshot:
            tenant = snapshot.tenant(tenant_id).columns
            figures(snapshot.tenant(tenant_id), Selection(tenant_id))
            memory = snapshot.memory._kept
            return [id(tenant.journeys.type), id(tenant.journeys.starts), id(memory["meaning", tenant._tenant, "classes"].of_row)]

    acme, zenith = columns(ACME), columns(ZENITH)
    set_meaning(log.store, ACME, "click", Said(counts_as="accept"))
    assert columns(ZENITH) == zenith
    assert columns(ACME)[:2] == acme[:2] and columns(ACME)[2] != acme[2]


def test_the_table_lists_what_occurs_first_and_says_what_is_the_tenants_own(log: Log) -> None:
    log.load(*(interaction(f"n{number}", interactionType="NoResponse") for number in range(3)), interaction("c"))
    set_meaning(log.store, ACME, "Loyal", Said(name="Stays", classification="positive"))
    with log.store.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        table = tenant.outcomes.rows(tenant.rows_by_value("outcome"))
        assert outcome_rows(snapshot, ACME) == table
    assert [(row.outcome.key, row.rows, row.is_own) for row in table[:3]] == [("NoResponse", 3, False), ("click", 1, False), ("impression", 0, False)]
    [loyal] = [row for row in table if row.is_own]
    assert (loyal.outcome.key, loyal.outcome.name, loyal.outcome.classification, loyal.outcome.counts_as, loyal.rows) == (
        "Loyal", "Stays", "positive", None, 0)
    assert len(table) == 17 + 2


def test_a_tenant_may_say_what_its_outcomes_mean_before_it_has_a_row_and_no_other_new_tenant_has_said_it(log: Log) -> None:
    assert counts(log) == (0, 0, 0)
    set_meaning(log.store, ACME, "NoResponse", Said(counts_as="impression"))
    with log.snapshot() as snapshot:
        said = {id: snapshot.tenant(id).outcomes["NoResponse"].counts_as for id in (ACME, "nobody", "nothing")}
    assert said == {ACME: "impression", "nobody": None, "nothing": None}
    log.load(interaction("1", interactionType="NoResponse"), interaction("2", interactionType="NoResponse", tenantId=ZENITH))
    assert (counts(log), counts(log, ZENITH)) == ((1, 0, 0), (0, 0, 0))


def test_the_name_that_a_tenant_gives_an_outcome_is_what_its_filter_calls_it(log: Log) -> None:
    log.load(interaction("1"), interaction("2", interactionType="NoResponse"))
    set_meaning(log.store, ACME, "NoResponse", Said(name="No response"))
    with log.snapshot() as snapshot:
        names = snapshot.tenant(ACME).names
        assert {id: names.outcome.label(id) for id in names.outcome.ids} == {"NoResponse": "No response", "click": "click"}
        assert names.type.label("NoResponse") == "NoResponse"
