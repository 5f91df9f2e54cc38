"""How many times as often do events come in one state as in another? Models for rates.

All of them see the same rows: the days and events of a patient in one state and one set of
covariates. Sums over patients are sums over slices of arrays: a million patients are one
pass, not a million steps.
"""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import digamma, gammaln, polygamma
from scipy.stats import binom, norm

from cotreat.analysis.survival import Integers, Reals

_Z = float(norm.ppf(0.975))
_MOST_STEPS = 100
_CONVERGED = 1e-10
# Beyond this a ratio only grows, or shrinks: the data do not bound it.
_LARGEST = 15.0


@dataclass(frozen=True)
class RateRows:
    """Days and events of patients, those of one patient one after another.

    Attributes
    ----------
    patients
        Whose each row is; ascending.
    days
        Days at risk; positive.
    events
        Events in them.
    design
        One row each; the first columns are the states that are compared.
    """

    patients: Integers
    days: Reals
    events: Reals
    design: Reals

    @property
    def firsts(self) -> Integers:
        """Where the rows of each patient begin."""
        return np.flatnonzero(np.r_[True, self.patients[1:] != self.patients[:-1]])


@dataclass(frozen=True, slots=True)
class RatioFit:
    """Log ratios of the columns of a design, with their covariance.

    Attributes
    ----------
    log_ratios, covariance
        Of the columns of the design, without the intercept.
    variation
        Variance of the patients' own rates around 1; None where the model has none.
    """

    log_ratios: Reals
    covariance: Reals
    variation: float | None = None

    def ratio(self, weights: Reals) -> tuple[float, float, float]:
        """A ratio with its 95 % interval; `weights` are those of the columns in its logarithm."""
        log = float(weights @ self.log_ratios)
        half = _Z * math.sqrt(max(0.0, float(weights @ self.covariance @ weights)))
        return math.exp(log), math.exp(log - half), math.exp(log + half)


def compute_mid_p_ratio(
    events: int, days: int, other_events: int, other_days: int
) -> tuple[float, float | None, float | None] | None:
    """The ratio of two rates with its exact mid-P 95 % interval; None where nothing is known of it.

    Given their sum, the events of one are binomial with the share that its time and the
    ratio give. An end is None where the data set no bound: no events in one of the two.

    Notes
    -----
    Berry and Armitage 1995 (doi:10.2307/2348402). Worked number: 41 events in 28,010 years
    against 15 in 19,017 give 1.86, mid-P 1.04 to 3.45.
    """
    total = events + other_events
    if not total or days <= 0 or other_days <= 0:
        return None
    time = days / other_days

    def above(log_ratio: float) -> float:
        """P(more events) plus half P(as many)."""
        share = time * math.exp(log_ratio) / (1 + time * math.exp(log_ratio))
        return float(binom.sf(events, total, share) + binom.pmf(events, total, share) / 2)

    def bound(share: float) -> float:
        def apart(log_ratio: float) -> float:
            return above(log_ratio) - share

        return math.exp(cast("float", brentq(apart, -60.0, 60.0)))

    lower = bound(0.025) if events else 0.0
    upper = bound(0.975) if other_events else None
    ratio = events / other_events / time if other_events else math.inf
    return ratio, lower, upper


def compute_cohort_ratios(rows: RateRows) -> RatioFit | None:
    """Log rate ratios by a Poisson model with patients as clusters; None if it does not converge.

    Notes
    -----
    Generalised estimating equations with an independent working correlation and the sandwich
    variance (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13).
    """
    design = np.column_stack([np.ones(len(rows.days)), rows.design])
    fitted = _fit_poisson(rows, design)
    if fitted is None:
        return None
    beta, information = fitted
    residuals = rows.events - rows.days * np.exp(design @ beta)
    scores = np.add.reduceat(design * residuals[:, None], rows.firsts, axis=0)
    bread = _invert(information)
    return RatioFit(beta[1:], (bread @ (scores.T @ scores) @ bread)[1:, 1:])


def _fit_poisson(rows: RateRows, design: Reals) -> tuple[Reals, Reals] | None:
    """Coefficients and information of a Poisson regression, by Newton's steps."""
    beta = np.zeros(design.shape[1])
    beta[0] = math.log(float(rows.events.sum() / rows.days.sum()))
    for _ in range(_MOST_STEPS):
        means = rows.days * np.exp(design @ beta)
        information = design.T @ (design * means[:, None])
        step = _solve(information, design.T @ (rows.events - means))
        if step is None or np.abs(beta[1:]).max(initial=0.0) > _LARGEST:
            return None
        beta = beta + step
        if np.abs(step).max() < _CONVERGED:
            return beta, information
    return None


def compute_within_patient_ratios(rows: RateRows) -> RatioFit | None:
    """Log rate ratios from each patient's own comparison; None if it does not converge.

    Each patient's events are taken as given; only in which rows they came counts. What does
    not change within a patient drops out.

    Notes
    -----
    The conditional Poisson likelihood of a self-controlled case series (Farrington 1995,
    doi:10.2307/2533328). It is biased where an event changes the treatment.
    """
    firsts = rows.firsts
    counts = np.diff(np.r_[firsts, len(rows.days)])
    totals = np.add.reduceat(rows.events, firsts)
    beta = np.zeros(rows.design.shape[1])
    for _ in range(_MOST_STEPS):
        weights = rows.days * np.exp(rows.design @ beta)
        shares = weights / np.repeat(np.add.reduceat(weights, firsts), counts)
        means = np.add.reduceat(rows.design * shares[:, None], firsts, axis=0)
        expected = np.repeat(totals, counts) * shares
        information = rows.design.T @ (rows.design * expected[:, None])
        information -= means.T @ (means * totals[:, None])
        step = _solve(information, rows.design.T @ rows.events - means.T @ totals)
        if step is None or np.abs(beta).max(initial=0.0) > _LARGEST:
            return None
        beta = beta + step
        if np.abs(step).max() < _CONVERGED:
            return RatioFit(beta, _invert(information))
    return None


def compute_random_effect_ratios(rows: RateRows) -> RatioFit | None:
    """Log rate ratios by a Poisson model in which every patient has an own rate; None without one.

    The rates of patients vary by a gamma distribution with mean 1. Where the likelihood is
    highest without any variation, the result is that of independent events.

    Notes
    -----
    Maximum likelihood of the gamma-Poisson mixture, as in BIOBADADERM (doi:10.1093/bjd/ljad382).
    """
    design = np.column_stack([np.ones(len(rows.days)), rows.design])
    start = _fit_poisson(rows, design)
    if start is None:
        return None
    model = _GammaPoisson(rows, design)
    # A variance of e^-8 is none; of e^5 nothing that patients have.
    found = minimize(
        model.loss,
        np.r_[start[0], 0.0],
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] * design.shape[1] + [(-5.0, 8.0)],
        options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9},
    )
    point = np.asarray(found.x, dtype=float)
    for _ in range(_MOST_STEPS):
        if point[-1] >= 8.0 - 1e-6:
            return RatioFit(start[0][1:], _invert(start[1])[1:, 1:], 0.0)
        step = _solve(model.information(point), -model.loss(point)[1])
        if step is None or np.abs(point[1:-1]).max(initial=0.0) > _LARGEST:
            return None
        point = point + step
        if np.abs(step).max() < 1e-8:
            covariance = _invert(model.information(point))[1:-1, 1:-1]
            return RatioFit(point[1:-1], covariance, math.exp(-point[-1]))
    return None


class _GammaPoisson:
    """The likelihood of coefficients and of the logarithm of the gamma distribution's shape."""

    def __init__(self, rows: RateRows, design: Reals) -> None:
        self._rows, self._design = rows, design
        self._totals = np.add.reduceat(rows.events, rows.firsts)

    def _parts(self, point: Reals) -> tuple[float, Reals, Reals, Reals]:
        """Shape, expected events of each row and of each patient, and these by coefficient."""
        firsts = self._rows.firsts
        means = self._rows.days * np.exp(self._design @ point[:-1])
        by_column = np.add.reduceat(self._design * means[:, None], firsts, axis=0)
        return math.exp(point[-1]), means, np.add.reduceat(means, firsts), by_column

    def loss(self, point: Reals) -> tuple[float, Reals]:
        """Minus the log likelihood, and its slope."""
        shape, _, expected, by_column = self._parts(point)
        n, both = self._totals, shape + expected
        value = float(
            np.sum(gammaln(n + shape) - gammaln(shape) + shape * math.log(shape) - (shape + n) * np.log(both))
            + self._rows.events @ (self._design @ point[:-1])
        )
        slope = self._design.T @ self._rows.events - by_column.T @ ((shape + n) / both)
        of_shape = np.sum(
            digamma(n + shape) - digamma(shape) + math.log(shape) + 1 - np.log(both) - (shape + n) / both
        )
        return -value, -np.r_[slope, shape * of_shape]

    def information(self, point: Reals) -> Reals:
        """Minus the second derivatives of the log likelihood."""
        shape, means, expected, by_column = self._parts(point)
        n, both = self._totals, shape + expected
        counts = np.diff(np.r_[self._rows.firsts, len(means)])
        weights = np.repeat((shape + n) / both, counts) * means
        upper = self._design.T @ (self._design * weights[:, None])
        upper -= by_column.T @ (by_column * ((shape + n) / both**2)[:, None])
        side = shape * (by_column.T @ ((expected - n) / both**2))
        second = np.sum(
            polygamma(1, n + shape) - polygamma(1, shape) + 1 / shape - 1 / both - (expected - n) / both**2
        )
        first = -self.loss(point)[1][-1] / shape
        corner = -(shape * first + shape**2 * second)
        return np.block([[upper, side[:, None]], [side[None, :], np.array([[corner]])]])


def _solve(information: Reals, slope: Reals) -> Reals | None:
    try:
        return np.asarray(np.linalg.solve(information, slope), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None


def _invert(information: Reals) -> Reals:
    return np.asarray(np.linalg.inv(information), dtype=np.float64)
