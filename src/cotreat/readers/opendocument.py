"""An .ods workbook as a grid of cell texts (OpenDocument 1.3 part 3, chapters 9 and 19)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from xml.parsers import expat  # entities are refused where the parser is made

from cotreat.findings import Findings
from cotreat.readers.archives import Archive
from cotreat.readers.grids import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    CellRange,
    DecimalSign,
    ErrorText,
    FormulaText,
    Grid,
    NumberText,
    compute_blank_rows,
)
from cotreat.readers.number_formats import (
    CellFormat,
    parse_iso_duration,
    parse_shown_date,
    parse_stored_number,
)
from cotreat.readers.places import Place
from cotreat.readers.sheet_lists import ListedSheet, SheetList

_NAMESPACES: Final = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_HIDING = frozenset({"collapse", "filter"})
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_PARAGRAPHS = frozenset({"text:p", "text:h"})
_LONGEST_BLANKS = 1000
_HOURS = 24
_DATE_TIME = re.compile(r"(-?\d{4,}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:[.,]\d*)?)?")


@dataclass
class _OpenSheet:
    """One sheet while it is read; rows from 1, columns from 0."""

    name: str
    style: str
    rows: list[list[str]] = field(default_factory=list[list[str]])
    row_numbers: list[int] = field(default_factory=list[int])
    merged: list[CellRange] = field(default_factory=list[CellRange])
    hidden_rows: list[int] = field(default_factory=list[int])
    hidden_columns: list[int] = field(default_factory=list[int])
    n_rows: int = 0
    n_columns: int = 0
    n_cells: int = 0


def read_opendocument(
    content: bytes, place: Place, *, sheet: str | None, decimal: DecimalSign | None
) -> Grid:
    """The cells of one sheet of an .ods workbook, as a person sees them.

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
    _refuse_protection(archive, place)
    book = _OpenBook(archive, place)
    book.read()
    if not book.sheets:
        place.refuse("it holds no sheets.", "Save the table as .ods or .xlsx and use that.")
    listed = [
        # A table without a name is a copy of cells that are linked from elsewhere.
        ListedSheet(one.name, one.style in book.hidden_styles or not one.name, partial(bool, one.rows))
        for one in book.sheets
    ]
    chosen = book.sheets[SheetList(place, listed).choose(sheet)]
    return Grid(
        rows=chosen.rows,
        row_numbers=chosen.row_numbers,
        blank_rows=compute_blank_rows(chosen.row_numbers),
        has_fields=False,
        decimal=decimal,
        about="OpenDocument workbook",
        is_detected=False,
        sheet=chosen.name,
        findings=Findings.of(),
        merged=chosen.merged,
        hidden_rows=chosen.hidden_rows,
        hidden_columns=chosen.hidden_columns,
    )


def _refuse_protection(archive: Archive, place: Place) -> None:
    manifest = "META-INF/manifest.xml"
    tags = {tag for tag, _ in archive.elements(manifest)} if manifest in archive.names else set[str]()
    if "encryption-data" in tags or "encrypted-package" in archive.names:
        place.refuse("the file is protected by a password.", "Save a copy without a password and use that.")
    if "content.xml" not in archive.names:
        archive.refuse_damage("it has no content")


class _OpenBook:
    """All sheets of a workbook, filled by :meth:`read`."""

    def __init__(self, archive: Archive, place: Place) -> None:
        self.sheets: list[_OpenSheet] = []
        self.hidden_styles: set[str] = set()
        self._archive = archive
        self._place = place
        self._names: dict[str, str] = {}
        self._style = ""
        self._row: list[str] = []
        self._n_blank = 0
        self._row_repeats = 1
        self._row_is_hidden = False
        self._cell: dict[str, str] = {}
        # Elements that are open inside a cell; a cell's own text stands in its direct paragraphs.
        self._depth = 0
        self._foreign = 0
        self._paragraphs: list[list[str]] = []
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "style:style": self._start_style,
            "style:table-properties": self._start_table_style,
            "table:table": self._start_sheet,
            "table:table-column": self._start_column,
            "table:table-row": self._start_row,
        }

    def read(self) -> None:
        """All sheets are read.

        Raises
        ------
        SourceError
            The content is damaged, or spans an absurd number of cells.
        """
        self._archive.parse("content.xml", self._listen, namespaces=True)

    def _listen(self, parser: expat.XMLParserType, _: str) -> None:
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _name(self, tag: str) -> str:
        """The name with its usual prefix, whatever prefix the file uses."""
        known = self._names.get(tag)
        if known is None:
            namespace, _, local = tag.rpartition(" ")
            known = self._names[tag] = f"{_NAMESPACES.get(namespace, '?')}:{local}"
        return known

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._name(tag)
        if self._depth:
            self._depth += 1
            self._start_in_cell(name, attributes)
        elif name in _CELLS and self.sheets:
            self._depth = 1
            self._cell = {self._name(key): value for key, value in attributes.items()}
        elif name in self._starts:
            self._starts[name]({self._name(key): value for key, value in attributes.items()})

    def _end(self, tag: str) -> None:
        name = self._name(tag)
        if self._depth:
            self._depth -= 1
            self._end_in_cell(name)
        elif name == "table:table-row" and self.sheets:
            self._close_row()

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("style:name", "")

    def _start_table_style(self, attributes: dict[str, str]) -> None:
        if attributes.get("table:display") == "false":
            self.hidden_styles.add(self._style)

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        self.sheets.append(
            _OpenSheet(attributes.get("table:name", ""), attributes.get("table:style-name", ""))
        )

    def _start_column(self, attributes: dict[str, str]) -> None:
        if self.sheets:
            sheet = self.sheets[-1]
            first = sheet.n_columns
            sheet.n_columns = min(first + _repeats(attributes, "columns"), MOST_COLUMNS)
            if attributes.get("table:visibility") in _HIDING:
                sheet.hidden_columns.extend(range(first, sheet.n_columns))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = []
        self._n_blank = 0
        self._row_repeats = _repeats(attributes, "rows")
        self._row_is_hidden = attributes.get("table:visibility") in _HIDING

    def _close_row(self) -> None:
        sheet = self.sheets[-1]
        first = sheet.n_rows + 1
        sheet.n_rows += self._row_repeats
        if not self._row:
            return
        sheet.n_cells += len(self._row) * self._row_repeats
        if sheet.n_rows > MOST_ROWS or sheet.n_cells > MOST_CELLS:
            self._place.refuse(
                f'the sheet "{sheet.name}" spans more than {MOST_CELLS:,} cells or {MOST_ROWS:,} rows.',
                "Delete what stands far to the right of or below the table.",
            )
        for number in range(first, sheet.n_rows + 1):
            sheet.rows.append(list(self._row))
            sheet.row_numbers.append(number)
            if self._row_is_hidden:
                sheet.hidden_rows.append(number)

    def _start_in_cell(self, name: str, attributes: dict[str, str]) -> None:
        """Text counts in the cell's paragraphs, not in comments, drawings or tables inside it."""
        if self._foreign or not name.startswith("text:"):
            self._foreign += 1
            return
        if name in _PARAGRAPHS:
            self._paragraphs.append([])
            self._parser.CharacterDataHandler = self._add_text
        elif name == "text:s":
            counts = [int(value) for key, value in attributes.items() if self._name(key) == "text:c"]
            self._add_text(" " * min(*counts, _LONGEST_BLANKS) if counts else " ")
        elif name == "text:tab":
            self._add_text("\t")
        elif name == "text:line-break":
            self._add_text("\n")

    def _end_in_cell(self, name: str) -> None:
        if not self._depth:
            self._close_cell()
        elif self._foreign:
            self._foreign -= 1
        elif name in _PARAGRAPHS:
            self._parser.CharacterDataHandler = None

    def _add_text(self, text: str) -> None:
        if self._paragraphs and not self._foreign:
            self._paragraphs[-1].append(text)

    def _close_cell(self) -> None:
        cell = self._cell
        shown = "\n".join("".join(pieces) for pieces in self._paragraphs).strip()
        self._paragraphs.clear()
        repeats = _repeats(cell, "columns")
        text = _cell_text(cell, shown)
        column = len(self._row) + self._n_blank
        if column + repeats > MOST_COLUMNS and text:
            self._place.refuse(
                f'the sheet "{self.sheets[-1].name}" has more than {MOST_COLUMNS:,} columns.',
                "Delete what stands far to the right of the table.",
            )
        self._note_merge(cell, column)
        if text:
            self._row.extend([""] * self._n_blank + [text] * repeats)
            self._n_blank = 0
        else:
            self._n_blank += repeats

    def _note_merge(self, cell: dict[str, str], column: int) -> None:
        width, height = (int(cell.get(f"table:number-{way}-spanned", "1")) for way in ("columns", "rows"))
        if width > 1 or height > 1:
            row = self.sheets[-1].n_rows + 1
            self.sheets[-1].merged.append(CellRange(row, column, row + height - 1, column + width - 1))


def _repeats(attributes: dict[str, str], way: str) -> int:
    return max(1, int(attributes.get(f"table:number-{way}-repeated", "1")))


def _cell_text(cell: Mapping[str, str], shown: str) -> str:
    """The text of a cell, from its attributes and the text that it shows."""
    kind = cell.get("office:value-type", "")
    stored = cell.get("office:value", shown)
    if cell.get("calcext:value-type") == "error":
        return ErrorText(shown or "#ERROR!")
    if kind in ("float", "currency"):
        if shown in ("TRUE", "FALSE"):
            return shown
        return NumberText(parse_stored_number(stored, CellFormat.NUMBER, from_1904=False))
    if kind == "percentage":
        return NumberText(parse_stored_number(stored, CellFormat.PERCENT, from_1904=False))
    if kind == "date":
        return _date_text(cell.get("office:date-value", shown), shown)
    if kind == "time":
        return _time_text(parse_iso_duration(cell.get("office:time-value", shown)), shown)
    if kind == "boolean":
        return "TRUE" if cell.get("office:boolean-value") == "true" else "FALSE"
    # A formula that was never calculated has no type; a text may be written without one.
    if not kind and not shown and "table:formula" in cell:
        return FormulaText(cell["table:formula"])
    return shown or cell.get("office:string-value", "").strip()


def _date_text(stored: str, shown: str) -> str:
    match = _DATE_TIME.fullmatch(stored)
    if match is None:
        return stored
    day, clock = match.groups()
    if clock and clock != "00:00:00" and ":" in shown:
        return f"{day}T{clock}"
    return parse_shown_date(day, _shown_precision(day.partition("-")[0], shown))


def _time_text(time: str, shown: str) -> str:
    """The time of day where the cell shows one, although it stores a day too."""
    hours, colon, rest = time.partition(":")
    if (
        colon
        and hours.isdecimal()
        and int(hours) >= _HOURS
        and shown.split(":")[0] == f"{int(hours) % _HOURS:02d}"
    ):
        return f"{int(hours) % _HOURS:02d}:{rest}"
    return time


def _shown_precision(year: str, shown: str) -> CellFormat:
    """Whether the cell shows a month or a year only: "03/2023", "March 2023", "2023"."""
    numbers = re.findall(r"\d+", shown)
    if year not in numbers and year[-2:] not in numbers:
        return CellFormat.DATE
    n_parts = len(numbers) + bool(re.search(r"[^\W\d_]", shown))
    return {1: CellFormat.YEAR, 2: CellFormat.MONTH}.get(n_parts, CellFormat.DATE)
