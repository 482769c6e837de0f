"""The filters of the log: one row each, from which the address, the API, its documentation, the filter bar and the sentence are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Filter:
    """One filter: any of its values may match, exactly.

    `name` is its parameter in addresses and in the API, `aliases` are the names that older clients use; `dimension` is the column of the log it
    compares. An `optional` filter is one of a field that interactions need not have.
    """

    name: str
    dimension: str
    label: str
    plural: str
    description: str
    example: str
    aliases: tuple[str, ...] = ()
    optional: bool = False

    @property
    def a(self) -> str:
        """Its label with its article: `an offer`."""
        label = self.label.lower()
        return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


FILTERS = (
    Filter("customerId", "customer", "Customer", "customers", "The customer's id.", "CUST001"),
    Filter("offerId", "offer", "Offer", "offers", "The offer's id.", "off_abc123", aliases=("actionId",), optional=True),
    Filter("creativeId", "creative", "Creative", "creatives", "The creative's id.", "cr_001", aliases=("treatmentId",),
           optional=True),
    Filter("channelId", "channel", "Channel", "channels", "The id of the interaction's own channel.", "ch_email",
           optional=True),
    Filter("type", "type", "Type", "types", "The interaction's type (field `interactionType`).", "click"),
    Filter("outcome", "outcome", "Outcome", "outcomes", "The key of the outcome type (field `outcomeTypeKey`).", "click"),
    Filter("direction", "direction", "Direction", "directions", "`inbound` or `outbound`.", "outbound", optional=True),
)

# The operator that asks for the interactions which have no value under a filter; its values are the names of optional filters.
WITHOUT = "without"
OPTIONAL = tuple(filter.name for filter in FILTERS if filter.optional)

BY_NAME = {filter.name: filter for filter in FILTERS}
CANONICAL_NAMES = {alias: filter.name for filter in FILTERS for alias in filter.aliases}
