"""Intervals for proportions and counts, also when patients contribute several times.

A histogram of patients is all that these functions see: how many patients have `n`
units of which `x` count. Integers from SQL are enough, for 18 patients and for ten
million; nothing is resampled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

ProportionMethod = Literal["wilson", "clopper_pearson"]

_ALPHA = 0.05
_NAMES = {"wilson": "Wilson", "clopper_pearson": "Clopper-Pearson"}
_STATSMODELS = {"wilson": "wilson", "clopper_pearson": "beta"}

ONE_SIDED = "Clopper-Pearson, one-sided 95 %"
TWO_SIDED = "Clopper-Pearson, two-sided 95 %"


class PatientGroup(NamedTuple):
    """Patients alike in how many units they have and how many of these count."""

    units: int
    hits: int
    patients: int


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; an end is None where there is none on that side."""

    lower: float | None
    upper: float | None
    method: str
    note: str = ""


def compute_design_effect(groups: Sequence[PatientGroup]) -> float:
    """How many times larger the variance is than for independent units; at least 1.

    Parameters
    ----------
    groups
        Patients by units and hits; patients without units do not matter.

    Notes
    -----
    With K patients and p the overall proportion: K / (K - 1) times the sum over
    patients of (hits - units p)^2, over n p (1 - p). It is the ratio of the
    cluster-robust to the binomial variance (Rao and Scott 1992,
    doi:10.2307/2532311). Worked number: 14 of 22 combinations in 18 patients of
    doi:10.1016/j.ad.2025.02.025 give 1.1448.
    """
    patients = sum(g.patients for g in groups if g.units)
    n = sum(g.units * g.patients for g in groups)
    p = sum(g.hits * g.patients for g in groups) / n
    observed = math.fsum(g.patients * (g.hits - g.units * p) ** 2 for g in groups)
    return max(1.0, patients / (patients - 1) * observed / (n * p * (1 - p)))


def compute_proportion_intervals(
    groups: Sequence[PatientGroup], method: ProportionMethod = "wilson"
) -> tuple[Interval, ...]:
    """The 95 % interval of a proportion of units; for none of n, both upper bounds.

    Parameters
    ----------
    groups
        Patients by units and hits.
    method
        Interval between the extremes. 0 of n and n of n always take the exact one.

    Returns
    -------
    tuple of Interval
        One interval; two for 0 of n (two-sided and one-sided); none without units.

    Notes
    -----
    Where a patient has several units, n and hits are divided by the design effect;
    0 of n and n of n are then exact on patients, because no variance can be seen.
    Wilson 1927 (doi:10.1080/01621459.1927.10502953); Clopper and Pearson 1934
    (doi:10.1093/biomet/26.4.404). Worked numbers: 8 of 18 exact 21.5 to 69.2 %;
    11 of 18 Wilson 38.6 to 79.7 %; 0 of 18 at most 15.3 % one-sided.
    """
    patients = sum(g.patients for g in groups if g.units)
    n = sum(g.units * g.patients for g in groups)
    hits = sum(g.hits * g.patients for g in groups)
    if n == 0:
        return ()
    clustered = n > patients
    if hits in (0, n):
        return _compute_extreme(all_of_them=hits > 0, patients=patients, clustered=clustered)
    if not clustered:
        return (_compute_between(hits, n, method, ""),)
    if patients == 1:
        return (Interval(None, None, "", "one patient: no interval"),)
    effect = compute_design_effect(groups)
    found = _compute_between(hits / effect, n / effect, method, f"design effect {effect:.4f}")
    return (Interval(found.lower, found.upper, f"{found.method}, patients as clusters", found.note),)


def _confint(hits: float, n: float, method: str) -> object:
    # Imported where it is used: it takes a second, and episode tables are made without it.
    from statsmodels.stats.proportion import proportion_confint

    return proportion_confint(hits, n, _ALPHA, method)


def _compute_between(hits: float, n: float, method: ProportionMethod, note: str) -> Interval:
    ends = _confint(hits, n, _STATSMODELS[method])
    lower, upper = cast("tuple[float, float]", ends)
    return Interval(float(lower), float(upper), f"{_NAMES[method]}, 95 %", note)


def _compute_extreme(*, all_of_them: bool, patients: int, clustered: bool) -> tuple[Interval, ...]:
    note = "exact on patients" if clustered else ""
    two_sided = (_ALPHA / 2) ** (1 / patients)
    if all_of_them:
        return (Interval(two_sided, 1.0, TWO_SIDED, note),)
    return (
        Interval(0.0, 1 - two_sided, TWO_SIDED, note),
        Interval(None, 1 - _ALPHA ** (1 / patients), ONE_SIDED, note),
    )


def compute_count_interval(count: float) -> tuple[float, float]:
    """Exact 95 % interval of a Poisson count (Garwood 1936, doi:10.2307/2333958).

    Worked numbers: 0 gives 0 to 3.6889; 5 gives 1.6235 to 11.6683.
    """
    from statsmodels.stats.rates import confint_poisson

    lower, upper = cast("tuple[float, float]", confint_poisson(count, 1, method="exact-c", alpha=_ALPHA))
    return float(lower), float(upper)


_USUAL = {
    "Wilson": "wilson",
    "Clopper-Pearson (exact)": "beta",
    "Wald (normal approximation)": "normal",
    "Agresti-Coull": "agresti_coull",
    "Jeffreys": "jeffreys",
}


def compute_usual_proportion_intervals(hits: int, n: int) -> dict[str, tuple[float, float]]:
    """The 95 % intervals of a proportion of independent units by the methods that papers use, by name.

    Parameters
    ----------
    hits, n
        Numerator, and a denominator of at least 1.

    Notes
    -----
    Compared by Brown, Cai and DasGupta 2001 (doi:10.1214/ss/1009213286). Worked number: 14 of 22
    by Clopper-Pearson is 40.7 to 82.8 %.
    """
    found: dict[str, tuple[float, float]] = {}
    for name, method in _USUAL.items():
        lower, upper = cast("tuple[float, float]", _confint(hits, n, method))
        found[name] = (max(0.0, float(lower)), min(1.0, float(upper)))
    return found


def compute_mean_interval(mean: float, sd: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a mean by Student's t, for at least two values.

    Student 1908 (doi:10.2307/2331554). Worked number: mean 10, SD 2, n = 4 give 6.8176 to 13.1824.
    """
    from scipy.stats import t as student_t

    half = float(student_t.ppf(1 - _ALPHA / 2, n - 1)) * sd / math.sqrt(n)
    return mean - half, mean + half
