"""The fields of a logged interaction: what each is called in the API, and by which other names a file may call it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a file may use, the best first."""
        snake = re.sub(r"[A-Z]", lambda capital: "_" + capital.group().lower(), self.name)
        return tuple(dict.fromkeys((self.name, snake, *self.aliases)))


RECORD_FIELDS = (
    Field("id", required=True),
    Field("tenantId"),
    Field("customerId", required=True),
    Field("offerId", aliases=("actionId", "action_id")),
    Field("creativeId", aliases=("treatmentId", "treatment_id")),
    Field("channelId"),
    Field("interactionType", required=True, aliases=("type",)),
    Field("outcomeTypeKey"),
    Field("direction"),
    Field("timestamp", required=True),
    Field("context"),
    Field("response"),
    Field("outcome"),
    Field("offer"),
    Field("creative"),
    Field("offerName"),
    Field("offerStatus"),
    Field("creativeName"),
    Field("channelName"),
)

ENTITY_FIELDS = {
    "offers": (Field("id", required=True), Field("tenantId"), Field("name", required=True), Field("status")),
    "creatives": (Field("id", required=True), Field("tenantId"), Field("name", required=True), Field("channelId")),
    "channels": (Field("id", required=True), Field("tenantId"), Field("name", required=True)),
}
