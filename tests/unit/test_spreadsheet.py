"""What a file is: every wrong one gets one message that says where, what, and what to do."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from spreadsheet_files import packed, write_ods, write_xlsx, xlsx_parts, xlsx_row

from cotreat.errors import SourceError
from cotreat.readers import spreadsheet
from cotreat.readers.places import ColumnLetter, Excerpt, Place
from cotreat.readers.spreadsheet import read_sheet

CSV = b"case,drug\n1,methotrexate\n"


def refusal(path: Path, **options: Any) -> str:
    """The one message with which the file is refused."""
    with pytest.raises(SourceError) as caught:
        read_sheet(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return message


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def ole(*streams: str) -> bytes:
    """The signature of an old Office file, and the names of its streams as it stores them."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + b"".join(s.encode("utf-16-le") for s in streams)


def test_a_missing_file_names_what_is_there(tmp_path: Path) -> None:
    written(tmp_path / "cases.csv", CSV)
    message = refusal(tmp_path / "case.csv")
    assert message.startswith("case.csv: there is no such file. There is cases.csv.")


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    assert "There is no folder" in refusal(tmp_path / "nowhere" / "cases.csv")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "it is empty. Enter the table"),
        ("blanks.csv", b" \r\n\t\n", "it is empty."),
        ("blanks.csv", b";;;\n;;;\n", "it is empty."),
        ("mark.csv", b"\xef\xbb\xbf", "it is empty."),
        ("mark.csv", b"\xff\xfe", "it is empty."),
        ("empty.xlsx", b"", "it is empty."),
        ("random.csv", bytes(range(256)) * 20, "it is not a text: it holds NUL bytes."),
        ("random.csv", bytes(range(1, 32)) * 20, "it is not a text: it holds 520 control characters."),
        ("random.xlsx", bytes(range(256)) * 20, "it is not a workbook, or it is damaged."),
        ("report.csv", b"%PDF-1.7 ...", 'it is a PDF named ".csv".'),
        ("scan.xlsx", b"\x89PNG\r\n\x1a\n", 'it is a picture named ".xlsx".'),
        ("page.csv", b"\n <HTML><table><tr><td>1", 'it is a web page named ".csv".'),
        ("xml.txt", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", 'it is an XML file named ".txt".'),
        ("text.xlsx", CSV, 'it is a text (as in .csv) named ".xlsx". Rename it to .csv'),
        ("old.xls", ole("Root Entry", "Workbook"), "it is in the old Excel format. Save it as .xlsx"),
        ("old.xlsx", ole("Root Entry", "Workbook"), "it is in the old Excel format (.xls). Save it as .xlsx"),
        ("safe.xlsx", ole("Root Entry", "EncryptedPackage"), "it is protected by a password."),
        ("letter.xlsx", ole("Root Entry", "WordDocument"), "it is an old Office file, and not a workbook."),
        ("binary.xlsb", b"PK\x03\x04", "it is a binary Excel workbook."),
        ("cases.sav", CSV, 'files named ".sav" cannot be read. Save the table as one of .csv, .tsv'),
        ("cases", CSV, "its name has no ending."),
        (
            "~$cases.xlsx",
            b"\x05Author",
            "it is the mark that a spreadsheet program leaves beside an open file",
        ),
        (".~lock.cases.ods#", b",me;", "it is the mark that a spreadsheet program leaves"),
        ("letter.xlsx", packed({"[Content_Types].xml": "", "word/document.xml": ""}), "ZIP archive and not"),
        ("files.ods", packed({"a.txt": "a"}), "it is a ZIP archive and not a workbook."),
        ("none.xlsx", packed({}), "it is a ZIP archive and not a workbook."),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    message = refusal(written(tmp_path / name, content))
    assert message.startswith(f"{name}: ")
    assert said in message


def test_a_renamed_workbook_is_said_to_be_one(tmp_path: Path) -> None:
    rows = xlsx_row(1, "case") + xlsx_row(2, "1")
    assert 'an Excel workbook (.xlsx) named ".csv". Rename it to .xlsx' in refusal(
        write_xlsx(tmp_path / "cases.csv", rows)
    )
    assert 'an Excel workbook (.xlsx) named ".ods"' in refusal(write_xlsx(tmp_path / "cases.ods", rows))
    assert 'an OpenDocument workbook (.ods) named ".xlsx"' in refusal(write_ods(tmp_path / "cases.xlsx", ""))


def test_the_ending_may_be_in_capitals(tmp_path: Path) -> None:
    assert read_sheet(written(tmp_path / "CASES.CSV", CSV)).columns["drug"] == ["methotrexate"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cases.xlsx").mkdir()
    assert refusal(tmp_path / "cases.xlsx") == (
        "cases.xlsx: it is a folder. Name the file in it that holds the table."
    )


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cases.csv")
    assert "it is not a file but a device or a pipe." in refusal(tmp_path / "cases.csv")


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert "it cannot be read" in refusal(tmp_path / "cases\0.csv")
    assert "it cannot be read (File name too long)" in refusal(tmp_path / ("a" * 300 + ".csv"))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path / "cases.csv", CSV)
    monkeypatch.setattr(Path, "open", forbidden)
    assert "it may not be read." in refusal(path)


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "cases.csv", CSV)
    before = path.stat()

    def earlier(*_: object, **__: object) -> os.stat_result:
        return before

    monkeypatch.setattr(Path, "stat", earlier)
    written(path, CSV + b"2,prednisone\n")
    assert refusal(path) == "cases.csv: it is being written. Wait until it is saved, then run again."


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["cases.xlsx", "cases.ods"])
def test_a_workbook_that_is_cut_off(tmp_path: Path, name: str, share: float) -> None:
    path = tmp_path / name
    if name.endswith("xlsx"):
        write_xlsx(path, "".join(xlsx_row(n, f"case {n * 7919 % 1000}") for n in range(1, 200)))
    else:
        write_ods(path, "<table:table-row/>")
    content = path.read_bytes()
    written(path, content[: int(len(content) * share)])
    assert "the file ends too early: it is being written" in refusal(path)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_BYTES", 10)
    assert "it is larger than" in refusal(written(tmp_path / "cases.csv", CSV))


def test_a_text_has_no_sheets(tmp_path: Path) -> None:
    message = refusal(written(tmp_path / "cases.csv", CSV), sheet="Cases")
    assert 'a text has no sheets, and the protocol asks for the sheet "Cases".' in message


def test_reading_leaves_the_file_alone_and_knows_its_hash(tmp_path: Path) -> None:
    path = written(tmp_path / "cases.csv", CSV)
    sheet = read_sheet(path)
    assert path.read_bytes() == CSV
    assert sheet.sha256 == "25a1ad85a154b5f75fe37054ebea5816acb1ab7f16f358d93e2e9c22bc4f1d58"


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "cases.xlsx", xlsx_row(1, "case"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/workbook.xml", xlsx_parts("")["xl/workbook.xml"])
    assert "two of its parts have the same name" in refusal(path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("methotrexate", "methotrexate"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\ud800", r"\ud800"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("\n" * 1_000_000, r"\n" * 39 + "\\…"),
    ],
)
def test_values_are_shown_short_and_escaped(text: str, shown: str) -> None:
    assert Excerpt(text) == shown
    assert len(Excerpt(text)) <= 80


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")])
def test_columns_have_the_letters_of_spreadsheet_programs(index: int, letter: str) -> None:
    assert ColumnLetter(index) == letter


def test_many_findings_of_one_kind_are_one_table() -> None:
    found = Place("cases.csv").findings(
        "warning",
        "error_cell",
        "Why.",
        "What.",
        rows=[2, 3],
        columns=["drug", "drug"],
        values=["#N/A", "a\n"],
    )
    assert [(f.row, f.column, f.value, f.file) for f in found] == [
        (2, "drug", "#N/A", "cases.csv"),
        (3, "drug", r"a\n", "cases.csv"),
    ]
