"""The aggregates behind every figure: a selection's interactions by group and time bucket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from data.clickhouse.tenant import TenantRows, Where
from data.columns.arrays import DIMENSIONS
from data.columns.names import Dictionaries
from data.columns.spans import HOURS_OF_A_WEEK, offsets
from data.engine import Edges, HoursOfWeek
from queries.asking.measures import COUNTS, Figures, is_counted
from queries.asking.outcomes import Outcomes
from queries.asking.selection import Selection, clipped
from queries.asking.times import HOUR

Cell = tuple[object, int]

_MONDAY = 3 * 24


class ClickHouseCounts:
    """What the rows of each cell come to, a cell being a group and a bucket; see `data.engine.Counts`."""

    def __init__(self, tenant: TenantRows, size: int, groups: list[str | None] | None) -> None:
        """`groups` are the values by key, None for one group of all rows, whose key is 0."""
        self._dictionaries: Dictionaries = tenant.dictionaries
        self._outcomes: Outcomes = tenant.outcomes
        self._size = size
        self._groups = groups
        self.rows: dict[Cell, list[tuple[int, int, int]]] = defaultdict(list)
        self.customers: dict[Cell, int] = {}
        self.newest: dict[Cell, int] = {}
        self.money: dict[Cell, list[tuple[int, int]]] = defaultdict(list)
        self._measured: dict[tuple[int, int], tuple[str, ...]] = {}

    def figures(self, value: str | None = None, bucket: int = 0) -> Figures:
        """Every measure of a value in a bucket."""
        return self.figures_of((0 if value is None or self._groups is None else self._groups.index(value), bucket))

    def figures_of(self, cell: Cell) -> Figures:
        counts: dict[str, int] = {}
        for type, outcome, rows in self.rows.get(cell, ()):
            for measure in self._measures(type, outcome):
                counts[measure] = counts.get(measure, 0) + rows
        return Figures(
            **counts, customers=self.customers.get(cell, 0), revenue=decimal_sum(self.money.get(cell, ())), last=self.newest.get(cell),
        )

    def series(self, measure: str) -> dict[str | None, list[int]]:
        """A count bucket by bucket, of each group with rows; of all rows always."""
        found: dict[int, list[int]] = {} if self._groups is not None else {0: [0] * self._size}
        for (key, bucket), parts in self.rows.items():
            assert isinstance(key, int)
            counts = found.setdefault(key, [0] * self._size)
            counts[bucket] += sum(rows for type, outcome, rows in parts if measure in self._measures(type, outcome))
        return {self._groups[key] if self._groups is not None else None: found[key] for key in sorted(found)}

    def types(self) -> dict[str, list[int]]:
        """The rows of each type that occurs, bucket by bucket."""
        found: dict[int, list[int]] = {}
        for (_, bucket), parts in self.rows.items():
            for type, _, rows in parts:
                found.setdefault(type, [0] * self._size)[bucket] += rows
        return {self._dictionaries.type.value(key): found[key] for key in sorted(found) if key}

    def _measures(self, type: int, outcome: int) -> tuple[str, ...]:
        if (type, outcome) not in self._measured:
            meaning = self._outcomes[self._dictionaries.outcome.ids[outcome] or ""]
            word = self._dictionaries.type.ids[type] or ""
            self._measured[type, outcome] = tuple(measure.id for measure in COUNTS if is_counted(measure, word, meaning))
        return self._measured[type, outcome]


def counts(
    tenant: TenantRows, selection: Selection, by: str | None = None, buckets: Edges | HoursOfWeek | None = None,
    only_rows: bool = False, newest: bool = False,
) -> ClickHouseCounts:
    """Count a selection by the keys of a dimension and by buckets; see `data.engine.Tenant.counts`."""
    bucket = Where("toInt32(0)") if buckets is None else _bucket(buckets)
    if isinstance(buckets, Edges):
        selection = clipped(selection, buckets.at[0], buckets.at[-1])
    elif buckets is not None:
        selection = clipped(selection, buckets.stretches[0].start, buckets.stretches[-1].end)
    size = 1 if buckets is None else len(buckets) if isinstance(buckets, Edges) else HOURS_OF_A_WEEK
    into = ClickHouseCounts(tenant, size, tenant.dictionaries[by].ids if by else None)
    _count(tenant, tenant.where(selection), DIMENSIONS[by] if by else "toUInt32(0)", bucket, only_rows, newest, into)
    return into


def customer_figures(tenant: TenantRows, selection: Selection, ids: Sequence[str]) -> list[Figures]:
    """What the rows of each of some customers come to."""
    into = ClickHouseCounts(tenant, 1, None)
    where = tenant.where(selection) & Where("customer in {shown:Array(String)}", shown=list(ids))
    _count(tenant, where, "customer", Where("toInt32(0)"), only_rows=False, newest=True, into=into)
    return [into.figures_of((id, 0)) for id in ids]


def _count(tenant: TenantRows, where: Where, group: str, bucket: Where, only_rows: bool, newest: bool, into: ClickHouseCounts) -> None:
    cell, its = f"{group} as cell, {bucket.sql} as bucket", bucket.parameters
    for key, at, type, outcome, rows, last in tenant.rows(
        f"{cell}, type, outcome_type, count(), max(timestamp)", where, "group by cell, bucket, type, outcome_type", **its
    ):
        into.rows[key, at].append((type, outcome, rows))
        if newest:
            into.newest[key, at] = max(last, into.newest.get((key, at), last))
    if only_rows:
        return
    for key, at, customers in tenant.rows(f"{cell}, uniqExact(customer)", where, "group by cell, bucket", **its):
        into.customers[key, at] = customers
    for key, at, exponent, digits in tenant.rows(
        f"{cell}, exponent, toString(sum(toInt128(digits)))", where & Where("digits != 0"), "group by cell, bucket, exponent", **its
    ):
        into.money[key, at].append((int(digits), exponent))


def _bucket(buckets: Edges | HoursOfWeek) -> Where:
    """The number of the bucket that a row's time lies in, as SQL."""
    if isinstance(buckets, Edges):
        # Found by halving; that of the last edge holds no row.
        return _numbered(buckets.at, range(len(buckets.at)))
    parts = [part for stretch in buckets.stretches for part in offsets(stretch.start, stretch.end, ZoneInfo(buckets.zone))]
    offset = _numbered([first for first, _, _ in parts], [offset for _, _, offset in parts])
    # 1970 began on a Thursday; a remainder of whole milliseconds, so that times before it fall into their own hours.
    week = HOURS_OF_A_WEEK * HOUR
    return Where(
        f"toInt32(intDiv(positiveModulo(timestamp + ({offset.sql}) + {_MONDAY * HOUR}, {week}), {HOUR}))", **offset.parameters)


def _numbered(edges: Iterable[int], numbers: Iterable[int]) -> Where:
    return Where(
        "transform(roundDown(timestamp, {edges:Array(Int64)}), {edges:Array(Int64)}, {numbers:Array(Int64)}, toInt64(0))",
        edges=list(edges), numbers=list(numbers),
    )


def decimal_sum(parts: Iterable[tuple[int, int]]) -> float | None:
    """The double nearest to the sum of digits · 10^exponent; None where it is too large for one."""
    found: Mapping[int, int] = _by_exponent(parts)
    least = min(found, default=0)
    whole = sum(digits * 10 ** (exponent - least) for exponent, digits in found.items())
    try:
        return whole / 10**-least if least < 0 else float(whole * 10**least)
    except OverflowError:
        return None


def _by_exponent(parts: Iterable[tuple[int, int]]) -> Mapping[int, int]:
    found: dict[int, int] = defaultdict(int)
    for digits, exponent in parts:
        found[exponent] += digits
    return found
