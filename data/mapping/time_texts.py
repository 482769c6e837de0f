"""The SQL that reads ISO 8601 and the spellings near to it: with a zone's name, RFC 2822, and Pega's."""

from __future__ import annotations

from collections.abc import Callable

ISO = r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?"
BASIC = r"\d{8}[Tt]\d{6}([.,]\d+)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?"
_BASIC_PARTS = r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)"
_LEAP_SECOND = r":60([.,]\d+)?([Zz+-]|$)"
_OFFSET = r"([+-])(\d{2}):?(\d{2})?$"

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MAIL = (r"^(?i)(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, +)?(\d{1,2}) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* "
         r"(\d{4}) (\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?([+-]\d{4}|z|[ecmp][sd]t|)$")
_MAIL_ZONES = {"est": "-0500", "edt": "-0400", "cst": "-0600", "cdt": "-0500", "mst": "-0700", "mdt": "-0600", "pst": "-0800", "pdt": "-0700"}

Convert = Callable[[str], str]


def instant_of_text(text: str, to_utc: Convert, number: str, is_number: str) -> str:
    """SQL for the UTC timestamp of a text; null for what is no time.

    `to_utc` gives the SQL for a time without an offset; `number` is the SQL for a text that `is_number` matches.
    """
    return f"""case
        when regexp_full_match({text}, '{ISO}') then {_time_of_iso(text, to_utc)}
        when regexp_full_match({text}, '{is_number}') then {number}
        when {text} is not null then list_transform([{_as_iso(text)}], lambda iso: case
            when regexp_full_match(iso, '{ISO}') then {_time_of_iso("iso", to_utc)}
        end)[1]
    end"""


def _as_iso(text: str) -> str:
    """A text of another spelling in the extended form of ISO 8601, or something else."""
    zones = " ".join(f"when '{name}' then '{offset}'" for name, offset in _MAIL_ZONES.items())
    # A zone's name behind an offset says nothing more, nor does a comment.
    plain = f"regexp_replace(trim({text}), '(Z|[+-]\\d\\d:?\\d\\d)(\\[[^\\]]*\\]| \\([^)]*\\))$', '\\1')"
    zoned = f"regexp_replace({plain}, '(?i)(\\d) ?(UTC|GMT|UT|Z)$', '\\1Z')"
    near = f"regexp_replace({zoned}, '(:\\d\\d([.,]\\d+)?|[Tt]\\d{{6}}([.,]\\d+)?) ?(?:UTC|GMT)?([+-]\\d\\d(?::?\\d\\d)?)$', '\\1\\4')"
    basic = f"""list_transform([{near}], lambda near: case
            when regexp_full_match(near, '{BASIC}') then regexp_replace(near, '{_BASIC_PARTS}', '\\1-\\2-\\3T\\4:\\5:')
            else near
        end)"""
    return f"""list_transform(list_transform({basic}, lambda near: struct_pack(
            near := near, mail := regexp_extract(near, '{_MAIL}', ['day', 'month', 'year', 'clock', 'zone'])
        )), lambda read: case
            when read.mail.day = '' then read.near
            else read.mail.year || '-' || lpad(((position(lower(read.mail.month) in '{_MONTHS}') + 2) // 3)::varchar, 2, '0')
                || '-' || lpad(read.mail.day, 2, '0') || 'T' || read.mail.clock
                || case lower(read.mail.zone) {zones} else read.mail.zone end
        end)[1]"""


def _time_of_iso(text: str, to_utc: Convert) -> str:
    # The engine knows no leap second: one counts as the first instant after it, and always ends a day of UTC.
    second_before = f"regexp_replace({text}, '{_LEAP_SECOND}', ':59\\2')"
    after = f"({_utc(second_before, to_utc)} + to_seconds(1))"
    return f"""case
        when contains({text}, ':60') then case when {after} = date_trunc('day', {after}) then {after} end
        else {_utc(text, to_utc)}
    end"""


def _utc(text: str, to_utc: Convert) -> str:
    offset = f"regexp_extract({text}, '{_OFFSET}', ['sign', 'hours', 'minutes'])"
    return f"""case
        when right({text}, 1) in ('Z', 'z') then {_local(text)}
        when length({text}) <= 16 or not regexp_matches({text}, '{_OFFSET}') then {to_utc(_local(text))}
        else
            {_local(text)} - to_minutes(
                if({offset}.sign = '-', -1, 1)
                * (coalesce(try_cast({offset}.hours as bigint), 0) * 60 + coalesce(try_cast({offset}.minutes as bigint), 0))
            )
    end"""


def _local(text: str) -> str:
    # The engine reads the date and time, and passes over the offset.
    return f"try_cast(replace(upper({text}), ',', '.') as timestamp)"
