"""Response by criteria on scores: one patient, one stretch of treatment, one visit after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from oracle.reasons import end_reasons_of
from oracle.records import Assessment, Course, Episodes, Pair, Parameters, Patient

Score = Fraction


@dataclass(frozen=True)
class Criterion:
    """A criterion: its score, when it is met, the best value of the score, and whose it is."""

    instrument: str
    is_met: Callable[[Score, Score], bool]  # baseline, value
    best: int = 0
    diseases: tuple[str, ...] = ()


CRITERIA = {
    "dlqi_0_1": Criterion("dlqi", lambda _, v: v <= 1),
    "easi75": Criterion("easi", lambda b, v: _fell_by(b, v, 75), diseases=("atopic_dermatitis",)),
    "easi_le_7": Criterion("easi", lambda _, v: v <= 7, diseases=("atopic_dermatitis",)),
    "iga_0_1": Criterion("iga", lambda b, v: v <= 1 and b - v >= 2, diseases=("atopic_dermatitis",)),
    "pasi90": Criterion("pasi", lambda b, v: _fell_by(b, v, 90), diseases=("psoriasis",)),
    "pp_nrs_fall_4": Criterion("pp_nrs", lambda b, v: b - v >= 4),
    "salt50": Criterion("salt", lambda b, v: _fell_by(b, v, 50), diseases=("alopecia_areata",)),
    "salt_le_20": Criterion("salt", lambda _, v: v <= 20, diseases=("alopecia_areata",)),
}


def _fell_by(baseline: Score, value: Score, percent: int) -> bool:
    return baseline > 0 and (baseline - value) / baseline * 100 >= percent


@dataclass(frozen=True)
class Span:
    """Days that are judged: those of a pair, or of a course."""

    unit: str
    anchor: str
    partner: str
    start_day: int
    end_day: int
    ended_in_remission: bool


@dataclass(frozen=True)
class Answer:
    """What one criterion says of one span."""

    span: Span
    criterion: str
    standing: str
    ever: str | None
    at_last: str | None
    durable: str | None
    lost: str | None
    at_week: dict[int, str]


def answers_of(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Answer]:
    """Every criterion of every counted pair and course of a patient, as far as it is asked of the patient."""
    return [
        _answer(span, name, patient, episodes, parameters)
        for span in _spans_of(patient, episodes, parameters)
        for name in parameters.criteria
        if _is_asked(CRITERIA[name], patient, episodes)
    ]


def _spans_of(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Span]:
    def reason(pair: Pair) -> str | None:
        return end_reasons_of(pair, episodes.supplies, patient.death_day, parameters)[0]

    spans = []
    for course in episodes.courses:
        last = [reason(pair) for pair in course.pairs if pair.end_day == course.end_day]
        known = [found for found in last if found is not None]
        spans.append(_span("course", course, bool(known) and set(known) == {"remission"}))
        spans += [_span("pair", pair, reason(pair) == "remission") for pair in course.pairs]
    return spans


def _span(unit: str, of: Pair | Course, in_remission: bool) -> Span:
    anchor = of.anchor if isinstance(of, Course) else of.anchor_era.drug
    partners = of.partners if isinstance(of, Course) else {of.partner_era.drug}
    return Span(unit, anchor, " + ".join(sorted(partners)), of.start_day, of.end_day, in_remission)


def _is_asked(criterion: Criterion, patient: Patient, episodes: Episodes) -> bool:
    if not criterion.diseases or patient.disease is None or patient.disease in criterion.diseases:
        return True
    return bool(_scores(criterion, patient, episodes))


def _scores(criterion: Criterion, patient: Patient, episodes: Episodes) -> list[Assessment]:
    """The scores that a criterion is about, as far as they were observed."""
    return [
        visit
        for visit in patient.assessments
        if visit.instrument == criterion.instrument
        and visit.value is not None
        and visit.day <= episodes.observation_end
    ]


def _answer(span: Span, name: str, patient: Patient, episodes: Episodes, parameters: Parameters) -> Answer:
    criterion = CRITERIA[name]
    scores = _scores(criterion, patient, episodes)
    baseline = _baseline(scores, span, parameters)
    if baseline is None:
        return Answer(span, name, "no_baseline", None, None, None, None, {})
    best = Fraction(criterion.best)
    if criterion.is_met(baseline, baseline) or not criterion.is_met(baseline, best):
        return Answer(span, name, "not_eligible", None, None, None, None, {})
    # Day since the first -> whether it was met; of two values on one day the worse.
    visits: dict[int, bool] = {}
    for day in range(span.start_day + 1, span.end_day + 1):
        values = [_exact(visit) for visit in scores if visit.day == day]
        if values:
            visits[day - span.start_day] = criterion.is_met(baseline, max(values))
    followed = _followed_to(patient, episodes, parameters) - span.start_day
    return Answer(
        span,
        name,
        "eligible",
        ever=_yes_no(visits, any(visits.values())),
        at_last=_yes_no(visits, bool(visits) and visits[max(visits)]),
        durable=_durable(visits, followed, parameters.durable_weeks * 7),
        lost=_lost(visits),
        at_week={week: _at_week(week * 7, visits, span, followed, parameters) for week in parameters.weeks},
    )


def _exact(visit: Assessment) -> Fraction:
    return Fraction(str(visit.value))


def _baseline(scores: list[Assessment], span: Span, parameters: Parameters) -> Fraction | None:
    for day in range(span.start_day, span.start_day - parameters.lookback_days - 1, -1):
        values = [_exact(visit) for visit in scores if visit.day == day]
        if values:
            return min(values)
    return None


def _followed_to(patient: Patient, episodes: Episodes, parameters: Parameters) -> int:
    """The last day on which anything could have been seen; of the dead all is known to the cut-off."""
    died = patient.death_day == episodes.observation_end
    return parameters.cutoff if died else episodes.observation_end


def _yes_no(visits: dict[int, bool], answer: bool) -> str:
    if not visits:
        return "missing"
    return "yes" if answer else "no"


def _at_week(target: int, visits: dict[int, bool], span: Span, followed: int, parameters: Parameters) -> str:
    if followed < target:
        return "not_observed"
    if span.end_day - span.start_day < target:
        if not span.ended_in_remission:
            return "no"
        return _yes_no(visits, bool(visits) and visits[max(visits)])
    # Outwards from the week, the later day first.
    for distance in range(parameters.window_days + 1):
        for day in (target + distance, target - distance):
            if day in visits:
                return "yes" if visits[day] else "no"
    return "missing"


def _durable(visits: dict[int, bool], followed: int, days: int) -> str:
    if followed < days:
        return "not_observed"
    if not visits:
        return "missing"
    held = any(
        last - first >= days and all(met for day, met in visits.items() if first <= day <= last)
        for first in visits
        for last in visits
    )
    return "yes" if held else "no"


def _lost(visits: dict[int, bool]) -> str | None:
    met = [day for day, is_met in visits.items() if is_met]
    if not met:
        return None
    later = [is_met for day, is_met in visits.items() if day > min(met)]
    if not later:
        return "missing"
    return "no" if all(later) else "yes"
