"""The SQL that reads a time as UTC: of ISO 8601 and its kin, of numbers that count from a day, and of texts of any format.

It gives a timestamp, or null where a value is no such time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import available_timezones

import pyarrow as pa

from data.mapping.time_texts import instant_of_text
from data.store.limits import StoreError

# Numbers without a flag are milliseconds, and only from 2000 on and up to a year ahead.
FIRST_MS = 946_684_800_000
LAST_MS = "(epoch_ms(now()) + 366 * 86400000::bigint)"

EPOCH = r"-?\d{1,15}(\.\d+)?"
NUMBER = r"[+-]?\d{1,20}(\.\d*)?([eE][+-]?\d{1,2})?"

# Microseconds of each unit; a nanosecond has none.
_SINCE_1970 = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1, "nanoseconds": 0}
_SINCE_A_DAY = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000, "seconds": 1_000_000}
_SINCE = re.compile(r"(minutes|hours|days|seconds) since (\S.*)")
# Day 60 of a spreadsheet is 29 February 1900, which never was: from March on its days count from here.
_EXCEL = datetime(1899, 12, 30)
_LAST_MICROSECOND = 253_402_300_800_000_000

_DIRECTIVE = re.compile(r"%-?(.)")
_DIRECTIVES = set("aAbBdfghHIjmMnpSTxXyYzZ%")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")

_ABBREVIATIONS = {
    "UTC": "+00:00", "GMT": "+00:00", "UT": "+00:00", "WET": "+00:00", "WEST": "+01:00", "BST": "+01:00", "CET": "+01:00",
    "CEST": "+02:00", "MET": "+01:00", "MEST": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00", "JST": "+09:00",
    "KST": "+09:00", "AWST": "+08:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00", "EST": "-05:00",
    "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}


@dataclass(frozen=True)
class Count:
    """Numbers that count `microseconds` each since `origin`, which is a time of UTC or, where `local`, of the zone.

    A day is one of the zone's calendar; nanoseconds have 0 `microseconds`.
    """

    microseconds: int
    origin: datetime = datetime(1970, 1, 1)
    local: bool = False


def time_sql(text: str, time: str = "", zone: str = "") -> str:
    """SQL for the time of a text, as `--time` says it is written, in `--timezone` where it names no offset itself."""
    if not time:
        return instant_of_text(text, lambda local: _utc(local, zone), milliseconds_sql(f"{text}::double"), EPOCH)
    rule = checked_time(time)
    return _counted(text, rule, zone) if isinstance(rule, Count) else _formatted(text, rule, zone)


def typed_time_sql(place: str, kind: pa.DataType, time: str = "", zone: str = "") -> str | None:
    """The same for a column that has this type and is no text; None for a type that no time is read from."""
    if pa.types.is_timestamp(kind):
        # The engine would round where it narrows.
        whole = f"make_timestamp((epoch_ns({place}) - (epoch_ns({place}) % 1000 + 1000) % 1000) // 1000)"
        moment = whole if kind.unit == "ns" else f"{place}::timestamp"
        return moment if kind.tz else _utc(moment, zone)
    if pa.types.is_date(kind):
        return _utc(f"{place}::timestamp", zone)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return time_sql(f"{place}::varchar", time, zone) if time else milliseconds_sql(f"{place}::double")
    return None


def milliseconds_sql(number: str) -> str:
    """SQL for the time of a number of milliseconds since 1970, if it is one of a log that somebody has now."""
    return f"case when {number} between {FIRST_MS} and {LAST_MS} then make_timestamp_ms(floor({number})::bigint) end"


def checked_time(time: str) -> Count | str:
    """What `--time` says: how numbers count, or a format of strptime; `StoreError` where it says neither."""
    if time in _SINCE_1970:
        return Count(_SINCE_1970[time])
    if time == "excel":
        return Count(_SINCE_A_DAY["days"], _EXCEL, local=True)
    if since := _SINCE.fullmatch(time):
        unit, origin = since.groups()
        try:
            begin = datetime.fromisoformat(origin)
        except ValueError as problem:
            raise StoreError(f"--time {time}: '{origin}' is no ISO 8601 date, such as 2018-01-01.") from problem
        if begin.tzinfo:
            return Count(_SINCE_A_DAY[unit], begin.astimezone(UTC).replace(tzinfo=None))
        return Count(_SINCE_A_DAY[unit], begin, local=True)
    if "%" not in time:
        raise StoreError(f"--time takes seconds, milliseconds, microseconds, nanoseconds, excel, 'hours since 2018-01-01' (or days, minutes) "
                         f"or a format such as '%d.%m.%Y %H:%M', not '{time}'.")
    directives = _DIRECTIVE.findall(time)
    unknown = [f"%{sign}" for sign in directives if sign not in _DIRECTIVES]
    if unknown or len(directives) != time.replace("%%", "%").count("%"):
        raise StoreError(f"--time '{time}': there is no {', '.join(unknown) or 'directive behind the last %'}. "
                         f"Directives: {', '.join('%' + sign for sign in sorted(_DIRECTIVES - {'%'}))}.")
    if not ({"Y", "y", "x"} & {*directives} and {"d", "j", "x"} & {*directives}):
        raise StoreError(f"--time '{time}' has no year or no day, such as in '%d.%m.%Y %H:%M'.")
    return time


def checked_zone(zone: str) -> str:
    """A zone of `--timezone`; `StoreError` where it is none."""
    if _OFFSET.fullmatch(zone) or zone in available_timezones():
        return zone
    raise StoreError(f"--timezone {zone}: there is no such zone; name one as Europe/Berlin or UTC, or an offset as +02:00.")


def _utc(local: str, zone: str) -> str:
    if not zone:
        return local
    zone = checked_zone(zone)
    if offset := _OFFSET.fullmatch(zone):
        sign, hours, minutes = offset.groups()
        return f"({local}) - to_minutes({sign}{int(hours) * 60 + int(minutes)})"
    return f"timezone('UTC', timezone('{zone}', {local}))"


def _counted(text: str, count: Count, zone: str) -> str:
    number = f"try_cast({text} as decimal(38, 9))"
    if not count.microseconds:
        whole, last = f"floor({number})::hugeint", _LAST_MICROSECOND * 1000
        micros = f"(({whole} - ({whole} % 1000 + 1000) % 1000) // 1000)"
    else:
        exact, last = f"{number} * {count.microseconds}", _LAST_MICROSECOND // count.microseconds
        micros = f"floor({exact})" if count.microseconds <= _SINCE_1970["seconds"] else _rounded(text, exact, count)
    origin = f"timestamp '{count.origin.isoformat(' ')}'"
    by_calendar = count.local and count.microseconds == _SINCE_A_DAY["days"]
    moment = f"{_utc(origin, zone) if count.local and not by_calendar else origin} + to_microseconds({micros}::bigint)"
    return f"""case
        when regexp_full_match({text}, '{NUMBER}') and abs({number}) < {last} then {_utc(moment, zone) if by_calendar else moment}
    end"""


def _rounded(text: str, exact: str, count: Count) -> str:
    # A part of a day or an hour has no end as a decimal: it is meant to the second, or with enough decimals to the millisecond.
    decimals = len(str(count.microseconds // 1_000_000)) + 3
    unit = f"if(regexp_matches({text}, '\\.\\d{{{decimals}}}|[eE]'), 1000, 1000000)"
    return f"(round({exact} / {unit}) * {unit})"


def _formatted(text: str, form: str, zone: str) -> str:
    quoted = form.replace("'", "''")
    # The engine takes such words for times of any format.
    is_time = f"regexp_matches({text}, '\\d')"
    if "%f" in form:
        text = f"regexp_replace({text}, '([.,]\\d{{6}})\\d+', '\\1')"
    if not re.search("%[zZ]", form.replace("%%", "")):
        local = f"try_strptime({text}, '{quoted}')"
        return f"case when {is_time} then {_utc(local, zone)} end"
    offset = re.sub("%Z", "%z", quoted)
    read = [f"try_strptime({_with_offset(text)}, '{offset}')", *([f"try_strptime({text}, '{quoted}')"] if "%Z" in form else [])]
    return f"case when {is_time} then timezone('UTC', coalesce({', '.join(read)})) end"


def _with_offset(text: str) -> str:
    names = "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True))
    offsets = " ".join(f"when '{name}' then '{offset}'" for name, offset in _ABBREVIATIONS.items())
    plain = f"regexp_replace(regexp_replace({text}, '\\b(GMT|UTC)([+-])', '\\2'), '([\\d ])Z\\b', '\\1+00:00')"
    return f"""list_transform([{plain}], lambda spelled: regexp_replace(spelled, '\\b({names})\\b',
            case regexp_extract(spelled, '\\b({names})\\b') {offsets} else '' end))[1]"""
