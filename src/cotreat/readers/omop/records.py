"""Conditions, adverse events, laboratory results and scores of a CDM, as study tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.findings import Findings, Severity
from cotreat.readers.lab_units import build_lab_units, compute_is_implausible, compute_lab_value
from cotreat.readers.omop.concept_sets import Vocabulary
from cotreat.readers.omop.drug_rows import DrugRows
from cotreat.readers.omop.record_sets import RecordSets
from cotreat.readers.omop.views import CdmView
from cotreat.readers.omop.work import Work
from cotreat.readers.table_loading import compute_counted
from cotreat.readers.table_sql import FIRST_DAY
from cotreat.vocabulary import read_lab_tests

_UNITS = pa.schema([("unit_concept_id", pa.int64()), ("unit", pa.string())])


@dataclass(frozen=True)
class Records:
    """Rows of one table of the CDM that the protocol asks for.

    Attributes
    ----------
    view
        The table.
    sets
        What is asked for.
    rows
        Those rows of it that are used, with ``patient_key`` and ``set_no``.
    source_id
        The table's number among the sources.
    """

    view: CdmView
    sets: RecordSets
    rows: TableName
    source_id: int


def build_records(
    work: Work, view: CdmView, sets: RecordSets, observed: TableName, *, cutoff: int, source_id: int
) -> Records:
    """The rows of one table of the CDM that are used.

    Parameters
    ----------
    work
        The database of the CDM.
    view
        The table.
    sets
        What the protocol asks for.
    observed
        The patients and their observation.
    cutoff
        Last day that counts, in days since 1970-01-01.
    source_id
        The table's number among the sources.
    """
    words = {"records": view.name, "record_concepts": sets.concepts, "observed": observed}
    sql = work.text("record_rows", words)
    name = f"rows_{view.table.name}"
    rows = work.create(name, sql, {"first_day": FIRST_DAY, "cutoff": cutoff})
    return Records(view, sets, rows, source_id)


def build_conditions(work: Work, records: Records, rows: DrugRows) -> tuple[TableName, TableName]:
    """The study table of conditions, and beside it the disease of each patient.

    Parameters
    ----------
    work
        The database of the CDM.
    records
        Of ``condition_occurrence``.
    rows
        Rows of the study's drugs, and their patients.
    """
    taken = work.build("first_taken", {"flagged_rows": rows.flagged, "observed": rows.observed})
    words = {
        "record_rows": records.rows,
        "levels": records.sets.levels,
        "observed": rows.observed,
        "first_taken": taken,
    }
    conditions = work.build("conditions", words, {"source_id": records.source_id})
    return conditions, work.build("diseases", words)


def build_adverse_events(work: Work, records: Records, *, event_gap: int) -> TableName:
    """The study table of adverse events.

    Parameters
    ----------
    work
        The database of the CDM.
    records
        Of ``condition_occurrence``.
    event_gap
        Most days between two records of one event.
    """
    words = {"record_rows": records.rows, "levels": records.sets.levels}
    return work.build("adverse_events", words, {"source_id": records.source_id, "event_gap": event_gap})


def build_measurements(
    work: Work, records: Records, vocabulary: Vocabulary
) -> tuple[TableName, TableName, Findings]:
    """The study tables of laboratory results and of scores, and what is unknown in them.

    Parameters
    ----------
    work
        The database of the CDM.
    records
        Of ``measurement``.
    vocabulary
        Says which unit a unit's concept is.
    """
    units = work.load("units", _unit_names(work, records, vocabulary))
    words = {"record_rows": records.rows, "levels": records.sets.levels, "units": units}
    measured = work.build("measurements", words)
    found = work.fetch(f"SELECT DISTINCT term, unit FROM {measured} WHERE purpose = 'laboratory'").to_pylist()
    ways = build_lab_units((row["term"], row["unit"]) for row in found)
    lab_units = work.load("lab_units", ways)
    values = {name: compute_lab_value(f"m.{name}", "u") for name in ("value", "lln", "uln")}
    is_implausible = compute_is_implausible("c.value", "c")
    laboratory = work.build(
        "laboratory",
        {"measurements": measured, "lab_units": lab_units, "is_implausible": is_implausible, **values},
        {"source_id": records.source_id},
    )
    scores = {"measurements": measured, "levels": records.sets.levels}
    assessments = work.build("assessments", scores, {"source_id": records.source_id})
    findings = _validate(work, records, measured, laboratory, assessments, ways)
    return laboratory, assessments, findings


def _unit_names(work: Work, records: Records, vocabulary: Vocabulary) -> pa.Table:
    """The codes of the units that occur; UCUM, in the vocabularies of OMOP."""
    used = work.fetch(
        f"SELECT DISTINCT unit_concept_id FROM {records.rows} WHERE unit_concept_id IS NOT NULL"
    )
    if not isinstance(vocabulary.concept, CdmView) or not used.num_rows:
        return _UNITS.empty_table()
    wanted = vocabulary.work.load("wanted_units", used.cast(pa.schema([("unit_concept_id", pa.int64())])))
    return vocabulary.work.fetch(
        f"SELECT w.unit_concept_id, c.concept_code AS unit FROM {wanted} AS w "
        f"INNER JOIN {vocabulary.concept.name} AS c ON c.concept_id = w.unit_concept_id "
        "WHERE w.unit_concept_id <> 0"
    ).cast(_UNITS)


_NOTES: Mapping[str, tuple[Severity, str, str, str]] = {
    "bound_not_value": (
        "info",
        "operator_concept_id",
        "The result is a bound, such as below 5, in {rows}; its value is unknown.",
        "Nothing, if that is how the database records.",
    ),
    "value_out_of_range": (
        "warning",
        "value",
        "The score is outside the range of its instrument in {rows}; it is unknown.",
        "Check the concepts of the instrument under [source.assessments].",
    ),
    "implausible_result": (
        "warning",
        "value",
        "No patient has such a result in this unit, in {rows}; it is unknown.",
        "Check the concepts and the units of the test.",
    ),
    "limits_reversed": (
        "warning",
        "uln",
        "The lower limit of normal is above the upper one in {rows}; both are unknown.",
        "Correct the database's own records, if they are wrong.",
    ),
}


def _validate(
    work: Work,
    records: Records,
    measured: TableName,
    laboratory: TableName,
    assessments: TableName,
    ways: pa.Table,
) -> Findings:
    """What is unknown: bounds, scores out of range, implausible results, reversed limits, unread units."""
    counted = {
        "bound_not_value": (measured, "is_bound"),
        "value_out_of_range": (assessments, "is_out_of_range"),
        "implausible_result": (laboratory, "is_implausible"),
        "limits_reversed": (laboratory, "is_reversed"),
    }
    parts = [
        _note(records, code, _count(work, table, f"{flag} = 1")) for code, (table, flag) in counted.items()
    ]
    problems = [way for way in ways.to_pylist() if way["problem"]]
    units = _unit_counts(work, measured) if problems else {}
    parts += [_unit_finding(records, way, units.get((way["test"], way["unit"]), 0)) for way in problems]
    return Findings.concat(parts)


def _count(work: Work, table: TableName, where: str) -> int:
    return work.count(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}")


def _note(records: Records, code: str, n: int) -> Findings:
    severity, field, why, what_to_do = _NOTES[code]
    if not n:
        return Findings.of()
    return records.view.place.finding(
        severity,
        code,
        why.format(rows=compute_counted(n, "row")),
        what_to_do,
        column=records.view.heading(field),
    )


def _unit_counts(work: Work, measured: TableName) -> Mapping[tuple[str, str], int]:
    rows = work.fetch(
        f"SELECT term, unit, COUNT(*) AS n FROM {measured} WHERE purpose = 'laboratory' GROUP BY term, unit"
    )
    return {(row["term"], row["unit"]): int(row["n"]) for row in rows.to_pylist()}


def _unit_finding(records: Records, way: Mapping[str, Any], n: int) -> Findings:
    test = read_lab_tests()[way["test"]]
    return records.view.place.finding(
        "warning",
        way["problem"],
        f"{way['why']} {compute_counted(n, 'result')} of {test.name} cannot be converted to {test.unit}: "
        "unknown.",
        f'If the results are in one unit, give `unit = "{test.unit}"` under [source.laboratory.{test.test}].'
        if way["problem"] == "missing_unit"
        else "Check the concepts and the units of the test.",
        column=records.view.heading("unit_concept_id"),
        value=way["unit"],
    )
