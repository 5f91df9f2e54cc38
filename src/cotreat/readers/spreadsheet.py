"""A table in a file (.csv, .tsv, .txt, .xlsx, .ods): is it one, and which kind.

The kind is told by the content and held against the name, because files are renamed.
The file is read once, whole, and is not touched.
"""

import difflib
import hashlib
import os
import stat
from pathlib import Path
from typing import Final, Literal, NoReturn

from cotreat.readers.delimited import read_delimited
from cotreat.readers.grids import DecimalSign, Grid
from cotreat.readers.opendocument import read_opendocument
from cotreat.readers.places import Excerpt, Place
from cotreat.readers.sheets import Sheet, build_sheet
from cotreat.readers.workbook import read_workbook

__all__ = ["Sheet", "read_sheet"]

MOST_BYTES: Final = 500 << 20
_CHUNK: Final = 1 << 20
_MOST_COMPARED: Final = 500

_Kind = Literal["text", "xlsx", "ods"]
_KINDS: Final[dict[str, _Kind]] = {
    ".csv": "text",
    ".tsv": "text",
    ".tab": "text",
    ".txt": "text",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".ods": "ods",
}
_KIND_NAMES: Final[dict[_Kind, str]] = {
    "text": "a text (as in .csv)",
    "xlsx": "an Excel workbook (.xlsx)",
    "ods": "an OpenDocument workbook (.ods)",
}
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"  # also where the list of parts of every archive ends
_LIST_OF_PARTS = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_TABLES: Final = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"{\\rtf", "a word-processor text"),
)
_NO_TEXTS: Final = ((b"<!doctype html", "a web page"), (b"<html", "a web page"), (b"<?xml", "an XML file"))


def read_sheet(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: DecimalSign | None = None,
) -> Sheet:
    """The cells of one sheet, as a person sees them, by heading.

    Parameters
    ----------
    path
        The file; the caller makes sure that it may be read.
    sheet
        Name of a workbook's sheet; None takes the only visible one that holds anything.
    encoding, delimiter
        Of a text; None asks for them to be found out. Workbooks state their own.
    decimal
        Decimal sign of numbers that are written as text; None asks for it to be found.

    Returns
    -------
    Sheet
        One row per row of the file that is not blank, with findings about the file,
        its headings and its cells.

    Raises
    ------
    SourceError
        There is no such file, it is not a table, or it cannot be read as one; the
        message says what to do.
    """
    place = Place(path.name or str(path))
    _refuse_lock_file(place)
    content = _read_content(path, place)
    kind = _expected_kind(place)
    _require_kind(content, kind, place)
    grid = _read_grid(content, kind, place, sheet, encoding, delimiter, decimal)
    return build_sheet(grid, Place(place.file, grid.sheet), sha256=hashlib.sha256(content).hexdigest())


def _read_grid(
    content: bytes,
    kind: _Kind,
    place: Place,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    decimal: DecimalSign | None,
) -> Grid:
    if kind == "xlsx":
        return read_workbook(content, place, sheet=sheet, decimal=decimal)
    if kind == "ods":
        return read_opendocument(content, place, sheet=sheet, decimal=decimal)
    if sheet is not None:
        place.refuse(
            f'a text has no sheets, and the protocol asks for the sheet "{Excerpt(sheet)}".',
            "Delete `sheet` under [source], or name the workbook as `file`.",
        )
    return read_delimited(content, place, encoding=encoding, delimiter=delimiter, decimal=decimal)


def _refuse_lock_file(place: Place) -> None:
    if place.file.startswith(("~$", ".~lock.")):
        place.refuse(
            "it is the mark that a spreadsheet program leaves beside an open file, not the table.",
            "Name the table itself, without the mark at the start of its name.",
        )


def _expected_kind(place: Place) -> _Kind:
    suffix = Path(place.file).suffix.lower()
    if suffix == ".xls":
        place.refuse("it is in the old Excel format.", "Save it as .xlsx and use that.")
    if suffix == ".xlsb":
        place.refuse("it is a binary Excel workbook.", "Save it as .xlsx and use that.")
    if suffix not in _KINDS:
        place.refuse(
            f'files named "{Excerpt(suffix)}" cannot be read.' if suffix else "its name has no ending.",
            f"Save the table as one of {', '.join(_KINDS)}.",
        )
    return _KINDS[suffix]


def _read_content(path: Path, place: Place) -> bytes:
    try:
        before = path.stat()
        _refuse_no_file(before, place)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        place.refuse("there is no such file.", _near_names(path))
    except PermissionError:
        place.refuse("it may not be read.", "Close it in other programs, and ask for the right to read it.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not valid"
        place.refuse(f"it cannot be read ({reason}).", "Check its name and the disk it is on.")
    if len(content) != after.st_size or (before.st_size, before.st_mtime_ns) != (
        after.st_size,
        after.st_mtime_ns,
    ):
        place.refuse("it is being written.", "Wait until it is saved, then run again.")
    if len(content) < _CHUNK and not content.strip(b" \t\r\n\xef\xbb\xbf"):
        place.refuse("it is empty.", "Enter the table, headings first, and save it.")
    return content


def _refuse_no_file(found: os.stat_result, place: Place) -> None:
    if stat.S_ISDIR(found.st_mode):
        place.refuse("it is a folder.", "Name the file in it that holds the table.")
    if not stat.S_ISREG(found.st_mode):
        place.refuse("it is not a file but a device or a pipe.", "Name the file that holds the table.")
    if found.st_size > MOST_BYTES:
        place.refuse(f"it is larger than {MOST_BYTES >> 20} MB.", "Split it, or save the table as Parquet.")


def _near_names(path: Path) -> str:
    try:
        names = sorted(one.name for one in path.parent.iterdir() if one.suffix.lower() in _KINDS)
    except OSError:
        return f"There is no folder {Excerpt(str(path.parent))}; check `file` under [source]."
    near = difflib.get_close_matches(path.name, names[:_MOST_COMPARED], n=1) or names[:5]
    listed = f"There is {', '.join(Excerpt(name) for name in near)}. " if near else ""
    return f"{listed}Check `file` under [source] and the folder {Excerpt(str(path.parent))}."


def _require_kind(content: bytes, kind: _Kind, place: Place) -> None:
    """The content is what the name says."""
    start = content[:1024]
    if start.startswith(_OLE):
        _refuse_old_office(content, place)
    what = next((name for magic, name in _NO_TABLES if start.startswith(magic)), "")
    shown = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    what = what or next((name for magic, name in _NO_TEXTS if shown.startswith(magic)), "")
    if what:
        place.refuse(
            f'it is {what} named "{Excerpt(Path(place.file).suffix)}".',
            "Open it in a spreadsheet program, save the table as .xlsx and use that.",
        )
    found = _found_kind(content, kind, place)
    if found == "text" != kind and b"\0" in content[:4096]:
        place.refuse("it is not a workbook, or it is damaged.", "Save the table as .xlsx and use that.")
    if found != kind:
        ending = next(ending for ending, one in _KINDS.items() if one == found)
        place.refuse(
            f'it is {_KIND_NAMES[found]} named "{Excerpt(Path(place.file).suffix)}".',
            f"Rename it to {ending}, in the protocol too.",
        )


def _found_kind(content: bytes, expected: _Kind, place: Place) -> _Kind:
    if not content.startswith((_ZIP, _EMPTY_ZIP)):
        return "text"
    if _EMPTY_ZIP not in content[-_LIST_OF_PARTS:] and expected != "text":
        return expected  # cut off before its list of parts; the reader says so
    names = content[:200] + content[-_LIST_OF_PARTS:]
    if b"opendocument.spreadsheet" in names or b"content.xml" in names:
        return "ods"
    if b"[Content_Types].xml" not in names or b"word/" in names or b"ppt/" in names:
        place.refuse(
            "it is a ZIP archive and not a workbook.", "Save the table as .xlsx or .csv and use that."
        )
    return "xlsx"


def _refuse_old_office(content: bytes, place: Place) -> NoReturn:
    """What Excel wrote before 2007, and the wrapping of everything that has a password."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        place.refuse("it is protected by a password.", "Save a copy without a password and use that.")
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        place.refuse("it is in the old Excel format (.xls).", "Save it as .xlsx and use that.")
    place.refuse("it is an old Office file, and not a workbook.", "Save the table as .xlsx and use that.")
