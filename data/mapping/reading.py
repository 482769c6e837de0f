"""What each field is read from in a batch: by the mapping, or because a column is called so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.mapping.fields import Field
from data.mapping.mapping import Mapping, RowRule
from data.mapping.paths import Path, path_of, plain
from data.mapping.places import Place, Rows
from data.mapping.targets import Target, target_of
from data.store.limits import StoreError

OBJECTS = ("context", "response", "outcome", "offer", "creative")
ROW = ("row",)


@dataclass(frozen=True)
class Reading:
    """`places` has those of each field, the best first; `members` those within objects; `given` and `given_members` the texts of all rows.

    `mapped` are the fields that the mapping itself speaks of. Rows are taken where each place of `when` has one of its texts and
    `timed` has a value. An id is made from `ids`, or where it is None read.
    """

    places: dict[str, tuple[Place, ...]]
    members: tuple[tuple[Target, Place], ...]
    given: dict[str, str]
    given_members: tuple[tuple[Target, str], ...]
    mapped: frozenset[str]
    when: tuple[tuple[Place | None, tuple[str, ...]], ...]
    timed: tuple[Place, ...] | None
    ids: tuple[Place, ...] | None

    @property
    def taken(self) -> tuple[Place, ...]:
        """All places that a field or a member is read from."""
        read = [place for field, places in self.places.items() if field not in self.given for place in places]
        return (*read, *(place for _, place in self.members))

    @property
    def kept(self) -> tuple[Place, ...]:
        """The places whose values a field or member keeps; what stands behind another place of the same field may be lost."""
        read = [places[0] for field, places in self.places.items() if field not in self.given and places]
        best = {target: place for target, place in reversed(self.members)}
        return (*read, *best.values())


    def alone(self, key: str, rest: str) -> Place | None:
        """The one place that a field which holds an object is read from, where nothing else has a part in it."""
        touched = {target.field for target, _ in (*self.members, *self.given_members)} | {rest} | self.given.keys()
        match self.places.get(key, ()):
            case [place] if key not in touched:
                return place
        return None


class Readings:
    """Readings of one load's batches by one mapping; it knows which columns were met, and which paths lead anywhere."""

    def __init__(self, fields: tuple[Field, ...], mapping: Mapping):
        self._fields = fields
        self._mapping = mapping
        self._columns: dict[str, None] = {}
        self._taken: set[str] = set()
        self._met: set[str] = set()

    def of(self, rows: Rows, rule: RowRule | None) -> Reading:
        """What the fields are read from for the rows of a rule, or for the only row of each source row."""
        mapping = Mapping(map=rule.map, set=rule.set, time=rule.time).over(self._mapping) if rule else self._mapping
        given = [(self._target(field, f"--set {field}={value}"), value) for field, value in mapping.set]
        mapped = [(path_of(path), self._target(field, f"--map {path}={field}")) for path, field in mapping.map]
        # What is to be text is read first, so that its kinds are told with one look.
        mapped.sort(key=lambda pair: bool(pair[1].members) or pair[1].field in OBJECTS)
        found = [(target, place) for path, target in mapped if (place := self._found(rows, path, f"--map {path.text}={_spelled(target)}"))]
        renamed = {place.column for target, place in found if not target.members and place.taken[-1:] == (place.column,)}
        places = {}
        for field in sorted(self._fields, key=lambda field: field.name in OBJECTS):
            own = [place for target, place in found if target == Target(field.name)]
            named = [rows.find(Path(name, (name,), name)) for name in recognised(field, rows.names, renamed)]
            places[field.name] = (*own, *(place for place in named if place and place.column not in renamed))
        reading = Reading(
            places,
            tuple((target, place) for target, place in found if target.members),
            {target.field: value for target, value in given if not target.members},
            tuple((target, value) for target, value in given if target.members),
            frozenset(target.field for target in (*(target for _, target in mapped), *(target for target, _ in given)) if not target.members),
            tuple((self._found(rows, path_of(path), f"when {path}"), texts) for path, texts in (rule.when if rule else ())),
            self._timed(rows, rule),
            self._ids(rows, mapping),
        )
        self._columns.update(dict.fromkeys(rows.columns))
        self._taken |= {place.column for place in (*reading.taken, *(place for place, _ in reading.when if place))}
        return reading

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns met."""
        return tuple(column for column in self._columns if column not in _PLACES)

    def unread(self) -> tuple[str, ...]:
        """The columns met that no field is read from; `StoreError` where a path of the mapping led nowhere."""
        for flag, path in self._paths():
            if self._columns and path.text not in self._met and not path.optional:
                known = ", ".join(self.columns)
                raise StoreError(f"{flag}: there is no column '{path.text}'. Write '{path.text}?' for one that a file may lack. "
                                 f"Columns: {known[:_LONGEST_LIST]}{' …' if len(known) > _LONGEST_LIST else ''}.")
        if self._mapping.rest:
            return ()
        return tuple(column for column in self._columns if column not in self._taken and column not in _PLACES)

    def _paths(self) -> Iterable[tuple[str, Path]]:
        pairs = [*self._mapping.map, *(pair for rule in self._mapping.rows for pair in rule.map)]
        yield from ((f"--map {path}={field}", path_of(path)) for path, field in pairs)
        yield from ((f"when {path}", path_of(path)) for rule in self._mapping.rows for path, _ in rule.when)
        if self._mapping.id_from != ROW:
            yield from ((f"--id-from {path}", path_of(path)) for path in self._mapping.id_from)

    def _found(self, rows: Rows, path: Path, flag: str) -> Place | None:
        try:
            place = rows.find(path)
        except StoreError as problem:
            raise StoreError(f"{flag}: {problem}") from problem
        if place:
            self._met.add(path.text)
        return place

    def _target(self, field: str, flag: str) -> Target:
        return target_of(field, self._fields, flag)

    def _timed(self, rows: Rows, rule: RowRule | None) -> tuple[Place, ...] | None:
        paths = [path for path, field in (rule.map if rule else ()) if self._target(field, f"--map {path}={field}").field == "timestamp"]
        if not paths:
            return None
        return tuple(place for path in paths if (place := self._found(rows, path_of(path), f"--map {path}=timestamp")))

    def _ids(self, rows: Rows, mapping: Mapping) -> tuple[Place, ...] | None:
        if not mapping.id_from:
            return None
        paths = () if mapping.id_from == ROW else mapping.id_from
        return tuple(place for path in paths if (place := self._found(rows, path_of(path), f"--id-from {path}")))


_LONGEST_LIST = 500
# What every file has is not told of one.
_PLACES = ("#file", "#folder")


def recognised(field: Field, names: Iterable[str], renamed: Iterable[str] = ()) -> tuple[str, ...]:
    """The names among others that a field is known by, the best first: as they stand, else without regard to case, blanks, `_` and `-`.

    One that several fit in the second way is none.
    """
    names = [name for name in names if name not in renamed]
    exact = tuple(name for name in field.names if name in names)
    if exact:
        return exact
    fits = {plain(name): [other for other in names if plain(other) == plain(name)] for name in field.names}
    return tuple(dict.fromkeys(fit[0] for fit in fits.values() if len(fit) == 1))


def _spelled(target: Target) -> str:
    return ".".join((target.field, *target.members))
