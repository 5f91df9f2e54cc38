"""Means, quantiles and their intervals from values and how often each occurs."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

BOOTSTRAP_PATIENTS = 10_000
RESAMPLES = 2_000
_CHUNK = 2_000_000  # numbers held at once while resampling
_ENDS = (0.025, 0.975)

BOOTSTRAP_METHOD = f"patient bootstrap, percentile, {RESAMPLES} resamples, 95 %"


@dataclass(frozen=True, slots=True)
class Values:
    """Distinct values in ascending order, and how often each occurs."""

    values: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many values there are, repeats included."""
        return sum(self.counts)


def compute_sum(data: Values) -> float:
    """The sum, rounded once at the end."""
    return float(sum((Fraction(v) * c for v, c in zip(data.values, data.counts, strict=True)), Fraction(0)))


def compute_mean(data: Values) -> float | None:
    """The mean, rounded once at the end; None without values."""
    if data.n == 0:
        return None
    total = sum((Fraction(v) * c for v, c in zip(data.values, data.counts, strict=True)), Fraction(0))
    return float(total / data.n)


def compute_sd(data: Values) -> float | None:
    """The standard deviation with n - 1; None for fewer than two values."""
    mean = compute_mean(data)
    if mean is None or data.n < 2:
        return None
    squares = math.fsum(c * (v - mean) ** 2 for v, c in zip(data.values, data.counts, strict=True))
    return math.sqrt(squares / (data.n - 1))


def compute_quantile(data: Values, probability: float) -> float | None:
    """The quantile of type 7 (linear between order statistics); None without values.

    Hyndman and Fan 1996 (doi:10.2307/2684934). Worked number: the quartile 0.25 of
    1, 2, 3, 4 is 1.75.
    """
    if data.n == 0:
        return None
    place = (data.n - 1) * probability
    low = math.floor(place)
    ends = np.cumsum(data.counts)
    below, above = np.searchsorted(ends, [low, min(low + 1, data.n - 1)], side="right")
    smaller, larger = data.values[int(below)], data.values[int(above)]
    return smaller + (place - low) * (larger - smaller)


def compute_bootstrap_intervals(
    patients: Sequence[int], values: Sequence[float], seed: int
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of mean and median, resampling whole patients.

    Parameters
    ----------
    patients
        The patient of each value.
    values
        One per unit of analysis.
    seed
        Start of the random numbers: the same seed gives the same interval.

    Returns
    -------
    dict
        ``mean`` and ``median`` with lower and upper end; empty for fewer than two
        patients or more than 10,000.

    Notes
    -----
    Patients with the same values are drawn together: how often each kind of patient is
    drawn is multinomial, which is what drawing patients one by one amounts to. Efron 1979
    (doi:10.1214/aos/1176344552).
    """
    kinds = _count_kinds(patients, values)
    n_patients = sum(kinds.values())
    if not 2 <= n_patients <= BOOTSTRAP_PATIENTS:
        return {}
    pairs = sorted((value, kind) for kind, own in enumerate(kinds) for value in own)
    ordered = np.array([value for value, _ in pairs], dtype=np.float64)
    owner = np.array([kind for _, kind in pairs], dtype=np.int64)
    shares = np.array(list(kinds.values()), dtype=np.float64) / n_patients
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // len(ordered))
    means: list[Reals] = []
    medians: list[Reals] = []
    for start in range(0, RESAMPLES, step):
        drawn = rng.multinomial(n_patients, shares, size=min(step, RESAMPLES - start))
        weights = drawn[:, owner]
        means.append(weights @ ordered / weights.sum(axis=1))
        medians.append(_weighted_medians(ordered, weights))
    return {"mean": _percentiles(means), "median": _percentiles(medians)}


def _count_kinds(patients: Sequence[int], values: Sequence[float]) -> dict[tuple[float, ...], int]:
    """How many patients have each set of values, in the order of the sets."""
    own: dict[int, list[float]] = {}
    for patient, value in zip(patients, values, strict=True):
        own.setdefault(patient, []).append(value)
    return dict(sorted(Counter(tuple(sorted(found)) for found in own.values()).items()))


def _weighted_medians(ordered: Reals, weights: Integers) -> Reals:
    ends = np.cumsum(weights, axis=1)
    n = ends[:, -1:]
    lower = ordered[np.argmax(ends > (n - 1) // 2, axis=1)]
    upper = ordered[np.argmax(ends > n // 2, axis=1)]
    return (lower + upper) / 2


def _percentiles(parts: list[Reals]) -> tuple[float, float]:
    lower, upper = cast("Sequence[float]", np.quantile(np.concatenate(parts), _ENDS))
    return float(lower), float(upper)


STATISTICS: dict[str, Callable[[Values], float | None]] = {
    "mean": compute_mean,
    "sd": compute_sd,
    "median": lambda data: compute_quantile(data, 0.5),
    "q1": lambda data: compute_quantile(data, 0.25),
    "q3": lambda data: compute_quantile(data, 0.75),
    "min": lambda data: data.values[0] if data.values else None,
    "max": lambda data: data.values[-1] if data.values else None,
    "sum": compute_sum,
}
