"""What a person sees in a sheet otherwise than a program: merged, hidden and blank cells."""

from collections.abc import Iterable, Sequence

from cotreat.findings import Findings
from cotreat.readers.columns import Column
from cotreat.readers.grids import Grid
from cotreat.readers.places import ColumnLetter, Place

_MOST_RUNS = 12


def validate_layout(grid: Grid, place: Place, columns: Sequence[Column]) -> Findings:
    """Findings about merged cells, hidden rows and columns, and blank rows.

    Parameters
    ----------
    grid
        Headings and rows, as in the file.
    columns
        The columns that are used.
    """
    return Findings.concat(
        [
            _merged(grid, place, {column.position: column.name for column in columns}),
            _hidden_rows(grid, place),
            _hidden_columns(grid, place, columns),
            _blank_rows(grid, place),
        ]
    )


def _merged(grid: Grid, place: Place, names: dict[int, str]) -> Findings:
    by_number = dict(zip(grid.row_numbers, grid.rows, strict=True)) if grid.merged else {}
    filled = [
        cells
        for cells in grid.merged
        if any(by_number.get(cells.first_row, [])[cells.first_column : cells.first_column + 1])
    ]
    return place.findings(
        "warning",
        "merged_cells",
        "The cells are merged: their value stands only in the first of them, the others are read as blank.",
        "Unmerge them, and enter the value in every cell that it holds for.",
        rows=[cells.first_row for cells in filled],
        columns=[
            names.get(cells.first_column, f"column {ColumnLetter(cells.first_column)}") for cells in filled
        ],
        values=[
            f"{ColumnLetter(cells.first_column)}{cells.first_row}:"
            f"{ColumnLetter(cells.last_column)}{cells.last_row}"
            for cells in filled
        ],
    )


def _hidden_rows(grid: Grid, place: Place) -> Findings:
    hidden = sorted(set(grid.hidden_rows).intersection(grid.row_numbers))
    if not hidden:
        return Findings.of()
    return place.finding(
        "info",
        "hidden_rows",
        f"{len(hidden):,} rows are hidden, perhaps by a filter; they are read like the others.",
        "Delete them if they should not count.",
        value=_runs(hidden),
    )


def _hidden_columns(grid: Grid, place: Place, columns: Sequence[Column]) -> Findings:
    positions = set(grid.hidden_columns)
    hidden = [column for column in columns if column.position in positions]
    if not hidden:
        return Findings.of()
    return place.finding(
        "info",
        "hidden_columns",
        f"{len(hidden):,} columns are hidden; they are read like the others.",
        "Delete them if they should not count.",
        value=", ".join(column.letter for column in hidden[:_MOST_RUNS]),
    )


def _blank_rows(grid: Grid, place: Place) -> Findings:
    if not grid.blank_rows:
        return Findings.of()
    return place.finding(
        "info",
        "blank_rows",
        f"{len(grid.blank_rows):,} rows between the others are blank and are left out.",
        "Nothing, unless something should stand there.",
        value=_runs(grid.blank_rows),
    )


def _runs(numbers: Iterable[int]) -> str:
    """Ascending numbers as a person writes them: 3, 7-9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:_MOST_RUNS]]
    return ", ".join(shown) + (", …" if len(runs) > _MOST_RUNS else "")
