"""The SQL that reads an amount of money: a number, or with `--decimal` a text as people write sums."""

from __future__ import annotations

from data.store.limits import StoreError

_NUMBER = r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*"

_BLANK = "[ \t\u00a0\u2007\u2009\u202f]"
# What may part the thousands beside the mark that is not the decimal one.
_PARTING = (_BLANK, "['\u2019]", "_")
_SIGN = "[-\u2212\u2013+]"
_DASHES = "-\u2013\u2014"
_CURRENCY = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|kr\.?|Kč|zł|Ft|lei|Rs\.?|Fr\.?|R)"


def amount_sql(text: str, decimal: str = "") -> str:
    """SQL for the finite number that a text is; null for any other text.

    With the decimal mark named, `.` or `,`, also of one that has a currency, parts its thousands, or has its minus in front, behind or as
    parentheses; and then only what agrees with the mark. A number of JSON is no text: it says what it says without a mark.
    """
    if not decimal:
        return f"case when regexp_full_match({text}, '{_NUMBER}') and isfinite({text}::double) then {text}::double end"
    pattern = _pattern(checked_decimal(decimal)).replace("'", "''")
    groups = "['opened', 'front', 'inner', 'whole', 'part', 'exponent', 'behind', 'last', 'closed']"
    # The digits stay as written, so that a sum is exact.
    return f"""list_filter(list_transform([regexp_extract({text}, '{pattern}', {groups})], lambda amount: case
            when amount.whole || amount.part != ''
                and length(amount.front || amount.inner || amount.behind || amount.last || amount.opened) <= 1
                and (amount.opened = '') = (amount.closed = '')
            then try_cast(
                case when amount.front || amount.inner || amount.behind || amount.last || amount.opened in ('', '+') then '' else '-' end
                || regexp_replace(amount.whole, '\\D', '', 'g') || '.' || regexp_replace(amount.part, '\\D', '', 'g') || '0' || amount.exponent
                as double)
        end), lambda amount: isfinite(amount))[1]"""


def checked_decimal(decimal: str) -> str:
    """A mark of `--decimal`; `StoreError` where it is none."""
    if decimal not in (",", "."):
        raise StoreError(f"--decimal takes , or ., not '{decimal}'.")
    return decimal


def _pattern(decimal: str) -> str:
    thousands = "." if decimal == "," else ","
    parted = "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}" for mark in (f"[{thousands}]", *_PARTING))
    # `12,-` says that there are no cents.
    number = rf"({parted}|\d+|)(?:[{decimal}](\d+|[{_DASHES}]{{1,2}}|))?([eE][+-]?\d{{1,3}}|)"
    around = f"{_BLANK}*{_CURRENCY}?{_BLANK}*"
    return rf"^{_BLANK}*(\(?)({_SIGN}?){around}({_SIGN}?){number}{_BLANK}*({_SIGN}?){around}({_SIGN}?)(\)?){_BLANK}*$"
