"""Rate ratios against statsmodels, a likelihood that is integrated by hand, and a published example."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.stats import gamma, poisson
from statsmodels.discrete.conditional_models import ConditionalPoisson
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.stats.rates import test_poisson_2indep as p_value_of_two_rates

from cotreat.analysis.rate_models import (
    RateRows,
    compute_cohort_ratios,
    compute_mid_p_ratio,
    compute_random_effect_ratios,
    compute_within_patient_ratios,
)


def invented(patients: int, seed: int, rows_each: int = 4, shape: float = 2.0) -> RateRows:
    """Patients whose own rates vary, with two states and a covariate."""
    draw = np.random.default_rng(seed)
    whose = np.repeat(np.arange(patients), rows_each)
    own = np.repeat(draw.gamma(shape, 1 / shape, patients), rows_each)
    design = np.column_stack([draw.integers(0, 2, len(whose)), draw.integers(0, 2, len(whose))]).astype(float)
    days = draw.integers(20, 400, len(whose)).astype(float)
    means = own * days * 0.004 * np.exp(design @ np.array([0.5, -0.3]))
    return RateRows(whose, days, draw.poisson(means).astype(float), design)


ROWS = invented(60, seed=4)


def test_patients_as_clusters_are_those_of_statsmodels() -> None:
    found = compute_cohort_ratios(ROWS)
    assert found is not None
    design = np.column_stack([np.ones(len(ROWS.days)), ROWS.design])
    other = GEE(
        ROWS.events,
        design,
        groups=ROWS.patients,
        offset=np.log(ROWS.days),
        family=Poisson(),
        cov_struct=Independence(),
    ).fit()
    assert other is not None
    assert found.log_ratios == pytest.approx(other.params[1:], rel=1e-7)
    assert found.covariance == pytest.approx(other.cov_robust[1:, 1:], rel=1e-6)


def test_the_comparison_within_patients_is_that_of_statsmodels() -> None:
    # It leaves out patients who have the same number in every row.
    uneven = [p for p in np.unique(ROWS.patients) if len(set(ROWS.events[ROWS.patients == p])) > 1]
    some = np.isin(ROWS.patients, uneven)
    rows = RateRows(ROWS.patients[some], ROWS.days[some], ROWS.events[some], ROWS.design[some])
    found = compute_within_patient_ratios(rows)
    assert found is not None
    other = ConditionalPoisson(rows.events, rows.design, groups=rows.patients, offset=np.log(rows.days)).fit(
        disp=False
    )
    assert found.log_ratios == pytest.approx(other.params, rel=1e-4)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(other.bse, rel=1e-3)


def test_with_one_row_per_patient_own_rates_are_the_negative_binomial_of_statsmodels() -> None:
    rows = invented(300, seed=9, rows_each=1)
    found = compute_random_effect_ratios(rows)
    assert found is not None
    design = np.column_stack([np.ones(len(rows.days)), rows.design])
    other = NegativeBinomial(rows.events, design, exposure=rows.days).fit(disp=False, maxiter=1000)
    assert found.log_ratios == pytest.approx(other.params[1:-1], rel=1e-3)
    assert found.variation == pytest.approx(other.params[-1], rel=1e-3)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(other.bse[1:-1], rel=1e-3)


def test_own_rates_have_the_highest_integrated_likelihood() -> None:
    """Of several rows per patient: each patient's likelihood is integrated numerically over the own rate."""
    rows = invented(14, seed=5, shape=0.7)
    found = compute_random_effect_ratios(rows)
    assert found is not None
    assert found.variation
    intercept = _best_intercept(rows, found.log_ratios, found.variation)
    best = _integrated(rows, intercept, found.log_ratios, found.variation)
    for place in range(2):
        for step in (-0.05, 0.05):
            moved = found.log_ratios.copy()
            moved[place] += step
            assert _integrated(rows, intercept, moved, found.variation) < best
    for factor in (0.9, 1.1):
        assert _integrated(rows, intercept, found.log_ratios, found.variation * factor) < best


def _best_intercept(rows: RateRows, log_ratios: np.ndarray, variation: float) -> float:
    def loss(intercept: float) -> float:
        return -_integrated(rows, intercept, log_ratios, variation)

    found = minimize_scalar(loss, bounds=(-9, -3), method="bounded")
    return float(found.x)


def _integrated(rows: RateRows, intercept: float, log_ratios: np.ndarray, variation: float) -> float:
    total = 0.0
    means = rows.days * np.exp(intercept + rows.design @ log_ratios)
    for patient in np.unique(rows.patients):
        own = rows.patients == patient

        def density(rate: float, own: np.ndarray = own) -> float:
            likely = math.prod(poisson.pmf(rows.events[own], rate * means[own]))
            return float(likely * gamma.pdf(rate, 1 / variation, scale=variation))

        total += math.log(quad(density, 0, 12, limit=100)[0])
    return total


def test_without_variation_own_rates_give_what_independent_events_give() -> None:
    rows = RateRows(
        np.repeat(np.arange(6), 2),
        np.full(12, 100.0),
        np.array([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2], dtype=float),
        np.tile([0.0, 1.0], 6)[:, None],
    )
    found = compute_random_effect_ratios(rows)
    assert found is not None
    assert found.variation == 0.0
    assert found.log_ratios == pytest.approx([math.log(2)])
    # Independent counts of 6 and 12: 1/6 + 1/12.
    assert found.covariance[0, 0] == pytest.approx(1 / 6 + 1 / 12)


# Breast cancer in woman-years, with and without X-rays of the chest: Boice and Monson 1977, in Rothman,
# Modern Epidemiology. The bounds by their definition: there the mid-P value of either side is 2.5 %.
def test_mid_p_bounds_are_where_the_p_value_of_statsmodels_is_two_and_a_half_percent() -> None:
    found = compute_mid_p_ratio(41, 28_010, 15, 19_017)
    assert found is not None
    ratio, lower, upper = found
    assert ratio == pytest.approx(41 / 28_010 / (15 / 19_017))
    for end, side in ((lower, "larger"), (upper, "smaller")):
        other = p_value_of_two_rates(41, 28_010, 15, 19_017, value=end, method="cond-midp", alternative=side)
        assert other.pvalue == pytest.approx(0.025, rel=1e-6)


def test_without_events_on_one_side_there_is_one_bound() -> None:
    assert compute_mid_p_ratio(0, 100, 0, 100) is None
    nothing = compute_mid_p_ratio(0, 100, 5, 100)
    assert nothing is not None
    # Half of 1 / (1 + r)^5 is 2.5 % there: the bound is 20^(1/5) - 1.
    assert nothing == (0.0, 0.0, pytest.approx(20 ** (1 / 5) - 1))
    ratio, lower, upper = compute_mid_p_ratio(5, 100, 0, 100) or (0, 0, 0)
    assert (ratio, upper) == (math.inf, None)
    assert lower == pytest.approx(1 / (20 ** (1 / 5) - 1))
