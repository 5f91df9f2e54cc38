"""Two answers of the same patients: differences of proportions and of means, with their intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from scipy.stats import t as student
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from cotreat.analysis.intervals import Interval
from cotreat.analysis.summaries import Values, compute_mean, compute_sd

_ALPHA = 0.05
NEWCOMBE = "Newcombe, paired, 95 %"
STUDENT = "t, 95 %"
EXACT = "Clopper-Pearson, two-sided 95 %"


@dataclass(frozen=True, slots=True)
class PairedTable:
    """Patients by two yes-or-no answers.

    Attributes
    ----------
    both, neither
        Patients who said yes, or no, twice.
    only_first, only_second
        Patients who said yes once.
    """

    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def n(self) -> int:
        """How many patients there are."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def discordant(self) -> int:
        """How many patients changed their answer."""
        return self.only_first + self.only_second


def compute_paired_difference(table: PairedTable) -> tuple[float, Interval] | None:
    """The second proportion minus the first, with its interval; None without patients.

    Parameters
    ----------
    table
        Patients by both answers.

    Notes
    -----
    Newcombe 1998, method 10 (doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C):
    the Wilson intervals of both proportions, squared and added, less what the correlation
    takes away. Worked number: 14 both, 0 only first, 5 only second, 22 neither give
    0.122 with 0.011 to 0.226 (Altman and others 2000, Statistics with confidence, table 6.2).
    """
    n = table.n
    if n == 0:
        return None
    yes = (table.both + table.only_second, table.both + table.only_first)
    second, first = (x / n for x in yes)
    (low_second, high_second), (low_first, high_first) = (_wilson(x, n) for x in yes)
    phi = _compute_correlation(table)
    below = _compute_distance(second - low_second, high_first - first, phi)
    above = _compute_distance(high_second - second, first - low_first, phi)
    difference = second - first
    return difference, Interval(difference - below, difference + above, NEWCOMBE)


def _wilson(yes: int, n: int) -> tuple[float, float]:
    lower, upper = cast("tuple[float, float]", proportion_confint(yes, n, _ALPHA, "wilson"))
    return float(lower), float(upper)


def _compute_correlation(table: PairedTable) -> float:
    """The correlation of both answers, corrected for continuity where it is positive."""
    margins = (
        (table.both + table.only_first)
        * (table.only_second + table.neither)
        * (table.both + table.only_second)
        * (table.only_first + table.neither)
    )
    if margins == 0:
        return 0.0
    product = table.both * table.neither - table.only_first * table.only_second
    corrected = max(product - table.n / 2, 0) if product > 0 else product
    return corrected / math.sqrt(margins)


def _compute_distance(one: float, other: float, phi: float) -> float:
    # Rounding can make the square a hair less than nothing.
    return math.sqrt(max(one**2 - 2 * phi * one * other + other**2, 0.0))


def compute_improved_share(table: PairedTable) -> tuple[float, Interval] | None:
    """Of the patients whose answer changed, how many changed to yes; None if none changed.

    Exact, given how many changed (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404):
    the interval excludes one half where the exact McNemar test rejects.
    """
    if table.discordant == 0:
        return None
    lower, upper = cast(
        "tuple[float, float]", proportion_confint(table.only_second, table.discordant, _ALPHA, "beta")
    )
    return table.only_second / table.discordant, Interval(float(lower), float(upper), EXACT)


def compute_mcnemar_p(table: PairedTable) -> float:
    """The two-sided exact p-value of McNemar's test (1947, doi:10.1007/BF02295996); 1 if nobody changed.

    Worked number: 12 changed to yes and 2 to no give 0.0129.
    """
    if table.discordant == 0:
        return 1.0
    cells = [[table.both, table.only_first], [table.only_second, table.neither]]
    found = cast("Any", mcnemar(cells, exact=True))
    return float(found.pvalue)


def compute_mean_interval(data: Values) -> Interval:
    """The 95 % interval of a mean of independent values by Student's t, or why there is none.

    Student 1908 (doi:10.1093/biomet/6.1.1). Worked number: 1, 2, 3, 4 give 0.446 to 4.554.
    """
    mean, sd = compute_mean(data), compute_sd(data)
    if mean is None or sd is None:
        return Interval(None, None, "", "one patient: no interval" if data.n == 1 else "")
    if sd == 0:
        return Interval(None, None, "", "no interval: all values are equal")
    reach = float(student.ppf(1 - _ALPHA / 2, data.n - 1)) * sd / math.sqrt(data.n)
    return Interval(mean - reach, mean + reach, STUDENT)


def compute_values(values: Sequence[tuple[float, int]]) -> Values:
    """Distinct values in ascending order with their counts, from values that may repeat."""
    counts: dict[float, int] = {}
    for value, count in values:
        counts[value] = counts.get(value, 0) + count
    ordered = sorted(counts)
    return Values(tuple(ordered), tuple(counts[v] for v in ordered))
