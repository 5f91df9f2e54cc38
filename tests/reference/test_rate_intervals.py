"""Rates of events: published and independently computed values, the source beside each."""

import csv
import math
from fractions import Fraction
from pathlib import Path

import pytest

from cotreat.analysis.rate_intervals import (
    CLUSTERED,
    EXACT,
    ONE_SIDED,
    TWO_SIDED,
    RateCounts,
    compute_first_rate_intervals,
    compute_rate,
    compute_rate_design_effect,
    compute_rate_intervals,
)

LETTER = Path(__file__).parents[2] / "examples" / "letter" / "table1.csv"
MONTH = Fraction("30.4375")
YEAR = Fraction("365.25")


def letter(events: dict[str, int]) -> RateCounts:
    """The letter's courses (cases 7 and 8 are one) and the events of each patient, counted by hand."""
    with LETTER.open(encoding="utf-8", newline="") as file:
        courses = {
            row["course"]: (row["patient"], Fraction(row["months_combined"].split()[0]))
            for row in csv.DictReader(file)
        }
    patients: dict[str, Fraction] = {}
    for patient, months in courses.values():
        patients[patient] = patients.get(patient, Fraction(0)) + months * MONTH
    assert sum(patients.values()) == 283 * MONTH
    return RateCounts.of((events.get(patient, 0), days) for patient, days in patients.items())


# Read off the published table: patients of cases 2, 7, 12, 13, 14, 15, 18 and 20, and 22.
LISTED = {"P02": 1, "P07": 1, "P11": 3, "P12": 2, "P13": 2, "P14": 1, "P17": 2, "P18": 1}


def test_the_letter_13_events_as_listed() -> None:
    counts = letter(LISTED)
    assert counts.events == 13
    assert compute_rate(counts.events, counts.days) == pytest.approx(55.1, abs=0.05)
    effect = compute_rate_design_effect(counts)
    assert effect == pytest.approx(1.5325, abs=0.00005)
    exact, clustered = compute_rate_intervals(counts)
    assert (exact.method, clustered.method) == (EXACT, CLUSTERED)
    assert (exact.lower, exact.upper) == (pytest.approx(29.4, abs=0.05), pytest.approx(94.3, abs=0.05))
    assert (clustered.lower, clustered.upper) == (
        pytest.approx(24.5, abs=0.05),
        pytest.approx(106.6, abs=0.05),
    )


def test_the_letter_12_events_with_dyslipidaemia_as_one() -> None:
    counts = letter({**LISTED, "P11": 2})
    assert counts.events == 12
    assert compute_rate(counts.events, counts.days) == pytest.approx(50.9, abs=0.05)
    assert compute_rate_design_effect(counts) == pytest.approx(1.3510, abs=0.00005)
    exact, clustered = compute_rate_intervals(counts)
    assert (exact.lower, exact.upper) == (pytest.approx(26.3, abs=0.05), pytest.approx(88.9, abs=0.05))
    assert (clustered.lower, clustered.upper) == (
        pytest.approx(23.1, abs=0.05),
        pytest.approx(97.0, abs=0.05),
    )


# Limits of a Poisson count: tables of Garwood (1936), Biometrika 28:437-442.
@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (12, 6.2006, 20.9616)],
)
def test_garwood_of_100_patient_years(events: int, lower: float, upper: float) -> None:
    (interval,) = compute_first_rate_intervals(events, 100 * YEAR)
    assert interval.lower == pytest.approx(lower, abs=0.00005)
    assert interval.upper == pytest.approx(upper, abs=0.00005)


def test_no_event_has_both_upper_bounds() -> None:
    two_sided, one_sided = compute_rate_intervals(RateCounts.of([(0, 100 * YEAR), (0, 100 * YEAR)]))
    assert (two_sided.method, one_sided.method) == (TWO_SIDED, ONE_SIDED)
    assert (two_sided.lower, two_sided.upper) == (0.0, pytest.approx(3.6889 / 2, abs=0.00005))
    assert one_sided.lower is None
    assert one_sided.upper == pytest.approx(-math.log(0.05) / 2)


def test_without_time_at_risk_there_is_no_rate() -> None:
    assert compute_rate(0, 0) is None
    assert compute_rate_intervals(RateCounts.of([])) == ()


def test_one_patient_has_no_design_effect() -> None:
    (only,) = compute_rate_intervals(RateCounts.of([(4, 100)]))
    assert only.method == EXACT


def test_events_that_follow_the_time_are_not_clustered() -> None:
    """Every patient has exactly as many events as the time lets expect: the design effect is 1, not 0."""
    counts = RateCounts.of([(1, 100), (2, 200), (3, 300)])
    assert compute_rate_design_effect(counts) == 1.0


def test_the_design_effect_is_the_ratio_of_two_variances() -> None:
    """By its definition: K/(K-1) sum (x - r t)^2 / sum x."""
    people = [(3, 100), (0, 250), (1, 400), (0, 30)]
    rate = 4 / 780
    by_hand = 4 / 3 * sum((x - rate * t) ** 2 for x, t in people) / 4
    assert compute_rate_design_effect(RateCounts.of(people)) == pytest.approx(by_hand, rel=1e-12)


def test_groups_of_different_patients_add_up() -> None:
    one, other = [(3, 100), (0, 250)], [(1, 400)]
    assert RateCounts.of(one) + RateCounts.of(other) == RateCounts.of([*one, *other])
