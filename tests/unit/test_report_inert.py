"""Cells and texts stay text."""

import csv
import io
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotreat.report.inert import compute_inert_cell, compute_legible_text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+1+2", "'+1+2"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        (" =1", "' =1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-", "'-"),
    ],
)
def test_a_text_that_would_run_gets_an_apostrophe(cell: str, expected: str) -> None:
    assert compute_inert_cell(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (-0.5, "-0.5"),
        (-3, "-3"),
        ("-0.5", "-0.5"),
        ("+3", "+3"),
        ("-1,5", "-1,5"),
        ("-1e-05", "-1e-05"),
        ("14/22 (63.6%)", "14/22 (63.6%)"),
        ("baricitinib = methotrexate", "baricitinib = methotrexate"),
        ("", ""),
        (None, ""),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_numbers_and_other_texts_stay_as_they_are(cell: str | float | None, expected: str) -> None:
    assert compute_inert_cell(cell) == expected


@given(st.text())
def test_no_text_starts_like_a_formula(text: str) -> None:
    inert = compute_inert_cell(text)
    if inert and inert[0] in "=+-@\t\r\n":
        assert math.isfinite(float(inert.replace(",", ".")))
    assert inert in (text, f"'{text}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b", "a\u2400b"),
        ("a\x1fb", "a\u241fb"),
        ("a\x7fb", "a\u2421b"),
        ("a\x85b", "a\\u0085b"),
        ("15 \u202egm", "15 \\u202egm"),
        ("\ud800", "\\ud800"),
        ("\uffff", "\\uffff"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("Sjögren, 0–5 µg, 関節リウマチ, 👩‍⚕️", "Sjögren, 0–5 µg, 関節リウマチ, 👩‍⚕️"),  # noqa: RUF001 - as people write
    ],
)
def test_what_hides_or_is_forbidden_becomes_visible(text: str, expected: str) -> None:
    assert compute_legible_text(text) == expected


@given(st.text())
def test_any_text_survives_xml_and_csv(text: str) -> None:
    legible = compute_legible_text(text)
    element = ElementTree.Element("a")
    element.text = legible
    written = ElementTree.tostring(element, encoding="utf-8")
    assert (ElementTree.fromstring(written).text or "") == legible  # noqa: S314 - written one line above
    out = io.StringIO()
    csv.writer(out).writerow([compute_inert_cell(legible), "end"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline="")))[1] == "end"
