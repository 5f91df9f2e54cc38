"""Where a study's records are, and what their columns and words mean."""

from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, model_validator

from cotreat.protocol.parts import Frozen, Words


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


class OtherSource(BaseModel):
    """A source of a reader that declares its own keys."""

    model_config = ConfigDict(extra="allow", frozen=True)

    reader: str


def _source_tag(raw: object) -> str:
    """Which kind of source it is; asked of TOML values when reading, of models when writing."""
    if isinstance(raw, BaseModel):
        return "case_table" if isinstance(raw, CaseTableSource) else "other"
    reader: object = cast("dict[str, object]", raw).get("reader") if isinstance(raw, dict) else None
    return "case_table" if reader == "case_table" else "other"


Source = Annotated[
    Annotated[CaseTableSource, Tag("case_table")] | Annotated[OtherSource, Tag("other")],
    Discriminator(_source_tag),
]
