"""What an outcome key means: the one table of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Classification = Literal["positive", "negative", "neutral"]
Category = Literal["impression", "response"]


@dataclass(frozen=True)
class Outcome:
    """An outcome key's meaning; `category` is None where a row of it is neither a showing nor an answer to one."""

    key: str
    name: str
    classification: Classification
    category: Category | None


OUTCOMES = (
    Outcome("impression", "Impression", "neutral", "impression"),
    Outcome("click", "Click", "positive", "response"),
    Outcome("accept", "Accept", "positive", "response"),
    Outcome("convert", "Convert", "positive", "response"),
    Outcome("conversion", "Conversion", "positive", "response"),
    Outcome("requested_info", "Requested info", "positive", "response"),
    Outcome("share", "Share", "positive", "response"),
    Outcome("save", "Save", "positive", "response"),
    Outcome("dismiss", "Dismiss", "negative", "response"),
    Outcome("not_interested", "Not interested", "negative", "response"),
    Outcome("opt_out", "Opt-out", "negative", "response"),
    Outcome("complaint", "Complaint", "negative", "response"),
    Outcome("deferred", "Deferred", "neutral", "response"),
    Outcome("defer", "Defer", "neutral", "response"),
    Outcome("not_presented", "Not presented", "neutral", "impression"),
    Outcome("expired", "Expired", "neutral", "impression"),
    Outcome("recommendation", "Recommendation", "neutral", None),
)

_BY_KEY = {outcome.key: outcome for outcome in OUTCOMES}


def outcome_of(key: str) -> Outcome:
    """The meaning of a key; one that is not in the table is neutral, under its own name."""
    return _BY_KEY.get(key) or Outcome(key, key, "neutral", None)
