"""Exposures as they stand at observation_end."""

from collections.abc import Iterable

from oracle.days import earliest_reading_of_end, latest_reading_of_start
from oracle.records import Exposure, Parameters, Patient, Supply


def observation_end_of(patient: Patient, cutoff: int) -> int:
    """The earliest of cut-off, death and the last day that could be recorded."""
    known = [day for day in (cutoff, patient.death_day, patient.observed_to) if day is not None]
    return min(known)


def first_observed_day_of(patient: Patient) -> int | None:
    """The first observed day; where none is recorded, the patient's first recorded exposure."""
    if patient.observed_from is not None:
        return patient.observed_from
    return min((exposure.start_day for exposure in patient.exposures), default=None)


def supplies_of(exposures: Iterable[Exposure], observation_end: int) -> list[Supply]:
    """Exposures that had started by observation_end, each with an end no later than it."""
    started = [e for e in exposures if e.start_day <= observation_end]
    return [_close(exposure, started, observation_end) for exposure in started]


def attrition_of(patient: Patient, parameters: Parameters, observation_end: int) -> dict[str, int]:
    """How many rows count, and how many do not and why; a row is named once, by the first reason."""
    counts = {"read": 0, "duplicate": 0, "after_observation_end": 0, "no_role": 0, "used": 0}
    seen = set()
    for exposure in patient.exposures:
        counts["read"] += 1
        identity = (exposure.drug, exposure.start_day, _recorded_end(exposure), exposure.dose_ng_day)
        if identity in seen:
            counts["duplicate"] += 1
        elif exposure.start_day > observation_end:
            counts["after_observation_end"] += 1
        elif parameters.role(exposure.drug) is None:
            counts["no_role"] += 1
        else:
            counts["used"] += 1
        seen.add(identity)
    return counts


def _recorded_end(exposure: Exposure) -> int | None:
    return None if exposure.is_ongoing else exposure.end_day


def _close(exposure: Exposure, started: list[Exposure], observation_end: int) -> Supply:
    end_day = _recorded_end(exposure)
    is_ongoing = False
    if end_day is None:
        later_starts = [
            e.start_day for e in started if e.drug == exposure.drug and e.start_day > exposure.start_day
        ]
        if later_starts:  # before a later record of the same drug it is never ongoing
            end_day = min(later_starts) - 1
            earliest_end = end_day
        else:
            end_day = earliest_end = observation_end
            is_ongoing = True
    else:
        earliest_end = end_day
        # Only a recorded end can be a partial date; one inferred from supply is reckoned from the start.
        if exposure.end_rule == "recorded":
            earliest_end = earliest_reading_of_end(end_day, exposure.date_precision)
        if end_day > observation_end:  # nothing later counts: by then no stop was recorded
            end_day = observation_end
            is_ongoing = True
        earliest_end = min(earliest_end, observation_end)
    latest_start = latest_reading_of_start(exposure.start_day, exposure.date_precision)
    recorded_end = _recorded_end(exposure)
    # It cannot have started after a recorded stop; an end reckoned from the start moves with it.
    if recorded_end is not None and exposure.end_rule == "recorded":
        latest_start = min(latest_start, recorded_end)
    return Supply(
        drug=exposure.drug,
        start_day=exposure.start_day,
        end_day=end_day,
        is_ongoing=is_ongoing,
        latest_start_day=latest_start,
        earliest_end_day=max(earliest_end, exposure.start_day),
        end_rule=exposure.end_rule,
        dose_ng_day=exposure.dose_ng_day,
        recorded_end_day=recorded_end,
        reason_started=exposure.reason_started,
        end_reason=exposure.end_reason,
    )
