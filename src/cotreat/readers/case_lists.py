"""Diseases, comorbidities and earlier therapies: cells that name conditions or hold lists."""

from collections.abc import Mapping
from typing import Any

from cotreat.findings import Unparsed
from cotreat.readers.case_sheet import CaseSheet
from cotreat.readers.cell_lists import ListCell, parse_list, parse_without_parentheses
from cotreat.readers.level_names import compute_level_name
from cotreat.vocabulary import TermIndex, parse_term, read_conditions


def _read_term(cases: CaseSheet, row: int, name: str, text: str, index: TermIndex) -> str:
    """The term of the vocabulary, or the words themselves as a level, with a warning."""
    found = _look_up(text, index)
    if not isinstance(found, Unparsed):
        return found
    meant = found.proposal or "<level>"
    cases.note_unparsed(
        f"unknown_{name}",
        row,
        name,
        Unparsed(text, "is not a word that the vocabulary knows", found.proposal),
        f'It is kept as written. To name it, add under [values]: {name}.{meant} = ["{text}"].',
    )
    return compute_level_name(text)


def _look_up(text: str, index: TermIndex) -> str | Unparsed:
    """The term of a text, or of what stands before its last parentheses: `transplant (why)`."""
    found = parse_term(text, index)
    bare = parse_without_parentheses(text)
    if not isinstance(found, Unparsed) or bare == text:
        return found
    again = parse_term(bare, index)
    return found if isinstance(again, Unparsed) else again


def read_diseases(cases: CaseSheet) -> list[str | None]:
    """The disease of each case; what the vocabulary does not know keeps its own words."""
    return [
        None
        if cases.words.is_unknown(text)
        else _read_term(cases, row, "disease", text.strip(), cases.indexes.conditions)
        for row, text in enumerate(cases.cells("disease"))
    ]


def _parse_list(cases: CaseSheet, text: str, index: TermIndex) -> ListCell | None:
    if cases.words.is_unknown(text):
        return None
    return parse_list(text, cases.words, lambda item: not isinstance(_look_up(item, index), Unparsed))


def _without_none(cases: CaseSheet, row: int, name: str, found: ListCell) -> list[str]:
    """The items of a list that are no word for none; beside such a word they are a contradiction."""
    items = [item for item in found.items if not cases.words.is_none(item.strip(" ."))]
    if len(items) < len(found.items):
        cases.note(
            "warning",
            "contradiction",
            row,
            name,
            "The cell says that there was none and names something too: what it names is counted.",
            "Take out the word for none, or what stands beside it.",
        )
    return items


def build_condition_rows(cases: CaseSheet, place: Mapping[int, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Rows of `conditions`: each comorbidity of a patient once, in the order of the cases.

    A cell that says there was none gives the term `none`; an incomplete list gives a row
    without a term; an empty cell gives none at all, which leaves the patient unknown.
    """
    index = cases.indexes.conditions
    rows: dict[tuple[int, str | None], dict[str, Any]] = {}
    lists = cases.read("comorbidity", lambda text: _parse_list(cases, text, index))
    for row, keys in place.items():
        found = lists[row]
        if found is None:
            continue
        if cases.words.is_none(cases.cells("comorbidity")[row]):
            terms: list[tuple[str | None, str]] = [("none", "")]
        else:
            items = _without_none(cases, row, "comorbidity", found)
            terms = [(_read_term(cases, row, "comorbidity", item, index), item) for item in items]
            terms += [(None, "")] if found.is_incomplete else []
        for term, text in terms:
            known = read_conditions().get(term or "")
            kind = "risk_factor" if known and known.kind == "risk_factor" else "comorbidity"
            rows.setdefault(
                (keys["patient_key"], term),
                {**_patient(keys), "term": term, "term_text": text or None, "kind": kind},
            )
    return list(rows.values())


def build_prior_therapy_rows(
    cases: CaseSheet, place: Mapping[int, Mapping[str, int]]
) -> list[dict[str, Any]]:
    """Rows of `prior_therapies`: each earlier therapy of a case.

    `none` says that there was none; a row without a drug says that the list, or the
    whole cell, leaves something unknown.
    """
    index = cases.indexes.therapies
    rows: list[dict[str, Any]] = []
    lists = cases.read("prior_therapy", lambda text: _parse_list(cases, text, index))
    for row, keys in place.items():
        found = lists[row]
        own = {**_patient(keys), "pair_key": keys["pair_key"]}
        if found is None or found.is_incomplete:
            rows.append({**own, "drug": None, "drug_text": None})
        if found is None:
            continue
        if cases.words.is_none(cases.cells("prior_therapy")[row]):
            rows.append({**own, "drug": "none", "drug_text": None})
            continue
        seen: dict[str, str] = {}
        for item in _without_none(cases, row, "prior_therapy", found):
            seen.setdefault(_read_term(cases, row, "prior_therapy", item, index), item)
        listed = enumerate(seen.items(), start=1)
        rows += [{**own, "drug": drug, "drug_text": text, "place": n} for n, (drug, text) in listed]
    return rows


def _patient(keys: Mapping[str, int]) -> dict[str, int]:
    return {name: keys[name] for name in ("patient_key", "source_id", "source_row")}
