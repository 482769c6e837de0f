"""How a file is read before any field of it is: what its flags say of its bytes, its columns and its members."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from fnmatch import fnmatchcase

from data.store.limits import StoreError


@dataclass(frozen=True)
class ReadOptions:
    """Empty where a flag is not given: `encoding` is then UTF-8 or what a mark says, and `columns` are those of the header row.

    `pad` takes rows of a CSV that are shorter than its header. `member` is a pattern of members of an archive or folder, or a sheet's name.
    Where `records` is given, the lists of records in a record are somebody else's.
    """

    encoding: str = ""
    columns: tuple[str, ...] = ()
    pad: bool = False
    member: str = ""
    records: str = ""

    def __post_init__(self) -> None:
        if self.encoding:
            try:
                codec = codecs.lookup(self.encoding)
            except LookupError:
                codec = None
            if codec is None or not codec._is_text_encoding:
                raise StoreError(f"--encoding {self.encoding}: there is no such encoding. Usual ones are cp1252, latin-1, utf-16, shift_jis.")
        twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if twice:
            raise StoreError(f"--columns names '{twice[0]}' more than once.")

    def takes(self, *names: str) -> bool:
        """Whether a member with one of these names is asked for; without regard to case."""
        return not self.member or any(fnmatchcase(name.lower(), self.member.lower()) for name in names)
