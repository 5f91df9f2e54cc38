"""OpenDocument workbooks: what a cell shows, and what would be lost in silence."""

from pathlib import Path

import pytest
from spreadsheet_files import ods_parts, ods_row, packed, write_ods

from cotreat.errors import SourceError
from cotreat.findings import Finding
from cotreat.readers import opendocument
from cotreat.readers.sheets import Sheet
from cotreat.readers.spreadsheet import read_sheet

HEADINGS = ods_row("value")


def found(sheet: Sheet, code: str) -> list[Finding]:
    return [finding for finding in sheet.findings if finding.code == code]


def cell(attributes: str = "", shown: str = "") -> str:
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in shown.split("\n") if line)
    return f"<table:table-cell {attributes}>{paragraphs}</table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


@pytest.mark.parametrize(
    ("attributes", "shown", "text"),
    [
        ('office:value-type="float" office:value="20"', "20.00", "20"),
        ('office:value-type="float" office:value="0.5"', "0,50", "0.5"),
        ('office:value-type="currency" office:value="12.5" office:currency="EUR"', "12,50 €", "12.5"),
        ('office:value-type="percentage" office:value="0.125"', "13%", "12.5%"),
        ('office:value-type="boolean" office:boolean-value="true"', "WAHR", "TRUE"),
        ('office:value-type="boolean" office:boolean-value="false"', "FALSCH", "FALSE"),
        ('office:value-type="float" office:value="1" table:formula="of:=TRUE()"', "TRUE", "TRUE"),
        ('office:value-type="date" office:date-value="2024-05-01"', "01.05.2024", "2024-05-01"),
        ('office:value-type="date" office:date-value="2024-05-01"', "1. Mai 2024", "2024-05-01"),
        ('office:value-type="date" office:date-value="2024-05-01"', "Mai 2024", "2024-05"),
        ('office:value-type="date" office:date-value="2024-05-01"', "05/24", "2024-05"),
        ('office:value-type="date" office:date-value="2024-05-08"', "Mai 2024", "2024-05-08"),
        ('office:value-type="date" office:date-value="2024-05-01"', "1. Mai", "2024-05-01"),
        ('office:value-type="date" office:date-value="2024-01-01"', "2024", "2024"),
        (
            'office:value-type="date" office:date-value="2024-05-01T13:30:00"',
            "01.05.24 13:30",
            "2024-05-01T13:30:00",
        ),
        ('office:value-type="date" office:date-value="2024-05-01T13:30:00"', "01.05.2024", "2024-05-01"),
        ('office:value-type="date" office:date-value="2024-05-01T00:00:00"', "01.05.24 00:00", "2024-05-01"),
        ('office:value-type="time" office:time-value="PT13H30M00S"', "13:30", "13:30:00"),
        ('office:value-type="time" office:time-value="PT36H00M00S"', "36:00:00", "36:00:00"),
        ('office:value-type="time" office:time-value="PT1080006H00M00S"', "06:00", "06:00:00"),
        ('office:value-type="string"', "007", "007"),
        ('office:value-type="string"', "two\nlines", "two\nlines"),
        ('office:value-type="string" office:string-value="kept"', "", "kept"),
        ("", "untyped", "untyped"),
        ('office:value-type="float" office:value="x"', "x", "x"),
    ],
)
def test_a_cell_is_the_text_that_a_person_sees(
    tmp_path: Path, attributes: str, shown: str, text: str
) -> None:
    sheet = read_sheet(
        write_ods(tmp_path / "cases.ods", HEADINGS + row(cell(attributes, shown))), decimal="."
    )
    assert sheet.columns == {"value": [text]}


def test_a_text_is_put_together_from_its_pieces(tmp_path: Path) -> None:
    text = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p>'
        '</office:annotation><text:p>a<text:s text:c="2"/><text:span>b<text:s/></text:span>c<text:tab/>'
        "<text:a>d</text:a><text:line-break/>e</text:p><draw:frame><text:p>a drawing</text:p></draw:frame>"
        "</table:table-cell>"
    )
    sheet = read_sheet(write_ods(tmp_path / "cases.ods", HEADINGS + row(text)))
    assert sheet.columns == {"value": ["a  b c\td\ne"]}


def test_an_error_cell_is_unknown_and_a_warning(tmp_path: Path) -> None:
    error = 'table:formula="of:=NA()" office:value-type="string" calcext:value-type="error"'
    sheet = read_sheet(write_ods(tmp_path / "cases.ods", HEADINGS + row(cell(error, "#N/A"))))
    assert sheet.columns == {"value": [""]}
    finding = found(sheet, "error_cell")[0]
    assert (finding.severity, finding.sheet, finding.row, finding.column, finding.value) == (
        "warning",
        "Cases",
        2,
        "value",
        "#N/A",
    )


def test_a_formula_without_value_is_unknown_and_a_warning(tmp_path: Path) -> None:
    sheet = read_sheet(write_ods(tmp_path / "cases.ods", HEADINGS + row(cell('table:formula="of:=1+1"'))))
    assert sheet.columns == {"value": [""]}
    assert [(f.severity, f.row, f.value) for f in found(sheet, "formula_without_value")] == [
        ("warning", 2, "of:=1+1")
    ]


def test_repeated_rows_and_cells_stand_where_a_person_sees_them(tmp_path: Path) -> None:
    rows = (
        ods_row("a", "b", "c", "d")
        + row(cell(), attributes='table:number-rows-repeated="3"')
        + row(cell(), cell('table:number-columns-repeated="2"', "x"), cell("", "y"))
        + row(
            cell("", "z"),
            cell('table:number-columns-repeated="16383"'),
            attributes='table:number-rows-repeated="2"',
        )
        + row(
            cell('table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048569"'
        )
    )
    sheet = read_sheet(write_ods(tmp_path / "cases.ods", rows))
    assert sheet.columns == {"a": ["", "z", "z"], "b": ["x", "", ""], "c": ["x", "", ""], "d": ["y", "", ""]}
    assert list(sheet.row_numbers) == [5, 6, 7]
    assert [f.value for f in found(sheet, "blank_rows")] == ["2-4"]


def test_merged_hidden_cells_are_said(tmp_path: Path) -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    merged = cell('table:number-columns-spanned="1" table:number-rows-spanned="2"', "P01")
    rows = (
        columns
        + ods_row("patient", "drug")
        + row(merged, cell("", "x"))
        + row("<table:covered-table-cell/>", cell("", "y"), attributes='table:visibility="filter"')
    )
    sheet = read_sheet(write_ods(tmp_path / "cases.ods", rows))
    assert sheet.columns == {"patient": ["P01", ""], "drug": ["x", "y"]}
    assert [(f.row, f.column, f.value) for f in found(sheet, "merged_cells")] == [(2, "patient", "A2:A3")]
    assert [f.value for f in found(sheet, "hidden_rows")] == ["3"]
    assert [f.value for f in found(sheet, "hidden_columns")] == ["B"]


def test_the_only_visible_sheet_with_cells_is_taken(tmp_path: Path) -> None:
    tables = (
        f'<table:table table:name="Cases">{ods_row("case")}{ods_row("1")}</table:table>'
        '<table:table table:name="Blank"><table:table-row><table:table-cell/></table:table-row></table:table>'
        f'<table:table table:name="Lists" table:style-name="ta2">{ods_row("list")}</table:table>'
    )
    styles = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    (tmp_path / "cases.ods").write_bytes(packed(ods_parts(tables, styles=styles)))
    assert read_sheet(tmp_path / "cases.ods").sheet == "Cases"
    assert read_sheet(tmp_path / "cases.ods", sheet="Lists").headings == ("list",)
    (tmp_path / "cases.ods").write_bytes(packed(ods_parts(tables)))
    with pytest.raises(SourceError, match='several sheets hold cells: "Cases", "Lists"'):
        read_sheet(tmp_path / "cases.ods")


def test_cells_that_were_deleted_while_changes_were_recorded_are_gone(tmp_path: Path) -> None:
    tables = (
        "<table:tracked-changes><table:cell-content-change><table:previous><table:change-track-table-cell>"
        "<text:p>old</text:p></table:change-track-table-cell><table:table-cell "
        'table:number-columns-spanned="2"><text:p>old</text:p>'
        "</table:table-cell></table:previous></table:cell-content-change></table:tracked-changes>"
        f'<table:table table:name="Cases">{ods_row("case")}{ods_row("1")}</table:table>'
    )
    (tmp_path / "cases.ods").write_bytes(packed(ods_parts(tables)))
    assert read_sheet(tmp_path / "cases.ods").columns == {"case": ["1"]}


@pytest.mark.parametrize("name", ["META-INF/manifest.xml", "encrypted-package"])
def test_a_password_is_said(tmp_path: Path, name: str) -> None:
    manifest = '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    (tmp_path / "cases.ods").write_bytes(packed({**ods_parts(""), name: manifest}))
    with pytest.raises(SourceError, match=r"cases\.ods: the file is protected by a password\."):
        read_sheet(tmp_path / "cases.ods")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", 'sheet "Cases": it is empty'),
        (row(cell('table:number-columns-repeated="99999"', "x")), "has more than 16,384 columns"),
        (row(cell("", "x"), attributes='table:number-rows-repeated="1999999999"'), "spans more than"),
        (row(attributes='table:number-rows-repeated="x"'), "is not valid XML"),
        ("<table:table-row>", "is not valid XML"),
    ],
)
def test_what_cannot_be_read_is_one_message(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_sheet(write_ods(tmp_path / "cases.ods", rows))
    assert said in str(caught.value)


def test_a_document_without_sheets(tmp_path: Path) -> None:
    (tmp_path / "cases.ods").write_bytes(packed(ods_parts("")))
    with pytest.raises(SourceError, match="it holds no sheets"):
        read_sheet(tmp_path / "cases.ods")


def test_entities_are_refused(tmp_path: Path) -> None:
    parts = ods_parts("")
    parts["content.xml"] = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + parts["content.xml"]
    (tmp_path / "cases.ods").write_bytes(packed(parts))
    with pytest.raises(SourceError, match="it declares entities"):
        read_sheet(tmp_path / "cases.ods")


def test_repetition_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opendocument, "MOST_CELLS", 10_000)
    many = 'table:number-columns-repeated="1000"'
    rows = row(cell(many, "x"), attributes='table:number-rows-repeated="11"')
    with pytest.raises(SourceError, match="spans more than 10,000 cells"):
        read_sheet(write_ods(tmp_path / "cases.ods", rows))
