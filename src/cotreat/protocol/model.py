"""The parts of a protocol and their defaults."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from cotreat.protocol.fhir import FhirSource
from cotreat.protocol.omop import OmopSource
from cotreat.protocol.parts import Frozen, Level, NoEnd, Words, compute_nearest
from cotreat.protocol.redcap import RedcapSource
from cotreat.protocol.sources import Source, TablesSource
from cotreat.vocabulary import read_checklists, read_drugs

VALUE_FIELDS = (
    "adverse_event",
    "comorbidity",
    "disease",
    "drug",
    "end_reason",
    "instrument",
    "monotherapy_response",
    "prior_therapy",
    "reason_started",
    "response",
    "route",
    "severity",
    "sex",
    "test",
)


_MOST_UNIVERSES = 200


class Study(Frozen):
    """What the study is called and what kind it is."""

    name: str = Field(min_length=1)
    citation: str = ""
    kind: Literal["case_series", "database"] = "case_series"
    cutoff: date | None = None


class Role(Frozen):
    """Drugs that play one role in the study, by name or by class."""

    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


class Roles(Frozen):
    """Anchor, partner and concomitant drugs.

    A drug has one role: a named drug beats a class, and anchor beats partner beats
    concomitant.
    """

    anchor: Role
    partner: Role
    concomitant: Role = Role()

    def role_of(self, drug: str, drug_class: str | None) -> str | None:
        """The role of a drug, or None when it has none in this study."""
        roles = (("anchor", self.anchor), ("partner", self.partner), ("concomitant", self.concomitant))
        for name, role in roles:
            if drug in role.drugs:
                return name
        return next(
            (name for name, role in roles if drug_class is not None and drug_class in role.classes), None
        )


class Episodes(Frozen):
    """Parameters of episodes, in days (see ``docs/definitions.md``)."""

    grace_period: NonNegativeInt = 30
    min_overlap: PositiveInt = 28
    simultaneous_window: NonNegativeInt = 7
    switch_window: NonNegativeInt = 60
    washout: NonNegativeInt | None = None
    counted_kinds: tuple[Literal["combination", "short_course", "crossover", "undetermined"], ...] = (
        "combination",
        "short_course",
    )
    grace_period_by_drug: Mapping[str, NonNegativeInt] = Field(default_factory=dict)
    stockpiling: bool = False


class OwnCriterion(Frozen):
    """A response criterion that the vocabulary does not have; what it asks must all hold."""

    instrument: Level
    name: str = ""
    at_most: float | None = None
    at_least: float | None = None
    points: float | None = None
    percent: float | None = None
    diseases: tuple[str, ...] = ()


class Response(Frozen):
    """Which response criteria are computed from scores, and when; which of several judgements counts."""

    criteria: tuple[str, ...] = ()
    criteria_file: str | None = None
    own: Mapping[Level, OwnCriterion] = Field(default_factory=dict)
    weeks: tuple[PositiveInt, ...] = ()
    lookback_days: NonNegativeInt = 90
    window_days: NonNegativeInt = 28
    durable_weeks: PositiveInt = 24
    judgement: Literal["last", "best"] = "last"


class Survival(Frozen):
    """At which months the duration of combinations is looked at."""

    months: tuple[PositiveInt, ...] = (6, 12, 24)


class Safety(Frozen):
    """Parameters of the safety analysis."""

    risk_window: NonNegativeInt = 30
    risk_window_by_drug: Mapping[str, NonNegativeInt] = Field(default_factory=dict)
    ctcae_version: Literal["5.0", "6.0"] = "5.0"
    laboratory_lookback_days: NonNegativeInt = 365
    aesi: Mapping[Level, tuple[str, ...]] = Field(default_factory=dict)
    aesi_file: str | None = None
    covariates: tuple[Level, ...] = ()
    risk_flags: Mapping[Level, tuple[str, ...]] = Field(default_factory=dict)


class EngineSettings(Frozen):
    """Where the SQL runs."""

    url: str = "duckdb://"
    memory_limit_mb: PositiveInt | None = None
    buckets: PositiveInt | None = None


class Analysis(Frozen):
    """How numbers are computed."""

    proportion_interval: Literal["wilson", "clopper_pearson"] = "wilson"
    seed: NonNegativeInt = 20250225
    p_values: bool = False


class Sensitivity(Frozen):
    """Choices under which the headline numbers are computed again, in every combination.

    Parallel partners, taken with the anchor on common days, are apart (a combination each) or
    merged (one, with the best response of any). The unit of analysis "course" merges them too.
    """

    grace_period: tuple[NonNegativeInt, ...] = ()
    min_overlap: tuple[PositiveInt, ...] = ()
    short_courses: tuple[Literal["counted", "left_out"], ...] = ()
    parallel_partners: tuple[Literal["apart", "merged"], ...] = ()
    unit_of_analysis: tuple[Literal["pair", "course", "patient_best", "patient_first"], ...] = ()

    @model_validator(mode="after")
    def _not_too_many(self) -> "Sensitivity":
        n = 1
        grids = (
            self.grace_period,
            self.min_overlap,
            self.short_courses,
            self.parallel_partners,
            self.unit_of_analysis,
        )
        for grid in grids:
            n *= max(1, len(grid))
        if n > _MOST_UNIVERSES:
            msg = f"names {n} combinations of choices; at most {_MOST_UNIVERSES} are computed"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _merges_once(self) -> "Sensitivity":
        if self.parallel_partners and "course" in self.unit_of_analysis:
            msg = (
                '`unit_of_analysis` "course" merges parallel partners by itself; '
                "take it out, or take `parallel_partners` out"
            )
            raise ValueError(msg)
        return self


class Reporting(Frozen):
    """What the authors answer to items of the reporting checklists: by checklist and item, in words."""

    strobe: Mapping[str, str] = Field(default_factory=dict)
    record: Mapping[str, str] = Field(default_factory=dict)
    record_pe: Mapping[str, str] = Field(default_factory=dict)
    care: Mapping[str, str] = Field(default_factory=dict)
    process: Mapping[str, str] = Field(default_factory=dict)

    def answer(self, checklist: str, item: str) -> str:
        """The authors' answer to one item; empty when there is none."""
        answers: Mapping[str, str] = getattr(self, checklist)
        return answers.get(item, "")

    @model_validator(mode="after")
    def _items_exist(self) -> "Reporting":
        for level, checklist in read_checklists().items():
            known = tuple(item.item for item in checklist.items)
            for item in getattr(self, level):
                if item not in known:
                    near = compute_nearest(item, known)
                    msg = f"`{level}` has {item!r}, which is no item of {checklist.name}{near}"
                    raise ValueError(msg)
        return self


class Disclosure(Frozen):
    """Smallest count that may be shown, and whether rows about single persons may be written.

    A minimum of 0 shows every count, and everything is written openly.
    """

    minimum_count: NonNegativeInt | None = None
    private_files: bool = False


class Protocol(Frozen):
    """The frozen clinical definitions of one study."""

    study: Study
    source: Source
    values: Mapping[str, Mapping[Level, Words]] = Field(default_factory=dict)
    roles: Roles
    definitions: Mapping[str, str] = Field(default_factory=dict)
    episodes: Episodes = Episodes()
    response: Response = Response()
    survival: Survival = Survival()
    safety: Safety = Safety()
    analysis: Analysis = Analysis()
    engine: EngineSettings = EngineSettings()
    disclosure: Disclosure | None = None
    sensitivity: Sensitivity = Sensitivity()
    reporting: Reporting = Reporting()
    folder: Path = Path()
    sha256: str = ""
    drug_classes: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("values")
    @classmethod
    def _fields_exist(cls, values: Mapping[str, object]) -> Mapping[str, object]:
        for field in values:
            if field not in VALUE_FIELDS:
                msg = f"`{field}` is not a field with levels{compute_nearest(field, VALUE_FIELDS)}"
                raise ValueError(msg)
        return values

    def levels(self, field: str) -> Mapping[str, Words]:
        """Levels of a field with the spellings that mean them; empty when the protocol has none."""
        return self.values.get(field, {})

    def role_of(self, drug: str) -> str | None:
        """The role of a drug in this study, or None.

        Its classes are that of the vocabulary and that of the source (`drug_classes`, which
        a reader finds out); of two roles the anchor goes before the partner.
        """
        known = read_drugs()
        classes = (self.drug_classes.get(drug), known[drug].drug_class if drug in known else None)
        found = {self.roles.role_of(drug, drug_class) for drug_class in classes}
        return next((role for role in ("anchor", "partner", "concomitant") if role in found), None)

    @property
    def no_end(self) -> NoEnd | None:
        """What an exposure without an end means; None where the source does not say."""
        source = self.source
        is_dated = isinstance(source, TablesSource | RedcapSource | OmopSource | FhirSource)
        return source.no_end if is_dated else None

    @property
    def minimum_count(self) -> int:
        """Smallest count that may be shown: 0 for a case series, 5 for a database, unless set."""
        if self.disclosure is not None and self.disclosure.minimum_count is not None:
            return self.disclosure.minimum_count
        return 5 if self.study.kind == "database" else 0

    @property
    def private_files(self) -> bool:
        """Whether rows about single persons are written though small counts are not shown."""
        return self.disclosure is not None and self.disclosure.private_files

    @property
    def washout(self) -> int:
        """Days of observation before an era counts as started: 0, or 365 in a database, unless set."""
        if self.episodes.washout is not None:
            return self.episodes.washout
        return 365 if self.study.kind == "database" else 0
