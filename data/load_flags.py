"""The flags of `python -m data load`, and the command they make."""

from __future__ import annotations

import argparse
import glob
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from data.mapping.mapping import Mapping, Pairs
from data.mapping.mapping_file import mapping_of_file, mapping_text
from data.mapping.presets import PRESETS, preset
from data.mapping.targets import check_mapping
from data.orders.orders import REJECTS_FOLDER, LoadCommand
from data.store.home import home
from data.store.limits import StoreError

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

NOTES = """\
FILE may be CSV, NDJSON, JSON, Parquet, ORC, Arrow, Avro or a workbook (.xlsx), compressed or not; a zip or tar archive, a folder
or a pattern of such files, which is one load; or - for standard input. One load is one transaction: after an error or Ctrl-C the
store is as it was before. While the server runs, it loads the file for you.

PATH is a column's name, a path such as properties.time or items[0].id, '"a.b"' for a name with a dot, '#1' for the first column,
or #file, #folder; with ? behind it, one that a file may lack. FIELD is a field such as customerId, or context.NAME, outcome.conversionValue.
A flag counts more than --mapping, and that more than --as.

exit code: 0 all rows are in the store; 3 some are not, and are listed in FILE.rejects.csv; 1 a file was not loaded; 2 wrong usage
"""


def add_load(commands: _Commands, carried_out: Callable[[LoadCommand], int]) -> None:
    load = commands.add_parser("load", help="load log files, or files that describe offers, creatives, channels",
                               epilog=NOTES, formatter_class=argparse.RawDescriptionHelpFormatter)
    load.add_argument("logs", nargs="*", metavar="FILE", type=_file, help="a log of interactions")
    load.add_argument("--tenant", type=given_text, help="the tenant of the rows; a file that names another is refused")
    for kind, columns in (("offers", "id, name, status"), ("creatives", "id, name, channelId"), ("channels", "id, name")):
        load.add_argument(f"--{kind}", action="append", default=[], metavar="FILE", type=_file,
                          help=f"a file that describes {kind}: {columns}")
    load.add_argument("--strict", action="store_true", help="load a file only if every row of it can be loaded")
    load.add_argument("--check", action="store_true", help="load nothing, and say what would be loaded")
    load.add_argument("--replace", action="store_true", help="let the file's content win where an id is known with another one")
    load.add_argument("--all-rejects", action="store_true", help="list every row that is not loaded, however many")

    names = load.add_argument_group("other names and words")
    repeated: dict[str, tuple[str, str]] = {
        "--map": ("PATH=FIELD", "read what stands there as this field (repeatable, as the next three)"),
        "--set": ("FIELD=VALUE", "give every row this value, whatever it has"),
        "--value": ("TEXT=TYPE", "a word of the source for an interaction type, without regard to case"),
        "--null": ("WORD", "a word that stands for no value"),
    }
    for flag, (form, said) in repeated.items():
        names.add_argument(flag, action="append", default=[], metavar=form, help=said)
    names.add_argument("--time", default="", help="how times are written: seconds, milliseconds, microseconds, nanoseconds, excel, "
                       "'hours since 2018-01-01' (days, minutes), or a format such as '%%d.%%m.%%Y %%H:%%M'")
    names.add_argument("--timezone", default="", metavar="ZONE", help="the zone of times that name none, such as Europe/Berlin")
    names.add_argument("--decimal", default="", metavar="MARK", help="the decimal mark of money: , or .")
    names.add_argument("--id-from", default="", metavar="row|PATH,PATH", help="make ids from the whole row, or from these columns")
    names.add_argument("--rest", default="", metavar="context", help="keep what no field takes in context")
    names.add_argument("--records", default="", metavar="PATH", help="the list of records in each record: events, emails.activity")
    names.add_argument("--select", metavar="FILE.sql", help="read the file through this SELECT, in which {file} stands for it")
    names.add_argument("--mapping", metavar="FILE.toml", help="take the flags from a file")
    names.add_argument("--as", dest="preset", metavar="PRESET", choices=PRESETS,
                       help="take the flags for a system: python -m data presets describes them")
    names.add_argument("--save-mapping", metavar="FILE.toml", help="write the flags, with those of --mapping and --as, to a file")

    reading = load.add_argument_group("how a file is read")
    reading.add_argument("--encoding", default="", help="the encoding of its text, such as cp1252")
    reading.add_argument("--columns", default="", metavar="NAME,NAME", help="the columns of a CSV file without a header row")
    reading.add_argument("--pad", action="store_true", help="take CSV rows that are shorter than the header")
    reading.add_argument("--member", default="", metavar="PATTERN", help="only such members of an archive or folder, or the sheet to read")
    load.set_defaults(run=lambda options: _load(options, carried_out), parser=load)


def add_presets(commands: _Commands) -> None:
    presets = commands.add_parser("presets", help="describe the mappings that are shipped, for --as")
    presets.add_argument("name", nargs="?", choices=PRESETS, help="print this one as a file for --mapping")
    presets.set_defaults(run=_presets)


def given_text(value: str) -> str:
    if not value:
        raise argparse.ArgumentTypeError("must not be empty")
    return value


def _file(value: str) -> str:
    if value == STANDARD_INPUT:
        return value
    path = Path(value)
    if not path.exists() and not glob.glob(value, recursive=True):
        raise argparse.ArgumentTypeError(f"there is no file '{value}'")
    return str(path.absolute())


def _load(options: argparse.Namespace, carried_out: Callable[[LoadCommand], int]) -> int:
    entities = [kind for kind in ("offers", "creatives", "channels") if getattr(options, kind)]
    if not (options.logs or entities):
        options.parser.error("nothing to load: name a FILE, or --offers, --creatives, --channels")
    try:
        mapping = _mapping(options)
        mapping.read_options()
        check_mapping(mapping, () if options.logs else tuple(entities))
    except StoreError as problem:
        options.parser.error(str(problem))
        raise
    if options.save_mapping:
        _save(mapping, Path(options.save_mapping))
    with held(tuple(options.logs), home() / REJECTS_FOLDER) as logs:
        return carried_out(LoadCommand(
            logs=logs,
            offers=tuple(options.offers),
            creatives=tuple(options.creatives),
            channels=tuple(options.channels),
            tenant=options.tenant,
            mapping=mapping,
            strict=options.strict,
            replace=options.replace,
            check=options.check,
            all_rejects=options.all_rejects,
        ))


def _mapping(options: argparse.Namespace) -> Mapping:
    """What the flags say, over what the file says that they name, over the preset."""
    mapping = Mapping(
        map=_pairs("--map", "PATH=FIELD", options.map, str.rpartition),
        set=_pairs("--set", "FIELD=VALUE", options.set, str.partition),
        value=_pairs("--value", "TEXT=TYPE", options.value, str.rpartition),
        time=options.time,
        timezone=options.timezone,
        id_from=_list(options.id_from),
        rest=options.rest,
        null=tuple(options.null),
        decimal=options.decimal,
        records=options.records,
        select=_statement(options.select) if options.select else "",
        encoding=options.encoding,
        columns=_list(options.columns),
        pad=options.pad,
        member=options.member,
    )
    if options.mapping:
        mapping = mapping.over(mapping_of_file(Path(options.mapping)))
    return mapping.over(preset(options.preset)) if options.preset else mapping


def _pairs(flag: str, form: str, texts: Iterable[str], parted: Callable[[str, str], tuple[str, str, str]]) -> Pairs:
    pairs = []
    for text in texts:
        left, sign, right = parted(text, "=")
        if not sign or not left:
            raise StoreError(f"{flag} takes {form.replace('PATH', 'COLUMN')}, not '{text}'.")
        pairs.append((left, right))
    return tuple(pairs)


def _list(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


def _statement(file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreError(f"--select {file} cannot be read: {problem}.") from problem
    if not text.strip():
        raise StoreError(f"--select {file} is empty.")
    return text


def _save(mapping: Mapping, file: Path) -> None:
    try:
        file.write_text(mapping_text(mapping), encoding="utf-8")
    except OSError as problem:
        raise StoreError(f"--save-mapping {file} cannot be written: {problem.strerror}.") from problem


def _presets(options: argparse.Namespace) -> int:
    if options.name:
        print(mapping_text(preset(options.name)), end="")
    else:
        width = max(map(len, PRESETS))
        for name in PRESETS:
            print(f"{name:<{width}}  {preset(name).description}")
    return 0


STANDARD_INPUT = "-"


@contextmanager
def held(paths: tuple[str, ...], folder: Path) -> Iterator[tuple[str, ...]]:
    """The same paths, with a file of all that standard input gives in the place of `-`; it lies in the folder until the load is over."""
    if STANDARD_INPUT not in paths:
        yield paths
        return
    if paths.count(STANDARD_INPUT) > 1:
        raise StoreError("- is standard input, and can be loaded once.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"standard input {os.getpid()}"
    file.unlink(missing_ok=True)
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as into:
            shutil.copyfileobj(sys.stdin.buffer, into)
        yield tuple(str(file) if path == STANDARD_INPUT else path for path in paths)
    finally:
        file.unlink(missing_ok=True)
