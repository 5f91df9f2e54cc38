"""The adverse events of each case, and the drugs that are blamed."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from cotreat.findings import Unparsed
from cotreat.readers.case_sheet import CaseSheet
from cotreat.readers.cell_lists import EventText, parse_event_words, parse_events
from cotreat.readers.level_names import compute_level_name
from cotreat.vocabulary import parse_term, read_word_spellings


class _EventCell(NamedTuple):
    """The events of a cell, whether it leaves something unknown, and what it denies.

    `denied` is the first item that begins with a negation; `has_none` says that a word
    for none stands beside events.
    """

    events: tuple[EventText, ...]
    is_unknown: bool
    denied: str = ""
    has_none: bool = False


def build_event_rows(
    cases: CaseSheet, place: Mapping[int, Mapping[str, int]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of `adverse_events` and `attributions`.

    A cell that says there were none gives no row. An empty cell gives one row of
    certainty `unknown`: whether there were events is not known.
    """
    events: list[dict[str, Any]] = []
    attributions: list[dict[str, Any]] = []
    parsed = cases.read("adverse_events", lambda text: _parse_cell(cases, text))
    if not cases.has("adverse_events"):
        _note_no_column(cases)
    for row, keys in place.items():
        own = {name: keys[name] for name in ("patient_key", "pair_key", "source_id", "source_row")}
        cell = parsed[row]
        for event in cell.events:
            term, text = _read_event(cases, row, event)
            events.append(
                {
                    **own,
                    "event_key": len(events) + 1,
                    "term": term,
                    "term_text": text,
                    "certainty": "recorded",
                }
            )
            attributions += _read_suspects(cases, row, event, len(events), own)
        if cell.has_none:
            _note_none_beside_events(cases, row)
        if cell.is_unknown:
            events.append({**own, "event_key": len(events) + 1, "certainty": "unknown"})
            if cases.has("adverse_events"):
                _note_unknown(cases, row, cell.denied)
    return events, attributions


def _parse_cell(cases: CaseSheet, text: str) -> _EventCell:
    """The events of a cell. What stands behind a negation may be denied too, and is not read."""
    if cases.words.is_unknown(text):
        return _EventCell((), is_unknown=True)
    if cases.words.is_none(text):
        return _EventCell((), is_unknown=False)
    found, is_unknown = parse_events(text, cases.words, lambda item: _look_up(cases, item) is not None)
    events: list[EventText] = []
    has_none = False
    for event in found:
        if cases.words.is_none(event.text.strip(" .")):
            has_none = True
        elif _is_denied(cases, event.text):
            return _EventCell(tuple(events), is_unknown=True, denied=event.text, has_none=has_none)
        else:
            events.append(event)
    return _EventCell(tuple(events), is_unknown, has_none=has_none and bool(events))


@cache
def _negations() -> frozenset[str]:
    """First words of what means none, in the vocabulary, and the number 0: ``0 events``."""
    return frozenset(
        {"0", *(words.split()[0].casefold() for words in read_word_spellings("absence")["none"])}
    )


def _is_denied(cases: CaseSheet, text: str) -> bool:
    """Whether an event begins with a negation, as ``no fever`` does, and is not a known term."""
    first = (text.split() or [""])[0].strip(" .:").casefold()
    return first in _negations() and _look_up(cases, text) is None


def _look_up(cases: CaseSheet, text: str) -> str | None:
    for words in parse_event_words(text):
        found = parse_term(words, cases.indexes.events)
        if not isinstance(found, Unparsed):
            return found
    return None


def _read_event(cases: CaseSheet, row: int, event: EventText) -> tuple[str, str]:
    """The term of the vocabulary, or the words themselves as a level, with a warning."""
    term = _look_up(cases, event.text)
    if term is not None:
        return term, event.text
    nearest = parse_term(parse_event_words(event.text)[-1], cases.indexes.events)
    meant = nearest.proposal if isinstance(nearest, Unparsed) else ""
    cases.note_unparsed(
        "unknown_adverse_event",
        row,
        "adverse_events",
        Unparsed(event.text, "is not a term that the vocabulary knows", meant),
        "It is counted as an adverse event under its own words. To name it, add under [values]: "
        f'adverse_event.{meant or "<term>"} = ["{event.text}"].',
    )
    return compute_level_name(event.text), event.text


def _read_suspects(
    cases: CaseSheet, row: int, event: EventText, event_key: int, own: Mapping[str, int]
) -> list[dict[str, Any]]:
    if not event.suspects:
        cases.note(
            "info",
            "event_not_attributed",
            row,
            "adverse_events",
            f"{event.text!r} is attributed to no drug.",
            "Write the suspected drug in parentheses behind it, if one was suspected.",
        )
    rows: list[dict[str, Any]] = []
    for suspect in event.suspects:
        drug = _read_suspect(cases, suspect)
        if isinstance(drug, Unparsed):
            cases.note_unparsed(
                "unknown_suspect", row, "adverse_events", drug, "Name the suspected drug, or the combination."
            )
            continue
        source = {name: own[name] for name in ("source_id", "source_row")}
        rows.append({**source, "event_key": event_key, "drug": drug})
    return rows


def _read_suspect(cases: CaseSheet, text: str) -> str | Unparsed:
    if parse_term(text, cases.indexes.fields["attribution"]) == "combination":
        return "combination"
    found = parse_term(text, cases.indexes.drugs)
    if isinstance(found, Unparsed):
        return Unparsed(text, "is not a drug that the vocabulary knows", found.proposal)
    return found


def _note_no_column(cases: CaseSheet) -> None:
    cases.note(
        "info",
        "no_adverse_event_column",
        None,
        "",
        "No column holds adverse events: whether there were any is unknown for every case.",
        "Map a column to `adverse_events` if they were recorded.",
    )


def _note_none_beside_events(cases: CaseSheet, row: int) -> None:
    cases.note(
        "warning",
        "contradiction",
        row,
        "adverse_events",
        "The cell says that there was none and names adverse events too: the events are counted.",
        "Take out the word for none, or the events.",
    )


def _note_unknown(cases: CaseSheet, row: int, denied: str) -> None:
    why = "The cell does not name every adverse event: what else there was is unknown."
    what_to_do = "Complete the cell if more is known."
    if denied:
        why = (
            f"{denied!r} begins with a negation, so it is no adverse event, nor is what stands "
            "behind it: whether there was another one is unknown."
        )
        what_to_do = (
            f'If it means that there was none, add under [source]: none = ["{denied}"], with the other words.'
        )
    elif cases.words.is_unknown(cases.cells("adverse_events")[row]):
        why = (
            "The cell is empty: whether there was an adverse event is unknown, which is not the same as none."
        )
        what_to_do = "Enter `None` if there was none."
    cases.note("warning", "adverse_events_unknown", row, "adverse_events", why, what_to_do)
