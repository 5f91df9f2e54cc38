"""Paired comparisons against numbers that were published, or that R prints."""

import pytest

from cotreat.analysis.paired import (
    PairedTable,
    compute_improved_share,
    compute_mcnemar_p,
    compute_mean_interval,
    compute_paired_difference,
    compute_values,
)
from cotreat.analysis.summaries import compute_mean


@pytest.mark.parametrize(
    ("table", "difference", "lower", "upper"),
    [
        # Altman, Machin, Bryant, Gardner 2000, Statistics with confidence, table 6.2.
        (PairedTable(both=14, only_first=0, only_second=5, neither=22), 0.122, 0.011, 0.226),
        # Bentur 2009 (airway hyper-responsiveness), as computed by Fagerland and others 2014,
        # doi:10.1186/1471-2288-14-74: Newcombe square-and-add.
        (PairedTable(both=1, only_first=7, only_second=1, neither=12), -0.286, -0.507, -0.026),
        # Newcombe 1998 (doi in the docstring), table I: method 10 for 36, 12, 2, 0.
        (PairedTable(both=36, only_first=2, only_second=12, neither=0), 0.2, 0.0569, 0.3404),
    ],
)
def test_newcombes_interval(table: PairedTable, difference: float, lower: float, upper: float) -> None:
    found = compute_paired_difference(table)
    assert found is not None
    decimals = max(len(str(lower).partition(".")[2]), 3)
    assert round(found[0], 3) == difference
    assert (round(found[1].lower or 9, decimals), round(found[1].upper or 9, decimals)) == (lower, upper)


def test_the_exact_test_of_mcnemar() -> None:
    # Fagerland and others 2014: exact conditional 0.070 for 1 and 7.
    assert round(compute_mcnemar_p(PairedTable(1, 7, 1, 12)), 3) == 0.070
    # R: binom.test(2, 14)$p.value = 0.01293945.
    assert compute_mcnemar_p(PairedTable(36, 2, 12, 0)) == pytest.approx(0.01293945, abs=5e-9)


@pytest.mark.parametrize("better", range(9))
def test_the_share_of_the_improved_agrees_with_the_test(better: int) -> None:
    """The exact interval excludes one half exactly where the exact test rejects."""
    table = PairedTable(3, 8 - better, better, 3)
    share = compute_improved_share(table)
    assert share is not None
    is_away = not (share[1].lower or 0) <= 0.5 <= (share[1].upper or 0)
    assert is_away == (compute_mcnemar_p(table) < 0.05)


def test_the_mean_of_differences() -> None:
    # R's data set sleep, t.test(extra ~ group, paired = TRUE): 1.58, 0.7001142 to 2.4598858.
    differences = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    data = compute_values([(d, 1) for d in differences])
    found = compute_mean_interval(data)
    assert compute_mean(data) == pytest.approx(1.58)
    assert (found.lower, found.upper) == (pytest.approx(0.7001142), pytest.approx(2.4598858))


def test_what_cannot_be_estimated_says_so() -> None:
    assert compute_paired_difference(PairedTable(0, 0, 0, 0)) is None
    assert compute_improved_share(PairedTable(4, 0, 0, 5)) is None
    assert compute_mcnemar_p(PairedTable(4, 0, 0, 5)) == 1.0
    one, equal = compute_values([(2.0, 1)]), compute_values([(2.0, 3)])
    assert compute_mean_interval(one).note == "one patient: no interval"
    assert compute_mean_interval(equal).note == "no interval: all values are equal"
    same = compute_paired_difference(PairedTable(5, 0, 0, 0))
    assert same is not None
    assert same[0] == 0
    assert (same[1].lower or 0) < 0 < (same[1].upper or 0)
