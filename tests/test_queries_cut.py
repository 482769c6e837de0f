"""How much counts of a bucket that is cut."""

from __future__ import annotations

import pytest

from queries.answers.trend import Part, cut_buckets
from queries.asking.selection import parse
from tests.logs import ACME, Log, interaction


@pytest.mark.parametrize(("words", "grain", "parts"), [
    # The log: from Wednesday 4 March 2026, 9:30, to Thursday 19 March, 14:10.
    ("", "week", {"2026-03-02": Part(5, 7, "days"), "2026-03-16": Part(4, 7, "days")}),
    ("", "month", {"2026-03-01": Part(16, 31, "days")}),
    ("", "day", {"2026-03-04": Part(15, 24, "hours"), "2026-03-19": Part(15, 24, "hours")}),
    ("from=2026-03-10&to=2026-03-13", "week", {"2026-03-09": Part(3, 7, "days")}),
    ("from=2026-03-09&to=2026-03-16", "week", {}),
    # A day that the period cuts is touched, so its hours say more.
    ("from=2026-03-09T06:00:00Z&to=2026-03-16", "week", {"2026-03-09": Part(162, 168, "hours")}),
    ("from=2026-03-10&to=2026-03-13&tz=America/New_York", "day", {}),
    # On 29 March 2026 Amsterdam has 23 hours, of which the log has none.
    ("from=2026-03-29T12:00:00Z&to=2026-03-29T22:00:00Z&tz=Europe/Amsterdam", "day", {"2026-03-29": Part(0, 23, "hours")}),
])
def test_a_cut_bucket_says_how_many_of_its_days_or_hours_count(log: Log, words: str, grain: str, parts: dict[str, Part]):
    log.load(interaction("1", "2026-03-04T09:30:00Z"), interaction("2", "2026-03-19T14:10:00Z"))
    pairs = [tuple(word.split("=")) for word in words.split("&") if word]
    with log.snapshot() as snapshot:
        asked = parse(ACME, pairs)
        assert not asked.problems
        assert cut_buckets(snapshot.tenant(ACME), asked.selection, grain) == parts
