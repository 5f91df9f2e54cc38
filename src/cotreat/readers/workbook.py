"""An .xlsx workbook as a grid of cell texts (ECMA-376 part 1, chapter 18).

The XML is read here and not by a library because of what has to be told apart: an
error, a formula that was never calculated, a month without a day and a percentage are
blanks or bare numbers elsewhere, and a forged cell address must not end the program.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from xml.parsers import expat  # entities are refused where the parser is made

from cotreat.findings import Findings
from cotreat.readers.archives import Archive
from cotreat.readers.grids import DecimalSign, Grid, compute_blank_rows
from cotreat.readers.number_formats import CellFormat, parse_format_code, parse_format_number
from cotreat.readers.places import Place
from cotreat.readers.sheet_lists import ListedSheet, SheetList
from cotreat.readers.workbook_sheets import WorkbookSheet, parse_escaped_text

# Named styles and conditional ones hold formats and numbers too, which are not those of the cells.
_STYLE_SECTIONS = frozenset({"numFmts", "fonts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
_HAS_CELLS = re.compile(rb"<(?:\w+:)?(?:v|is|f)[\s>/]")
_ALWAYS = frozenset({"1", "true", "on"})


@dataclass(frozen=True)
class _Book:
    """What the workbook's own part says: its sheets and how their numbers are meant."""

    sheets: list[ListedSheet]
    parts: list[str]
    strings: str
    styles: str
    from_1904: bool
    is_uncalculated: bool


def read_workbook(content: bytes, place: Place, *, sheet: str | None, decimal: DecimalSign | None) -> Grid:
    """The cells of one sheet of an .xlsx workbook, as a person sees them.

    Parameters
    ----------
    content
        The whole file.
    sheet
        Name of the sheet; None takes the only visible one that holds anything.
    decimal
        Decimal sign of numbers that were typed as text; None asks for it to be found.

    Raises
    ------
    SourceError
        The file is cut off, damaged, protected or too large, or the sheet is not clear.
    """
    archive = Archive(content, place)
    book = _read_book(archive, place)
    chosen = SheetList(place, book.sheets).choose(sheet)
    name = book.sheets[chosen].name
    reader = WorkbookSheet(
        archive,
        Place(place.file, name),
        strings=_read_shared_strings(archive, book.strings) if book.strings else [],
        formats=_read_formats(archive, book.styles) if book.styles else {},
        from_1904=book.from_1904,
    )
    reader.read(book.parts[chosen])
    return Grid(
        rows=reader.rows,
        row_numbers=reader.row_numbers,
        blank_rows=compute_blank_rows(reader.row_numbers),
        has_fields=False,
        decimal=decimal,
        about="Excel workbook",
        is_detected=False,
        sheet=name,
        findings=_uncalculated(reader) if book.is_uncalculated and reader.n_formulas else Findings.of(),
        merged=reader.merged,
        hidden_rows=reader.hidden_rows,
        hidden_columns=reader.hidden_columns,
    )


def _uncalculated(reader: WorkbookSheet) -> Findings:
    return reader.place.finding(
        "warning",
        "formulas_not_calculated",
        f"The sheet has {reader.n_formulas} formulas, and the program that wrote the workbook asks for them "
        "to be calculated when it is opened: the stored values may be placeholders such as 0.",
        "Open the workbook in a spreadsheet program, save it there, and run again.",
    )


def _read_book(archive: Archive, place: Place) -> _Book:
    roots = _relations(archive, "", "_rels/.rels")
    main = next((part for kind, part in roots.values() if kind == "officeDocument"), "xl/workbook.xml")
    if main.endswith(".bin"):
        place.refuse("it is a binary workbook (.xlsb).", "Save it as .xlsx and use that.")
    if main not in archive.names:
        archive.refuse_damage("it has no workbook part")
    folder, file = posixpath.split(main)
    relations = _relations(archive, folder, f"_rels/{file}.rels")
    elements = archive.elements(main)
    sheets = [
        (attributes, relations[attributes["id"]][1])
        for tag, attributes in elements
        if tag == "sheet" and relations.get(attributes.get("id", ""), ("", ""))[0] == "worksheet"
    ]
    if not all(part for _, part in sheets):
        archive.refuse_damage("one of its sheets is missing")
    properties = {tag: attributes for tag, attributes in elements if tag in ("workbookPr", "calcPr")}
    by_kind = dict(relations.values())
    return _Book(
        [_listed(archive, attributes, part) for attributes, part in sheets],
        [part for _, part in sheets],
        by_kind.get("sharedStrings", ""),
        by_kind.get("styles", ""),
        properties.get("workbookPr", {}).get("date1904", "") in _ALWAYS,
        properties.get("calcPr", {}).get("fullCalcOnLoad", "") in _ALWAYS,
    )


def _listed(archive: Archive, attributes: Mapping[str, str], part: str) -> ListedSheet:
    is_hidden = attributes.get("state", "visible") != "visible"
    return ListedSheet(attributes.get("name", ""), is_hidden, partial(_has_cells, archive, part))


def _relations(archive: Archive, folder: str, rels: str) -> dict[str, tuple[str, str]]:
    """By identifier, the last word of the kind of a related part, and its name, "" when it is missing."""
    part = archive.find(folder, rels)
    if not part:
        return {}
    return {
        attributes.get("Id", ""): (
            attributes.get("Type", "").rpartition("/")[2],
            archive.find(folder, attributes.get("Target", "")),
        )
        for tag, attributes in archive.elements(part)
        if tag == "Relationship" and attributes.get("TargetMode") != "External"
    }


def _has_cells(archive: Archive, part: str) -> bool:
    rest = b""
    for chunk in archive.chunks(part):
        if _HAS_CELLS.search(rest + chunk):
            return True
        rest = chunk[-64:]
    return False


def _read_formats(archive: Archive, part: str) -> dict[str, CellFormat]:
    """By style number of a cell, what its format makes of a number; plain numbers left out."""
    own: dict[int, CellFormat] = {}
    styles: list[int] = []
    section = ""
    for tag, attributes in archive.elements(part):
        if tag in _STYLE_SECTIONS:
            section = tag
        elif tag == "numFmt" and section == "numFmts":
            own[_whole(attributes.get("numFmtId"))] = parse_format_code(attributes.get("formatCode", ""))
        elif tag == "xf" and section == "cellXfs":
            styles.append(_whole(attributes.get("numFmtId")))
    formats = [own.get(number, parse_format_number(number)) for number in styles]
    return {str(style): one for style, one in enumerate(formats) if one is not CellFormat.NUMBER}


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _read_shared_strings(archive: Archive, part: str) -> list[str]:
    """The texts that cells refer to by number, outer blanks stripped."""
    strings: list[str] = []

    def listen(parser: expat.XMLParserType, prefix: str) -> None:
        pieces: list[str] = []
        phonetic = False

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal phonetic
            name = tag.removeprefix(prefix)
            if name == "t" and not phonetic:
                parser.CharacterDataHandler = pieces.append
            elif name == "rPh":
                phonetic = True

        def end(tag: str) -> None:
            nonlocal phonetic
            parser.CharacterDataHandler = None
            name = tag.removeprefix(prefix)
            if name == "rPh":
                phonetic = False
            elif name == "si":
                strings.append(parse_escaped_text("".join(pieces)))
                pieces.clear()

        parser.StartElementHandler = start
        parser.EndElementHandler = end

    archive.parse(part, listen)
    return strings
