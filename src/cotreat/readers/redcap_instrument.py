"""The instruments that cotreat ships for REDCap: their variables, and which field each fills."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from cotreat.protocol import RedcapVariables
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.redcap_dictionary import Variable, parse_choices
from cotreat.readers.table_words import NONE
from cotreat.vocabulary import (
    read_ae_terms,
    read_conditions,
    read_drugs,
    read_instruments,
    read_lab_tests,
    read_therapies,
    read_word_spellings,
)

_OTHER = "other, Other"


@dataclass(frozen=True, slots=True)
class InstrumentField:
    """One variable of the shipped instruments, with everything that a data dictionary says of it.

    Attributes
    ----------
    fills
        Field of the study table; empty: it is recorded and not read yet.
    score
        Level of the instrument whose score it holds; empty for other variables.
    judges
        The variable with the drug of which it says how likely it is the cause, by WHO-UMC.
    """

    name: str
    type: str
    label: str
    choices: str = ""
    note: str = ""
    validation: str = ""
    min: str = ""
    max: str = ""
    identifier: bool = False
    branching: str = ""
    required: bool = False
    fills: str = ""
    score: str = ""
    judges: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentForm:
    """One instrument: its name, what it is called, the study table it fills, and whether it repeats."""

    name: str
    label: str
    table: str
    repeats: bool
    fields: tuple[InstrumentField, ...]


@cache
def read_instrument_forms() -> tuple[InstrumentForm, ...]:
    """The shipped instruments, in the order of their data dictionary."""
    text = files("cotreat.readers").joinpath("redcap_instrument.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    lists = {**_vocabulary_lists(), **raw["choices"]}
    return tuple(_form(form, lists) for form in raw["form"])


def read_instrument_variables() -> Mapping[str, Variable]:
    """The variables of the shipped instruments, as a data dictionary gives them."""
    return {
        field.name: Variable(
            field.name,
            form.name,
            field.label,
            field.type == "checkbox",
            {"1": "Yes", "0": "No"} if field.type == "yesno" else parse_choices(field.choices),
        )
        for form in read_instrument_forms()
        for field in form.fields
    }


def read_instrument_tables() -> Mapping[str, tuple[RedcapVariables, ...]]:
    """By study table, the variables of the shipped instruments that fill it."""
    parts: dict[str, list[RedcapVariables]] = {name: [] for name in LONG_TABLES}
    for form in read_instrument_forms():
        columns: dict[str, list[str]] = {}
        for field in form.fields:
            if field.fills and not field.score:
                # What is written behind "other" goes before the word itself.
                own = columns.setdefault(field.fills, [])
                own.insert(0 if field.name.endswith("_other") else len(own), field.name)
        day = columns.get("date", [])
        parts[form.table] += [
            RedcapVariables(
                columns={"date": tuple(day), "value": (field.name,)}, constants={"instrument": field.score}
            )
            for field in form.fields
            if field.score
        ]
        parts[form.table].append(RedcapVariables(columns={k: tuple(v) for k, v in columns.items()}))
        parts["causality_answers"] += [
            RedcapVariables(
                columns={"drug": (field.judges,), "category": (field.name,)}, constants={"method": "who_umc"}
            )
            for field in form.fields
            if field.judges
        ]
    return {name: tuple(own) for name, own in parts.items()}


def read_instrument_words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """By field whose levels the protocol declares, what the shipped instruments' choices mean."""
    fills = {"reason_started": "reason_started", "end_reason": "end_reason"}
    return {
        fills[field.fills]: {code: (label,) for code, label in parse_choices(field.choices).items()}
        for form in read_instrument_forms()
        for field in form.fields
        if field.fills in fills
    }


def _form(raw: Mapping[str, Any], lists: Mapping[str, str]) -> InstrumentForm:
    fields = [_field(field, lists) for field in raw["fields"]]
    scores = [_score(level) for level in raw.get("scores", ())]
    return InstrumentForm(
        raw["name"], raw["label"], raw["table"], raw.get("repeats", False), (fields[0], *scores, *fields[1:])
    )


def _field(raw: Mapping[str, Any], lists: Mapping[str, str]) -> InstrumentField:
    field = InstrumentField(**raw)
    if not field.choices.startswith("@"):
        return field
    return replace(field, choices=lists[field.choices.removeprefix("@")])


def _score(level: str) -> InstrumentField:
    """The variable of a score, which REDCap holds to its range."""
    found = read_instruments()[level]
    return InstrumentField(
        name=level,
        type="text",
        label=f"{found.name} ({found.low:g} to {found.high:g})",
        validation="number",
        min=f"{found.low:g}",
        max=f"{found.high:g}",
        fills="value",
        score=level,
    )


def _vocabulary_lists() -> Mapping[str, str]:
    conditions = read_conditions().values()
    return {
        "drugs": _choices((drug.drug, drug.name) for drug in read_drugs().values()),
        "therapies": _choices(
            [
                (NONE, "None"),
                *((drug.drug, drug.name) for drug in read_drugs().values()),
                *((one.therapy, one.name) for one in read_therapies().values()),
            ]
        ),
        "diseases": _choices((one.condition, one.name) for one in conditions if one.kind == "disease"),
        "conditions": _choices((one.condition, one.name) for one in conditions),
        "adverse_events": _choices((term.term, term.name) for term in read_ae_terms().values()),
        "laboratory_tests": _choices((test.test, test.name) for test in read_lab_tests().values()),
        "routes": _choices((route, route) for route in sorted(read_word_spellings("route"))),
    }


def _choices(levels: Iterable[tuple[str, str]]) -> str:
    # A bar divides choices; no name has one.
    return " | ".join([*(f"{code}, {name}" for code, name in levels), _OTHER])
