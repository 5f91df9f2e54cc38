"""Cases as the rows of study tables, many cases in one study; for engines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oracle.records import Assessment, EventRow, Exposure, LabResult
from spec.case import Study
from spec.table import NG_PER_MG, Row, Value


@dataclass(frozen=True)
class StudyRows:
    """Rows of the study tables, and whose each patient_key is.

    ``owner`` gives, for a patient_key, the name of the case and of the patient in it.
    """

    patients: list[dict[str, Value]]
    exposures: list[dict[str, Value]]
    assessments: list[dict[str, Value]]
    events: list[dict[str, Value]]
    laboratory: list[dict[str, Value]]
    owner: dict[int, tuple[str, str]]


def build_study_rows(cases: Sequence[Study]) -> StudyRows:
    """One study of all patients of the cases; case names must differ.

    An ongoing exposure has is_ongoing 1 and no end_day. Nothing is closed, joined or
    left out here.
    """
    rows = StudyRows([], [], [], [], [], {})
    for case in cases:
        for patient in case.patients:
            key = len(rows.patients) + 1
            rows.owner[key] = (case.name, patient.name)
            rows.patients.append(
                {
                    "patient_key": key,
                    "patient_id": f"{case.name}/{patient.name}",
                    "disease": patient.disease,
                    "observed_from": patient.observed_from,
                    "observed_to": patient.observed_to,
                    "death_day": patient.death_day,
                    "source_id": 1,
                    "source_row": key,
                }
            )
            for exposure in patient.exposures:
                rows.exposures.append(_exposure_row(exposure, key, len(rows.exposures) + 1))
            rows.assessments.extend(_assessment_row(visit, key) for visit in patient.assessments)
            rows.laboratory.extend(_laboratory_row(result, key) for result in patient.laboratory)
            for event in patient.events:
                rows.events.append(_event_row(event, key, len(rows.events) + 1))
    return rows


def rows_by_case(rows: Iterable[Mapping[str, Value]], study: StudyRows) -> dict[str, list[Row]]:
    """Rows that carry a patient_key, by the name of their case; a case without rows has an empty list."""
    by_case: dict[str, list[Row]] = {case: [] for case, _ in study.owner.values()}
    for row in rows:
        case, patient = study.owner[int(str(row["patient_key"]))]
        by_case[case].append({**row, "patient": patient})
    return by_case


def _exposure_row(exposure: Exposure, patient_key: int, key: int) -> dict[str, Value]:
    ng = exposure.dose_ng_day
    return {
        "exposure_key": key,
        "patient_key": patient_key,
        "drug": exposure.drug,
        "start_day": exposure.start_day,
        "end_day": exposure.end_day,
        "is_ongoing": int(exposure.is_ongoing),
        "supply_days": exposure.supply_days,
        "date_precision": exposure.date_precision,
        "end_rule": None if exposure.end_day is None else exposure.end_rule,
        "dose_mg": None if ng is None else ng / NG_PER_MG,
        "dose_interval_days": None if ng is None else 1.0,
        "dose_ng_day": ng,
        "reason_started": exposure.reason_started,
        "end_reason": exposure.end_reason,
        "source_id": 1,
        "source_row": key,
    }


def _assessment_row(visit: Assessment, patient_key: int) -> dict[str, Value]:
    return {
        "patient_key": patient_key,
        "day": visit.day,
        "instrument": visit.instrument,
        "value": visit.value,
        "response": visit.response,
        "context": visit.context,
        "source_id": 1,
    }


def _laboratory_row(result: LabResult, patient_key: int) -> dict[str, Value]:
    return {
        "patient_key": patient_key,
        "day": result.day,
        "test": result.test,
        "value": result.value,
        "lln": result.lln,
        "uln": result.uln,
        "source_id": 1,
    }


def _event_row(event: EventRow, patient_key: int, key: int) -> dict[str, Value]:
    first, last = event.earliest_onset_day, event.latest_onset_day
    return {
        "event_key": key,
        "patient_key": patient_key,
        "term": event.term,
        "onset_day": first if first == last else None,
        "earliest_onset_day": first,
        "latest_onset_day": last,
        "end_day": event.end_day,
        "severity_grade": event.severity_grade,
        "is_serious": event.is_serious,
        "certainty": "recorded",
        "source_id": 1,
        "source_row": key,
    }
