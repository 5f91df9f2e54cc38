"""A long table in a sheet of a workbook (.xlsx, .ods)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from cotreat.findings import Findings
from cotreat.readers.grids import DecimalSign
from cotreat.readers.places import Place
from cotreat.readers.spreadsheet import Sheet, read_sheet
from cotreat.readers.table_loading import LoadedRows, RowTarget

# Whether a table may be without rows is for the study to say, not for the sheet.
_SAID_ELSEWHERE = ("no_rows",)


@dataclass(frozen=True)
class LongSheet:
    """A sheet that is open for reading; all its cells are texts."""

    sheet: Sheet

    @property
    def place(self) -> Place:
        """File and sheet."""
        return Place(self.sheet.file, self.sheet.sheet)

    @property
    def headings(self) -> tuple[str, ...]:
        """From left to right, each once."""
        return self.sheet.headings

    @property
    def types(self) -> tuple[str, ...]:
        """Every column is a text."""
        return ("VARCHAR",) * len(self.sheet.headings)

    @property
    def sha256(self) -> str:
        """Of the workbook."""
        return self.sheet.sha256

    @property
    def about(self) -> str:
        """Which kind of workbook it is."""
        return self.sheet.about

    @property
    def decimal(self) -> DecimalSign:
        """The sign that its numbers were written with."""
        return self.sheet.decimal

    @property
    def findings(self) -> Findings:
        """Problems of the sheet, its headings and its cells."""
        table = self.sheet.findings.table
        is_said = pc.is_in(table["code"], value_set=pa.array(_SAID_ELSEWHERE))
        return Findings(table.filter(pc.invert(is_said)))

    def load(self, connection: duckdb.DuckDBPyConnection, target: RowTarget) -> LoadedRows:
        """The rows are in their table, each with its number."""
        arrays: dict[str, pa.Array[Any]] = {"source_row": pa.array(self.sheet.row_numbers, pa.int64())}
        for position in target.positions:
            cells = self.sheet.columns[self.sheet.headings[position]]
            arrays[f"c{position}"] = pa.array(cells, pa.string())
        connection.register("sheet_rows", pa.table(arrays))
        try:
            target.create(connection, "SELECT * FROM sheet_rows")
        finally:
            connection.unregister("sheet_rows")
        n_left_out = self.sheet.rows_left_out
        return LoadedRows({"too_many_cells": n_left_out} if n_left_out else {})


def read_long_sheet(path: Path, *, sheet: str | None, decimal: DecimalSign | None) -> LongSheet:
    """A sheet with its cells.

    Parameters
    ----------
    sheet
        Name of the sheet; None takes the only visible one that holds anything.

    Raises
    ------
    SourceError
        The workbook cannot be read, or the sheet is not clear.
    """
    return LongSheet(read_sheet(path, sheet=sheet, decimal=decimal))
