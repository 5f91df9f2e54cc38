"""Intervals against printed tables, the papers' own examples, and the letter's patients."""

import csv
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from cotreat.analysis.intervals import (
    ONE_SIDED,
    TWO_SIDED,
    Interval,
    PatientGroup,
    ProportionMethod,
    compute_count_interval,
    compute_design_effect,
    compute_proportion_intervals,
)

LETTER = Path(__file__).parents[2] / "examples" / "letter" / "table1.csv"


def once_each(hits: int, n: int) -> list[PatientGroup]:
    """Patients with one unit each."""
    groups = [PatientGroup(1, 1, hits), PatientGroup(1, 0, n - hits)]
    return [group for group in groups if group.patients]


def ends(groups: list[PatientGroup], method: ProportionMethod = "wilson") -> tuple[float, float]:
    (found,) = compute_proportion_intervals(groups, method)
    assert found.lower is not None
    assert found.upper is not None
    return found.lower, found.upper


def percent(pair: tuple[float, float]) -> tuple[float, float]:
    return round(100 * pair[0], 1), round(100 * pair[1], 1)


# Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I, method 3.
@pytest.mark.parametrize(
    ("hits", "n", "printed"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (1, 29, (0.0061, 0.1718))],
)
def test_wilson_as_printed_by_newcombe(hits: int, n: int, printed: tuple[float, float]) -> None:
    lower, upper = ends(once_each(hits, n))
    assert (round(lower, 4), round(upper, 4)) == printed


# The same table, method 5. 0 of 20 is in it, and is always exact here.
@pytest.mark.parametrize(
    ("hits", "n", "printed"),
    [(81, 263, (0.2527, 0.3676)), (15, 148, (0.0578, 0.1617)), (1, 29, (0.0009, 0.1776))],
)
def test_clopper_pearson_as_printed_by_newcombe(hits: int, n: int, printed: tuple[float, float]) -> None:
    lower, upper = ends(once_each(hits, n), "clopper_pearson")
    assert (round(lower, 4), round(upper, 4)) == printed


def test_none_of_twenty_as_printed_by_newcombe() -> None:
    two_sided, _ = compute_proportion_intervals(once_each(0, 20))
    assert (two_sided.lower, round(two_sided.upper or 0, 4)) == (0.0, 0.1684)


# Proportions that a letter of 18 patients and 22 combinations has, in percent. Clopper and Pearson 1934
# (doi:10.1093/biomet/26.4.404) and Wilson 1927 (doi:10.1080/01621459.1927.10502953); each end is also
# held to the equation that defines it, further down.
@pytest.mark.parametrize(
    ("hits", "n", "exact"),
    [(8, 18, (21.5, 69.2)), (11, 18, (35.7, 82.7)), (12, 18, (41.0, 86.7)), (14, 22, (40.7, 82.8))],
)
def test_clopper_pearson_of_a_letter(hits: int, n: int, exact: tuple[float, float]) -> None:
    assert percent(ends(once_each(hits, n), "clopper_pearson")) == exact


@pytest.mark.parametrize(
    ("hits", "n", "wilson"),
    [(11, 18, (38.6, 79.7)), (12, 18, (43.7, 83.7)), (14, 22, (43.0, 80.3))],
)
def test_wilson_of_a_letter(hits: int, n: int, wilson: tuple[float, float]) -> None:
    assert percent(ends(once_each(hits, n))) == wilson


@pytest.mark.parametrize(("hits", "n"), [(1, 2), (8, 18), (14, 22), (199, 200)])
def test_clopper_pearson_solves_its_two_equations(hits: int, n: int) -> None:
    lower, upper = ends(once_each(hits, n), "clopper_pearson")
    as_many = sum(math.comb(n, k) * lower**k * (1 - lower) ** (n - k) for k in range(hits, n + 1))
    as_few = sum(math.comb(n, k) * upper**k * (1 - upper) ** (n - k) for k in range(hits + 1))
    assert as_many == pytest.approx(0.025, abs=1e-9)
    assert as_few == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize(("hits", "n"), [(1, 2), (8, 18), (14, 22), (199, 200)])
def test_wilson_ends_are_1_96_standard_errors_away(hits: int, n: int) -> None:
    for end in ends(once_each(hits, n)):
        assert abs(hits / n - end) / math.sqrt(end * (1 - end) / n) == pytest.approx(1.959963985, abs=1e-6)


# Garwood 1936 (doi:10.2307/2333958). The ends are the count times the limit factors that the US National
# Center for Health Statistics prints for 1 to 99 deaths (Deaths: Final Data, technical notes):
# 1 death 0.02532 and 5.57164, 5 deaths 0.32470 and 2.33367, 12 deaths 0.51671 and 1.74680.
@pytest.mark.parametrize(
    ("count", "printed"),
    [(0, (0.0, 3.6889)), (1, (0.0253, 5.5716)), (5, (1.6235, 11.6683)), (12, (6.2006, 20.9616))],
)
def test_garwood(count: int, printed: tuple[float, float]) -> None:
    lower, upper = compute_count_interval(count)
    assert (round(lower, 4), round(upper, 4)) == printed


@pytest.mark.parametrize(
    ("count", "factors"), [(1, (0.02532, 5.57164)), (5, (0.32470, 2.33367)), (12, (0.51671, 1.74680))]
)
def test_garwood_as_limit_factors(count: int, factors: tuple[float, float]) -> None:
    lower, upper = compute_count_interval(count)
    assert (round(lower / count, 5), round(upper / count, 5)) == factors


# Hanley and Lippman-Hand 1983 (doi:10.1001/jama.1983.03330370053031): 1 - 0.05^(1/n), roughly 3/n.
def test_none_of_eighteen_has_two_named_upper_bounds() -> None:
    assert compute_proportion_intervals(once_each(0, 18)) == (
        Interval(0.0, pytest.approx(1 - 0.025 ** (1 / 18)), TWO_SIDED),  # type: ignore[arg-type]  # compares
        Interval(None, pytest.approx(1 - 0.05 ** (1 / 18)), ONE_SIDED),  # type: ignore[arg-type]  # compares
    )
    two_sided, one_sided = compute_proportion_intervals(once_each(0, 18))
    assert round(100 * (two_sided.upper or 0), 1) == 18.5
    assert round(100 * (one_sided.upper or 0), 1) == 15.3


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson"])
def test_all_of_eighteen_is_exact_whatever_is_asked_for(method: ProportionMethod) -> None:
    (found,) = compute_proportion_intervals(once_each(18, 18), method)
    assert (round(100 * (found.lower or 0), 1), found.upper, found.method) == (81.5, 1.0, TWO_SIDED)


def test_nobody_has_no_interval() -> None:
    assert compute_proportion_intervals([]) == ()
    assert compute_proportion_intervals([PatientGroup(0, 0, 7)]) == ()


def letter_patients() -> list[PatientGroup]:
    """The letter's patients by combinations and complete responses, counted from its table."""
    with LETTER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    units = Counter(row["patient"] for row in rows)
    hits = Counter(row["patient"] for row in rows if row["response_to_combination"] == "complete")
    histogram = Counter((units[patient], hits[patient]) for patient in units)
    return [PatientGroup(n, x, patients) for (n, x), patients in sorted(histogram.items())]


# Rao and Scott 1992 (doi:10.2307/2532311), from the combinations of doi:10.1016/j.ad.2025.02.025.
def test_design_effect_of_the_letter() -> None:
    groups = letter_patients()
    assert groups == [(1, 0, 6), (1, 1, 9), (2, 2, 2), (3, 1, 1)]
    by_hand = Fraction(18, 17) * Fraction(9 * 4**2 + 6 * 7**2 + 2 * 8**2 + 10**2, 22 * 7 * 4)
    assert compute_design_effect(groups) == pytest.approx(float(by_hand), abs=1e-12)
    assert round(compute_design_effect(groups), 4) == 1.1448


def test_complete_responses_of_the_letter_with_patients_as_clusters() -> None:
    (found,) = compute_proportion_intervals(letter_patients())
    assert (round(100 * (found.lower or 0), 1), round(100 * (found.upper or 0), 1)) == (41.6, 81.1)
    assert found.method == "Wilson, 95 %, patients as clusters"
    assert found.note == "design effect 1.1448"


def test_clusters_widen_clopper_pearson_too() -> None:
    lower, upper = ends(letter_patients(), "clopper_pearson")
    plain_lower, plain_upper = ends(once_each(14, 22), "clopper_pearson")
    assert lower < plain_lower
    assert plain_upper < upper


def test_design_effect_is_at_least_one() -> None:
    # One hit in each of two units of each patient: less variation than by chance, no narrower interval.
    assert compute_design_effect([PatientGroup(2, 1, 10)]) == 1.0
    assert ends([PatientGroup(2, 1, 10)]) == pytest.approx(ends(once_each(10, 20)))


def test_all_pairs_of_repeated_patients_are_exact_on_patients() -> None:
    # 22 of 22 pairs in 18 patients are 18 of 18 patients: no variance can be seen.
    (found,) = compute_proportion_intervals(
        [PatientGroup(1, 1, 15), PatientGroup(2, 2, 2), PatientGroup(3, 3, 1)]
    )
    assert found.lower == pytest.approx(0.025 ** (1 / 18))
    assert (found.upper, found.note) == (1.0, "exact on patients")


def test_no_pair_of_repeated_patients_is_exact_on_patients() -> None:
    two_sided, one_sided = compute_proportion_intervals(
        [PatientGroup(1, 0, 15), PatientGroup(2, 0, 2), PatientGroup(3, 0, 1)]
    )
    assert (two_sided.upper, one_sided.upper) == (
        pytest.approx(1 - 0.025 ** (1 / 18)),
        pytest.approx(1 - 0.05 ** (1 / 18)),
    )


def test_one_patient_with_several_pairs_has_no_interval() -> None:
    assert compute_proportion_intervals([PatientGroup(3, 1, 1)]) == (
        Interval(None, None, "", "one patient: no interval"),
    )


def test_patients_without_units_do_not_matter() -> None:
    with_nothing = [*letter_patients(), PatientGroup(0, 0, 1000)]
    assert compute_proportion_intervals(with_nothing) == compute_proportion_intervals(letter_patients())


# Rates of the letter per 100 patient-years, from its 283 months: the formulas for a count, used on k, and on
# k and T both divided by the design effect of the events over the patients' own time.
@pytest.mark.parametrize(
    ("events", "rate", "exact", "effect", "clustered"),
    [
        (13, 55.1, (29.4, 94.3), 1.5325, (24.5, 106.6)),
        (12, 50.9, (26.3, 88.9), 1.3510, (23.1, 97.0)),
    ],
)
def test_rates_of_the_letter(
    events: int, rate: float, exact: tuple[float, float], effect: float, clustered: tuple[float, float]
) -> None:
    years = 283 / 12
    assert round(100 * events / years, 1) == rate
    lower, upper = compute_count_interval(events)
    assert (round(100 * lower / years, 1), round(100 * upper / years, 1)) == exact
    lower, upper = compute_count_interval(events / effect)
    wide = 100 * lower / (years / effect), 100 * upper / (years / effect)
    assert (round(wide[0], 1), round(wide[1], 1)) == clustered
