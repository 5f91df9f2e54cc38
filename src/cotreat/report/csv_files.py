"""Tables of results and findings as CSV files that a spreadsheet program opens safely."""

import csv
from pathlib import Path

import pyarrow as pa

from cotreat.report.inert import compute_inert_cell


def write_csv(table: pa.Table, path: Path) -> None:
    """The table as UTF-8 CSV, comma-delimited, one header row, unknown cells empty.

    Real numbers are written so that reading them gives the same number; a text that a
    spreadsheet program would take for a formula is made inert.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=10_000):
            columns = [[compute_inert_cell(cell) for cell in column.to_pylist()] for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))
