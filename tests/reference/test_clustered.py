"""Two groups with patients as clusters, against the GEE of statsmodels and against published intervals."""

from collections import Counter

import numpy as np
import pytest
import statsmodels.api as sm

from cotreat.analysis.clustered import ComparedPatients, compute_comparison, compute_hybrid_interval
from cotreat.analysis.intervals import Interval, PatientGroup, compute_proportion_intervals

Z = 1.959963984540054


def invented(seed: int, patients: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers, whether of the first group, and patient: some patients in both groups, some several times."""
    draw = np.random.default_rng(seed)
    rows = []
    for patient in range(patients):
        luck = draw.random()
        rows += [
            (int(draw.random() < 0.2 + 0.6 * luck), int(draw.random() < 0.5), patient)
            for _ in range(draw.integers(1, 4))
        ]
    y, group, who = np.array(rows).T
    return y, group, who


def counted(y: np.ndarray, group: np.ndarray, who: np.ndarray) -> list[ComparedPatients]:
    kinds: Counter[tuple[int, int, int, int]] = Counter()
    for patient in np.unique(who):
        first, other = (y[(who == patient) & (group == g)] for g in (1, 0))
        kinds[len(first), int(first.sum()), len(other), int(other.sum())] += 1
    return [ComparedPatients(*kind, patients) for kind, patients in kinds.items()]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("patients", [30, 200])
def test_difference_and_ratio_are_those_of_gee(seed: int, patients: int) -> None:
    y, group, who = invented(seed, patients)
    design = sm.add_constant(group)
    # statsmodels has no factor for few patients.
    factor = np.sqrt(patients / (patients - 1))
    found = compute_comparison(counted(y, group, who))
    assert found is not None
    # The identity and the log link; which variance the family has does not matter to the sandwich here.
    linear = sm.GEE(y, design, groups=who, family=sm.families.Gaussian()).fit()
    width = Z * linear.bse[1] * factor
    assert found.difference == pytest.approx(linear.params[1], abs=1e-9)
    assert found.difference_interval.lower == pytest.approx(linear.params[1] - width, abs=1e-6)
    assert found.difference_interval.upper == pytest.approx(linear.params[1] + width, abs=1e-6)
    logged = sm.GEE(y, design, groups=who, family=sm.families.Poisson()).fit()
    width = Z * logged.bse[1] * factor
    assert found.ratio == pytest.approx(np.exp(logged.params[1]), rel=1e-6)
    assert found.ratio_interval.lower == pytest.approx(np.exp(logged.params[1] - width), rel=1e-5)
    assert found.ratio_interval.upper == pytest.approx(np.exp(logged.params[1] + width), rel=1e-5)


@pytest.mark.parametrize(
    ("x", "n", "y", "m", "lower", "upper"),
    [
        # Newcombe 1998 (doi in the docstring), table II, method 10: 56/70 against 48/80, 9/10 against 3/10.
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
    ],
)
def test_newcombes_hybrid(x: int, n: int, y: int, m: int, lower: float, upper: float) -> None:
    def single(hits: int, units: int) -> Interval:
        groups = [PatientGroup(1, 1, hits), PatientGroup(1, 0, units - hits)]
        return compute_proportion_intervals(groups, "wilson")[0]

    found = compute_hybrid_interval(x / n, single(x, n), y / m, single(y, m))
    assert (round(found.lower or 9, 4), round(found.upper or 9, 4)) == (lower, upper)


def test_an_extreme_has_an_interval_of_the_difference_and_says_why_none_of_the_ratio() -> None:
    groups = [
        ComparedPatients(1, 0, 0, 0, 5),
        ComparedPatients(0, 0, 1, 1, 3),
        ComparedPatients(0, 0, 1, 0, 4),
    ]
    found = compute_comparison(groups)
    assert found is not None
    assert found.difference == pytest.approx(-3 / 7)
    assert (found.difference_interval.lower or 0) < -3 / 7 < (found.difference_interval.upper or 0)
    assert found.ratio == 0
    assert found.ratio_interval.note == "no interval: a proportion is 0 or 1"


def test_few_patients_have_no_sandwich() -> None:
    """Nine patients on one side: of the difference Newcombe's interval, of the ratio none."""
    groups = [ComparedPatients(1, 1, 0, 0, 4), ComparedPatients(1, 0, 0, 0, 5)]
    others = [ComparedPatients(0, 0, 1, 1, 20), ComparedPatients(0, 0, 1, 0, 20)]
    found = compute_comparison([*groups, *others])
    assert found is not None
    assert found.difference_interval.method.startswith("Newcombe")
    assert found.ratio_interval == Interval(None, None, "", "no interval: fewer than 10 patients on one side")


def test_one_group_alone_is_compared_with_nothing() -> None:
    assert compute_comparison([ComparedPatients(1, 1, 0, 0, 5)]) is None
