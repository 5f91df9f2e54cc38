"""The report as a whole: its order, its numbers, and studies that are small or lack much."""

import csv
from pathlib import Path

import pytest
from invented_report import HOSTILE, cases, hostile_report, report, report_input

from cotreat.errors import OutputError
from cotreat.report.blocks import FigureBlock, Heading, Paragraph, TableBlock
from cotreat.report.document import build_report
from cotreat.report.docx import write_docx
from cotreat.report.files import write_figures, write_tables
from cotreat.report.html import write_html


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_sections_stand_in_the_order_of_a_letter() -> None:
    assert [item.text for item in report().items if isinstance(item, Heading)] == [
        "The study at a glance",
        "Sources",
        "Patients",
        "Cases",
        "Drugs and reasons",
        "Doses",
        "Durations",
        "Response",
        "Adverse events",
        "Laboratory values",
        "What followed",
        "Results in words",
        "Methods",
        "Findings in the data",
        "Units, rules and signs",
        "Reporting checklists",
    ]


def test_tables_and_figures_are_numbered_and_named_apart() -> None:
    tables, figures = list(report().tables), list(report().figures)
    assert [t.number for t in tables] == list(range(1, len(tables) + 1))
    assert [f.number for f in figures] == [1, 2, 3]
    assert tables[0].name == "characteristics"
    assert [f.name for f in figures] == ["swimmer", "reasons", "response"]
    names = [item.name for item in (*tables, *figures)]
    assert len({(type(i), i.name) for i in (*tables, *figures)}) == len(names)


def test_the_title_says_study_citation_cut_off_and_software() -> None:
    assert (report().title, report().subtitle) == (
        "JAK inhibitors with a second drug",
        "invented · cotreat 0.0.0",
    )


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_study_of_no_one_or_two_cases_has_a_report(n: int, tmp_path: Path) -> None:
    rows = cases()[:n]
    inputs = report_input(rows, results=[], with_listings=n > 0) if n == 0 else report_input(rows)
    blocks = build_report(inputs)
    write_html(blocks, tmp_path / "report.html")
    write_docx(blocks, tmp_path / "report.docx")
    assert (tmp_path / "report.docx").stat().st_size > 0


def test_what_the_study_lacks_is_said_once_per_part() -> None:
    blocks = build_report(report_input([], results=[], with_listings=False))
    absent = [item.text for item in blocks.items if isinstance(item, Paragraph) and item.kind == "absent"]
    listing = "Not shown: no listing of single cases was made for this study."
    assert [text for text in absent if "listing" in text] == [
        f"Case table. {listing}",
        f"Swimmer plot. {listing}",
    ]
    said = "Not shown: the results hold no estimate of "
    assert [text.removeprefix(said).split(".")[0] for text in absent if text.startswith(said)] == [
        "the characteristics of the patients",
        "the drugs and the reasons for combining them",
        "doses",
        "durations",
        "the response",
        "adverse events",
        "what followed",
    ]
    assert "or it is not analysed for this kind of source" in absent[0]
    assert not any(isinstance(item, FigureBlock) for item in blocks.items)
    assert "The study has no estimates." in [i.text for i in blocks.items if isinstance(i, Paragraph)]


def test_every_table_is_a_file_with_its_rows(tmp_path: Path) -> None:
    write_tables(report(), tmp_path)
    assert {p.stem for p in tmp_path.iterdir()} == {t.name for t in report().tables}
    assert read(tmp_path / "reasons.csv") == [
        ["Reason", "Combinations, n/N (%)", "95% CI, %"],
        ["Partial response to the anchor drug alone", "5/10 (50.0%)", "29.0 to 69.0"],
        ["No response to the anchor drug alone", "3/10 (30.0%)", "9.0 to 49.0"],
        ["Loss of response to the anchor drug alone", "2/10 (20.0%)", "0.0 to 39.0"],
        ["Unknown", "1 combination", ""],
    ]


def test_grouped_rows_name_their_group(tmp_path: Path) -> None:
    write_tables(report(), tmp_path)
    assert read(tmp_path / "characteristics.csv")[:3] == [
        ["Group", "Characteristic", "Patients (N = 9)"],
        ["Sex, n/N (%)", "Female", "5/8 (62.5%)"],
        ["Sex, n/N (%)", "Male", "3/8 (37.5%)"],
    ]


def test_no_cell_of_a_file_runs(tmp_path: Path) -> None:
    blocks = build_report(report_input([row | {"case_id": "=1+1"} for row in cases()]))
    write_tables(blocks, tmp_path)
    assert {row[0] for row in read(tmp_path / "cases.csv")[1:]} == {"'=1+1"}


def test_figures_are_written_as_drawing_and_picture(tmp_path: Path) -> None:
    write_figures(report(), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "reasons.png",
        "reasons.svg",
        "response.png",
        "response.svg",
        "swimmer.png",
        "swimmer.svg",
    ]
    assert (tmp_path / "swimmer.svg").read_text(encoding="utf-8").startswith('<?xml version="1.0"')


def test_the_same_study_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        blocks = build_report(report_input())
        write_html(blocks, tmp_path / name / "report.html")
        write_docx(blocks, tmp_path / name / "report.docx")
        write_tables(blocks, tmp_path / name / "tables")
        write_figures(blocks, tmp_path / name / "figures")
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*.*")}
    second = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*.*")}
    assert first == second


def test_a_folder_that_is_a_file_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("mine")
    with pytest.raises(OutputError, match="cannot be written"):
        write_tables(report(), tmp_path / "tables")
    assert (tmp_path / "tables").read_text() == "mine"


def test_hostile_texts_reach_no_file_name() -> None:
    names = [i.name for i in hostile_report().items if isinstance(i, TableBlock | FigureBlock)]
    assert all(name.replace("_", "").isalnum() for name in names)
    assert HOSTILE not in names
