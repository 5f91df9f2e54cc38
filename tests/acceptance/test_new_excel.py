"""`cotreat new DIR --from excel`: a study folder that runs as it is; whatever can be chosen is read."""

import csv
import os
import re
import subprocess
import sys
import zipfile
from html import escape
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from cotreat import Result, run_study
from cotreat.cli import main

COTREAT = str(Path(sys.executable).parent / "cotreat")

CASE = {
    "Case": "1",
    "Patient": "1",
    "Sex": "Female",
    "Age (years)": 40,
    "Disease": "Atopic dermatitis",
    "Other conditions": "None",
    "Earlier systemic treatments": "None",
    "Anchor drug and dose": "Baricitinib 4 mg/day",
    "Response to the anchor drug alone": "Partial response",
    "Reason for the combination": "Flare",
    "Partner drug and dose": "Methotrexate 15 mg/week (orally)",
    "Months together": 20,
    "Response to the combination": "Complete response",
    "Why the combination ended": "Remission",
    "Anchor drug afterwards": "Continued",
    "Next treatment": "None",
    "Adverse events (drug blamed)": "None",
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    main_succeeds("new", str(folder), "--from", "excel")
    return folder


def main_succeeds(*arguments: str) -> None:
    assert exit_code(*arguments) == 0


def exit_code(*arguments: str) -> int:
    try:
        main(list(arguments))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


# A new study runs at once, and what it shows is marked as the example.


def test_a_new_study_runs_as_it_is(tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}

    def cotreat(*arguments: str) -> str:
        done = subprocess.run(
            [COTREAT, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "fill in cases.xlsx" in cotreat("new", "study", "--from", "excel")
    assert sorted(p.name for p in (tmp_path / "study").iterdir()) == ["README.md", "cases.xlsx", "study.toml"]
    said = cotreat("run", "study/study.toml", "--out", "report")
    assert "Findings: 0 errors, 1 warning, 0 for information." in said
    report = tmp_path / "report"
    assert {"report.html", "report.docx", "results.csv", "run.json"} <= {p.name for p in report.iterdir()}
    findings = csv_rows(report / "findings.csv")
    assert [(f["code"], f["row"]) for f in findings] == [("only_example_row", "2")]
    patients = [r for r in csv_rows(report / "results.csv") if r["measure"] == "patients" and not r["group"]]
    assert [(r["statistic"], r["numerator"]) for r in patients] == [("count", "1")]


def test_the_example_does_not_count_beside_real_cases(
    study: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fill(study, [{**CASE, "Patient": "EXAMPLE"}, {**CASE, "Case": "2", "Patient": "2"}])
    assert exit_code("run", str(study / "study.toml"), "--out", str(tmp_path / "report")) == 1
    said = capsys.readouterr().err
    assert (
        "cases.xlsx, Cases, row 2, Patient: The row is the invented example of the template. Overwrite it"
        in said
    )
    assert [p.name for p in (tmp_path / "report").iterdir()] == ["findings.csv"]


# Whatever can be chosen is read.


def test_every_entry_of_every_list_is_read(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row per entry and column that offers it."""
    rows: list[dict[str, str | float]] = []
    for heading, entries in drop_downs(study).items():
        for entry in entries:
            number = str(len(rows) + 1)
            rows.append(
                {**CASE, "Case": number, "Patient": number, heading: entry, **agreeing(heading, entry)}
            )
    fill(study, rows)
    capsys.readouterr()
    assert exit_code("check", str(study / "study.toml")) == 0
    assert capsys.readouterr().err == "No findings: every cell was read.\n"
    results = results_of(study)
    assert {
        measure: set(counted(results, measure))
        for measure in ("sex", "monotherapy_response", "response", "reason_started", "end_reason")
    } == {
        "sex": {"female", "male", "other"},
        "monotherapy_response": {"complete", "partial", "none", "unassessable"},
        "response": {"complete", "partial", "none", "unassessable"},
        "reason_started": {
            "bridging",
            "comorbidity",
            "corticosteroid_sparing",
            "flare",
            "loss_of_response",
            "no_response",
            "other",
            "partial_response",
            "uncontrolled_on_biologic",
            "uncontrolled_on_conventional",
        },
        "end_reason": {
            "access",
            "adverse_event",
            "death",
            "ineffectiveness",
            "other",
            "patient_preference",
            "planned",
            "pregnancy",
            "remission",
        },
    }


def agreeing(heading: str, entry: str) -> dict[str, str]:
    """The other cells of a row that an entry would contradict otherwise."""
    if entry == "Ongoing":
        return {"Months together": "8 (ongoing)", "Anchor drug afterwards": "", "Next treatment": ""}
    if heading == "Reason for the combination" and entry == "No response to the anchor drug":
        return {"Response to the anchor drug alone": "No response"}
    return {}


def test_the_two_reasons_of_one_entry_are_both_counted(study: Path) -> None:
    fill(study, [{**CASE, "Why the combination ended": "Adverse event and not effective"}])
    assert counted(results_of(study), "end_reason") == {"adverse_event": 1, "ineffectiveness": 1}


def test_lists_grow_and_only_complete_ones_refuse_other_words(study: Path) -> None:
    sheet = part(study, "xl/worksheets/sheet1.xml")
    checks = {
        name: "warning" if 'errorStyle="warning"' in attributes else "stop"
        for attributes, name in re.findall(
            r'<dataValidation type="list"([^>]*)><formula1>(\w+)</formula1>', sheet
        )
    }
    assert checks == {
        "Sex_choices": "stop",
        "Disease_choices": "warning",
        "Response_choices": "stop",
        "Reason_choices": "warning",
        "End_reason_choices": "warning",
        "Anchor_end_choices": "warning",
    }
    names = re.findall(r'<definedName name="(\w+_choices)">([^<]+)<', part(study, "xl/workbook.xml"))
    assert dict(names)["Sex_choices"] == "Lists!$A$4:INDEX(Lists!$A$4:$A$300,COUNTA(Lists!$A$4:$A$300))"
    assert sorted(name for name, _ in names) == sorted(checks)


def test_every_column_explains_itself(study: Path) -> None:
    sheet = part(study, "xl/worksheets/sheet1.xml")
    titles = re.findall(r'<dataValidation [^>]*promptTitle="([^"]+)" prompt="[^"]+"', sheet)
    assert titles == [heading[:32] for heading in sheet_rows(study, "Cases")[0]]


# What the instructions say is how it is read.


@pytest.mark.parametrize(
    ("section", "heading", "code_of"),
    [
        ("How long", "Months together", {}),
        ("Adverse events", "Adverse events (drug blamed)", {"Headache": "event_not_attributed"}),
        ("Lists: other conditions, earlier treatments", "Earlier systemic treatments", {}),
    ],
)
def test_the_instructions_show_what_is_read(
    study: Path, section: str, heading: str, code_of: dict[str, str]
) -> None:
    shown = [cell for cell in instructions(study)[section] if cell != "(empty)"]
    assert len(shown) >= 3
    if section.startswith("Lists"):
        shown.remove("Asthma, hypertension")  # the example of the column of conditions
    rows = [
        {**CASE, "Case": str(n), "Patient": str(n), heading: typed(cell), **ending(cell)}
        for n, cell in enumerate(shown, start=1)
    ]
    fill(study, rows)
    found = {f.row: f.code for f in run_study(study / "study.toml").findings}
    assert found == {shown.index(cell) + 2: code for cell, code in code_of.items()}


def typed(cell: str) -> str | float:
    """The cell as a spreadsheet program keeps it."""
    return float(cell) if re.fullmatch(r"[\d.]+", cell) else cell


def ending(cell: str) -> dict[str, str]:
    return {"Why the combination ended": "Ongoing"} if "ongoing" in cell.casefold() else {}


def test_the_doses_of_the_instructions_are_what_they_say(study: Path) -> None:
    shown = instructions(study)["Drugs and doses"]
    assert shown == [
        "Baricitinib 4 mg/day",
        "Tofacitinib 5 mg/12 h",
        "Methotrexate 15 mg/week (orally)",
        "Dupilumab 300 mg/14 days",
        "Prednisone 40 mg/day in gradual tapering",
        "Methotrexate",
    ]
    anchors, partners = shown[:2], shown[2:]
    rows = [{**CASE, "Anchor drug and dose": cell} for cell in anchors]
    rows += [{**CASE, "Partner drug and dose": cell} for cell in partners]
    fill(study, [{**row, "Case": str(n), "Patient": str(n)} for n, row in enumerate(rows, start=1)])
    done = run_study(study / "study.toml")
    assert [f.code for f in done.findings] == []
    assert counted(done.results, "anchor_drug") == {"baricitinib": 5, "tofacitinib": 1}
    assert counted(done.results, "partner_drug") == {"dupilumab": 1, "methotrexate": 4, "prednisone": 1}


# The folder: never over other work, complete or not there.


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert exit_code("new", str(tmp_path), "--from", "excel") == 2
    said = capsys.readouterr().err
    assert said == (
        f"cotreat: The folder {tmp_path} is not empty (it holds notes.txt). Give the name of a new folder.\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study").write_text("mine", encoding="utf-8")
    assert exit_code("new", str(tmp_path / "study")) == 2
    assert "is not a folder" in capsys.readouterr().err
    assert (tmp_path / "study").read_text(encoding="utf-8") == "mine"


def test_the_empty_folder_that_one_stands_in_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main_succeeds("new", ".")
    assert sorted(p.name for p in Path().iterdir()) == ["README.md", "cases.xlsx", "study.toml"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_there: bool
) -> None:
    folder = tmp_path / "study"
    if is_there:
        folder.mkdir()
    write_bytes = Path.write_bytes

    def fail_at_the_workbook(path: Path, data: bytes) -> int:
        if path.name == "cases.xlsx":
            raise OSError(28, "No space left on device")
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail_at_the_workbook)
    assert exit_code("new", str(folder)) == 2
    assert f"The study folder {folder} cannot be written: No space left on device." in capsys.readouterr().err
    assert list(tmp_path.rglob("*")) == ([folder] if is_there else [])


def test_a_file_that_cannot_be_moved_takes_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into an empty folder that is there, the files are moved one by one."""
    rename = Path.rename

    def fail_at_the_protocol(path: Path, target: Path) -> Path:
        if path.name == "study.toml":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_protocol)
    assert exit_code("new", str(tmp_path)) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("new", str(tmp_path / "study"), "--from", "exel") == 2
    there = "There is: --from excel, --from tables, --from redcap, --from fhir, --from omop."
    assert capsys.readouterr().err == f"cotreat: There is no source 'exel'. {there}\n"
    assert list(tmp_path.iterdir()) == []


def test_two_new_studies_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        main_succeeds("new", str(tmp_path / name))
    for file in ("README.md", "cases.xlsx", "study.toml"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_no_date_in_the_workbook_is_that_of_its_making(study: Path) -> None:
    with zipfile.ZipFile(study / "cases.xlsx") as book:
        assert {info.date_time[0] for info in book.infolist()} == {1980}
    dates = re.findall(r"<dcterms:\w+ [^>]*>([^<]+)<", part(study, "docProps/core.xml"))
    assert dates == ["1980-01-01T00:00:00Z"] * 2


# The workbook as a spreadsheet program sees it, and as a person fills it in.


def part(study: Path, name: str) -> str:
    with zipfile.ZipFile(study / "cases.xlsx") as book:
        return book.read(name).decode("utf-8")


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheet_rows(study: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(study / "cases.xlsx").get_sheet_by_name(sheet).to_python()


def drop_downs(study: Path) -> dict[str, list[str]]:
    """By heading of the sheet of cases, what its drop-down list offers."""
    names = dict(re.findall(r'<definedName name="(\w+)">Lists!\$(\w)\$4:', part(study, "xl/workbook.xml")))
    lists = sheet_rows(study, "Lists")[3:]
    headings = sheet_rows(study, "Cases")[0]
    places = re.findall(
        r'<dataValidation type="list"[^>]* sqref="(\w)2:\w10001"[^>]*><formula1>(\w+)<',
        part(study, "xl/worksheets/sheet1.xml"),
    )
    assert len(places) == 7
    return {
        str(headings[ord(column) - ord("A")]): [
            str(row[ord(names[name]) - ord("A")]) for row in lists if row[ord(names[name]) - ord("A")]
        ]
        for column, name in places
    }


def instructions(study: Path) -> dict[str, list[str]]:
    """By section of the sheet of instructions, the cells that it shows."""
    found: dict[str, list[str]] = {}
    section = ""
    for first, second in sheet_rows(study, "Instructions"):
        if second and first not in ("You write", "A cell"):
            found[section].append(str(first))
        elif first and not second and not str(first).endswith("."):
            section = str(first)
            found[section] = []
    return found


def fill(study: Path, rows: list[dict[str, str | float]]) -> None:
    """Put these rows in the place of the example, as if they had been typed in."""
    path = study / "cases.xlsx"
    headings = [str(heading) for heading in sheet_rows(study, "Cases")[0]]
    assert {name for row in rows for name in row} <= set(headings)
    lines = [
        f'<row r="{number}">'
        + "".join(
            cell(f"{chr(ord('A') + place)}{number}", row[heading])
            for place, heading in enumerate(headings)
            if row.get(heading, "") != ""
        )
        + "</row>"
        for number, row in enumerate(rows, start=2)
    ]
    with zipfile.ZipFile(path) as book:
        parts = {info.filename: book.read(info) for info in book.infolist()}
    name = "xl/worksheets/sheet1.xml"
    text, replaced = re.subn(r'<row r="2".*?</row>', lambda _: "".join(lines), parts[name].decode())
    assert replaced == 1
    with zipfile.ZipFile(path, "w") as book:
        for member, content in {**parts, name: text.encode()}.items():
            book.writestr(member, content)


def cell(place: str, value: str | float) -> str:
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def results_of(study: Path) -> Result:
    return run_study(study / "study.toml").results


def counted(results: Result, measure: str) -> dict[str, int]:
    """Levels of a measure with how many have them, over the whole study."""
    unit = "patient" if measure == "sex" else "pair"
    return {
        r.level: r.numerator
        for r in results
        if (r.measure, r.unit_of_analysis, r.group, r.statistic) == (measure, unit, "", "count")
        and r.numerator
    }
