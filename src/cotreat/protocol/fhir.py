"""Where FHIR resources are, and which of them the study means."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from cotreat.protocol.parts import Frozen, Level, NoEnd

TakenType = Literal[
    "MedicationDispense", "MedicationStatement", "MedicationRequest", "MedicationAdministration"
]


def _checked_order(types: tuple[TakenType, ...]) -> tuple[TakenType, ...]:
    if not types or len(set(types)) < len(types):
        msg = "names each type of resource once, and at least one"
        raise ValueError(msg)
    return types


TakenTypes = Annotated[tuple[TakenType, ...], AfterValidator(_checked_order)]


class FhirSource(Frozen):
    """FHIR R4 resources: NDJSON files of a bulk export, or Bundles.

    Of one drug of one patient the resources of the first type in `exposures` that there is
    count, and no others, so that a prescription and its supply are not two exposures;
    `exposures_by_drug` gives a drug an order of its own. `administration_days` says how
    many days one administration of a drug stands for. `diseases` are those that the study
    is about, where patients have several.
    """

    reader: Literal["fhir"]
    folder: str = "."
    files: tuple[str, ...] = ()
    exposures: TakenTypes = (
        "MedicationDispense",
        "MedicationStatement",
        "MedicationRequest",
        "MedicationAdministration",
    )
    exposures_by_drug: Mapping[Level, TakenTypes] = Field(default_factory=dict)
    administration_days: Mapping[Level, PositiveInt] = Field(default_factory=dict)
    diseases: tuple[Level, ...] = ()
    units: Mapping[Level, str] = Field(default_factory=dict)
    no_end: NoEnd = "ongoing"
    bad_rows: Literal["leave_out", "stop"] = "stop"
    outside_folder: bool = False
