"""REDCap through the command line: every form of an export gives the same results, a bad one a message."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from commands import Ran, cotreat, csv_rows, digests, write_results

from cotreat.protocol import read_protocol
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.redcap_dictionary import Variable, read_dictionary
from cotreat.synthetic import LONG, read_synthetic_cutoff, write_synthetic_redcap, write_synthetic_tables

PATIENTS, SEED = 300, 5
HEAD = f'[study]\nname = "Invented"\ncutoff = {read_synthetic_cutoff()}\n'
# The reasons in one order for every source: of two reasons the first one counts.
REST = """
[values.reason_started]
no_response = ["No response"]
partial_response = ["Partial response"]
flare = ["Flare"]
[values.end_reason]
adverse_event = ["Adverse event"]
ineffectiveness = ["Not effective"]
remission = ["Remission"]
patient_preference = ["Patient's wish"]
[roles]
anchor = { classes = ["jak_inhibitor"] }
partner = { drugs = ["dupilumab"], classes = ["conventional_immunomodulator", "systemic_corticosteroid"] }
concomitant = { drugs = ["omalizumab"] }
[response]
criteria = ["salt_le_20"]
weeks = [12, 24]
"""


# The same invented patients.


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same patients as long tables and as REDCap exports, each with a protocol."""
    folder = tmp_path_factory.mktemp("invented")
    write_synthetic_tables(folder / "data", n_patients=PATIENTS, seed=SEED, format="csv", tables=tuple(LONG))
    named = "".join(f'[source.{name}]\nfile = "{name}.csv"\n' for name in LONG)
    tables = f'[source]\nreader = "tables"\nfolder = "data"\n{named}'
    (folder / "tables.toml").write_text(HEAD + tables + REST, encoding="utf-8")
    cotreat("new", folder / "new", "--from", "redcap").requires(0)
    for form in ("flat", "eav"):
        write_synthetic_redcap(folder / form, n_patients=PATIENTS, seed=SEED, form=form)  # type: ignore[arg-type]  # both
    (folder / "labels").mkdir()
    write_labels(folder / "flat" / "export.csv", folder / "labels" / "export.csv", folder / "new")
    for form in ("flat", "eav", "labels"):
        source = f'[source]\nreader = "redcap"\nfile = "{form}/export.csv"\n'
        (folder / f"{form}.toml").write_text(HEAD + source + REST, encoding="utf-8")
    return folder


def write_labels(raw: Path, target: Path, new: Path) -> None:
    """The export that REDCap calls "labels": questions as headings, and what codes mean."""
    variables = read_dictionary(new / "dictionary.csv")
    structure = {
        "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance",
    }
    with raw.open(encoding="utf-8", newline="") as file:
        headings, *rows = list(csv.reader(file))

    def heading(name: str) -> str:
        variable, is_tick, code = name.partition("___")
        if name in structure:
            return structure[name]
        if name.endswith("_complete"):
            return "Complete?"
        found = variables[variable]
        return f"{found.label} (choice={found.choices[code]})" if is_tick else found.label

    def cell(name: str, text: str) -> str:
        if "___" in name:
            return {"1": "Checked", "0": "Unchecked"}.get(text, text)
        found = variables.get(name, Variable(name))
        return found.choices.get(text, text)

    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([heading(name) for name in headings])
        for row in rows:
            writer.writerow([cell(name, text) for name, text in zip(headings, row, strict=True)])


@pytest.fixture(scope="module")
def results(invented: Path) -> Mapping[str, bytes]:
    cotreat("run", invented / "flat.toml", "--out", invented / "flat-report").requires(0)
    computed = {
        form: write_results(invented / f"{form}.toml", invented / form)
        for form in ("tables", "eav", "labels")
    }
    return {"flat": (invented / "flat-report" / "results.csv").read_bytes(), **computed}


@pytest.mark.parametrize("form", ["flat", "eav", "labels"])
def test_long_tables_and_a_redcap_export_give_the_same_results(
    results: Mapping[str, bytes], form: str
) -> None:
    """Byte for byte, and nothing is left out: a project can carry every measure that long tables can."""
    assert len(results["tables"].splitlines()) > 500
    assert results[form] == results["tables"]


@pytest.mark.parametrize("form", ["flat", "eav", "labels"])
def test_every_row_of_an_export_is_accounted_for(invented: Path, form: str) -> None:
    said = cotreat("check", invented / f"{form}.toml").requires(0)
    lines = len((invented / form / "export.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"redcap_export: {lines:,} rows (300 patients) read; {lines:,} rows used" in said.out
    assert "0 errors, 0 warnings" in said.err
    exposures = len((invented / "data" / "exposures.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"exposures: {exposures:,} rows" in said.out


@pytest.mark.parametrize("form", ["flat", "eav"])
def test_the_same_seed_gives_the_same_export(tmp_path: Path, form: str) -> None:
    written = [
        write_synthetic_redcap(tmp_path / name, n_patients=20, seed=seed, form=form)  # type: ignore[arg-type]  # both
        for name, seed in (("one", 3), ("other", 3), ("third", 4))
    ]
    one, other, third = (paths[0].read_bytes() for paths in written)
    assert one == other
    assert one != third


# cotreat new --from redcap


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "study"
    cotreat("new", folder, "--from", "redcap").requires(0)
    return folder


def test_a_new_study_runs_as_it_is(study: Path, tmp_path: Path) -> None:
    ran = cotreat("run", study / "study.toml", "--out", tmp_path / "report").requires(0)
    assert "Findings: 0 errors, 0 warnings, 1 for information." in ran.err
    assert (tmp_path / "report" / "report.html").is_file()
    assert sorted(digests(study)) == ["README.md", "dictionary.csv", "export.csv", "study.toml"]
    with (study / "export.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["record_id"].startswith("invented-") for row in csv.DictReader(file))


def test_an_export_of_the_instruments_needs_no_mapping(study: Path, tmp_path: Path) -> None:
    """Nothing but the file is named, and neither words nor a dictionary."""
    (tmp_path / "export.csv").write_bytes((study / "export.csv").read_bytes())
    bare = 'reader = "redcap"\nfile = "export.csv"\n'
    roles = REST[REST.index("[roles]") :]
    (tmp_path / "study.toml").write_text(f"{HEAD}[source]\n{bare}{roles}", encoding="utf-8")
    said = cotreat("check", tmp_path / "study.toml").requires(0)
    assert "0 errors, 0 warnings" in said.err
    for name in LONG_TABLES:
        # Nobody has judged the cause of an invented event.
        assert name == "causality_answers" or re.search(rf"{name}: [\d,]+ rows", said.out), name


def test_lines_behind_a_mark_can_be_used(study: Path, tmp_path: Path) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8")
    marked = re.findall(r"^#   (\[\[.*|(?:columns|constants) = .*)$", text, re.MULTILINE)
    assert len(marked) == 8
    for line in marked:
        text = text.replace(f"#   {line}", line)
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    read_protocol(tmp_path / "study.toml")


def test_the_page_names_every_repeating_instrument(study: Path) -> None:
    page = (study / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^   - (.+)$", page, re.MULTILINE))
    with (study / "export.csv").open(encoding="utf-8", newline="") as file:
        forms = {row["redcap_repeat_instrument"] for row in csv.DictReader(file)} - {""}
    assert len(listed) == len(forms) == 6
    assert "$" not in page


# The data dictionary is one that REDCap imports.

COLUMNS = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
]


@pytest.fixture(scope="module")
def fields(study: Path) -> list[dict[str, str]]:
    rows = csv_rows(study / "dictionary.csv")
    assert list(rows[0]) == COLUMNS
    return rows


def choices(field: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for part in field["Choices, Calculations, OR Slider Labels"].split(" | "):
        code, _, label = part.partition(", ")
        yield code, label


def test_variables_are_named_as_redcap_allows(fields: list[dict[str, str]]) -> None:
    names = [field["Variable / Field Name"] for field in fields]
    assert names[0] == "record_id"
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,25}", name) or "__" in name] == []
    forms = list(dict.fromkeys(field["Form Name"] for field in fields))
    assert [form for form in forms if not re.fullmatch(r"[a-z][a-z0-9_]*", form)] == []
    # The variables of an instrument stand together.
    assert [field["Form Name"] for field in fields] == [
        form for form in forms for field in fields if field["Form Name"] == form
    ]


def test_types_validations_and_ranges_are_those_of_redcap(fields: list[dict[str, str]]) -> None:
    for field in fields:
        kind, check = field["Field Type"], field["Text Validation Type OR Show Slider Number"]
        assert kind in {"text", "dropdown", "radio", "checkbox", "yesno"}, field
        allowed = {"text": {"", "date_ymd", "number", "integer"}, "dropdown": {"", "autocomplete"}}
        assert check in allowed.get(kind, {""}), field
        if field["Text Validation Min"] or field["Text Validation Max"]:
            assert check in {"number", "integer"}
            assert float(field["Text Validation Min"]) < float(field["Text Validation Max"])
        assert field["Field Label"]
        assert {field["Identifier?"], field["Required Field?"]} <= {"", "y"}


def test_choices_have_codes_that_an_export_can_hold(fields: list[dict[str, str]]) -> None:
    for field in fields:
        if field["Field Type"] in ("dropdown", "radio", "checkbox"):
            codes = [code for code, _ in choices(field)]
            labels = [label for _, label in choices(field)]
            assert [code for code in codes if not re.fullmatch(r"[a-z0-9_]+", code)] == []
            assert len(set(codes)) == len(codes) >= 1
            assert len(set(labels)) == len(labels)
            assert all(labels)
        else:
            assert field["Choices, Calculations, OR Slider Labels"] == ""


def test_branching_refers_to_variables_of_the_same_instrument(fields: list[dict[str, str]]) -> None:
    forms = {field["Variable / Field Name"]: field["Form Name"] for field in fields}
    logics = [field for field in fields if field["Branching Logic (Show field only if...)"]]
    assert len(logics) > 10
    for field in logics:
        logic = field["Branching Logic (Show field only if...)"]
        found = re.fullmatch(r"\[(\w+)\] (?:=|<>) '(\w*)'", logic)
        assert found, logic
        assert forms[found[1]] == field["Form Name"]


def test_labels_can_be_told_apart_in_an_export_of_labels(fields: list[dict[str, str]]) -> None:
    labels = [field["Field Label"] for field in fields]
    assert len(set(labels)) == len(labels)


# Bad exports: one message, nothing half-written.


def refused(study: Path, code: int, *said: str) -> Ran:
    before = digests(study.parent)
    ran = cotreat("run", study, "--out", study.parent / "deep" / "report").requires(code)
    assert ran.out == ""
    assert ran.err.startswith("cotreat: ")
    assert "Traceback" not in ran.err
    for text in said:
        assert text in ran.err
    after = digests(study.parent)
    assert {name: digest for name, digest in after.items() if name not in before} == (
        {"deep/report/findings.csv": after["deep/report/findings.csv"]} if code == 1 else {}
    )
    return ran


def bad_study(folder: Path, export: str, source: str = 'file = "export.csv"\n') -> Path:
    (folder / "export.csv").write_text(export, encoding="utf-8")
    roles = REST[REST.index("[roles]") :]
    (folder / "study.toml").write_text(
        f'{HEAD}[source]\nreader = "redcap"\n{source}{roles}', encoding="utf-8"
    )
    return folder / "study.toml"


KEYS = "record_id,redcap_repeat_instrument,redcap_repeat_instance"


@pytest.mark.parametrize(
    ("export", "said"),
    [
        ("drug,treatment_start\nbaricitinib,2023-01-01\n", 'it has no column "record_id"'),
        (
            "record_id,redcap_repeat_instrument,drug,treatment_start\n1,treatment,baricitinib,2023-01-01\n",
            'it has no column "redcap_repeat_instance"',
        ),
        ("record_id,sex\n1,male\n", "it has not the variables `drug` and `treatment_start`"),
    ],
)
def test_an_export_without_its_key(tmp_path: Path, export: str, said: str) -> None:
    refused(bad_study(tmp_path, export), 2, "export.csv", said)


def test_rows_without_their_key(tmp_path: Path) -> None:
    export = (
        f"{KEYS},drug,treatment_start\n1,treatment,1,baricitinib,2023-01-01\n"
        ",treatment,1,baricitinib,2023-01-01\n1,treatment,,baricitinib,2023-01-01\n"
    )
    refused(bad_study(tmp_path, export), 1, "export.csv, row 3", "no record ID", "row 4", "which instance")
    rows = csv_rows(tmp_path / "deep" / "report" / "findings.csv")
    assert [row["code"] for row in rows if row["severity"] == "error"] == ["missing_key", "missing_key"]


def test_a_day_that_does_not_exist(tmp_path: Path) -> None:
    export = f"{KEYS},drug,treatment_start\n1,treatment,1,baricitinib,2023-02-30\n"
    refused(bad_study(tmp_path, export), 1, "treatment, row 2, treatment_start", "not a date of the calendar")


def test_a_path_outside_the_study_folder(tmp_path: Path) -> None:
    """Refused unless the protocol allows it by name."""
    (tmp_path / "inner").mkdir()
    export = f"{KEYS},drug,treatment_start,treatment_end\n1,treatment,1,baricitinib,2023-01-01,2023-05-01\n"
    study = bad_study(tmp_path / "inner", export, 'file = "../export.csv"\n')
    (tmp_path / "export.csv").write_text(export, encoding="utf-8")
    refused(study, 2, "outside the study folder", "outside_folder = true")
    allowed = study.read_text(encoding="utf-8").replace(
        'file = "../export.csv"\n', 'file = "../export.csv"\noutside_folder = true\n'
    )
    study.write_text(allowed, encoding="utf-8")
    cotreat("run", study, "--out", tmp_path / "report").requires(0)


def test_a_formula_in_an_export_stays_a_text(tmp_path: Path) -> None:
    export = f"{KEYS},drug,treatment_start,dose\n1,treatment,1,baricitinib,2023-01-01,=HYPERLINK(x)\n"
    cotreat("run", bad_study(tmp_path, export), "--out", tmp_path / "report").requires(0)
    values = [row["value"] for row in csv_rows(tmp_path / "report" / "findings.csv")]
    assert any(value.startswith("'=HYPERLINK") for value in values)
