"""What may be shown of small counts: nothing of them, and of the others nothing that would give them away.

Under a minimum of m, counts of 1 to m - 1 are suppressed, and so is everything made of them: their
complements, shares, rates and differences. Every other count is rounded to the nearest multiple of m,
and shares, rates and their intervals are computed anew from the rounded counts: no total, part or
percentage then adds up to a count that is not shown. What shows single persons or days, such as a
smallest value or each step of a curve, is left out: a quantile too, if fewer than m values lie beyond it. An
interval that cannot be computed anew tells how many there are, and is shown of many only. Zero is shown.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from cotreat.analysis.intervals import PatientGroup, compute_proportion_intervals
from cotreat.analysis.rate_intervals import RATE_UNIT, compute_first_rate_intervals, compute_rate
from cotreat.analysis.results import Estimate, Result
from cotreat.engine import Engine, parse_table_name
from cotreat.findings import compute_shown_count

COUNTS = ("numerator", "denominator", "n_patients", "n_missing", "n_censored")
SINGLE_STATISTICS = frozenset({"min", "max"})
SINGLE_MEASURES = frozenset({"drug_survival_curve", "end_reason_incidence_curve"})
"""Every row is a day on which somebody stopped."""
COUNTED = frozenset({"count", "at_risk", "improved", "worsened"})
"""Statistics that are their own numerator."""
OF_TIME = frozenset({"sum", "rate"})
"""Statistics of days: numerator and denominator are not counts of the same units."""
RATIO, PERSON_TIME = "rate_ratio", "person_time"
RATIO_COUNTS = 5
"""Times the minimum: with fewer events on a side, a ratio and its interval tell how many they are."""
REFERENCED = frozenset({"difference", "ratio", "hazard_ratio"})
"""Statistics against a reference, whose counts the note has: the last ``n of N`` before its semicolon."""
QUANTILES = {"q1": 4, "median": 2, "q3": 4}
"""Times the minimum of values that there must be, so that the minimum lies beyond it."""
INTERVAL_COUNTS = 10
"""Times the minimum of units from which an interval that is not computed anew tells no more than they do."""
SIGNIFICANT = 2
"""Digits of numbers that cannot be computed anew from rounded counts."""


def add_suppression(results: Result, minimum: int) -> Result:
    """The estimates that may be shown, small counts suppressed and the others rounded.

    Parameters
    ----------
    results
        Every estimate of a study.
    minimum
        Smallest count that may be shown; 0 shows everything as it is.
    """
    if not minimum:
        return results
    few_left = {_place(e) for e in results if e.statistic == "at_risk" and _is_few(e.numerator, minimum)}
    return Result.of(_unique(shown for e in results for shown in _shown(e, minimum, few_left)))


def read_shown_steps(engine: Engine, table: str, key: str, minimum: int) -> pa.Table:
    """Counting steps, or sources, as they may be shown: rows and patients rounded, small ones not counted.

    Parameters
    ----------
    engine
        Holds the study's tables.
    table, key
        ``attrition`` or ``sources``, and the column that orders it.
    minimum
        Smallest count that may be shown; 0 shows everything as it is.
    """
    steps = engine.fetch(f"SELECT * FROM {parse_table_name(table)} ORDER BY {parse_table_name(key)}")
    for place, name in enumerate(steps.column_names):
        if minimum and (name == "patients" or name.startswith("rows")):
            shown = [compute_shown_count(count, minimum) for count in steps[name].to_pylist()]
            steps = steps.set_column(place, name, pa.array(shown, pa.int64()))
    return steps


def _unique(estimates: Iterable[Estimate]) -> Iterator[Estimate]:
    """Estimates without those whose key another has had: two intervals of a suppressed zero are one row."""
    seen: set[tuple[str, ...]] = set()
    for e in estimates:
        key = (e.measure, e.unit_of_analysis, e.rule, e.group, e.level, e.statistic, e.ci_method)
        if key not in seen:
            seen.add(key)
            yield e


def _place(e: Estimate) -> tuple[str, ...]:
    return e.measure, e.unit_of_analysis, e.rule, e.group, e.level


def _is_few(count: int | None, minimum: int) -> bool:
    return count is not None and 0 < count < minimum


def _shown(e: Estimate, minimum: int, few_left: Container[tuple[str, ...]]) -> Iterator[Estimate]:
    if e.measure in SINGLE_MEASURES or e.statistic in SINGLE_STATISTICS:
        return
    # The share of those who are left is the count of those who are left.
    if _is_small(e, minimum) or (e.statistic == "survival_at" and _place(e) in few_left):
        yield _suppressed(e, minimum)
        return
    if reason := _untold(e, minimum):
        yield replace(_suppressed(e, minimum), note=reason)
        return
    counts = {name: compute_shown_count(getattr(e, name), minimum) for name in COUNTS}
    rounded = replace(e, **counts, note=_note(minimum), ci_lower=None, ci_upper=None, ci_method="")
    if e.statistic in COUNTED:
        yield replace(rounded, estimate=None if e.estimate is None else float(counts["numerator"] or 0))
    elif e.statistic == "proportion":
        yield from _proportions(rounded)
    elif e.unit == RATE_UNIT and e.statistic == "rate":
        yield from _rates(e, rounded)
    else:
        yield _as_it_is(e, rounded, minimum)


def _as_it_is(e: Estimate, rounded: Estimate, minimum: int) -> Estimate:
    """An estimate that cannot be computed anew, with few digits."""
    lower, upper = _interval(e, rounded, minimum)
    estimate = e.estimate
    if e.statistic == "sum" and e.measure != PERSON_TIME and estimate is not None and e.denominator:
        # Beside the mean a sum tells how many there are.
        estimate *= (rounded.denominator or 0) / e.denominator
    return replace(
        rounded,
        # The numerator of a sum of days is no count of patients, and exact.
        numerator=None if e.statistic in OF_TIME else rounded.numerator,
        estimate=_few_digits(estimate),
        ci_lower=_few_digits(lower),
        ci_upper=_few_digits(upper),
        ci_method="" if lower is None and upper is None else e.ci_method,
    )


def _interval(e: Estimate, rounded: Estimate, minimum: int) -> tuple[float | None, float | None]:
    """Both ends: computed anew where nobody or everybody is meant, else those of many units."""
    if e.ci_method.startswith("Clopper-Pearson"):
        n = rounded.n_patients or 0
        hits = n if e.estimate else 0
        groups = [PatientGroup(1, 1, hits), PatientGroup(1, 0, n - hits)]
        same = (i for i in compute_proportion_intervals(groups) if i.method == e.ci_method)
        return next(((i.lower, i.upper) for i in same), (None, None))
    is_many = (e.denominator or 0) >= INTERVAL_COUNTS * minimum
    return (e.ci_lower, e.ci_upper) if is_many else (None, None)


def _is_small(e: Estimate, minimum: int) -> bool:
    """Whether a count that it is made of is small, its complements too.

    How many are unknown is none of these: a small number of them is left out alone, and what it is the
    difference of is rounded.
    """
    counts = [e.numerator, e.denominator, e.n_patients]
    if e.statistic not in OF_TIME and e.numerator is not None and e.denominator is not None:
        counts.append(e.denominator - e.numerator)
    return any(_is_few(count, minimum) for count in (*counts, *_reference_counts(e)))


def _reference_counts(e: Estimate) -> tuple[int, ...]:
    """Of what is compared with a reference, the reference's count and its complement."""
    found = re.findall(r"(\d+) of (\d+)", e.note.partition(";")[0]) if e.statistic in REFERENCED else []
    return tuple(n for hits, total in found[-1:] for n in (int(hits), int(total) - int(hits), int(total)))


def _untold(e: Estimate, minimum: int) -> str:
    """Why an estimate without a small count is not shown; empty when it is."""
    if e.measure == RATIO:
        return _untold_ratio(e, minimum)
    least = QUANTILES.get(e.statistic, 0) * minimum
    return f"suppressed: of fewer than {least} values" if (e.denominator or 0) < least else ""


def _untold_ratio(e: Estimate, minimum: int) -> str:
    """Why a rate ratio is not shown; empty when it is."""
    if e.numerator is None or e.denominator is None:
        return e.note
    if not e.ci_method:
        return "not given"
    if e.rule == "crude":
        return "not given under disclosure control: it is the quotient of the rates that are shown"
    fewest = min(e.numerator, e.denominator - e.numerator)
    least = RATIO_COUNTS * minimum
    return f"suppressed: fewer than {least} events on one side" if fewest < least else ""


def _suppressed(e: Estimate, minimum: int) -> Estimate:
    return replace(
        e,
        estimate=None,
        ci_lower=None,
        ci_upper=None,
        ci_method="",
        **dict.fromkeys(COUNTS),
        note=f"suppressed: a count below {minimum} stands behind it",
    )


def _note(minimum: int) -> str:
    return f"counts rounded to multiples of {minimum}"


def _proportions(rounded: Estimate) -> Iterator[Estimate]:
    numerator, denominator = rounded.numerator, rounded.denominator
    if not denominator or numerator is None:
        yield replace(rounded, estimate=None)
        return
    hits = min(numerator, denominator)
    share = replace(rounded, numerator=hits, estimate=hits / denominator)
    if rounded.n_patients is not None and rounded.n_patients < denominator:
        # How much alike the units of one patient are would give them away.
        yield share
        return
    groups = [PatientGroup(1, 1, hits), PatientGroup(1, 0, denominator - hits)]
    for interval in compute_proportion_intervals(groups):
        yield replace(share, ci_lower=interval.lower, ci_upper=interval.upper, ci_method=interval.method)


def _rates(e: Estimate, rounded: Estimate) -> Iterator[Estimate]:
    """A rate from rounded events and days; days of two digits are no sum of single patients."""
    events, days = rounded.numerator or 0, int(_few_digits(float(e.denominator or 0)) or 0)
    rate = replace(rounded, denominator=days, estimate=compute_rate(events, days))
    if e.unit_of_analysis != "patient":
        yield rate
        return
    for interval in compute_first_rate_intervals(events, days):
        yield replace(rate, ci_lower=interval.lower, ci_upper=interval.upper, ci_method=interval.method)


def _few_digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{SIGNIFICANT}g}")
