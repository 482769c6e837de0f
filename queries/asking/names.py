"""The names of a log: the values of its dimensions, what is known of its offers, creatives and channels, and what its outcomes mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from queries.asking.outcomes import AS_SHIPPED, Outcomes


@dataclass(frozen=True)
class Entity:
    """A value of a dimension; an offer, creative or channel is `known` once more than its id was logged.

    `channel` is the id of a creative's own channel.
    """

    id: str
    known: bool = True
    name: str | None = None
    status: str | None = None
    channel: str | None = None

    @property
    def label(self) -> str:
        """What a person calls it: its name, or the id where it has none."""
        return self.name or self.id


@dataclass(frozen=True)
class Values:
    """The values of one dimension by their ids, in the order in which they first appeared."""

    by_id: Mapping[str, Entity]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.by_id)

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    def get(self, id: str | None) -> Entity | None:
        """What is known of a value; None for no value and for one that the log does not have."""
        return None if id is None else self.by_id.get(id)

    def label(self, id: str) -> str:
        """What a person calls a value: the entity's name, or the id where it has none."""
        entity = self.by_id.get(id)
        return entity.label if entity else id


@dataclass(frozen=True)
class Names:
    """The values of each dimension of one tenant's log, and the tenant's table of `outcomes`."""

    type: Values
    offer: Values
    creative: Values
    channel: Values
    direction: Values
    outcome: Values
    outcomes: Outcomes = AS_SHIPPED

    def __getitem__(self, dimension: str) -> Values:
        return getattr(self, dimension)
