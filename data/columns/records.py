"""The records at some positions of a log, read from the store."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.arrays import DIMENSIONS, LogColumns
from data.columns.names import Dictionaries
from data.columns.tenant import TenantColumns
from data.results import RECORD_COLUMNS, Channel, Creative, Offer, Record
from queries.asking.names import Entity
from queries.asking.times import iso


def records(tenant: TenantColumns, log: LogColumns, positions: np.ndarray) -> list[Record]:
    """The records at some positions of a log, in the order given."""
    return list(_decoded(tenant, log, positions))


def _decoded(tenant: TenantColumns, log: LogColumns, positions: np.ndarray) -> Iterator[Record]:
    dictionaries = tenant.dictionaries
    texts = tenant.texts(log.row[positions])
    customers = tenant.customer_ids(np.array([customer for *_, customer in texts], np.uint32)).to_pylist()
    keys = zip(*(getattr(log, dimension)[positions].tolist() for dimension in DIMENSIONS), strict=True)
    times = log.timestamp[positions].tolist()
    for (id, context, response, result, value, _), customer, time, (type, offer, creative, channel, direction, outcome) in zip(
        texts, customers, times, keys, strict=True,
    ):
        yield Record(
            id=id,
            tenantId=tenant.id,
            customerId=customer,
            offerId=dictionaries.offer.ids[offer],
            creativeId=dictionaries.creative.ids[creative],
            channelId=dictionaries.channel.ids[channel],
            interactionType=dictionaries.type.value(type),
            outcomeTypeKey=dictionaries.outcome.value(outcome),
            direction=dictionaries.direction.ids[direction],
            timestamp=iso(time),
            context=context,
            response=response,
            outcome=result,
            offer=_offer(dictionaries.offer.entities[offer]),
            creative=_creative(dictionaries, creative),
            channel=_channel(dictionaries.channel.entities[channel]),
            value=value,
        )


def _offer(entity: Entity | None) -> Offer | None:
    return Offer(entity.id, entity.name, entity.status) if entity and entity.known else None


def _channel(entity: Entity | None) -> Channel | None:
    return Channel(entity.id, entity.name) if entity and entity.known else None


def _creative(dictionaries: Dictionaries, key: int) -> Creative | None:
    entity, channels = dictionaries.creative.entities[key], dictionaries.channel
    if entity is None or not entity.known:
        return None
    own = channels.entities[channels.keys[entity.channel]] if entity.channel is not None else None
    return Creative(entity.id, entity.name, _channel(own))


def flat_records(tenant: TenantColumns, log: LogColumns, positions: np.ndarray) -> pa.Table:
    """The records at some positions of a log as a table of text columns (`RECORD_COLUMNS`), null for none; for many at a time."""
    dictionaries = tenant.dictionaries
    texts = tenant.text_columns(log.row[positions])

    def column(value: str) -> pa.Array:
        dimension, _, fact = value.partition(".")
        if fact:
            facts = [getattr(entity, fact) if entity and entity.known else None for entity in dictionaries[dimension].entities]
            return dictionary_column(facts, getattr(log, dimension)[positions])
        if value in _ID_COLUMNS:
            dimension = _ID_COLUMNS[value]
            return dictionary_column(dictionaries[dimension].ids, getattr(log, dimension)[positions])
        if value == "tenantId":
            return dictionary_column([tenant.id], np.zeros(len(positions), np.uint8))
        if value == "customerId":
            return tenant.customer_ids(texts["customer"].to_numpy())
        return iso_column(log.timestamp[positions]) if value == "timestamp" else texts[value]

    return pa.table({name: column(value) for name, value in RECORD_COLUMNS.items()})


_ID_COLUMNS = {
    "offerId": "offer", "creativeId": "creative", "channelId": "channel", "interactionType": "type", "outcomeTypeKey": "outcome",
    "direction": "direction",
}


def dictionary_column(texts: list[str | None], keys: np.ndarray) -> pa.DictionaryArray:
    """A column of texts, of which each stands once however many rows have it: that of row i is texts[keys[i]]."""
    return pa.DictionaryArray.from_arrays(pa.array(keys.astype(np.int32)), pa.array(texts, pa.string()))


def iso_column(ms: np.ndarray) -> pa.Array:
    """A column of times as `iso` spells them."""
    spelled = pa.array(ms, pa.timestamp("ms")).cast(pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(spelled, start=10, stop=11, replacement="T"), "Z", "")
