"""Where an OMOP common data model is, and which of its concepts the study means."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, model_validator

from cotreat.protocol.parts import FixedLength, Frozen, Level, NoEnd

SqlName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_$-]*(\.[A-Za-z_][A-Za-z0-9_$-]*)*$")]
AtcCode = Annotated[str, Field(pattern=r"^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")]
ConceptId = Annotated[int, Field(ge=1)]


class ConceptSet(Frozen):
    """Concepts of a CDM: by their numbers, or as a concept set that ATLAS has exported.

    With `descendants`, concepts below a listed one (``concept_ancestor``) belong to the
    set too; `exclude` takes out concepts and everything below them.
    """

    concepts: tuple[ConceptId, ...] = ()
    concept_set: str | None = None
    exclude: tuple[ConceptId, ...] = ()
    descendants: bool = True

    @model_validator(mode="after")
    def _names_something(self) -> "ConceptSet":
        if not self.is_named:
            msg = f"names no concept; give {self._ways()}"
            raise ValueError(msg)
        return self

    @property
    def is_named(self) -> bool:
        """Whether anything is in the set."""
        return bool(self.concepts or self.concept_set)

    @staticmethod
    def _ways() -> str:
        return "`concepts` or `concept_set`"


class DrugSet(ConceptSet):
    """Products of a drug, also by ingredient name or ATC code."""

    ingredients: tuple[str, ...] = ()
    atc: tuple[AtcCode, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether anything is in the set."""
        return bool(self.concepts or self.concept_set or self.ingredients or self.atc)

    @staticmethod
    def _ways() -> str:
        return "`ingredients`, `atc`, `concepts` or `concept_set`"


class ConditionSet(ConceptSet):
    """A disease, comorbidity or risk factor of the study."""

    kind: Literal["comorbidity", "disease", "risk_factor"] = "comorbidity"


class LaboratorySet(ConceptSet):
    """A laboratory test; `unit` is that of results which are recorded without one."""

    unit: str | None = None


class OmopSource(Frozen):
    """A CDM: a DuckDB file, a folder of Parquet or CSV files, or a schema of the engine's database.

    `cdm_schema` beside `file` is a schema in that file. `drugs` are drugs that the
    vocabulary does not know or that are defined otherwise here; of a class in `classes`
    each ingredient is a drug. Conditions, adverse events, laboratory tests and scores are
    read as far as they are named.
    """

    reader: Literal["omop"]
    file: str | None = None
    folder: str | None = None
    cdm_schema: SqlName | None = None
    vocabulary_schema: SqlName | None = None
    vocabulary_folder: str | None = None
    exposure_table: Literal["drug_exposure", "drug_era"] = "drug_exposure"
    drugs: Mapping[Level, DrugSet] = Field(default_factory=dict)
    classes: Mapping[Level, DrugSet] = Field(default_factory=dict)
    conditions: Mapping[Level, ConditionSet] = Field(default_factory=dict)
    adverse_events: Mapping[Level, ConceptSet] = Field(default_factory=dict)
    laboratory: Mapping[Level, LaboratorySet] = Field(default_factory=dict)
    assessments: Mapping[Level, ConceptSet] = Field(default_factory=dict)
    no_end: NoEnd = FixedLength(days=1)
    event_gap: NonNegativeInt = 30
    bad_rows: Literal["leave_out", "stop"] = "leave_out"
    outside_folder: bool = False

    @model_validator(mode="after")
    def _is_in_one_place(self) -> "OmopSource":
        if self.file is not None and self.folder is not None:
            msg = "has `file` and `folder`; the CDM is in one of them"
            raise ValueError(msg)
        if self.file is None and self.folder is None and self.cdm_schema is None:
            msg = (
                "says nowhere where the CDM is; give `file` (DuckDB), `folder` (Parquet or CSV files) or "
                "`cdm_schema` (in the database of [engine])"
            )
            raise ValueError(msg)
        if self.folder is not None and (self.cdm_schema or self.vocabulary_schema):
            msg = "has a schema beside `folder`; a folder has none"
            raise ValueError(msg)
        if self.vocabulary_folder is not None and self.vocabulary_schema is not None:
            msg = "has `vocabulary_folder` and `vocabulary_schema`; the vocabulary is in one of them"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _a_name_is_a_drug_or_a_class(self) -> "OmopSource":
        if both := sorted(set(self.drugs) & set(self.classes)):
            msg = f"has `{both[0]}` under `drugs` and under `classes`"
            raise ValueError(msg)
        return self
