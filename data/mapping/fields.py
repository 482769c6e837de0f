"""The fields of a logged interaction: what each is called in the API, by which other names a file may call it, and where the store keeps it.

From these rows follow what is written, compared, kept aside and read again, and the columns of the log as CSV; `schema.sql` is held to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field that a file may have.

    `column` is the one of the store that holds it, if one does. Of few different values each stands once, in a dictionary, the table `words`, and
    the column holds its key. An `optional` field need not have a value; one that `is_object` holds a JSON object.
    """

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    column: str = ""
    words: str = ""
    optional: bool = False
    is_object: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a file may use, the best first."""
        snake = re.sub(r"[A-Z]", lambda capital: "_" + capital.group().lower(), self.name)
        return tuple(dict.fromkeys((self.name, snake, *self.aliases)))


RECORD_FIELDS = (
    Field("id", required=True, column="id"),
    Field("tenantId", column="tenant"),
    Field("customerId", required=True, column="customer", words="customers"),
    Field("offerId", aliases=("actionId", "action_id"), column="offer", words="offers", optional=True),
    Field("creativeId", aliases=("treatmentId", "treatment_id"), column="creative", words="creatives", optional=True),
    Field("channelId", column="channel", words="channels", optional=True),
    Field("interactionType", required=True, aliases=("type",), column="type", words="types"),
    Field("outcomeTypeKey", column="outcome_type", words="outcomes"),
    Field("direction", column="direction", words="directions", optional=True),
    Field("timestamp", required=True, column="timestamp"),
    Field("context", column="context", is_object=True),
    Field("response", column="response", is_object=True),
    Field("outcome", column="outcome", is_object=True),
    Field("offer"),
    Field("creative"),
    Field("offerName"),
    Field("offerStatus"),
    Field("creativeName"),
    Field("channelName"),
)

STORED_FIELDS = tuple(field for field in RECORD_FIELDS if field.column)
KEYED_FIELDS = tuple(field for field in STORED_FIELDS if field.words)
# By these a row is the same as another, whatever else it holds.
IDENTITY = ("id", "tenantId")

ENTITY_FIELDS = {
    "offers": (Field("id", required=True), Field("tenantId"), Field("name", required=True), Field("status")),
    "creatives": (Field("id", required=True), Field("tenantId"), Field("name", required=True), Field("channelId")),
    "channels": (Field("id", required=True), Field("tenantId"), Field("name", required=True)),
}
