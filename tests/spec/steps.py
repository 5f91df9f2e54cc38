"""The steps, the columns that each gives, and how the oracle runs them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from oracle.adverse_events import events_of, is_in_pair
from oracle.contrasts import contrasts_of
from oracle.doses import dose_path
from oracle.episodes import episodes_of_patient
from oracle.exposures import end_counts_of
from oracle.followups import followups_of
from oracle.judgements import judged_alone, judged_combined
from oracle.laboratory import graded_results
from oracle.reasons import end_reasons_of, reason_started_of
from oracle.reconciliation import reconciliation_of
from oracle.records import Episodes, Parameters, Patient
from oracle.response import Answer, answers_of
from spec.case import Study
from spec.rate_rows import NUMBERS, RATE_STEPS, rates_of_oracle
from spec.table import Row

# Names and meaning as in the study tables; days are whole days, flags 1 and 0, doses ng per day.
# `patient` is the patient's name in the case. Two columns stand beside the schema's: the narrowest
# reading of an era (latest_start_day, earliest_end_day).
STEP_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "attrition": ("reason", "rows"),
    "ends": ("reason", "rows"),
    "reconciliation": ("from_view", "to_view", "item", "days"),
    "eras": (
        "patient",
        "drug",
        "start_day",
        "end_day",
        "is_ongoing",
        "latest_start_day",
        "earliest_end_day",
    ),
    "segments": ("patient", "start_day", "end_day", "regimen", "n_drugs", "days"),
    "pairs": (
        "patient",
        "anchor",
        "partner",
        "regimen",
        "start_day",
        "end_day",
        "duration_days",
        "is_ongoing",
        "kind",
        "is_short_course",
        "order",
        "lead_days",
        "end",
        "next_treatment",
    ),
    "recorded outcomes": (
        "patient",
        "anchor",
        "partner",
        "start_day",
        "reason_started",
        "end_reason",
        "end_reason_other",
        "monotherapy_response",
        "response",
    ),
    "responses": (
        "patient",
        "unit",
        "anchor",
        "partner",
        "start_day",
        "criterion",
        "standing",
        "ever",
        "at_last",
        "durable",
        "lost",
    ),
    "responses at week": (
        "patient",
        "unit",
        "anchor",
        "partner",
        "start_day",
        "criterion",
        "week",
        "answer",
    ),
    "follow-ups": ("patient", "anchor", "partner", "start_day", "days", "followed_by", "held"),
    "score contrasts": ("patient", "anchor", "partners", "start_day", "instrument", "alone", "combined"),
    "courses": (
        "patient",
        "anchor",
        "partners",
        "n_pairs",
        "start_day",
        "end_day",
        "duration_days",
        "is_ongoing",
        "order",
        "end",
    ),
    "states": ("patient", "start_day", "end_day", "state", "days"),
    "events": (
        "patient",
        "term",
        "onset_day",
        "earliest_onset_day",
        "latest_onset_day",
        "end_day",
        "severity_grade",
        "is_serious",
        "state",
        "placement",
    ),
    "event pairs": (
        "patient",
        "term",
        "earliest_onset_day",
        "anchor",
        "partner",
        "start_day",
        "is_certain",
    ),
    "laboratory grades": (
        "patient",
        "term",
        "day",
        "value",
        "lowest_grade",
        "highest_grade",
        "reason",
        "is_baseline",
        "is_after",
    ),
    "lines": ("patient", "line", "start_day", "end_day", "drugs"),
    "doses": (
        "patient",
        "anchor",
        "partner",
        "start_day",
        "drug",
        "supplied_days",
        "first",
        "last",
        "max",
        "mean",
        "cumulative",
    ),
    **{
        step: (*time.split(" & "), *([of] if of else []), *NUMBERS) for step, (time, of) in RATE_STEPS.items()
    },
}


# Counts of a whole study: its rows have no patient.
WHOLE_STUDY = ("attrition", "ends", "reconciliation", *RATE_STEPS)


FOLLOWED_BY = (None, "another drug", "restart", "death")


def run_step_on_oracle(cases: Sequence[Study], step: str) -> dict[str, list[Row]]:
    """The rows of a step for each case, by its name."""
    if step in RATE_STEPS:
        return {case.name: rates_of_oracle(case.patients, case.protocol, *RATE_STEPS[step]) for case in cases}
    if step == "reconciliation":
        return {case.name: _reconciliation_rows(case) for case in cases}
    return {
        case.name: [
            {"patient": patient.name, **row}
            for patient in case.patients
            for row in rows_of(patient, case.protocol, step)
        ]
        for case in cases
    }


def _reconciliation_rows(case: Study) -> list[Row]:
    """Days of all patients together; what holds no days is left out."""
    days: Counter[tuple[str, str, str]] = Counter()
    for patient in case.patients:
        episodes = _episodes_of(patient, case.protocol)
        days.update(reconciliation_of(episodes, case.protocol, patient.observed_from))
    return [
        {"from_view": start, "to_view": end, "item": item, "days": n}
        for (start, end, item), n in days.items()
        if n
    ]


@lru_cache(maxsize=10_000)
def _episodes_of(patient: Patient, parameters: Parameters) -> Episodes:
    """The oracle's episodes of one patient, kept for its other steps."""
    return episodes_of_patient(patient, parameters)


def rows_of(patient: Patient, parameters: Parameters, step: str) -> list[Row]:
    """What comes of one patient's records, as rows of a step."""
    episodes = _episodes_of(patient, parameters)
    if step in ("events", "event pairs"):
        return (_event_rows if step == "events" else _event_pair_rows)(patient, episodes, parameters)
    if step == "laboratory grades":
        return _laboratory_rows(patient, episodes, parameters)
    if step == "recorded outcomes":
        return _recorded_rows(patient, episodes, parameters)
    if step == "follow-ups":
        return [
            {
                "anchor": found.pair.anchor_era.drug,
                "partner": found.pair.partner_era.drug,
                "start_day": found.pair.start_day,
                "days": found.days,
                "followed_by": FOLLOWED_BY[found.kind],
                "held": found.held,
            }
            for found in followups_of(patient, episodes, parameters)
        ]
    if step == "score contrasts":
        return [
            {
                "anchor": contrast.course.anchor,
                "partners": _joined(contrast.course.partners),
                "start_day": contrast.course.start_day,
                "instrument": contrast.instrument,
                "alone": contrast.alone,
                "combined": contrast.combined,
            }
            for contrast in contrasts_of(patient, episodes, parameters)
        ]
    if step in ("responses", "responses at week"):
        answers = answers_of(patient, episodes, parameters)
        return [row for answer in answers for row in _answer_rows(answer, step)]
    if step == "attrition":
        return [{"reason": reason, "rows": rows} for reason, rows in episodes.attrition.items() if rows]
    if step == "ends":
        counts = end_counts_of(patient, parameters)
        return [{"reason": reason, "rows": rows} for reason, rows in counts.items() if rows]
    if step == "doses":
        return _dose_rows(episodes)
    rows = {
        "eras": _era_rows,
        "segments": _segment_rows,
        "pairs": _pair_rows,
        "courses": _course_rows,
        "states": _state_rows,
        "lines": _line_rows,
    }
    return rows[step](episodes)


def _joined(drugs: frozenset[str]) -> str:
    return " + ".join(sorted(drugs))


def _era_rows(episodes: Episodes) -> list[Row]:
    return [
        {
            "drug": era.drug,
            "start_day": era.start_day,
            "end_day": era.end_day,
            "is_ongoing": int(era.is_ongoing),
            "latest_start_day": era.latest_start_day,
            "earliest_end_day": era.earliest_end_day,
        }
        for era in episodes.eras
    ]


def _segment_rows(episodes: Episodes) -> list[Row]:
    return [
        {
            "start_day": segment.start_day,
            "end_day": segment.end_day,
            "regimen": _joined(segment.drugs),
            "n_drugs": len(segment.drugs),
            "days": segment.days,
        }
        for segment in episodes.segments
    ]


def _pair_rows(episodes: Episodes) -> list[Row]:
    return [
        {
            "anchor": pair.anchor_era.drug,
            "partner": pair.partner_era.drug,
            "regimen": f"{pair.anchor_era.drug} + {pair.partner_era.drug}",
            "start_day": pair.start_day,
            "end_day": pair.end_day,
            "duration_days": len(pair.days),
            "is_ongoing": int(pair.is_ongoing),
            "kind": pair.kind,
            "is_short_course": int(pair.is_short_course),
            "order": pair.order,
            "lead_days": pair.lead_days,
            "end": pair.end,
            "next_treatment": pair.next_treatment,
        }
        for pair in episodes.pairs
    ]


def _recorded_rows(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Row]:
    return [
        {
            "anchor": pair.anchor_era.drug,
            "partner": pair.partner_era.drug,
            "start_day": pair.start_day,
            "reason_started": reason_started_of(pair, episodes.supplies, parameters),
            **dict(
                zip(
                    ("end_reason", "end_reason_other"),
                    end_reasons_of(pair, episodes.supplies, patient.death_day, parameters),
                    strict=True,
                )
            ),
            "monotherapy_response": judged_alone(pair, episodes.eras, patient.assessments, parameters),
            "response": judged_combined(pair, patient.assessments, parameters),
        }
        for pair in episodes.pairs
    ]


def _answer_rows(answer: Answer, step: str) -> list[Row]:
    span = answer.span
    where = {
        "unit": span.unit,
        "anchor": span.anchor,
        "partner": span.partner,
        "start_day": span.start_day,
        "criterion": answer.criterion,
    }
    if step == "responses at week":
        return [{**where, "week": week, "answer": said} for week, said in answer.at_week.items()]
    return [
        {
            **where,
            "standing": answer.standing,
            "ever": answer.ever,
            "at_last": answer.at_last,
            "durable": answer.durable,
            "lost": answer.lost,
        }
    ]


def _event_rows(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Row]:
    return [
        {
            "term": event.term,
            "onset_day": event.earliest_onset_day
            if event.earliest_onset_day == event.latest_onset_day
            else None,
            "earliest_onset_day": event.earliest_onset_day,
            "latest_onset_day": event.latest_onset_day,
            "end_day": event.end_day,
            "severity_grade": event.severity_grade,
            "is_serious": event.is_serious,
            "state": event.state,
            "placement": event.placement,
        }
        for event in events_of(patient.events, episodes.states)
    ]


def _laboratory_rows(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Row]:
    rows = [
        {
            "term": found.term,
            "day": found.result.day,
            "value": found.result.value,
            "lowest_grade": found.lowest,
            "highest_grade": found.highest,
            "reason": found.reason,
            "is_baseline": int(found.is_baseline),
            "is_after": int(found.is_after),
        }
        for found in graded_results(patient.laboratory, episodes.states, parameters)
    ]
    # Results alike in all that is compared are one row on both sides.
    return [dict(row) for row in dict.fromkeys(tuple(row.items()) for row in rows)]


def _event_pair_rows(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Row]:
    found = [
        (event, pair, is_in_pair(event, pair, parameters, episodes.observation_end))
        for event in events_of(patient.events, episodes.states)
        for pair in episodes.pairs
    ]
    return [
        {
            "term": event.term,
            "earliest_onset_day": event.earliest_onset_day,
            "anchor": pair.anchor_era.drug,
            "partner": pair.partner_era.drug,
            "start_day": pair.start_day,
            "is_certain": int(is_in),
        }
        for event, pair, is_in in found
        if is_in is not None
    ]


def _course_rows(episodes: Episodes) -> list[Row]:
    return [
        {
            "anchor": course.anchor,
            "partners": _joined(course.partners),
            "n_pairs": len(course.pairs),
            "start_day": course.start_day,
            "end_day": course.end_day,
            "duration_days": course.duration_days,
            "is_ongoing": int(course.is_ongoing),
            "order": course.order,
            "end": course.end,
        }
        for course in episodes.courses
    ]


def _state_rows(episodes: Episodes) -> list[Row]:
    return [
        {
            "start_day": interval.start_day,
            "end_day": interval.end_day,
            "state": interval.state,
            "days": interval.days,
        }
        for interval in episodes.states
    ]


def _line_rows(episodes: Episodes) -> list[Row]:
    return [
        {
            "line": line.number,
            "start_day": line.start_day,
            "end_day": line.end_day,
            "drugs": _joined(line.drugs),
        }
        for line in episodes.lines
    ]


def _dose_rows(episodes: Episodes) -> list[Row]:
    """Two rows per pair: the dose of either drug over the pair's days."""
    rows: list[Row] = []
    for pair in episodes.pairs:
        for drug in (pair.anchor_era.drug, pair.partner_era.drug):
            path = dose_path(episodes.supplies, drug, pair.days)
            rows.append(
                {
                    "anchor": pair.anchor_era.drug,
                    "partner": pair.partner_era.drug,
                    "start_day": pair.start_day,
                    "drug": drug,
                    "supplied_days": path.supplied_days,
                    "first": path.first,
                    "last": path.last,
                    "max": path.max,
                    "mean": None if path.mean is None else float(path.mean),
                    "cumulative": path.cumulative,
                }
            )
    return rows
