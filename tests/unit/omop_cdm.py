"""Small CDMs, written from literals into a DuckDB file, and studies of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from long_table_study import Read

from cotreat.engine import connect
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.omop import read_omop
from cotreat.study_tables.schema import STUDY_TABLES

Rows = Sequence[Sequence[Any]]

ROLES = """
[roles]
anchor = { drugs = ["adalimumab"] }
partner = { drugs = ["methotrexate"] }
"""
STUDY = '[study]\nname = "Invented"\ncutoff = 2024-12-31\n'

COLUMNS: Mapping[str, str] = {
    "person": "person_id gender_concept_id year_of_birth month_of_birth day_of_birth birth_datetime",
    "observation_period": "observation_period_id person_id observation_period_start_date "
    "observation_period_end_date",
    "drug_exposure": "drug_exposure_id person_id drug_concept_id drug_exposure_start_date "
    "drug_exposure_end_date verbatim_end_date days_supply quantity stop_reason",
    "drug_era": "drug_era_id person_id drug_concept_id drug_era_start_date drug_era_end_date",
    "death": "person_id death_date",
    "condition_occurrence": "condition_occurrence_id person_id condition_concept_id condition_start_date "
    "condition_end_date",
    "measurement": "measurement_id person_id measurement_concept_id measurement_date value_as_number "
    "operator_concept_id unit_concept_id unit_source_value range_low range_high",
    "concept": "concept_id concept_name vocabulary_id concept_class_id standard_concept concept_code",
    "concept_ancestor": "ancestor_concept_id descendant_concept_id",
    "drug_strength": "drug_concept_id ingredient_concept_id amount_value amount_unit_concept_id "
    "numerator_value numerator_unit_concept_id denominator_value denominator_unit_concept_id invalid_reason",
    "cdm_source": "cdm_source_name cdm_version vocabulary_version cdm_release_date",
}
_NUMBERS = ("quantity", "value_as_number", "range_low", "range_high", "amount_value", "numerator_value")
_TEXTS = (
    *("stop_reason", "unit_source_value", "concept_name", "vocabulary_id", "concept_class_id"),
    *("standard_concept", "concept_code", "invalid_reason", "cdm_source_name", "cdm_version"),
    "vocabulary_version",
)

ADALIMUMAB, METHOTREXATE, BOTH, OTHER = 11, 22, 31, 41
"""Products: of adalimumab, of methotrexate, of both in one, and of a drug that is not asked for."""

VOCABULARY: Mapping[str, Rows] = {
    "concept": [
        (1, "Adalimumab", "RxNorm", "Ingredient", "S", "a"),
        (2, "methotrexate", "RxNorm", "Ingredient", "S", "b"),
        (4, "ibuprofen", "RxNorm", "Ingredient", "S", "c"),
        (ADALIMUMAB, "adalimumab 40 MG Injection", "RxNorm", "Clinical Drug", "S", "d"),
        (METHOTREXATE, "methotrexate 15 MG Oral Tablet", "RxNorm", "Clinical Drug", "S", "e"),
        (BOTH, "adalimumab 40 MG / methotrexate 15 MG", "RxNorm", "Clinical Drug", "S", "f"),
        (OTHER, "ibuprofen 200 MG Oral Tablet", "RxNorm", "Clinical Drug", "S", "g"),
        (51, "TNF inhibitors", "ATC", "ATC 4th", "C", "L04AB"),
        (61, "something", "SNOMED", "Clinical Finding", "S", "h"),
        (62, "something more", "SNOMED", "Clinical Finding", "S", "i"),
        (71, "milligram", "UCUM", "Unit", "S", "mg"),
    ],
    "concept_ancestor": [
        (1, 1), (1, ADALIMUMAB), (1, BOTH),
        (2, 2), (2, METHOTREXATE), (2, BOTH),
        (4, 4), (4, OTHER),
        (51, 51), (51, 1), (51, ADALIMUMAB), (51, BOTH),
        (61, 61), (61, 62),
    ],
    "drug_strength": [
        (ADALIMUMAB, 1, None, None, 40, 8576, None, 8587, None),
        (METHOTREXATE, 2, 15, 8576, None, None, None, None, None),
        (BOTH, 1, 40, 8576, None, None, None, None, None),
        (BOTH, 2, 15, 8576, None, None, None, None, None),
    ],
}  # fmt: skip


def person(number: int = 1, year: int = 1980) -> tuple[object, ...]:
    return (number, 8532, year, 3, 31, None)


def period(number: int = 1, start: str = "2020-01-01", end: str = "2023-12-31") -> tuple[object, ...]:
    return (number, number, start, end)


def supply(
    number: int, concept: int, start: str | None, end: str | None, who: int | None = 1, **more: object
) -> tuple[object, ...]:
    """One row of drug_exposure; `more` by the name of the column."""
    names = COLUMNS["drug_exposure"].split()[5:]
    return (number, who, concept, start, end, *(more.get(name) for name in names))


ONE_PERSON: Mapping[str, Rows] = {"person": [person()], "observation_period": [period()]}
TAKEN: Mapping[str, Rows] = {
    **ONE_PERSON,
    "drug_exposure": [
        supply(1, ADALIMUMAB, "2021-01-01", "2021-12-31"),
        supply(2, METHOTREXATE, "2021-03-01", "2021-06-30"),
    ],
}


def write_cdm(
    path: Path, tables: Mapping[str, Rows], *, without: Sequence[str] = (), schema: str = "main"
) -> Path:
    """A CDM in a DuckDB file: every table of `COLUMNS`, empty unless it is given.

    `without` names tables (``death``) and columns (``drug_exposure.quantity``) that it lacks.
    """
    given = {**VOCABULARY, **tables}
    with duckdb.connect(path) as connection:
        connection.begin()
        if schema != "main":
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name, columns in COLUMNS.items():
            if name in without:
                continue
            names = columns.split()
            typed = ", ".join(f"{column} {_type(column)}" for column in names)
            connection.execute(f"CREATE TABLE {schema}.{name} ({typed})")
            for row in given.get(name, ()):
                values = [*row, *[None] * (len(names) - len(row))]
                marks = ", ".join("?" for _ in names)
                connection.execute(f"INSERT INTO {schema}.{name} VALUES ({marks})", values)
            for column in names:
                if f"{name}.{column}" in without:
                    connection.execute(f"ALTER TABLE {schema}.{name} DROP COLUMN {column}")
        connection.commit()
    return path


def _type(column: str) -> str:
    if column.endswith(("_date", "_datetime")):
        return "DATE"
    if column in _NUMBERS or column == "denominator_value":
        return "DOUBLE"
    return "VARCHAR" if column in _TEXTS else "BIGINT"


def write_omop_study(
    folder: Path,
    tables: Mapping[str, Rows],
    *,
    source: str = "",
    rest: str = ROLES,
    study: str = STUDY,
    without: Sequence[str] = (),
    place: str = 'file = "cdm.duckdb"',
) -> Path:
    """A study folder with a CDM in a DuckDB file; `source` is what stands under [source]."""
    folder.mkdir(parents=True, exist_ok=True)
    write_cdm(folder / "cdm.duckdb", tables, without=without)
    path = folder / "study.toml"
    path.write_text(f'{study}[source]\nreader = "omop"\n{place}\n{source}\n{rest}', encoding="utf-8")
    return path


def read_cdm(folder: Path, tables: Mapping[str, Rows], **more: Any) -> Read:
    """The study of a CDM, read on DuckDB."""
    return read_study_tables(read_protocol(write_omop_study(folder, tables, **more)))


def read_study_tables(protocol: Protocol) -> Read:
    """Findings, study tables and cut-off of a protocol, on the engine that it names."""
    with connect(protocol.engine.url) as engine:
        found = read_omop(engine, protocol)
        tables = {t.name: engine.fetch(f"SELECT * FROM {t.name}").to_pylist() for t in STUDY_TABLES}
    tables["attrition"].sort(key=lambda row: row["step"])
    return Read(list(found.findings.ordered()), tables, found.latest_day)
