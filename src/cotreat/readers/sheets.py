"""A sheet: a grid whose first row is the headings, column by column, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from cotreat.findings import Findings
from cotreat.readers.columns import Column, build_cells, build_plain_column
from cotreat.readers.decimals import DecimalEvidence, parse_decimal_sign
from cotreat.readers.grids import MOST_CELLS, DecimalSign, Grid
from cotreat.readers.layout import validate_layout
from cotreat.readers.places import Excerpt, Place

_MOST_CHARACTERS: Final = 1 << 30
_INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060\xad]")
_TITLE_ROWS: Final = 10
_FEWEST_BELOW_A_TITLE: Final = 3


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet as texts, by heading.

    Attributes
    ----------
    file, sheet
        Name of the file, and of the sheet in it (empty outside workbooks).
    headings
        Headings from left to right, each once; white space in them is one blank.
    letters
        For each heading, the letter that a spreadsheet program shows above its column.
    columns
        By heading, one text per row: outer blanks stripped; "" for a blank cell, an
        error cell and a formula without value; numbers as 20 or 0.5, with `decimal` as
        decimal sign; dates as 2024-05-01, 2024-05 or 2024-05-01T13:30:00, times as
        13:30:00; TRUE and FALSE; percentages as 50%.
    row_numbers
        For each row, the line that a person would look for: 1 is the first line of the
        file or sheet, headings included; of a row with line breaks, its first line.
    decimal
        Decimal sign of the numbers.
    rows_left_out
        Rows with more cells than headings, which are in no column; each is a finding.
    sha256
        Of the file.
    about
        What was found out about the file.
    findings
        Problems of the file, its headings and its cells.
    """

    file: str
    sheet: str
    headings: tuple[str, ...]
    letters: tuple[str, ...]
    columns: Mapping[str, Sequence[str]]
    row_numbers: Sequence[int]
    decimal: DecimalSign
    rows_left_out: int
    sha256: str
    about: str
    findings: Findings

    def to_arrow(self) -> pa.Table:
        """The columns as an Arrow table of texts, in their order."""
        arrays = [pa.array(self.columns[heading], pa.string()) for heading in self.headings]
        return pa.Table.from_arrays(arrays, names=list(self.headings))


def parse_heading(text: str) -> str:
    """The heading as people read it: no invisible characters, white space as one blank."""
    return " ".join(_INVISIBLE.sub("", text).split())


def build_sheet(grid: Grid, place: Place, *, sha256: str) -> Sheet:
    """The grid by heading: its first row holds the headings.

    A row or column that cannot be used is left out and is a finding.

    Raises
    ------
    SourceError
        The grid is empty, has a title above its headings, or most of its rows have more
        cells than there are headings.
    """
    if not grid.rows:
        place.refuse("it is empty.", "Enter the table, headings first, and save it.")
    _refuse_title(grid, place)
    rows, row_numbers, ragged = _even_rows(grid, place)
    columns, misnamed = _name_columns(rows, place, row_numbers[0])
    cleaned = [build_plain_column(column, place, row_numbers[1:]) for column in columns]
    columns = [column for column, _ in cleaned]
    evidence = _decimal_evidence(grid, columns)
    findings = [
        grid.findings,
        _read_as(grid, place, evidence),
        _unclear_decimal(place, evidence),
        *misnamed,
        *ragged,
        *(finding for _, found in cleaned for finding in found),
        validate_layout(grid, place, columns),
    ]
    if len(row_numbers) == 1:
        findings.append(_no_rows(place))
    return Sheet(
        file=place.file,
        sheet=place.sheet,
        headings=tuple(column.heading for column in columns),
        letters=tuple(column.letter for column in columns),
        columns={column.heading: build_cells(column, evidence.sign) for column in columns},
        row_numbers=row_numbers[1:],
        decimal=evidence.sign,
        rows_left_out=len(grid.rows) - len(rows),
        sha256=sha256,
        about=_about(grid, evidence),
        findings=Findings.concat(findings),
    )


def _refuse_title(grid: Grid, place: Place) -> None:
    first = [text for text in grid.rows[0] if text]
    widest = max((sum(map(bool, row)) for row in grid.rows[1:_TITLE_ROWS]), default=0)
    if len(first) == 1 and widest >= _FEWEST_BELOW_A_TITLE:
        place.refuse(
            f'the row holds only "{Excerpt(first[0])}", rows below it up to {widest} cells: '
            "it looks like a title and not like headings.",
            "Delete what stands above the headings.",
            row=grid.row_numbers[0],
        )


def _even_rows(grid: Grid, place: Place) -> tuple[list[list[str]], list[int], list[Findings]]:
    """Rows that are all as long as the headings, in a text, or as the longest, in a workbook."""
    width = len(grid.rows[0]) if grid.has_fields else max(map(len, grid.rows))
    if width * len(grid.rows) > MOST_CELLS:
        place.refuse(
            f"it spans {len(grid.rows):,} rows and {width:,} columns, more than can be read.",
            "Delete what stands far to the right of or below the table.",
        )
    long = [i for i, row in enumerate(grid.rows) if len(row) > width and any(row[width:])]
    if 2 * len(long) >= len(grid.rows):
        place.refuse(
            f"the headings have {width:,} cells, most rows have more.",
            "Give every column a heading, and use the same delimiter in every line.",
            row=grid.row_numbers[0],
        )
    short = [i for i, row in enumerate(grid.rows) if len(row) < width]
    findings = [_too_many(grid, place, long), _too_few(grid, place, short)] if grid.has_fields else []
    left_out = set(long)
    kept = [i for i in range(len(grid.rows)) if i not in left_out]
    rows = [grid.rows[i] if len(grid.rows[i]) == width else _fitted(grid.rows[i], width) for i in kept]
    return rows, [grid.row_numbers[i] for i in kept], findings


def _fitted(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))


def _too_many(grid: Grid, place: Place, rows: Sequence[int]) -> Findings:
    width = len(grid.rows[0])
    return place.findings(
        "error",
        "too_many_cells",
        f"The row has more cells than the {width} headings, so its cells may stand under wrong headings.",
        "Put a cell that contains the delimiter in quotation marks.",
        rows=[grid.row_numbers[i] for i in rows],
        columns=[""] * len(rows),
        values=[next(filter(None, grid.rows[i][width:])) for i in rows],
    )


def _too_few(grid: Grid, place: Place, rows: Sequence[int]) -> Findings:
    width = len(grid.rows[0])
    return place.findings(
        "warning",
        "too_few_cells",
        f"The row has fewer cells than the {width} headings: the missing ones are read as unknown.",
        "Look whether a line break divides the row, and whether a delimiter is missing.",
        rows=[grid.row_numbers[i] for i in rows],
        columns=[""] * len(rows),
        values=[f"{len(grid.rows[i])} cells" for i in rows],
    )


def _name_columns(
    rows: Sequence[Sequence[str]], place: Place, heading_row: int
) -> tuple[list[Column], list[Findings]]:
    """Columns that have a heading of their own, and what became of the others."""
    named: dict[str, Column] = {}
    findings: list[Findings] = []
    n_characters = 0
    for i in range(len(rows[0])):
        cells = [row[i] for row in rows]
        heading = parse_heading(cells[0])
        column = Column(heading, i, cells[1:])
        n_characters += sum(map(len, cells))
        if n_characters > _MOST_CHARACTERS:
            place.refuse("its texts are too long to be read.", "Split the table, or shorten its texts.")
        if heading in named:
            findings.append(_duplicate(place, heading_row, named[heading], column))
        elif heading:
            named[heading] = column
        elif any(column.cells):
            findings.append(_without_heading(place, heading_row, column))
    return list(named.values()), findings


def _duplicate(place: Place, row: int, first: Column, second: Column) -> Findings:
    return place.finding(
        "error",
        "duplicate_heading",
        f"Columns {first.letter} and {second.letter} have the same heading.",
        "Give every column a heading of its own.",
        row=row,
        column=first.heading,
        value=first.heading,
    )


def _without_heading(place: Place, row: int, column: Column) -> Findings:
    filled = [text for text in column.cells if text]
    return place.finding(
        "warning",
        "column_without_heading",
        f"Column {column.letter} holds {len(filled):,} cells and has no heading; it is left out.",
        "Give the column a heading, or empty it.",
        row=row,
        column=column.name,
        value=filled[0],
    )


def _decimal_evidence(grid: Grid, columns: Sequence[Column]) -> DecimalEvidence:
    if grid.decimal is not None:
        return DecimalEvidence(grid.decimal)
    return parse_decimal_sign(set[str]().union(*(column.typed_texts() for column in columns)))


def _about(grid: Grid, evidence: DecimalEvidence) -> str:
    return f"{grid.about}, decimal '{evidence.sign}'"


def _read_as(grid: Grid, place: Place, evidence: DecimalEvidence) -> Findings:
    if not grid.is_detected and (grid.decimal is not None or not evidence.shown_by):
        return Findings.of()
    return place.finding(
        "info",
        "read_as",
        "What the protocol does not say of encoding, delimiter and decimal sign was found out.",
        "If letters or numbers look wrong, give `encoding`, `delimiter` or `decimal` under [source].",
        value=_about(grid, evidence),
    )


def _unclear_decimal(place: Place, evidence: DecimalEvidence) -> Findings:
    if not evidence.against:
        return Findings.of()
    against = f'"{Excerpt(evidence.against)}"'
    why = (
        f'"{Excerpt(evidence.shown_by)}" and {against} have different decimal signs'
        if evidence.shown_by
        else f"{against} can be a decimal number or have a sign for thousands"
    )
    return place.finding(
        "warning",
        "decimal_sign_unclear",
        f'{why}; numbers are read with "{evidence.sign}" as decimal sign.',
        "Give `decimal` under [source] of the protocol.",
        value=evidence.against,
    )


def _no_rows(place: Place) -> Findings:
    return place.finding(
        "error", "no_rows", "There are headings and no rows below them.", "Enter rows below the headings."
    )
