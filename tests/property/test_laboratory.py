"""CTCAE grades of invented results, engine against oracle: on and around every bound, with gaps."""

from collections import Counter
from random import Random

import pytest

from cotreat.outcomes.lab_grades import compute_lab_grade
from cotreat.outcomes.lab_limits import compute_limit_intervals
from cotreat.vocabulary.ctcae import read_ctcae
from oracle.records import Exposure, LabResult, Parameters, Patient
from spec.case import ANCHORS, CONCOMITANT, PARTNERS, PlainStudy
from spec.engines import run_step_on_engine
from spec.steps import STEP_COLUMNS
from spec.table import difference

FIRST_DAY = 19_662  # 2023-11-01
STEP = "laboratory grades"
VALUES = {
    "lymphocytes": (0.1, 0.19, 0.2, 0.49, 0.5, 0.79, 0.8, 0.99, 1.0, 1.1, 2.0),
    "neutrophils": (0.09, 0.1, 0.49, 0.5, 0.99, 1.0, 1.03, 1.49, 1.5, 1.99, 2.0),
    "cpk": (150.0, 200.0, 201.0, 500.0, 501.0, 1000.0, 2000.0, 2001.0),
    "alt": (20.0, 30.0, 39.9, 40.0, 41.0, 60.0, 61.5, 80.0, 120.0, 121.0, 164.0, 200.0, 201.0, 800.0, 801.0),
    "alp": (90.0, 100.0, 101.0, 120.0, 121.0),
    "creatinine": (0.4, 0.6, 0.8, 0.9, 1.2, 1.3, 1.8, 1.9, 3.6, 3.7, 7.2, 7.3),
    "weight": (50.0, 56.0, 63.0, 66.5, 70.0, 73.5, 77.0, 84.0),
}
LIMITS = {
    "lymphocytes": (1.0, 1.1),
    "neutrophils": (1.5, 2.0),
    "cpk": (200.0,),
    "alt": (40.0, 41.0),
    "alp": (100.0, 120.0),
    "creatinine": (1.2,),
    "weight": (),
}


def measured_patient(draw: Random, name: str) -> Patient:
    """One patient on an anchor and a partner, with results before, on and after the first day."""
    start = FIRST_DAY + draw.choice((0, 5, 30))
    exposures = (
        Exposure(draw.choice(ANCHORS), start, start + draw.choice((20, 60, 120))),
        Exposure(draw.choice(PARTNERS), start + 10, start + draw.choice((25, 50))),
    )
    results = []
    for test in draw.sample(sorted(VALUES), 4):
        for _ in range(draw.randint(1, 6)):
            limit = draw.choice((None, 0.0, *LIMITS[test] * 3)) if LIMITS[test] else None
            results.append(
                LabResult(
                    start + draw.choice((-31, -30, -5, -1, 0, 0, 1, 15, 40, 130)),
                    test,
                    draw.choice((None, *VALUES[test] * 3)),
                    lln=draw.choice((None, 0.5, 0.7)) if test == "creatinine" else limit,
                    uln=limit,
                )
            )
    return Patient(name, exposures, laboratory=tuple(results), observed_to=FIRST_DAY + 150)


def measured_study(seed: int) -> PlainStudy:
    """Sixty such patients."""
    draw = Random(seed)  # noqa: S311  invented patients, no secrets
    parameters = Parameters(
        cutoff=FIRST_DAY + 230,
        anchor=ANCHORS,
        partner=PARTNERS,
        concomitant=CONCOMITANT,
        ctcae_version=("5.0", "6.0")[seed % 2],
        laboratory_lookback=draw.choice((0, 30)),
    )
    return PlainStudy("measured", tuple(measured_patient(draw, f"{i:03d}") for i in range(60)), parameters)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "engine",
    [
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("spark", marks=pytest.mark.spark),
    ],
)
def test_the_engine_agrees_with_the_oracle(engine: str, seed: int) -> None:
    study = measured_study(seed)
    expected = run_step_on_engine("oracle", [study], STEP)[study.name]
    found = run_step_on_engine(engine, [study], STEP)[study.name]
    for patient in study.patients:
        mine, theirs = ([r for r in rows if r["patient"] == patient.name] for rows in (found, expected))
        differs = difference(mine, theirs, STEP_COLUMNS[STEP])
        assert not differs, f"{engine}\n{patient}\n{study.protocol}\n{differs}"
    reasons = Counter(row["reason"] for row in expected)
    assert min(reasons[reason] for reason in ("no_limit", "no_value", None)) > 10


def test_every_limit_gives_the_grade_of_its_interval() -> None:
    """A value with a limit inside an interval has the grade that the interval names."""
    draw = Random(7)  # noqa: S311  invented values, no secrets
    for version in ("5.0", "6.0"):
        for criterion in read_ctcae(version).values():
            if criterion.test not in VALUES or criterion.test == "weight" or not criterion.needs_limit:
                continue
            value, baseline = draw.choice(VALUES[criterion.test]), draw.choice(VALUES[criterion.test])
            for part in compute_limit_intervals(criterion, value, baseline=baseline):
                low, high = part.low or 0.0, part.high or 4 * value + 100
                limit = low if part.includes_low and low == high else (low + high) / 2
                graded = compute_lab_grade(criterion, value, limit=limit, baseline=baseline)
                assert graded.grade == part.grade, (criterion.term, value, baseline, part)
