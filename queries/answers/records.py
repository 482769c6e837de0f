"""The record of an interaction, as the API, its files and the dashboard show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.arrays import DIMENSIONS, LogColumns
from data.columns.names import Dictionary
from data.columns.tenant import Tenant
from queries.asking.times import iso


@dataclass(frozen=True)
class Offer:
    """An offer as it is now, also when it is archived or deleted."""

    id: str
    name: str | None
    status: str | None


@dataclass(frozen=True)
class Channel:
    id: str
    name: str | None


@dataclass(frozen=True)
class Creative:
    """A creative as it is now, and its own channel."""

    id: str
    name: str | None
    channel: Channel | None


@dataclass(frozen=True)
class Record:
    """One interaction. `context`, `response` and `outcome` are compact JSON objects as text; `timestamp` is ISO 8601 in UTC.

    `offer`, `creative` and `channel` are None where nothing but the id is known; `value` is the outcome's money, where it has any.
    """

    id: str
    tenantId: str
    customerId: str
    offerId: str | None
    creativeId: str | None
    channelId: str | None
    interactionType: str
    outcomeTypeKey: str
    direction: str | None
    timestamp: str
    context: str
    response: str
    outcome: str
    offer: Offer | None
    creative: Creative | None
    channel: Channel | None
    value: float | None


def records(tenant: Tenant, log: LogColumns, positions: np.ndarray) -> list[Record]:
    """The records at some positions of a log, in the order given."""
    return list(_decoded(tenant, log, positions))


def _decoded(tenant: Tenant, log: LogColumns, positions: np.ndarray) -> Iterator[Record]:
    names = tenant.names
    texts = tenant.texts(log.row[positions])
    customers = tenant.customer_ids(np.array([customer for *_, customer in texts], np.uint32)).to_pylist()
    keys = zip(*(getattr(log, dimension)[positions].tolist() for dimension in DIMENSIONS), strict=True)
    offer_of, creative_of, channel_of = _offers(names.offer), _creatives(names.creative, names.channel), _channels(names.channel)
    times = log.timestamp[positions].tolist()
    for (id, context, response, result, value, _), customer, time, (type, offer, creative, channel, direction, outcome) in zip(
        texts, customers, times, keys, strict=True,
    ):
        yield Record(
            id=id,
            tenantId=tenant.id,
            customerId=customer,
            offerId=names.offer.ids[offer],
            creativeId=names.creative.ids[creative],
            channelId=names.channel.ids[channel],
            interactionType=names.type.ids[type],
            outcomeTypeKey=names.outcome.ids[outcome],
            direction=names.direction.ids[direction],
            timestamp=iso(time),
            context=context,
            response=response,
            outcome=result,
            offer=offer_of(offer),
            creative=creative_of(creative),
            channel=channel_of(channel),
            value=value,
        )


def _offers(offers: Dictionary) -> Callable[[int], Offer | None]:
    def offer(key: int) -> Offer | None:
        entity = offers.entities[key]
        return Offer(entity.id, entity.name, entity.status) if entity and entity.known else None

    return offer


def _channels(channels: Dictionary) -> Callable[[int], Channel | None]:
    def channel(key: int) -> Channel | None:
        entity = channels.entities[key]
        return Channel(entity.id, entity.name) if entity and entity.known else None

    return channel


def _creatives(creatives: Dictionary, channels: Dictionary) -> Callable[[int], Creative | None]:
    channel_of = _channels(channels)

    def creative(key: int) -> Creative | None:
        entity = creatives.entities[key]
        return Creative(entity.id, entity.name, channel_of(entity.channel)) if entity and entity.known else None

    return creative


FLAT_COLUMNS = (
    "id", "tenantId", "customerId", "offerId", "creativeId", "channelId", "interactionType", "outcomeTypeKey", "direction",
    "timestamp", "offerName", "offerStatus", "creativeName", "channelName", "context", "response", "outcome",
)


def flat_records(tenant: Tenant, log: LogColumns, positions: np.ndarray) -> pa.Table:
    """The records at some positions of a log as a table of text columns (`FLAT_COLUMNS`), null for none; for many at a time."""
    names = tenant.names
    texts = tenant.text_columns(log.row[positions])
    columns = {name: texts[name] for name in ("id", "context", "response", "outcome")}
    columns["tenantId"] = dictionary_column([tenant.id], np.zeros(len(positions), np.uint8))
    columns["customerId"] = tenant.customer_ids(texts["customer"].to_numpy())
    columns["timestamp"] = iso_column(log.timestamp[positions])
    for column, dimension in _ID_COLUMNS.items():
        columns[column] = dictionary_column(names[dimension].ids, getattr(log, dimension)[positions])
    for column, (dimension, fact) in _FACT_COLUMNS.items():
        facts = [getattr(entity, fact) if entity and entity.known else None for entity in names[dimension].entities]
        columns[column] = dictionary_column(facts, getattr(log, dimension)[positions])
    return pa.table({name: columns[name] for name in FLAT_COLUMNS})


_ID_COLUMNS = {
    "offerId": "offer", "creativeId": "creative", "channelId": "channel", "interactionType": "type", "outcomeTypeKey": "outcome",
    "direction": "direction",
}
_FACT_COLUMNS = {
    "offerName": ("offer", "name"), "offerStatus": ("offer", "status"), "creativeName": ("creative", "name"),
    "channelName": ("channel", "name"),
}


def dictionary_column(texts: list[str | None], keys: np.ndarray) -> pa.DictionaryArray:
    """A column of texts, of which each stands once however many rows have it: that of row i is texts[keys[i]]."""
    return pa.DictionaryArray.from_arrays(pa.array(keys.astype(np.int32)), pa.array(texts, pa.string()))


def iso_column(ms: np.ndarray) -> pa.Array:
    """A column of times as `iso` spells them."""
    spelled = pa.array(ms, pa.timestamp("ms")).cast(pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(spelled, start=10, stop=11, replacement="T"), "Z", "")
