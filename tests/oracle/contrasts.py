"""The same patient before and on the combination: the last score of each, day by day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oracle.records import Course, Episodes, Parameters, Patient


@dataclass(frozen=True)
class Contrast:
    """The scores of one add-on course."""

    course: Course
    instrument: str
    alone: float | None
    combined: float | None


def contrasts_of(patient: Patient, episodes: Episodes, parameters: Parameters) -> list[Contrast]:
    """Of each add-on course and instrument the last score on the anchor alone and on the combination."""
    found = []
    for course in episodes.courses:
        if course.order != "add_on":
            continue
        first = next(pair for pair in course.pairs if pair.start_day == course.start_day)
        alone_days = [
            day
            for day in range(first.anchor_era.start_day + 1, course.start_day + 1)
            if not any(
                parameters.role(era.drug) == "partner" and era.start_day < day <= era.end_day
                for era in episodes.eras
            )
        ]
        combined_days = range(course.start_day + 1, course.end_day + 1)
        for instrument in sorted({v.instrument for v in patient.assessments if v.instrument}):
            # All of these scores are better when lower.
            alone = _last(patient, instrument, alone_days, min)
            combined = _last(patient, instrument, combined_days, max)
            if alone is not None or combined is not None:
                found.append(Contrast(course, instrument, alone, combined))
    return found


def _last(
    patient: Patient, instrument: str, days: Sequence[int], of_one_day: Callable[[list[float]], float]
) -> float | None:
    for day in reversed(days):
        values = [
            visit.value
            for visit in patient.assessments
            if visit.instrument == instrument and visit.day == day and visit.value is not None
        ]
        if values:
            return of_one_day(values)
    return None
