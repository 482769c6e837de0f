"""What a store holds, with ids for keys; and whether its forms of the same rows agree, by brute force."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from data.loading.loading import LoadOptions, load_log
from data.loading.outcome import LoadReport
from data.store.store import Store
from tests.logs import Row

_WORDS = ("customer", "type", "offer", "creative", "channel", "direction", "outcome")


def loaded(store: Store, file: Path, terms: LoadOptions | None = None) -> LoadReport:
    """Load a log file; lists of rejects that cannot stand beside it go into the store's folder."""
    return load_log(store, file, terms or LoadOptions(), lambda _: None, store.path.parent / "rejects")


def log_file(folder: Path, rows: Iterable[Row]) -> Path:
    """Rows as a file."""
    file = folder / "log.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def contents(store: Store) -> dict[str, list[tuple]]:
    """The records and entities of all tenants in an order that does not depend on how they were loaded."""
    with store.snapshot() as snapshot:
        return {
            "interactions": snapshot.rows(f"""
                select tenants.id, i.id, i."timestamp", {", ".join(f"{word}s.id" for word in _WORDS)},
                    i.value, i.context, i.response, i.outcome
                from interactions i
                join tenants using (tenant)
                {_joins()}
                order by all
            """),
            "offers": snapshot.rows("""
                select t.id, e.id, known, name, status, as_of
                from offers e
                join tenants t using (tenant)
                order by all
            """),
            "channels": snapshot.rows("""
                select t.id, e.id, known, name, as_of
                from channels e
                join tenants t using (tenant)
                order by all
            """),
            "creatives": snapshot.rows("""
                select t.id, e.id, e.known, e.name, c.id, e.as_of
                from creatives e
                join tenants t using (tenant)
                left join channels c on c.tenant = e.tenant and c."key" = e.channel
                order by all
            """),
        }


def faults(store: Store) -> list[str]:
    """The promises of schema.sql that the store breaks."""
    with store.snapshot() as snapshot:
        records = snapshot.rows("""
            select rowid, half_hash(id), tenant, customer, "timestamp", id, type, offer, creative, channel, direction,
                outcome_type, value
            from interactions
            order by rowid
        """)
        ids = snapshot.rows('select hash, "row" from ids')
        journeys = snapshot.rows("""
            select tenant, customer, "timestamp", type, offer, creative, channel, direction, outcome_type, value, "row"
            from journeys
            order by rowid
        """)
        [(in_order, disordered)] = snapshot.rows("select in_order, disordered from store")
        dictionaries = {
            table: snapshot.rows(f'select tenant, "key", id from {table}')
            for table in (*(word + "s" for word in _WORDS),)
        }
        tenants = snapshot.rows("select tenant, id from tenants")
        owners = {(tenant, id): load for tenant, id, load in snapshot.rows("select tenant, id, load from interactions")}
        replaced = snapshot.rows("select tenant, id, load from replaced")
    said = {
        "rowids count from 0": [row[0] for row in records] == list(range(len(records))),
        "every id lies where ids says": sorted(ids) == sorted((row[1], row[0]) for row in records),
        "journeys hold the same rows": sorted(journeys, key=str) == sorted(
            [(row[2], row[3], row[4], *row[6:], row[0]) for row in records], key=str),
        "a customer's rows stand together": _runs([row[:2] for row in journeys]) == len({row[:2] for row in journeys}),
        "a customer's rows are oldest first": _oldest_first(journeys, records),
        "in_order is true only in order": not in_order or _sorted(records),
        "an ordered store has no disordered rows": not in_order or disordered == 0,
        "at most an eighth is disordered": disordered * 8 <= len(records),
        "tenants are unique": len({id for _, id in tenants}) == len(tenants) == len({key for key, _ in tenants}),
        "keys are dense and ids unique": all(_dense(rows) for rows in dictionaries.values()),
        "only a row of a later load hides another's content": all(owners.get((tenant, id), -1) > load for tenant, id, load in replaced),
        "a load has one content of a row": len(replaced) == len(set(replaced)),
        "every key is known": _known(records, dictionaries),
    }
    return [promise for promise, kept in said.items() if not kept]


def _joins() -> str:
    columns = {word: "outcome_type" if word == "outcome" else word for word in _WORDS}
    return "\n".join(
        f'left join {word}s on {word}s.tenant = i.tenant and {word}s."key" = i.{column}' for word, column in columns.items()
    )


def _runs(keys: list[tuple]) -> int:
    return sum(1 for place, key in enumerate(keys) if place == 0 or keys[place - 1] != key)


def _oldest_first(journeys: list[tuple], records: list[tuple]) -> bool:
    ids = {row[0]: row[5].encode() for row in records}
    places = [(row[:2], row[2], ids[row[-1]]) for row in journeys]
    return all(one[0] != next_[0] or one[1:] <= next_[1:] for one, next_ in pairwise(places))


def _sorted(records: list[tuple]) -> bool:
    places = [(row[4], row[5].encode()) for row in records]
    return places == sorted(places)


def _dense(rows: list[tuple]) -> bool:
    keys: dict[int, list[int]] = {}
    for tenant, key, _ in rows:
        keys.setdefault(tenant, []).append(key)
    unique = len({(tenant, id) for tenant, _, id in rows}) == len(rows)
    return unique and all(sorted(keys_) == list(range(1, len(keys_) + 1)) for keys_ in keys.values())


def _known(records: list[tuple], dictionaries: dict[str, list[tuple]]) -> bool:
    known = {word: {(tenant, key) for tenant, key, _ in dictionaries[word + "s"]} for word in _WORDS}
    required = {"customer", "type", "outcome"}
    for row in records:
        keys = dict(zip(_WORDS, (row[3], *row[6:12]), strict=True))
        for word, key in keys.items():
            if (row[2], key) not in known[word] and (key != 0 or word in required):
                return False
    return True
