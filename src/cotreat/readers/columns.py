"""The cells of one column: which of them hold no value although they are not blank."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cotreat.findings import Findings
from cotreat.readers.grids import DecimalSign, ErrorText, FormulaText, NumberText
from cotreat.readers.places import ColumnLetter, Excerpt, Place

LONGEST_CELL: Final = 32_767  # characters; as in every spreadsheet program
# What spreadsheet programs write in their languages: #N/A, #NV, #REF!, #¿NOMBRE?, #DIV/0!, Err:502.
_ERROR = re.compile(r"#(?:[^\W\d_]/[^\W\d_]|NV|[¡¿]?[^\W\d]+(?:/0)?[!?])|Err:\d{3}")


@dataclass(frozen=True)
class Column:
    """One column without its heading.

    Attributes
    ----------
    heading
        As in the source, white space as one blank; empty when there is none.
    position
        Its place in the sheet, from 0.
    cells
        Texts, row by row.
    """

    heading: str
    position: int
    cells: Sequence[str]

    @property
    def letter(self) -> str:
        """What a spreadsheet program shows above the column."""
        return str(ColumnLetter(self.position))

    @property
    def name(self) -> str:
        """What a finding calls the column."""
        return self.heading or f"column {self.letter}"

    def typed_texts(self) -> set[str]:
        """Distinct texts that the file does not store as numbers."""
        return {text for text in self.cells if type(text) is str}


def build_plain_column(
    column: Column, place: Place, row_numbers: Sequence[int]
) -> tuple[Column, list[Findings]]:
    """The column with blanks for cells that show an error or have no value, and no overlong cell.

    Returns
    -------
    tuple[Column, list[Findings]]
        Cells with a value are as before; every other one is a finding.
    """
    types, distinct = set(map(type, column.cells)), set(column.cells)
    cells, findings = list(column.cells), list[Findings]()
    if FormulaText in types:
        places = [i for i, text in enumerate(cells) if type(text) is FormulaText]
        findings.append(_without_value(column, place, row_numbers, places))
        _blank(cells, places)
    wrong = {text for text in distinct if text[:1] in ("#", "E") and _ERROR.fullmatch(text)}
    if ErrorText in types or wrong:
        places = [i for i, text in enumerate(cells) if type(text) is ErrorText or text in wrong]
        findings.append(_showing_error(column, place, row_numbers, places))
        _blank(cells, places)
    if any(len(text) > LONGEST_CELL for text in distinct):
        places = [i for i, text in enumerate(cells) if len(text) > LONGEST_CELL]
        findings.append(_too_long(column, place, row_numbers, places))
        for i in places:
            cells[i] = str(Excerpt(cells[i]))
    return Column(column.heading, column.position, cells), findings


def build_cells(column: Column, decimal: DecimalSign) -> list[str]:
    """The cells as plain texts, stored numbers with the decimal sign of the sheet."""
    if NumberText not in set(map(type, column.cells)):
        return list(column.cells)
    if decimal == ".":
        return [str(text) for text in column.cells]
    return [text.replace(".", decimal) if type(text) is NumberText else text for text in column.cells]


def _blank(cells: list[str], places: Iterable[int]) -> None:
    for i in places:
        cells[i] = ""


def _without_value(
    column: Column, place: Place, row_numbers: Sequence[int], places: Sequence[int]
) -> Findings:
    return place.findings(
        "warning",
        "formula_without_value",
        f"The formula in column {column.letter} was never calculated: the file holds no value for it, "
        "and the cell is read as unknown.",
        "Open the workbook in a spreadsheet program, save it there, and run again.",
        rows=[row_numbers[i] for i in places],
        columns=[column.name] * len(places),
        values=[column.cells[i] for i in places],
    )


def _showing_error(
    column: Column, place: Place, row_numbers: Sequence[int], places: Sequence[int]
) -> Findings:
    return place.findings(
        "warning",
        "error_cell",
        f"The cell in column {column.letter} shows an error in place of a value and is read as unknown.",
        "Correct the formula, or enter the value.",
        rows=[row_numbers[i] for i in places],
        columns=[column.name] * len(places),
        values=[column.cells[i] for i in places],
    )


def _too_long(column: Column, place: Place, row_numbers: Sequence[int], places: Sequence[int]) -> Findings:
    longest = max(len(column.cells[i]) for i in places)
    return place.findings(
        "error",
        "cell_too_long",
        f"The cell in column {column.letter} is longer than {LONGEST_CELL:,} characters "
        f"(the longest has {longest:,}): a quotation mark may be missing.",
        "Look for a quotation mark that opens and does not close, or shorten the text.",
        rows=[row_numbers[i] for i in places],
        columns=[column.name] * len(places),
        values=[column.cells[i] for i in places],
    )
