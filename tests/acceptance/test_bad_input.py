"""Bad input through the command line: one clear message, the right exit code, nothing half-written."""

import csv
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
import xlsxwriter
from commands import (
    FIELDS,
    FIRST,
    HEADINGS,
    ROOT,
    Ran,
    cotreat,
    csv_rows,
    digests,
    small_rows,
    small_study,
    write_protocol,
    write_rows,
)

COTREAT = Path(sys.executable).parent / "cotreat"


def refused(study: Path, code: int, *said: str) -> Ran:
    """A run that ends with this code and one message, and leaves nothing beside the study."""
    beside = study.parent.parent
    before = digests(beside)
    ran = cotreat("run", study, "--out", beside / "deep" / "report").requires(code)
    assert ran.out == ""
    assert ran.err.count("cotreat:") == 1
    assert ran.err.startswith("cotreat: ")
    assert "Traceback" not in ran.err
    for text in said:
        assert text in ran.err
    if code == 1:
        assert list(digests(beside / "deep" / "report")) == ["findings.csv"]
        assert [path.name for path in (beside / "deep").iterdir()] == ["report"]
    else:
        assert digests(beside) == before
        assert [path.name for path in beside.iterdir()] == [study.parent.name]
    return ran


def study_of(tmp_path: Path, file: str, content: bytes) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / file).write_bytes(content)
    return write_protocol(folder, file=file)


# Files that are no table


def test_an_empty_file(tmp_path: Path) -> None:
    refused(study_of(tmp_path, "cases.csv", b""), 2, "cases.csv", "empty")


def test_a_file_of_blank_lines(tmp_path: Path) -> None:
    refused(study_of(tmp_path, "cases.csv", b"\n\n \n"), 2, "cases.csv", "empty")


def test_headings_and_nothing_else(tmp_path: Path) -> None:
    study = study_of(tmp_path, "cases.csv", ",".join(HEADINGS).encode())
    refused(study, 1, "cases.csv", "no rows")


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 50,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"%PDF-1.7\n" + b"x" * 100,
        b"PK\x03\x04rest",
    ],
    ids=["bytes", "picture", "pdf", "zip"],
)
def test_binary_garbage_named_csv(tmp_path: Path, content: bytes) -> None:
    refused(study_of(tmp_path, "cases.csv", content), 2, "cases.csv")


def test_text_named_xlsx(tmp_path: Path) -> None:
    refused(study_of(tmp_path, "cases.xlsx", b"case,patient\n1,P1\n"), 2, "cases.xlsx")


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    # What Office writes: an OLE container with the encrypted package in it.
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    content += "EncryptedPackage".encode("utf-16-le").ljust(2048, b"\0")
    refused(study_of(tmp_path, "cases.xlsx", content), 2, "cases.xlsx", "password")


def test_a_workbook_that_is_still_being_written(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    write_book(folder / "cases.xlsx", small_rows({}, {}))
    whole = (folder / "cases.xlsx").read_bytes()
    (folder / "cases.xlsx").write_bytes(whole[: len(whole) // 2])
    refused(write_protocol(folder, file="cases.xlsx"), 2, "cases.xlsx", "being written")


@pytest.mark.parametrize("name", ["~$cases.xlsx", ".~lock.cases.xlsx#"])
def test_the_mark_of_an_open_workbook(tmp_path: Path, name: str) -> None:
    refused(study_of(tmp_path, name, b"x" * 165), 2, "the table itself")


def test_no_file(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    (study.parent / "cases.csv").unlink()
    refused(study, 2, "cases.csv", "no such file")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    (folder / "cases.csv").mkdir(parents=True)
    refused(write_protocol(folder), 2, "cases.csv")


def test_a_file_outside_the_study(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    refused(write_protocol(tmp_path / "study", file="../../secret.csv"), 2, "outside", "outside_folder")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = small_study(tmp_path / "study")
    plain = Path.open

    def refuse(self: Path, *arguments: object, **more: object) -> object:
        if self.name == "cases.csv" and "w" not in str(arguments[:1]):
            raise PermissionError(13, "Permission denied", str(self))
        return plain(self, *arguments, **more)  # type: ignore[arg-type]  # passed on as they came

    # By permission bits this cannot be tested as root, who may read everything.
    before = digests(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        ran = cotreat("run", study, "--out", tmp_path / "report")
    assert ran.requires(2).err.startswith("cotreat: ")
    assert "cases.csv" in ran.err
    assert "Traceback" not in ran.err
    assert digests(tmp_path) == before


# Tables with something wrong in them


def write_book(
    path: Path,
    rows: list[dict[str, str]],
    change: Callable[[xlsxwriter.workbook.Worksheet], None] | None = None,
    blank: tuple[tuple[int, str], ...] = (),
) -> None:
    """A workbook of the rows; `blank` cells are not written."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Cases")
    for place, heading in enumerate(HEADINGS):
        sheet.write_string(0, place, heading)
    for line, row in enumerate(rows, start=1):
        for place, heading in enumerate(HEADINGS):
            if (line, heading) not in blank:
                sheet.write_string(line, place, row.get(heading, ""))
    if change:
        change(sheet)
    book.close()


def without_cached_values(path: Path) -> None:
    """The workbook as a program writes it that calculates nothing."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b"</f><v>" in parts[sheet]
    parts[sheet] = re.sub(rb"</f><v>[^<]*</v>", b"</f>", parts[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def findings_of(study: Path, out: Path, code: int = 0) -> list[dict[str, str]]:
    cotreat("run", study, "--out", out).requires(code)
    return csv_rows(out / "findings.csv")


def places(findings: list[dict[str, str]]) -> set[tuple[str, str, str, str]]:
    return {(f["severity"], f["code"], f["row"], f["column"]) for f in findings if f["severity"] != "info"}


def test_a_sheet_of_300_columns(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    more = [f"extra {n}" for n in range(300)]
    write_rows(tmp_path / "study" / "cases.csv", small_rows({}, {}), [*HEADINGS, *more])
    findings = findings_of(study, tmp_path / "report")
    assert {f["value"] for f in findings if f["code"] == "unused_column"} == set(more)
    assert places(findings) == set()


def test_merged_cells(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    write_protocol(study.parent, file="cases.xlsx")
    at = HEADINGS.index("events")
    write_book(
        study.parent / "cases.xlsx",
        small_rows({}, {}),
        lambda sheet: sheet.merge_range(1, at, 2, at, "gout (methotrexate)"),
        blank=((1, "events"), (2, "events")),
    )
    findings = findings_of(study, tmp_path / "report")
    assert ("warning", "merged_cells", "2", "events") in places(findings)
    # The value stands in the first row only: of the second nothing is known, which is not none.
    assert ("warning", "adverse_events_unknown", "3", "events") in places(findings)


def test_cells_that_show_an_error(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    write_protocol(study.parent, file="cases.xlsx")
    at = HEADINGS.index("response")
    write_book(
        study.parent / "cases.xlsx",
        small_rows({}, {}),
        lambda sheet: sheet.write_formula(1, at, "=NA()", None, "#N/A"),
    )
    findings = findings_of(study, tmp_path / "report")
    (error,) = [f for f in findings if (f["row"], f["column"]) == ("2", "response")]
    assert error["severity"] == "warning"
    (known,) = [
        row
        for row in csv_rows(tmp_path / "report" / "results.csv")
        if (
            row["measure"],
            row["unit_of_analysis"],
            row["rule"],
            row["group"],
            row["level"],
            row["statistic"],
        )
        == ("response", "pair", "", "", "complete", "count")
    ]
    assert (known["numerator"], known["denominator"], known["n_missing"]) == ("1", "1", "1")


def test_formulas_that_were_never_calculated(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    write_protocol(study.parent, file="cases.xlsx")
    at = HEADINGS.index("months")
    book = study.parent / "cases.xlsx"
    write_book(book, small_rows({}, {}), lambda sheet: sheet.write_formula(1, at, "=6+6"))
    without_cached_values(book)
    findings = findings_of(study, tmp_path / "report")
    (found,) = [f for f in findings if (f["row"], f["column"]) == ("2", "months")]
    assert (found["severity"], "never calculated" in found["why"]) == ("warning", True)


def test_two_columns_with_one_heading(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    with (study.parent / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HEADINGS, "sex"])
        writer.writerows([*(row[heading] for heading in HEADINGS), "male"] for row in small_rows({}, {}))
    refused(study, 1, "row 1", "sex", "same heading")


def test_a_cell_of_a_million_characters(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", {"events": "gout, " * 170_000}, {})
    ran = refused(study, 1, "row 2", "events", "32,767 characters")
    assert len(ran.err) < 2_000
    (error,) = [
        f for f in csv_rows(tmp_path / "deep" / "report" / "findings.csv") if f["severity"] == "error"
    ]
    assert len("".join(error.values())) < 2_000


def test_cells_as_long_as_a_cell_may_be(tmp_path: Path) -> None:
    """Every column at once; each is read or reported, and no message repeats the cell."""
    long = dict.fromkeys(("disease", "comorbidity", "prior", "events", "afterwards"), "x and (y " * 3_600)
    digits = ("age", "months", "sex", "reason", "response", "alone", "ended")
    short = dict.fromkeys(digits, "9" * 32_000)
    study = small_study(tmp_path / "study", {**long, **short, "course": "c" * 32_000}, {})
    ran = cotreat("check", study).requires(0)
    assert len(ran.err) < 20_000
    assert "Traceback" not in ran.err


# The protocol and the command


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[study]", "[studi]"), ("unknown key `studi`", "study")),
        (('name = "A small study"', "name = 5"), ("study.name", "line 3")),
        (("[source]", 'kind = "series"\n[source]'), ("study.kind", "case_series")),
        (('sex = "sex"', 'sex = "Geschlecht"'), ("source.columns.sex", "'Geschlecht'", "cases.csv")),
        (('patient = "patient"', ""), ("source.columns.patient", "required")),
        (('reader = "case_table"', 'reader = "spss"'), ("source.reader", "'spss'")),
        (('file = "cases.csv"', 'file = "cases.csv'), ("not valid TOML", "line 6")),
        (('"jak_inhibitor"', '"jak_inhibiter"'), ("jak_inhibiter",)),
        (("[values]", "[values]\ncolour.red = ['x']"), ("colour",)),
    ],
)  # fmt: skip
def test_a_protocol_that_is_wrong(tmp_path: Path, change: tuple[str, str], said: tuple[str, ...]) -> None:
    study = small_study(tmp_path / "study")
    text = study.read_text(encoding="utf-8")
    assert change[0] in text
    study.write_text(text.replace(*change, 1), encoding="utf-8")
    refused(study, 2, *said)


def test_no_protocol(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    refused(tmp_path / "study" / "study.toml", 2, "study.toml", "cotreat new")


def test_a_protocol_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "study.toml").write_bytes(b"\xff\xfe\x00")
    refused(tmp_path / "study" / "study.toml", 2, "study.toml")


def test_a_folder_in_the_place_of_the_protocol(tmp_path: Path) -> None:
    ran = cotreat("run", tmp_path).requires(2)
    assert "folder" in ran.err


@pytest.mark.parametrize(
    "arguments", [["run"], ["rum"], ["run", "study.toml", "--ou", "x"], ["new", "a", "--from", "sap"]]
)
def test_a_command_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = cotreat(*arguments).requires(2)
    assert ran.err.startswith("cotreat: ")
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


# Where the results go


def test_a_folder_where_nobody_may_write(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    ran = cotreat("run", study, "--out", "/proc/report").requires(2)
    assert "/proc/report" in ran.err
    assert "cannot be written" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study")
    (tmp_path / "locked").mkdir(mode=0o500)
    ran = cotreat("run", study, "--out", tmp_path / "locked" / "report").requires(2)
    assert "Permission denied" in ran.err


@pytest.mark.parametrize("kilobytes", [1, 40, 120])
def test_a_disk_that_is_full(tmp_path: Path, kilobytes: int) -> None:
    """No file may grow beyond the limit: whichever writer meets it first, nothing stays behind."""
    study = small_study(tmp_path / "study")
    before = digests(tmp_path)
    command = shlex.join([str(COTREAT), "run", str(study), "--out", str(tmp_path / "report")])
    limited = f"ulimit -f {kilobytes}; exec {command}"
    # The limit is for what cotreat writes, not for Python's own compiled files.
    own = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        ["bash", "-c", limited], capture_output=True, text=True, check=False, cwd=tmp_path, env=own
    )
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.count("cotreat: ") == 1
    assert "Traceback" not in ran.stderr
    assert digests(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (KeyboardInterrupt(), 130),
        # Ctrl-C as DuckDB says it: while it reads a file, runs a query, or takes rows from Python.
        (RuntimeError("Query interrupted"), 130),
        (duckdb.InterruptException("INTERRUPT Error: Interrupted!"), 130),
        (duckdb.InvalidInputException("reading the object as Arrow data failed: KeyboardInterrupt: "), 130),
        (RuntimeError("broken"), 3),
        (MemoryError(), 3),
    ],
)
def test_a_run_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int
) -> None:
    study = small_study(tmp_path / "study")
    monkeypatch.delenv("COTREAT_DEBUG", raising=False)

    def stop(*arguments: object) -> None:
        raise fault

    monkeypatch.setattr("cotreat.study.write_docx", stop)
    before = digests(tmp_path)
    ran = cotreat("run", study, "--out", tmp_path / "report").requires(code)
    assert "Traceback" not in ran.err
    assert digests(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


# Cases with something wrong in them: what is said of each, and where

SECOND = str(FIRST + 1)
SAME = {"patient": "P1"}


@pytest.mark.parametrize(
    ("changes", "severity", "row", "column", "said"),
    [
        (({}, {"case": "1"}), "error", SECOND, "case", "same case number"),
        (({}, {**SAME, "course": "C1"}), "warning", SECOND, "case", "same patient, drugs and times"),
        (({"patient": ""}, {}), "error", "2", "patient", "which patient"),
        (({"anchor": "Baricitinb 4 mg/day"}, {}), "error", "2", "anchor", "baricitinib"),
        (({"anchor": ""}, {}), "error", "2", "anchor", "names no anchor"),
        (({"partner": "Aspirin 100 mg/day"}, {}), "error", "2", "partner", "No known drug name"),
        (({"partner": "Baricitinib 4 mg/day"}, {}), "error", "2", "partner", "an anchor drug"),
        (({"partner": "Dupilumab 300 mg/14 days"}, {}), "error", "2", "partner", "no drug of the study"),
        (({"anchor": "Baricitinib 15 smg/day"}, {}), "warning", "2", "anchor", "Perhaps '15 mg/day'"),
        (({"anchor": "Baricitinib 400 mg/day"}, {}), "warning", "2", "anchor", "400 mg/day"),
        (({"partner": "Methotrexate 15 mg/day"}, {}), "warning", "2", "partner", "15 mg/day"),
        (({"age": "430"}, {}), "warning", "2", "age", "between 0 and 120"),
        (({"age": "-1"}, {}), "warning", "2", "age", "between 0 and 120"),
        (({"age": "forty"}, {}), "warning", "2", "age", "not a number"),
        (({"months": "7000"}, {}), "warning", "2", "months", "50 years"),
        (({"months": "0"}, {}), "warning", "2", "months", "more than 0 days"),
        (({"months": "-3"}, {}), "warning", "2", "months", "negative"),
        (({"months": "6-8"}, {}), "warning", "2", "months", "not a unit of time"),
        (({"months": "12 (ongoing)"}, {}), "warning", "2", "ended", "taken as ongoing"),
        (({}, {**SAME, "sex": "male", "months": "3"}), "warning", SECOND, "sex", "say female"),
        (({}, {**SAME, "disease": "vitiligo", "months": "3"}), "warning", SECOND, "disease", "say alopecia"),
        (({}, {**SAME, "age": "60", "months": "3"}), "warning", SECOND, "age", "10 years apart"),
        (({"reason": "no response"}, {}), "warning", "2", "reason", "recorded as partial"),
        (({"alone": "not assessable"}, {}), "warning", "2", "reason", "unassessable"),
        (({"reason": "because"}, {}), "warning", "2", "reason", "'because'"),
        (({"response": "so-so"}, {}), "warning", "2", "response", "'so-so'"),
        (({"ended": ""}, {}), "warning", "2", "ended", "no reason is known"),
        (({"ended": "why not"}, {}), "warning", "2", "ended", "'why not'"),
        (({"afterwards": "no effect, switched to [...]"}, {}), "warning", "2", "afterwards", "but not which"),
        (({"events": "gout (adalimumab)"}, {}), "warning", "2", "events", "not a drug of this case"),
        (({"events": "gout (aspirin)"}, {}), "warning", "2", "events", "'aspirin'"),
        (({"events": "feeling blue (methotrexate)"}, {}), "warning", "2", "events", "'feeling blue'"),
        (({"events": ""}, {}), "warning", "2", "events", "not the same as none"),
        (({"events": "-"}, {}), "warning", "2", "events", "unknown"),
        (({"events": "(methotrexate)"}, {}), "warning", "2", "events", "unknown"),
        (
            ({}, {**SAME, "course": "C1", "anchor": "Upadacitinib 15 mg/day"}),
            "error",
            SECOND,
            "course",
            "baricitinib in an earlier row and upadacitinib here",
        ),
        (({}, {"course": "C1"}), "error", SECOND, "course", "another patient"),
    ],
)  # fmt: skip
def test_a_finding_and_its_place(
    tmp_path: Path, changes: tuple[Mapping[str, str], ...], severity: str, row: str, column: str, said: str
) -> None:
    study = small_study(tmp_path / "study", *changes)
    before = digests(tmp_path)
    ran = cotreat("check", study).requires(1 if severity == "error" else 0)
    lines = [line for line in ran.err.splitlines() if line.startswith(f"  {severity}: cases.csv")]
    there = [line for line in lines if re.match(rf"  {severity}: cases\.csv, row {row}, {column}[:,] ", line)]
    assert [line for line in there if said in line]
    assert there == lines
    assert digests(tmp_path) == before


def test_an_ordinary_case_has_no_findings(tmp_path: Path) -> None:
    ran = cotreat("check", small_study(tmp_path / "study")).requires(0)
    assert ran.err.startswith("Findings: 0 errors, 0 warnings, 1 for information.\n")  # how it was read


def test_a_warning_and_nothing_for_information(tmp_path: Path) -> None:
    """A workbook says by itself how it is to be read, so there is nothing to tell about that."""
    (tmp_path / "study").mkdir()
    write_book(tmp_path / "study" / "cases.xlsx", small_rows({"age": "430"}, {}))
    ran = cotreat("check", write_protocol(tmp_path / "study", file="cases.xlsx")).requires(0)
    assert ran.err.startswith("Findings: 0 errors, 1 warning, 0 for information.\n")


def test_all_findings_come_in_one_go(tmp_path: Path) -> None:
    changes = ({"anchor": "Baricitinb"}, {"age": "430"}, {"partner": ""}, {"patient": ""}, {"events": ""})
    findings = findings_of(small_study(tmp_path / "study", *changes), tmp_path / "report", 1)
    assert places(findings) == {
        ("error", "unknown_drug", "2", "anchor"),
        ("warning", "implausible_age", "3", "age"),
        ("error", "missing_partner", "4", "partner"),
        ("error", "missing_patient", "5", "patient"),
        ("warning", "adverse_events_unknown", "6", "events"),
    }
    # The most severe first, and within one severity in the order of the rows.
    assert [f["row"] for f in findings if f["severity"] == "error"] == ["2", "4", "5"]


def dated_study(folder: Path, *changes: Mapping[str, str]) -> Path:
    folder.mkdir()
    ordinary = {"from": "2023-01-01", "to": "2023-12-31"}
    rows = [{**ordinary, **row} for row in small_rows(*changes)]
    write_rows(folder / "cases.csv", rows, [*HEADINGS, "from", "to"])
    study = write_protocol(folder, start_date="from", end_date="to")
    text = study.read_text(encoding="utf-8").replace('duration = "months"\n', "")
    study.write_text(text, encoding="utf-8")
    return study


@pytest.mark.parametrize(
    ("change", "severity", "column", "said"),
    [
        ({"from": "2023-02-30"}, "warning", "from", "not a date"),
        ({"from": "0202-01-01"}, "error", "from", "The year 202 is not between 1900 and 2099"),
        ({"to": "3023-12-31"}, "error", "to", "The year 3023 is not between 1900 and 2099"),
        ({"to": "2022-12-31"}, "error", "to", "ends before it starts"),
        ({"to": ""}, "warning", "to", "how long it lasted is unknown"),
        ({"to": "ongoing"}, "warning", "ended", "has an end reason all the same"),
        ({"ended": "ongoing"}, "warning", "ended", "has an end date"),
        ({"to": "2023-12-31 or so"}, "warning", "to", "not a date"),
    ],
)
def test_a_finding_about_a_date(
    tmp_path: Path, change: Mapping[str, str], severity: str, column: str, said: str
) -> None:
    ran = cotreat("check", dated_study(tmp_path / "study", change, {}))
    ran.requires(1 if severity == "error" else 0)
    start = rf"  {severity}: cases\.csv, row 2, {column}[:,] "
    assert [line for line in ran.err.splitlines() if re.match(start, line) and said in line]


# Cells that would be run, and cells that would be markup

FORMULAS = {
    "case": "=1+1",
    "patient": "@SUM(A1:A9)",
    "disease": "+cmd|' /C calc'!A0",
    "comorbidity": "-2+3+cmd|' /C calc'!A0",
    "prior": '=HYPERLINK("x","y")',
    "events": "=danger and +danger (methotrexate)",
    "reason": "=reason",
    "afterwards": "=why, switched to =drug",
}
MARKUP = {
    "case": "<script>alert(1)</script>",
    "patient": "<b>bold</b>",
    "disease": "<img src=x onerror=alert(2)>",
    "comorbidity": "a & b <i>c</i> </td></table>",
    "events": "<iframe> (methotrexate)",
    "reason": "]]><!--",
    "response": "\" onmouseover='alert(3)",
}


def test_a_text_never_becomes_a_formula(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", FORMULAS, {"case": "-5"})
    write_rows(
        study.parent / "cases.csv", small_rows(FORMULAS, {"case": "-5"}), [*HEADINGS, "=unused heading"]
    )
    out = tmp_path / "report"
    cotreat("run", study, "--out", out).requires(0)
    for path in sorted(out.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        run = [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and not is_number(cell)]
        assert run == [], path
    # They are still there, and a negative number is still one.
    with (out / "tables" / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        first = [row[0] for row in csv.reader(file)]
    assert first[1:] == ["'=1+1", "-5"]


def is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", text) is not None


def test_no_workbook_that_is_written_holds_a_formula(tmp_path: Path) -> None:
    cotreat("new", tmp_path / "mine", "--from", "excel").requires(0)
    (book,) = (tmp_path / "mine").glob("*.xlsx")
    with zipfile.ZipFile(book) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/")]
    assert sheets
    assert not [sheet for sheet in sheets if "<f>" in sheet]


def test_markup_stays_text_in_the_report(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", MARKUP, {})
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("A small study", "<u>Small</u> & <script>study"), encoding="utf-8")
    out = tmp_path / "report"
    cotreat("run", study, "--out", out).requires(0)
    page = (out / "report.html").read_text(encoding="utf-8")
    for tag in ("<script", "<b>bold", "<img src=x", "<i>c", "<iframe", "<u>Small", "]]><!--"):
        assert tag not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;u&gt;Small&lt;/u&gt; &amp; &lt;script&gt;study" in page
    assert not re.search(r"<[^>]*\sonmouseover\s*=", page)
    with zipfile.ZipFile(out / "report.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    root = ElementTree.fromstring(parts["word/document.xml"])  # noqa: S314 - our own file, just written
    texts = "".join(root.itertext())
    assert "<script>alert(1)</script>" in texts
    assert "<u>Small</u> & <script>study" in texts
    for svg in (out / "figures").glob("*.svg"):
        ElementTree.parse(svg)  # noqa: S314 - our own file, just written
        assert "<script" not in svg.read_text(encoding="utf-8")


def test_control_characters_do_not_break_the_report(tmp_path: Path) -> None:
    hidden = {"case": "1\x07\u202e2", "disease": "psoriasis\x0b", "events": "gout\x1b[31m (methotrexate)"}
    out = tmp_path / "report"
    cotreat("run", small_study(tmp_path / "study", hidden, {}), "--out", out).requires(0)
    with zipfile.ZipFile(out / "report.docx") as archive:
        ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314 - our own file, just written
    assert "\u202e" not in (out / "report.html").read_text(encoding="utf-8")


def test_an_escape_sequence_does_not_reach_the_terminal(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", {"disease": "\x1b[31mred\x1b]0;title\x07"}, {})
    ran = cotreat("check", study).requires(0)
    assert "\x1b" not in ran.err
    assert "\x07" not in ran.err


def test_every_field_of_the_small_table_is_used() -> None:
    assert set(FIELDS.values()) == set(HEADINGS)
    assert (ROOT / "examples" / "letter" / "study.toml").is_file()
