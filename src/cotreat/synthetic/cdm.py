"""The same invented patients as an OMOP CDM 5.4: a DuckDB file, Parquet files or CSV files."""

import os
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from cotreat.engine import DuckDBEngine
from cotreat.errors import OutputError, UsageError
from cotreat.synthetic.cdm_vocabulary import build_cdm_plan, build_vocabulary_tables
from cotreat.synthetic.files import TableFiles
from cotreat.synthetic.new_folder import write_new_folder
from cotreat.synthetic.patients import StudySize, build_invented_patients, compute_first_identifier
from cotreat.synthetic.plan import build_plan
from cotreat.synthetic.rows import PATIENTS_AT_ONCE

CdmFormat = Literal["duckdb", "parquet", "csv"]

# By table of the CDM, the column that orders its rows.
_ORDER: Mapping[str, str] = {
    "person": "person_id",
    "observation_period": "observation_period_id",
    "drug_exposure": "drug_exposure_id",
    "death": "person_id",
    "condition_occurrence": "condition_occurrence_id",
    "measurement": "measurement_id",
}


def write_synthetic_cdm(
    target: Path,
    *,
    n_patients: int,
    seed: int,
    format: CdmFormat,  # noqa: A002  # the word that everybody uses for it
) -> tuple[Path, ...]:
    """The invented patients of a study as an OMOP CDM, with a vocabulary of their own.

    A CDM has no place for a judged response, for the reason why a drug was started, for how
    severe an event was and for which drug was blamed; a condition without a start is recorded on
    the first day of which anything is known.

    Parameters
    ----------
    target
        A folder that does not exist, or an empty one; for ``duckdb`` a file that does not exist.
    n_patients
        How many patients, at least 1.
    seed
        The study, as in ``write_synthetic_tables``: the same number gives the same patients.
    format
        What kind of files.

    Returns
    -------
    tuple[Path, ...]
        The files. All of them are written, or none.

    Raises
    ------
    UsageError
        There is no such format, `n_patients` is below 1, or `seed` is negative.
    OutputError
        `target` is there already, or cannot be written.
    """
    size = StudySize(n_patients, seed)
    if format not in ("duckdb", "parquet", "csv"):
        msg = f"`format` is {format!r}; it must be duckdb, parquet or csv."
        raise UsageError(msg)
    try:
        if format == "duckdb":
            _write_database(target, size)
            return (target,)
        with write_new_folder(target) as work:
            names = _write_files(work, size, format)
    except (OSError, duckdb.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{target} cannot be written: {reason}. Nothing was left half-written there."
        raise OutputError(msg) from error
    return tuple(target / name for name in names)


def build_cdm_tables(size: StudySize) -> Iterator[tuple[str, pa.Table]]:
    """The tables of the CDM under their names, some thousands of persons at a time, then the vocabulary.

    Parameters
    ----------
    size
        How many persons, and which.
    """
    before: dict[str, int] = dict.fromkeys(_ORDER, 0)
    with DuckDBEngine() as engine:
        build_plan(engine)
        for name, rows in build_cdm_plan().items():
            engine.load(f"synthetic_{name}", rows)
        for first in range(1, size.n_patients + 1, PATIENTS_AT_ONCE):
            last = min(first + PATIENTS_AT_ONCE - 1, size.n_patients)
            build_invented_patients(engine, size, first=first, last=last)
            for name in _ORDER:
                rows = _fetch(engine, name, size, before[name])
                before[name] += rows.num_rows
                yield name, rows
    yield from build_vocabulary_tables().items()


def _fetch(engine: DuckDBEngine, name: str, size: StudySize, rows_before: int) -> pa.Table:
    """The rows of one table in their order; days are dates."""
    sql = files("cotreat.synthetic").joinpath(f"cdm_{name}.sql").read_text(encoding="utf-8")
    values = {"first_id": compute_first_identifier(size), "rows_before": rows_before}
    rows = engine.fetch(f"SELECT * FROM ({sql}) AS made ORDER BY {_ORDER[name]}", values)
    rows = rows.drop_columns(["patient_key"])
    for place, heading in enumerate(rows.column_names):
        if heading.endswith("_date"):
            dates = rows.column(place).cast(pa.int32()).cast(pa.date32())
            rows = rows.set_column(place, heading, dates)
    return rows


def _write_files(folder: Path, size: StudySize, ending: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    with TableFiles() as written:
        for name, rows in build_cdm_tables(size):
            names[f"{name}.{ending}"] = None
            written.append(folder / f"{name}.{ending}", rows)
    return tuple(names)


def _write_database(target: Path, size: StudySize) -> None:
    """A DuckDB file that is written beside its place first."""
    if target.exists():
        msg = f"{target} is there already. Give the name of a new file."
        raise OutputError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with duckdb.connect(work) as connection:
            made: set[str] = set()
            for name, rows in build_cdm_tables(size):
                connection.register("new_rows", rows)
                into = f"INSERT INTO {name}" if name in made else f"CREATE TABLE {name} AS"
                connection.execute(f"{into} SELECT * FROM new_rows")
                connection.unregister("new_rows")
                made.add(name)
        work.rename(target)
    finally:
        work.unlink(missing_ok=True)
        work.with_name(f"{work.name}.wal").unlink(missing_ok=True)
