"""Which elements of which FHIR R4 resources are read, as DuckDB's ``json_transform`` takes them out.

Numbers stay text, so that they are read as they are written. What is not named here is not read.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

Structure = Mapping[str, object]

_CONCEPT = {"text": "VARCHAR", "coding": [{"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}]}
_REFERENCE = {"reference": "VARCHAR", "display": "VARCHAR"}
_PERIOD = {"start": "VARCHAR", "end": "VARCHAR"}
_QUANTITY = {"value": "VARCHAR", "comparator": "VARCHAR", "unit": "VARCHAR", "code": "VARCHAR"}
_INGREDIENTS = [{"itemCodeableConcept": _CONCEPT}]
_DOSAGE = {
    "text": "VARCHAR",
    "timing": {
        "repeat": {
            "boundsDuration": _QUANTITY,
            "boundsPeriod": _PERIOD,
            "frequency": "VARCHAR",
            "period": "VARCHAR",
            "periodUnit": "VARCHAR",
        },
        "code": _CONCEPT,
    },
    "asNeededBoolean": "VARCHAR",
    "route": _CONCEPT,
    "doseAndRate": [{"doseQuantity": _QUANTITY}],
}
_MEDICATION = {
    "status": "VARCHAR",
    "subject": _REFERENCE,
    "medicationCodeableConcept": _CONCEPT,
    "medicationReference": _REFERENCE,
    "contained": [{"resourceType": "VARCHAR", "id": "VARCHAR", "code": _CONCEPT, "ingredient": _INGREDIENTS}],
    "reasonCode": [_CONCEPT],
}
_RESULT = {
    "code": _CONCEPT,
    "valueQuantity": _QUANTITY,
    "valueInteger": "VARCHAR",
    "valueCodeableConcept": _CONCEPT,
    "referenceRange": [{"low": _QUANTITY, "high": _QUANTITY}],
}
_EFFECTIVE = {"effectiveDateTime": "VARCHAR", "effectivePeriod": _PERIOD}

_COMMON = {"id": "VARCHAR", "meta": {"lastUpdated": "VARCHAR"}}
STRUCTURES: Mapping[str, Structure] = MappingProxyType(
    {
        "Patient": {"gender": "VARCHAR", "birthDate": "VARCHAR", "deceasedDateTime": "VARCHAR"},
        "EpisodeOfCare": {"status": "VARCHAR", "patient": _REFERENCE, "period": _PERIOD},
        "Medication": {"code": _CONCEPT, "ingredient": _INGREDIENTS},
        "MedicationRequest": {
            **_MEDICATION,
            "intent": "VARCHAR",
            "doNotPerform": "VARCHAR",
            "authoredOn": "VARCHAR",
            "statusReason": _CONCEPT,
            "dosageInstruction": [_DOSAGE],
            "dispenseRequest": {"numberOfRepeatsAllowed": "VARCHAR", "expectedSupplyDuration": _QUANTITY},
        },
        "MedicationStatement": {
            **_MEDICATION,
            **_EFFECTIVE,
            "statusReason": [_CONCEPT],
            "dosage": [_DOSAGE],
        },
        "MedicationAdministration": {
            **_MEDICATION,
            **_EFFECTIVE,
            "statusReason": [_CONCEPT],
            "dosage": {**_DOSAGE, "dose": _QUANTITY},
        },
        "MedicationDispense": {
            **_MEDICATION,
            "whenHandedOver": "VARCHAR",
            "whenPrepared": "VARCHAR",
            "daysSupply": _QUANTITY,
            "statusReasonCodeableConcept": _CONCEPT,
            "dosageInstruction": [_DOSAGE],
        },
        "Condition": {
            "verificationStatus": _CONCEPT,
            "subject": _REFERENCE,
            "code": _CONCEPT,
            "onsetDateTime": "VARCHAR",
            "onsetPeriod": _PERIOD,
        },
        "Observation": {
            **_RESULT,
            **_EFFECTIVE,
            "status": "VARCHAR",
            "category": [_CONCEPT],
            "subject": _REFERENCE,
            "effectiveInstant": "VARCHAR",
            "component": [_RESULT],
        },
        "AdverseEvent": {
            "actuality": "VARCHAR",
            "event": _CONCEPT,
            "subject": _REFERENCE,
            "date": "VARCHAR",
            "seriousness": _CONCEPT,
            "severity": _CONCEPT,
            "outcome": _CONCEPT,
            "contained": _MEDICATION["contained"],
            "suspectEntity": [
                {"instance": _REFERENCE, "causality": [{"assessment": _CONCEPT, "method": _CONCEPT}]}
            ],
        },
    }
)
"""By type of resource, the elements that are read beside ``id`` and ``meta.lastUpdated``."""

EXPOSURES = ("MedicationDispense", "MedicationStatement", "MedicationRequest", "MedicationAdministration")
"""Types of resource that say that a drug was taken."""


def compute_structure(kind: str) -> str:
    """The structure of a type of resource as ``json_transform`` takes it."""
    return json.dumps({**_COMMON, **STRUCTURES[kind]}, separators=(",", ":"))


def compute_table(kind: str) -> str:
    """Name of the table that holds the resources of a type: ``n`` and one column per element."""
    return f"fhir_{kind.lower()}"
