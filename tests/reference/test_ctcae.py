"""CTCAE grades of laboratory values beside those of an independent implementation.

`ctcae_vectors.csv`: facts of the tests of pharmaverse/admiral (Apache-2.0, R; `derive_var_atoxgr_dir`):
value, unit, value before treatment, limits, and the grade that is expected, empty where there is none.
Its column `remark`:

- `uln_from_test`: the source sets the upper limit of these rows apart from its table, to the value before
  treatment less 1, and calls that value high; it is filled in here.
- `version_4`: rows that the source marks as not holding for 5.0 (its columns V4 and V5): they are by CTCAE 4,
  in which creatinine has a grade 1 from the value before treatment, and hemoglobin counts from a high one.
"""

import csv
from pathlib import Path

import pytest

from cotreat.outcomes.lab_grades import compute_lab_grade
from cotreat.vocabulary import NoConversion, parse_lab_unit, read_lab_tests
from cotreat.vocabulary.ctcae import LabCriterion, read_ctcae

VECTORS = list(csv.DictReader((Path(__file__).parent / "ctcae_vectors.csv").read_text().splitlines()))
# Multiples of a limit need no unit; what is compared with a bound does, and without one is no value.
NO_UNIT = {
    "alkaline_phosphatase_increased",
    "gamma_gt_increased",
    "bilirubin_increased",
    "cpk_increased",
    "creatinine_increased",
}


def criterion_of(row: dict[str, str]) -> LabCriterion:
    """The criterion by what its version calls it; 6.0 keeps the names of these terms."""
    return next(c for c in read_ctcae(row["ctcae_version"]).values() if c.name == row["term"])


def grade_of(row: dict[str, str]) -> int | None:
    criterion = criterion_of(row)
    test = read_lab_tests()[criterion.test]
    read = {name: float(row[name]) if row[name] else None for name in ("value", "baseline", "lln", "uln")}
    is_molar = False
    if criterion.term not in NO_UNIT:
        # The source knows units whatever their case.
        way = parse_lab_unit(test, row["unit"].replace("G/L", "g/L").replace("Mm", "mm").replace("MG", "mg"))
        if isinstance(way, NoConversion):
            return None
        read = {name: None if x is None else way.compute_value(x) for name, x in read.items()}
        is_molar = way.is_molar
        if read["value"] is not None and not test.is_plausible(read["value"]):
            return None
    position = row["baseline_position"] or None
    return compute_lab_grade(
        criterion,
        read["value"],
        limit=read["uln" if criterion.is_above else "lln"],
        baseline=read["baseline"],
        position=position,  # pyright: ignore[reportArgumentType]  one of low, normal, high in the file
        is_molar=is_molar,
    ).grade


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_every_vector_of_its_version_holds(version: str) -> None:
    rows = [row for row in VECTORS if row["ctcae_version"] == version and row["remark"] != "version_4"]
    differs = [
        row
        for row in rows
        if str(grade_of(row) if grade_of(row) is not None else "") != row["expected_grade"]
    ]
    assert differs == []
    assert len(rows) > 100


def test_what_differs_from_version_4() -> None:
    """Every row that is by CTCAE 4 and has another grade in 5.0 or 6.0, named; no other is left out."""
    rows = [row for row in VECTORS if row["remark"] == "version_4"]
    found = {
        (row["ctcae_version"], criterion_of(row).term, row["value"], row["baseline"], row["uln"]): (
            int(row["expected_grade"]),
            grade_of(row),
        )
        for row in rows
    }
    assert found == {
        ("5.0", "creatinine_increased", "42", "28", "42"): (1, 0),
        ("6.0", "creatinine_increased", "42", "28", "42"): (1, 0),
        ("6.0", "creatinine_increased", "42", "41", "42"): (1, 0),
        ("6.0", "creatinine_increased", "42", "14", "40"): (2, 1),
        ("5.0", "hemoglobin_increased", "105", "65", "60"): (2, 3),
        ("5.0", "hemoglobin_increased", "85", "65", "60"): (1, 2),
        ("6.0", "hemoglobin_increased", "85", "65", "60"): (1, 2),
    }


@pytest.mark.parametrize(
    ("version", "term", "value", "limit", "grade"),
    [
        ("5.0", "neutropenia", 1.03, None, 2),
        ("6.0", "neutropenia", 1.03, None, 1),
        ("5.0", "lymphopenia", 0.8, 1.0, 1),
        ("5.0", "lymphopenia", 0.81, 1.0, 1),
        ("5.0", "lymphopenia", 0.5, 1.0, 2),
        # 6.0: lymphopenia is present or not, whatever the count (NCI 2025).
        ("6.0", "lymphopenia", 0.19, 1.0, 1),
        ("5.0", "thrombocytopenia", 24.0, None, 4),
        ("6.0", "thrombocytopenia", 24.0, None, 3),
        # In binary fractions 1.5 x 1.2 is a little less than 1.8, and 3 x 1.1 a little more than 3.3.
        ("6.0", "creatinine_increased", 1.8, 1.2, 1),
        ("6.0", "creatinine_increased", 3.3, 1.1, 2),
        ("6.0", "creatinine_increased", 3.300001, 1.1, 3),
    ],
)
def test_worked_values(version: str, term: str, value: float, limit: float | None, grade: int) -> None:
    assert compute_lab_grade(read_ctcae(version)[term], value, limit=limit).grade == grade


def test_triglycerides_on_the_bound_have_the_milder_grade_in_either_unit() -> None:
    """CTCAE writes `150 - 300 mg/dL; 1.71 - 3.42 mmol/L`; 1.71 mmol/L are 151.4 mg/dL."""
    criterion = read_ctcae("5.0")["hypertriglyceridemia"]
    way = parse_lab_unit(read_lab_tests()["triglycerides"], "mmol/L")
    assert not isinstance(way, NoConversion)
    grades = {
        x: compute_lab_grade(criterion, way.compute_value(x), is_molar=True).grade
        for x in (1.71, 1.72, 3.42, 3.43)
    }
    assert grades == {1.71: 0, 1.72: 1, 3.42: 1, 3.43: 2}
    assert [compute_lab_grade(criterion, x).grade for x in (150.0, 151.0, 300.0, 301.0)] == [0, 1, 1, 2]


# Multiples of the upper limit from which grades 1 to 4 begin: NCI, CTCAE 5.0 (27 November 2017).
# A value exactly there has the milder grade.
MULTIPLES = {
    "alkaline_phosphatase_increased": (1, 2.5, 5, 20),
    "alt_increased": (1, 3, 5, 20),
    "ast_increased": (1, 3, 5, 20),
    "bilirubin_increased": (1, 1.5, 3, 10),
    "cpk_increased": (1, 2.5, 5, 10),
    "creatinine_increased": (1, 1.5, 3, 6),
    "gamma_gt_increased": (1, 2.5, 5, 20),
}


@pytest.mark.parametrize("term", MULTIPLES)
def test_each_multiple_of_the_upper_limit_begins_a_grade(term: str) -> None:
    bounds = read_ctcae("5.0")[term].bounds
    assert tuple(float(bounds[grade].limit_multiple or 0) for grade in (1, 2, 3, 4)) == MULTIPLES[term]
