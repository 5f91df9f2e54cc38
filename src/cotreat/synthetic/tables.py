"""Invented studies as files: long tables, and beside them what is true."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

from cotreat.engine import DuckDBEngine
from cotreat.errors import UsageError
from cotreat.synthetic.columns import LONG, TRUTH, InventedTable
from cotreat.synthetic.files import TableFiles
from cotreat.synthetic.new_folder import write_new_folder
from cotreat.synthetic.patients import StudySize, build_invented_patients
from cotreat.synthetic.plan import build_plan
from cotreat.synthetic.rows import PATIENTS_AT_ONCE, read_rows

TABLES: Mapping[str, InventedTable] = {**LONG, **TRUTH}


def write_synthetic_tables(
    folder: Path,
    *,
    n_patients: int,
    seed: int,
    format: Literal["csv", "parquet"],  # noqa: A002  # the word that everybody uses for it
    tables: Collection[str] = tuple(TABLES),
) -> tuple[Path, ...]:
    """The files of an invented study: long tables with standard headings, and ``truth/``.

    Parameters
    ----------
    folder
        A folder that does not exist, or an empty one.
    n_patients
        How many patients, at least 1. They are written 50,000 at a time: memory does not
        grow with their number.
    seed
        The study: the same number gives the same bytes.
    format
        What kind of files.
    tables
        Which of them; all: those of ``docs/long_tables.md``, and ``truth_patients``,
        ``truth_eras``, ``truth_pairs`` and ``truth_courses``, which are written to ``truth/``.

    Returns
    -------
    tuple[Path, ...]
        The files. All of them are written, or none.

    Raises
    ------
    UsageError
        There is no such table or format, `n_patients` is below 1, or `seed` is negative.
    OutputError
        `folder` is a file, holds something, or cannot be written.
    """
    size = StudySize(n_patients, seed)
    wanted = {name: table for name, table in TABLES.items() if name in tables}
    if unknown := sorted(set(tables) - set(TABLES)):
        msg = f"There is no invented table {unknown[0]!r}. There are: {', '.join(TABLES)}."
        raise UsageError(msg)
    if format not in ("csv", "parquet"):
        msg = f"`format` is {format!r}; it must be csv or parquet."
        raise UsageError(msg)
    names = {name: f"{_place(name)}.{format}" for name in wanted}
    with write_new_folder(folder) as work:
        _write(work, wanted, names, size)
    return tuple(folder / name for name in names.values())


def _place(name: str) -> str:
    return f"truth/{name.removeprefix('truth_')}" if name in TRUTH else name


def _write(
    folder: Path, tables: Mapping[str, InventedTable], names: Mapping[str, str], size: StudySize
) -> None:
    """Every table, patient by patient, some thousands of patients at a time."""
    rows = {table.rows for table in tables.values()}
    with DuckDBEngine() as engine, TableFiles() as files:
        build_plan(engine)
        for first in range(1, size.n_patients + 1, PATIENTS_AT_ONCE):
            last = min(first + PATIENTS_AT_ONCE - 1, size.n_patients)
            build_invented_patients(engine, size, first=first, last=last, wanted=rows)
            for name, table in tables.items():
                files.append(folder / names[name], read_rows(engine, table))
