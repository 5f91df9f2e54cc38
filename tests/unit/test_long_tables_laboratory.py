"""Laboratory results of long tables: their test, their unit, and what cannot be."""

from pathlib import Path

import pytest
from tests.unit.long_table_study import ROW, Read, exposures, read_files

HEADINGS = "patient_id,date,test,value,unit,lln,uln"
SOURCE = '[source.exposures]\nfile = "taken.csv"\n[source.laboratory]\nfile = "lab.csv"\n'


def _read(folder: Path, *rows: str, source: str = "", headings: str = HEADINGS, rest: str = "") -> Read:
    lab = "\n".join([headings, *(f"1,2020-03-01,{row}" for row in rows), ""])
    files = {"taken.csv": exposures(ROW), "lab.csv": lab}
    return read_files(folder, files, source=f"{SOURCE}{source}\n", rest=rest)


def _said(read: Read) -> list[tuple[str, str, int | None, str]]:
    return [(f.severity, f.code, f.row, f.value) for f in read.findings if f.code != "cutoff_taken"]


def test_values_and_limits_are_kept_in_the_unit_of_their_test(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "Linfocitos,810,cells/µL,1000,4000",
        "Lymphozyten,0.81,G/L,1.0,4.0",
        "colesterol total,1.15,g/L,,2",
        "GPT,35,UI/L,,40",
        "Hb,141,g/L,120,160",
    )
    assert read.rows("laboratory", "test", "value", "unit", "lln", "uln") == [
        ("lymphocytes", 0.81, "10*9/L", 1.0, 4.0),
        ("lymphocytes", 0.81, "10*9/L", 1.0, 4.0),
        ("cholesterol", 115.0, "mg/dL", None, 200.0),
        ("alt", 35.0, "U/L", None, 40.0),
        ("hemoglobin", 14.1, "g/dL", 12.0, 16.0),
    ]
    assert _said(read) == []


def test_a_unit_that_leads_nowhere_is_one_finding_and_the_value_is_unknown(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "ALT,35,smg,,40",
        "ALT,36,smg,,40",
        "Leukocytes,7,mg/dL,,",
        "ALT,35,MU/L,,",
        "ALT,35,,,40",
    )
    assert _said(read) == [
        ("warning", "unknown_unit", 2, "smg"),
        ("warning", "impossible_unit", 4, "mg/dL"),
        ("warning", "unclear_unit", 5, "MU/L"),
        ("warning", "missing_unit", 6, ""),
    ]
    assert "2 results of ALT cannot be converted to U/L" in read.findings[0].why
    assert 'units = { alt = "U/L" }' in read.findings[3].what_to_do
    assert {row[0] for row in read.rows("laboratory", "value", "lln", "uln")} == {None}


def test_the_protocol_gives_the_unit_of_rows_that_give_none(tmp_path: Path) -> None:
    given = 'units = { alt = "U/L", lymphocytes = "/uL" }'
    read = _read(tmp_path, "ALT,35", "ALC,1200", headings="patient_id,date,test,value", source=given)
    assert read.rows("laboratory", "test", "value", "unit") == [
        ("alt", 35.0, "U/L"),
        ("lymphocytes", 1.2, "10*9/L"),
    ]
    assert _said(read) == []


def test_a_result_that_no_patient_has_is_unknown(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "lymphocytes,810,10^9/L,1,4",
        "lymphocytes,100,10^9/L,,",
        "lymphocytes,99,10^9/L,,",
        "lymphocytes,0,10^9/L,,",
        "platelets,250,10^9/L,,",
    )
    assert _said(read) == [
        ("warning", "implausible_result", 2, "810"),
        ("warning", "implausible_result", 3, "100"),
    ]
    assert [value for (value,) in read.rows("laboratory", "value")] == [None, None, 99.0, 0.0, 250.0]


def test_an_unknown_test_is_kept_as_written(tmp_path: Path) -> None:
    read = _read(tmp_path, "Ferritina,1200,weird,,", "Sustancia X,3,mg/dL,,")
    assert _said(read) == [
        ("info", "unknown_test", 2, "Ferritina"),
        ("info", "unknown_test", 3, "Sustancia X"),
    ]
    assert read.rows("laboratory", "test", "value", "unit") == [
        ("ferritina", 1200.0, "weird"),
        ("sustancia_x", 3.0, "mg/dL"),
    ]


def test_the_protocol_names_a_test(tmp_path: Path) -> None:
    read = _read(tmp_path, "Transaminase 1,35,U/L,,", rest='[values]\ntest.alt = ["Transaminase 1"]\n')
    assert read.rows("laboratory", "test", "value") == [("alt", 35.0)]
    assert _said(read) == []


@pytest.mark.parametrize("unit", ["U/L", "weird"])
def test_a_result_without_a_number_stays_unknown(tmp_path: Path, unit: str) -> None:
    read = _read(tmp_path, f"ALT,positive,{unit},,")
    assert read.rows("laboratory", "value") == [(None,)]
    assert "value_not_read" in read.codes("warning")
