"""The Word report: real styles, repeated headings, pictures with texts, and the same bytes each time."""

import hashlib
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from invented_report import hostile_report, report

from cotreat.report.blocks import Blocks, Column, Row, TableBlock
from cotreat.report.docx import write_docx
from cotreat.report.docx_parts import build_column_widths


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / "report.docx"
    write_docx(report(), path)
    return path


def test_headings_captions_and_tables_have_styles(word: Path) -> None:
    document = Document(str(word))
    styles = [p.style.name for p in document.paragraphs if p.style]
    assert styles[:2] == ["Title", "Subtitle"]
    assert styles.count("Heading 1") == 16
    assert styles.count("Caption") == len(list(report().tables)) + len(list(report().figures))
    assert {t.style.name for t in document.tables if t.style} == {"Journal Table"}


def test_captions_are_numbered_in_order_and_can_be_renumbered(word: Path) -> None:
    document = Document(str(word))
    captions = [p.text for p in document.paragraphs if p.style and p.style.name == "Caption"]
    tables = [c for c in captions if c.startswith("Table")]
    assert [re.match(r"Table (\d+)\. ", c)[1] for c in tables] == [str(i) for i in range(1, len(tables) + 1)]  # type: ignore[index]  # a miss is a failure
    with zipfile.ZipFile(word) as archive:
        assert "SEQ Table" in archive.read("word/document.xml").decode()


def test_the_tables_hold_what_the_blocks_hold(word: Path) -> None:
    document = Document(str(word))
    for table, block in zip(document.tables, report().tables, strict=True):
        first = [cell.text for cell in table.rows[0].cells]
        assert first == [column.heading for column in block.columns]
        for row, expected in zip(table.rows[1:], block.rows, strict=True):
            assert row.cells[0].text == expected.cells[0]
            if not expected.is_group:
                assert [cell.text for cell in row.cells] == list(expected.cells)


def test_heading_rows_repeat_and_rows_do_not_break(word: Path) -> None:
    document = Document(str(word))
    for table in document.tables:
        xml = [row._tr.trPr for row in table.rows]
        assert xml[0].find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:cantSplit")) is not None for row in xml)


def test_the_wide_table_and_its_heading_have_a_landscape_page(word: Path) -> None:
    document = Document(str(word))
    assert [s.orientation for s in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    texts = [p.text for p in document.paragraphs]
    ends = [i for i, p in enumerate(document.paragraphs) if p._p.find(f".//{qn('w:sectPr')}") is not None]
    assert next(text for text in texts[ends[0] + 1 :] if text) == "Cases"


def test_pictures_have_alternative_texts(word: Path) -> None:
    document = Document(str(word))
    texts = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert texts == [figure.alt for figure in report().figures]


def test_every_date_in_the_file_is_the_cut_off(tmp_path: Path) -> None:
    write_docx(replace(report(), cutoff=date(2024, 12, 31)), tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2024, 12, 31)}
        assert archive.namelist()[0] == "[Content_Types].xml"
    properties = Document(str(tmp_path / "a.docx")).core_properties
    assert properties.created == properties.modified
    assert str(properties.created)[:10] == "2024-12-31"
    assert properties.author == "cotreat"


def test_the_same_report_gives_the_same_bytes(word: Path, tmp_path: Path) -> None:
    write_docx(report(), tmp_path / "again.docx")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (word, tmp_path / "again.docx")}
    assert len(digests) == 1


def test_hostile_texts_are_shown_and_do_no_harm(tmp_path: Path) -> None:
    write_docx(hostile_report(), tmp_path / "a.docx")
    document = Document(str(tmp_path / "a.docx"))
    assert document.paragraphs[0].text.startswith('<script>alert(1)</script> & "q"')
    assert "\u2400" in document.paragraphs[0].text


def test_a_table_without_rows_and_a_report_without_blocks_can_be_written(tmp_path: Path) -> None:
    empty = TableBlock("empty", "Nothing.", (Column("A"), Column("B", is_number=True)), ())
    write_docx(Blocks("T", "", None, (empty,)), tmp_path / "a.docx")
    write_docx(Blocks("T", "", None, ()), tmp_path / "b.docx")
    assert len(Document(str(tmp_path / "a.docx")).tables[0].rows) == 1


def test_columns_fit_the_page_whatever_they_hold() -> None:
    columns = tuple(Column(f"Heading number {i}") for i in range(16))
    wide = TableBlock("w", "c", columns, (Row(tuple("hypercholesterolemia " * (i + 1) for i in range(16))),))
    assert sum(build_column_widths(wide, 170.0)) == pytest.approx(170.0)
    narrow = TableBlock("n", "c", (Column("A"), Column("n", is_number=True)), (Row(("a", "1")),))
    assert sum(build_column_widths(narrow, 170.0)) == pytest.approx(100.0)
    assert build_column_widths(narrow, 170.0)[0] > build_column_widths(narrow, 170.0)[1]
