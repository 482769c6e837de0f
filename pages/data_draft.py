"""A file on its way into the log: how it is read, and what was seen of it so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

import process
from accounts import Identity
from data.loading.loading import LoadOptions
from data.loading.outcome import Progress
from data.loading.preview import Preview, PreviewColumn, preview
from data.mapping.mapping import NO_MAPPING, Mapping
from data.mapping.remembered import RememberedMappings
from data.mapping.targets import mapping_of_log
from data.store.home import home
from data.store.limits import StoreError
from pages.data_types import Word, chosen_words, meet_words


@dataclass
class Draft:
    """The mapping that the file's menus began with, whether that one was remembered, and the latest look at its beginning, `by` what.

    `paths` are its own columns, `columns` those that this first mapping reads, and `words` those of its types. Once all of it was read by the
    same, it is `checked`; a small file is so at once.
    """

    identity: Identity
    file: Path
    number: int
    base: Mapping
    remembered: bool
    paths: tuple[str, ...]
    columns: tuple[PreviewColumn, ...]
    looked: Preview
    by: LoadOptions
    words: dict[str, Word]
    checked: Preview | None

    @property
    def key(self) -> str:
        """What tells its menus from another file's."""
        return f"file_{self.number}"

    def follow(self, mapping: Mapping, replaces: bool) -> None:
        """Look at the beginning again where it is now to be read otherwise; once more where words were met that mean a type."""
        if _type_of(mapping) != _type_of(self.by.mapping):
            self.words = {}
        while (options := self._asked(mapping, replaces)) != self.by:
            self.looked, self.by = _looked_at(self.file, options, beginning=True), options
            self.checked = None if self.looked.cut else self.looked
            meet_words(self.words, self.looked.words)

    def check(self) -> None:
        """Read all of the file; once more where words of it come to light that mean a type."""
        checked = _looked_at(self.file, self.by, beginning=False)
        if checked.report and not any("outcomeTypeKey" in column.fields for column in checked.columns):
            types = {type for _, type in self.by.mapping.value}
            meet_words(self.words, [(type, rows) for type, rows, _ in checked.report.found.types if type not in types])
            if (options := self._asked(self.by.mapping, self.by.replace)) != self.by:
                self.by = options
                checked = _looked_at(self.file, options, beginning=False)
        self.checked = checked

    def in_encoding(self, encoding: str, number: int) -> Draft | None:
        """The file with menus of its own, where its columns have other names in another encoding."""
        other = draft(self.identity, self.file, number, encoding)
        return None if other.paths == self.paths else other

    def _asked(self, mapping: Mapping, replaces: bool) -> LoadOptions:
        """How the file is to be loaded, with the words' types as their menus say; of words that were not met, as the first mapping says."""
        met = {word.casefold() for word in self.words}
        others = self.base.value if _type_of(mapping) == _type_of(self.base) else ()
        value = (*chosen_words(self.words, self.key), *(pair for pair in others if pair[0].casefold() not in met))
        return replace(_options(self.identity, replace(mapping, value=value)), replace=replaces)


def draft(identity: Identity, file: Path, number: int, encoding: str = "") -> Draft:
    """A file that has just come in, read as it was last time, or as its columns suggest."""
    plainly = _plain_look(identity, file, encoding)
    paths = tuple(column.path for column in plainly.columns)
    known = RememberedMappings(home()).of(identity.tenant, paths)
    base = mapping_of_log(known or (NO_MAPPING if plainly.describes else plainly.suggested))
    base = replace(base, encoding=plainly.suggested.encoding or base.encoding)
    options = _options(identity, base)
    looked = plainly if base == Mapping(encoding=base.encoding) else _looked_at(file, options, beginning=True)
    words: dict[str, Word] = {}
    meet_words(words, looked.words, base.value, guess=known is None)
    return Draft(identity, file, number, base, known is not None, paths, looked.columns, looked, options, words, None if looked.cut else looked)


def _plain_look(identity: Identity, file: Path, encoding: str) -> Preview:
    """The beginning of a file as its columns are called; in another encoding where it turns out to have another."""
    try:
        looked = _looked_at(file, _options(identity, Mapping(encoding=encoding)), beginning=True)
    except StoreError as problem:
        found = re.search(r"--encoding,?(?: such as)? (\S+?)[. ]", f"{problem} ")
        if encoding or not found:
            raise
        return _plain_look(identity, file, found[1])
    if looked.suggested.encoding and not encoding:
        return _plain_look(identity, file, looked.suggested.encoding)
    return replace(looked, suggested=replace(looked.suggested, encoding=encoding))


def _options(identity: Identity, mapping: Mapping) -> LoadOptions:
    return LoadOptions(tenant=identity.tenant, mapping=mapping, by=identity.name)


def _looked_at(file: Path, options: LoadOptions, *, beginning: bool) -> Preview:
    """What loading a file, or its beginning, would do, with its progress."""
    place = st.empty()

    def tell(progress: Progress) -> None:
        place.progress(min(progress.done / progress.total, 1.0) if progress.total else 0.0, text=f"Looking at the file: {progress.phase}")

    try:
        return preview(process.store(), file, options, tell, file.parent, beginning=beginning)
    finally:
        place.empty()


def _type_of(mapping: Mapping) -> list[str]:
    """What the type is read from."""
    return [path for path, name in (*mapping.map, *((value, field) for field, value in mapping.set)) if name == "interactionType"]
