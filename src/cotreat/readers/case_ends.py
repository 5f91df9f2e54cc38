"""Why each case ended, what became of the anchor, and what followed."""

import re
from collections.abc import Sequence
from typing import Any

from cotreat.findings import Unparsed
from cotreat.readers.case_drugs import parse_drugs_within
from cotreat.readers.case_sheet import CaseSheet
from cotreat.readers.cells import AnchorEnd, parse_anchor_end
from cotreat.readers.level_names import compute_level_name
from cotreat.vocabulary import parse_drug_phrase

_TREATMENT = re.compile(
    r"\s+(?:(?:further|other|weitere|más|otro)\s+)?"
    r"(?:treatments?|therap(?:y|ies)|drugs?|tratamientos?|terapias?|behandlung|therapie)\W*$",
    re.IGNORECASE,
)


def read_end_columns(cases: CaseSheet, is_ongoing: Sequence[int | None]) -> dict[str, list[Any]]:
    """End reasons, end and next treatment: columns of `declared_pairs`.

    A text that stands under two levels of the protocol gives two reasons, the first in
    the protocol's order first. An ongoing case has no end reason, and what follows it
    is not observed.
    """
    first, other = _read_reasons(cases, is_ongoing)
    ends: list[str | None] = []
    following: list[str | None] = []
    anchor_ends = cases.read("anchor_end", lambda text: _parse_end(cases, text))
    explicit = cases.read("next_treatment", lambda text: _parse_next(cases, text))
    for row, goes_on in enumerate(is_ongoing):
        found = anchor_ends[row]
        kept = found is not None and found.is_uninterrupted
        ends.append("ongoing" if goes_on else "partner_stopped" if kept and goes_on == 0 else None)
        following.append("not_observed" if goes_on else _next_drug(cases, row, found, explicit[row]))
    return {"end_reason": first, "end_reason_other": other, "end": ends, "next_treatment": following}


def _read_reasons(
    cases: CaseSheet, is_ongoing: Sequence[int | None]
) -> tuple[list[str | None], list[str | None]]:
    first: list[str | None] = []
    other: list[str | None] = []

    def parse(text: str) -> tuple[str, ...] | Unparsed | None:
        found = cases.parse_levels("end_reason", text)
        return None if isinstance(found, Unparsed) and cases.words.is_ongoing(text) else found

    for row, found in enumerate(cases.read("end_reason", parse)):
        levels = found
        if isinstance(levels, Unparsed):
            confirm = f"Say what it means under [values]: end_reason.<level> = [{levels.text!r}]."
            cases.note_unparsed("unknown_end_reason", row, "end_reason", levels, confirm)
            levels = None
        known = () if levels is None or is_ongoing[row] else levels
        first.append(known[0] if known else None)
        other.append(known[1] if len(known) > 1 else None)
    return first, other


def _parse_end(cases: CaseSheet, text: str) -> AnchorEnd | None:
    return None if cases.words.is_unknown(text) else parse_anchor_end(text, cases.words)


def _parse_next(cases: CaseSheet, text: str) -> str | Unparsed | None:
    if cases.words.is_unknown(text):
        return None
    if cases.words.is_none(_TREATMENT.sub("", text).strip()):
        return "none"
    found = parse_drug_phrase(text, cases.indexes.drugs)
    return found if isinstance(found, Unparsed) else found[0]


def _next_drug(
    cases: CaseSheet, row: int, end: AnchorEnd | None, explicit: str | Unparsed | None
) -> str | None:
    """The drug that followed, `none` when the anchor simply went on, None when it is not said."""
    column, found = "next_treatment", explicit
    if found is None and end is not None:
        column = "anchor_end"
        if end.is_uninterrupted:
            return "none"
        if end.is_switch and not end.next_drug:
            cases.note(
                "warning",
                "next_treatment_missing",
                row,
                column,
                "The cell says that another treatment followed, but not which.",
                "Enter the drug that followed.",
            )
        found = _parse_next(cases, end.next_drug) if end.next_drug else None
        _note_left_aside(cases, row, end, found)
    if not isinstance(found, Unparsed):
        return found
    meant = found.proposal or "<name>"
    word = found.text.split()[0]
    cases.note_unparsed(
        "unknown_drug",
        row,
        column,
        found,
        f'It is kept as written. If it was meant, add under [values]: drug.{meant} = ["{word}"].',
    )
    return compute_level_name(word)


def _note_left_aside(cases: CaseSheet, row: int, end: AnchorEnd, found: str | Unparsed | None) -> None:
    """An info finding about a drug that the cell names and that is not the next treatment."""
    if end.is_negated:
        cases.note(
            "info",
            "switch_negated",
            row,
            "anchor_end",
            "The cell says that there was no such switch: what followed is not said.",
            "Enter what followed, or that nothing did, if it is known.",
        )
    if not isinstance(found, str):
        return
    named = dict.fromkeys(parse_drugs_within(end.next_drug, cases.indexes.drugs))
    others = [drug for drug in named if drug != found]
    if others:
        cases.note(
            "info",
            "further_treatment",
            row,
            "anchor_end",
            f"The next treatment is {found}; {', '.join(others)} also stands there and is not used.",
            "Name the treatment that came directly after the anchor first.",
        )
