"""Excel workbooks: what a cell shows, and what would be lost in silence."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from spreadsheet_files import MAIN, packed, write_xlsx, xlsx_parts, xlsx_row

from cotreat.errors import SourceError
from cotreat.findings import Finding
from cotreat.readers import archives, workbook_sheets
from cotreat.readers.number_formats import (
    CellFormat,
    parse_format_code,
    parse_format_number,
    parse_stored_number,
)
from cotreat.readers.sheets import Sheet
from cotreat.readers.spreadsheet import read_sheet

# Workbooks know no time zones.
MORNING = dt.datetime.fromisoformat("1950-01-01")
EVENING = dt.datetime.fromisoformat("2024-02-28T23:59:07")

HEADINGS = '<row r="1"><c r="A1" t="inlineStr"><is><t>value</t></is></c></row>'


def found(sheet: Sheet, code: str) -> list[Finding]:
    return [finding for finding in sheet.findings if finding.code == code]


def value(path: Path, cell: str, **more: str) -> str:
    """The text of cell A2; its XML stands there without its address."""
    rows = f'{HEADINGS}<row r="2">{cell.replace("<c", "<c r=" + chr(34) + "A2" + chr(34), 1)}</row>'
    sheet = read_sheet(write_xlsx(path / "cases.xlsx", rows, **more))
    return sheet.columns["value"][0] if sheet.row_numbers else ""


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>20</v></c>", "20"),
        ("<c><v>20.0</v></c>", "20"),
        ("<c><v>0.5</v></c>", "0.5"),
        ("<c><v>-3</v></c>", "-3"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>1E-7</v></c>", "0.0000001"),
        ("<c><v>1234567890123456</v></c>", "1234567890123456"),
        ("<c><v>1.2345678901234567E+19</v></c>", "12345678901234600000"),
        ("<c><v>1E300</v></c>", "1e+300"),
        ('<c t="n"><v> 7 </v></c>', "7"),
        ("<c><v>abc</v></c>", "abc"),
        ("<c><v>INF</v></c>", "INF"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="s"><v>0</v></c>', "first"),
        ('<c t="s"><v>1</v></c>', "Kö\nln"),
        ('<c t="s"><v>2</v></c>', "漢字"),
        ('<c t="str"><f>A1</f><v>shown</v></c>', "shown"),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><rPr><b/></rPr><t> b</t></r></is></c>', "a b"),
        ('<c t="inlineStr"><is><t>漢</t><rPh sb="0" eb="1"><t>kan</t></rPh></is></c>', "漢"),
        ('<c t="inlineStr"><is><t>007</t></is></c>', "007"),
        ('<c t="d"><v>2024-05-01</v></c>', "2024-05-01"),
        ('<c t="d"><v>2024-05-01T00:00:00.000Z</v></c>', "2024-05-01"),
        ('<c t="d"><v>2024-05-01T13:30:00</v></c>', "2024-05-01T13:30:00"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
    ],
)
def test_a_cell_is_the_text_that_a_person_sees(tmp_path: Path, cell: str, text: str) -> None:
    strings = (
        "<si><t> first </t></si><si><t>Kö_x000D_&#10;ln</t></si>"
        '<si><r><t>漢</t></r><r><t>字</t></r><rPh sb="0" eb="1"><t>kan</t></rPh></si>'
    )
    assert value(tmp_path, cell, strings=strings) == text


# Dates


@pytest.mark.parametrize(
    ("code", "cell_format"),
    [
        ("General", CellFormat.NUMBER),
        ("0.00", CellFormat.NUMBER),
        ("0.00E+00", CellFormat.NUMBER),
        ('0 "days"', CellFormat.NUMBER),
        (r"0 \m\g", CellFormat.NUMBER),
        ("[Red]0.0;[Blue]-0.0", CellFormat.NUMBER),
        ("@", CellFormat.NUMBER),
        ("0%", CellFormat.PERCENT),
        ("0.00%;[Red]-0.00%", CellFormat.PERCENT),
        ("dd.mm.yyyy", CellFormat.DATE),
        ("dd/mm/yyyy;@", CellFormat.DATE),
        ("[$-407]d. mmmm yyyy", CellFormat.DATE),
        ("d-mmm", CellFormat.DATE),
        ("[$-411]ge.m.d;@", CellFormat.DATE),
        ("yyyy-mm-dd hh:mm:ss", CellFormat.DATE_TIME),
        (r"yyyy\-mm\-dd\Thh:mm", CellFormat.DATE_TIME),
        ("m/d/yy h:mm AM/PM", CellFormat.DATE_TIME),
        ("mmm yyyy", CellFormat.MONTH),
        ("mm/yyyy", CellFormat.MONTH),
        (r"mmm\-yy", CellFormat.MONTH),
        ("yyyy", CellFormat.YEAR),
        ("hh:mm", CellFormat.TIME),
        ("h:mm AM/PM", CellFormat.TIME),
        ("mm:ss.0", CellFormat.TIME),
        ("[h]:mm", CellFormat.ELAPSED),
        ("[mm]:ss", CellFormat.ELAPSED),
    ],
)
def test_a_format_says_what_a_number_means(code: str, cell_format: CellFormat) -> None:
    assert parse_format_code(code) is cell_format


@pytest.mark.parametrize(
    ("number", "cell_format"),
    [
        (0, CellFormat.NUMBER),
        (4, CellFormat.NUMBER),
        (10, CellFormat.PERCENT),
        (14, CellFormat.DATE),
        (17, CellFormat.MONTH),
        (20, CellFormat.TIME),
        (22, CellFormat.DATE_TIME),
        (46, CellFormat.ELAPSED),
        (49, CellFormat.NUMBER),
        (999, CellFormat.NUMBER),
    ],
)
def test_a_format_that_the_file_names_by_number(number: int, cell_format: CellFormat) -> None:
    assert parse_format_number(number) is cell_format


@pytest.mark.parametrize(
    ("stored", "cell_format", "text"),
    [
        ("45413", CellFormat.DATE, "2024-05-01"),
        ("45413.5625", CellFormat.DATE, "2024-05-01"),
        ("45413.5625", CellFormat.DATE_TIME, "2024-05-01T13:30:00"),
        ("45413", CellFormat.DATE_TIME, "2024-05-01"),
        ("45413.99999999999", CellFormat.DATE_TIME, "2024-05-02"),
        ("45413", CellFormat.MONTH, "2024-05"),
        ("45420", CellFormat.MONTH, "2024-05-08"),
        ("45292", CellFormat.YEAR, "2024"),
        ("45413", CellFormat.YEAR, "2024-05-01"),
        ("0.5625", CellFormat.TIME, "13:30:00"),
        ("45413.5625", CellFormat.TIME, "13:30:00"),
        ("1.5", CellFormat.ELAPSED, "36:00:00"),
        ("0.07", CellFormat.PERCENT, "7%"),
        ("0.125", CellFormat.PERCENT, "12.5%"),
        ("1", CellFormat.DATE, "1900-01-01"),
        ("59", CellFormat.DATE, "1900-02-28"),
        ("60", CellFormat.DATE, "1900-02-29"),
        ("61", CellFormat.DATE, "1900-03-01"),
        ("0", CellFormat.DATE, "1900-01-00"),
        ("-5", CellFormat.DATE, "-5"),
        ("2958465", CellFormat.DATE, "9999-12-31"),
        ("2958466", CellFormat.DATE, "2958466"),
        ("2958465.9999999999", CellFormat.DATE, "2958466"),
        ("text", CellFormat.DATE, "text"),
        ("1e400", CellFormat.DATE, "1e400"),
        ("nan", CellFormat.DATE, "nan"),
    ],
)
def test_a_stored_number_is_shown_as_its_format_says(stored: str, cell_format: CellFormat, text: str) -> None:
    assert parse_stored_number(stored, cell_format, from_1904=False) == text


@pytest.mark.parametrize(("flag", "day"), [("0", "2024-05-01"), ("1", "2028-05-02"), ("true", "2028-05-02")])
def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path, flag: str, day: str) -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs><dxfs><xf numFmtId="9"/></dxfs>'
    book = f'<workbookPr date1904="{flag}"/>'
    assert value(tmp_path, '<c s="1"><v>45413</v></c>', styles=styles, workbook=book) == day


def test_formats_are_taken_from_the_styles_of_cells(tmp_path: Path) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="mm/yyyy"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="9"/><xf numFmtId="9"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="164" formatCode="0%"/></dxf></dxfs>'
    )
    assert value(tmp_path, '<c s="1"><v>45413</v></c>', styles=styles) == "2024-05"
    assert value(tmp_path, "<c><v>45413</v></c>", styles=styles) == "45413"
    assert value(tmp_path, '<c s="99"><v>45413</v></c>', styles=styles) == "45413"


def test_numbers_take_the_decimal_sign_of_the_sheet(tmp_path: Path) -> None:
    rows = (
        xlsx_row(1, "value")
        + xlsx_row(2, "2,5")
        + xlsx_row(3, "1.125")
        + '<row r="4"><c r="A4"><v>1.125</v></c></row><row r="5"><c r="A5"><v>20</v></c></row>'
    )
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))
    assert sheet.decimal == ","
    assert sheet.columns == {"value": ["2,5", "1.125", "1,125", "20"]}
    sheet = read_sheet(tmp_path / "cases.xlsx", decimal=".")
    assert sheet.columns == {"value": ["2,5", "1.125", "1.125", "20"]}
    assert {type(text) for text in sheet.columns["value"]} == {str}


# What would be lost in silence


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#SPILL!"])
def test_an_error_cell_is_unknown_and_a_warning(tmp_path: Path, error: str) -> None:
    rows = f'{HEADINGS}<row r="2"><c r="A2" t="e"><f>NA()</f><v>{error}</v></c></row>'
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))
    assert sheet.columns == {"value": [""]}
    finding = found(sheet, "error_cell")[0]
    assert (finding.severity, finding.sheet, finding.row, finding.column, finding.value) == (
        "warning",
        "Cases",
        2,
        "value",
        error,
    )


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2"><f>B2*2</f><v></v></c>',
        '<c r="A2"><f>B2*2</f><v/></c>',
        '<c r="A2"><f>B2*2</f></c>',
        '<c r="A2" t="str"><f>B2*2</f></c>',
        '<c r="A2">\n  <f>B2*2</f>\n  <v>\n  </v>\n</c>',
    ],
)
def test_a_formula_without_value_is_unknown_and_a_warning(tmp_path: Path, cell: str) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", f'{HEADINGS}<row r="2">{cell}</row>'))
    assert sheet.columns == {"value": [""]}
    finding = found(sheet, "formula_without_value")[0]
    assert (finding.severity, finding.row, finding.column, finding.value) == ("warning", 2, "value", "=B2*2")
    assert "column A" in finding.why


def test_a_formula_that_gives_an_empty_text_is_a_blank(tmp_path: Path) -> None:
    rows = f'{HEADINGS}<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><v>1</v></c></row>'
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))
    assert sheet.columns == {"value": [""]}
    assert found(sheet, "formula_without_value") == []


def test_formulas_of_a_program_that_does_not_calculate_are_a_warning(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "cases.xlsx")
    sheet = book.add_worksheet("Cases")
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write(1, 0, 2)
    sheet.write_formula(1, 1, "=A2*2")
    book.close()
    read = read_sheet(tmp_path / "cases.xlsx")
    assert read.columns["b"] == ["0"]
    assert [f.severity for f in found(read, "formulas_not_calculated")] == ["warning"]


def test_merged_cells_name_their_range(tmp_path: Path) -> None:
    rows = xlsx_row(1, "patient", "drug") + xlsx_row(2, "P01", "a") + xlsx_row(3, "", "b")
    merges = (
        '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="C7:D9"/><mergeCell ref="junk"/></mergeCells>'
    )
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows, after=merges))
    assert sheet.columns["patient"] == ["P01", ""]
    assert [(f.severity, f.row, f.column, f.value) for f in found(sheet, "merged_cells")] == [
        ("warning", 2, "patient", "A2:A3")
    ]


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    rows = xlsx_row(1, "case", "drug") + xlsx_row(2, "1", "a").replace("<row", '<row hidden="1"')
    rows += '<row r="3" hidden="1"/>'
    columns = '<cols><col min="2" max="16384" hidden="1"/></cols>'
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows, before=columns))
    assert sheet.columns == {"case": ["1"], "drug": ["a"]}
    assert [f.value for f in found(sheet, "hidden_rows")] == ["2"]
    assert [f.value for f in found(sheet, "hidden_columns")] == ["B"]


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows = '<row r="2"/>' + xlsx_row(3, "case") + xlsx_row(7, "1") + '<row r="8"><c r="A8" s="1"/></row>'
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))
    assert (list(sheet.row_numbers), sheet.columns) == ([7], {"case": ["1"]})
    assert [(f.severity, f.value) for f in found(sheet, "blank_rows")] == [("info", "4-6")]


def test_cells_may_come_without_address_and_in_any_order(tmp_path: Path) -> None:
    rows = (
        "<row><c t='inlineStr'><is><t>a</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row>"
        "<row><c/><c><v>1</v></c></row><row r='3'><c r='B3'><v>2</v></c><c r='A3'><v>3</v></c></row>"
    )
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))
    assert sheet.columns == {"a": ["", "3"], "b": ["1", "2"]}


def test_elements_may_have_a_prefix(tmp_path: Path) -> None:
    parts = xlsx_parts("")
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>\n <x:row r="1">\n  <x:c r="A1" t="inlineStr"><x:is>'
        '<x:t>case</x:t></x:is></x:c>\n </x:row>\n <x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    parts["xl/sharedStrings.xml"] = f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>one</x:t></x:si></x:sst>'
    (tmp_path / "cases.xlsx").write_bytes(packed(parts))
    assert read_sheet(tmp_path / "cases.xlsx").columns == {"case": ["one"]}


# Sheets


def test_the_only_visible_sheet_with_cells_is_taken(tmp_path: Path) -> None:
    data = f"<sheetData>{xlsx_row(1, 'list')}</sheetData>"
    sheets = {"Blank": '<sheetData><row r="1"><c r="A1" s="1"/></row></sheetData>', "Lists|hidden": data}
    parts = xlsx_parts(xlsx_row(1, "case") + xlsx_row(2, "1"), sheets=sheets)
    path = tmp_path / "cases.xlsx"
    path.write_bytes(packed(parts))
    assert read_sheet(path).sheet == "Cases"
    assert read_sheet(path, sheet="Lists").headings == ("list",)
    assert read_sheet(path, sheet="cases ").sheet == "Cases"
    with pytest.raises(
        SourceError, match=r'there is no sheet "Case"\. Did you mean "Cases"\? Sheets: "Cases"'
    ):
        read_sheet(path, sheet="Case")
    with pytest.raises(SourceError, match=r'cases.xlsx, sheet "Blank": it is empty\.'):
        read_sheet(path, sheet="Blank")


def test_several_sheets_with_cells_must_be_chosen_from(tmp_path: Path) -> None:
    sheets = {"2023": f"<sheetData>{xlsx_row(1, 'case')}</sheetData>"}
    (tmp_path / "cases.xlsx").write_bytes(packed(xlsx_parts(xlsx_row(1, "case"), sheets=sheets)))
    with pytest.raises(SourceError, match=r'several sheets hold cells: "Cases", "2023"\. Say which one'):
        read_sheet(tmp_path / "cases.xlsx")


def test_a_workbook_without_anything_visible(tmp_path: Path) -> None:
    sheets = {"Blank": "<sheetData/>"}
    (tmp_path / "cases.xlsx").write_bytes(packed(xlsx_parts("", sheets=sheets)))
    with pytest.raises(SourceError, match=r"no visible sheet of the workbook holds anything"):
        read_sheet(tmp_path / "cases.xlsx")


# Damage and malice


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', 'has the address "XFE1"'),
        ('<row r="1"><c r="AAAAAAAAA1"><v>1</v></c></row>', 'has the address "AAAAAAAAA1"'),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', 'a cell of row 1 has the address "A2"'),
        ('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', "row 1048577 follows row 0"),
        ('<row r="2"/><row r="1"/>', "row 1 follows row 2"),
        ('<row r="x"/>', "is not valid XML"),
        ('<row r="1"><c r="A1" t="s"><v>9</v></c></row>', "a cell of row 1 refers to no text"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "a cell of row 1 refers to no text"),
        ('<row r="1"><c r="A1"><v>1</c></row>', "is not valid XML"),
    ],
)
def test_a_forged_sheet_is_one_message(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows, strings="<si><t>text</t></si>"))
    assert "cases.xlsx: the workbook is damaged" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_entities_are_refused_in_every_part(tmp_path: Path, part: str) -> None:
    parts = xlsx_parts(xlsx_row(1, "case"))
    root = parts[part].partition(" ")[0].removeprefix("<")
    parts[part] = f'<!DOCTYPE {root} [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + parts[part]
    (tmp_path / "cases.xlsx").write_bytes(packed(parts))
    with pytest.raises(SourceError, match="it declares entities, which no workbook needs"):
        read_sheet(tmp_path / "cases.xlsx")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_part_that_swells_absurdly_is_refused(
    tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_SWELLING_MATTERS_FROM", 1 << 20)
    parts = xlsx_parts(xlsx_row(1, "case"))
    parts[part] = parts[part].replace("</", " " * (4 << 20) + "</", 1)
    (tmp_path / "cases.xlsx").write_bytes(packed(parts))
    with pytest.raises(SourceError, match="unpacked, the workbook is larger than 1 MB"):
        read_sheet(tmp_path / "cases.xlsx")


def test_a_workbook_that_is_too_large_unpacked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED_BYTES", 1000)
    with pytest.raises(SourceError, match="unpacked, the workbook is larger than"):
        read_sheet(write_xlsx(tmp_path / "cases.xlsx", xlsx_row(1, "case" * 1000)))


def test_a_sheet_that_spans_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_sheets, "MOST_CELLS", 1000)
    rows = '<row r="1"><c r="XFD1"><v>1</v></c></row>'
    with pytest.raises(SourceError, match="the sheet spans more than 1,000 cells"):
        read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))


def test_two_cells_at_the_far_corners_do_not_fill_the_memory(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", rows))
    assert list(sheet.row_numbers) == [1_048_576]
    assert [f.column for f in found(sheet, "column_without_heading")] == ["column XFD"]


def test_a_part_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "cases.xlsx", xlsx_row(1, "case"))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    content[info.header_offset + 30 + len(info.filename) + 20] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"its part xl/worksheets/sheet1\.xml cannot be unpacked"):
        read_sheet(path)


def test_a_workbook_without_its_parts(tmp_path: Path) -> None:
    for missing, said in (
        ("xl/workbook.xml", "it has no workbook part"),
        ("xl/worksheets/sheet1.xml", "one of its sheets is missing"),
    ):
        parts = xlsx_parts(xlsx_row(1, "case"))
        del parts[missing]
        (tmp_path / "cases.xlsx").write_bytes(packed(parts))
        with pytest.raises(SourceError, match=said):
            read_sheet(tmp_path / "cases.xlsx")


def test_a_cell_that_is_too_long_is_a_finding(tmp_path: Path) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "cases.xlsx", xlsx_row(1, "note") + xlsx_row(2, "x" * 40_000)))
    assert [(f.severity, f.row, len(f.value)) for f in found(sheet, "cell_too_long")] == [("error", 2, 80)]


# Another reader as the oracle


def test_another_library_reads_the_same_cells(tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Cases")
    day, moment, clock, text = (
        book.add_format({"num_format": f}) for f in ("dd.mm.yyyy", "d.m.yy h:mm", "hh:mm", "@")
    )
    sheet.write_row(0, 0, ["number", "text", "day", "moment", "clock", "truth", "rich"])
    for row in range(1, 60):
        sheet.write_number(row, 0, row * 37 / 8 if row % 3 else row * 1000)
        sheet.write_string(row, 1, f"Fäll  {row}\nline" if row % 2 else "007", text)
        sheet.write_datetime(row, 2, MORNING + dt.timedelta(days=row * 499), day)
        sheet.write_datetime(row, 3, EVENING + dt.timedelta(minutes=row * 61), moment)
        sheet.write_number(row, 4, row / 1440, clock)
        sheet.write_boolean(row, 5, bool(row % 2))
        sheet.write_rich_string(row, 6, "a", day, f"b{row}", "c")
    book.close()
    theirs = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    ours = read_sheet(path)
    assert list(ours.headings) == theirs[0]
    assert [list(row) for row in zip(*ours.columns.values(), strict=True)] == [
        [_as_text(cell) for cell in row] for row in theirs[1:]
    ]


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(cell).removesuffix(".0")
    return cell if isinstance(cell, str) else cell.isoformat()
