"""A case table, one row per case as clinicians keep it, read into study tables.

Each row is one declared pair: an anchor and a partner taken together by one patient.
A row with a finding of severity error is left out; every other cell that has no
reading is unknown, with a finding.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pyarrow as pa

from cotreat.engine import Engine
from cotreat.errors import ProtocolError
from cotreat.findings import Findings, Unparsed
from cotreat.protocol import CaseTableSource, Protocol
from cotreat.readers.case_drugs import compute_aside, read_drug_columns
from cotreat.readers.case_ends import read_end_columns
from cotreat.readers.case_events import build_event_rows
from cotreat.readers.case_lists import build_condition_rows, build_prior_therapy_rows, read_diseases
from cotreat.readers.case_sheet import CaseSheet, build_case_sheet
from cotreat.readers.case_times import read_time_columns
from cotreat.readers.cells import parse_number
from cotreat.readers.sources import ReadStudy, parse_source_path
from cotreat.readers.spreadsheet import Sheet, read_sheet
from cotreat.study_tables.loading import build_study_table, build_study_tables
from cotreat.study_tables.schema import RESPONSES

_SEXES = ("female", "male", "other")
_PATIENT_COLUMNS = ("patient_key", "patient_id", "sex", "disease", "age_years")
_CASE_ROWS = pa.schema(
    [
        *((name, pa.int64()) for name in ("pair_key", "patient_key", "source_id", "source_row")),
        *((name, pa.string()) for name in ("patient_id", "patient_form", "case_id", "sex", "disease")),
        ("age_years", pa.float64()),
    ]
)
_SIGNS = str.maketrans("", "", " .,-_/#:;()")
_SOURCE_ID = 1
_OLDEST = 120  # years


def read_case_table(engine: Engine, protocol: Protocol) -> ReadStudy:
    """Study tables of a case table, in the engine, with the findings of every cell.

    Parameters
    ----------
    engine
        Where the study tables go; ``case_rows`` (one row per case, as read) goes there too.
    protocol
        Its `source` names the file, the columns and the words.

    Raises
    ------
    ProtocolError
        A heading of the protocol is not in the sheet, or the file is outside the study folder.
    SourceError
        The file cannot be read as a table.
    """
    source = cast("CaseTableSource", protocol.source)
    path = parse_source_path(protocol, source.file, outside_folder=source.outside_folder)
    sheet = read_sheet(
        path,
        sheet=source.sheet,
        encoding=source.encoding,
        delimiter=source.delimiter,
        decimal=source.decimal,
    )
    _require_headings(source, sheet)
    cases = build_case_sheet(protocol, source, sheet)
    _note_unused(cases)
    patient_ids = _read_patient_ids(cases)
    columns, cutoff = _read_pair_columns(cases, protocol)
    case_rows, tables = _build_tables(cases, columns, patient_ids)
    build_study_tables(engine, tables)
    engine.load("case_rows", case_rows)
    findings = Findings.concat([sheet.findings, Findings.of(cases.findings)])
    return ReadStudy(findings, cases.columns, cutoff, has_events_place=True)


def _require_headings(source: CaseTableSource, sheet: Sheet) -> None:
    lines: list[str] = []
    for name, heading in source.columns:
        if heading is not None and heading not in sheet.columns:
            near = difflib.get_close_matches(heading, sheet.headings, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else f"; headings: {', '.join(sheet.headings[:40])}"
            lines.append(f"`source.columns.{name}`: there is no column {heading!r} in {sheet.file}{hint}")
    if lines:
        raise ProtocolError("\n".join(lines))


def _note_unused(cases: CaseSheet) -> None:
    used = set(cases.columns.values())
    for heading in cases.sheet.headings:
        if heading not in used:
            cases.note(
                "info",
                "unused_column",
                None,
                "",
                f"The column {heading!r} is not named in the protocol and is not used.",
                "Name it under [source.columns] if it should be.",
                heading,
            )
    if not cases.has("course"):
        cases.note(
            "info",
            "no_course_column",
            None,
            "",
            "No column says which cases share a course: each case is its own course.",
            "Map a column to `course` if partners were taken at the same time.",
        )


def _read_patient_ids(cases: CaseSheet) -> list[str]:
    ids = [text.strip() for text in cases.cells("patient")]
    for row, text in enumerate(ids):
        if cases.words.is_unknown(text):
            why = "The row does not say which patient it is about."
            what_to_do = f"Enter the patient's identifier.{compute_aside(cases, row)}"
            cases.note("error", "missing_patient", row, "patient", why, what_to_do)
    return ids


def _read_course_ids(cases: CaseSheet) -> list[str | None]:
    texts = (text.strip() for text in cases.cells("course"))
    return [None if cases.words.is_unknown(text) or cases.words.is_none(text) else text for text in texts]


def _read_levels(cases: CaseSheet, name: str, levels: tuple[str, ...] = ()) -> list[str | None]:
    """One level per row; a word that nobody declared is unknown, with a warning."""
    found: list[str | None] = []
    for row, parsed in enumerate(cases.read(name, lambda text: cases.parse_levels(name, text))):
        level = parsed[0] if isinstance(parsed, tuple) else None
        if isinstance(parsed, Unparsed):
            confirm = f"Say what it means under [values]: {name}.<level> = [{parsed.text!r}]."
            cases.note_unparsed(f"unknown_{name}", row, name, parsed, confirm)
        elif level is not None and levels and level not in levels:
            why = f"{level!r} is not a level of {name}; levels: {', '.join(levels)}."
            cases.note("warning", f"unknown_{name}", row, name, why, "Correct the cell or [values].")
            level = None
        found.append(level)
    return found


def _read_ages(cases: CaseSheet) -> list[float | None]:
    ages: list[float | None] = []
    parsed = cases.read("age_years", lambda text: None if cases.words.is_unknown(text) else text)
    for row, text in enumerate(parsed):
        age = None if text is None else parse_number(text, cases.decimal)
        if isinstance(age, Unparsed):
            cases.note_unparsed("age_not_a_number", row, "age_years", age, "Enter the age in years.")
        elif age is not None and not 0 <= age <= _OLDEST:
            why = f"An age is between 0 and {_OLDEST} years."
            cases.note("warning", "implausible_age", row, "age_years", why, "Correct the age.")
        else:
            ages.append(age)
            continue
        ages.append(None)
    return ages


def _read_pair_columns(cases: CaseSheet, protocol: Protocol) -> tuple[dict[str, list[Any]], int | None]:
    """Columns of `declared_pairs`, one value per row of the sheet, and the cut-off day."""
    times, cutoff = read_time_columns(cases, protocol.study.cutoff)
    columns = {
        **read_drug_columns(cases, protocol, "anchor"),
        **read_drug_columns(cases, protocol, "partner"),
        "age_years": _read_ages(cases),
        "reason_started": _read_levels(cases, "reason_started"),
        "monotherapy_response": _read_levels(cases, "monotherapy_response", RESPONSES),
        "response": _read_levels(cases, "response", RESPONSES),
        "course_id": _read_course_ids(cases),
        **times,
        **read_end_columns(cases, times["is_ongoing"]),
    }
    return columns, cutoff


def _build_tables(
    cases: CaseSheet, columns: Mapping[str, list[Any]], patient_ids: Sequence[str]
) -> tuple[pa.Table, dict[str, pa.Table]]:
    """``case_rows`` for the rules that look across rows, and every study table."""
    sexes, diseases = _read_levels(cases, "sex", _SEXES), read_diseases(cases)
    numbers = cases.sheet.row_numbers
    case_ids = [text.strip() for text in cases.cells("case")]
    kept = [row for row in range(cases.n_rows) if row not in cases.left_out]
    keys = {name: key for key, name in enumerate(sorted({patient_ids[row] for row in kept}), start=1)}
    place = {
        row: {
            "pair_key": pair_key,
            "patient_key": keys[patient_ids[row]],
            "source_id": _SOURCE_ID,
            "source_row": numbers[row],
        }
        for pair_key, row in enumerate(kept, start=1)
    }
    own = [
        {
            **keys_of,
            "patient_id": patient_ids[row],
            "patient_form": _compute_form(patient_ids[row]),
            "sex": sexes[row],
            "disease": diseases[row],
            "age_years": columns["age_years"][row],
            "case_id": case_ids[row] or str(keys_of["pair_key"]),
        }
        for row, keys_of in place.items()
    ]
    pairs = [
        {**keys_of, "case_id": case["case_id"], **{name: values[row] for name, values in columns.items()}}
        for (row, keys_of), case in zip(place.items(), own, strict=True)
    ]
    events, attributions = build_event_rows(cases, place)
    tables = {
        "patients": _build_patient_rows(own),
        "conditions": build_condition_rows(cases, place),
        "prior_therapies": build_prior_therapy_rows(cases, place),
        "declared_pairs": pairs,
        "adverse_events": events,
        "attributions": attributions,
        **_build_accounts(cases, len(kept), len(keys)),
    }
    case_rows = pa.Table.from_pylist(own, schema=_CASE_ROWS)
    return case_rows, {name: build_study_table(name, rows) for name, rows in tables.items()}


def _compute_form(patient_id: str) -> str:
    """What identifiers have in common that differ in case, blanks, signs or leading zeros only.

    Zeros before a digit and behind a letter, or at the start: P01 and P1, 007 and 7; P10 keeps its own.
    """
    return re.sub(r"^([^0-9]*)0+([0-9])", r"\1\2", patient_id.lower().translate(_SIGNS))


def _build_patient_rows(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per patient: what the first of the rows that says it says."""
    patients: dict[int, dict[str, Any]] = {}
    for case in cases:
        known = patients.setdefault(case["patient_key"], {})
        for name in (*_PATIENT_COLUMNS, "source_id", "source_row"):
            if known.get(name) is None:
                known[name] = case[name]
    return [patients[key] for key in sorted(patients)]


def _build_accounts(cases: CaseSheet, n_kept: int, n_patients: int) -> dict[str, list[dict[str, Any]]]:
    """Where the rows of the sheet went."""
    sheet = cases.sheet
    n_read = cases.n_rows + sheet.rows_left_out
    steps = [("read", n_read, None), ("not_usable", n_read - n_kept, None), ("used", n_kept, n_patients)]
    return {
        "sources": [
            {
                "source_id": _SOURCE_ID,
                "file": sheet.file,
                "sheet": sheet.sheet,
                "sha256": sheet.sha256,
                "about": sheet.about,
                "rows_read": n_read,
                "rows_used": n_kept,
                "rows_left_out": n_read - n_kept,
            }
        ],
        "attrition": [
            {"step": step, "table": "declared_pairs", "reason": reason, "rows": rows, "patients": patients}
            for step, (reason, rows, patients) in enumerate(steps, start=1)
        ],
    }
