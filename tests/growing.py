"""A store that grows in small loads of every kind, drawn from a seed, and is asked about in between."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from data.loading.loading import LoadOptions, load_entities
from data.loading.transaction import OPERATOR, Stop
from data.loading.unloading import unload
from data.store.meanings import set_meaning
from data.store.store import Store
from queries.asking.outcomes import Said
from tests.logs import ACME, ZENITH, Row, interaction
from tests.store_checks import loaded

TENANTS = [ACME, ZENITH, "third"]

# So many offers that a few more no longer fit into a byte.
_OFFERS = 252
_VALUES: tuple[Any, ...] = (None, None, None, 12.5, "-3", 0.001, 7, 1e-12, 3e20)


class GrowingStore:
    """A store of three tenants, one large for a test and two small, which steps change; each step is drawn."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.store = Store.open(folder)
        self._folder, self._drawn = folder, Random(seed)
        self._ids = dict.fromkeys(TENANTS, 0)
        self._files, self._minutes = 0, 0
        self._loads: list[int] = []
        self._load([
            *(self._row(ACME, offerId=f"o{number % _OFFERS}", at=number // 3) for number in range(320)),
            *(self._row(ZENITH, at=number) for number in range(40)),
            *(self._row("third", at=number) for number in range(6)),
        ])
        self._minutes = 200

    def step(self) -> None:
        """One change: mostly a few new rows, newer than all or late; now and then something else."""
        steps: list[Callable[[], None]] = [self._newer, self._newer, self._newer, self._same_moment, self._late, self._mixed]
        rare: list[Callable[[], None]] = [self._replacing, self._taking_back, self._describing, self._meaning, self._many]
        self._drawn.choice(rare if self._drawn.random() < 0.12 else steps)()

    def _newer(self) -> None:
        self._minutes += 1
        self._load([self._row(self._tenant(), at=self._minutes) for _ in range(self._drawn.randint(1, 5))])

    def _same_moment(self) -> None:
        # Ids decide: some come before those that are there.
        self._load([self._row(self._tenant(), at=self._minutes, mark=self._drawn.choice("az")) for _ in range(self._drawn.randint(1, 4))])

    def _late(self) -> None:
        self._load([self._row(self._tenant(), at=self._drawn.randint(-5, self._minutes)) for _ in range(self._drawn.randint(1, 3))])

    def _mixed(self) -> None:
        self._minutes += 2
        self._load([
            self._row(self._tenant(), at=self._drawn.choice((self._minutes, 1, 2, 50)), mark=self._drawn.choice("amz"))
            for _ in range(self._drawn.randint(2, 8))
        ])

    def _many(self) -> None:
        self._minutes += 1
        self._load([self._row(self._tenant(), at=self._minutes) for _ in range(70)])

    def _replacing(self) -> None:
        tenant = self._tenant()
        number = self._drawn.randrange(self._ids[tenant])
        self._load([self._row(tenant, at=self._minutes) | {"id": f"m{number:04d}"}], replace=True)

    def _taking_back(self) -> None:
        if self._loads:
            unload(self.store, self._loads.pop(self._drawn.randrange(len(self._loads))), None, OPERATOR, lambda _: None, Stop())

    def _describing(self) -> None:
        file = self._file([{"id": f"o{self._drawn.randint(0, 5)}", "tenantId": self._tenant(), "name": f"Name {self._files}"}])
        load_entities(self.store, "offers", file, LoadOptions(), lambda _: None, self._folder)

    def _meaning(self) -> None:
        set_meaning(self.store, self._tenant(), self._drawn.choice(("click", "odd")), Said(counts_as=self._drawn.choice(("click", "convert"))))

    def _tenant(self) -> str:
        return self._drawn.choice((*TENANTS, ACME))

    def _row(self, tenant: str, at: int, mark: str = "m", **fields: Any) -> Row:
        drawn = self._drawn
        number, self._ids[tenant] = self._ids[tenant], self._ids[tenant] + 1
        offer = drawn.choice((None, "o1", "o2", f"new{number}"))
        value = drawn.choice(_VALUES)
        return interaction(
            f"{mark}{number:04d}", f"2026-03-{15 + at // 1440:02d}T{at // 60 % 24:02d}:{at % 60:02d}:00.000Z", tenantId=tenant,
            **{
                "customerId": f"c{drawn.choice((1, 2, 3, 4, 5, number % 90, number))}",
                "interactionType": drawn.choice(("click", "impression", "recommendation", "convert") + (f"type{number}",) * (number % 9 == 0)),
                "outcomeTypeKey": drawn.choice(("click", "impression", "convert", "odd") + (f"outcome{number}",) * (number % 13 == 0)),
                "offerId": offer,
                "creativeId": drawn.choice((None, "r1", "r2")),
                "channelId": drawn.choice((None, "h1", f"h{number % 40}")),
                "direction": drawn.choice((None, "inbound", "outbound")),
                "outcome": {} if value is None else {"conversionValue": value},
            } | fields,
        )

    def _load(self, rows: list[Row], replace: bool = False) -> None:
        report = loaded(self.store, self._file(rows), LoadOptions(replace=replace))
        assert report.rejected == 0 and report.loaded + (report.replaced or 0) + report.known == len(rows), f"{report}"
        if report.version > 1:
            self._loads.append(report.version)

    def _file(self, rows: list[Row]) -> Path:
        self._files += 1
        file = self._folder / f"{self._files}.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return file
