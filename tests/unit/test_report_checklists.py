"""Reporting checklists: what the report answers is pointed at, what it does not is left open."""

import csv
import io
import re
from pathlib import Path

import pytest
from docx import Document
from invented_report import protocol, report_input

from cotreat.errors import ProtocolError
from cotreat.protocol import Protocol, Reporting, read_protocol
from cotreat.report.blocks import Blocks, Heading, TableBlock
from cotreat.report.checklists import FilledItem, build_checklists, write_checklists
from cotreat.report.document import build_report
from cotreat.vocabulary import read_checklists

REPORT = Path(__file__).parents[2] / "src" / "cotreat" / "report"


def answered(**answers: dict[str, str]) -> Protocol:
    return protocol().model_copy(update={"reporting": Reporting(**answers)})


def filled(blocks: Blocks, **answers: dict[str, str]) -> dict[tuple[str, str], FilledItem]:
    found = build_checklists(blocks.items, answered(**answers))
    return {(one.checklist.checklist, item.item.item): item for one in found for item in one.items}


def test_every_place_of_an_answer_is_one_that_a_report_can_have() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(REPORT.glob("*.py")))
    named = set(re.findall(r'"([a-z_]+)"', code))
    headings = set(re.findall(r'(?:Heading|_section)\(\s*"([^",]+)', code))
    known = {"table": named, "figure": named, "section": headings, "file": {"run.json", "findings.csv"}}
    places = {
        tuple(place.split(":"))
        for checklist in read_checklists().values()
        for item in checklist.items
        for place in item.answered_by
    }
    assert {(kind, name) for kind, name in places if name not in known[kind]} == set()


def test_an_answer_points_at_the_numbers_of_the_report() -> None:
    blocks = build_report(report_input())
    number = next(t.number for t in blocks.tables if t.name == "characteristics")
    item = filled(blocks)["strobe", "14a"]
    assert item.status == "Answered"
    assert item.where.startswith(f"Table {number}")


def test_what_the_report_does_not_show_is_open() -> None:
    blocks = build_report(report_input())
    assert filled(blocks)["strobe", "12e"].status == "Open"
    assert filled(blocks)["process", "8 consent"].status == "Open"
    without = Blocks("", "", None, tuple(i for i in blocks.items if isinstance(i, Heading)))
    assert filled(without)["strobe", "14a"].status == "Open"


def test_what_the_authors_answer_is_no_longer_open() -> None:
    blocks = build_report(report_input())
    item = filled(blocks, strobe={"22": "Title page: none"})["strobe", "22"]
    assert (item.status, item.where, item.still_open) == ("Given by the authors", "Title page: none", "")


def test_a_case_series_and_a_database_have_their_own_checklists() -> None:
    def names(kind: str) -> list[str]:
        return [one.checklist.name for one in build_checklists((), protocol(kind=kind))]

    assert names("case_series") == ["STROBE", "CARE", "PROCESS"]
    assert names("database") == ["STROBE", "RECORD", "RECORD-PE"]


def test_an_item_that_no_checklist_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    text = Path(__file__).parents[2] / "examples" / "letter" / "study.toml"
    path.write_text(f'{text.read_text(encoding="utf-8")}\n[reporting.record]\n"99" = "x"\n', encoding="utf-8")
    with pytest.raises(ProtocolError, match="'99', which is no item of RECORD"):
        read_protocol(path)


def test_both_files_hold_every_item_and_are_inert(tmp_path: Path) -> None:
    blocks = build_report(report_input())
    write_checklists(blocks, answered(strobe={"22": "=1+1"}), tmp_path)
    text = (tmp_path / "checklists.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["item"] for row in rows if row["checklist"] == "STROBE"][:3] == ["1a", "1b", "2"]
    assert next(row["where"] for row in rows if row["item"] == "22") == "'=1+1"
    document = Document(str(tmp_path / "checklists.docx"))
    cells = {row.cells[0].text for table in document.tables for row in table.rows}
    assert {row["item"] for row in rows} <= cells


def test_the_report_says_how_much_is_answered_and_links_the_files() -> None:
    blocks = build_report(report_input())
    table = next(t for t in blocks.tables if t.name == "checklists")
    assert isinstance(table, TableBlock)
    for row in table.rows:
        items, *by_status = (int(cell) for cell in row.cells[1:])
        assert items == sum(by_status)
