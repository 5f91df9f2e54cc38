"""Delimited texts: encoding, delimiter, decimal sign and line numbers, found out or given."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotreat.errors import SourceError
from cotreat.findings import Finding
from cotreat.readers.decimals import parse_decimal_sign
from cotreat.readers.sheets import Sheet
from cotreat.readers.spreadsheet import read_sheet

Reader = Callable[..., Sheet]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read(content: str | bytes, name: str = "cases.csv", **options: str | None) -> Sheet:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_sheet(path, **options)  # type: ignore[arg-type]  # options by name

    return read


def found(sheet: Sheet, code: str) -> list[Finding]:
    return [finding for finding in sheet.findings if finding.code == code]


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row) for row in zip(*sheet.columns.values(), strict=True)]


# Encoding


@pytest.mark.parametrize(
    ("encoding", "mark", "named"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "UTF-32"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_the_encoding_is_found_out(read: Reader, encoding: str, mark: bytes, named: str) -> None:
    sheet = read(mark + "Fall;Präparat\r\n1;Ädalimumab \u2013 Größe\r\n".encode(encoding))
    assert sheet.headings == ("Fall", "Präparat")
    assert cells(sheet) == [["1", "Ädalimumab \u2013 Größe"]]
    assert sheet.about == f"{named}, delimiter ';', decimal '.'"
    assert [f.value for f in found(sheet, "read_as")] == [sheet.about]


def test_windows_text_is_said_to_be_guessed_with_a_word_to_look_at(read: Reader) -> None:
    finding = found(read("Fall;Ort\n1;Bonn\n2;Köln\n".encode("latin-1")), "encoding_guessed")[0]
    assert (finding.severity, finding.row, finding.value) == ("info", 3, "2;Köln")


def test_a_macintosh_text_is_not_taken_for_windows_in_silence(read: Reader) -> None:
    content = "Fall;Ort\n1;Bonn\n2;Thüringen\n".encode("mac-roman")
    finding = found(read(content), "encoding_guessed")[0]
    assert (finding.severity, finding.row, finding.value) == ("warning", 3, "2;ThŸringen")
    assert read(content, encoding="mac-roman").columns["Ort"] == ["Bonn", "Thüringen"]


def test_a_dos_text_is_not_taken_for_windows(read: Reader) -> None:
    content = "Fall;Ort\n1;Bonn\n2;Thüringen\n".encode("cp850")
    with pytest.raises(SourceError, match=r"row 3: a character \(byte 0x81\) is not UTF-8 or Windows-1252"):
        read(content)
    assert read(content, encoding="cp850").columns["Ort"] == ["Bonn", "Thüringen"]


def test_two_encodings_in_one_text_are_refused(read: Reader) -> None:
    content = "Fall;Ort\n1;Köln\n2;Würzburg\n".encode() + "3;Zürich\n".encode("cp1252")
    with pytest.raises(
        SourceError, match=r"cases.csv, row 4: the text is UTF-8, but a character in this line"
    ):
        read(content)


def test_an_encoding_that_does_not_fit_names_the_line(read: Reader) -> None:
    with pytest.raises(SourceError, match=r"cases.csv, row 2: a character \(byte 0xF6\) is not utf-8\."):
        read("Fall;Ort\n1;Köln\n".encode("cp1252"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"is not UTF-16\."):
        read(b"\xff\xfea\x00b")


@pytest.mark.parametrize("encoding", ["utf-99", "", "hex", "rot13", "zip", "idna", "unicode_escape", "a\0b"])
def test_an_encoding_that_is_none_is_refused(read: Reader, encoding: str) -> None:
    with pytest.raises(SourceError, match=r"the encoding .* is not known"):
        read("a,b\n1,2\n", encoding=encoding)


def test_utf_16_without_a_mark_is_told_from_rubbish(read: Reader) -> None:
    with pytest.raises(SourceError, match='give encoding = "utf-16-le"'):
        read("a;b\n1;2\n".encode("utf-16-le"))
    with pytest.raises(SourceError, match='give encoding = "utf-16-be"'):
        read("a;b\n1;2\n".encode("utf-16-be"))
    assert read("a;b\n1;2\n".encode("utf-16-le"), encoding="utf-16-le").headings == ("a", "b")


def test_characters_that_were_lost_before_are_a_warning(read: Reader) -> None:
    finding = found(read("case,place\n1,K\ufffdln\n2,Z\ufffdrich\n"), "lost_characters")[0]
    assert (finding.severity, finding.row, finding.value) == ("warning", 2, "1,K\ufffdln")


def test_the_end_mark_of_dos_is_no_row(read: Reader) -> None:
    assert cells(read(b"a,b\r\n1,2\r\n\x1a")) == [["1", "2"]]


# Delimiter


@pytest.mark.parametrize(("delimiter", "named"), [(",", "','"), (";", "';'"), ("\t", "tab"), ("|", "'|'")])
def test_the_delimiter_is_found_out(read: Reader, delimiter: str, named: str) -> None:
    text = 'case;"drug";months\n1;"a; b, c| d";20\n2;x;0.5\n'.replace(";", delimiter)
    sheet = read(text)
    assert sheet.headings == ("case", "drug", "months")
    assert sheet.columns["months"] == ["20", "0.5"]
    assert f"delimiter {named}" in sheet.about


def test_commas_in_numbers_and_texts_do_not_make_a_delimiter(read: Reader) -> None:
    sheet = read("Fall;Dosis;Text\n1;2,5;a, b, c\n2;7,5;a, b\n3;1,25;c, d\n")
    assert sheet.headings == ("Fall", "Dosis", "Text")
    assert found(sheet, "delimiter_unclear") == []


def test_one_column_of_free_text_stays_one_column(read: Reader) -> None:
    sheet = read("remark\nfirst, second\nthird, fourth\n")
    assert sheet.columns == {"remark": ["first, second", "third, fourth"]}
    assert read("drug\nmethotrexate\n").columns == {"drug": ["methotrexate"]}


@pytest.mark.parametrize("rows", ["1,a\n2,b\n3,c\n", "1\n2\n3\n"])
def test_headings_show_the_delimiter_where_rows_end_early(read: Reader, rows: str) -> None:
    sheet = read("case,drug,dose\n" + rows)
    assert sheet.headings == ("case", "drug", "dose")
    assert [f.row for f in found(sheet, "too_few_cells")] == [2, 3, 4]


def test_two_delimiters_that_fit_alike_are_a_warning(read: Reader) -> None:
    finding = found(read("a;b,c\n1;2,3\n4;5,6\n"), "delimiter_unclear")[0]
    assert finding.severity == "warning"
    assert finding.why.startswith("Both ")


def test_quotation_marks_tell_the_delimiter(read: Reader) -> None:
    sheet = read('"a";"b, c"\n"1";"2, 3"\n"4";"5, 6"\n')
    assert sheet.headings == ("a", "b, c")
    assert found(sheet, "delimiter_unclear") == []


def test_a_delimiter_that_is_given_is_used(read: Reader) -> None:
    sheet = read("a;b,c\n1;2,3\n", delimiter=",", encoding="utf-8", decimal=".")
    assert sheet.headings == ("a;b", "c")
    assert found(sheet, "read_as") == []


@pytest.mark.parametrize("delimiter", ["", ", ", "tab", '"', "\n", "\r", "\0", " ", "a", "1"])
def test_what_cannot_be_a_delimiter_is_refused(read: Reader, delimiter: str) -> None:
    with pytest.raises(SourceError, match="cannot be a delimiter"):
        read("a,b\n1,2\n", delimiter=delimiter)


def test_the_line_with_which_excel_is_told_the_delimiter(read: Reader) -> None:
    sheet = read("sep=|\na|b,c\n1|2,5\n")
    assert sheet.headings == ("a", "b,c")
    assert list(sheet.row_numbers) == [3]


# Decimal sign


@pytest.mark.parametrize(
    ("texts", "sign", "shown_by", "against"),
    [
        ([], ".", "", ""),
        (["20", "8 (ongoing)"], ".", "", ""),
        (["0.5"], ".", "0.5", ""),
        (["12,5"], ",", "12,5", ""),
        (["0,125"], ",", "0,125", ""),
        (["1234,567"], ",", "1234,567", ""),
        (["1.234,5", "1.234"], ",", "1.234,5", ""),
        (["1,234.5"], ".", "1,234.5", ""),
        (["-2,5"], ",", "-2,5", ""),
        (["1,234"], ".", "", "1,234"),
        (["1.234"], ".", "", "1.234"),
        (["05.2024", "2,5"], ",", "2,5", ""),
        (["01.05.2024", "2,5"], ",", "2,5", ""),
        (["2.5", "3,5", "4,5"], ",", "3,5", "2.5"),
        (["2.5", "3,5"], ".", "2.5", "3,5"),
        (["Tacrolimus 2,5 mg/Tag"], ",", "Tacrolimus 2,5 mg/Tag", ""),
        (["Tacrolimus 2.5 mg/day", "1, 2 and 3 mg"], ".", "Tacrolimus 2.5 mg/day", ""),
        (["Tacrolimus 2,5 mg/Tag", "0.5"], ".", "0.5", ""),
        (["1,2", "a,b"], ",", "1,2", ""),
    ],
)
def test_the_decimal_sign_is_taken_from_what_has_one_reading(
    texts: list[str], sign: str, shown_by: str, against: str
) -> None:
    evidence = parse_decimal_sign(texts)
    assert (evidence.sign, evidence.shown_by, evidence.against) == (sign, shown_by, against)


def test_the_decimal_sign_of_a_sheet(read: Reader) -> None:
    assert read("Fall;Monate\n1;0,5\n2;20\n").decimal == ","
    assert read("Fall;Monate\n1;0,5\n2;20\n", decimal=".").decimal == "."


def test_numbers_that_can_be_read_in_two_ways_are_a_warning(read: Reader) -> None:
    finding = found(read("case;cells\n1;1,200\n"), "decimal_sign_unclear")[0]
    assert (finding.severity, finding.value) == ("warning", "1,200")
    finding = found(read("case;cells\n1;1,5\n2;2.5\n3;3.5\n"), "decimal_sign_unclear")[0]
    assert finding.why.startswith('"2.5" and "1,5" have different decimal signs')


# Cells and lines


def test_lines_are_counted_as_a_person_counts_them(read: Reader) -> None:
    text = '\n\ncase,note\n1,"two\nlines"\n\n2,"a ""word"""\r\n   ,  \n3,\n\n\n'
    sheet = read(text)
    assert cells(sheet) == [["1", "two\nlines"], ["2", 'a "word"'], ["3", ""]]
    assert list(sheet.row_numbers) == [4, 7, 9]
    assert [(f.severity, f.value) for f in found(sheet, "blank_rows")] == [("info", "1-2, 6, 8")]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_line_break_ends_a_line(read: Reader, line_break: str) -> None:
    sheet = read('a,b\n1,"x\ny"\n2,z\n'.replace("\n", line_break))
    assert cells(sheet) == [["1", "x\ny"], ["2", "z"]]
    assert list(sheet.row_numbers) == [2, 4]


def test_outer_blanks_go_and_inner_ones_stay(read: Reader) -> None:
    sheet = read('  case  ,\u00a0drug\u00a0name \n 1 ,"  a  b  "\n')
    assert sheet.columns == {"case": ["1"], "drug name": ["a  b"]}


def test_a_row_with_more_cells_than_headings_is_left_out(read: Reader) -> None:
    sheet = read("case,drug\n1,a\n2,b,c\n3,d,,\n4,e\n")
    assert cells(sheet) == [["1", "a"], ["3", "d"], ["4", "e"]]
    assert sheet.rows_left_out == 1
    finding = found(sheet, "too_many_cells")[0]
    assert (finding.severity, finding.row, finding.value) == ("error", 3, "c")


def test_a_row_with_fewer_cells_than_headings_is_used(read: Reader) -> None:
    sheet = read("case,drug,dose\n1,a,5\n2\n3,b,7\n")
    assert cells(sheet) == [["1", "a", "5"], ["2", "", ""], ["3", "b", "7"]]
    finding = found(sheet, "too_few_cells")[0]
    assert (finding.severity, finding.row, finding.value) == ("warning", 3, "1 cells")


def test_headings_for_fewer_columns_than_there_are_is_one_message(read: Reader) -> None:
    with pytest.raises(SourceError, match=r"row 1: the headings have 2 cells, most rows have more\."):
        read("case,drug\n1,a,5\n2,b,6\n3,c,7\n")


def test_a_title_above_the_headings_is_one_message(read: Reader) -> None:
    with pytest.raises(
        SourceError, match=r'row 1: the row holds only "Our cases", rows below it up to 3 cells'
    ):
        read("Our cases\n\ncase,drug,dose\n1,a,5\n2,b,6\n")


def test_a_quotation_mark_that_is_never_closed_names_its_row(read: Reader) -> None:
    with pytest.raises(
        SourceError, match=r'row 3: a quotation mark \("\) opens in this row and is never closed'
    ):
        read('case,drug\n1,a\n2,"b\n3,c\n4,d\n')


def test_text_after_a_closing_quotation_mark_names_its_row(read: Reader) -> None:
    with pytest.raises(SourceError, match=r"row 3: text follows a closing quotation mark"):
        read('case,drug,dose\n1,a,5\n2,"5 mg"/day,7\n')


def test_a_quotation_mark_inside_a_cell_is_a_character(read: Reader) -> None:
    assert read('case,size\n1,5" plaque\n').columns["size"] == ['5" plaque']


def test_error_texts_of_spreadsheet_programs_are_unknown(read: Reader) -> None:
    errors = ["#N/A", "#NV", "#REF!", "#DIV/0!", "#NAME?", "#BEZUG!", "#¡VALOR!", "Err:502"]
    kept = ["#1", "# of plaques", "Err", "#smoker"]
    sheet = read("case,value\n" + "".join(f"{i},{text}\n" for i, text in enumerate(errors + kept)))
    assert sheet.columns["value"] == [""] * len(errors) + kept
    assert [(f.row, f.value) for f in found(sheet, "error_cell")] == list(enumerate(errors, 2))


def test_a_million_characters_in_a_cell_are_a_finding(read: Reader) -> None:
    csv.field_size_limit(131_072)
    sheet = read("case,note,drug\n1,a,b\n2," + "x" * 1_000_000 + ",c\n")
    finding = found(sheet, "cell_too_long")[0]
    assert (finding.severity, finding.row, finding.column) == ("error", 3, "note")
    assert finding.value == sheet.columns["note"][1] == "x" * 79 + "…"
    assert sheet.columns["drug"] == ["b", "c"]
    assert csv.field_size_limit() == 131_072


def test_the_longest_cell_that_programs_allow_is_kept(read: Reader) -> None:
    sheet = read("case,note\n1," + "x" * 32_767 + "\n")
    assert len(sheet.columns["note"][0]) == 32_767
    assert not sheet.findings.has_errors


@given(
    st.lists(st.lists(st.text("aé1,;\t|\"' \n", max_size=6), min_size=2, max_size=2), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_what_a_program_writes_is_read_back_with_its_lines(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["first", "second"], *rows])
    expected, line = list[tuple[int, list[str]]](), 2
    for row in rows:
        if any(cell.strip() for cell in row):
            expected.append((line, [cell.strip() for cell in row]))
        line += 1 + sum(cell.count("\n") for cell in row)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cases.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        sheet = read_sheet(path, delimiter=delimiter, encoding=encoding)
    assert list(zip(sheet.row_numbers, cells(sheet), strict=True)) == expected


# Headings


def test_headings_without_rows_are_an_error(read: Reader) -> None:
    sheet = read("case,drug\n")
    assert sheet.columns == {"case": [], "drug": []}
    assert [f.severity for f in found(sheet, "no_rows")] == ["error"]
    assert sheet.to_arrow().num_rows == 0


def test_two_headings_alike_name_both_columns(read: Reader) -> None:
    sheet = read("case,drug,dose,drug\n1,a,5,b\n")
    finding = found(sheet, "duplicate_heading")[0]
    assert (finding.severity, finding.row, finding.value) == ("error", 1, "drug")
    assert finding.why == "Columns B and D have the same heading."
    assert sheet.columns["drug"] == ["a"]


def test_a_column_with_cells_and_no_heading_is_left_out(read: Reader) -> None:
    sheet = read("case,,drug,\n1,x,a,\n2,y,b,\n3,,c,\n")
    assert sheet.headings == ("case", "drug")
    assert sheet.letters == ("A", "C")
    finding = found(sheet, "column_without_heading")[0]
    assert (finding.severity, finding.column, finding.value) == ("warning", "column B", "x")
    assert finding.why == "Column B holds 2 cells and has no heading; it is left out."
    assert len(found(sheet, "column_without_heading")) == 1


def test_three_hundred_columns_are_read(read: Reader) -> None:
    sheet = read(",".join(f"h{i}" for i in range(300)) + "\n" + ",".join(map(str, range(300))) + "\n")
    assert len(sheet.headings) == 300
    assert (sheet.letters[299], sheet.columns["h299"]) == ("KN", ["299"])


def test_more_columns_than_programs_allow_are_refused(read: Reader) -> None:
    with pytest.raises(SourceError, match="row 1: the row has 16,385 columns"):
        read(",".join(f"h{i}" for i in range(16_385)) + "\n")


def test_the_letter_s_table_is_read_as_it_stands() -> None:
    path = Path(__file__).parents[2] / "examples" / "letter" / "table1.csv"
    sheet = read_sheet(path)
    assert list(sheet.row_numbers) == list(range(2, 24))
    assert sheet.columns["patient"][6:8] == ["P07", "P07"]
    assert sheet.columns["months_combined"][10] == "0.5"
    assert sheet.columns["adverse_events"][7] == ""
    assert [f.severity for f in sheet.findings] == ["info"]
