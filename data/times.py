"""The times a log may carry, read to UTC."""

from __future__ import annotations

ISO = r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?"
BASIC = r"\d{8}[Tt]\d{6}([.,]\d+)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?"
EPOCH = r"-?\d{1,15}(\.\d+)?"
_BASIC_PARTS = r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)"
_LEAP_SECOND = r":60([.,]\d+)?([Zz+-]|$)"
_OFFSET = r"([+-])(\d{2}):?(\d{2})?$"


def time_of_text(text: str) -> str:
    """SQL for the UTC timestamp of ISO 8601 or epoch-millisecond text; null for any other text."""
    extended = f"regexp_replace({text}, '{_BASIC_PARTS}', '\\1-\\2-\\3T\\4:\\5:')"
    return f"""case
        when not regexp_full_match({text}, '{ISO}') then
            case
                when regexp_full_match({text}, '{EPOCH}') then {time_of_number(f"{text}::double")}
                when regexp_full_match({text}, '{BASIC}') then {_time_of_iso(extended)}
            end
        else {_time_of_iso(text)}
    end"""


def _time_of_iso(text: str) -> str:
    # The engine knows no leap second: one counts as the first instant after it, and always ends a day of UTC.
    second_before = f"regexp_replace({text}, '{_LEAP_SECOND}', ':59\\2')"
    after = f"({_utc(second_before)} + to_seconds(1))"
    return f"""case
        when contains({text}, ':60') then case when {after} = date_trunc('day', {after}) then {after} end
        else {_utc(text)}
    end"""


def _utc(text: str) -> str:
    offset = f"regexp_extract({text}, '{_OFFSET}', ['sign', 'hours', 'minutes'])"
    return f"""case
        when length({text}) <= 16 or right({text}, 1) in ('Z', 'z') then
            {_local(text)}
        else
            {_local(text)} - to_minutes(
                if({offset}.sign = '-', -1, 1)
                * (coalesce(try_cast({offset}.hours as bigint), 0) * 60 + coalesce(try_cast({offset}.minutes as bigint), 0))
            )
    end"""


def time_of_number(number: str) -> str:
    """SQL for the timestamp of a number of milliseconds since 1970."""
    return f"case when abs({number}) < 1e15 then make_timestamp_ms(floor({number})::bigint) end"


def _local(text: str) -> str:
    # The engine reads the date and time, and passes over the offset.
    return f"try_cast(replace(upper({text}), ',', '.') as timestamp)"
