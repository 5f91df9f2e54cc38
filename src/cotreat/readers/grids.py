"""What a file hands over before its headings are looked at: rows of cell texts.

A cell is a plain ``str`` unless something about it is known that its text does not say;
then it is one of the subclasses here. A blank cell is the empty text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from cotreat.findings import Findings

DecimalSign = Literal[".", ","]


class NumberText(str):
    """A cell that the file stores as a number; written with a point until the sheet is built."""

    __slots__ = ()


class ErrorText(str):
    """A cell that shows an error such as ``#N/A`` in place of a value."""

    __slots__ = ()


class FormulaText(str):
    """A formula whose value the file does not hold; the text is the formula, if it is known."""

    __slots__ = ()


MOST_CELLS = 30_000_000
MOST_COLUMNS = 16_384  # as in every spreadsheet program
MOST_ROWS = 1_048_576


@dataclass(frozen=True)
class CellRange:
    """A rectangle of cells; rows from 1, columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Grid:
    """Rows of cell texts, outer blanks stripped.

    Attributes
    ----------
    rows
        One list of cells per row, of any length; what is missing on the right is blank.
    row_numbers
        For each row, the line or row number that a person would look for, from 1.
    blank_rows
        Numbers of the wholly blank rows between them.
    has_fields
        Whether each row states how many cells it has, as in a delimited text; a row
        longer or shorter than the headings is then a mistake in that row.
    decimal
        Decimal sign that the caller gave; None asks for it to be found.
    about
        What was found out about the file, for the list of sources.
    is_detected
        Whether something in `about` was found out rather than given.
    sheet
        Name of the sheet; empty outside workbooks.
    findings
        What the file format itself gave cause to say.
    merged, hidden_rows, hidden_columns
        Merged cells, and what a person does not see at first; columns from 0.
    """

    rows: list[list[str]]
    row_numbers: list[int]
    blank_rows: list[int]
    has_fields: bool
    decimal: DecimalSign | None
    about: str
    is_detected: bool
    sheet: str
    findings: Findings
    merged: Sequence[CellRange] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()


def compute_blank_rows(row_numbers: Sequence[int]) -> list[int]:
    """Numbers of the rows that are missing between the first and the last."""
    return [row for above, below in pairwise(row_numbers) for row in range(above + 1, below)]
