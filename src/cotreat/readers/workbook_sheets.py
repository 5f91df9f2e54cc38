"""One sheet of an .xlsx workbook, cell by cell (ECMA-376 part 1, 18.3)."""

import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat  # entities are refused where the parser is made

from cotreat.readers.archives import Archive
from cotreat.readers.grids import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    CellRange,
    ErrorText,
    FormulaText,
    NumberText,
)
from cotreat.readers.number_formats import CellFormat, parse_stored_number
from cotreat.readers.places import Place

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00(?::00(?:\.0*)?)?Z?")
_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_RANGE = re.compile(rf"{_REF.pattern}:{_REF.pattern}")
_BOOLEANS = {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}
_SURROGATES = range(0xD800, 0xE000)


def parse_escaped_text(text: str) -> str:
    """The text of a cell, stripped, with characters back that XML cannot hold (``_x000D_``)."""
    if "_x" in text:
        text = _ESCAPED.sub(_unescaped, text).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "\ufffd" if code in _SURROGATES or not code else chr(code)


def parse_column_letter(letters: str) -> int:
    """Position of the column with this letter, from 0."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


class WorkbookSheet:
    """The cells of one sheet, filled by :meth:`read`.

    A cell is put into its row when the next element starts: that spares one call per
    element, and a sheet can have millions.

    Attributes
    ----------
    rows, row_numbers
        Rows that hold something, and their numbers from 1.
    merged, hidden_rows, hidden_columns
        Merged cells, and what a person does not see at first; columns from 0.
    n_formulas
        How many cells are formulas.
    """

    def __init__(
        self,
        archive: Archive,
        place: Place,
        *,
        strings: Sequence[str],
        formats: Mapping[str, CellFormat],
        from_1904: bool,
    ) -> None:
        self.place = place
        self.rows: list[list[str]] = []
        self.row_numbers: list[int] = []
        self.merged: list[CellRange] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.n_formulas = 0
        self._archive = archive
        self._strings = strings
        self._formats = formats
        self._from_1904 = from_1904
        self._numbers: dict[tuple[str, str | None], str] = {}
        self._columns: dict[str, int] = {}
        self._n_cells = 0
        self._row: list[str] = []
        self._row_number = 0
        self._row_text = "0"
        self._column = -1
        self._is_open = False
        self._attributes: dict[str, str] = {}
        self._formula: str | None = None
        self._has_value = False
        self._text: list[str] = []

    def read(self, part: str) -> None:
        """All cells of the part are in their rows.

        Raises
        ------
        SourceError
            The part is damaged, or a cell stands where no spreadsheet program has cells.
        """
        self._archive.parse(part, self._listen)
        self._close_row()

    def _listen(self, parser: expat.XMLParserType, prefix: str) -> None:
        self._parser = parser
        self._prefix = prefix
        parser.CharacterDataHandler = self._text.append
        parser.StartElementHandler = self._start_prefixed if prefix else self._start

    def _start_prefixed(self, tag: str, attributes: dict[str, str]) -> None:
        self._start(tag.removeprefix(self._prefix), attributes)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "v":
            if self._formula is not None:
                self._formula = "".join(self._text)
            self._has_value = True
            if self._text:
                self._text.clear()
        elif tag == "c":
            if self._is_open:
                self._close_cell()
            self._is_open = True
            self._attributes = attributes
        elif tag == "row":
            self._close_row()
            self._open_row(attributes)
        elif tag == "f" and self._is_open:
            self._formula = ""
            self.n_formulas += 1
            self._text.clear()
        elif tag == "is" and self._is_open:
            self._open_inline_text()
        else:
            self._start_other(tag, attributes)

    def _start_other(self, tag: str, attributes: dict[str, str]) -> None:
        if self._is_open:
            self._close_cell()
        if tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            # Columns are listed from left to right, each once.
            after = self.hidden_columns[-1] + 1 if self.hidden_columns else 0
            self.hidden_columns.extend(range(max(first - 1, after), min(last, MOST_COLUMNS)))
        elif tag == "mergeCell" and (match := _RANGE.fullmatch(attributes.get("ref", ""))):
            left, top, right, bottom = match.groups()
            self.merged.append(
                CellRange(int(top), parse_column_letter(left), int(bottom), parse_column_letter(right))
            )

    def _open_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._row_number + 1))
        if not self._row_number < number <= MOST_ROWS:
            self._archive.refuse_damage(f"row {number} follows row {self._row_number}")
        self._row_number = number
        self._row_text = str(number)
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.append(number)

    def _close_row(self) -> None:
        if self._is_open:
            self._close_cell()
        if self._row:
            self.rows.append(self._row)
            self.row_numbers.append(self._row_number)
            self._n_cells += len(self._row)
            if self._n_cells > MOST_CELLS:
                self.place.refuse(
                    f"the sheet spans more than {MOST_CELLS:,} cells.",
                    "Delete what stands far to the right of or below the table.",
                )
            self._row = []

    def _close_cell(self) -> None:
        """The cell that was being read is put into its row."""
        self._is_open = False
        attributes = self._attributes
        ref = attributes.get("r")
        column = self._column + 1 if ref is None else self._columns.get(ref.removesuffix(self._row_text), -1)
        if column < 0 or column >= MOST_COLUMNS:
            column = self._new_column(ref or "")
        self._column = column
        if self._has_value and self._formula is None:
            text = self._value_text("".join(self._text))
        else:
            text = self._formula_text()
        self._text.clear()
        self._has_value = False
        if not text:
            return
        row = self._row
        if column == len(row):
            row.append(text)
            return
        row.extend([""] * (column + 1 - len(row)))
        row[column] = text

    def _new_column(self, ref: str) -> int:
        match = _REF.fullmatch(ref)
        column = parse_column_letter(match[1]) if match else MOST_COLUMNS
        if not match or match[2] != self._row_text or column >= MOST_COLUMNS:
            self._archive.refuse_damage(f'a cell of row {self._row_number} has the address "{ref[:20]}"')
        self._columns[match[1]] = column
        return column

    def _formula_text(self) -> str:
        """The value of a formula, or the formula when the file holds no value for it."""
        formula, self._formula = self._formula, None
        if formula is None:
            return ""
        stored = "".join(self._text) if self._has_value else ""
        # An empty text is a value: =IF(A2="","",A2).
        is_empty_text = self._has_value and self._attributes.get("t") == "str"
        if stored.strip() or is_empty_text:
            return self._value_text(stored)
        return FormulaText(f"={(formula or ''.join(self._text)).strip()}")

    def _value_text(self, stored: str) -> str:
        """The text of a stored value, as a person sees it."""
        kind = self._attributes.get("t")
        if kind == "s":
            return self._shared_text(stored)
        if kind is None or kind == "n":
            key = (stored, self._attributes.get("s"))
            known = self._numbers.get(key)
            return self._number_text(stored, key) if known is None else known
        stored = stored.strip()
        if kind == "e":
            return ErrorText(stored or "#ERROR!")
        if kind == "b":
            return _BOOLEANS.get(stored, stored)
        if kind == "d":
            return _MIDNIGHT.sub(r"\1", stored)
        return parse_escaped_text(stored)

    def _shared_text(self, stored: str) -> str:
        if not stored.strip():
            return ""
        try:
            number = int(stored)
            return self._strings[number if number >= 0 else len(self._strings)]
        except (ValueError, IndexError):
            self._archive.refuse_damage(f"a cell of row {self._row_number} refers to no text")

    def _number_text(self, stored: str, key: tuple[str, str | None]) -> str:
        cell_format = self._formats.get(key[1] or "0", CellFormat.NUMBER)
        text = parse_stored_number(stored.strip(), cell_format, from_1904=self._from_1904)
        if cell_format in (CellFormat.NUMBER, CellFormat.PERCENT):
            text = NumberText(text)
        self._numbers[key] = text
        return text

    def _open_inline_text(self) -> None:
        """A text inside the cell: only its visible pieces count, not their pronunciation."""
        self._has_value = True
        self._text.clear()
        self._parser.CharacterDataHandler = None
        self._parser.StartElementHandler = self._start_inline
        self._parser.EndElementHandler = self._end_inline
        self._is_phonetic = False

    def _start_inline(self, tag: str, _: dict[str, str]) -> None:
        name = tag.removeprefix(self._prefix)
        if name == "t" and not self._is_phonetic:
            self._parser.CharacterDataHandler = self._text.append
        elif name == "rPh":
            self._is_phonetic = True

    def _end_inline(self, tag: str) -> None:
        self._parser.CharacterDataHandler = None
        name = tag.removeprefix(self._prefix)
        if name == "rPh":
            self._is_phonetic = False
        elif name == "is":
            self._parser.EndElementHandler = None
            self._listen(self._parser, self._prefix)
