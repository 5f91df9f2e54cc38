"""`cotreat new DIR --from omop`: a study folder of an invented CDM that runs as it is and says so."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import cotreat

from cotreat.protocol import Episodes, OmopSource, read_protocol
from cotreat.readers.omop.layout import CDM_TABLES

TABLES = sorted(set(CDM_TABLES) - {"drug_era"})
FILES = ["README.md", *(f"cdm/{name}.csv" for name in TABLES), "study.toml"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "study"
    told = cotreat("new", folder, "--from", "omop").requires(0)
    assert "everything in cdm is invented" in told.out
    return folder


def files_of(folder: Path) -> Mapping[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_a_new_study_of_a_cdm_runs_as_it_is(study: Path, tmp_path: Path) -> None:
    ran = cotreat("run", study / "study.toml", "--out", tmp_path / "report").requires(0)
    assert "Findings: 0 errors, 0 warnings" in ran.err
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"report.html", "report.docx", "results.csv", "run.json", "episodes"} <= written


def test_its_episodes_are_the_same_in_buckets(study: Path, tmp_path: Path) -> None:
    """What a CDM is read into belongs to one connection, so one bucket is not written beside the next."""
    text = (study / "study.toml").read_text(encoding="utf-8")
    found = []
    for buckets in (1, 3):
        path = study / f"buckets{buckets}.toml"
        path.write_text(f"{text}\n[engine]\nbuckets = {buckets}\n", encoding="utf-8")
        cotreat("episodes", path, "--out", tmp_path / str(buckets)).requires(0)
        path.unlink()
        found.append(files_of(tmp_path / str(buckets)))
    assert found[0] == found[1]
    assert pq.read_table(tmp_path / "3" / "pairs.parquet").num_rows > 50


def test_check_counts_every_row_of_every_table(study: Path) -> None:
    said = cotreat("check", study / "study.toml").requires(0).out
    for name in ("person", "drug_exposure", "observation_period", "condition_occurrence", "measurement"):
        lines = len((study / "cdm" / f"{name}.csv").read_text(encoding="utf-8").splitlines()) - 1
        assert re.search(rf"{name}: ({lines}|{lines:,}) rows", said), name


def test_the_folder_holds_every_table_with_the_columns_of_the_cdm(study: Path) -> None:
    assert list(files_of(study)) == FILES
    for name in TABLES:
        with (study / "cdm" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            headings = set(next(csv.reader(file)))
        assert set(CDM_TABLES[name].required) <= headings, name


def test_everything_says_that_it_is_invented(study: Path) -> None:
    with (study / "cdm" / "person.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["person_source_value"].startswith("invented-") for row in csv.DictReader(file))
    with (study / "cdm" / "concept.csv").open(encoding="utf-8", newline="") as file:
        own = [row for row in csv.DictReader(file) if row["vocabulary_id"] == "Invented"]
    assert own
    # Where OMOP keeps room for what a site makes itself: no concept of a real vocabulary has such a number.
    assert all(int(row["concept_id"]) > 2_000_000_000 for row in own)
    assert "Everything in the folder `cdm` is invented" in (study / "README.md").read_text(encoding="utf-8")
    assert read_protocol(study / "study.toml").study.name.startswith("Invented example")


def test_the_page_names_every_file(study: Path) -> None:
    page = (study / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([\w/.]+)` \|", page, re.MULTILINE)) == sorted(FILES)


def test_the_parameters_that_are_said_to_be_defaults_are(study: Path) -> None:
    protocol = read_protocol(study / "study.toml")
    assert protocol.episodes == Episodes()
    source = protocol.source
    assert isinstance(source, OmopSource)
    fresh = OmopSource(reader="omop", folder="cdm")
    assert (source.no_end, source.event_gap, source.bad_rows) == (
        fresh.no_end,
        fresh.event_gap,
        fresh.bad_rows,
    )


def test_lines_behind_a_mark_can_be_used(study: Path, tmp_path: Path) -> None:
    """Every example that is commented out is read when the mark is taken away."""
    text = (study / "study.toml").read_text(encoding="utf-8")
    changed = tmp_path / "study.toml"
    for line in ('vocabulary_folder = "athena"', 'exposure_table = "drug_era"', 'bad_rows = "stop"'):
        assert f"# {line}" in text
        changed.write_text(text.replace(f"# {line}", line), encoding="utf-8")
        read_protocol(changed)
    for line in ('file = "cdm.duckdb"', 'cdm_schema = "cdm"'):
        assert f"# {line}" in text
        changed.write_text(
            text.replace('\nfolder = "cdm"', "\n#").replace(f"# {line}", line), encoding="utf-8"
        )
        read_protocol(changed)
    example = re.search(r"^#   \[source\.drugs\.methotrexate\]\n(?:#   .*\n)+", text, re.MULTILINE)
    assert example
    defined = re.sub(r"^#   ", "", example[0], flags=re.MULTILINE)
    changed.write_text(text.replace(example[0], defined), encoding="utf-8")
    assert set(read_protocol(changed).source.drugs) == {"methotrexate"}  # type: ignore[union-attr]  # an OMOP source


def test_two_new_studies_are_the_same_bytes(study: Path, tmp_path: Path) -> None:
    cotreat("new", tmp_path / "study", "--from", "omop").requires(0)
    assert files_of(study) == files_of(tmp_path / "study")
