"""Under which limits of the laboratory does a value have which grade? For values whose limit is not known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from cotreat.outcomes.lab_grades import Compared, compute_whole
from cotreat.vocabulary.ctcae import DECIMALS, LabCriterion

Limit = Literal["lln", "uln", "baseline"]


@dataclass(frozen=True, slots=True)
class LimitInterval:
    """One grade, and the interval of a missing limit (or value before treatment) under which it holds.

    Attributes
    ----------
    limit
        What is missing.
    low, high
        Ends in the unit of the test; None: no end on that side.
    includes_low, includes_high
        Whether a limit exactly at the end gives this grade.
    grade
        None where it is not gradable even so.
    """

    limit: Limit
    low: float | None
    high: float | None
    includes_low: bool
    includes_high: bool
    grade: int | None


def compute_limit_intervals(
    criterion: LabCriterion, value: float, *, baseline: float | None = None, is_molar: bool = False
) -> tuple[LimitInterval, ...]:
    """Every grade that a value can have without its limit, and the limits under which it has it.

    Parameters
    ----------
    criterion
        Of `read_ctcae`.
    value
        In the unit of the test.
    baseline
        The patient's value before treatment; without it a criterion that needs nothing else is taken
        apart by it.
    is_molar
        Whether the value was recorded in moles.

    Returns
    -------
    tuple of LimitInterval
        From low to high limits, neighbours of one grade joined; one with neither end where the
        grade does not depend on it.

    Examples
    --------
    >>> from cotreat.vocabulary.ctcae import read_ctcae
    >>> for found in compute_limit_intervals(read_ctcae("5.0")["lymphopenia"], 0.81):
    ...     print(found.grade, found.low, found.high)
    0 None 0.81
    1 0.81 None
    """
    if criterion.needs_limit or baseline is not None:
        limit: Limit = "uln" if criterion.is_above else "lln"
        steps = {b.limit_multiple: b.limit_plus for b in criterion.bounds.values() if b.limit_multiple}
        at = {(Fraction(compute_whole(value)) - compute_whole(plus)) / m for m, plus in steps.items()}
        at |= {
            (Fraction(compute_whole(value)) - compute_whole(b.limit_plus)) for b in criterion.bounds.values()
        }
        at |= set() if baseline is None else {Fraction(compute_whole(baseline))}
    else:
        limit = "baseline"
        multiples = (b.baseline_multiple for b in criterion.bounds.values())
        at = {compute_whole(value) / m for m in multiples if m}

    def grade_at(place: Fraction) -> int | None:
        own_limit, own_baseline = (
            (None, place)
            if limit == "baseline"
            else (place, None if baseline is None else compute_whole(baseline))
        )
        lowest, highest = Compared(
            criterion, compute_whole(value), own_limit, own_baseline, None, is_molar
        ).range
        return lowest if lowest == highest else None

    return _join(limit, sorted(place for place in at if place > 0), grade_at)


def _join(
    limit: Limit, places: Sequence[Fraction], grade_at: Callable[[Fraction], int | None]
) -> tuple[LimitInterval, ...]:
    """The places and what lies between them, neighbours of one grade joined."""
    whole = LimitInterval(limit, None, None, includes_low=False, includes_high=False, grade=None)
    if not places:
        return (replace(whole, grade=grade_at(Fraction(DECIMALS))),)
    parts: list[LimitInterval] = []
    before = Fraction(0)
    for place in places:
        at = float(place / DECIMALS)
        between = grade_at((before + place) / 2)
        low = parts[-1].high if parts else None
        parts.append(replace(whole, low=low, high=at, grade=between))
        parts.append(
            replace(whole, low=at, high=at, includes_low=True, includes_high=True, grade=grade_at(place))
        )
        before = place
    parts.append(replace(whole, low=parts[-1].high, grade=grade_at(2 * before)))
    return tuple(_merge(parts))


def _merge(parts: Sequence[LimitInterval]) -> list[LimitInterval]:
    merged = list(parts[:1])
    for part in parts[1:]:
        if part.grade == merged[-1].grade:
            merged[-1] = replace(merged[-1], high=part.high, includes_high=part.includes_high)
        else:
            merged.append(part)
    return merged
