"""What a file is, by the bytes it begins with; and for what cannot be read, what to do."""

from __future__ import annotations

from data.store.limits import StoreError

ENOUGH = 512
"""As many bytes tell what a file is."""

# Each begins with one of these; the readable ones first.
COMPRESSIONS = {"gzip": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ\x00", "zstd": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18"}
_COLUMNS = {
    "parquet": (b"PAR1",), "orc": (b"ORC",), "arrow": (b"ARROW1",), "feather": (b"FEA1",), "arrow stream": (b"\xff\xff\xff\xff",),
    "avro": (b"Obj\x01",),
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_AS_A_TABLE = "export the table as CSV, NDJSON or Parquet"
_UNPACK = "unpack it and load what is in it, or a zip of that"
_NO_LOG = "load the log itself, as CSV, NDJSON, JSON or Parquet"
# What a file is whose bytes begin so, and what to do.
_UNREADABLE = (
    (b"%PDF", "a PDF document", _AS_A_TABLE),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file (.xls)", "save it as an .xlsx workbook without a password, or as CSV"),
    (b"SQLite format 3\x00", "an SQLite database", _AS_A_TABLE),
    (b"DUCK", "a DuckDB database", _AS_A_TABLE),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"\x1f\x9d", "a file of the old compress (.Z)", _UNPACK),
    (b"\x89PNG", "a PNG image", _NO_LOG),
    (b"\xff\xd8\xff", "a JPEG image", _NO_LOG),
    (b"GIF8", "a GIF image", _NO_LOG),
    (b"RIFF", "a sound, film or image file", _NO_LOG),
    (b"\x89HDF", "an HDF5 file", _AS_A_TABLE),
    (b"\x7fELF", "a program", _NO_LOG),
    (b"MZ\x90\x00", "a program", _NO_LOG),
    (b"{\\rtf", "an RTF document", _AS_A_TABLE),
    (b"$FL2", "an SPSS file", _AS_A_TABLE),
    (b"<stata_dta>", "a Stata file", _AS_A_TABLE),
    (b"\x80\x04\x95", "a Python pickle", _AS_A_TABLE),
    (b"-----BEGIN PGP", "an encrypted file", "decrypt it first"),
    (b"version https://git-lfs", "a pointer of Git LFS to a file, and not that file", "fetch it with git lfs pull"),
)
_MARKUP = ((b"<!doctype html", "an HTML page"), (b"<html", "an HTML page"), (b"<?xml", "XML"), (b"<svg", "an SVG image"))


# One sign of ten: a text may hold a stray one.
_FEW = 10


def kind_of(start: bytes) -> str:
    """The name of a format whose bytes begin so; "text" for what may be one of the text formats.

    `StoreError` for anything that is known and cannot be read.
    """
    for name, sign in COMPRESSIONS.items():
        if start.startswith(sign):
            return name
    for name, signs in _COLUMNS.items():
        if start.startswith(signs):
            return name
    if start.startswith(_ZIP):
        return "zip"
    if start[257:262] == b"ustar":
        return "tar"
    for sign, what, remedy in _UNREADABLE:
        if start.startswith(sign):
            raise StoreError(f"this is {what}: {remedy}.")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for sign, what in _MARKUP:
        if text.startswith(sign):
            raise StoreError(f"this is {what}: {_AS_A_TABLE}. A download that needs a login often saves the login page instead.")
    return "text"


def refuse_binary(start: bytes) -> None:
    """`StoreError` where bytes that should be UTF-8 text have more of the sign that no text has than may stray into one."""
    nuls = start.count(b"\x00")
    if nuls * _FEW < len(start) or not nuls:
        return
    if nuls * 4 >= len(start):
        # The high halves of Latin letters.
        order = "utf-16-be" if start[::2].count(b"\x00") > start[1::2].count(b"\x00") else "utf-16-le"
        raise StoreError(f"this is UTF-16 text without its mark: give --encoding {order}.")
    raise StoreError(f"this is no text and no format that is known: {_NO_LOG}.")
