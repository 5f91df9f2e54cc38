"""How numbers are printed: rounding, percentages, intervals, counts.

Rounding is half-up (away from zero) on the exact value: a share is the fraction of its
two counts, and a real number is the shortest decimal that names it, so 14.85 becomes
14.9 although the double lies a little below. Percentages have one decimal whatever the
denominator, and never stand without their numerator and denominator.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

PERCENT_DECIMALS = 1
NOT_ESTIMATED = "not estimated"
# Up to four digits read well unbroken, and journals break only longer ones.
_LONGEST_UNBROKEN = 9_999
# Months that were recorded come back from days with an error far below this.
_NOISE = 1e-9


def compute_rounded(value: float | Fraction, decimals: int) -> Decimal:
    """The value rounded half-up to this many decimals.

    >>> str(compute_rounded(14.85, 1))
    '14.9'
    """
    with localcontext() as context:
        context.prec = 60
        exact = (
            Decimal(value.numerator) / Decimal(value.denominator)
            if isinstance(value, Fraction)
            else Decimal(repr(value))
        )
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def compute_count_text(count: int) -> str:
    """A count, with commas between thousands from 10,000 on."""
    return f"{count:,}" if abs(count) > _LONGEST_UNBROKEN else str(count)


def compute_number_text(value: float, decimals: int = 1, *, keep_zeros: bool = True) -> str:
    """A number with this many decimals; without trailing zeros when they say nothing.

    Parameters
    ----------
    value
        A finite number, unrounded.
    decimals
        Decimals to print.
    keep_zeros
        False for what was recorded rather than computed, such as a dose: 4, not 4.0.
    """
    rounded = compute_rounded(value, decimals)
    text = f"{rounded:,f}" if abs(rounded) > _LONGEST_UNBROKEN else f"{rounded:f}"
    if not keep_zeros and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.removeprefix("-") if not rounded else text


def compute_recorded_text(value: float) -> str:
    """A number as it was recorded, with up to two decimals; one that was computed has one.

    A duration of 0.25 months stays 0.25, and one between two dates, 0.8214 months, reads 0.8.
    """
    is_recorded = abs(value - float(compute_rounded(value, 2))) < _NOISE
    return compute_number_text(value, 2 if is_recorded else 1, keep_zeros=False)


def compute_percent_text(numerator: int, denominator: int) -> str:
    """A share as a percentage with one decimal, such as ``63.6%``.

    A share that is not zero is never printed as 0.0%, nor one that is not all as 100.0%:
    these read ``<0.1%`` and ``>99.9%``. The denominator is at least 1.
    """
    share = Fraction(numerator, denominator) * 100
    rounded = compute_rounded(share, PERCENT_DECIMALS)
    if share > 0 and rounded == 0:
        return "<0.1%"
    if share < 100 and rounded == 100:
        return ">99.9%"
    return f"{rounded}%"


def compute_share_text(numerator: int, denominator: int) -> str:
    """Numerator, denominator and percentage, such as ``14/22 (63.6%)``.

    A denominator of 0 has no percentage: ``0/0 (not estimated)``.
    """
    counts = f"{compute_count_text(numerator)}/{compute_count_text(denominator)}"
    return f"{counts} ({compute_percent_text(numerator, denominator) if denominator else NOT_ESTIMATED})"


def compute_interval_text(
    lower: float | None, upper: float | None, *, decimals: int = 1, is_share: bool = False
) -> str:
    """Both ends of an interval, such as ``41.6 to 81.1``; empty when it has none.

    Parameters
    ----------
    lower, upper
        Ends, unrounded; None when the interval is open on that side.
    decimals
        Decimals to print.
    is_share
        The ends are shares in 0..1 and are printed in percent, without the sign.
    """
    low, high = (_end(end, decimals, is_share=is_share) for end in (lower, upper))
    if low and high:
        return f"{low} to {high}"
    if high:
        return f"up to {high}"
    return f"{low} or more" if low else ""


def _end(value: float | None, decimals: int, *, is_share: bool) -> str:
    if value is None:
        return ""
    if not is_share:
        return compute_number_text(value, decimals)
    # Moving the decimal point is exact; multiplying the double by 100 is not.
    return str(compute_rounded(Fraction(Decimal(repr(value)) * 100), PERCENT_DECIMALS))
