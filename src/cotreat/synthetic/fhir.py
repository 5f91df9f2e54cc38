"""Invented studies as FHIR R4: NDJSON as a bulk export has it, or one Bundle.

What FHIR has no element for is left out: the last day of an adverse event.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Literal

from cotreat.engine import DuckDBEngine
from cotreat.errors import UsageError
from cotreat.synthetic.columns import LONG, InventedTable
from cotreat.synthetic.new_folder import write_new_folder
from cotreat.synthetic.patients import StudySize, build_invented_patients
from cotreat.synthetic.plan import build_plan
from cotreat.synthetic.rows import PATIENTS_AT_ONCE, read_rows

Row = Mapping[str, Any]
Resource = dict[str, Any]

_BASE = "https://example.org/fhir"
_UCUM = "http://unitsofmeasure.org"


def write_synthetic_fhir(
    folder: Path,
    *,
    n_patients: int,
    seed: int,
    format: Literal["ndjson", "bundle"],  # noqa: A002  # the word that everybody uses for it
) -> tuple[Path, ...]:
    """The files of an invented study as FHIR R4 resources.

    Parameters
    ----------
    folder
        A folder that does not exist, or an empty one.
    n_patients
        How many patients, at least 1.
    seed
        The study: the same number gives the same bytes, and the same patients as
        ``write_synthetic_tables``.
    format
        ``ndjson``: one file for each type of resource, one resource on each line; ``bundle``:
        ``bundle.json``, a Bundle of the type collection.

    Returns
    -------
    tuple[Path, ...]
        The files. All of them are written, or none.

    Raises
    ------
    UsageError
        There is no such format, `n_patients` is below 1, or `seed` is negative.
    OutputError
        `folder` is a file, holds something, or cannot be written.
    """
    size = StudySize(n_patients, seed)
    if format not in ("ndjson", "bundle"):
        msg = f"`format` is {format!r}; it must be ndjson or bundle."
        raise UsageError(msg)
    write = _write_bundle if format == "bundle" else _write_lines
    with write_new_folder(folder) as work:
        names = write(work, _resources(size))
    return tuple(folder / name for name in names)


def _write_lines(folder: Path, resources: Iterator[Resource]) -> list[str]:
    """One file for each type of resource."""
    written: dict[str, IO[str]] = {}
    with ExitStack() as stack:
        for resource in resources:
            name = f"{resource['resourceType']}.ndjson"
            if name not in written:
                written[name] = stack.enter_context((folder / name).open("w", encoding="utf-8", newline="\n"))
            written[name].write(f"{_json(resource)}\n")
    return sorted(written)


def _write_bundle(folder: Path, resources: Iterator[Resource]) -> list[str]:
    """One Bundle, one entry on each line."""
    with (folder / "bundle.json").open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"resourceType":"Bundle","type":"collection","entry":[\n')
        for place, resource in enumerate(resources):
            url = f"{_BASE}/{resource['resourceType']}/{resource['id']}"
            file.write(f"{',' if place else ''}{_json({'fullUrl': url, 'resource': resource})}\n")
        file.write("]}\n")
    return ["bundle.json"]


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _resources(size: StudySize) -> Iterator[Resource]:
    """Every resource, patient by patient, some thousands of patients at a time."""
    numbers = dict.fromkeys(_MAKERS, 0)
    with DuckDBEngine() as engine:
        build_plan(engine)
        for first in range(1, size.n_patients + 1, PATIENTS_AT_ONCE):
            last = min(first + PATIENTS_AT_ONCE - 1, size.n_patients)
            build_invented_patients(engine, size, first=first, last=last)
            for name, (table, make) in _MAKERS.items():
                for row in read_rows(engine, table).to_pylist():
                    numbers[name] += 1
                    for resource in make(row, f"{name[:1]}{numbers[name]}"):
                        yield _without_nothing(resource)


def _without_nothing(value: Any) -> Any:
    """The value without elements that have none: FHIR has no null."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in kept.items() if one not in ({}, [])}
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    return value


def _patient(row: Row, number: str) -> Iterator[Resource]:
    patient = row["patient_id"]
    yield {
        "resourceType": "Patient",
        "id": patient,
        "gender": row["sex"],
        "birthDate": _day(row["birth_date"]),
        "deceasedDateTime": _day(row["death_date"]),
    }
    yield {
        "resourceType": "EpisodeOfCare",
        "id": f"e{number}",
        "status": "finished" if row["observed_to"] else "active",
        "patient": _reference(patient),
        "period": _period(row["observed_from"], row["observed_to"]),
    }
    yield {
        "resourceType": "Condition",
        "id": f"d{number}",
        "subject": _reference(patient),
        "code": {"text": row["disease"]},
    }


def _exposure(row: Row, number: str) -> Iterator[Resource]:
    is_over = row["end_date"] is not None or row["days_supply"] is not None
    supply = {"value": row["days_supply"], "unit": "days", "system": _UCUM, "code": "d"}
    yield {
        "resourceType": "MedicationRequest",
        "id": number,
        "status": "active" if row["is_ongoing"] else "completed" if is_over else "unknown",
        "statusReason": _concept(row["end_reason"]),
        "intent": "order",
        "medicationCodeableConcept": {"text": row["drug"]},
        "subject": _reference(row["patient_id"]),
        "authoredOn": _day(row["start_date"]),
        "reasonCode": [{"text": row["reason_started"]}] if row["reason_started"] else None,
        "dosageInstruction": [
            {
                "text": row["dose"],
                "timing": {
                    "repeat": {
                        "boundsPeriod": _period(row["start_date"], row["end_date"]),
                        "frequency": 1,
                        **_interval(row["interval_days"]),
                    }
                },
                "route": _concept(row["route"]),
                "doseAndRate": [{"doseQuantity": _quantity(row["dose_mg"], "mg")}],
            }
        ],
        "dispenseRequest": {"expectedSupplyDuration": supply} if row["days_supply"] is not None else None,
    }


def _interval(days: float) -> Mapping[str, Any]:
    """The dosing interval: in hours where it is no whole number of days."""
    is_whole = days == int(days)
    return {"period": int(days if is_whole else days * 24), "periodUnit": "d" if is_whole else "h"}


def _assessment(row: Row, number: str) -> Iterator[Resource]:
    judged = [{"code": {"text": "response"}, "valueCodeableConcept": {"text": row["response"]}}]
    yield {
        "resourceType": "Observation",
        "id": number,
        "status": "final",
        "category": [{"coding": [{"code": "survey"}]}],
        "code": {"text": row["instrument"]},
        "subject": _reference(row["patient_id"]),
        "effectiveDateTime": _day(row["date"]),
        "valueQuantity": {"value": row["value"], "unit": "{score}", "system": _UCUM, "code": "{score}"},
        "component": judged if row["response"] else None,
    }


def _result(row: Row, number: str) -> Iterator[Resource]:
    unit = row["unit"].replace("10^", "10*")
    yield {
        "resourceType": "Observation",
        "id": number,
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": row["test"]},
        "subject": _reference(row["patient_id"]),
        "effectiveDateTime": _day(row["date"]),
        "valueQuantity": _quantity(row["value"], unit),
        "referenceRange": [{"low": _quantity(row["lln"], unit), "high": _quantity(row["uln"], unit)}],
    }


def _event(row: Row, number: str) -> Iterator[Resource]:
    suspects = row["suspects"].split(" + ")
    yield {
        "resourceType": "AdverseEvent",
        "id": number,
        "actuality": "actual",
        "event": {"text": row["term"]},
        "subject": _reference(row["patient_id"]),
        "date": _day(row["onset_date"]),
        "seriousness": {"coding": [{"code": "serious" if row["serious"] == "yes" else "non-serious"}]},
        "severity": {"text": str(row["severity"])},
        "outcome": _concept(row["outcome"]),
        "contained": [
            {"resourceType": "Medication", "id": f"m{place}", "code": {"text": drug}}
            for place, drug in enumerate(suspects)
        ],
        "suspectEntity": [{"instance": {"reference": f"#m{place}"}} for place in range(len(suspects))],
    }


def _condition(row: Row, number: str) -> Iterator[Resource]:
    yield {
        "resourceType": "Condition",
        "id": number,
        "subject": _reference(row["patient_id"]),
        "code": {"text": row["term"]},
        "onsetDateTime": _day(row["start_date"]),
    }


_TAKEN = LONG["exposures"]
_EXPOSURES = InventedTable(
    _TAKEN.rows,
    _TAKEN.order_by,
    {**_TAKEN.headings, "dose_mg": "dose_mg", "interval_days": "dose_interval_days"},
)
_MAKERS: Mapping[str, tuple[InventedTable, Callable[[Row, str], Iterator[Resource]]]] = {
    "patients": (LONG["patients"], _patient),
    "taken": (_EXPOSURES, _exposure),
    "scores": (LONG["assessments"], _assessment),
    "laboratory": (LONG["laboratory"], _result),
    "events": (LONG["adverse_events"], _event),
    "conditions": (LONG["conditions"], _condition),
}


def _reference(patient: str) -> Mapping[str, str]:
    return {"reference": f"Patient/{patient}"}


def _concept(text: str | None) -> Mapping[str, str] | None:
    return {"text": text} if text else None


def _quantity(value: float, code: str) -> Mapping[str, Any]:
    return {"value": value, "unit": code, "system": _UCUM, "code": code}


def _period(start: Any, end: Any) -> Mapping[str, str | None]:
    return {"start": _day(start), "end": _day(end)}


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()
