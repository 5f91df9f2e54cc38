"""Files of a report: tables as CSV, figures as SVG and PNG, each complete or not there at all."""

import csv
import io
from pathlib import Path

from cotreat.errors import OutputError
from cotreat.report.blocks import Blocks, TableBlock
from cotreat.report.inert import compute_inert_cell, compute_legible_text

# Spreadsheet programs take a file for UTF-8 only when it says so.
_BYTE_ORDER_MARK = "\ufeff"


def write_tables(blocks: Blocks, folder: Path) -> None:
    """Every table of the report as ``NAME.csv`` in the folder.

    UTF-8 with a byte-order mark; the first line holds the headings. A table whose rows are
    grouped has a first column that names the group. No cell can run as a formula.

    Raises
    ------
    OutputError
        The folder or a file cannot be written.
    """
    for table in blocks.tables:
        write_bytes(folder / f"{table.name}.csv", _csv(table).encode())


def write_figures(blocks: Blocks, folder: Path) -> None:
    """Every figure of the report as ``NAME.svg`` and, with 300 dots per inch, ``NAME.png``.

    Raises
    ------
    OutputError
        The folder or a file cannot be written.
    """
    for figure in blocks.figures:
        prolog = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'
        write_bytes(folder / f"{figure.name}.svg", f"{prolog}{figure.svg}".encode())
        write_bytes(folder / f"{figure.name}.png", figure.png)


def write_bytes(path: Path, data: bytes) -> None:
    """The file with these bytes; its folder is made, and no half-written file is left.

    Raises
    ------
    OutputError
        The folder or the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        try:
            with partial.open("xb") as out:
                out.write(data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}. Choose another folder or make room."
        raise OutputError(msg) from error


def _csv(table: TableBlock) -> str:
    is_grouped = any(row.is_group for row in table.rows)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    headings = [column.heading for column in table.columns]
    lines.writerow(map(_cell, (["Group", *headings] if is_grouped else headings)))
    group = ""
    for row in table.rows:
        if row.is_group:
            group = row.cells[0]
        else:
            lines.writerow(map(_cell, ([group, *row.cells] if is_grouped else row.cells)))
    return _BYTE_ORDER_MARK + out.getvalue()


def _cell(text: str) -> str:
    return compute_inert_cell(compute_legible_text(text))
