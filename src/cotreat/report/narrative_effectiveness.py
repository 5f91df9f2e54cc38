"""Effectiveness in words: response by score, before and on the combination, how long, and what came after.

As in the rest of the Results section every number stands with its denominator and its unit, and
nothing is judged.
"""

from collections.abc import Iterable

from cotreat.analysis.results import Estimate
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_phrase
from cotreat.report.numbers import (
    compute_count_text,
    compute_interval_text,
    compute_number_text,
    compute_rounded,
)
from cotreat.report.sentences import build_share_sentence, compute_joined_text, compute_units_text
from cotreat.report.tables_contrast import compute_points_text
from cotreat.report.tables_followups import FOLLOWING
from cotreat.report.tables_survival import compute_curve_rule, compute_months

_UNIT = "course"


def build_effectiveness_text(index: EstimateIndex) -> tuple[str, ...]:
    """Paragraphs: response by score and against the anchor alone, drug survival, what came after.

    A sentence whose estimates the study does not have, or that cannot be estimated, is left out;
    the tables say why.
    """
    paragraphs = (
        [*_response_at_week(index), _contrast(index)],
        [*_survival(index), _end_reasons(index)],
        [_time_to_next(index), *_withdrawals(index)],
    )
    return tuple(text for text in (" ".join(s for s in p if s) for p in paragraphs) if text)


def _response_at_week(index: EstimateIndex) -> Iterable[str]:
    """Each criterion at the last week, missing counted as failure and left out."""
    measure, rules = "response_at_week", ("non_responder_imputation", "as_observed")
    weeks = sorted(int(g.partition("=")[2]) for g in index.groups(measure, "pair", rules[0], "week"))
    if not weeks:
        return
    group = f"week={weeks[-1]}"
    for e in index.levels(measure, "pair", rules[0], group):
        name = compute_phrase(e.level, measure)
        opening = f"At week {weeks[-1]}, {name} was met in "
        yield build_share_sentence(opening, e, ", with missing scores counted as failure")
        seen = index.find(measure, "pair", "proportion", rule=rules[1], group=group, level=e.level)
        yield build_share_sentence("Of those with a score, it was met in ", seen, unknown="without a score")


def _contrast(index: EstimateIndex) -> str:
    rule = index.rule("response_difference", "patient")

    def find(statistic: str) -> Estimate | None:
        return index.find("response_difference", "patient", statistic, rule=rule, level="complete")

    alone, both = (
        index.find(measure, "patient", "proportion", rule=rule, level="complete")
        for measure in ("response_on_anchor_alone", "response_on_combination")
    )
    gain, improved, worsened = find("difference"), find("improved"), find("worsened")
    if gain is None or improved is None or worsened is None or alone is None or both is None:
        return ""
    if any(e.estimate is None for e in (gain, improved, worsened, alone, both)):
        return ""
    ends = (None if end is None else 100 * end for end in (gain.ci_lower, gain.ci_upper))
    interval = compute_interval_text(*ends)
    return (
        f"Of {compute_units_text('patient', gain.denominator or 0)} whose response was assessable on the "
        f"anchor drug alone and on the combination, it was complete in {alone.numerator} alone and in "
        f"{both.numerator} on the combination (difference {compute_points_text(gain)} percentage points"
        f"{f'; 95% CI {interval}' if interval else ''}): {improved.numerator} became complete and "
        f"{worsened.numerator} were complete no longer. A partner is added when the response is poor, so "
        "this is described and is not an effect."
    )


def _survival(index: EstimateIndex) -> Iterable[str]:
    rule = compute_curve_rule(index)
    median = index.find("drug_survival", _UNIT, "median", rule=rule)
    if median is None or not median.denominator:
        return
    ended = f"{median.numerator} of {compute_units_text(_UNIT, median.denominator)} had ended"
    which = ", among those that reached the days from which they count as a combination"
    counted = which if rule.startswith("from_min_overlap") else ""
    if median.estimate is None:
        yield f"The median time on the combination was not reached ({ended}{counted})."
    else:
        interval = compute_interval_text(median.ci_lower, median.ci_upper)
        between = f"95% CI {interval}; " if interval else ""
        yield (
            f"The median time on the combination was {compute_number_text(median.estimate)} months "
            f"({between}{ended}{counted})."
        )
    parts: list[str] = []
    for month in compute_months(index, rule):
        at = index.find("drug_survival", _UNIT, "survival_at", rule=rule, level=month)
        risk = index.find("drug_survival", _UNIT, "at_risk", rule=rule, level=month)
        if at is not None and at.estimate is not None and risk is not None:
            left = f"{compute_count_text(risk.numerator or 0)} at risk"
            parts.append(f"{_percent(at)} at {month} months ({_inside(at, left)})")
    if parts:
        yield f"The share still on the combination was {compute_joined_text(parts)}."


def _end_reasons(index: EstimateIndex) -> str:
    """Why courses had ended by the last month at which that is known."""
    rule = compute_curve_rule(index)
    for month in reversed(compute_months(index, rule)):
        found = index.levels("end_reason_incidence", _UNIT, rule, f"month={month}", "incidence_at")
        known = [e for e in found if e.estimate is not None]
        if known:
            some = sorted((e for e in known if e.numerator), key=lambda e: -(e.estimate or 0))
            parts = [
                f"{compute_phrase(e.level, 'end_reason')} {_percent(e)} "
                f"({_inside(e, f'{compute_count_text(e.numerator or 0)} ended')})"
                for e in some
            ]
            of = compute_units_text(_UNIT, known[0].denominator or 0)
            opening = f"Of {of}, these shares had ended by {month} months, by reason: "
            return f"{opening}{compute_joined_text(parts)}." if parts else ""
    return ""


def _time_to_next(index: EstimateIndex) -> str:
    """What had followed by the last month at which that is known."""
    measure = "time_to_next_treatment"
    months = sorted(
        (int(g.partition("=")[2]) for g in index.groups(measure, "patient", "first", "month")), reverse=True
    )
    for month in months:
        found = index.levels(measure, "patient", "first", f"month={month}", "incidence_at")
        known = [e for e in found if e.estimate is not None]
        if known:
            parts = [
                f"{compute_phrase(e.level, measure)} in {_percent(e)} "
                f"({_inside(e, compute_count_text(e.numerator or 0))})"
                for e in sorted(known, key=lambda e: FOLLOWING.index(e.level))
            ]
            return (
                f"Of {compute_units_text('patient', known[0].denominator or 0)} whose combination ended, "
                f"within {month} {'month' if month == 1 else 'months'} after the first that did there "
                f"followed {compute_joined_text(parts)}."
            )
    return ""


def _withdrawals(index: EstimateIndex) -> Iterable[str]:
    for measure, opening in (
        (
            "partner_withdrawn_in_response",
            "Of the combinations that ended in complete response, the partner alone was stopped in ",
        ),
        (
            "response_held_without_partner",
            "Of these, as far as they were judged afterwards, the response held on the anchor alone in ",
        ),
    ):
        yield build_share_sentence(opening, index.find(measure, "pair", "proportion"))


def _percent(e: Estimate) -> str:
    return f"{compute_rounded(100 * (e.estimate or 0.0), 1)}%"


def _inside(e: Estimate, more: str) -> str:
    interval = compute_interval_text(e.ci_lower, e.ci_upper, is_share=True)
    return "; ".join(part for part in (f"95% CI {interval}" if interval else "", more) if part)
