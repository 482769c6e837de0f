"""Logs to count: the sample, the real cut, and random small ones, whose kinds of rows meet every rule about what counts."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from data.loading.loading import LoadOptions, load_log
from data.sample.file import write_sample
from data.sample.log import sample_batches
from data.sample.placements import sample_entities
from queries.asking.measures import Figures
from tests.figures_sql import FIGURES
from tests.logs import ACME, CREATIVES, OFFERS, Log, Row, interaction, load_in_fifty

SAMPLE, ZOZOTOWN = "sample", "zozotown"
SAMPLE_ROWS = 20_000
_DATA = Path(__file__).parent / "data"


def load_sample(log: Log) -> None:
    """Load the seeded sample, which ends with 15 March 2026."""
    file = log.folder / "sample.parquet"
    write_sample(sample_batches(SAMPLE_ROWS, 7, SAMPLE, datetime.date(2026, 3, 15)), sample_entities(7), file)
    load_log(log.store, file, LoadOptions(), lambda _: None, log.folder)


def load_sample_in_fifty(log: Log) -> None:
    """Load the same in fifty loads, with questions in between."""
    file = log.folder / "sample.ndjson"
    write_sample(sample_batches(SAMPLE_ROWS, 7, SAMPLE, datetime.date(2026, 3, 15)), sample_entities(7), file)
    load_in_fifty(log, [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()], [SAMPLE, ZOZOTOWN])


def load_cut(log: Log) -> None:
    """Load the cut of a real log."""
    load_log(log.store, _DATA / "open-bandit-cut.ndjson", LoadOptions(), lambda _: None, log.folder)


# Type and outcome key, alike and not.
WHAT_HAPPENED = (
    ("impression", "impression"), ("impression", "impression"), ("click", "click"), ("accept", "accept"), ("convert", "convert"),
    ("convert", "conversion"), ("conversion", "conversion"), ("dismiss", "dismiss"), ("opt_out", "opt_out"), ("defer", "deferred"),
    ("recommendation", "recommendation"), ("recommendation", "impression"), ("recommendation", "not_presented"),
    ("expired", "expired"), ("sticker 😀", "liked it"), ("click", "impression"), ("positive", "negative"),
)
# About the ends of days and weeks, and about the changes of Europe's and Brazil's clocks.
_INSTANTS = (
    "2026-03-15T12:00:00.000Z", "2026-03-15T22:59:59.999Z", "2026-03-15T23:00:00.000Z", "2026-03-16T00:00:00.000Z",
    "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00.000Z", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00.000Z",
    "2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z", "2018-11-04T02:59:59.999Z", "2018-11-04T03:00:00.000Z",
)


@st.composite
def random_rows(draw: st.DrawFn) -> list[Row]:
    """A few rows of a few customers."""
    count = draw(st.integers(1, 25))
    return [_random_row(lambda values: draw(st.sampled_from(values)), ACME, f"ih_{number:02d}") for number in range(count)]


RANDOM_TENANTS = [f"random {number}" for number in range(60)]


def load_random_tenants(log: Log) -> None:
    """Load a few rows of a few customers for each of many tenants, the same each time."""
    rows = []
    for tenant in RANDOM_TENANTS:
        random = Random(tenant)
        rows += [_random_row(random.choice, tenant, f"ih_{number:02d}") for number in range(random.randint(1, 25))]
    log.load(*rows)


def _random_row(pick: Callable[[Sequence[Any]], Any], tenant: str, id: str) -> Row:
    type, outcome = pick(WHAT_HAPPENED)
    offer, creative = pick((None, *OFFERS)), pick((None, *CREATIVES))
    fields: dict[str, Any] = {
        "customerId": pick(("A", "B", "C")),
        "interactionType": type,
        "outcomeTypeKey": outcome,
        "offerId": offer,
        "creativeId": creative,
        "channelId": pick((None, "ch_email", "ch_web")),
        "direction": pick((None, "inbound", "outbound")),
        "outcome": pick(({}, {}, {"conversionValue": 0.1}, {"conversionValue": "0.2"}, {"conversionValue": -7})),
    }
    return interaction(id, pick(_INSTANTS), tenantId=tenant, **fields)


FILTERS = st.lists(
    st.sampled_from([
        ("customerId", "A"), ("customerId", "B"), ("customerId", "nobody"), ("offerId", "off_card"), ("offerId", "off_gone"),
        ("channelId", "ch_email"), ("type", "click"), ("type", "recommendation"), ("outcome", "impression"), ("outcome", "unheard of"),
        ("direction", "inbound"), ("without", "channelId"), ("without", "offerId"),
        ("not.customerId", "A"), ("not.offerId", "off_card"), ("not.channelId", "ch_email"), ("not.type", "click"), ("not.outcome", "impression"),
        ("from", "2026-03-15T23:00:00.000Z"), ("to", "2026-03-29T22:00:00.000Z"),
    ]),
    max_size=3, unique=True,
)


def as_sql_says(figures: Figures, row: dict[str, Any], last: bool = True) -> None:
    """Assert that figures are those of a row of the hand-written SQL."""
    assert {name: figures[name] for name in FIGURES} == {name: row[name] for name in FIGURES}
    if last:
        assert figures.last == row["last"]
