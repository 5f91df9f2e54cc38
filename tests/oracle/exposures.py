"""Exposures as they stand at observation_end."""

from collections.abc import Iterable
from dataclasses import replace

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


def supplies_of(
    exposures: Iterable[Exposure],
    observation_end: int,
    *,
    no_end: str | int = "ongoing",
    stockpiling: bool = False,
) -> list[Supply]:
    """Exposures that had started by observation_end, each with an end no later than it."""
    started = [e for e in exposures if e.start_day <= observation_end]
    ended = [_with_end(exposure, started, no_end) for exposure in started]
    if stockpiling:
        ended = _stockpiled(ended)
    return [_close(e, observation_end) for e in ended if e.start_day <= observation_end]


def _with_end(exposure: Exposure, started: list[Exposure], no_end: str | int) -> Exposure:
    """The exposure with its end and where that comes from; without one it goes on."""
    later = [e.start_day for e in started if e.drug == exposure.drug and e.start_day > exposure.start_day]
    if exposure.is_ongoing and not later:
        return replace(exposure, end_day=None, end_rule="ongoing")
    if exposure.end_day is not None:
        return exposure
    if exposure.supply_days is not None:
        return replace(
            exposure,
            end_day=exposure.start_day + exposure.supply_days - 1,
            is_ongoing=False,
            end_rule="supply",
        )
    if isinstance(no_end, int) and not exposure.is_ongoing:
        return replace(exposure, end_day=exposure.start_day + no_end - 1, end_rule="fixed")
    if later:  # before a later record of the same drug it is never ongoing
        return replace(exposure, end_day=min(later) - 1, is_ongoing=False, end_rule="until_next")
    return replace(exposure, is_ongoing=True, end_rule="ongoing")


def _stockpiled(exposures: list[Exposure]) -> list[Exposure]:
    """Supplies of one drug used up one after the other; other exposures stay as they are."""
    moved: dict[tuple[str, int, int, int], int] = {}
    left_until: dict[str, int] = {}
    for key in sorted({_supply(e) for e in exposures if e.end_rule == "supply"}):
        drug, start_day, end_day, _ = key
        begins = max(start_day, left_until.get(drug, start_day - 1) + 1)
        moved[key] = begins - start_day
        left_until[drug] = end_day + moved[key]
    return [_later(e, moved[_supply(e)]) if e.end_rule == "supply" else e for e in exposures]


def _supply(exposure: Exposure) -> tuple[str, int, int, int]:
    """What makes two supplies one and the same."""
    dose = -1 if exposure.dose_ng_day is None else exposure.dose_ng_day
    return exposure.drug, exposure.start_day, exposure.end_day, dose


def _later(exposure: Exposure, days: int) -> Exposure:
    return replace(
        exposure,
        start_day=exposure.start_day + days,
        end_day=exposure.end_day + days,
        first_start_day=exposure.start_day,
    )


def attrition_of(patient: Patient, parameters: Parameters, observation_end: int) -> dict[str, int]:
    """How many rows count, and how many do not and why; a row is named once, by the first reason."""
    counts = {"read": 0, "duplicate": 0, "after_observation_end": 0, "no_role": 0, "used": 0}
    seen = set()
    for exposure in patient.exposures:
        counts["read"] += 1
        identity = (
            exposure.drug,
            exposure.start_day,
            _recorded_end(exposure),
            exposure.is_ongoing,
            exposure.supply_days,
            exposure.dose_ng_day,
        )
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


def end_counts_of(patient: Patient, parameters: Parameters) -> dict[str, int]:
    """Where the ends of the exposures in roles come from, copies once; and how many supplies begin later."""
    observation_end = observation_end_of(patient, parameters.cutoff)
    started = [e for e in patient.exposures if e.start_day <= observation_end]
    ended = [_with_end(e, started, parameters.no_end) for e in started]
    moved = _stockpiled(ended) if parameters.stockpiling else ended
    counts = dict.fromkeys(("recorded", "supply", "fixed", "until_next", "ongoing", "carried_over"), 0)
    seen, seen_moved = set(), set()
    for before, after in zip(ended, moved, strict=True):
        if parameters.role(before.drug) is None:
            continue
        if (identity := _ended_identity(before)) not in seen:
            counts[before.end_rule] += 1
            seen.add(identity)
        if after.start_day > before.start_day and (identity := _ended_identity(after)) not in seen_moved:
            counts["carried_over"] += 1
            seen_moved.add(identity)
    return counts


def _ended_identity(exposure: Exposure) -> tuple[object, ...]:
    dose = exposure.dose_ng_day
    return exposure.drug, exposure.start_day, exposure.end_day, exposure.end_rule, exposure.supply_days, dose


def _recorded_end(exposure: Exposure) -> int | None:
    return None if exposure.is_ongoing else exposure.end_day


def _close(exposure: Exposure, observation_end: int) -> Supply:
    end_day, is_ongoing = exposure.end_day, False
    is_recorded = exposure.end_rule == "recorded"
    if end_day is None:
        end_day = earliest_end = observation_end
        is_ongoing = True
    else:
        earliest_end = end_day
        # Only a recorded end can be a partial date; one that was reckoned is what the reckoning gives.
        if is_recorded:
            earliest_end = earliest_reading_of_end(end_day, exposure.date_precision)
        if end_day > observation_end:  # nothing later counts: by then no stop was recorded
            end_day = observation_end
            is_ongoing = True
        earliest_end = min(earliest_end, observation_end)
    recorded_start = exposure.start_day if exposure.first_start_day is None else exposure.first_start_day
    latest_start = max(latest_reading_of_start(recorded_start, exposure.date_precision), exposure.start_day)
    # It cannot have started after a recorded stop; an end reckoned from the start moves with it.
    if exposure.end_day is not None and is_recorded:
        latest_start = min(latest_start, exposure.end_day)
    return Supply(
        drug=exposure.drug,
        start_day=exposure.start_day,
        end_day=end_day,
        is_ongoing=is_ongoing,
        latest_start_day=latest_start,
        earliest_end_day=max(earliest_end, exposure.start_day),
        end_rule=exposure.end_rule,
        dose_ng_day=exposure.dose_ng_day,
        recorded_end_day=exposure.end_day,
        reason_started=exposure.reason_started,
        end_reason=exposure.end_reason,
    )
