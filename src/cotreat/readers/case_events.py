"""The adverse events of each case, and the drugs that are blamed."""

from collections.abc import Mapping
from typing import Any

from cotreat.findings import Unparsed
from cotreat.readers.case_sheet import CaseSheet
from cotreat.readers.cells import EventText, parse_event_words, parse_events
from cotreat.readers.level_names import compute_level_name
from cotreat.vocabulary import parse_term


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
        found, is_unknown = parsed[row]
        for event in found:
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
        if is_unknown:
            events.append({**own, "event_key": len(events) + 1, "certainty": "unknown"})
            if cases.has("adverse_events"):
                _note_unknown(cases, row)
    return events, attributions


def _parse_cell(cases: CaseSheet, text: str) -> tuple[tuple[EventText, ...], bool]:
    """The events of a cell, and whether it leaves something unknown."""
    if cases.words.is_unknown(text):
        return (), True
    if cases.words.is_none(text):
        return (), False
    return parse_events(text, cases.words, lambda item: _look_up(cases, item) is not None)


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
        "It is kept as written. To name it, add under [values]: "
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


def _note_unknown(cases: CaseSheet, row: int) -> None:
    is_empty = cases.words.is_unknown(cases.cells("adverse_events")[row])
    cases.note(
        "warning",
        "adverse_events_unknown",
        row,
        "adverse_events",
        "The cell is empty: whether there was an adverse event is unknown, which is not the same as none."
        if is_empty
        else "The cell does not name every adverse event: what else there was is unknown.",
        "Enter `None` if there was none." if is_empty else "Complete the cell if more is known.",
    )
