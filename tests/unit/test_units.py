"""Units: UCUM codes, what people write in their place, and laboratory values in the unit of their test."""

import csv
import re
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
import ucumvert
from hypothesis import example, given
from hypothesis import strategies as st

from cotreat.findings import Unparsed
from cotreat.vocabulary import (
    Conversion,
    LabSource,
    NoConversion,
    Unit,
    parse_lab_unit,
    parse_ucum,
    parse_unit,
    read_lab_sources,
    read_lab_tests,
)

TESTS = read_lab_tests()


def _codes(text: str) -> tuple[str, ...]:
    units = parse_unit(text)
    assert not isinstance(units, Unparsed), units
    return tuple(unit.code for unit in units)


# --- UCUM ---


@pytest.mark.parametrize(
    ("code", "factor", "dimension"),
    [
        ("mg", Fraction(1, 1000), {"g": 1}),
        ("mg/dL", Fraction(10), {"g": 1, "m": -3}),
        ("mg/dl", Fraction(10), {"g": 1, "m": -3}),
        ("mg.dL-1", Fraction(10), {"g": 1, "m": -3}),
        ("10*9/L", Fraction(10**12), {"m": -3}),
        ("10^9/L", Fraction(10**12), {"m": -3}),
        ("/uL", Fraction(10**9), {"m": -3}),
        ("1/uL", Fraction(10**9), {"m": -3}),
        ("{cells}/uL", Fraction(10**9), {"m": -3}),
        ("10*3{cells}/uL", Fraction(10**12), {"m": -3}),
        ("U/L", Fraction(1, 60000), {"mol": 1, "s": -1, "m": -3}),
        ("ukat/L", Fraction(1, 1000), {"mol": 1, "s": -1, "m": -3}),
        ("m[IU]/L", Fraction(1), {"[iU]": 1, "m": -3}),
        ("g/(8.h)", Fraction(1, 28800), {"g": 1, "s": -1}),
        ("mg/kg/d", Fraction(1, 86400 * 10**6), {"s": -1}),
        ("fL", Fraction(1, 10**18), {"m": 3}),
        ("um3", Fraction(1, 10**18), {"m": 3}),
        ("[lb_av]", Fraction("453.59237"), {"g": 1}),
        ("mm[Hg]", Fraction(133322), {"g": 1, "m": -1, "s": -2}),
        ("%", Fraction(1, 100), {}),
        ("mL/min/{1.73_m2}", Fraction(1, 60 * 10**6), {"m": 3, "s": -1}),
        ("10*-3", Fraction(1, 1000), {}),
        ("mo", Fraction("30.4375") * 86400, {"s": 1}),
    ],
)
def test_a_ucum_code_is_an_exact_number_of_base_units(
    code: str, factor: Fraction, dimension: dict[str, int]
) -> None:
    unit = parse_ucum(code)
    assert isinstance(unit, Unit)
    assert (unit.factor, dict(unit.dimension)) == (factor, dimension)


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "mg dL",
        "MG",
        "K/uL",
        "G/L",
        "T/L",
        "Mg/dL",
        "mg/",
        "mg//dL",
        "(mg",
        "mg)",
        "mg/0",
        "m99",
        "10*999999999",
        "{mg",
        "smg",
        "(" * 9 + "m" + ")" * 9,
        "m" * 61,
    ],
)
def test_what_is_no_ucum_code_of_medicine_is_not_read(code: str) -> None:
    assert isinstance(parse_ucum(code), Unparsed)


def _examples() -> list[str]:
    """The codes that UCUM itself lists as examples for electronic messages."""
    path = Path(ucumvert.__file__).parent / "vendor" / "ucum_examples.tsv"
    rows = csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return [row[1] for row in rows if len(row) > 1 and row[1] != "UCUM_CODE"]


# Own dimensions here, plain numbers or moles in UCUM.
_NOT_COMPARED = re.compile(r"eq|osm|\[|kat|U")


def test_ucums_own_examples_mean_the_same_to_another_program() -> None:
    registry = ucumvert.PintUcumRegistry()
    read = {code: unit for code in _examples() if isinstance(unit := parse_ucum(code), Unit)}
    assert len(read) >= 760  # of 848; the rest is physics, length and household measures
    compared = 0
    for code, unit in read.items():
        if _NOT_COMPARED.search(code) or code.startswith("{"):  # an annotation alone is no unit there
            continue
        other = registry.from_ucum(code).to_base_units()
        # Its base unit of mass is the kilogram.
        mass = dict(unit.dimension).get("g", 0)
        assert float(unit.factor) == pytest.approx(other.magnitude * 1000**mass, rel=1e-9), code
        compared += 1
    assert compared >= 500


def test_every_code_of_the_tables_is_known() -> None:
    for name, column in (("ucum.csv", "code"), ("unit_spellings.csv", "ucum"), ("lab_tests.csv", "unit")):
        text = files("cotreat.vocabulary").joinpath(name).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            code = f"{row[column]}2" if row[column] in ("10*", "10^") else row[column]
            assert isinstance(parse_ucum(code), Unit), row


# --- what people write ---


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("mcg", ["ug"]),
        ("µg/mL", ["ug/mL"]),
        ("μmol/L", ["umol/L"]),
        ("mEq/L", ["meq/L"]),
        ("mEq/dL", ["meq/dL"]),
        ("mval/l", ["meq/L"]),
        ("cells/µL", ["/uL"]),
        ("células/mm3", ["/uL"]),
        ("Zellen/µl", ["/ul"]),
        ("cells per uL", ["/uL"]),
        ("/mm3", ["/uL"]),
        ("/mm³", ["/uL"]),
        ("/cumm", ["/uL"]),
        ("x10^9/L", ["10*9/L"]),
        ("x 10⁹/l", ["10*9/l"]),
        ("10E9/L", ["10*9/L"]),
        ("1e9/L", ["10*9/L"]),
        ("109/L", ["10*9/L"]),
        ("10*3/mm3", ["10*3/uL"]),
        ("K/uL", ["10*3/uL"]),
        ("Tsd./µl", ["10*3/uL"]),
        ("Gpt/l", ["10*9/L"]),
        ("/nl", ["/nl"]),
        ("IU/L", ["[IU]/L"]),
        ("UI/L", ["[IU]/L"]),
        ("mIU/mL", ["m[IU]/mL"]),
        ("u/l", ["U/L"]),
        ("MG/DL", ["mg/dL"]),
        ("Mg/dL", ["mg/dL"]),
        ("UMOL/L", ["umol/L"]),
        ("mg/100 mL", ["mg/dL"]),
        ("g%", ["g/dL"]),
        ("µm³", ["um3"]),
        ("lbs", ["[lb_av]"]),
        ("G/L", ["10*9/L", "g/L"]),
        ("MU/L", ["MU/L", "mU/L"]),
    ],
)
def test_what_people_write_is_read_as_ucum(text: str, codes: list[str]) -> None:
    assert list(_codes(text)) == codes
    assert list(_codes(f"  {text} ")) == codes


@pytest.mark.parametrize("text", ["", "  ", "smg", "mil/mm3", "million/uL", "x", "=1+1", "<b>", "K" * 61])
def test_an_unknown_unit_is_never_guessed(text: str) -> None:
    assert isinstance(parse_unit(text), Unparsed)


@given(st.text(max_size=70))
@example("10*99999999999999999999999999999999/L")
@example("{}" * 30)
def test_any_text_is_a_unit_or_none_and_never_an_error(text: str) -> None:
    units = parse_unit(text)
    assert isinstance(units, Unparsed) or all(isinstance(parse_ucum(unit.code), Unit) for unit in units)


# --- laboratory values ---


@pytest.mark.parametrize(
    ("test", "unit", "value", "expected"),
    [
        ("lymphocytes", "cells/µL", 810, 0.81),
        ("lymphocytes", "G/L", 0.81, 0.81),
        ("platelets", "10^3/mm3", 250, 250),
        ("platelets", "/uL", 250000, 250),
        ("leukocytes", "K/uL", 5.1, 5.1),
        ("hemoglobin", "g/L", 141, 14.1),
        ("hemoglobin", "G/L", 141, 14.1),
        ("alt", "IU/L", 35, 35),
        ("alt", "µkat/L", 0.5, 30),
        ("cholesterol", "g/L", 1.15, 115),
        ("crp", "mg/dL", 0.7, 7),
        ("potassium", "mEq/L", 4.1, 4.1),
        ("weight", "lb", 150, 68.0388555),
        ("mcv", "µm3", 91, 91),
    ],
)
def test_a_value_in_the_unit_of_its_test(test: str, unit: str, value: float, expected: float) -> None:
    way = parse_lab_unit(TESTS[test], unit)
    assert isinstance(way, Conversion)
    assert way.compute_value(value) == expected  # to the last bit


@pytest.mark.parametrize(
    ("test", "unit", "problem"),
    [
        ("leukocytes", "mg/dL", "impossible_unit"),
        ("lymphocytes", "%", "impossible_unit"),
        ("alt", "mg/dL", "impossible_unit"),
        ("alt", "umol/L", "impossible_unit"),
        ("glucose", "mmol", "impossible_unit"),
        ("crp", "mmol/L", "impossible_unit"),  # a protein of no agreed molar mass
        ("glucose", "mEq/L", "impossible_unit"),
        ("alt", "MU/L", "unclear_unit"),
        ("alt", "units per litre of blood", "unknown_unit"),
        ("alt", None, "missing_unit"),
        ("alt", "  ", "missing_unit"),
    ],
)
def test_a_unit_that_does_not_lead_to_the_unit_of_the_test(test: str, unit: str | None, problem: str) -> None:
    found = parse_lab_unit(TESTS[test], unit)
    assert isinstance(found, NoConversion)
    assert found.problem == problem


_WEIGHTS = {"C": "12.011", "H": "1.008", "N": "14.007", "O": "15.999"}
_MASSES = [source for source in read_lab_sources() if source.fact == "molar_mass"]


@pytest.mark.parametrize("source", _MASSES, ids=lambda source: source.test)
def test_a_molar_mass_agrees_with_both_of_its_sources(source: LabSource) -> None:
    test = TESTS[source.test]
    assert test.molar_mass == Fraction(source.value)
    if formula := re.search(r"Formula (\w+) ", source.source_1):
        atoms = re.findall(r"([A-Z])(\d*)", formula[1])
        assert test.molar_mass == sum(Fraction(_WEIGHTS[atom]) * int(n or 1) for atom, n in atoms)
    printed = re.search(r"factor ([\d.]+) \(\S+ to (\S+)\)", source.source_2)
    assert printed is not None
    way = parse_lab_unit(test, printed[2])
    assert isinstance(way, Conversion)
    # The printed factor goes the other way, and is rounded as printed.
    assert way.divisor / way.multiplier == pytest.approx(float(printed[1]), rel=2e-3)


def test_every_fact_of_a_test_has_its_two_sources_and_no_other_is_there() -> None:
    facts = {(s.test, s.fact, s.value) for s in read_lab_sources()}
    assert all(s.source_1 and s.source_2 and s.source_1 != s.source_2 for s in read_lab_sources())
    rows = csv.DictReader(
        files("cotreat.vocabulary").joinpath("lab_tests.csv").read_text(encoding="utf-8").splitlines()
    )
    shipped = [
        (row["test"], fact, value)
        for row in rows
        for fact in ("loinc", "molar_mass", "charge")
        for value in row[fact].split("|")
        if value
    ]
    assert facts == set(shipped)
    codes = [value for _, fact, value in shipped if fact == "loinc"]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("code", [c for test in TESTS.values() for c in test.loinc])
def test_a_loinc_code_has_its_check_digit(code: str) -> None:
    # Luhn's mod 10, as LOINC defines it: the digits doubled from the right, every second one.
    number, check = code.split("-")
    digits = "".join(str(int(d) * 2) if i % 2 == 0 else d for i, d in enumerate(reversed(number)))
    assert (10 - sum(map(int, digits)) % 10) % 10 == int(check)


@pytest.mark.parametrize(
    ("test", "value", "is_plausible"),
    [
        ("lymphocytes", 99.9, True),
        ("lymphocytes", 100, False),
        ("neutrophils", 100, False),
        ("platelets", 250, True),
        ("platelets", 250000, False),
        ("lymphocytes", 0, True),
        ("lymphocytes", 0.0021, False),
        ("neutrophils", 0, True),
        ("hemoglobin", 0, False),
        ("hemoglobin", 140, False),
        ("creatinine", 80, False),
        ("cholesterol", 5.2, False),
        ("glucose", 5.5, False),
    ],
)
def test_what_no_patient_has_is_rather_another_unit(test: str, value: float, *, is_plausible: bool) -> None:
    assert TESTS[test].is_plausible(value) is is_plausible
