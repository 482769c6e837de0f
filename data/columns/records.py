"""The records at some positions of a log, read from the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from data.columns.arrays import DIMENSIONS, LogColumns
from data.columns.names import Dictionaries
from data.columns.tenant import TenantColumns
from data.mapping.fields import KEYED_FIELDS
from data.results import Channel, Creative, Offer, Record
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


class RecordTables:
    """The records at positions of a log as tables of text columns, null for none; for many at a time.

    `columns` says what each column has of a record, as RECORD_COLUMNS does.
    """

    def __init__(self, tenant: TenantColumns, log: LogColumns, columns: Mapping[str, str]):
        self._tenant = tenant
        self._log = log
        self._flat = FlatRecords(tenant.id, tenant.dictionaries, columns)

    def table(self, positions: np.ndarray) -> pa.Table:
        """The records at some positions, in the order given."""
        texts = self._tenant.text_columns(self._log.row[positions])
        texts = texts.append_column("customerId", self._tenant.customer_ids(texts["customer"].to_numpy()))
        return self._flat.table(lambda dimension: getattr(self._log, dimension)[positions], self._log.timestamp[positions], texts)


class FlatRecords:
    """Records as tables of text columns, of whichever engine; `columns` as in `RecordTables`."""

    def __init__(self, tenant: str, dictionaries: Dictionaries, columns: Mapping[str, str]):
        self._tenant = tenant
        self._dictionaries = dictionaries
        self._columns = columns
        # The texts of a dictionary's keys, spelled once for all tables.
        self._spelled: dict[str, pa.Array] = {}

    def table(self, keys: Callable[[str], np.ndarray], times: np.ndarray, texts: pa.Table) -> pa.Table:
        """Some records, of their keys by dimension, their times in milliseconds, and the columns that only records have."""
        return pa.table({name: self._column(value, keys, times, texts) for name, value in self._columns.items()})

    def _column(self, value: str, keys: Callable[[str], np.ndarray], times: np.ndarray, texts: pa.Table) -> pa.Array:
        if value == "timestamp":
            return iso_column(times)
        if value in texts.column_names:
            return texts[value]
        if value == "tenantId":
            return dictionary_column([self._tenant], np.zeros(len(times), np.uint8))
        dimension = _IN_WORDS.get(value, value.partition(".")[0])
        if value not in self._spelled:
            self._spelled[value] = pa.array(_texts_by_key(self._dictionaries, dimension, value), pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(keys(dimension).astype(np.int32)), self._spelled[value])


def _texts_by_key(dictionaries: Dictionaries, dimension: str, value: str) -> list[str | None]:
    """The id behind each key of a dimension, a fact of what it names or, for the dimension itself, all that is known, as JSON."""
    _, _, fact = value.partition(".")
    entities = dictionaries[dimension].entities
    if fact:
        return [getattr(entity, fact) if entity and entity.known else None for entity in entities]
    if value in _IN_WORDS:
        return dictionaries[dimension].ids
    known = map(_offer, entities) if value == "offer" else (_creative(dictionaries, key) for key in range(len(entities)))
    return [orjson.dumps(one).decode() if one else None for one in known]


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
