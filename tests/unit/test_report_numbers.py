"""Numbers are rounded half-up on their exact value and never printed as what they are not."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotreat.report.numbers import (
    compute_count_text,
    compute_interval_text,
    compute_number_text,
    compute_percent_text,
    compute_recorded_text,
    compute_rounded,
    compute_share_text,
)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (14.85, 1, "14.9"),  # the double lies below 14.85
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.125, 2, "0.13"),
        (1e-9, 1, "0.0"),
        (Fraction(1, 16), 3, "0.063"),
        (Fraction(2, 3), 1, "0.7"),
        (1e22, 0, "10000000000000000000000"),
    ],
)
def test_rounds_half_up_on_the_exact_value(value: float | Fraction, decimals: int, expected: str) -> None:
    assert str(compute_rounded(value, decimals)) == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (14, 22, "63.6%"),
        (1, 16, "6.3%"),
        (1, 2000, "0.1%"),  # exactly half: 0.05
        (0, 5, "0.0%"),
        (5, 5, "100.0%"),
        (1, 3000, "<0.1%"),
        (2999, 3000, ">99.9%"),
    ],
)
def test_a_percentage_has_one_decimal(numerator: int, denominator: int, expected: str) -> None:
    assert compute_percent_text(numerator, denominator) == expected


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_only_none_reads_zero_and_only_all_reads_hundred(numerator: int, denominator: int) -> None:
    numerator = min(numerator, denominator)
    text = compute_percent_text(numerator, denominator)
    assert (text == "0.0%") == (numerator == 0)
    assert (text == "100.0%") == (numerator == denominator)


def test_a_share_has_its_counts() -> None:
    assert compute_share_text(14, 22) == "14/22 (63.6%)"
    assert compute_share_text(0, 0) == "0/0 (not estimated)"
    assert compute_share_text(12345, 100000) == "12,345/100,000 (12.3%)"


def test_thousands_are_marked_from_five_digits_on() -> None:
    assert [compute_count_text(n) for n in (0, 9999, 10000)] == ["0", "9999", "10,000"]


@pytest.mark.parametrize(
    ("value", "keep_zeros", "expected"),
    [
        (15.0, True, "15.0"),
        (15.0, False, "15"),
        (0.25, False, "0.3"),
        (-0.04, True, "0.0"),
        (12000.0, True, "12,000.0"),
    ],
)
def test_a_number_can_drop_zeros_that_say_nothing(value: float, *, keep_zeros: bool, expected: str) -> None:
    assert compute_number_text(value, keep_zeros=keep_zeros) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "is_share", "expected"),
    [
        (0.4156, 0.8114, True, "41.6 to 81.1"),
        (0.0, 0.153, True, "0.0 to 15.3"),
        (None, 0.15304, True, "up to 15.3"),
        (0.847, None, True, "84.7 or more"),
        (None, None, True, ""),
        (6.0, 21.45, False, "6.0 to 21.5"),
        (0.0005, 0.9995, True, "0.1 to 100.0"),  # the point is moved, the double is not multiplied
    ],
)
def test_an_interval_has_both_ends_or_says_which(
    lower: float | None, upper: float | None, *, is_share: bool, expected: str
) -> None:
    assert compute_interval_text(lower, upper, is_share=is_share) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (20.0, "20"),
        (0.5, "0.5"),
        (0.25, "0.25"),
        (7.999999999999999, "8"),
        (0.8213552361396304, "0.8"),
        (21.85, "21.85"),
    ],
)
def test_a_recorded_number_keeps_its_decimals_and_a_computed_one_has_one(value: float, expected: str) -> None:
    assert compute_recorded_text(value) == expected
