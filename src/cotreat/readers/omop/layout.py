"""The tables of an OMOP CDM that are read, and which of their columns.

CDM 5.3 and 5.4 agree in all of them. A column that is not required may be missing: what
it would say is then unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ColumnKind = Literal["key", "day", "count", "number", "text"]


@dataclass(frozen=True, slots=True)
class CdmColumn:
    """One column of the CDM.

    Attributes
    ----------
    name
        As the CDM calls it.
    as_name
        As it is called here.
    kind
        key: a whole number that identifies something; day: a date; count: a whole number;
        number; text.
    is_required
        Whether the table cannot be used without it.
    """

    name: str
    as_name: str
    kind: ColumnKind
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class CdmTable:
    """One table of the CDM with the columns that are read."""

    name: str
    columns: tuple[CdmColumn, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which the table cannot be used."""
        return tuple(column.name for column in self.columns if column.is_required)

    def heading(self, as_name: str) -> str:
        """What the CDM calls a column."""
        return next(column.name for column in self.columns if column.as_name == as_name)


def _table(name: str, *columns: tuple[str, str, ColumnKind], needs: int) -> CdmTable:
    """A table; the first columns, as many as `needs` says, are required."""
    return CdmTable(name, tuple(CdmColumn(*column, place < needs) for place, column in enumerate(columns)))


_PERSON: tuple[str, str, ColumnKind] = ("person_id", "person_id", "key")

_TABLES = (
    _table(
        "person",
        _PERSON,
        ("gender_concept_id", "sex_concept_id", "key"),
        ("year_of_birth", "birth_year", "count"),
        ("month_of_birth", "birth_month", "count"),
        ("day_of_birth", "birth_day_of_month", "count"),
        ("birth_datetime", "birth_day", "day"),
        needs=1,
    ),
    _table(
        "observation_period",
        _PERSON,
        ("observation_period_start_date", "start_day", "day"),
        ("observation_period_end_date", "end_day", "day"),
        ("observation_period_id", "row_id", "key"),
        needs=3,
    ),
    _table(
        "drug_exposure",
        ("drug_exposure_id", "row_id", "key"),
        _PERSON,
        ("drug_concept_id", "concept_id", "key"),
        ("drug_exposure_start_date", "start_day", "day"),
        ("drug_exposure_end_date", "end_day", "day"),
        ("verbatim_end_date", "stopped_day", "day"),
        ("days_supply", "supply_days", "count"),
        ("quantity", "quantity", "number"),
        ("stop_reason", "stop_reason", "text"),
        needs=4,
    ),
    _table(
        "drug_era",
        ("drug_era_id", "row_id", "key"),
        _PERSON,
        ("drug_concept_id", "concept_id", "key"),
        ("drug_era_start_date", "start_day", "day"),
        ("drug_era_end_date", "end_day", "day"),
        needs=5,
    ),
    _table("death", _PERSON, ("death_date", "start_day", "day"), needs=2),
    _table(
        "condition_occurrence",
        ("condition_occurrence_id", "row_id", "key"),
        _PERSON,
        ("condition_concept_id", "concept_id", "key"),
        ("condition_start_date", "start_day", "day"),
        ("condition_end_date", "end_day", "day"),
        needs=4,
    ),
    _table(
        "measurement",
        ("measurement_id", "row_id", "key"),
        _PERSON,
        ("measurement_concept_id", "concept_id", "key"),
        ("measurement_date", "start_day", "day"),
        ("value_as_number", "value", "number"),
        ("operator_concept_id", "operator_concept_id", "key"),
        ("unit_concept_id", "unit_concept_id", "key"),
        ("unit_source_value", "unit_text", "text"),
        ("range_low", "lln", "number"),
        ("range_high", "uln", "number"),
        needs=5,
    ),
    _table(
        "concept",
        ("concept_id", "concept_id", "key"),
        ("concept_name", "concept_name", "text"),
        ("vocabulary_id", "vocabulary_id", "text"),
        ("concept_class_id", "concept_class_id", "text"),
        ("standard_concept", "standard_concept", "text"),
        ("concept_code", "concept_code", "text"),
        needs=6,
    ),
    _table(
        "concept_ancestor",
        ("ancestor_concept_id", "ancestor_id", "key"),
        ("descendant_concept_id", "descendant_id", "key"),
        needs=2,
    ),
    _table(
        "drug_strength",
        ("drug_concept_id", "concept_id", "key"),
        ("ingredient_concept_id", "ingredient_id", "key"),
        ("amount_value", "amount", "number"),
        ("amount_unit_concept_id", "amount_unit", "key"),
        ("numerator_value", "numerator", "number"),
        ("numerator_unit_concept_id", "numerator_unit", "key"),
        ("denominator_value", "denominator", "number"),
        ("denominator_unit_concept_id", "denominator_unit", "key"),
        ("invalid_reason", "invalid_reason", "text"),
        needs=8,
    ),
    _table(
        "cdm_source",
        ("cdm_version", "cdm_version", "text"),
        ("vocabulary_version", "vocabulary_version", "text"),
        ("cdm_release_date", "release_day", "day"),
        needs=1,
    ),
)

CDM_TABLES: Mapping[str, CdmTable] = MappingProxyType({table.name: table for table in _TABLES})
VOCABULARY_TABLES = ("concept", "concept_ancestor", "drug_strength")
