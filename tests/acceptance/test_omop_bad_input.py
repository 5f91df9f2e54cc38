"""A CDM that cannot be read, or rows that cannot be right: one message or one finding for each."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pyarrow as pa
import pytest
from commands import Ran, cotreat, csv_rows, digests

from servers import postgres_url

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from omop_cdm import (
    ADALIMUMAB,
    OTHER,
    ROLES,
    STUDY,
    TAKEN,
    period,
    person,
    supply,
    write_cdm,
    write_omop_study,
)

PASSWORD = secrets.token_hex(8)  # must never be seen


def refused(study: Path, *said: str) -> Ran:
    """A run that ends with one message and writes nothing."""
    before = digests(study.parent)
    ran = cotreat("run", study, "--out", study.parent / "report").requires(2)
    assert ran.out == ""
    assert ran.err.startswith("cotreat: ")
    assert ran.err.count("cotreat:") == 1
    assert "Traceback" not in ran.err
    for text in said:
        assert text in ran.err
    assert digests(study.parent) == before
    return ran


def study_at(folder: Path, place: str, *, source: str = "", engine: str = "") -> Path:
    """A protocol for a CDM that is somewhere, or nowhere."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "study.toml"
    text = f'{STUDY}[source]\nreader = "omop"\n{place}\n{source}\n{ROLES}{engine}'
    path.write_text(text, encoding="utf-8")
    return path


# Places


def test_no_such_file_and_a_folder_in_its_place(tmp_path: Path) -> None:
    refused(study_at(tmp_path, 'file = "cdm.duckdb"'), "cdm.duckdb: there is no such file", "`source.file`")
    (tmp_path / "cdm.duckdb").mkdir()
    refused(study_at(tmp_path, 'file = "cdm.duckdb"'), "it is a folder", "`source.folder`")
    refused(study_at(tmp_path, 'folder = "nowhere"'), "nowhere: there is no such folder")


def test_a_file_that_is_no_duckdb_file(tmp_path: Path) -> None:
    study = study_at(tmp_path, 'file = "cdm.duckdb"')
    for content in (b"", b"hello", bytes(range(256)) * 64):
        (tmp_path / "cdm.duckdb").write_bytes(content)
        refused(study, "cdm.duckdb")


def test_a_place_outside_the_study_folder(tmp_path: Path) -> None:
    write_cdm(tmp_path / "cdm.duckdb", TAKEN)
    study = study_at(tmp_path / "study", 'file = "../cdm.duckdb"')
    refused(study, "`source.file` is '../cdm.duckdb'", "outside_folder = true")
    allowed = study_at(tmp_path / "study", 'file = "../cdm.duckdb"\noutside_folder = true')
    cotreat("check", allowed).requires(0)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "says nowhere where the CDM is"),
        ('file = "a"\nfolder = "b"', "`file` and `folder`"),
        ('folder = "b"\ncdm_schema = "c"', "a folder has none"),
        ("cdm_schema = 'x\"; DROP TABLE person; --'", "source.cdm_schema"),
        ('file = "a"\nvocabulary_folder = "b"\nvocabulary_schema = "c"', "the vocabulary is in one of them"),
    ],
)
def test_a_place_that_is_none_is_a_protocol_error(tmp_path: Path, place: str, said: str) -> None:
    refused(study_at(tmp_path, place), said, "study.toml")


HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""


def test_a_file_that_another_program_has_open_for_writing(tmp_path: Path) -> None:
    study = write_omop_study(tmp_path, TAKEN)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "cdm.duckdb"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        refused(study, "cdm.duckdb: another program has the file open for writing", "read a copy")
    finally:
        holder.communicate(b"\n")
    cotreat("check", study).requires(0)


def test_the_database_itself_is_never_changed(tmp_path: Path) -> None:
    study = write_omop_study(tmp_path, TAKEN)
    before = digests(tmp_path)
    cotreat("run", study, "--out", tmp_path / "report").requires(0)
    assert {name: digest for name, digest in digests(tmp_path).items() if "/" not in name} == before


# Tables and columns


@pytest.mark.parametrize("table", ["person", "drug_exposure", "observation_period"])
def test_a_table_without_which_there_is_no_study(tmp_path: Path, table: str) -> None:
    study = write_omop_study(tmp_path, TAKEN, without=[table])
    refused(study, f'cdm.duckdb, sheet "{table}"', "does not exist")


@pytest.mark.parametrize(
    "column",
    ["person.person_id", "drug_exposure.drug_concept_id", "observation_period.observation_period_end_date"],
)
def test_a_column_without_which_there_is_no_study(tmp_path: Path, column: str) -> None:
    table, _, name = column.partition(".")
    refused(write_omop_study(tmp_path, TAKEN, without=[column]), table, f"it has no column {name}")


def test_a_table_that_the_protocol_asks_for(tmp_path: Path) -> None:
    source = "[source.conditions.asthma]\nconcepts = [61]"
    study = write_omop_study(tmp_path, TAKEN, source=source, without=["condition_occurrence"])
    refused(study, "condition_occurrence", "the protocol names what to read of it (asthma)")


def test_a_cdm_without_concept_ancestor(tmp_path: Path) -> None:
    study = write_omop_study(tmp_path, TAKEN, without=["concept_ancestor"])
    refused(
        study,
        "concept_ancestor",
        "says which products a drug has",
        "vocabulary_folder",
        "descendants = false",
    )


def test_columns_and_tables_that_may_be_missing(tmp_path: Path) -> None:
    without = [
        "death",
        "drug_strength",
        "cdm_source",
        "drug_exposure.verbatim_end_date",
        "person.birth_datetime",
    ]
    said = cotreat("check", write_omop_study(tmp_path, TAKEN, without=without)).requires(0).err
    assert "The table of deaths cannot be used" in said
    assert "There is no column verbatim_end_date" in said
    assert "There is no column birth_datetime" in said


def test_a_cdm_of_another_version(tmp_path: Path) -> None:
    study = write_omop_study(tmp_path, {**TAKEN, "cdm_source": [("x", "v6.0", None, None)]})
    assert "The CDM says that it is of version 6.0" in cotreat("check", study).requires(0).err


# Rows


def test_rows_that_cannot_be_right_are_each_told_and_counted(tmp_path: Path) -> None:
    tables = {
        "person": [person(), person(2), person(3)],
        "observation_period": [period(), period(3)],
        "drug_exposure": [
            *TAKEN["drug_exposure"],
            supply(11, ADALIMUMAB, None, None, 3),
            supply(12, ADALIMUMAB, "2021-02-01", "2021-01-01"),
            supply(13, ADALIMUMAB, "2025-06-01", "2025-06-30"),
            supply(14, ADALIMUMAB, "2021-01-01", "2021-01-30", 2),
            supply(15, ADALIMUMAB, "2021-07-01", None, days_supply=0),
            supply(16, ADALIMUMAB, "2021-01-01", "2021-01-30", 99),
            supply(17, OTHER, "2021-01-01", "2021-01-30"),
        ],
    }
    study = write_omop_study(tmp_path, tables)
    checked = cotreat("check", study).requires(0)
    assert (
        "drug_exposure: 9 rows (4 patients) read; 1 left out (end_before_start); "
        "1 left out (missing_start_date); 1 left out (no_observation_period); "
        "1 left out (other_drug); 1 left out (person_not_listed); "
        "1 left out (start_after_cutoff); 3 rows (1 patient) used" in checked.out
    )
    cotreat("run", study, "--out", tmp_path / "report").requires(0)
    rows = csv_rows(tmp_path / "report" / "findings.csv")
    assert sorted(row["code"] for row in rows if row["severity"] == "warning") == [
        "end_before_start",
        "missing_start_date",
        "no_end",
        "no_observation_period",
        "person_not_listed",
        "start_after_cutoff",
    ]
    assert [row["code"] for row in rows if row["code"] == "supply_below_1"] == ["supply_below_1"]


def test_a_run_that_stops_at_bad_rows_writes_the_findings_only(tmp_path: Path) -> None:
    rows = [*TAKEN["drug_exposure"], supply(9, ADALIMUMAB, "2021-02-01", "2021-01-01")]
    study = write_omop_study(tmp_path, {**TAKEN, "drug_exposure": rows}, source='bad_rows = "stop"')
    ran = cotreat("run", study, "--out", tmp_path / "report").requires(1)
    assert "drug_exposure, row 9, drug_exposure_end_date: The end is before the start" in ran.err
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["findings.csv"]


def test_what_a_cell_holds_does_nothing(tmp_path: Path) -> None:
    rows = [supply(1, ADALIMUMAB, "2021-01-01", "2021-12-31", stop_reason="=cmd|'\x1b[2J<script>")]
    words = '[values.end_reason]\nremission = ["remission"]\n'
    study = write_omop_study(tmp_path, {**TAKEN, "drug_exposure": rows}, rest=words + ROLES)
    ran = cotreat("run", study, "--out", tmp_path / "report").requires(0)
    assert "\x1b" not in ran.err
    assert (
        "<script>"
        not in (tmp_path / "report" / "report.html").read_text(encoding="utf-8").split("</head>")[1]
    )
    assert b"\x1b" not in (tmp_path / "report" / "findings.csv").read_bytes()


# Folders of files


def write_csv_cdm(folder: Path, **changes: str) -> Path:
    """The small CDM as CSV files; `changes` replace or add files by table."""
    source = write_cdm(folder / "made.duckdb", TAKEN)
    (folder / "cdm").mkdir()
    with duckdb.connect(source, read_only=True) as connection:
        for (name,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall():
            connection.execute(f"COPY {name} TO '{folder}/cdm/{name.upper()}.csv' (HEADER)")
    for name, text in changes.items():
        (folder / "cdm" / f"{name.upper()}.csv").write_text(text, encoding="utf-8")
    return study_at(folder, 'folder = "cdm"')


def test_csv_files_in_capital_letters_are_read(tmp_path: Path) -> None:
    checked = cotreat("check", write_csv_cdm(tmp_path)).requires(0)
    assert "drug_exposure: 2 rows (1 patient) read; 2 rows (1 patient) used" in checked.out


def test_dates_of_csv_files_that_are_none_are_counted(tmp_path: Path) -> None:
    heading = "drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date\n"
    rows = "1,1,11,20210101,2021-12-31\n2,1,11,2021-02-30,2021-12-31\n3,1,11,soon,NA\n4,one,11,2021-01-01,\n"
    checked = cotreat("check", write_csv_cdm(tmp_path, drug_exposure=heading + rows)).requires(0)
    assert (
        "4 rows (1 patient) read; 1 left out (missing_person); 2 left out (missing_start_date)" in checked.out
    )


def test_a_csv_file_that_is_none(tmp_path: Path) -> None:
    study = write_csv_cdm(tmp_path, person='person_id,year_of_birth\n1,"1980\n2,1981\n')
    refused(study, "PERSON.csv")


def test_a_table_that_is_there_twice(tmp_path: Path) -> None:
    study = write_csv_cdm(tmp_path)
    (tmp_path / "cdm" / "person.csv").write_text("person_id\n1\n", encoding="utf-8")
    refused(study, "the table person is there twice")


def test_an_athena_download_is_a_vocabulary(tmp_path: Path) -> None:
    study = write_omop_study(
        tmp_path, TAKEN, source='vocabulary_folder = "athena"', without=["concept", "concept_ancestor"]
    )
    (tmp_path / "athena").mkdir()
    concept = (
        "concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\t"
        "valid_start_date\tvalid_end_date\tinvalid_reason\n"
        '9\t2" gauze "for wounds\tDevice\tSNOMED\tPhysical Object\tS\tz\t19700101\t20991231\t\n'
        "1\tadalimumab\tDrug\tRxNorm\tIngredient\tS\ta\t19700101\t20991231\t\n"
        "2\tmethotrexate\tDrug\tRxNorm\tIngredient\tS\tb\t19700101\t20991231\t\n"
    )
    ancestor = "ancestor_concept_id\tdescendant_concept_id\n1\t1\n1\t11\n2\t2\n2\t22\n"
    (tmp_path / "athena" / "CONCEPT.csv").write_text(concept, encoding="utf-8")
    (tmp_path / "athena" / "CONCEPT_ANCESTOR.csv").write_text(ancestor, encoding="utf-8")
    checked = cotreat("check", study).requires(0)
    assert "exposures, anchor: adalimumab 1 row" in checked.out
    assert "exposures, partner: methotrexate 1 row" in checked.out


# PostgreSQL


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server with the small CDM in the schema `small_cdm`, and a role `reader` that may do nothing yet."""
    url = postgres_url()
    source = write_cdm(tmp_path / "made.duckdb", TAKEN)
    with postgres.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS small_cdm CASCADE")
        cursor.execute("CREATE SCHEMA small_cdm")
        with duckdb.connect(source, read_only=True) as made:
            for (name,) in made.execute("SELECT table_name FROM information_schema.tables").fetchall():
                rows: pa.Table = made.sql(f"SELECT * FROM {name}").to_arrow_table()
                cursor.adbc_ingest(name, rows, mode="create", db_schema_name="small_cdm")
        cursor.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    yield url
    with postgres.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")
        cursor.execute("DROP OWNED BY reader")
        cursor.execute("DROP ROLE reader")


def as_reader(tmp_path: Path, url: str, **more: str) -> Path:
    """A study of the schema with the role `reader`, its password in the URL."""
    place = url.replace("//cotreat@", f"//reader:{PASSWORD}@")
    return study_at(
        tmp_path / "study", 'cdm_schema = "small_cdm"', engine=f'[engine]\nurl = "{place}"\n', **more
    )


def grant(url: str, *statements: str) -> None:
    with postgres.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.postgres
def test_a_role_without_rights(tmp_path: Path, server: str) -> None:
    study = as_reader(tmp_path, server)
    refused(study, "small_cdm", "permission denied for schema small_cdm")
    grant(server, "GRANT USAGE ON SCHEMA small_cdm TO reader")
    refused(study, "person", "permission denied for table person", "ask for the right to read the table")
    grant(server, "GRANT SELECT ON ALL TABLES IN SCHEMA small_cdm TO reader")
    cotreat("check", study).requires(0)
    grant(server, "REVOKE SELECT ON small_cdm.death FROM reader")
    assert "permission denied for table death" in cotreat("check", study).requires(0).err
    grant(server, "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    refused(study, "temporary tables")


@pytest.mark.postgres
def test_a_password_is_nowhere(tmp_path: Path, server: str) -> None:
    grant(
        server,
        "GRANT USAGE ON SCHEMA small_cdm TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA small_cdm TO reader",
    )
    study = as_reader(tmp_path, server)
    said = [cotreat("check", study), cotreat("run", study, "--out", tmp_path / "report").requires(0)]
    wrong = study_at(
        tmp_path / "wrong",
        'cdm_schema = "small_cdm"',
        engine=f'[engine]\nurl = "postgresql://reader:{PASSWORD}@127.0.0.1:1/postgres"\n',
    )
    said.append(refused(wrong, "PostgreSQL cannot be reached"))
    pieces = (PASSWORD, PASSWORD[:8], PASSWORD[8:])
    for text in (text for ran in said for text in (ran.out, ran.err)):
        assert not any(piece in text for piece in pieces)
    written = [path for path in (tmp_path / "report").rglob("*") if path.is_file()]
    assert {"run.json", "report.html", "findings.csv"} <= {path.name for path in written}
    for path in written:
        assert not any(piece.encode() in path.read_bytes() for piece in pieces), path
    described = json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))
    assert described["protocol"]["source"]["cdm_schema"] == "small_cdm"


@pytest.mark.postgres
def test_a_schema_that_is_not_there(tmp_path: Path) -> None:
    study = study_at(tmp_path, 'cdm_schema = "nowhere"', engine=f'[engine]\nurl = "{postgres_url()}"\n')
    refused(study, "nowhere", "does not exist", "[source]")


def test_a_schema_without_a_database(tmp_path: Path) -> None:
    refused(study_at(tmp_path, 'cdm_schema = "cdm"'), "cdm", "person", "[source]")
