"""Long tables, one file or sheet per study table, read into study tables.

Files are read on DuckDB, whatever engine the study runs on; each distinct text is read
once. A row with a finding of severity error is not used; any other cell without a
reading is unknown, with a finding.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

from cotreat.engine import DuckDBEngine, Engine
from cotreat.findings import FINDING_SCHEMA, Findings
from cotreat.protocol import Protocol, TableFile, TablesSource
from cotreat.readers.cells import compute_day
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.sources import ReadStudy, parse_source_path
from cotreat.readers.table_events import build_attributions
from cotreat.readers.table_files import LongTable, read_long_table
from cotreat.readers.table_rules import FIRST_DAY, LAST_DAY, RowRule, build_row_rules
from cotreat.readers.table_stage import build_staged_table
from cotreat.readers.table_targets import build_target
from cotreat.readers.table_words import WordLists, build_word_lists
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES


def read_tables(engine: Engine, protocol: Protocol) -> ReadStudy:
    """Study tables of long tables, in the engine, with the findings of every cell.

    Parameters
    ----------
    engine
        Where the study tables go.
    protocol
        Its `source` names the files, the columns and the words.

    Raises
    ------
    ProtocolError
        A heading of the protocol is not in its file, or a file is outside the study folder.
    SourceError
        A file cannot be read as a table.
    """
    source = cast("TablesSource", protocol.source)
    if isinstance(engine, DuckDBEngine):
        return _read(engine.connection, protocol, source)
    with DuckDBEngine() as scratch:
        study = _read(scratch.connection, protocol, source)
        for declared in STUDY_TABLES:
            engine.load(declared.name, scratch.fetch(f"SELECT * FROM {declared.name}"))
    return study


def _read(connection: duckdb.DuckDBPyConnection, protocol: Protocol, source: TablesSource) -> ReadStudy:
    tables = [
        read_long_table(connection, source, name, file, _path(protocol, source, file))
        for name, file in _files(source).items()
    ]
    id_findings = _build_patient_keys(connection, tables)
    lists = build_word_lists(protocol)
    for table in tables:
        build_staged_table(connection, table, source, lists)
    cutoff = _cutoff(connection, protocol.study.cutoff, tables)
    findings = [*id_findings, *_validate(connection, tables, source, cutoff)]
    findings.append(_build_targets(connection, tables, lists))
    _build_accounts(connection, tables)
    for table in tables:
        connection.execute(f"DROP TABLE staged_{table.name}")
    headings = {field: heading for table in tables for field, heading in table.headings.items()}
    return ReadStudy(Findings.concat(findings), headings, cutoff)


def _files(source: TablesSource) -> Mapping[str, TableFile]:
    """The tables that the protocol names, patients first."""
    named = {name: getattr(source, name) for name in LONG_TABLES}
    return {name: file for name, file in named.items() if isinstance(file, TableFile)}


def _path(protocol: Protocol, source: TablesSource, file: TableFile) -> Path:
    place = source.workbook or f"{source.folder}/{file.file}"
    return parse_source_path(protocol, place, outside_folder=source.outside_folder)


def _build_patient_keys(connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable]) -> list[Findings]:
    """``patient_keys``: 1..n by identifier in code-point order, and identifiers of one number."""
    named = " UNION ".join(f"SELECT patient FROM {table.raw} WHERE patient IS NOT NULL" for table in tables)
    # DuckDB sorts text by its bytes in UTF-8, which is code-point order.
    connection.execute(
        "CREATE OR REPLACE TABLE patient_keys AS SELECT patient AS patient_id, "
        f"ROW_NUMBER() OVER (ORDER BY patient) AS patient_key FROM ({named})"
    )
    alike = connection.execute(
        "SELECT string_agg(patient_id, ', ' ORDER BY patient_id), COUNT(*) FROM patient_keys "
        "WHERE TRY_CAST(patient_id AS HUGEINT) IS NOT NULL "
        "GROUP BY TRY_CAST(patient_id AS HUGEINT) HAVING COUNT(*) > 1 ORDER BY 1 LIMIT 100"
    ).fetchall()
    return [
        tables[0].place.finding(
            "warning",
            "patient_id_forms",
            "The same number in different writing; they are taken as different patients.",
            "Write the identifier in the same way in every file.",
            column=tables[0].headings["patient"],
            value=ids,
        )
        for ids, _ in alike
    ]


def _cutoff(
    connection: duckdb.DuckDBPyConnection, given: date | None, tables: Sequence[LongTable]
) -> int | None:
    """The protocol's cut-off, else the latest plausible date of any table."""
    if given is not None:
        return compute_day(given)
    latest: list[int] = []
    for table in tables:
        days = [f.name for f in table.types if f.kind in ("start", "end", "exact")]
        for name in days:
            found = connection.execute(
                f"SELECT MAX({name}_last) FROM staged_{table.name} "
                f"WHERE {name}_last BETWEEN {FIRST_DAY} AND {LAST_DAY}"
            ).fetchone()
            if found and found[0] is not None:
                latest.append(found[0])
    return max(latest, default=None)


def _validate(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[LongTable],
    source: TablesSource,
    cutoff: int | None,
) -> list[Findings]:
    """Findings of every rule, and ``left_out``: the rows that cannot be used, with the first reason."""
    connection.execute(
        "CREATE OR REPLACE TABLE left_out (table_name VARCHAR, source_row BIGINT, reason VARCHAR)"
    )
    return [
        _validate_rule(connection, table, rule, source, cutoff)
        for table in tables
        for rule in build_row_rules(table)
    ]


def _validate_rule(
    connection: duckdb.DuckDBPyConnection,
    table: LongTable,
    rule: RowRule,
    source: TablesSource,
    cutoff: int | None,
) -> Findings:
    staged = f"staged_{table.name}"
    condition = rule.condition.replace("$cutoff", str(LAST_DAY if cutoff is None else int(cutoff)))
    if rule.severity == "error":
        connection.execute(
            f"INSERT INTO left_out SELECT '{table.name}', source_row, '{rule.code}' FROM {staged} "
            f"WHERE ({condition}) AND source_row NOT IN "
            f"(SELECT source_row FROM left_out WHERE table_name = '{table.name}')"
        )
    rows = connection.sql(
        f"SELECT source_row, {rule.field}_text AS value, {rule.why} AS why FROM {staged} "
        f"WHERE {condition} ORDER BY source_row"
    ).to_arrow_table()
    severity = "warning" if rule.severity == "error" and source.bad_rows == "leave_out" else rule.severity
    return _findings(table, rule, severity, rows)


def _findings(table: LongTable, rule: RowRule, severity: str, rows: pa.Table) -> Findings:
    n = rows.num_rows
    same = {
        "severity": severity,
        "code": rule.code,
        "file": table.place.file,
        "sheet": table.place.sheet,
        "column": table.headings.get(rule.field, ""),
        "what_to_do": rule.what_to_do,
    }
    found = rows.rename_columns({"source_row": "row"})
    for name, value in same.items():
        found = found.append_column(name, pa.repeat(pa.scalar(value, pa.string()), n))
    return Findings(found.select(FINDING_SCHEMA.names).cast(FINDING_SCHEMA))


def _build_targets(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable], lists: WordLists
) -> Findings:
    """Every study table; one that the source does not have is empty."""
    ids = {table.name: place for place, table in enumerate(tables, start=1)}
    for declared in STUDY_TABLES:
        connection.register("no_rows", declared.arrow.empty_table())
        connection.execute(f"CREATE OR REPLACE TABLE {declared.name} AS SELECT * FROM no_rows")
        connection.unregister("no_rows")
    read = {table.name: table for table in tables}
    for name, table in read.items():
        build_target(connection, SCHEMAS[name], table, ids[name])
    if "patients" not in read:
        connection.execute("INSERT INTO patients BY NAME SELECT patient_key, patient_id FROM patient_keys")
    events = read.get("adverse_events")
    return build_attributions(connection, events, lists, ids.get("adverse_events", 0))


def _build_accounts(connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable]) -> None:
    """``sources`` and ``attrition``: where every row of every file went."""
    connection.execute(
        'CREATE OR REPLACE TABLE attrition (step BIGINT, "table" VARCHAR, reason VARCHAR, '
        "rows BIGINT, patients BIGINT)"
    )
    for source_id, table in enumerate(tables, start=1):
        named = {"table": table.name}
        connection.execute(
            f"""
            INSERT INTO attrition
            WITH rows_of AS (
                SELECT s.patient_key, COALESCE(l.reason, 'used') AS reason
                FROM staged_{table.name} AS s
                LEFT JOIN left_out AS l ON l.source_row = s.source_row AND l.table_name = $table
            ),
            counted AS (
                SELECT 1 AS place, 'read' AS reason, COUNT(*) AS n, COUNT(DISTINCT patient_key) AS p
                FROM rows_of
                UNION ALL
                SELECT CASE reason WHEN 'used' THEN 3 ELSE 2 END, reason, COUNT(*),
                    COUNT(DISTINCT patient_key)
                FROM rows_of GROUP BY reason
            )
            SELECT (SELECT COUNT(*) FROM attrition) + ROW_NUMBER() OVER (ORDER BY place, reason),
                $table, reason, n, p
            FROM counted
            """,
            named,
        )
        connection.execute(
            f"""
            INSERT INTO sources
            SELECT {source_id}, $file, $sheet, $sha256, $about,
                COALESCE(SUM(rows) FILTER (reason = 'read'), 0),
                COALESCE(SUM(rows) FILTER (reason = 'used'), 0),
                COALESCE(SUM(rows) FILTER (reason NOT IN ('read', 'used')), 0)
            FROM attrition WHERE "table" = $table
            """,
            {
                **named,
                "file": table.place.file,
                "sheet": table.place.sheet,
                "sha256": table.sha256,
                "about": table.about,
            },
        )
