"""`cotreat new DIR --from tables`: a workbook of invented tables that runs as it is and says so."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from commands import cotreat
from python_calamine import CalamineWorkbook

from cotreat.engine import connect
from cotreat.protocol import Episodes, TablesSource, read_protocol
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.synthetic import build_synthetic_study

FILES = ["README.md", "study.toml", "study.xlsx"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "study"
    cotreat("new", folder, "--from", "tables").requires(0)
    return folder


def files_of(folder: Path) -> Mapping[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


# It runs, and what comes out is what is true.


def test_a_new_study_of_tables_runs_as_it_is(study: Path, tmp_path: Path) -> None:
    ran = cotreat("run", study / "study.toml", "--out", tmp_path / "report").requires(0)
    assert "Findings: 0 errors, 0 warnings, 2 for information." in ran.err
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"report.html", "report.docx", "results.csv", "run.json", "episodes"} <= written
    with (tmp_path / "report" / "findings.csv").open(encoding="utf-8", newline="") as file:
        said = [(row["severity"], row["code"], row["sheet"]) for row in csv.DictReader(file)]
    # Nobody has judged the causes of invented events.
    assert said == [("info", "no_rows", "causality_answers"), ("info", "duplicate", "exposures")]
    assert pairs_of_the_run(tmp_path / "report") == true_pairs()


def pairs_of_the_run(report: Path) -> list[tuple[object, ...]]:
    pairs = duckdb.read_parquet(str(report / "episodes" / "pairs.parquet"))
    return sorted(
        pairs.project('patient_key, anchor, partner, start_day, end_day, kind, "order", "end"').fetchall()
    )


def true_pairs() -> list[tuple[object, ...]]:
    with connect() as engine:
        build_synthetic_study(engine, n_patients=200, seed=1)
        rows = engine.fetch(
            'SELECT patient_key, anchor, partner, start_day, end_day, kind, "order", "end" FROM truth_pairs'
        )
    return sorted(tuple(row.values()) for row in rows.to_pylist())


def test_check_counts_every_row_of_every_table(study: Path) -> None:
    said = cotreat("check", study / "study.toml").requires(0).out
    for name in LONG_TABLES:
        rows = len(sheet_rows(study, name)) - 1
        assert rows > 50 or name == "causality_answers"
        assert f"{name}: {rows:,} rows" in said
    assert "200 patients" in said


# It says what it is.


def sheet_rows(study: Path, name: str) -> list[list[object]]:
    """The rows of one sheet as another reader sees them, headings first."""
    return [
        list(row)
        for row in CalamineWorkbook.from_path(study / "study.xlsx").get_sheet_by_name(name).to_python()
    ]


def test_the_workbook_holds_a_sheet_of_each_table_with_standard_headings(study: Path) -> None:
    assert sorted(files_of(study)) == FILES
    book = CalamineWorkbook.from_path(study / "study.xlsx")
    assert book.sheet_names == ["Instructions", *LONG_TABLES]
    for name, fields in LONG_TABLES.items():
        assert sheet_rows(study, name)[0] == [field.heading for field in fields], name


def test_the_instructions_name_every_column(study: Path) -> None:
    said = {str(row[0]) for row in sheet_rows(study, "Instructions")}
    assert said >= {field.heading for fields in LONG_TABLES.values() for field in fields} | set(LONG_TABLES)


def test_everything_says_that_it_is_invented(study: Path, tmp_path: Path) -> None:
    for name in LONG_TABLES:
        assert all(str(row[0]).startswith("invented-") for row in sheet_rows(study, name)[1:]), name
    assert "Everything in `study.xlsx` is invented" in (study / "README.md").read_text(encoding="utf-8")
    protocol = read_protocol(study / "study.toml")
    assert protocol.study.name.startswith("Invented example")
    told = cotreat("new", tmp_path / "study", "--from", "tables").requires(0)
    assert "everything in study.xlsx is invented" in told.out


def test_the_page_names_every_file(study: Path) -> None:
    page = (study / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([\w/.]+)` \|", page, re.MULTILINE)) == FILES


def test_the_parameters_that_are_said_to_be_defaults_are(study: Path) -> None:
    protocol = read_protocol(study / "study.toml")
    assert protocol.episodes == Episodes()
    assert set(protocol.episodes.model_fields_set) == {
        "grace_period",
        "min_overlap",
        "simultaneous_window",
        "switch_window",
    }
    assert isinstance(protocol.source, TablesSource)
    assert protocol.source.exposures.no_end == "ongoing"


def test_lines_behind_a_mark_can_be_used(study: Path, tmp_path: Path) -> None:
    """Every example that is commented out is read when the mark is taken away."""
    text = (study / "study.toml").read_text(encoding="utf-8")
    assert text.count("CHANGE") == 4  # three places, and the sentence that tells of them
    for line in (
        'decimal = ","',
        'date_format = "%d.%m.%Y"',
        'missing = ["", "NA"]',
    ):
        assert f"# {line}" in text
        changed = tmp_path / "study.toml"
        changed.write_text(text.replace(f"# {line}", line), encoding="utf-8")
        read_protocol(changed)
    mapped = text.replace(
        'file = "exposures"\n',
        'file = "treatments"\ncolumns = { patient = "Patient", drug = "Drug", start_date = "From", '
        'end_date = "To", dose_text = "Dose" }\n',
    )
    assert mapped != text
    (tmp_path / "study.toml").write_text(mapped, encoding="utf-8")
    read_protocol(tmp_path / "study.toml")
    files = re.sub(r"^workbook = .*$", 'folder = "data"', text, flags=re.MULTILINE)
    assert '# folder = "data"' in files
    (tmp_path / "study.toml").write_text(files, encoding="utf-8")
    read_protocol(tmp_path / "study.toml")


# The folder: never over other work, complete or not there.


def test_two_new_studies_are_the_same_bytes(study: Path, tmp_path: Path) -> None:
    cotreat("new", tmp_path / "study", "--from", "tables").requires(0)
    assert files_of(study) == files_of(tmp_path / "study")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    ran = cotreat("new", tmp_path, "--from", "tables").requires(2)
    assert "is not empty (it holds notes.txt)" in ran.err
    assert list(files_of(tmp_path)) == ["notes.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cotreat("new", ".", "--from", "tables").requires(0)
    assert sorted(files_of(tmp_path)) == FILES


@pytest.mark.parametrize("is_there", [True, False])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool) -> None:
    folder = tmp_path / "study"
    if is_there:
        folder.mkdir()
    write_bytes = Path.write_bytes

    def fail_at_the_tables(path: Path, data: bytes) -> int:
        if path.name == "study.xlsx":
            raise OSError(28, "No space left on device")
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail_at_the_tables)
    ran = cotreat("new", folder, "--from", "tables").requires(2)
    assert "No space left on device. Nothing was left half-written there." in ran.err
    assert list(tmp_path.rglob("*")) == ([folder] if is_there else [])


def test_a_protocol_that_cannot_be_moved_takes_the_tables_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fail_at_the_protocol(path: Path, target: Path) -> Path:
        if path.name == "study.toml":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_protocol)
    cotreat("new", tmp_path, "--from", "tables").requires(2)
    assert list(tmp_path.iterdir()) == []
