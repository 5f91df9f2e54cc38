"""Rows of a delimited text, record by record: the line of each, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import duckdb
import pyarrow as pa

from cotreat.findings import Findings
from cotreat.readers.columns import LONGEST_CELL
from cotreat.readers.places import Place
from cotreat.readers.table_loading import LoadedRows, RowTarget

_BATCH = 20_000

Record = tuple[int, list[str]]


@dataclass
class _Wrong:
    """Rows that cannot be used, and blank lines."""

    n_read: int = 0
    n_blank: int = 0
    pending_blank: int = 0
    rows: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def note(self, code: str, row: int, value: str) -> None:
        """One row that cannot be used."""
        self.rows.setdefault(code, []).append(row)
        self.values.setdefault(code, []).append(value)


_WHY = {
    "cell_too_long": (
        "A cell of the row is longer than {longest:,} characters: a quotation mark may be missing.",
        "Look for a quotation mark that opens in this row and does not close, or shorten the text.",
    ),
    "rows_inside_cell": (
        "A cell of the row holds further lines that look like rows: a quotation mark may be missing.",
        "Look for a quotation mark that opens in this row and does not close.",
    ),
    "too_few_cells": (
        "The row has fewer cells than the {n} headings: it may be cut off.",
        "Look whether a line break divides the row, and whether the file is complete.",
    ),
    "too_many_cells": (
        "The row has more cells than the {n} headings, so its cells may stand under wrong headings.",
        "Put a cell that contains the delimiter in quotation marks.",
    ),
}
_USED = frozenset({"rows_inside_cell"})
_FEWEST_COLUMNS = 4  # fewer delimiters in one line of a cell may as well be prose


def read_record_rows(
    connection: duckdb.DuckDBPyConnection,
    target: RowTarget,
    place: Place,
    records: Iterator[Record],
    *,
    delimiter: str,
    n_columns: int,
) -> LoadedRows:
    """The records as rows of their table, but for those that do not fit the headings.

    Parameters
    ----------
    records
        Each with its line; an empty record is a blank line.
    delimiter
        What divides them.
    n_columns
        How many headings there are.

    Raises
    ------
    SourceError
        Quotation marks do not pair, or most rows do not fit the headings.
    """
    wrong = _Wrong()
    fitting = _fitting(records, delimiter, n_columns, wrong)
    is_first = True
    while (batch := list(islice(fitting, _BATCH))) or is_first:
        _load(connection, target, batch, is_first=is_first)
        is_first = False
    left_out = {code: len(rows) for code, rows in sorted(wrong.rows.items()) if code not in _USED}
    if 2 * sum(left_out.values()) > wrong.n_read:
        code = max(left_out, key=lambda one: left_out[one])
        place.refuse(
            f"most of its rows do not fit the headings. {_why(code, n_columns)}",
            f"{_WHY[code][1]} Is the delimiter right?",
            row=wrong.rows[code][0],
        )
    found = [_findings(place, wrong, code, n_columns) for code in sorted(wrong.rows)]
    return LoadedRows(left_out, wrong.n_blank, Findings.concat(found))


def _fitting(records: Iterator[Record], delimiter: str, n_columns: int, wrong: _Wrong) -> Iterator[Record]:
    """Records with as many cells as headings; what is wrong with them and with the others is noted."""
    for row, record in records:
        code = "" if len(record) == n_columns else _misfit(record, n_columns)
        if code == "blank":
            wrong.pending_blank += 1
            continue
        wrong.n_read += 1
        wrong.n_blank += wrong.pending_blank
        wrong.pending_blank = 0
        if code:
            wrong.note(code, row, f"{len(record)} cells")
            continue
        # One text per row is looked at, not each cell: there are millions.
        whole = delimiter.join(record)
        if len(whole) > LONGEST_CELL or "\n" in whole or "\r" in whole:
            longest = max(record, key=len)
            if len(longest) > LONGEST_CELL:
                wrong.note("cell_too_long", row, longest)
                continue
            if n_columns >= _FEWEST_COLUMNS and any(_holds_row(c, delimiter, n_columns) for c in record):
                wrong.note("rows_inside_cell", row, longest)
        yield row, record


def _misfit(record: Sequence[str], n_columns: int) -> str:
    """What a record is whose cells are not as many as the headings."""
    if not any(cell.strip() for cell in record):
        return "blank"
    if len(record) < n_columns:
        return "too_few_cells"
    return "too_many_cells" if any(cell.strip() for cell in record[n_columns:]) else ""


def _holds_row(cell: str, delimiter: str, n_columns: int) -> bool:
    return any(line.count(delimiter) == n_columns - 1 for line in cell.splitlines()[1:])


def _load(
    connection: duckdb.DuckDBPyConnection, target: RowTarget, batch: Sequence[Record], *, is_first: bool
) -> None:
    arrays: dict[str, pa.Array[Any]] = {"source_row": pa.array([row for row, _ in batch], pa.int64())}
    for position in target.positions:
        arrays[f"c{position}"] = pa.array([record[position] for _, record in batch], pa.string())
    connection.register("record_rows", pa.table(arrays))
    try:
        load = target.create if is_first else target.append
        load(connection, "SELECT * FROM record_rows")
    finally:
        connection.unregister("record_rows")


def _why(code: str, n_columns: int) -> str:
    return _WHY[code][0].format(n=n_columns, longest=LONGEST_CELL)


def _findings(place: Place, wrong: _Wrong, code: str, n_columns: int) -> Findings:
    rows = wrong.rows[code]
    return place.findings(
        "warning" if code in _USED else "error",
        code,
        _why(code, n_columns),
        _WHY[code][1],
        rows=rows,
        columns=[""] * len(rows),
        values=wrong.values[code],
    )
