"""What each outcome key means: the shipped table, and what a tenant says of keys on top of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

Classification = Literal["positive", "negative", "neutral"]
Category = Literal["impression", "response"]
CountsAs = Literal["impression", "click", "dismiss", "accept", "convert"]

CLASSIFICATIONS: tuple[str, ...] = get_args(Classification)
CATEGORIES: tuple[str, ...] = get_args(Category)
COUNTED: tuple[str, ...] = get_args(CountsAs)

RECOMMENDATION = "recommendation"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Outcome:
    """An outcome key's meaning; `category` is None where a row of it is neither a showing nor an answer to one.

    `counts_as` is the count that counts its rows, and None where no such count does.
    """

    key: str
    name: str
    classification: Classification
    category: Category | None
    counts_as: CountsAs | None = None


SHIPPED = (
    Outcome("impression", "Impression", "neutral", "impression", "impression"),
    Outcome("click", "Click", "positive", "response", "click"),
    Outcome("accept", "Accept", "positive", "response", "accept"),
    Outcome("convert", "Convert", "positive", "response", "convert"),
    Outcome("conversion", "Conversion", "positive", "response", "convert"),
    Outcome("requested_info", "Requested info", "positive", "response"),
    Outcome("share", "Share", "positive", "response"),
    Outcome("save", "Save", "positive", "response"),
    Outcome("dismiss", "Dismiss", "negative", "response", "dismiss"),
    Outcome("not_interested", "Not interested", "negative", "response"),
    Outcome("opt_out", "Opt-out", "negative", "response"),
    Outcome("complaint", "Complaint", "negative", "response"),
    Outcome("deferred", "Deferred", "neutral", "response"),
    Outcome("defer", "Defer", "neutral", "response"),
    Outcome("not_presented", "Not presented", "neutral", "impression"),
    Outcome("expired", "Expired", "neutral", "impression"),
    Outcome(RECOMMENDATION, "Recommendation", "neutral", None),
)

_SHIPPED = {outcome.key: outcome for outcome in SHIPPED}


class InvalidMeaning(ValueError):
    """A meaning that an outcome key cannot have; the message names the value and what is allowed."""


@dataclass(frozen=True)
class Said:
    """What a tenant says of an outcome key: None where it says nothing, and an empty text where it says "none of them"."""

    name: str | None = None
    classification: str | None = None
    category: str | None = None
    counts_as: str | None = None

    def changed(self, by: Said) -> Said:
        """The same with what another says in its place."""
        return Said(**(asdict(self) | {name: value for name, value in asdict(by).items() if value is not None}))


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome key's meaning, how many of a tenant's rows have it, and whether the tenant has said something of it."""

    outcome: Outcome
    rows: int
    is_own: bool


@dataclass(frozen=True)
class Outcomes:
    """A tenant's table of outcomes: `outcomes[key]` is the meaning of any key. What is not said of one is as it was shipped.

    A key that was not shipped is like the one that it counts as, and neutral where it counts as none. Iterated are all keys of the table.
    """

    said: Mapping[str, Said] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Outcome:
        shipped, said = _SHIPPED.get(key), self.said.get(key, Said())
        counts_as = _chosen(said.counts_as, shipped.counts_as if shipped else None)
        like = shipped or _SHIPPED.get(counts_as or "")
        return Outcome(
            key=key,
            name=said.name or (shipped.name if shipped else key),
            classification=said.classification or (like.classification if like else "neutral"),  # type: ignore[arg-type]  # as checked
            category=_chosen(said.category, like.category if like else None),  # type: ignore[arg-type]  # as checked
            counts_as=counts_as,  # type: ignore[arg-type]  # as checked
        )

    def __iter__(self) -> Iterator[Outcome]:
        return (self[key] for key in dict.fromkeys((*_SHIPPED, *self.said)))

    def rows(self, counts: Mapping[str, int] | Mapping[str | None, int]) -> list[OutcomeRow]:
        """The table with every key that occurs, the most frequent first; `counts` are the rows of a log by their keys."""
        keys = dict.fromkeys((*(outcome.key for outcome in self), *sorted(key for key in counts if key is not None)))
        return sorted((self.row(key, counts) for key in keys), key=lambda row: -row.rows)

    def row(self, key: str, counts: Mapping[str, int] | Mapping[str | None, int]) -> OutcomeRow:
        """What one key means, of which the log need not have a row."""
        return OutcomeRow(self[key], counts.get(key, 0), key in self.said)


AS_SHIPPED = Outcomes()


def _chosen(said: str | None, otherwise: str | None) -> str | None:
    return otherwise if said is None else said or None


def check_meaning(key: str, said: Said) -> None:
    """`InvalidMeaning` where a key cannot have this meaning."""
    if not key:
        raise InvalidMeaning("an outcome key must not be empty")
    if said == Said():
        raise InvalidMeaning("there is nothing to set: say a name, a classification, a category or what it counts as")
    if said.name is not None and not 0 < len(said.name) <= LONGEST_NAME:
        raise InvalidMeaning(f"the name must have 1 to {LONGEST_NAME} characters, not {len(said.name)}")
    _check_word("classification", said.classification, CLASSIFICATIONS)
    _check_word("category", said.category, (*CATEGORIES, ""))
    _check_word("counts as", said.counts_as, (*COUNTED, ""))
    if key == RECOMMENDATION and said.counts_as == "impression":
        raise InvalidMeaning(
            f"{RECOMMENDATION!r} can never count as an impression, for what was recommended need not have been shown; give what was shown another key"
        )


def _check_word(what: str, word: str | None, allowed: tuple[str, ...]) -> None:
    if word is not None and word not in allowed:
        raise InvalidMeaning(f"{what} must be one of {', '.join(one or 'nothing' for one in allowed)}, not {word!r}")
