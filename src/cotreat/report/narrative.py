"""The Results section in words, from estimates alone.

Every number is followed by its denominator and unit, so that it can be read in one way
only and be checked by a program: ``14 of 22 combinations (63.6%; 95% CI 41.6 to 81.1)``.
Units whose answer is unknown are named wherever there are any. Nothing is judged: no
sentence says that a treatment is good or bad.
"""

from collections.abc import Iterable, Sequence

from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import UNKNOWN_GROUP
from cotreat.report.content import AS_FAILURE, EstimateIndex
from cotreat.report.labels import RESPONSE_ORDER, SEX_ORDER, compute_phrase, compute_unit_noun
from cotreat.report.numbers import compute_count_text, compute_interval_text
from cotreat.report.sentences import (
    MOST_LISTED,
    build_levels_sentence,
    build_list_sentence,
    build_measure_sentence,
    build_share_sentence,
    compute_at_least_text,
    compute_joined_text,
    compute_share_phrase,
    compute_units_text,
    compute_unknown_phrase,
)
from cotreat.report.tables import build_summary, compute_level_order

_RESPONSE_WORDS = {"complete": "complete", "partial": "partial", "none": "absent (no response)"}
_NOT_ASSESSED = "not assessable or unknown"
_RESPONSE_VARIANTS = (
    ("pair", AS_FAILURE, "With not assessable counted as failure"),
    ("course", "best", "By course, taking the best response of each, among those with an assessable one"),
    ("patient", "best", "By patient, taking the best response of each, among those with an assessable one"),
    ("patient", f"best, {AS_FAILURE}", "By patient, best response, with not assessable counted as failure"),
    (
        "patient",
        "first",
        "By patient, taking the first combination of each, among those with an assessable response",
    ),
)


def build_results_text(index: EstimateIndex) -> tuple[str, ...]:
    """Paragraphs: patients, combinations, response, adverse events, what followed.

    A sentence whose estimates the study does not have is left out; an estimate that
    could not be made says why.
    """
    paragraphs = (
        _patients(index),
        _combinations(index),
        _response(index),
        _adverse_events(index),
        _what_followed(index),
    )
    return tuple(text for text in (" ".join(s for s in p if s) for p in paragraphs) if text)


def _levels(
    index: EstimateIndex, measure: str, unit: str, *rules: str, order: Sequence[str] = ()
) -> list[Estimate]:
    return compute_level_order(index.levels(measure, unit, index.rule(measure, unit, *rules)), order)


def _patients(index: EstimateIndex) -> Iterable[str]:
    yield _study_size(index)
    sex = _levels(index, "sex", "patient", "first", order=SEX_ORDER)
    yield build_list_sentence("By sex, ", sex, _of_sex)
    age = build_summary(index, "age_years", "patient", index.rule("age_years", "patient", "first"))
    yield build_measure_sentence(age, what="age", unit="years", counted="patient", with_interval=False)
    yield build_levels_sentence("The disease was ", _levels(index, "disease", "patient", "first"))
    yield _several(index, "comorbidity", "The recorded comorbidities were ")
    yield _several(index, "prior_therapy", "The previous systemic therapies were ")


def _of_sex(e: Estimate, unknown: str) -> str:
    return f"{compute_share_phrase(e, unknown=unknown)} were {compute_phrase(e.level, 'sex')}"


def _several(index: EstimateIndex, measure: str, opening: str) -> str:
    """The levels of a measure of which a patient can have several; that there was none comes last."""
    levels = _levels(index, measure, "patient", "any")
    some = build_levels_sentence(opening, [e for e in levels if e.level != "none"])
    none = next((e for e in levels if e.level == "none" and e.numerator), None)
    if none is None:
        return some
    return f"{some} That there was none was recorded in {compute_share_phrase(none)}.".strip()


def _study_size(index: EstimateIndex) -> str:
    counted = (("patients", "patient"), ("pairs", "pair"), ("courses", "course"))
    found = ((index.find(m, u, "count", rule=index.rule(m, u, "")), u) for m, u in counted)
    sizes = [compute_units_text(u, int(e.estimate)) for e, u in found if e and e.estimate is not None]
    return f"The study includes {compute_joined_text(sizes)}." if sizes else ""


def _combinations(index: EstimateIndex) -> Iterable[str]:
    yield build_levels_sentence("The anchor drug was ", _levels(index, "anchor_drug", "pair", ""))
    yield build_levels_sentence("The partner drug was ", _levels(index, "partner_drug", "pair", ""))
    yield build_levels_sentence("The reason for combining was ", _levels(index, "reason_started", "pair", ""))
    alone = _levels(index, "monotherapy_response", "pair", "", order=RESPONSE_ORDER)
    yield build_levels_sentence(
        "Among combinations with an assessable response to the anchor drug alone, that response was ",
        [e for e in alone if e.level != "unassessable"],
        words=_RESPONSE_WORDS,
        unknown=_NOT_ASSESSED,
    )
    yield _durations(index)
    ongoing = index.find("ongoing", "pair", "proportion", rule=index.rule("ongoing", "pair", ""))
    yield build_share_sentence("In all, ", ongoing, " were recorded as ongoing")


def _durations(index: EstimateIndex) -> str:
    rule = index.rule("combination_duration_months", "pair", "")
    summary = build_summary(index, "combination_duration_months", "pair", rule)
    text = build_measure_sentence(summary, what="duration of the combination", unit="months", counted="pair")
    censored = summary.any.n_censored if summary.any else None
    if not text or not censored:
        return text
    if censored == 1:
        return f"{text} The duration of 1 combination is censored: it was ongoing."
    return f"{text} The durations of {compute_units_text('pair', censored)} are censored: these were ongoing."


def _response(index: EstimateIndex) -> Iterable[str]:
    pairs = _levels(index, "response", "pair", "", order=RESPONSE_ORDER)
    yield build_levels_sentence(
        "Among combinations with an assessable response, the response was ",
        [e for e in pairs if e.level != "unassessable"],
        words=_RESPONSE_WORDS,
        unknown=_NOT_ASSESSED,
        with_interval=True,
    )
    for unit, rule, opening in _RESPONSE_VARIANTS:
        estimate = index.find("response", unit, "proportion", rule=rule, level="complete")
        is_failure = rule.endswith(AS_FAILURE)
        plain = rule.removesuffix(AS_FAILURE).removesuffix(", ")
        if is_failure and _same(
            estimate, index.find("response", unit, "proportion", rule=plain, level="complete")
        ):
            # Nothing was unassessable: the number was just given.
            continue
        unknown = "unknown" if is_failure else _NOT_ASSESSED
        yield build_share_sentence(f"{opening}, it was complete in ", estimate, unknown=unknown)
    yield _complete_by_group(index, "disease", "By disease")
    yield _complete_by_group(index, "regimen", "By regimen")


def _same(one: Estimate | None, other: Estimate | None) -> bool:
    if one is None or other is None:
        return False
    return (one.numerator, one.denominator) == (other.numerator, other.denominator)


def _complete_by_group(index: EstimateIndex, variable: str, opening: str) -> str:
    rule = index.rule("response", "pair", "")
    groups = index.groups("response", "pair", rule, variable)
    found = [
        index.find("response", "pair", "proportion", rule=rule, group=g, level="complete") for g in groups
    ]
    complete = sorted((e for e in found if e), key=lambda e: (-(e.denominator or 0), e.group))

    def clause(e: Estimate, unknown: str) -> str:
        name = e.group.partition("=")[2]
        level = f"unknown {variable}" if name == UNKNOWN_GROUP else compute_phrase(name, variable)
        of = f"of {level.replace(' + ', ' with ')}" if variable == "regimen" else f"in {level}"
        return compute_share_phrase(e, of, with_interval=True, unknown=unknown)

    known = [e for e in complete if e.denominator]
    if len(complete) < 2:
        # One group is the whole study, which has just been described.
        return ""
    opening = f"{opening}, among those with an assessable response, it was complete in "
    return build_list_sentence(opening, known, clause, unknown=_NOT_ASSESSED)


def _adverse_events(index: EstimateIndex) -> Iterable[str]:
    events = index.find("adverse_events", "event", "count", rule=index.rule("adverse_events", "event", ""))
    if events is not None and events.estimate is not None:
        count = int(events.estimate)
        # An event that is unknown cannot be counted: what is counted is where it could be.
        unknown = f"; unknown in {compute_units_text('pair', events.n_missing)}" if events.n_missing else ""
        verb = "was" if count == 1 else "were"
        yield f"In all, {compute_units_text('event', count)} {verb} recorded{unknown}."
    for measure, unit in (("patients_with_adverse_event", "patient"), ("pairs_with_adverse_event", "pair")):
        estimate = index.find(measure, unit, "proportion", rule=index.rule(measure, unit, "any", ""))
        of = "in whom this is known" if unit == "patient" else "for which this is known"
        yield build_share_sentence("At least one adverse event was recorded in ", estimate, of=of)
        at_least = compute_at_least_text(estimate) if unit == "patient" else ""
        if at_least:
            yield f"Counted over all patients, {at_least} had an adverse event."
        if estimate is not None and estimate.estimate is None:
            noun = compute_unit_noun(unit, None)
            reason = estimate.note or "nothing is known"
            yield f"How many {noun} had an adverse event is not estimated: {reason}."
    yield build_levels_sentence(
        "The adverse events were ", _levels(index, "adverse_event_term", "patient", "any")
    )
    yield _attributed(index)
    yield from _special_interest(index)


def _attributed(index: EstimateIndex) -> str:
    """How many events each drug was suspected of; without shares, which the table has."""
    found = [e for e in _levels(index, "adverse_event_attribution", "event", "") if e.numerator]
    if not found:
        return ""
    events = found[0].denominator or 0
    parts: list[str] = []
    for e in found[:MOST_LISTED]:
        drug = "no drug" if e.level == "not_attributed" else compute_phrase(e.level, e.measure)
        verb = "" if parts else "was attributed " if e.numerator == 1 else "were attributed "
        parts.append(f"{compute_count_text(e.numerator or 0)} {verb}to {drug}")
    more = len(found) - len(parts)
    others = f"; {more} {'other is' if more == 1 else 'others are'} in the table" if more else ""
    known = " with a known suspect" if found[0].n_missing else ""
    text = f"Of {compute_units_text('event', events)}{known}, {compute_joined_text(parts)}{others}."
    if sum(e.numerator or 0 for e in found) > events:
        return f"{text} Several drugs can be suspected of the same event."
    return text


def _special_interest(index: EstimateIndex) -> Iterable[str]:
    estimates = _levels(index, "aesi", "patient", "any")
    some = [e for e in estimates if e.numerator]
    opening = "The events of special interest were "
    yield build_levels_sentence(opening, some, with_interval=True)
    same: dict[str, list[str]] = {}
    for e in estimates:
        if e.numerator == 0 and e.denominator:
            same.setdefault(_zero(index, e), []).append(compute_phrase(e.level, "aesi"))
    for text, names in same.items():
        if len(names) == 1:
            yield f"No {names[0]} was recorded: {text}."
        else:
            listed = compute_joined_text(sorted(names, key=str.casefold))
            yield f"Of {listed}, none was recorded, each with {text}."


def _zero(index: EstimateIndex, e: Estimate) -> str:
    """A share of zero with both its bounds."""
    share = compute_share_phrase(e, with_interval=True)
    bound = index.upper_bound("aesi", "patient", e.rule, e.group, e.level)
    at_most = compute_interval_text(None, bound.ci_upper, is_share=True) if bound else ""
    one_sided = f"; one-sided 95% upper bound {at_most.removeprefix('up to ')}%" if at_most else ""
    return f"{share.removesuffix(')')}{one_sided}{compute_unknown_phrase(e)})"


def _what_followed(index: EstimateIndex) -> Iterable[str]:
    reasons = _levels(index, "end_reason", "pair", "")
    yield build_levels_sentence(
        "Among combinations that ended for a known reason, the reason was ",
        reasons,
        unknown="ended for an unknown reason",
    )
    if sum(e.numerator or 0 for e in reasons) > max((e.denominator or 0 for e in reasons), default=0):
        yield "Several reasons can count for the same combination."
    yield build_levels_sentence(
        "Among combinations that ended and after which it is known what followed, the next treatment was ",
        _levels(index, "next_treatment", "pair", ""),
    )
