"""The dictionaries of a tenant: which key stands for which type, offer, creative, channel, direction or outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store.store import Snapshot


@dataclass(frozen=True)
class Entity:
    """What is known of an offer, a creative or a channel; `known` is False where only its id was ever logged."""

    id: str
    known: bool
    name: str | None = None
    status: str | None = None
    channel: int = 0


@dataclass(frozen=True)
class Dictionary:
    """The values of one dimension: `ids` and `entities` by key (0 is None), `keys` by id."""

    ids: list[str | None]
    entities: list[Entity | None]
    keys: dict[str, int] = field(repr=False)

    def label(self, id: str) -> str:
        """What a person calls a value: the entity's name, or the id where it has none."""
        entity = self.entities[self.keys[id]] if id in self.keys else None
        return entity.name if entity and entity.name else id


@dataclass(frozen=True)
class Names:
    """The dictionaries of one tenant."""

    type: Dictionary
    offer: Dictionary
    creative: Dictionary
    channel: Dictionary
    direction: Dictionary
    outcome: Dictionary

    def __getitem__(self, dimension: str) -> Dictionary:
        return getattr(self, dimension)

    def largest_keys(self) -> dict[str, int]:
        return {name: len(self[name].ids) - 1 for name in self.__dataclass_fields__}


_DICTIONARIES = {
    "type": 'select "key", id, true, null, null, 0 from types',
    "offer": 'select "key", id, known, name, status, 0 from offers',
    "creative": 'select "key", id, known, name, null, channel from creatives',
    "channel": 'select "key", id, known, name, null, 0 from channels',
    "direction": 'select "key", id, true, null, null, 0 from directions',
    "outcome": 'select "key", id, true, null, null, 0 from outcomes',
}


def names(snapshot: Snapshot, tenant: int) -> Names:
    return snapshot.memory.recall(("names", tenant), lambda: Names(
        **{name: _dictionary(snapshot, tenant, sql) for name, sql in _DICTIONARIES.items()}
    ))


def _dictionary(snapshot: Snapshot, tenant: int, sql: str) -> Dictionary:
    rows = snapshot.rows(f'{sql} where tenant = $tenant order by "key"', {"tenant": tenant})
    entities = [Entity(*rest) for _, *rest in rows]
    return Dictionary(
        ids=[None, *(entity.id for entity in entities)],
        entities=[None, *entities],
        keys={entity.id: key for key, entity in enumerate(entities, start=1)},
    )
