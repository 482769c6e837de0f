from __future__ import annotations

from zoneinfo import ZoneInfo

from queries.asking.times import milliseconds
from ui.page.log import as_of, future_words, pulled_words
from ui.words.measures import coarser_words

CLOCK = milliseconds("2026-03-21T09:05:00Z", ZoneInfo("UTC"))


def test_a_page_says_up_to_when_the_log_tells():
    assert as_of(CLOCK, 0, "Europe/Amsterdam") == "As of 2026-03-21 10:05:00 Europe/Amsterdam, the newest interaction in the log"
    assert as_of(CLOCK, 1, "UTC") == "As of 2026-03-21 09:05:00 UTC, the newest interaction in the log that is not in the future"


def test_a_page_of_a_pulled_log_says_when_and_whether_the_totals_agree():
    assert pulled_words(None, None, "UTC") == "The first pull has not come to its end yet"
    assert pulled_words(CLOCK, None, "UTC") == "Last pulled 2026-03-21 09:05:00 UTC, the totals have not been compared yet"
    assert pulled_words(CLOCK, True, "Europe/Amsterdam") == "Last pulled 2026-03-21 10:05:00 Europe/Amsterdam, the totals agree"
    assert pulled_words(CLOCK, False, "UTC") == "Last pulled 2026-03-21 09:05:00 UTC, the totals differ"


def test_rows_of_the_future_are_counted_in_words():
    assert future_words(1) == "1 row lies in the future. It counts only in periods that reach so far."
    assert future_words(1234) == "1,234 rows lie in the future. They count only in periods that reach so far."


def test_a_coarser_grain_says_why():
    assert coarser_words("day", "day") is None
    assert coarser_words("day", "week") == "By week: by day this period would have more than 10,000 points."
