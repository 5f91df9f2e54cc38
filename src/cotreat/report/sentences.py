"""Sentences around numbers: a share, a list of shares, a measurement.

Each number is followed by its denominator and unit, and by how many units are unknown
where there are any.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cotreat.analysis.results import Estimate
from cotreat.report.labels import compute_phrase, compute_unit_noun
from cotreat.report.numbers import (
    NOT_ESTIMATED,
    compute_count_text,
    compute_interval_text,
    compute_percent_text,
)
from cotreat.report.tables import Summary

MOST_LISTED = 6
# Of these every level is named, also one that nobody has.
_CLOSED = ("response", "monotherapy_response", "sex")


def compute_joined_text(parts: Sequence[str], *, last: str = "and") -> str:
    """``a, b and c``; `last` is the word before the last part."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def compute_units_text(unit: str, count: int) -> str:
    """``22 combinations``."""
    return f"{compute_count_text(count)} {compute_unit_noun(unit, count)}"


def compute_share_phrase(e: Estimate, of: str = "", *, with_interval: bool = False, unknown: str = "") -> str:
    """``14 of 22 combinations (63.6%; 95% CI 41.6 to 81.1)``.

    Parameters
    ----------
    e
        A proportion that has both counts, the denominator at least 1.
    of
        What the counted units have in common, set behind their noun.
    with_interval
        Print the interval too, when there is one.
    unknown
        Word for the unknown; when it is given and there are any, they are counted inside
        the brackets too.
    """
    numerator, denominator = e.numerator or 0, e.denominator or 0
    interval = compute_interval_text(e.ci_lower, e.ci_upper, is_share=True) if with_interval else ""
    inside = compute_percent_text(numerator, denominator) + (f"; 95% CI {interval}" if interval else "")
    inside += compute_unknown_phrase(e, unknown)
    units = compute_units_text(e.unit_of_analysis, denominator) + (f" {of}" if of else "")
    return f"{compute_count_text(numerator)} of {units} ({inside})"


def compute_unknown_phrase(e: Estimate, word: str = "unknown") -> str:
    """``; unknown in 1 patient``; empty when nothing is unknown, or without a word for it."""
    if not e.n_missing or not word:
        return ""
    return f"; {word} in {compute_units_text(e.unit_of_analysis, e.n_missing)}"


def compute_at_least_text(e: Estimate | None) -> str:
    """``at least 8 of 18 patients``: of all units, those whose answer is unknown included.

    Empty when nothing is unknown, so that the share itself says it, or without counts.
    """
    if e is None or e.numerator is None or e.denominator is None or not e.n_missing:
        return ""
    everybody = compute_units_text(e.unit_of_analysis, e.denominator + e.n_missing)
    return f"at least {compute_count_text(e.numerator)} of {everybody}"


def build_share_sentence(
    opening: str, e: Estimate | None, ending: str = "", *, of: str = "", unknown: str = "unknown"
) -> str:
    """One share with its interval, between an opening and an ending; empty when it is not estimated."""
    if e is None or not _is_estimated(e):
        return ""
    share = compute_share_phrase(e, of, with_interval=True)
    return f"{opening}{share}{ending}{compute_unknown_phrase(e, unknown)}."


def build_list_sentence(
    opening: str,
    estimates: Sequence[Estimate],
    clause: Callable[[Estimate, str], str],
    *,
    unknown: str = "unknown",
) -> str:
    """An opening and one clause per estimate, at most six; empty without estimates.

    A level that no unit has is left out, unless the levels are few and closed. How many
    are left out for length is said. What is unknown stands once at the end when it is the
    same for all, else with each: `clause` gets the word for it, or an empty one.
    """
    known = [e for e in estimates if _is_estimated(e)]
    if not known:
        return _not_estimated(opening, estimates[0]) if estimates else ""
    some = [e for e in known if e.numerator or e.measure in _CLOSED] or known
    shown = some[:MOST_LISTED]
    left_out = len(some) - len(shown)
    more = f"; {left_out} {'other is' if left_out == 1 else 'others are'} in the table" if left_out else ""
    is_same = len({e.n_missing for e in shown}) == 1
    listed = compute_joined_text([clause(e, "" if is_same else unknown) for e in shown])
    return f"{opening}{listed}{more}{compute_unknown_phrase(shown[0], unknown) if is_same else ''}."


def build_levels_sentence(
    opening: str,
    estimates: Sequence[Estimate],
    *,
    words: Mapping[str, str] = MappingProxyType({}),
    unknown: str = "unknown",
    with_interval: bool = False,
) -> str:
    """``The disease was eczema in 5 of 9 patients (55.6%) and ...``: each level with its share."""

    def clause(e: Estimate, word: str) -> str:
        level = words.get(e.level) or compute_phrase(e.level, e.measure)
        return f"{level} in {compute_share_phrase(e, with_interval=with_interval, unknown=word)}"

    return build_list_sentence(opening, estimates, clause, unknown=unknown)


def build_measure_sentence(
    summary: Summary, *, what: str, unit: str, counted: str, with_interval: bool = True
) -> str:
    """Median and mean of a measurement, each with spread and number of values; empty without estimates.

    Parameters
    ----------
    summary
        The estimates of the measurement.
    what
        What is measured, such as ``age`` or ``duration of the combination``.
    unit
        Unit of the values, in words.
    counted
        Unit of analysis: what has one value each.
    with_interval
        Print the intervals of median and mean too, when there are any.
    """
    any_ = summary.any
    if any_ is None:
        return ""
    if any_.estimate is None:
        return _not_estimated(f"The {what} was ", any_)
    n = f"n = {compute_units_text(counted, any_.denominator)}" if any_.denominator is not None else ""
    unknown = compute_unknown_phrase(any_).removeprefix("; ")
    parts: list[str] = []
    for statistic, spread in (("median", _quartiles(summary, unit)), ("mean", _deviation(summary, unit))):
        value = summary.text(statistic)
        interval = _interval(summary, statistic, unit) if value and with_interval else ""
        details = "; ".join(t for t in (interval, spread, n, unknown) if t)
        if value:
            parts.append(f"the {statistic} {what} {'was ' if not parts else ''}{value} {unit} ({details})")
            unknown = ""
    text = compute_joined_text(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _quartiles(summary: Summary, unit: str) -> str:
    if summary.is_single:
        return ""
    quartiles = f"IQR {summary.text('q1')} to {summary.text('q3')} {unit}" if summary.text("q1") else ""
    extremes = f"range {summary.range()} {unit}" if summary.text("min") else ""
    return "; ".join(t for t in (quartiles, extremes) if t)


def _deviation(summary: Summary, unit: str) -> str:
    return f"SD {summary.text('sd')} {unit}" if summary.text("sd") else ""


def _interval(summary: Summary, statistic: str, unit: str) -> str:
    estimate = summary.by_statistic[statistic]
    text = compute_interval_text(estimate.ci_lower, estimate.ci_upper)
    return f"95% CI {text} {unit}" if text else ""


def _is_estimated(e: Estimate) -> bool:
    return e.estimate is not None and e.numerator is not None and bool(e.denominator)


def _not_estimated(opening: str, e: Estimate) -> str:
    return f"{opening}{NOT_ESTIMATED}: {(e.note or 'nothing is known').rstrip('.')}."
