"""Safety in words, where days are known: which scale, how many, out of whom, over how long.

Nothing is called safe or well tolerated, and no severity is a bare word: where there was no event,
the sentence says up to which rate the time at risk leaves open.
"""

from collections.abc import Iterable
from fractions import Fraction

from cotreat.analysis.rate_intervals import CLUSTERED, DAYS_PER_YEAR
from cotreat.analysis.results import Estimate
from cotreat.report.content import EstimateIndex
from cotreat.report.numbers import compute_interval_text, compute_number_text
from cotreat.report.sentences import compute_share_phrase, compute_units_text, compute_unknown_phrase
from cotreat.report.tables_severity import compute_class_group

_PATIENTS = ("adverse_event_proportion", "patient")
_EVENTS = ("adverse_event_rate", "event")
_STATES = {
    "combination": "on the combination",
    "anchor_only": "on the anchor alone",
    "partner_only": "on the partner alone",
}
_CLASSES = (
    ("", "An adverse event began"),
    ("seriousness=serious", "A serious event began"),
    ("severity=grade_3_or_worse", "An event whose recorded severity is grade 3 or worse of CTCAE began"),
)


def build_safety_text(index: EstimateIndex) -> tuple[str, ...]:
    """One paragraph: events by exposure state, all, serious and severe; none where no days are known."""
    sentences = [
        sentence
        for event_class, opening in _CLASSES
        for state in _STATES
        if (sentence := _sentence(index, opening, event_class, state))
    ]
    return (" ".join(sentences),) if sentences else ()


def _sentence(index: EstimateIndex, opening: str, event_class: str, state: str) -> str:
    """``An adverse event began in 3 of 9 patients ...: 4 adverse events in 12.5 patient-years ...``."""
    group = compute_class_group(f"state={state}", event_class)
    share = index.find(*_PATIENTS, "proportion", rule=index.rule(*_PATIENTS, "any"), group=group)
    rates = _rates(index, group)
    rate = next((e for e in rates if e.ci_method == CLUSTERED), rates[0] if rates else None)
    if share is None or not share.denominator or rate is None or not rate.denominator:
        return ""
    years = compute_number_text(float(Fraction(rate.denominator) / Fraction(DAYS_PER_YEAR)))
    unknown = compute_unknown_phrase(share)
    events = compute_units_text("event", rate.numerator or 0)
    said = f"{opening} in {compute_share_phrase(share, _STATES[state], with_interval=True)}{unknown}"
    return f"{said}: {events} in {years} patient-years, {'; '.join(_numbers(index, group, rate))}."


def _rates(index: EstimateIndex, group: str) -> list[Estimate]:
    return index.levels(*_EVENTS, index.rule(*_EVENTS, ""), group, "rate")


def _numbers(index: EstimateIndex, group: str, rate: Estimate) -> Iterable[str]:
    interval = compute_interval_text(rate.ci_lower, rate.ci_upper)
    between = f" (95% CI {interval})" if interval else ""
    yield f"{compute_number_text(rate.estimate or 0.0)} per 100 patient-years{between}"
    bound = index.upper_bound(*_EVENTS, rate.rule, group, rate.level, "rate")
    if rate.numerator == 0 and bound is not None:
        yield f"one-sided 95% upper bound {compute_number_text(bound.ci_upper or 0.0)}"
    if rate.n_missing:
        yield f"{compute_units_text('event', rate.n_missing)} may have begun then and are not counted"
