"""What the data give, in words: each number with its unit of analysis and denominator."""

from collections.abc import Iterable, Sequence

from cotreat.audit.claims import Claim, Condition, Query
from cotreat.audit.verdicts.answers import Answer, Variant
from cotreat.report.labels import compute_phrase, compute_unit_noun
from cotreat.report.numbers import (
    compute_count_text,
    compute_interval_text,
    compute_percent_text,
    compute_recorded_text,
)

_STATISTICS = {
    "mean": "mean",
    "sd": "standard deviation",
    "median": "median",
    "q1": "first quartile",
    "q3": "third quartile",
    "min": "smallest",
    "max": "largest",
    "each": "",
}
_QUANTITIES = {
    "age_years": "age",
    "duration": "duration of the combination",
    "anchor_dose": "dose",
    "partner_dose": "dose",
    "survival_time": "time on the combination (Kaplan-Meier)",
    "drug_duration": "duration of the drug",
    "prior_duration": "duration of the drug before the combination",
    "time_to_event": "time to the adverse event",
    "other_dose": "dose",
}
_VARIABLES = {
    "has_adverse_event": "adverse event",
    "adverse_event_term": "adverse event",
    "aesi": "event of special interest",
    "adverse_event_attribution": "attributed to",
    "anchor_drug": "anchor drug",
    "partner_drug": "partner drug",
    "reason_started": "reason for combining",
    "end_reason": "reason for ending",
    "next_treatment": "next treatment",
    "prior_therapy": "previous therapy",
    "monotherapy_response": "response to the anchor alone",
    "case_id": "case",
}


def compute_condition_text(condition: Condition) -> str:
    """A condition in words, such as ``disease: alopecia areata``."""
    variable, level = condition
    name = _VARIABLES.get(variable, variable.replace("_", " "))
    return f"{name}: {compute_phrase(level, variable)}"


def compute_filter_text(query: Query) -> str:
    """All conditions of a query in words, and among whom; empty without any."""
    own = "; ".join(map(compute_condition_text, query.conditions))
    scope = "; ".join(map(compute_condition_text, query.scope))
    return " among ".join(text for text in (own, f"({scope})" if scope and own else scope) if text)


def compute_measured_text(query: Query) -> str:
    """What a query asks for in words: the quantity, or the variable that is counted."""
    if query.quantity:
        name = query.quantity.partition(":")[0]
        return _QUANTITIES.get(name, name.replace("_", " "))
    return _VARIABLES.get(query.conditions[0][0], query.conditions[0][0]) if query.conditions else ""


def compute_answer_text(claim: Claim, variant: Variant, answer: Answer) -> str:
    """What the data give under one reading, in words; empty when they give nothing."""
    if answer.values:
        return _number_text(claim, variant, answer)
    if answer.numerator is None:
        return ""
    noun = compute_unit_noun(variant.unit, answer.denominator or answer.numerator)
    text = compute_count_text(answer.numerator)
    if answer.denominator:
        of = compute_count_text(answer.denominator)
        text = f"{text} of {of} {noun} ({compute_percent_text(answer.numerator, answer.denominator)})"
    else:
        text = f"{text} {noun}"
    if claim.aspect in ("ci_lower", "ci_upper"):
        low, high = answer.interval.get("", (None, None))
        text += f"; 95% CI {compute_interval_text(low, high, is_share=True)}" if high is not None else ""
    missing = f"; unknown in {answer.missing} {compute_unit_noun(variant.unit, answer.missing)}"
    return text + (missing if answer.missing else "")


def _number_text(claim: Claim, variant: Variant, answer: Answer) -> str:
    statistic = variant.statistic or claim.aspect
    if claim.aspect not in ("mean", "median", "each", "ci_lower", "ci_upper"):
        statistic = claim.aspect
    values = answer.values
    if claim.aspect == "censored":
        return f"{answer.censored or 0} ongoing of {answer.denominator}"
    noun = compute_unit_noun(variant.unit, answer.denominator)
    size = f"n = {answer.denominator} {noun}"
    unknown = f"; unknown in {answer.missing}" if answer.missing else ""
    if statistic == "each":
        low, high = values.get("min"), values.get("max")
        if low is None or high is None:
            return ""
        shown = compute_recorded_text(low)
        shown = shown if low == high else f"{shown} to {compute_recorded_text(high)}"
        return f"{shown} {answer.unit} ({size}{unknown})"
    value = values.get(statistic)
    if value is None:
        return f"{size}{unknown}"
    spread = ""
    if statistic in ("mean", "median") and "min" in values and "max" in values:
        spread = f"range {compute_recorded_text(values['min'])} to {compute_recorded_text(values['max'])}; "
    return (
        f"{_STATISTICS.get(statistic, statistic)} {compute_recorded_text(value)} {answer.unit} "
        f"({spread}{size}{unknown})"
    )


def compute_readings_text(claim: Claim, tried: Iterable[tuple[Variant, Answer]], most: int = 6) -> str:
    """What the data give under each reading, equal answers once, the nearest readings first."""
    found: dict[str, str] = {}
    for variant, answer in tried:
        text = compute_answer_text(claim, variant, answer)
        if text and text not in found:
            found[text] = f"{'; '.join(variant.words) or 'as stated'}:"
    shown = [f"{words} {text}" for text, words in list(found.items())[:most]]
    more = len(found) - len(shown)
    others = [f"{more} further {'answer' if more == 1 else 'answers'}"] if more > 0 else []
    return "By reading: " + " \N{MIDDLE DOT} ".join([*shown, *others])


def compute_list_text(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
