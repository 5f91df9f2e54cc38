"""What the protocol asks for beside the drugs: conditions, events, laboratory results and scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pyarrow as pa

from cotreat.engine import TableName
from cotreat.findings import Findings
from cotreat.protocol import OmopSource, Protocol
from cotreat.readers.omop.accounts import Account, build_record_account
from cotreat.readers.omop.concept_sets import Vocabulary
from cotreat.readers.omop.drug_rows import DrugRows
from cotreat.readers.omop.record_sets import RECORD_TABLES, build_record_sets, validate_terms
from cotreat.readers.omop.records import (
    Records,
    build_adverse_events,
    build_conditions,
    build_measurements,
    build_records,
)
from cotreat.readers.omop.tables import CdmTables
from cotreat.readers.omop.work import Work

_DISEASES = pa.schema([("patient_key", pa.int64()), ("term", pa.string())])


@dataclass(frozen=True)
class StudyRecords:
    """What was read beside the drugs.

    Attributes
    ----------
    tables
        Study tables by name.
    diseases
        The disease of each patient, where the protocol names any.
    accounts
        What became of the rows of each table of the CDM.
    findings
        What is unknown.
    """

    tables: Mapping[str, TableName]
    diseases: TableName
    accounts: tuple[Account, ...]
    findings: Findings


def build_study_records(
    work: Work, tables: CdmTables, vocabulary: Vocabulary, rows: DrugRows, protocol: Protocol, *, cutoff: int
) -> StudyRecords:
    """Study tables of conditions, adverse events, laboratory results and scores, as far as asked for.

    Parameters
    ----------
    work
        The database of the CDM.
    tables
        Its tables.
    vocabulary
        Says what concepts are.
    rows
        Rows of the study's drugs, and the observation of each patient.
    protocol
        Its source names what is read.
    cutoff
        Last day that counts, in days since 1970-01-01.

    Raises
    ------
    SourceError
        A file is no concept set, or a table of the vocabulary is needed and cannot be read.
    """
    source = cast("OmopSource", protocol.source)
    made: dict[str, TableName] = {}
    diseases = work.load("no_diseases", _DISEASES.empty_table())
    accounts: list[Account] = []
    findings: list[Findings] = []
    # The order of the sources is that of their tables.
    numbers = {name: number for number, name in enumerate(tables.views, start=1)}
    for name in (name for name in RECORD_TABLES if name in tables.views):
        view = tables.views[name]
        sets = build_record_sets(work, vocabulary, protocol, source, name)
        records = build_records(work, view, sets, rows.observed, cutoff=cutoff, source_id=numbers[name])
        if name == "condition_occurrence":
            made["conditions"], diseases = build_conditions(work, records, rows)
            made["adverse_events"] = build_adverse_events(work, records, event_gap=source.event_gap)
            findings.append(_repeated(work, records, made["adverse_events"]))
        else:
            made["laboratory"], made["assessments"], found = build_measurements(work, records, vocabulary)
            findings.append(found)
        accounts.append(build_record_account(work, records, rows, cutoff=cutoff))
        findings.append(validate_terms(source, view.place, RECORD_TABLES[name]))
    return StudyRecords(made, diseases, tuple(accounts), Findings.concat(findings))


def _repeated(work: Work, records: Records, events: TableName) -> Findings:
    """How many records of an event repeat one that was recorded shortly before."""
    counted = work.fetch(
        f"SELECT (SELECT COUNT(*) FROM {records.rows} AS r INNER JOIN {records.sets.levels} AS l "
        "ON l.set_no = r.set_no WHERE l.purpose = 'adverse_events') AS n_rows, "
        f"(SELECT COUNT(*) FROM {events}) AS n_events"
    ).to_pylist()[0]
    n_rows, n_events = int(counted["n_rows"]), int(counted["n_events"])
    if n_rows == n_events:
        return Findings.of()
    return records.view.place.finding(
        "info",
        "same_event",
        f"{n_rows:,} records of adverse events are {n_events:,} events: the same condition again within "
        "`event_gap` days is the same event.",
        "Set `event_gap` under [source], if another gap is meant.",
    )
