"""Bad long tables through the command line: one finding or one message each, nothing half-written."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from commands import cotreat, csv_rows, digests

from cotreat.engine import connect
from cotreat.protocol import read_protocol
from cotreat.readers.cells import compute_date
from cotreat.readers.sources import read_study

HEADINGS = ("patient_id", "drug", "start_date", "end_date")
ROW = ("1", "baricitinib", "2023-01-01", "2023-06-30")
HEAD = '[study]\nname = "Invented"\ncutoff = 2024-12-31\n[source]\nreader = "tables"\n'
ROLES = '[roles]\nanchor = { drugs = ["baricitinib"] }\npartner = { drugs = ["methotrexate"] }\n'


def of_csv(folder: Path, *rows: str, source: str = "", file: str = "exposures.csv") -> Path:
    (folder / "exposures.csv").write_text("\n".join([",".join(HEADINGS), *rows, ""]), encoding="utf-8")
    text = f'{HEAD}{source}[source.exposures]\nfile = "{file}"\n{ROLES}'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


def of_workbook(
    folder: Path, fill: Callable[[xlsxwriter.Workbook], None], options: dict[str, object] | None = None
) -> Path:
    with xlsxwriter.Workbook(folder / "study.xlsx", options or {}) as book:
        fill(book)
    text = f'{HEAD}workbook = "study.xlsx"\n[source.exposures]\nfile = "exposures"\n{ROLES}'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


def refused(study: Path, code: int, *said: str) -> None:
    before = digests(study.parent)
    ran = cotreat("run", study, "--out", study.parent / "deep" / "report").requires(code)
    assert ran.out == ""
    assert ran.err.count("cotreat:") == 1
    assert "Traceback" not in ran.err
    for text in said:
        assert text in ran.err
    new = sorted(set(digests(study.parent)) - set(before))
    assert new == (["deep/report/findings.csv"] if code == 1 else [])


def test_a_day_that_does_not_exist(tmp_path: Path) -> None:
    study = of_csv(tmp_path, "1,baricitinib,2023-02-30,2023-06-30")
    refused(study, 1, "exposures.csv, row 2, start_date", "not a date of the calendar", "Write 2024-03-31")


def test_days_in_the_1904_system_are_read_as_what_they_show(tmp_path: Path) -> None:
    """The same number is 1,462 days later there than in the system of 1900."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("exposures")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ROW[:2])
        sheet.write_number(1, 2, 43465, day)  # 2023-01-01, counted from 1904-01-01
        sheet.write_number(1, 3, 43645, day)  # 2023-06-30

    study = of_workbook(tmp_path, fill, {"date_1904": True})
    with connect() as engine:
        read_study(engine, read_protocol(study))
        days = engine.fetch("SELECT start_day, end_day FROM exposures").to_pylist()
    assert [tuple(compute_date(day).isoformat() for day in row.values()) for row in days] == [
        ("2023-01-01", "2023-06-30")
    ]


@pytest.mark.parametrize("shown", ["#REF!", "#N/A", "#DIV/0!"])
def test_a_cell_that_shows_an_error_is_no_end(tmp_path: Path, shown: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("exposures")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ROW[:3])
        sheet.write_formula(1, 3, "=A99", None, shown)
        sheet.write_row(2, 0, ROW)

    study = of_workbook(tmp_path, fill)
    cotreat("run", study, "--out", tmp_path / "report").requires(0)
    found = [row for row in csv_rows(tmp_path / "report" / "findings.csv") if row["code"] == "error_cell"]
    assert [(row["sheet"], row["row"], row["column"], row["severity"]) for row in found] == [
        ("exposures", "2", "end_date", "warning")
    ]


def test_a_workbook_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    study = of_workbook(tmp_path, lambda book: book.add_worksheet("exposures").write_row(0, 0, HEADINGS))
    with zipfile.ZipFile(tmp_path / "study.xlsx") as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(tmp_path / "study.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b"<worksheet><sheetData>")
            for _ in range(300):
                part.write(b" " * (1 << 23))
    assert (tmp_path / "study.xlsx").stat().st_size < 10 << 20
    refused(study, 2, "study.xlsx")


def test_a_path_outside_the_study_folder(tmp_path: Path) -> None:
    """Refused unless the protocol allows it by name."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "exposures.csv").write_text(f"{','.join(HEADINGS)}\n{','.join(ROW)}\n", encoding="utf-8")
    refused(of_csv(inner, file="../exposures.csv"), 2, "outside the study folder", "outside_folder = true")
    study = of_csv(inner, source="outside_folder = true\n", file="../exposures.csv")
    cotreat("check", study).requires(0)


def test_many_rows_that_are_wrong_are_shown_by_kind_and_written_one_by_one(tmp_path: Path) -> None:
    rows = [f"{n},baricitinib,2023-02-{30 + n % 2},2023-06-30" for n in range(5000)]
    study = of_csv(tmp_path, *rows)
    checked = cotreat("check", study).requires(1)
    assert "5,000 times, first in row 2" in checked.err
    assert len(checked.err.splitlines()) < 10
    ran = cotreat("run", study, "--out", tmp_path / "report").requires(1)
    assert "5,000 times, first in exposures.csv, row 2, start_date" in ran.err
    assert len(ran.err.splitlines()) < 30
    assert sum(row["severity"] == "error" for row in csv_rows(tmp_path / "report" / "findings.csv")) == 5001
