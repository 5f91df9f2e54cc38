"""Whether a printed number is what the data give: after rounding, in its own unit, as a bound."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from cotreat.audit.claims import Claim
from cotreat.audit.grammar.numerals import Numeral, compute_roundings
from cotreat.audit.verdicts.answers import Answer, Variant

# Values that were recorded in months come back from days with an error far below this.
_NOISE = Fraction(1, 10**9)
_DAYS: Mapping[str, Fraction] = MappingProxyType(
    {"days": Fraction(1), "weeks": Fraction(7), "months": Fraction(487, 16), "years": Fraction(1461, 4)}
)
# How far "about" reaches, as a share of the value.
_ABOUT = Fraction(1, 20)
_SUMMARIES = frozenset({"mean", "median", "sd", "q1", "q3", "min", "max"})


def compute_fit(numeral: Numeral, value: Fraction) -> bool:
    """Whether a printed number is the value after rounding, half-up or half-even, or a bound that holds.

    "At least" names the value itself: more would not be known, and less says too little.
    """
    if numeral.comparator == "<":
        return value < numeral.value
    if numeral.comparator == "<=":
        return value <= numeral.value
    if numeral.comparator == ">":
        return value > numeral.value
    if numeral.comparator == "~":
        return abs(value - numeral.value) <= _ABOUT * max(value, numeral.value)
    if numeral.decimals == 0 and numeral.value.denominator > 1:
        return value == numeral.value  # a share in words
    near = (value, value - _NOISE, value + _NOISE)
    return any(numeral.value in compute_roundings(v, numeral.decimals) for v in near)


def compute_value(claim: Claim, variant: Variant, answer: Answer) -> Fraction | None:
    """What the data give for a number, in the unit in which it is printed; None when they give nothing."""
    match claim.aspect:
        case "count" | "none":
            return _whole(answer.numerator)
        case "denominator":
            return _whole(answer.denominator)
        case "missing":
            return _whole(answer.missing)
        case "censored":
            return _whole(answer.censored)
        case "proportion":
            return _share(claim, answer)
        case "ci_lower" | "ci_upper":
            return _interval_end(claim, variant, answer)
        case "upper_bound":
            return None if answer.bound is None else compute_exact(answer.bound) * 100
        case "each":
            return _common(claim, variant, answer)
        case _:
            taken = (
                variant.statistic
                if claim.aspect in ("mean", "median") and variant.statistic
                else claim.aspect
            )
            return compute_printed(claim, answer, answer.values.get(taken))


def _share(claim: Claim, answer: Answer) -> Fraction | None:
    """A share in percent; one in words, such as two-thirds, as the fraction it names."""
    if answer.share is None:
        return None
    if claim.numeral is not None and not claim.is_percent:
        percent = Fraction(round(answer.share * 100), 100)
        is_named = abs(percent - claim.numeral.value) <= Fraction(1, 200)
        return claim.numeral.value if is_named else answer.share
    return answer.share * 100


def _interval_end(claim: Claim, variant: Variant, answer: Answer) -> Fraction | None:
    is_share = not answer.values
    statistic = "" if is_share else (variant.statistic or "mean")
    ends = answer.interval.get(statistic, (None, None))
    value = ends[0 if claim.aspect == "ci_lower" else 1]
    if value is None:
        return None
    return compute_exact(value) * 100 if is_share else compute_printed(claim, answer, value)


def _common(claim: Claim, variant: Variant, answer: Answer) -> Fraction | None:
    """The value that all have; under another reading the summary that is named."""
    if variant.statistic not in ("", "each"):
        return compute_printed(claim, answer, answer.values.get(variant.statistic))
    low, high = answer.values.get("min"), answer.values.get("max")
    return compute_printed(claim, answer, low) if low is not None and low == high else None


def compute_printed(claim: Claim, answer: Answer, value: float | None) -> Fraction | None:
    """A value of the data in the unit in which the claim is printed."""
    if value is None:
        return None
    exact = compute_exact(value)
    if answer.unit == "months" and claim.unit in _DAYS:
        return exact * _DAYS["months"] / _DAYS[claim.unit]
    if answer.unit in ("mg/day", "mg/week") and claim.mg_per_day and claim.numeral is not None:
        per_day = exact / 7 if answer.unit == "mg/week" else exact
        return per_day * claim.numeral.value / compute_exact(claim.mg_per_day)
    return exact


def compute_exact(value: float) -> Fraction:
    """The shortest decimal that names a real number."""
    return Fraction(Decimal(repr(value)))


def _whole(value: int | None) -> Fraction | None:
    return None if value is None else Fraction(value)
