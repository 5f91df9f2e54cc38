"""CTCAE grades of laboratory values, read off the criteria, and what is possible where something is missing.

What is possible is found by trying: every limit and every value before treatment at which the answer could
change, and those between them. Only the terms that the cases need are here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from oracle.records import LabResult, Parameters, StateInterval

Number = Fraction


@dataclass(frozen=True)
class Beside:
    """What a value is graded beside: its limit, the value before treatment, and where that lay."""

    limit: Number
    baseline: Number
    was_high: bool
    was_low: bool


@dataclass(frozen=True)
class Graded:
    """One result under one term."""

    result: LabResult
    term: str
    lowest: int | None
    highest: int | None
    reason: str | None
    is_baseline: bool
    is_after: bool


def _steps(*bounds: tuple[bool, int]) -> int:
    return max((grade for holds, grade in bounds if holds), default=0)


def _lymphopenia(v: Number, x: Beside) -> int:
    return _steps(
        (v < x.limit, 1), (v < Fraction("0.8"), 2), (v < Fraction("0.5"), 3), (v < Fraction("0.2"), 4)
    )


def _lymphopenia_6(v: Number, x: Beside) -> int:
    return _steps((v < x.limit, 1))


def _neutropenia(v: Number, x: Beside) -> int:
    return _steps((v < x.limit, 1), (v < Fraction("1.5"), 2), (v < 1, 3), (v < Fraction("0.5"), 4))


def _neutropenia_6(v: Number, x: Beside) -> int:
    return _steps((v < Fraction("1.5"), 1), (v < 1, 2), (v < Fraction("0.5"), 3), (v < Fraction("0.1"), 4))


def _cpk(v: Number, x: Beside) -> int:
    u = x.limit
    return _steps((v > u, 1), (v > Fraction("2.5") * u, 2), (v > 5 * u, 3), (v > 10 * u, 4))


def _alt(v: Number, x: Beside) -> int:
    if not x.was_high:
        return _steps((v > x.limit, 1), (v > 3 * x.limit, 2), (v > 5 * x.limit, 3), (v > 20 * x.limit, 4))
    b = x.baseline
    return _steps((v >= Fraction("1.5") * b, 1), (v > 3 * b, 2), (v > 5 * b, 3), (v > 20 * b, 4))


def _alt_6(v: Number, x: Beside) -> int:
    if not x.was_high:
        return _steps((v > x.limit, 1), (v > 3 * x.limit, 2), (v > 5 * x.limit, 3), (v > 20 * x.limit, 4))
    b = x.baseline
    return _steps((v >= b, 1), (v > Fraction("1.5") * b, 2), (v > 2 * b, 3), (v > 4 * b, 4))


def _alp(v: Number, x: Beside) -> int:
    half = Fraction("2.5")
    if not x.was_high:
        return _steps((v > x.limit, 1), (v > half * x.limit, 2), (v > 5 * x.limit, 3), (v > 20 * x.limit, 4))
    b = x.baseline
    return _steps((v >= 2 * b, 1), (v > half * b, 2), (v > 5 * b, 3), (v > 20 * b, 4))


def _alp_6(v: Number, x: Beside) -> int:
    return _steps((v > x.limit and v > x.baseline, 1))


def _creatinine(v: Number, x: Beside) -> int:
    u, b, half = x.limit, x.baseline, Fraction("1.5")
    return _steps((v > u, 1), (v > half * u or v > half * b, 2), (v > 3 * u or v > 3 * b, 3), (v > 6 * u, 4))


def _creatinine_6(v: Number, x: Beside) -> int:
    u, b, half = x.limit, x.baseline, Fraction("1.5")
    low = x.was_low
    return _steps(
        (v > u, 1),
        (v > half * u or (low and v > half * b), 2),
        (v > 3 * u or (low and v > 3 * b), 3),
        (v > 6 * u, 4),
    )


def _gained(v: Number, x: Beside) -> int:
    return _steps(
        *(
            (v >= Fraction(percent, 100) * x.baseline, grade)
            for percent, grade in ((105, 1), (110, 2), (120, 3))
        )
    )


def _lost(v: Number, x: Beside) -> int:
    return _steps(
        *((v <= Fraction(percent, 100) * x.baseline, grade) for percent, grade in ((95, 1), (90, 2), (80, 3)))
    )


@dataclass(frozen=True)
class Term:
    """How one term of one version is graded, by the lower or upper limit, and what it needs."""

    grade: Callable[[Number, Beside], int]
    is_above: bool
    needs: frozenset[str]


_LIMIT, _BASELINE, _BOTH = frozenset({"limit"}), frozenset({"baseline"}), frozenset({"limit", "baseline"})
TERMS = {
    ("5.0", "lymphocytes"): {"lymphopenia": Term(_lymphopenia, False, _LIMIT)},
    ("6.0", "lymphocytes"): {"lymphopenia": Term(_lymphopenia_6, False, _LIMIT)},
    ("5.0", "neutrophils"): {"neutropenia": Term(_neutropenia, False, _LIMIT)},
    ("6.0", "neutrophils"): {"neutropenia": Term(_neutropenia_6, False, frozenset())},
    ("5.0", "cpk"): {"cpk_increased": Term(_cpk, True, _LIMIT)},
    ("5.0", "alt"): {"alt_increased": Term(_alt, True, _BOTH)},
    ("6.0", "alt"): {"alt_increased": Term(_alt_6, True, _BOTH)},
    ("5.0", "alp"): {"alkaline_phosphatase_increased": Term(_alp, True, _BOTH)},
    ("6.0", "alp"): {"alkaline_phosphatase_increased": Term(_alp_6, True, _BOTH)},
    ("5.0", "creatinine"): {"creatinine_increased": Term(_creatinine, True, _BOTH)},
    # The value before treatment counts only if it is known to have been low.
    ("6.0", "creatinine"): {"creatinine_increased": Term(_creatinine_6, True, _LIMIT)},
    **{
        (version, "weight"): {
            "weight_increased": Term(_gained, True, _BASELINE),
            "weight_decreased": Term(_lost, False, _BASELINE),
        }
        for version in ("5.0", "6.0")
    },
}
NO_TERMS = {("6.0", "cpk"): "cpk_increased"}


def graded_results(
    results: Iterable[LabResult], states: list[StateInterval], parameters: Parameters
) -> list[Graded]:
    """Every result up to the end of person-time under each term of its test."""
    if not states:
        return []
    first, last = min(s.start_day for s in states), max(s.end_day for s in states)
    counted = [r for r in results if r.day <= last]
    found: list[Graded] = []
    for result in counted:
        key = (parameters.ctcae_version, result.test)
        if key in NO_TERMS:
            before = _baselines(result.test, counted, first, parameters.laboratory_lookback)
            is_baseline = bool(before) and result.day == before[0].day
            found.append(
                Graded(result, NO_TERMS[key], None, None, "no_criterion", is_baseline, result.day > first)
            )
        for name, term in TERMS.get(key, {}).items():
            before = _baselines(result.test, counted, first, parameters.laboratory_lookback)
            found.append(_graded(result, name, term, before, first))
    return found


def _baselines(test: str, results: list[LabResult], first: int, lookback: int) -> list[LabResult]:
    """The results of the last day before treatment on which there is one."""
    before = [
        r for r in results if r.test == test and r.value is not None and first - lookback <= r.day <= first
    ]
    return [r for r in before if r.day == max(b.day for b in before)]


def _graded(result: LabResult, name: str, term: Term, before: list[LabResult], first: int) -> Graded:
    is_baseline = bool(before) and result.day == before[0].day
    is_after = result.day > first
    if result.value is None:
        return Graded(result, name, None, None, "no_value", is_baseline, is_after)
    limit = _usable(result.uln if term.is_above else result.lln)
    choose = min if term.is_above else max
    baseline = choose((_exact(b.value) for b in before), default=None)
    grades = _possible(_exact(result.value), term, limit, baseline, before)
    lowest, highest = min(grades), max(grades)
    reason = None
    if lowest != highest:
        lacks = {n for n, known in (("limit", limit), ("baseline", baseline)) if known is None}
        lacking = sorted(lacks & term.needs, reverse=True) or sorted(term.needs & _BASELINE)
        # With a limit the only thing that can be missing is the value before treatment.
        reason = "no_" + "_and_".join(lacking)
    return Graded(result, name, lowest, highest, reason, is_baseline, is_after)


def _possible(
    value: Number, term: Term, limit: Number | None, baseline: Number | None, before: list[LabResult]
) -> set[int]:
    """The grades that some limit and some value before treatment give."""
    limits = _tried(value, baseline) if limit is None else [limit]
    baselines = _tried(value, limit) if baseline is None else [baseline]
    was_low = baseline is not None and _said(before, "lln", low=True)
    found = set()
    for u, b in product(limits, baselines):
        own = _said(before, "uln", low=False) if baseline is not None else None
        was_high = b > u if own is None else own
        found.add(term.grade(value, Beside(u, b, was_high, bool(was_low))))
    return found


def _said(before: list[LabResult], which: str, *, low: bool) -> bool | None:
    """Whether the values before treatment were all outside their own limit; None: no limit was given."""
    sides = [
        (
            _exact(b.value) < _usable(getattr(b, which))
            if low
            else _exact(b.value) > _usable(getattr(b, which))
        )
        for b in before
        if _usable(getattr(b, which)) is not None
    ]
    return all(sides) if sides else None


def _tried(value: Number, other: Number | None) -> list[Number]:
    """Numbers on, just below and just above all at which a grade could change."""
    multiples = [
        Fraction(n, 20) for n in (16, 18, 19, 20, 21, 22, 24, 30, 40, 50, 60, 80, 100, 120, 200, 400)
    ]
    at = {value / m for m in multiples} | ({other} if other is not None else set())
    at |= {other / m for m in multiples} | {other * m for m in multiples} if other is not None else set()
    near = Fraction(1, 10**12)
    # A limit can be nearly 0, and larger than anything.
    return sorted({a + d for a in at for d in (-near, 0, near)} | {near, 10**9 + value}, key=Fraction)


def _exact(value: float | None) -> Number:
    return Fraction(str(value))


def _usable(limit: float | None) -> Number | None:
    return None if limit is None or limit <= 0 else _exact(limit)
