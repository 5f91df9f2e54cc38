"""Verdicts on measures of the registry that count no variable: at a time, by level, as a contrast."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cotreat.analysis.measures import MEASURES
from cotreat.analysis.rate_intervals import DAYS_PER_YEAR
from cotreat.analysis.results import Estimate
from cotreat.audit.claims import Claim, Query, Statement
from cotreat.audit.verdicts.answers import Data
from cotreat.audit.verdicts.fits import compute_exact, compute_fit
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.report.labels import compute_phrase, compute_unit_noun
from cotreat.report.numbers import compute_interval_text, compute_number_text

_STATISTIC = "proportion"
_ONE_SIDED = "one-sided"
# Conditions that are groups of time at risk and of events.
_GROUPED = ("state", "seriousness", "severity")
# Of these a value is a share, which is printed in percent.
_SHARES = frozenset({"proportion", "survival_at", "incidence_at", "difference"})
NOT_ESTIMATED = "The study does not estimate this."


@dataclass(frozen=True, slots=True)
class _Reading:
    """An estimate that a statement may mean, and how that departs from the text."""

    estimate: Estimate
    words: tuple[str, ...] = ()


def build_registry_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """The verdict of each number, from the first reading that all of them fit.

    Readings are the rule as stated, the other rules, and the study's other times: numbers that
    belong to another month say so, and the month is what is not reproduced.
    """
    readings = list(_readings(data, statement.queries[0]))
    numbers = [c for c in statement.claims if c.aspect != "time"]
    for place, reading in enumerate(readings, start=1):
        if all(_is_given(c, reading.estimate) for c in numbers):
            return [_fitting(c, reading, place) for c in statement.claims]
    return [_single(c, readings) for c in statement.claims]


def _readings(data: Data, query: Query) -> Iterator[_Reading]:
    measure, _, _ = query.quantity.partition(":")
    if measure in data.leave_out or not query.unit:
        return
    rules = MEASURES[measure].rules_of(is_dated=data.tables.is_dated).get(query.unit, ())
    by = " & ".join(sorted(name for name, _ in query.conditions if name in _GROUPED))
    if by and by not in MEASURES[measure].groups_of(is_dated=data.tables.is_dated):
        return
    ordered = sorted(rules, key=lambda rule: not rule.startswith(query.rule))
    stated = dict(query.scope)
    for n, rule in enumerate(ordered):
        found = [e for e in data.ask(measure, query.unit, rule, by=by) if _is_meant(e, query)]
        found.sort(key=lambda e: (_time(e) not in stated.values(), _time(e)))
        for e in found:
            words = (f"as {rule.replace('_', ' ')}",) if n else ()
            if stated and _time(e) not in stated.values():
                words = (*words, f"at {next(iter(stated))} {_time(e)}")
            yield _Reading(e, words)


def _is_meant(e: Estimate, query: Query) -> bool:
    """Whether an estimate is of the statistic and the level, of everybody."""
    statistic = query.quantity.partition(":")[2]
    if e.statistic != (statistic or _default(e.measure)):
        return False
    if (_ONE_SIDED in e.ci_method) != (query.statistic == "one_sided"):
        return False
    group = " & ".join(sorted(f"{name}={level}" for name, level in query.conditions if name in _GROUPED))
    is_at_a_time = e.group.startswith(("month=", "week=")) and " & " not in e.group
    if e.group != group and not (is_at_a_time and not group):
        return False
    level = dict(query.conditions).get("level", "")
    names = (e.level, compute_phrase(e.level, e.measure), compute_phrase(e.level, "end_reason"))
    return not level or _plain(level) in map(_plain, names)


def _default(measure: str) -> str:
    return "incidence_at" if measure in ("end_reason_incidence", "time_to_next_treatment") else _STATISTIC


def _plain(text: str) -> str:
    return re.sub(r"\W|_", "", text.lower())


def _time(e: Estimate) -> str:
    """The month or the week of an estimate; empty when it has none."""
    if e.measure == "drug_survival":
        return e.level
    return e.group.partition("=")[2]


def _is_given(claim: Claim, e: Estimate) -> bool:
    value = _value(claim, e)
    if claim.numeral is None or value is None:
        return False
    is_negative = claim.text.startswith("-")
    return (
        (value < 0) == is_negative and compute_fit(claim.numeral, abs(value))
        if value
        else not claim.numeral.value
    )


def _value(claim: Claim, e: Estimate) -> Fraction | None:
    factor = 100 if e.statistic in _SHARES else 1
    match claim.aspect:
        case "count":
            return None if e.numerator is None else Fraction(e.numerator)
        case "denominator":
            if e.denominator is None:
                return None
            return Fraction(e.denominator) / (Fraction(DAYS_PER_YEAR) if e.statistic == "rate" else 1)
        case "missing":
            return Fraction(e.n_missing or 0)
        case "ci_lower":
            return None if e.ci_lower is None else compute_exact(e.ci_lower) * factor
        case "ci_upper":
            return None if e.ci_upper is None else compute_exact(e.ci_upper) * factor
        case _:
            return None if e.estimate is None else _estimated(e) * factor


def _estimated(e: Estimate) -> Fraction:
    """The value; a share of counts is exact."""
    if e.statistic == _STATISTIC and e.numerator is not None and e.denominator:
        return Fraction(e.numerator, e.denominator)
    return compute_exact(e.estimate or 0.0)


def _fitting(claim: Claim, reading: _Reading, place: int) -> Verdict:
    text = _text(reading.estimate)
    is_elsewhere = any(words.startswith("at ") for words in reading.words)
    if claim.aspect == "time" and is_elsewhere:
        return Verdict("not_reproduced", text, "", place, f"The numbers are those {reading.words[-1]}.")
    words = ", ".join(reading.words)
    return Verdict("reproduced_otherwise" if words else "reproduced", text, words or "as stated", place)


def _single(claim: Claim, readings: list[_Reading]) -> Verdict:
    """One number of a statement whose numbers do not all fit one reading: the stated one decides."""
    if not readings:
        return Verdict("not_derivable", note=NOT_ESTIMATED)
    first = readings[0]
    is_stated = not any(words.startswith("at ") for words in first.words)
    if claim.aspect == "time":
        return (
            Verdict("reproduced", "", "as stated", 1)
            if is_stated
            else Verdict("not_derivable", note=NOT_ESTIMATED)
        )
    for place, reading in enumerate(readings, start=1):
        if _is_given(claim, reading.estimate) and not any(w.startswith("at ") for w in reading.words):
            return _fitting(claim, reading, place)
    known = _value(claim, first.estimate) is not None
    if not is_stated or not known:
        return Verdict("not_derivable", _text(first.estimate), note=NOT_ESTIMATED)
    return Verdict("not_reproduced", _text(first.estimate), "", len(readings))


def _text(e: Estimate) -> str:
    """An estimate with its unit, its counts and its interval."""
    is_share = e.statistic in _SHARES
    value = e.estimate
    if e.statistic == "rate" and value is not None:
        return _rate_text(e, value)
    if e.statistic == "at_risk" or value is None:
        shown = f"{e.numerator} at risk" if e.statistic == "at_risk" else "not reached"
    elif is_share:
        shown = f"{compute_number_text(100 * value)}%"
    else:
        shown = f"{compute_number_text(value)}{' months' if e.statistic == 'median' else ''}"
    counts = f"{e.numerator} of {e.denominator} {compute_unit_noun(e.unit_of_analysis, e.denominator)}"
    counts += " had ended by then" if e.statistic in ("survival_at", "incidence_at") else ""
    interval = compute_interval_text(e.ci_lower, e.ci_upper, is_share=is_share)
    between = f"95% CI {interval}; " if interval else ""
    return f"{shown} ({between}{counts})"


def _rate_text(e: Estimate, value: float) -> str:
    years = compute_number_text(float(Fraction(e.denominator or 0) / Fraction(DAYS_PER_YEAR)))
    events = f"{e.numerator} {compute_unit_noun('event', e.numerator)} in {years} patient-years"
    if _ONE_SIDED in e.ci_method:
        return f"one-sided 95% upper bound {compute_number_text(e.ci_upper or 0.0)} ({events})"
    interval = compute_interval_text(e.ci_lower, e.ci_upper)
    between = f"95% CI {interval}; " if interval else ""
    return f"{compute_number_text(value)} per 100 patient-years ({between}{events})"
