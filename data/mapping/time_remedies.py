"""What is wrong with a value that is no time, and the `--time` that would read it."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from data.mapping.field_sql import RawRows
from data.mapping.samples import SAMPLE_ROWS
from data.mapping.times import EPOCH, FIRST_MS, LAST_MS, NUMBER
from data.store.limits import StoreError

# Words and digits of a time, in this order, → what a format has in their place.
_WORDS = (
    (r"(?i)\b(mon|tues|wednes|thurs|fri|satur|sun)day\b", "%A"),
    (r"(?i)\b(mon|tue|wed|thu|fri|sat|sun)\b", "%a"),
    (r"(?i)\b(january|february|march|april|june|july|august|september|october|november|december)\b", "%B"),
    (r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b", "%b"),
    (r"(:\d\d(?:[.,]\d+)?|[AaPp][Mm])( ?)[+-]\d{2}:?\d{2}$", r"\1\2%z"),
    (r"(:\d\d(?:\.\d+)?)Z$", r"\1%z"),
    (r"\b(GMT|UTC)[+-]\d{2}:?\d{2}\b", "%Z"),
    (r"\b[A-Z]{2,4}T\b|\b(GMT|UTC)\b", "%Z"),
    (r"\b\d{4}:", "%Y:"),
    (r"^\d{1,2}-%b-\d{2}\b", "%d-%b-%y"),
    (r"\d{1,2}:\d{2}:\d{2}( ?)[AaPp][Mm]\b", r"%I:%M:%S\1%p"),
    (r"\d{1,2}:\d{2}( ?)[AaPp][Mm]\b", r"%I:%M\1%p"),
    (r"\d{1,2}:\d{2}:\d{2}([.,])\d{1,9}\b", r"%H:%M:%S\1%f"),
    (r"\d{1,2}:\d{2}:\d{2}\b", "%H:%M:%S"),
    (r"\d{1,2}:\d{2}\b", "%H:%M"),
    (r"\b\d{4}([-/.])\d{1,2}([-/.])\d{1,2}\b", r"%Y\1%m\2%d"),
)
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY_FIRST = (
    (rf"\b\d{{1,2}}([-/.]){_MONTH}([-/.])\d{{4}}\b", r"%d\1%m\2%Y"),
    (rf"\b\d{{1,2}}([-/.]){_MONTH}([-/.])\d{{2}}\b", r"%d\1%m\2%y"),
)
_MONTH_FIRST = (
    (rf"\b{_MONTH}([-/])\d{{1,2}}([-/])\d{{4}}\b", r"%m\1%d\2%Y"),
    (rf"\b{_MONTH}([-/])\d{{1,2}}([-/])\d{{2}}\b", r"%m\1%d\2%y"),
)
_REST = ((r"\b\d{8}\b", "%Y%m%d"), (r"\b\d{4}\b", "%Y"), (r"\b\d{1,2}\b", "%d"))
# Nothing but directives, each at most once, and what stands between them.
_FORMAT = r"[-%\s/.,:TaAbBdfHIMmpSyYzZ]+"


@dataclass(frozen=True)
class _Numbers:
    """Numbers that count by another `--time` than milliseconds: what they look like, and the SQL for their milliseconds since 1970."""

    time: str
    look_like: str
    ms: str


def _dates(digits: int, form: str) -> _Numbers:
    is_date = f"regexp_full_match({{text}}, '\\d{{{{{digits}}}}}')"
    return _Numbers(f"'{form}'", "dates", f"case when {is_date} then epoch_ms(try_strptime({{text}}, '{form}')) end")


# The first by which a number is a time from 2000 on and up to a year ahead.
_NUMBERS = (
    _dates(8, "%Y%m%d"), _dates(10, "%Y%m%d%H"), _dates(12, "%Y%m%d%H%M"), _dates(14, "%Y%m%d%H%M%S"),
    _Numbers("excel", "days of a spreadsheet", "({number} - 25569) * 86400000"),
    _Numbers("seconds", "seconds since 1970", "{number} * 1000"),
    _Numbers("microseconds", "microseconds since 1970", "{number} / 1e3"),
    _Numbers("nanoseconds", "nanoseconds since 1970", "{number} / 1e6"),
    _Numbers("'days since 1970-01-01'", "days since 1970", "{number} * 86400000"),
    _Numbers("'hours since 1970-01-01'", "hours since 1970", "{number} * 3600000"),
    # Milliseconds are read without being asked for, unless an exponent says that digits may be missing.
    _Numbers("milliseconds", "milliseconds since 1970 that a spreadsheet has shortened", "{number}"),
)
LOOK_LIKE = {numbers.time: numbers.look_like for numbers in _NUMBERS}
NO_TIME = "in milliseconds since 1970 is no time between 2000 and a year ahead (say with --time what it counts)"


def time_complaint_sql(text: str, time: str = "") -> str:
    """SQL for what is wrong with a text that `time_sql` takes for no time; the text itself stands behind a colon at the end."""
    shown = f"': ' || left({text}, 50)"
    if time:
        return f"{_literal(f'timestamp is not what --time {time} reads')} || {shown}"
    looks = " ".join(f"when {_literal(time)} then {_literal(f'timestamp looks like {look_like} (give --time {time})')}"
                     for time, look_like in LOOK_LIKE.items())
    return f"""case
        when regexp_full_match({text}, '{NUMBER}')
        then coalesce(case {number_remedy_sql(text)} {looks} end, 'timestamp {NO_TIME}')
        else coalesce(
            'timestamp is not ISO 8601 (give ' || {_formats_told(text)} || ')',
            'timestamp is neither an ISO 8601 time in the years 1 to 9999 nor epoch milliseconds')
    end || {shown}"""


def number_remedy_sql(text: str) -> str:
    """SQL for the `--time` by which a number's text is a time that a log may have, as it is written on a command line; null for none."""
    number = f"try_cast({text} as double)"
    cases = "\n".join(f"when {numbers.ms.format(text=text, number=number)} between {FIRST_MS} and {LAST_MS} then {_literal(numbers.time)}"
                      for numbers in _NUMBERS)
    return f"case\n{cases}\nend"


def formats_sql(text: str) -> str:
    """SQL for the list of formats, none to two, the day first, that would read a text."""
    day_first, month_first = (_replaced(text, (*_WORDS, *dates, *_REST)) for dates in (_DAY_FIRST, _MONTH_FIRST))
    is_format = (f"regexp_full_match(form, '{_FORMAT}') and contains(lower(form), '%y') and contains(form, '%d') "
                 "and regexp_matches(form, '%[mbB]')")
    return f"list_filter([{day_first}, {month_first}], lambda form: {is_format})"


def _formats_told(text: str) -> str:
    return f"""list_transform([list_transform({formats_sql(text)}, lambda form: '--time ''' || form || '''')], lambda flags: case
            when len(flags) = 1 or flags[1] = flags[2] then flags[1]
            when len(flags) = 2 then flags[1] || ' or ' || flags[2] || ', whichever is meant'
        end)[1]"""


def _replaced(text: str, words: tuple[tuple[str, str], ...]) -> str:
    for pattern, form in words:
        text = f"regexp_replace({text}, '{pattern}', '{form}')"
    return text


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def refuse_other_units(cursor: duckdb.DuckDBPyConnection, raw: RawRows) -> None:
    """`StoreError` where most of the first thousand times of a batch, and more than one, are numbers that are no times as the milliseconds
    that they are taken for."""
    if raw.time:
        return
    [(times, strangers, first, remedy)] = cursor.execute(f"""
        with times as materialized (
            select line, "timestamp"::varchar as text
            from ({raw.sql})
            where "timestamp" is not null
            limit {SAMPLE_ROWS}
        ),
        strangers as (
            select line, text, {number_remedy_sql("text")} as remedy
            from times
            where regexp_full_match(text, '{NUMBER}')
                and not (regexp_full_match(text, '{EPOCH}') and try_cast(text as double) between {FIRST_MS} and {LAST_MS})
        )
        select (select count(*) from times), count(*), min_by(text, line), mode(remedy)
        from strangers
    """, raw.parameters).fetchall()
    if strangers < 2 or 2 * strangers <= times:
        return
    if remedy:
        raise StoreError(f"its timestamps look like {LOOK_LIKE[remedy]}: give --time {remedy}. The first is {first}.")
    raise StoreError(f"its timestamps are numbers, such as {first}, and most are not between 2000 and a year ahead as milliseconds "
                     "since 1970. Say with --time what they count: --time seconds, or --time 'hours since 2018-01-01'; "
                     "--time milliseconds takes them as they are.")
