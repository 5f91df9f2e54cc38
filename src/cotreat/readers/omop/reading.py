"""An OMOP common data model, read into study tables.

The work stays in the database that has the CDM: what comes to Python are counts, the
distinct words of a column, and the concepts and products of the study's drugs.
"""

from collections.abc import Mapping
from typing import cast

from cotreat.engine import Engine, TableName
from cotreat.findings import Findings
from cotreat.protocol import OmopSource, Protocol
from cotreat.readers.omop.accounts import (
    Account,
    build_accounts,
    build_death_account,
    build_exposure_account,
    build_period_account,
    build_person_account,
)
from cotreat.readers.omop.drug_concepts import build_study_drugs
from cotreat.readers.omop.drug_rows import DrugRows, build_drug_rows
from cotreat.readers.omop.drugs import read_wanted_drugs
from cotreat.readers.omop.exposures import build_exposures, build_patients
from cotreat.readers.omop.opening import OpenCdm, read_open_cdm
from cotreat.readers.omop.record_tables import StudyRecords, build_study_records
from cotreat.readers.omop.row_findings import validate_lives, validate_rows
from cotreat.readers.omop.tables import CdmTables, read_cdm_tables, read_vocabulary
from cotreat.readers.omop.views import validate_columns
from cotreat.readers.omop.work import Work
from cotreat.readers.sources import ReadStudy
from cotreat.readers.table_sql import LAST_DAY
from cotreat.study_tables.schema import STUDY_TABLES, ColumnType


def read_omop(engine: Engine, protocol: Protocol) -> ReadStudy:
    """Study tables of an OMOP CDM 5.3 or 5.4, in the engine, with the findings of its rows.

    Parameters
    ----------
    engine
        Where the study tables go; a schema of the CDM is in its database.
    protocol
        Its `source` says where the CDM is and what the study means by its concepts.

    Raises
    ------
    ProtocolError
        One concept is two drugs, or a path leads out of the study folder.
    SourceError
        The CDM or one of its tables cannot be read.
    EngineError
        The database refused a statement.
    """
    source = cast("OmopSource", protocol.source)
    with read_open_cdm(engine, protocol, source) as cdm:
        tables = read_cdm_tables(cdm, source)
        vocabulary = read_vocabulary(cdm)
        drugs = build_study_drugs(vocabulary, read_wanted_drugs(protocol, source), protocol)
        rows = build_drug_rows(cdm.work, tables, drugs, protocol)
        cutoff = LAST_DAY if rows.cutoff is None else rows.cutoff
        records = build_study_records(cdm.work, tables, vocabulary, rows, protocol, cutoff=cutoff)
        made = dict(records.tables)
        made["patients"] = build_patients(cdm.work, tables, rows, records.diseases, cutoff=cutoff)
        made["exposures"], words = build_exposures(cdm.work, tables, vocabulary, rows, protocol)
        accounts = _account(cdm.work, tables, rows, records)
        findings = [
            tables.findings,
            validate_columns(list(tables.views.values())),
            drugs.findings,
            rows.findings,
            *_validate(cdm.work, tables, rows, made["patients"], protocol),
            words,
            records.findings,
            _without_rows(accounts),
        ]
        _finish(engine, cdm, tables, accounts, made)
    return ReadStudy(
        Findings.concat(findings),
        {},
        rows.cutoff,
        drugs.drug_classes,
        # A CDM has conditions; which of them are adverse events the study says.
        has_events_place=bool(source.adverse_events),
    )


def _validate(
    work: Work, tables: CdmTables, rows: DrugRows, patients: TableName, protocol: Protocol
) -> tuple[Findings, Findings]:
    source = cast("OmopSource", protocol.source)
    minimum = protocol.minimum_count
    stops = source.bad_rows == "stop"
    return (
        validate_rows(work, tables.exposures, rows, stops=stops, minimum_count=minimum),
        validate_lives(work, tables.views["person"], patients, rows, minimum_count=minimum),
    )


def _account(work: Work, tables: CdmTables, rows: DrugRows, records: StudyRecords) -> tuple[Account, ...]:
    """What became of the rows of each table that is read, in the order of the sources."""
    views = tables.views
    accounts = [
        build_person_account(work, views["person"], rows),
        build_exposure_account(work, tables.exposures, rows),
        build_period_account(work, views["observation_period"], rows),
    ]
    if "death" in views:
        accounts.append(build_death_account(work, views["death"], rows))
    return (*accounts, *records.accounts)


def _without_rows(accounts: tuple[Account, ...]) -> Findings:
    """Without exposures there is no study."""
    exposures = accounts[1]
    if exposures.n_used:
        return Findings.of()
    return exposures.view.place.finding(
        "error",
        "no_rows",
        "No row can be used: nobody took a drug of the study within an observation period.",
        "Look at the findings of the drugs' concepts, and at the observation periods.",
    )


def _finish(
    engine: Engine,
    cdm: OpenCdm,
    tables: CdmTables,
    accounts: tuple[Account, ...],
    made: Mapping[str, TableName],
) -> None:
    """Every study table in the study's engine, with its declared columns; one without rows is empty."""
    fingerprints = [cdm.location.fingerprint(account.view.table.name) for account in accounts]
    counted = build_accounts(accounts, fingerprints, tables.about)
    for declared in STUDY_TABLES:
        if declared.name in counted:
            engine.load(declared.name, counted[declared.name])
        elif declared.name not in made:
            engine.load(declared.name, declared.arrow.empty_table())
        else:
            types = {ColumnType.TEXT: cdm.work.dialect.text, ColumnType.TERM: cdm.work.dialect.text}
            types[ColumnType.NUM] = "DOUBLE"
            columns = ", ".join(
                f"CAST({c.name} AS {types.get(c.type, 'BIGINT')}) AS {c.name}" for c in declared.columns
            )
            sql = f"SELECT {columns} FROM {made[declared.name]}"
            if cdm.work.engine is engine:
                engine.create(declared.name, sql)
            else:
                engine.load(declared.name, cdm.work.fetch(sql).cast(declared.arrow))
