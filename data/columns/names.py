"""The dictionaries of a tenant: which key stands for which type, offer, creative, channel, direction or outcome."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

from queries.asking.names import Entity, Names, Values
from queries.asking.outcomes import Outcomes

if TYPE_CHECKING:
    from data.store.store import Snapshot


@dataclass(frozen=True)
class Dictionary:
    """The values of one dimension: `ids` and `entities` by key (0 is None), `keys` by id."""

    ids: list[str | None]
    entities: list[Entity | None]
    keys: dict[str, int] = field(repr=False)

    def value(self, key: int) -> str:
        """The value of a key other than 0."""
        id = self.ids[key]
        assert id is not None, "0 is the key of no value"
        return id


@dataclass(frozen=True)
class Dictionaries:
    """The dictionaries of one tenant."""

    type: Dictionary
    offer: Dictionary
    creative: Dictionary
    channel: Dictionary
    direction: Dictionary
    outcome: Dictionary

    def __getitem__(self, dimension: str) -> Dictionary:
        return getattr(self, dimension)

    @cached_property
    def largest_keys(self) -> dict[str, int]:
        return {one.name: len(self[one.name].ids) - 1 for one in fields(self)}

    def names(self, outcomes: Outcomes) -> Names:
        """The same without keys, and with the tenant's table of outcomes, which also names some of those that occur."""
        entities = {one.name: [entity for entity in self[one.name].entities if entity] for one in fields(self)}
        named = {key: said.name for key, said in outcomes.said.items() if said.name}
        entities["outcome"] = [replace(entity, name=named.get(entity.id)) for entity in entities["outcome"]]
        return Names(**{name: Values({entity.id: entity for entity in its}) for name, its in entities.items()}, outcomes=outcomes)


_DICTIONARIES = {
    "type": 'select "key", id, true, null, null, 0 from types',
    "offer": 'select "key", id, known, name, status, 0 from offers',
    "channel": 'select "key", id, known, name, null, 0 from channels',
    "creative": 'select "key", id, known, name, null, channel from creatives',
    "direction": 'select "key", id, true, null, null, 0 from directions',
    "outcome": 'select "key", id, true, null, null, 0 from outcomes',
}


def dictionaries(snapshot: Snapshot, tenant: int) -> Dictionaries:
    """A tenant's dictionaries, read from the store."""
    found: dict[str, Dictionary] = {}
    for name, sql in _DICTIONARIES.items():
        channels = found["channel"].ids if name == "creative" else [None]
        rows = snapshot.rows(f'{sql} where tenant = $tenant order by "key"', {"tenant": tenant})
        entities = [Entity(id, known, label, status, channels[channel]) for _, id, known, label, status, channel in rows]
        found[name] = Dictionary(
            ids=[None, *(entity.id for entity in entities)],
            entities=[None, *entities],
            keys={entity.id: key for key, entity in enumerate(entities, start=1)},
        )
    return Dictionaries(**found)


def dictionary_sizes(snapshot: Snapshot) -> dict[int, dict[str, int]]:
    """How many words each tenant's dictionaries have, by dimension, those without any left out."""
    tables = " union all ".join(f"select '{name}' as name, tenant from {name}s" for name in _DICTIONARIES)
    found: dict[int, dict[str, int]] = {}
    for tenant, name, count in snapshot.rows(f"select tenant, name, count(*) from ({tables}) group by tenant, name"):
        found.setdefault(tenant, {})[name] = count
    return found
