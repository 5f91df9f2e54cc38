"""Protocol: the frozen clinical definitions of one study, from one TOML file.

Every key is declared here; an unknown key, a wrong type or a missing file is one
message that names the key and, where it can be found, the line.
"""

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    NonNegativeInt,
    PositiveInt,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from cotreat.errors import ProtocolError
from cotreat.vocabulary import read_drugs

VALUE_FIELDS = (
    "adverse_event",
    "comorbidity",
    "disease",
    "drug",
    "end_reason",
    "monotherapy_response",
    "prior_therapy",
    "reason_started",
    "response",
    "route",
    "sex",
)

Level = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = tuple[str, ...]


class _Frozen(BaseModel):
    """A part of the protocol: immutable, every key declared, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Study(_Frozen):
    """What the study is called and what kind it is."""

    name: str = Field(min_length=1)
    citation: str = ""
    kind: Literal["case_series", "database"] = "case_series"
    cutoff: date | None = None


class CaseTableColumns(_Frozen):
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


class CaseTableSource(_Frozen):
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
    reader: object = cast("dict[str, object]", raw).get("reader") if isinstance(raw, dict) else None
    return "case_table" if reader == "case_table" else "other"


Source = Annotated[
    Annotated[CaseTableSource, Tag("case_table")] | Annotated[OtherSource, Tag("other")],
    Discriminator(_source_tag),
]


class Role(_Frozen):
    """Drugs that play one role in the study, by name or by class."""

    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


class Roles(_Frozen):
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


class Episodes(_Frozen):
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


class Response(_Frozen):
    """Which response criteria are computed from scores, and when."""

    criteria: tuple[str, ...] = ()
    weeks: tuple[PositiveInt, ...] = ()
    lookback_days: NonNegativeInt = 90
    window_days: NonNegativeInt = 28


class Safety(_Frozen):
    """Parameters of the safety analysis."""

    risk_window: NonNegativeInt = 30
    risk_window_by_drug: Mapping[str, NonNegativeInt] = Field(default_factory=dict)
    ctcae_version: Literal["5.0", "6.0"] = "5.0"
    aesi: Mapping[Level, tuple[str, ...]] = Field(default_factory=dict)


class EngineSettings(_Frozen):
    """Where the SQL runs."""

    url: str = "duckdb://"
    memory_limit_mb: PositiveInt | None = None
    buckets: PositiveInt | None = None


class Analysis(_Frozen):
    """How numbers are computed."""

    proportion_interval: Literal["wilson", "clopper_pearson"] = "wilson"
    seed: NonNegativeInt = 20250225


class Disclosure(_Frozen):
    """Smallest count that may be shown; 0 shows every count."""

    minimum_count: NonNegativeInt


class Protocol(_Frozen):
    """The frozen clinical definitions of one study."""

    study: Study
    source: Source
    values: Mapping[str, Mapping[Level, Words]] = Field(default_factory=dict)
    roles: Roles
    definitions: Mapping[str, str] = Field(default_factory=dict)
    episodes: Episodes = Episodes()
    response: Response = Response()
    safety: Safety = Safety()
    analysis: Analysis = Analysis()
    engine: EngineSettings = EngineSettings()
    disclosure: Disclosure | None = None
    sensitivity: Mapping[str, tuple[Any, ...]] = Field(default_factory=dict)
    folder: Path = Path()
    sha256: str = ""

    @field_validator("values")
    @classmethod
    def _fields_exist(cls, values: Mapping[str, object]) -> Mapping[str, object]:
        for field in values:
            if field not in VALUE_FIELDS:
                msg = f"`{field}` is not a field with levels{_nearest(field, VALUE_FIELDS)}"
                raise ValueError(msg)
        return values

    def levels(self, field: str) -> Mapping[str, Words]:
        """Levels of a field with the spellings that mean them; empty when the protocol has none."""
        return self.values.get(field, {})

    @property
    def minimum_count(self) -> int:
        """Smallest count that may be shown: 0 for a case series, 5 for a database, unless set."""
        if self.disclosure is not None:
            return self.disclosure.minimum_count
        return 5 if self.study.kind == "database" else 0

    @property
    def washout(self) -> int:
        """Days of observation before an era counts as started: 0, or 365 in a database, unless set."""
        if self.episodes.washout is not None:
            return self.episodes.washout
        return 365 if self.study.kind == "database" else 0


def read_protocol(path: Path) -> Protocol:
    """The protocol of a study from its TOML file.

    Raises
    ------
    ProtocolError
        The file is missing, is not TOML, has an unknown key or a value of the wrong
        type. The message names the file, the key and, where it is found, the line.
    """
    text = _read_text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{path} is not valid TOML: {error}."
        raise ProtocolError(msg) from error
    for key in ("folder", "sha256"):
        if key in raw:
            msg = f"{path}{_line(text, (key,))}: unknown key `{key}`."
            raise ProtocolError(msg)
    try:
        # Through JSON, because strict JSON reads arrays as tuples and strings as dates and nothing else.
        protocol = Protocol.model_validate_json(json.dumps(raw, default=str))
    except ValidationError as error:
        raise ProtocolError(_explain(path, text, error)) from error
    _require_known_drugs(path, text, protocol)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return protocol.model_copy(update={"folder": path.resolve().parent, "sha256": digest})


def _require_known_drugs(path: Path, text: str, protocol: Protocol) -> None:
    """Refuse a role whose drug or class nobody knows: it would select nothing, in silence."""
    drugs = read_drugs()
    classes = tuple(sorted({drug.drug_class for drug in drugs.values()}))
    lines: list[str] = []
    for name in ("anchor", "partner", "concomitant"):
        role: Role = getattr(protocol.roles, name)
        known = (*drugs, *protocol.levels("drug"))
        wrong = [("drugs", drug, known) for drug in role.drugs if drug not in known]
        wrong += [
            ("classes", drug_class, classes) for drug_class in role.classes if drug_class not in classes
        ]
        for key, word, choices in wrong:
            where = f"{path}{_line(text, ('roles', name))}"
            lines.append(f"{where}: `roles.{name}.{key}` names {word!r}{_nearest(word, choices)}.")
        if name != "concomitant" and not (role.drugs or role.classes):
            lines.append(f"{path}{_line(text, ('roles', name))}: `roles.{name}` names no drug and no class.")
    if lines:
        raise ProtocolError("\n".join(lines))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        msg = f"There is no protocol file {path}. `cotreat new DIR` makes one to start from."
        raise ProtocolError(msg) from None
    except IsADirectoryError:
        msg = f"{path} is a folder; give the protocol file in it, usually {path / 'study.toml'}."
        raise ProtocolError(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The protocol file {path} cannot be read: {error}."
        raise ProtocolError(msg) from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    """One message for everything that is wrong in a protocol file."""
    lines: list[str] = []
    for problem in error.errors():
        loc = tuple(str(part) for part in problem["loc"] if part not in ("case_table", "other"))
        key = ".".join(loc)
        where = f"{path}{_line(text, loc)}"
        if problem["type"] == "extra_forbidden":
            lines.append(f"{where}: unknown key `{key}`{_nearest(loc[-1], _known_keys(loc[:-1]))}.")
        elif problem["type"] == "missing":
            lines.append(f"{where}: `{key}` is required and missing.")
        else:
            # A validator's own sentence starts with a prefix that says nothing to the reader.
            why = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{where}: `{key}`: {why}{_given(problem['input'])}.")
    return "\n".join(lines)


def _given(value: object) -> str:
    return f" (given: {value!r})" if isinstance(value, str | int | float | bool) else ""


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    listed = f"; known: {', '.join(known)}" if known and len(known) <= 30 else ""
    return f"; did you mean `{near[0]}`?" if near else listed


def _known_keys(loc: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that the protocol knows at a place."""
    model: type[BaseModel] | None = Protocol
    for part in loc:
        if model is Protocol and part == "source":
            model = CaseTableSource
            continue
        annotation = model.model_fields[part].annotation if model and part in model.model_fields else None
        model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    hidden = ("folder", "sha256")
    return tuple(k for k in model.model_fields if k not in hidden) if model else ()


def _line(text: str, loc: tuple[str, ...]) -> str:
    """`, line N` of the key in the TOML text, or nothing when it is not found there."""
    section: tuple[str, ...] = ()
    best = 0
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        if header:
            section = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if section == loc[: len(section)]:
                best = number
            continue
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if key:
            full = (*section, *(part.strip("\"'") for part in key[1].split(".")))
            if full == loc[: len(full)]:
                best = number
    return f", line {best}" if best else ""
