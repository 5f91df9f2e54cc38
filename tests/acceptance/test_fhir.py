"""FHIR from end to end: what comes out is what long tables give; what is damaged is one clear message."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import cotreat

from cotreat.engine import connect
from cotreat.errors import OutputError, UsageError
from cotreat.protocol import FhirSource, read_protocol
from cotreat.readers.sources import read_study
from cotreat.study_tables.schema import STUDY_TABLES
from cotreat.synthetic import LONG, write_synthetic_fhir, write_synthetic_tables

N_PATIENTS = 250

# The same invented patients, however they are written down.

# What FHIR has no element for, or what only says where a row stood.
NOT_CARRIED = {"adverse_events": {"end_day"}, "exposures": {"exposure_key"}}
# Nor is there a resource for what was taken before the records begin: that table is left out.
CARRIED = tuple(name for name in LONG if name != "prior_therapies")
NOT_COMPARED = {"source_id", "source_row", "event_key", "term_text"}


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("fhir")
    cotreat("new", folder / "fhir", "--from", "fhir").requires(0)
    made = {"fhir": folder / "fhir" / "study.toml"}
    text = made["fhir"].read_text(encoding="utf-8")
    tables = "".join(f'[source.{name}]\nfile = "{name}.csv"\n' for name in CARRIED)
    write_synthetic_tables(folder / "t", n_patients=N_PATIENTS, seed=3, format="csv", tables=CARRIED)
    write_synthetic_fhir(folder / "n", n_patients=N_PATIENTS, seed=3, format="ndjson")
    write_synthetic_fhir(folder / "b", n_patients=N_PATIENTS, seed=3, format="bundle")
    sources = {
        "tables": f'[source]\nreader = "tables"\nfolder = "t"\n{tables}',
        "ndjson": '[source]\nreader = "fhir"\nfolder = "n"\n',
        "bundle": '[source]\nreader = "fhir"\nfolder = "b"\n',
    }
    for name, source in sources.items():
        made[name] = folder / f"{name}.toml"
        # The same protocol but for its source.
        before, rest = text.split("[source]\n", 1)
        own = f"{before}{source}# What your words mean{rest.split('# What your words mean', 1)[1]}"
        made[name].write_text(own, encoding="utf-8")
    return made


def comparable_lines(out: Path) -> list[bytes]:
    """The results but those that ask when an event was over, which FHIR R4 does not say."""
    lines = (out / "results.csv").read_bytes().splitlines()
    return [
        line for line in lines if not line.startswith((b"causality_dechallenge,", b"causality_rechallenge,"))
    ]


@pytest.fixture(scope="module")
def of_tables(studies: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tables") / "report"
    cotreat("run", studies["tables"], "--out", out).requires(0)
    return out


@pytest.mark.parametrize("packed", ["ndjson", "bundle"])
def test_fhir_and_long_tables_give_the_same_results(
    studies: Mapping[str, Path], of_tables: Path, packed: str, tmp_path: Path
) -> None:
    outs = {"tables": of_tables, packed: tmp_path / packed}
    cotreat("run", studies[packed], "--out", outs[packed]).requires(0)
    results = [comparable_lines(out) for out in outs.values()]
    assert results[0] == results[1]
    assert len(results[0]) > 1000
    pairs = [pq.read_table(out / "episodes" / "pairs.parquet") for out in outs.values()]
    assert pairs[0].num_rows > 50
    assert pairs[0].equals(pairs[1])


def test_fhir_and_long_tables_give_the_same_study_tables(studies: Mapping[str, Path]) -> None:
    read = {name: _study_tables(studies[name]) for name in ("tables", "ndjson", "bundle")}
    for name, rows in read["tables"].items():
        assert rows, name
        assert read["ndjson"][name] == rows, name
        assert read["bundle"][name] == rows, name


def _study_tables(protocol: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """By name, the rows of every study table that has any, in the order of their values."""
    with connect() as engine:
        read_study(engine, read_protocol(protocol))
        found = {}
        for table in STUDY_TABLES:
            left_out = NOT_COMPARED | NOT_CARRIED.get(table.name, set())
            if "source_row" in table.names:
                rows = engine.fetch(f"SELECT * FROM {table.name}")
                kept = rows.drop_columns([name for name in table.names if name in left_out]).to_pylist()
                found[table.name] = sorted((tuple(row.values()) for row in kept), key=repr)
    return {name: rows for name, rows in found.items() if rows}


def test_the_same_seed_gives_the_same_bytes_and_files_are_whole(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_synthetic_fhir(tmp_path / name, n_patients=20, seed=1, format="ndjson")
    files = [{p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "other")]
    assert files[0] == files[1]
    assert sorted(files[0]) == [
        "AdverseEvent.ndjson",
        "Condition.ndjson",
        "EpisodeOfCare.ndjson",
        "MedicationRequest.ndjson",
        "Observation.ndjson",
        "Patient.ndjson",
    ]
    for content in files[0].values():
        for line in content.decode().splitlines():
            assert "null" not in line
            assert json.loads(line)["id"]
    with pytest.raises(OutputError, match="is not empty"):
        write_synthetic_fhir(tmp_path / "one", n_patients=1, seed=1, format="ndjson")
    with pytest.raises(UsageError, match="it must be ndjson or bundle"):
        write_synthetic_fhir(tmp_path / "x", n_patients=1, seed=1, format="xml")  # type: ignore[arg-type]  # what is refused


# `cotreat new --from fhir`.


def test_a_new_study_of_fhir_runs_as_it_is_and_says_so(studies: Mapping[str, Path], tmp_path: Path) -> None:
    ran = cotreat("run", studies["fhir"], "--out", tmp_path / "report").requires(0)
    assert "Findings: 0 errors, 0 warnings, 1 for information." in ran.err
    folder = studies["fhir"].parent
    page = (folder / "README.md").read_text(encoding="utf-8")
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert sorted(re.findall(r"^\| `([\w/.]+)` \|", page, re.MULTILINE)) == files
    for line in (folder / "data" / "Patient.ndjson").read_text(encoding="utf-8").splitlines():
        assert json.loads(line)["id"].startswith("invented-")


def test_check_says_where_every_resource_went(studies: Mapping[str, Path]) -> None:
    said = cotreat("check", studies["fhir"]).requires(0).out
    assert "Patient: 200 rows" in said
    for kind in ("MedicationRequest", "Observation", "AdverseEvent", "Condition", "EpisodeOfCare"):
        assert re.search(rf"{kind}: [\d,]+ rows read; [\d,]+ rows used", said), kind


def test_lines_behind_a_mark_can_be_used(studies: Mapping[str, Path], tmp_path: Path) -> None:
    """Every example that is commented out is read when the mark is taken away."""
    text = studies["fhir"].read_text(encoding="utf-8")
    examples = [
        line
        for line in text.splitlines()
        if re.match(r"# (\w+ = |\[source\.)", line) and "their meaning" not in line
    ]
    assert len(examples) == 10
    for line in examples:
        text = text.replace(f"{line}\n", f"{line[2:]}\n")
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    source = read_protocol(path).source
    assert isinstance(source, FhirSource)
    assert source.exposures == FhirSource.model_fields["exposures"].default
    assert source.administration_days == {"infliximab": 56}


# Damaged: one clear message or finding each, and nothing half-written.

PATIENT = '{"resourceType":"Patient","id":"1"}'
TAKEN = (
    '{"resourceType":"MedicationRequest","id":"r1","status":"active","intent":"order",'
    '"medicationCodeableConcept":{"text":"adalimumab"},"subject":{"reference":"Patient/1"},'
    '"authoredOn":"2020-01-01"}'
)
PROTOCOL = """
[study]
name = "Damaged"
cutoff = 2024-12-31
[source]
reader = "fhir"
folder = "data"
{source}
[roles]
anchor = {{ drugs = ["adalimumab"] }}
partner = {{ drugs = ["methotrexate"] }}
"""


def run(folder: Path, files: Mapping[str, str | bytes], *, source: str = "") -> tuple[int, str, list[str]]:
    """Exit code, what was said, and what was written."""
    (folder / "data").mkdir()
    for name, content in files.items():
        (folder / "data" / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "study.toml").write_text(PROTOCOL.format(source=source), encoding="utf-8")
    ran = cotreat("run", folder / "study.toml", "--out", folder / "out")
    out = folder / "out"
    assert "Traceback" not in ran.err
    return ran.code, ran.err, sorted(p.name for p in out.iterdir()) if out.exists() else []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.json": TAKEN[:-20]}, "a.json: it is not JSON at byte"),
        ({"a.json": "not JSON at all"}, "a.json: it is not JSON"),
        ({"a.ndjson": "patient,drug\n1,adalimumab\n"}, "a.ndjson, row 1: most of its lines cannot be read."),
        ({"a.ndjson": ""}, "a.ndjson: it is empty."),
        ({"a.ndjson": b"\xff\xfe\x00\x01\n"}, "a.ndjson: it is not UTF-8"),
        ({"a.json": '{"a": 1}', "b.ndjson": "[1]\n"}, "data: no file in it holds a FHIR resource"),
        ({"a.json": "[" * 100_000 + "]" * 100_000}, "data: no file in it holds a FHIR resource"),
        ({"notes.txt": "hello"}, "data: there is no file in it whose name ends in .ndjson, .jsonl, .json."),
    ],
)
def test_what_cannot_be_read_is_one_message(
    tmp_path: Path, files: Mapping[str, str | bytes], said: str
) -> None:
    code, err, written = run(tmp_path, files)
    assert (code, written) == (2, [])
    assert said in err


@pytest.mark.parametrize(
    ("damaged", "code", "row"),
    [
        (f"{TAKEN}\n{PATIENT}\n{TAKEN[:-9]}", "is not JSON: it may be cut off", 3),
        (f'{TAKEN}\n{{"resourceType":"Patient" "id":1}}\n{PATIENT}\n', "is not JSON", 2),
        (f'{TAKEN}\n{PATIENT[:-1]},"x":"{"y" * 50_000_000}"}}\n{PATIENT}\n', "longer than 16 MB", 2),
        (
            f"{TAKEN}\n{TAKEN.replace('r1', 'r2').replace('01-01', '02-30')}\n",
            "not a date of the calendar",
            2,
        ),
        (f"{TAKEN}\n{TAKEN.replace('2020', '2021')}\n", "has the id of another and says something else", 2),
    ],
    ids=["cut off", "malformed", "50 MB", "30 February", "duplicate id"],
)
def test_a_bad_line_stops_the_run_and_is_left_out_on_request(
    tmp_path: Path, damaged: str, code: str, row: int
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    exit_code, err, written = run(tmp_path / "a", {"a.ndjson": damaged})
    assert (exit_code, written) == (1, ["findings.csv"])
    assert err.count("a.ndjson") == 1
    assert re.search(rf"a\.ndjson(, \w+)?, row {row}.*{code}", err)
    assert run(tmp_path / "b", {"a.ndjson": damaged}, source='bad_rows = "leave_out"')[0] == 0


def test_deep_nesting_in_what_is_not_read_harms_nothing(tmp_path: Path) -> None:
    deep = f'{TAKEN[:-1]},"extension":{"[" * 200_000}{"]" * 200_000}}}\n{PATIENT}\n'
    assert run(tmp_path, {"a.ndjson": deep})[0] == 0


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        (TAKEN.replace("Patient/1", "Patient/9").replace("r1", "r2"), "patient_not_listed"),
        (
            TAKEN.replace("r1", "r2").replace(
                '"medicationCodeableConcept":{"text":"adalimumab"}',
                '"medicationReference":{"reference":"Medication/9"}',
            ),
            "missing_medication",
        ),
    ],
)
def test_a_reference_to_nothing_is_one_warning(tmp_path: Path, resource: str, code: str) -> None:
    ended, _, written = run(tmp_path, {"a.ndjson": f"{PATIENT}\n{TAKEN}\n{resource}\n"})
    assert ended == 0
    assert "report.html" in written
    found = (tmp_path / "out" / "findings.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in found[1:] if code in line] == [["warning", code]]


def test_a_folder_outside_the_study_is_refused_unless_allowed(tmp_path: Path) -> None:
    code, err, _ = run(tmp_path, {"a.ndjson": TAKEN}, source='files = ["../../x.ndjson"]')
    assert code == 2
    assert "outside the study folder" in err
