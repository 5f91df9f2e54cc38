"""A REDCap export: which variables hold what."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from cotreat.protocol.parts import DateFormat, Frozen, Level, NoEnd, Words


class RedcapVariables(Frozen):
    """Variables that stand together in one entry and fill one row of a study table.

    `columns` names, by field of ``docs/long_tables.md``, a variable, or several of which the
    first that is filled counts; `constants` gives fields the same text in every row, such as
    ``instrument = "EASI"`` for a variable that holds that score. With `events`, only
    entries of these events count.
    """

    columns: Mapping[str, str | Words] = Field(min_length=1)
    constants: Mapping[str, str] = Field(default_factory=dict)
    events: Words = ()

    @model_validator(mode="after")
    def _each_field_once(self) -> "RedcapVariables":
        both = sorted(set(self.columns) & set(self.constants))
        if both:
            msg = f"`{both[0]}` stands under `columns` and under `constants`"
            raise ValueError(msg)
        return self


class RedcapSource(Frozen):
    """A CSV export of a REDCap project, flat or EAV, and its data dictionary.

    Without any table the variables are those of the instruments that cotreat ships.
    `missing_codes` are the project's codes for missing data; `laboratory_units` gives, by
    test, the unit of results that have none.
    """

    reader: Literal["redcap"]
    file: str
    dictionary: str | None = None
    exposures: tuple[RedcapVariables, ...] = ()
    patients: tuple[RedcapVariables, ...] = ()
    assessments: tuple[RedcapVariables, ...] = ()
    adverse_events: tuple[RedcapVariables, ...] = ()
    laboratory: tuple[RedcapVariables, ...] = ()
    conditions: tuple[RedcapVariables, ...] = ()
    prior_therapies: tuple[RedcapVariables, ...] = ()
    causality_answers: tuple[RedcapVariables, ...] = ()
    missing_codes: Words = ()
    laboratory_units: Mapping[Level, str] = Field(default_factory=dict)
    no_end: NoEnd = "ongoing"
    open_end: Words = ("9999-12-31",)
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    date_format: DateFormat | None = None
    bad_rows: Literal["stop", "leave_out"] = "stop"
    outside_folder: bool = False

    @model_validator(mode="after")
    def _has_exposures(self) -> "RedcapSource":
        others = (
            *(self.patients, self.assessments, self.adverse_events),
            *(self.laboratory, self.conditions, self.prior_therapies, self.causality_answers),
        )
        if any(others) and not self.exposures:
            msg = (
                "needs `[[source.exposures]]` beside the other tables: without exposures there is no "
                "study (without any table, the variables are those of cotreat's own instruments)"
            )
            raise ValueError(msg)
        return self
