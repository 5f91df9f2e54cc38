"""The vocabulary: drugs, therapies, conditions, adverse-event terms and plain words.

Each ``read_`` function reads one CSV file of this package once and gives frozen
values. A spelling belongs to one level only; the tests hold every file to it.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from cotreat.vocabulary.spelling import parse_spelling_keys

ConditionKind = Literal["disease", "comorbidity", "risk_factor"]
Direction = Literal["lower_is_better", "higher_is_better"]
Need = Literal["", "serious"]

WORD_FIELDS = (
    "absence",
    "attribution",
    "duration_unit",
    "joiner",
    "ongoing",
    "response",
    "route",
    "seriousness",
    "severity",
    "sex",
    "yes_no",
)


@dataclass(frozen=True, slots=True)
class Drug:
    """One substance.

    Attributes
    ----------
    drug
        Level: the international nonproprietary name in snake_case.
    name
        The name to show.
    drug_class, subclass
        Group for roles, and the finer group by target; `subclass` may be empty.
    atc
        ATC codes, the valid systemic one first, superseded ones last; empty when no
        code was found in two independent sources.
    spellings
        Every known spelling, the level and the name among them.
    mg_day_low, mg_day_high
        Plausible systemic dose in mg per day, averaged over the dosing interval, both
        bounds plausible themselves; generous, for flagging only. None when not given.
    common_routes
        Usual routes, the most usual first.
    """

    drug: str
    name: str
    drug_class: str
    subclass: str
    atc: tuple[str, ...]
    spellings: tuple[str, ...]
    mg_day_low: float | None
    mg_day_high: float | None
    common_routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Therapy:
    """A treatment that is not one substance, such as phototherapy or oral corticosteroids."""

    therapy: str
    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A disease, comorbidity or risk factor; `kind` is what it usually is in a study."""

    condition: str
    name: str
    kind: ConditionKind
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AeTerm:
    """An adverse event by its plain clinical name.

    Attributes
    ----------
    term, name
        Level and the name to show.
    ctcae_term
        The term of CTCAE 5.0 that means exactly this; empty when there is none.
    group
        Organ group for display, such as ``infection`` or ``laboratory``.
    is_infection, is_laboratory
        Whether it is an infection; whether it is found in the laboratory.
    spellings
        Every known spelling, the level and the name among them.
    """

    term: str
    name: str
    ctcae_term: str
    group: str
    is_infection: bool
    is_laboratory: bool
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AesiTerm:
    """One term of an event of special interest; `needs` says when it counts."""

    term: str
    needs: Need


@dataclass(frozen=True, slots=True)
class Aesi:
    """An adverse event of special interest and the terms that make it up."""

    aesi: str
    name: str
    terms: tuple[AesiTerm, ...]


@dataclass(frozen=True, slots=True)
class RiskFlag:
    """A risk that the European Medicines Agency names for JAK inhibitors, and the conditions that show it."""

    flag: str
    name: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A score that is measured again and again, such as EASI.

    Attributes
    ----------
    instrument, name
        Level and the name to show.
    low, high
        Lowest and highest value that it can have, both possible.
    direction
        Which way is better.
    spellings
        Every known spelling, the level and the name among them.
    """

    instrument: str
    name: str
    low: float
    high: float
    direction: Direction
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtcSource:
    """Where one ATC code of one drug was found, in two sources."""

    drug: str
    atc: str
    source_1: str
    source_2: str


@dataclass(frozen=True, slots=True)
class DoseWord:
    """A word of the dose grammar: its kind, its value (may be empty) and one spelling."""

    kind: str
    value: str
    spelling: str

    @property
    def number(self) -> Fraction:
        """The value as an exact number: days, administrations per day, or a count."""
        return Fraction(self.value)


@cache
def read_drugs() -> Mapping[str, Drug]:
    """Every known drug by its level, in alphabetical order."""
    return MappingProxyType({row["drug"]: _drug(row) for row in _rows("drugs.csv")})


@cache
def read_therapies() -> Mapping[str, Therapy]:
    """Every prior therapy that is not one drug, by its level."""
    return MappingProxyType(
        {
            row["therapy"]: Therapy(row["therapy"], row["name"], _spellings(row["therapy"], row))
            for row in _rows("therapies.csv")
        }
    )


@cache
def read_conditions() -> Mapping[str, Condition]:
    """Every known disease, comorbidity and risk factor by its level."""
    return MappingProxyType(
        {
            row["condition"]: Condition(
                row["condition"],
                row["name"],
                cast("ConditionKind", row["kind"]),
                _spellings(row["condition"], row),
            )
            for row in _rows("conditions.csv")
        }
    )


@cache
def read_ae_terms() -> Mapping[str, AeTerm]:
    """Every known adverse-event term by its level."""
    return MappingProxyType({row["term"]: _ae_term(row) for row in _rows("ae_terms.csv")})


@cache
def read_aesi() -> Mapping[str, Aesi]:
    """The adverse events of special interest for JAK inhibitors, by level."""
    terms: dict[str, list[AesiTerm]] = {}
    names: dict[str, str] = {}
    for row in _rows("aesi.csv"):
        names[row["aesi"]] = row["name"]
        terms.setdefault(row["aesi"], []).append(AesiTerm(row["term"], cast("Need", row["needs"])))
    return MappingProxyType({level: Aesi(level, names[level], tuple(terms[level])) for level in names})


@cache
def read_risk_flags() -> Mapping[str, RiskFlag]:
    """The risks of a patient that conditions show, by level; age is not among them."""
    terms: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for row in _rows("risk_flags.csv"):
        names[row["flag"]] = row["name"]
        terms.setdefault(row["flag"], []).append(row["term"])
    return MappingProxyType({flag: RiskFlag(flag, names[flag], tuple(terms[flag])) for flag in names})


@cache
def read_instruments() -> Mapping[str, Instrument]:
    """Every known score by its level."""
    return MappingProxyType(
        {
            row["instrument"]: Instrument(
                row["instrument"],
                row["name"],
                float(row["low"]),
                float(row["high"]),
                cast("Direction", row["direction"]),
                _spellings(row["instrument"], row),
            )
            for row in _rows("instruments.csv")
        }
    )


@cache
def read_words(field: str) -> Mapping[str, str]:
    """The words that people write in one field: spelling key -> level.

    Parameters
    ----------
    field
        One of `WORD_FIELDS`.

    Raises
    ------
    ValueError
        There are no words for `field`.
    """
    spellings = read_word_spellings(field)
    return MappingProxyType(
        {key: level for level, known in spellings.items() for s in known for key in parse_spelling_keys(s)}
    )


@cache
def read_word_spellings(field: str) -> Mapping[str, tuple[str, ...]]:
    """The words of one field as they are written: level -> spellings.

    Raises
    ------
    ValueError
        There are no words for `field`.
    """
    levels: dict[str, tuple[str, ...]] = {}
    for row in _rows("words.csv"):
        if row["field"] == field:
            levels[row["level"]] = (*levels.get(row["level"], ()), row["spelling"])
    if not levels:
        msg = f"There are no words for the field '{field}'; the fields are: {', '.join(WORD_FIELDS)}."
        raise ValueError(msg)
    return MappingProxyType(levels)


@cache
def read_dose_words() -> tuple[DoseWord, ...]:
    """Every word of the dose grammar; the routes come from the words of the field ``route``."""
    routes = read_word_spellings("route")
    return (
        *(DoseWord(row["kind"], row["value"], row["spelling"]) for row in _rows("dose_words.csv")),
        *(DoseWord("route", level, spelling) for level, known in routes.items() for spelling in known),
    )


@cache
def read_atc_sources() -> tuple[AtcSource, ...]:
    """The two sources of every ATC code, one row per drug and code."""
    return tuple(
        AtcSource(row["drug"], row["atc"], row["source_1"], row["source_2"])
        for row in _rows("atc_sources.csv")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one CSV file of this package, all values as text."""
    text = files("cotreat.vocabulary").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _parts(cell: str) -> tuple[str, ...]:
    """A cell of alternatives, split; empty when the cell is."""
    return tuple(cell.split("|")) if cell else ()


def _spellings(level: str, row: dict[str, str]) -> tuple[str, ...]:
    """The level in words, the name and the further spellings, each once."""
    return tuple(dict.fromkeys([level.replace("_", " "), row["name"], *_parts(row["spellings"])]))


def _drug(row: dict[str, str]) -> Drug:
    low, high = row["mg_day_low"], row["mg_day_high"]
    return Drug(
        drug=row["drug"],
        name=row["name"],
        drug_class=row["class"],
        subclass=row["subclass"],
        atc=_parts(row["atc"]),
        spellings=_spellings(row["drug"], row),
        mg_day_low=float(low) if low else None,
        mg_day_high=float(high) if high else None,
        common_routes=_parts(row["common_routes"]),
    )


def _ae_term(row: dict[str, str]) -> AeTerm:
    return AeTerm(
        term=row["term"],
        name=row["name"],
        ctcae_term=row["ctcae_term"],
        group=row["group"],
        is_infection=row["is_infection"] == "1",
        is_laboratory=row["is_laboratory"] == "1",
        spellings=_spellings(row["term"], row),
    )
