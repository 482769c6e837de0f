"""The times a log may carry, read to UTC."""

from __future__ import annotations

ISO = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?"
EPOCH = r"-?\d{1,15}(\.\d+)?"
_OFFSET = r"([+-])(\d{2}):?(\d{2})?$"


def time_of_text(text: str) -> str:
    """SQL for the UTC timestamp of ISO 8601 or epoch-millisecond text; null for any other text."""
    offset = f"regexp_extract({text}, '{_OFFSET}', ['sign', 'hours', 'minutes'])"
    return f"""case
        when not regexp_full_match({text}, '{ISO}') then
            case when regexp_full_match({text}, '{EPOCH}') then {time_of_number(f"{text}::double")} end
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
