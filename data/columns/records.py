"""The records at some positions of a log, read from the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.arrays import DIMENSIONS, LogColumns
from data.columns.names import Dictionaries
from data.columns.tenant import TenantColumns
from data.mapping.fields import KEYED_FIELDS
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
    keys = {dimension: getattr(log, dimension)[positions].tolist() for dimension in DIMENSIONS}
    times = log.timestamp[positions].tolist()
    for nth, (id, context, response, outcome, value, _) in enumerate(texts):
        its = {dimension: of_rows[nth] for dimension, of_rows in keys.items()}
        yield record_of(tenant.id, dictionaries, its, times[nth], (id, customers[nth], context, response, outcome, value))


def record_of(
    tenant: str, dictionaries: Dictionaries, keys: Mapping[str, int], time: int, texts: tuple[str, str, str, str, str, float | None]
) -> Record:
    """A record, of its keys by dimension, its time in milliseconds, and its id, customer, context, response, outcome and value."""
    id, customer, context, response, outcome, value = texts
    return Record(
        id=id,
        tenantId=tenant,
        customerId=customer,
        **{field: dictionaries[dimension].ids[keys[dimension]] for field, dimension in _IN_WORDS.items()},  # type: ignore[arg-type]  # required ones have one
        timestamp=iso(time),
        context=context,
        response=response,
        outcome=outcome,
        offer=_offer(dictionaries.offer.entities[keys["offer"]]),
        creative=_creative(dictionaries, keys["creative"]),
        channel=_channel(dictionaries.channel.entities[keys["channel"]]),
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
    texts = tenant.text_columns(log.row[positions])
    texts = texts.append_column("customerId", tenant.customer_ids(texts["customer"].to_numpy()))
    return flat_table(tenant.id, tenant.dictionaries, lambda dimension: getattr(log, dimension)[positions], log.timestamp[positions], texts)


def flat_table(
    tenant: str, dictionaries: Dictionaries, keys: Callable[[str], np.ndarray], times: np.ndarray, texts: pa.Table
) -> pa.Table:
    """Records as a table of text columns, of their keys by dimension, their times, and the columns that only the records have."""
    def column(value: str) -> pa.Array:
        dimension, _, fact = value.partition(".")
        if fact:
            facts = [getattr(entity, fact) if entity and entity.known else None for entity in dictionaries[dimension].entities]
            return dictionary_column(facts, keys(dimension))
        if value in _IN_WORDS:
            dimension = _IN_WORDS[value]
            return dictionary_column(dictionaries[dimension].ids, keys(dimension))
        if value == "tenantId":
            return dictionary_column([tenant], np.zeros(len(times), np.uint8))
        return iso_column(times) if value == "timestamp" else texts[value]

    return pa.table({name: column(value) for name, value in RECORD_COLUMNS.items()})


_DIMENSION_OF = {column: dimension for dimension, column in DIMENSIONS.items()}
# The fields whose keys are in memory, and by which dimension.
_IN_WORDS = {field.name: _DIMENSION_OF[field.column] for field in KEYED_FIELDS if field.column in _DIMENSION_OF}


def dictionary_column(texts: list[str | None], keys: np.ndarray) -> pa.DictionaryArray:
    """A column of texts, of which each stands once however many rows have it: that of row i is texts[keys[i]]."""
    return pa.DictionaryArray.from_arrays(pa.array(keys.astype(np.int32)), pa.array(texts, pa.string()))


def iso_column(ms: np.ndarray) -> pa.Array:
    """A column of times as `iso` spells them."""
    spelled = pa.array(ms, pa.timestamp("ms")).cast(pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(spelled, start=10, stop=11, replacement="T"), "Z", "")
