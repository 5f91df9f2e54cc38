"""The same invented patients as long tables and as an OMOP CDM give the same numbers, byte for byte."""

import csv
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pyarrow.parquet as pq
import pytest
from commands import cotreat
from omop_studies import (
    LEFT_OUT,
    N_PATIENTS,
    SEED,
    compute_comparable_lines,
    write_long_study,
    write_omop_protocol,
)

from cotreat.engine import connect
from cotreat.protocol import read_protocol
from cotreat.readers.omop import read_omop
from cotreat.report.csv_files import write_csv
from cotreat.study import run_study
from cotreat.synthetic import write_synthetic_cdm
from servers import postgres_url, spark_url


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("long")
    study = write_long_study(folder)
    cotreat("run", study, "--out", folder / "report").requires(0)
    with (folder / "report" / "results.csv").open(encoding="utf-8", newline="") as file:
        measures = {row["measure"] for row in csv.DictReader(file)}
    lines = compute_comparable_lines(folder / "report" / "results.csv")
    # Every other measure is compared, the doses among them.
    assert {line.split(b",")[0].decode() for line in lines} == measures - set(LEFT_OUT)
    assert {"adverse_events", "adverse_event_rate", "adverse_event_term", "aesi"} <= measures
    assert {"anchor_dose_mg_day", "partner_dose_mg_week", "end_reason", "comorbidity", "sex"} <= measures
    return lines


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cdm") / "cdm"
    write_synthetic_cdm(folder, n_patients=N_PATIENTS, seed=SEED, format="parquet")
    return folder


def run(folder: Path, study: Path) -> list[bytes]:
    ran = run_study(study)
    assert set(ran.findings.table["severity"].to_pylist()) <= {"info"}
    write_csv(ran.results.table, folder / "results.csv")
    return compute_comparable_lines(folder / "results.csv")


@pytest.mark.parametrize(
    ("form", "name", "place"),
    [
        ("duckdb", "cdm.duckdb", 'file = "cdm.duckdb"'),
        ("parquet", "cdm", 'folder = "cdm"'),
        ("csv", "cdm", 'folder = "cdm"'),
    ],
)
def test_a_file_or_folder(tmp_path: Path, expected: list[bytes], form: str, name: str, place: str) -> None:
    write_synthetic_cdm(tmp_path / name, n_patients=N_PATIENTS, seed=SEED, format=form)
    assert run(tmp_path, write_omop_protocol(tmp_path, place)) == expected


@pytest.mark.postgres
def test_a_schema_of_postgresql(tmp_path: Path, expected: list[bytes], parquet: Path) -> None:
    url = postgres_url()
    load_postgres(url, parquet, "invented_cdm")
    study = write_omop_protocol(tmp_path, 'cdm_schema = "invented_cdm"', f'[engine]\nurl = "{url}"')
    assert run(tmp_path, study) == expected


def load_postgres(url: str, folder: Path, schema: str) -> None:
    """The Parquet files of a CDM as tables of a schema."""
    with postgres.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")
        for path in sorted(folder.glob("*.parquet")):
            cursor.adbc_ingest(path.stem, pq.read_table(path), mode="create", db_schema_name=schema)


@pytest.mark.postgres
def test_files_for_a_study_that_runs_on_postgresql(
    tmp_path: Path, expected: list[bytes], parquet: Path
) -> None:
    place = f'folder = "{parquet}"\noutside_folder = true'
    study = write_omop_protocol(tmp_path, place, f'[engine]\nurl = "{postgres_url()}"')
    assert run(tmp_path, study) == expected


@pytest.mark.spark
def test_a_catalog_of_spark(tmp_path: Path) -> None:
    """The study tables are the same; that their numbers then are is held for every engine elsewhere."""
    from pyspark.sql import SparkSession

    parquet = tmp_path / "cdm"
    write_synthetic_cdm(parquet, n_patients=40, seed=SEED, format="parquet")
    url = spark_url()
    with connect(url):
        session = SparkSession.getActiveSession()
        session.sql("CREATE DATABASE IF NOT EXISTS invented_cdm")
        for path in sorted(parquet.glob("*.parquet")):
            session.sql(f"DROP TABLE IF EXISTS invented_cdm.{path.stem}")
            session.sql(f"CREATE TABLE invented_cdm.{path.stem} USING parquet LOCATION '{path}'")
    found = study_tables(
        write_omop_protocol(tmp_path, 'cdm_schema = "invented_cdm"', f'[engine]\nurl = "{url}"')
    )
    for name, rows in study_tables(write_omop_protocol(tmp_path, 'folder = "cdm"')).items():
        assert rows, name
        assert found[name] == rows, name


def study_tables(study: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of every study table that a CDM fills, in a fixed order."""
    protocol = read_protocol(study)
    with connect(protocol.engine.url) as engine:
        read_omop(engine, protocol)
        tables = {name: engine.fetch(f"SELECT * FROM {name}").to_pylist() for name in FILLED}
    return {name: sorted(rows, key=str) for name, rows in tables.items()}


FILLED = (
    "patients",
    "conditions",
    "exposures",
    "assessments",
    "laboratory",
    "adverse_events",
    "attrition",
)
