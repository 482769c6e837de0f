"""Where in a row a path leads: the SQL that reads what stands there, out of JSON texts and out of columns with types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import duckdb
import pyarrow as pa

from data.mapping.paths import Path, Step, plain
from data.store.limits import StoreError

if TYPE_CHECKING:
    from data.reading.members import Members


@dataclass(frozen=True)
class Place:
    """SQL for a value: its `text`, null for none and for an empty one, and its `json`, null for none.

    It stands in a `column`; `taken` are the steps that lead to it through objects, none where it is part of a text. A column with a type, or
    a part of it, has that and its `sql`; of a value in JSON, `kind` is the SQL of its kind.
    """

    name: str
    column: str
    text: str
    json: str
    taken: tuple[Step, ...] = ()
    type: pa.DataType | None = None
    sql: str = ""
    kind: str = ""


class Rows(Protocol):
    """A batch in table `incoming`: its columns, and the names that lead to them, which several may share."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    def find(self, path: Path) -> Place | None:
        """Where a path leads; None where no row has it. `StoreError` where several names fit it."""


def fitting(name: str, names: Iterable[str]) -> str | None:
    """The name among others that fits: the same, else the only one that differs in case, blanks, `_` and `-` alone."""
    names = list(names)
    if name in names:
        return name
    fit = sorted({other for other in names if plain(other) == plain(name)})
    if len(fit) > 1:
        raise StoreError(f"'{name}' may be {' or '.join(repr(other) for other in fit)}: write the one that is meant as it stands.")
    return fit[0] if fit else None


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def pointer(steps: Iterable[Step]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def place_of_constant(name: str, value: str) -> Place:
    """Of a column that a file's place gives all its rows."""
    text = f"nullif({quoted(value)}, '')"
    return Place(name, name, text, f"to_json({text})::varchar", (name,), pa.string(), quoted(value))


@dataclass(frozen=True)
class Document:
    """JSON texts: `sql` over `incoming`; of documents within one, its `parent` and where it stands there as a text."""

    sql: str
    parent: Document | None = None
    steps: tuple[Step, ...] = ()

    @property
    def top(self) -> tuple[Step, ...]:
        """Where the text stands in the outermost document that this one is within."""
        return self.parent.top if self.parent and self.parent.parent else self.steps

    def within(self, steps: tuple[Step, ...]) -> Document:
        text = f"json_extract_string({self.sql}, {quoted(pointer(steps))})"
        return Document(f"case when {_opens(text)} then {text} end", self, steps)


def _opens(text: str) -> str:
    return f"regexp_matches({text}, '^\\s*[{{\\[]')"


class Documents:
    """Finds what is in JSON documents, by the names in a batch's rows.

    These stand in `tables`; where the `members` of those of the first one are known, that table need be read for texts within texts alone.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, tables: Sequence[str] = ("incoming",), members: Members | None = None):
        self._cursor = cursor
        self._tables = tables
        self._members = members
        self._known: dict[tuple[Document, tuple[Step, ...]], tuple[str, ...] | None] = {}

    def names(self, document: Document, steps: tuple[Step, ...] = ()) -> tuple[str, ...] | None:
        """The names in the objects that stand somewhere; None where no row has a JSON value there."""
        if (document, steps) not in self._known:
            found = list(self._found(document, steps))
            self._known[document, steps] = tuple(sorted({name for names in found for name in names})) if found else None
        return self._known[document, steps]

    def _found(self, document: Document, steps: tuple[Step, ...]) -> Iterator[Sequence[str]]:
        tables = self._tables
        if self._members and document.parent is None:
            names = self._members.names(tuple(map(str, steps)))
            if names is not None:
                yield names
            tables = tables[1:]
        elif self._members and not self._members.may_hold_json(tuple(map(str, document.top))):
            tables = tables[1:]
        for table in tables:
            rows = self._cursor.execute(f"""
                select distinct try(json_keys({document.sql}, {quoted(pointer(steps))}))
                from {table}
            """).fetchall()
            yield from (names for names, in rows if names is not None)

    def walk(self, document: Document, done: tuple[Step, ...], left: tuple[Step, ...]) -> list[tuple[Document, tuple[Step, ...]]]:
        """The places that further steps lead to, in objects and lists, and in texts that are such."""
        if not left:
            return [(document, done)]
        found = self._steps(document, done, left)
        if done:
            found += self._steps(document.within(done), (), left)
        return found

    def _steps(self, document: Document, done: tuple[Step, ...], left: tuple[Step, ...]) -> list[tuple[Document, tuple[Step, ...]]]:
        names = self.names(document, done)
        if names is None:
            return []
        step = left[0] if isinstance(left[0], int) else fitting(left[0], names)
        return [] if step is None else self.walk(document, (*done, step), left[1:])


@dataclass
class JsonRows:
    """Rows that are JSON texts, the column c2 of a `table`, whose values stand in the lists `texts`, `kinds` and `values` of `sql`.

    Where lists of records were taken out of records, `scopes` lead to the record of the list, then to what is around it.
    """

    documents: Documents
    place: dict[str, str]
    scopes: tuple[tuple[str, ...], ...] = ((),)
    table: str = "incoming"
    pointers: list[str] = field(default_factory=lambda: [""])
    values: list[str] = field(default_factory=list)
    _root: Document = field(default_factory=lambda: Document("c2"))

    @property
    def columns(self) -> tuple[str, ...]:
        names = [name for scope in self.scopes for name in self.documents.names(self._root, scope) or ()]
        held = {scope[0] for scope in self.scopes if scope}
        return tuple(dict.fromkeys(name for name in [*names, *self.place] if name not in held))

    @property
    def names(self) -> tuple[str, ...]:
        return self.columns

    def find(self, path: Path) -> Place | None:
        if path.position:
            raise StoreError(f"{path.text}: a JSON record has no columns by number.")
        if path.text in self.place:
            return place_of_constant(path.text, self.place[path.text])
        steps, scopes = path.steps, self.scopes
        if steps[0] == "#record":
            steps, scopes = steps[1:], ((),)
        names = {scope: self.documents.names(self._root, scope) or () for scope in scopes}
        wholes = [whole for whole in (path.text, path.whole) if whole]
        for scope in scopes:
            if whole := next((whole for whole in wholes if whole in names[scope]), None):
                return self._place(path.text, [(self._root, (*scope, whole))])
        for one in ((path.whole,), steps) if path.whole and path.steps != (path.whole,) else (steps,):
            for scope in scopes:
                if found := self.documents.walk(self._root, scope, one) if one else []:
                    return self._place(path.text, found)
        fit = fitting(path.whole, self.place) if path.whole else None
        return place_of_constant(fit, self.place[fit]) if fit else None

    def sql(self, parameters: dict[str, list[str]], name: str) -> str:
        """The rows with their lists; the pointers of these are added to the parameters."""
        parameters[f"{name}_texts"] = self.pointers
        lists = [f"try(json_extract_string(c2, ${name}_texts::varchar[])) as texts", f"try(json_type(c2, ${name}_texts::varchar[])) as kinds"]
        if self.values:
            parameters[f"{name}_values"] = self.values
            lists.append(f"try(json_extract(c2, ${name}_values::varchar[])) as values")
        return f"(select number, c0, c1, c2, {', '.join(lists)} from {self.table})"

    @property
    def whole(self) -> str:
        """SQL for the whole text in its compact form."""
        return "try(json(c2)::varchar)"

    def _place(self, name: str, found: list[tuple[Document, tuple[Step, ...]]]) -> Place:
        texts, kinds, values = zip(*(self._read(document, steps) for document, steps in found), strict=True)
        own = next((steps for document, steps in found if document is self._root), ())
        # The outer record's own is not what else has its name.
        column = name if name.startswith("#") else str(self._first(found[0]))
        return Place(name, column, _first_of(texts), _first_of(values), own, kind=_first_of(kinds))

    def _first(self, found: tuple[Document, tuple[Step, ...]]) -> Step:
        document, steps = found
        while document.parent:
            document, steps = document.parent, document.steps
        held = max((len(scope) for scope in self.scopes if steps[:len(scope)] == scope and len(scope) < len(steps)), default=0)
        return steps[held]

    def _read(self, document: Document, steps: tuple[Step, ...]) -> tuple[str, str, str]:
        """SQL for the text, the kind and the JSON of a value."""
        if document is self._root:
            at = self._at(pointer(steps))
            return f"nullif({self._root_text(steps)}, '')", f"kinds[{at}]", f"nullif({self._value(pointer(steps))}::varchar, 'null')"
        return read_in_text(self._text_of(document), steps)

    def _root_text(self, steps: tuple[Step, ...]) -> str:
        return f"texts[{self._at(pointer(steps))}]"

    def _text_of(self, document: Document) -> str:
        parent = document.parent
        assert parent
        if parent is self._root:
            return self._root_text(document.steps)
        return f"json_extract_string({self._text_of(parent)}, {quoted(pointer(document.steps))})"

    def _at(self, where: str) -> int:
        if where not in self.pointers:
            self.pointers.append(where)
        return self.pointers.index(where) + 1

    def _value(self, where: str) -> str:
        if where not in self.values:
            self.values.append(where)
        return f"values[{self.values.index(where) + 1}]"


def _first_of(values: tuple[str, ...]) -> str:
    return f"coalesce({', '.join(values)})" if len(values) > 1 else values[0]


def read_in_text(text: str, steps: tuple[Step, ...]) -> tuple[str, str, str]:
    """SQL for the text, the kind and the JSON of a value in a text that may be JSON."""
    where = quoted(pointer(steps))
    text, kind, value = (
        f"case when {_opens(text)} then try({function}({text}, {where})) end" for function in ("json_extract_string", "json_type", "json_extract")
    )
    return f"nullif({text}, '')", kind, f"nullif(({value})::varchar, 'null')"
