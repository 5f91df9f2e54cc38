"""The anchor and partner of each case, with their doses."""

import re
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

from cotreat.findings import Unparsed
from cotreat.protocol import Protocol
from cotreat.readers.case_sheet import CaseSheet
from cotreat.readers.dose import Dose, parse_dose
from cotreat.readers.grids import DecimalSign
from cotreat.vocabulary import TermIndex, parse_drug_phrase, read_drugs, read_word_spellings
from cotreat.vocabulary.loader import read_dose_words

_WORD = re.compile(r"[^\W\d_]+")
_DOSE_WORDS = frozenset(word.spelling.casefold() for word in read_dose_words())
_ASIDE = re.compile(r"(?:total|sum|suma|summe|note|nota|anmerkung)\b", re.IGNORECASE)
_ON_THE_SKIN = "|".join(map(re.escape, read_word_spellings("route")["topical"]))
_TOPICAL = re.compile(rf"\b(?:{_ON_THE_SKIN})\b", re.IGNORECASE)


class _Phrase(NamedTuple):
    """The drug at the head of a cell, what stands behind it, and other drugs named there."""

    drug: str
    rest: str
    others: tuple[str, ...]


def read_drug_columns(cases: CaseSheet, protocol: Protocol, role: str) -> dict[str, list[Any]]:
    """The drug in one role with its dose: columns of `declared_pairs`.

    A case without a drug, with a drug that nobody knows, or with one that the protocol
    gives another role, cannot be used. A dose without a reading is unknown.
    """
    drugs: list[str | None] = []
    doses: list[Dose | None] = []
    texts: list[str | None] = []
    phrases = cases.read(role, lambda text: _parse_phrase(cases, text))
    separate = cases.cells(f"{role}_dose")
    for row, phrase in enumerate(phrases):
        drug, rest = _require_drug(cases, protocol, role, row, phrase)
        _require_systemic(cases, row, role, drug, f"{rest} {separate[row]}".strip())
        column, text = _choose_dose(cases, row, role, rest, separate[row].strip())
        drugs.append(drug)
        doses.append(_read_dose(cases, row, column, drug, text))
        texts.append(text or None)
    return {
        role: drugs,
        f"{role}_dose_mg_day": [dose.mg_per_day if dose else None for dose in doses],
        f"{role}_dose_text": texts,
        f"{role}_route": [dose.route if dose else None for dose in doses],
    }


def _parse_phrase(cases: CaseSheet, text: str) -> _Phrase | Unparsed | None:
    if cases.words.is_unknown(text) or cases.words.is_none(text):
        return None
    found = parse_drug_phrase(text.strip(), cases.indexes.drugs)
    if isinstance(found, Unparsed):
        return found
    drug, rest = found
    named = dict.fromkeys(parse_drugs_within(rest, cases.indexes.drugs))
    return _Phrase(drug, rest, tuple(other for other in named if other != drug))


def parse_drugs_within(text: str, index: TermIndex) -> list[str]:
    """Every drug that is named somewhere in the text, words of doses left aside."""
    # The German for eight is near enough to a drug to have its key.
    words = (word for word in _WORD.finditer(text) if word[0].casefold() not in _DOSE_WORDS)
    found = (parse_drug_phrase(text[word.start() :], index) for word in words)
    return [phrase[0] for phrase in found if not isinstance(phrase, Unparsed)]


def compute_aside(cases: CaseSheet, row: int) -> str:
    """What else to do with a row that may be no case: no patient, or a word such as total, and no drug."""
    patient = cases.cells("patient")[row].strip()
    cells = (cases.cells(role)[row] for role in ("anchor", "partner"))
    is_case = any(parse_drugs_within(text, cases.indexes.drugs) for text in cells)
    if is_case or not (cases.words.is_unknown(patient) or _ASIDE.match(patient)):
        return ""
    return " If it is a totals row or a note, take it out of the table."


def _require_drug(
    cases: CaseSheet, protocol: Protocol, role: str, row: int, phrase: _Phrase | Unparsed | None
) -> tuple[str | None, str]:
    """The drug and what stands behind it; an error finding when the row has none to use."""
    if phrase is None:
        _note_missing(cases, role, row)
    elif isinstance(phrase, Unparsed):
        _note_unknown(cases, role, row, phrase)
    elif phrase.others:
        _note_several(cases, role, row, (phrase.drug, *phrase.others))
    elif _has_role(cases, protocol, role, row, phrase.drug):
        return phrase.drug, phrase.rest.strip(" ,;*®™")
    return None, ""


def _note_missing(cases: CaseSheet, role: str, row: int) -> None:
    why = f"The case names no {role} drug, so it is no combination."
    what_to_do = f"Enter the {role} drug, or take the row out.{compute_aside(cases, row)}"
    cases.note("error", f"missing_{role}", row, role, why, what_to_do)


def _note_unknown(cases: CaseSheet, role: str, row: int, phrase: Unparsed) -> None:
    hint = f" Perhaps {phrase.proposal} was meant." if phrase.proposal else ""
    why = f"No known drug name stands at the start of the cell.{hint}"
    spelling = f"drug.{phrase.proposal or '<name>'} under [values]"
    what_to_do = f"Correct the cell, or add its spelling to {spelling}.{compute_aside(cases, row)}"
    cases.note("error", "unknown_drug", row, role, why, what_to_do)


def _note_several(cases: CaseSheet, role: str, row: int, drugs: tuple[str, ...]) -> None:
    why = f"The cell names {'two' if len(drugs) == 2 else 'several'} drugs ({', '.join(drugs)})."
    what_to_do = "Give each its own row, with the same course if they were taken together."
    cases.note("error", "two_drugs", row, role, why, what_to_do)


def _has_role(cases: CaseSheet, protocol: Protocol, role: str, row: int, drug: str) -> bool:
    """Whether the drug plays this role in the study; an error finding when it does not."""
    known = read_drugs().get(drug)
    played = protocol.roles.role_of(drug, known.drug_class if known else None)
    if played == role:
        return True
    article = "an" if played == "anchor" else "a"
    what = f"{article} {played} drug" if played else "no drug of the study"
    why = f"{drug} stands in the column of the {role}, but by [roles] of the protocol it is {what}."
    what_to_do = "Correct the cell, or name the drug or its class under [roles]."
    cases.note("error", "drug_not_in_role", row, role, why, what_to_do)
    return False


def _require_systemic(cases: CaseSheet, row: int, role: str, drug: str | None, text: str) -> None:
    """An error finding when the dose says that the drug is put on the skin."""
    if drug and _TOPICAL.search(text):
        cases.note(
            "error",
            "topical_drug",
            row,
            role,
            f"{_shown(text)} says that {drug} is used topically: it is no systemic drug.",
            "Correct the cell, or take the row out.",
        )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")


def _choose_dose(cases: CaseSheet, row: int, role: str, rest: str, separate: str) -> tuple[str, str]:
    """The field that gives the dose and its text: the drug cell, or the dose column where that cell has none.

    What stands in the drug cell and is no dose, such as a route or a salt, goes with
    the dose of the column where both make one dose, and is left out where they do not.
    Two doses that differ leave it unknown.
    """
    column = f"{role}_dose"
    if not separate or cases.words.is_unknown(separate):
        return role, rest
    if not rest:
        return column, separate
    inside, beside = _parse_dose(rest, cases.decimal), _parse_dose(separate, cases.decimal)
    if isinstance(inside, Unparsed):
        both = f"{separate} {rest}"
        return column, separate if isinstance(_parse_dose(both, cases.decimal), Unparsed) else both
    if isinstance(beside, Unparsed) or _is_same_dose(inside, beside):
        return role, rest
    cases.note(
        "warning",
        "two_doses",
        row,
        column,
        f"The dose column says {_shown(separate)}, and the cell of the {role} says {_shown(rest)}.",
        "Correct the one that is wrong; until then the dose is unknown.",
    )
    return column, ""


def _is_same_dose(one: Dose, other: Dose) -> bool:
    if one.mg_per_day is not None and other.mg_per_day is not None:
        return one.mg_per_day == other.mg_per_day
    same_unit = one.unit == other.unit
    return same_unit and (one.low, one.high, one.interval_days) == (
        other.low,
        other.high,
        other.interval_days,
    )


@lru_cache(maxsize=10_000)
def _parse_dose(text: str, decimal: DecimalSign) -> Dose | Unparsed:
    """The dose of a text; a table says the same few doses over and over."""
    return parse_dose(text, decimal=decimal)


def _read_dose(cases: CaseSheet, row: int, column: str, drug: str | None, text: str) -> Dose | None:
    """The dose of one case; None with a finding when it has no reading or cannot be right."""
    if not text or cases.words.is_unknown(text):
        return None
    dose = _parse_dose(text, cases.decimal)
    if isinstance(dose, Unparsed):
        cases.note_unparsed("dose_not_read", row, column, dose, "Correct the dose; until then it is unknown.")
        return None
    if dose.mg_per_day is None:
        why = f"{text!r} does not give a dose per day."
        cases.note(
            "info", "dose_per_day_unknown", row, column, why, "Add the interval, such as /day, if known."
        )
        return dose
    known = read_drugs().get(drug or "")
    low, high = (known.mg_day_low or 0, known.mg_day_high or inf) if known else (0, inf)
    if not low <= dose.mg_per_day <= high:
        why = f"{text!r} is {dose.mg_per_day:g} mg/day; of {drug} one expects {low:g} to {high:g}."
        cases.note(
            "warning", "implausible_dose", row, column, why, "Correct the dose; until then it is unknown."
        )
        return None
    return dose
