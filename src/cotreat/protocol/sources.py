"""Where a study's records are, and what their columns and words mean."""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from cotreat.protocol.fhir import FhirSource
from cotreat.protocol.omop import OmopSource
from cotreat.protocol.parts import DateFormat, Frozen, Level, NoEnd, Words
from cotreat.protocol.redcap import RedcapSource


class CaseTableColumns(Frozen):
    """Headings of a case table, by what they hold."""

    patient: str
    anchor: str
    partner: str
    case: str | None = None
    course: str | None = None
    sex: str | None = None
    age_years: str | None = None
    disease: str | None = None
    comorbidity: str | None = None
    prior_therapy: str | None = None
    anchor_dose: str | None = None
    partner_dose: str | None = None
    monotherapy_response: str | None = None
    reason_started: str | None = None
    duration: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    response: str | None = None
    end_reason: str | None = None
    anchor_end: str | None = None
    next_treatment: str | None = None
    adverse_events: str | None = None

    @model_validator(mode="after")
    def _length_is_known(self) -> "CaseTableColumns":
        if self.duration is None and self.start_date is None:
            msg = "needs `duration`, or `start_date` (with `end_date`): without them no case has a length"
            raise ValueError(msg)
        return self


class CaseTableSource(Frozen):
    """A spreadsheet with one row per case, and the words its cells use."""

    reader: Literal["case_table"]
    file: str
    sheet: str | None = None
    columns: CaseTableColumns
    duration_unit: Literal["days", "weeks", "months", "years"] = "months"
    none: Words | None = None
    unknown: Words | None = None
    ongoing: Words | None = None
    switched_to: Words = ("switched to",)
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    date_format: str | None = None
    outside_folder: bool = False


class TableFile(Frozen):
    """One long table: its file or sheet, and its headings by what they hold.

    Without `columns` the headings are the standard names of ``docs/long_tables.md``.
    What a table says of its own encoding, delimiter, decimal sign and dates holds for it
    in place of what [source] says.
    """

    file: str
    columns: Mapping[str, str] = Field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    date_format: DateFormat | None = None


class ExposureFile(TableFile):
    """The table of exposures, and what an exposure without an end means."""

    no_end: NoEnd = "ongoing"


class LaboratoryFile(TableFile):
    """The table of laboratory results, and by test the unit of the rows that give none."""

    units: Mapping[Level, str] = Field(default_factory=dict)


class TablesSource(Frozen):
    """Long tables, one file or sheet each.

    `missing` holds words for a cell that says nothing, `open_end` dates that say that
    there was no end yet; `bad_rows` says whether a row that cannot be used stops the run.
    """

    reader: Literal["tables"]
    folder: str = "."
    workbook: str | None = None
    exposures: ExposureFile
    patients: TableFile | None = None
    assessments: TableFile | None = None
    adverse_events: TableFile | None = None
    laboratory: LaboratoryFile | None = None
    conditions: TableFile | None = None
    prior_therapies: TableFile | None = None
    causality_answers: TableFile | None = None
    missing: Words = ("",)
    open_end: Words = ("9999-12-31",)
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    date_format: DateFormat | None = None
    bad_rows: Literal["stop", "leave_out"] = "stop"
    outside_folder: bool = False

    @property
    def no_end(self) -> NoEnd:
        """What an exposure without an end means."""
        return self.exposures.no_end


class OtherSource(BaseModel):
    """A source of a reader that declares its own keys."""

    model_config = ConfigDict(extra="allow", frozen=True)

    reader: str


_KNOWN = ("case_table", "tables", "redcap", "omop", "fhir")


def _source_tag(raw: object) -> str:
    """Which kind of source it is; asked of TOML values when reading, of models when writing."""
    reader: object = (
        getattr(raw, "reader", None)
        if isinstance(raw, BaseModel)
        else cast("dict[str, object]", raw).get("reader")
        if isinstance(raw, dict)
        else None
    )
    return reader if isinstance(reader, str) and reader in _KNOWN else "other"


Source = Annotated[
    Annotated[CaseTableSource, Tag("case_table")]
    | Annotated[TablesSource, Tag("tables")]
    | Annotated[RedcapSource, Tag("redcap")]
    | Annotated[OmopSource, Tag("omop")]
    | Annotated[FhirSource, Tag("fhir")]
    | Annotated[OtherSource, Tag("other")],
    Discriminator(_source_tag),
]
