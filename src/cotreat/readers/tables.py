"""Long tables, one file or sheet per study table, read into study tables.

Files are read on DuckDB, whatever engine the study runs on; each distinct text is read
once. A row with a finding of severity error is not used; any other cell without a
reading is unknown, with a finding.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from cotreat.engine import DuckDBEngine, Engine
from cotreat.errors import EngineError
from cotreat.findings import Findings
from cotreat.protocol import Protocol, TableFile, TablesSource
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.sources import ReadStudy, parse_source_path
from cotreat.readers.table_accounts import build_accounts
from cotreat.readers.table_cutoff import build_cutoff
from cotreat.readers.table_events import build_attributions
from cotreat.readers.table_files import SCRATCH, LongTable, read_long_table
from cotreat.readers.table_flags import build_flags, validate_counts, validate_rows, validate_words
from cotreat.readers.table_laboratory import validate_units
from cotreat.readers.table_patients import KEYS, build_patient_keys, validate_patients
from cotreat.readers.table_rules import RowRule, build_count_rules, build_row_rules
from cotreat.readers.table_stage import build_staged_table
from cotreat.readers.table_targets import build_target
from cotreat.readers.table_words import WordLists, build_word_lists
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES

Rules = Mapping[str, Sequence[RowRule]]


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
    EngineError
        DuckDB ran out of memory or disk.
    """
    source = cast("TablesSource", protocol.source)
    try:
        if isinstance(engine, DuckDBEngine):
            return _read(engine.connection, protocol, source)
        with DuckDBEngine(memory_limit_mb=protocol.engine.memory_limit_mb) as scratch:
            study = _read(scratch.connection, protocol, source)
            for declared in STUDY_TABLES:
                engine.load(declared.name, scratch.fetch(f"SELECT * FROM {declared.name}"))
            return study
    except duckdb.Error as error:
        msg = f"DuckDB could not read the tables: {str(error).split(chr(10), 1)[0]}"
        raise EngineError(msg) from error


def _read(connection: duckdb.DuckDBPyConnection, protocol: Protocol, source: TablesSource) -> ReadStudy:
    with _scratch(connection):
        tables = [
            read_long_table(connection, source, name, file, _path(protocol, source, file))
            for name, file in _files(source).items()
        ]
        build_patient_keys(connection, tables)
        lists = build_word_lists(protocol)
        unclear = [build_staged_table(connection, table, source, lists) for table in tables]
        cutoff, taken = build_cutoff(connection, protocol.study.cutoff, tables)
        rules = {
            table.name: build_row_rules(
                table, cutoff=cutoff, is_open_without_end=source.exposures.no_end == "ongoing"
            )
            for table in tables
        }
        findings = [*unclear, taken, *_validate(connection, source, tables, rules)]
        findings.append(_build_targets(connection, tables, rules, lists))
        build_accounts(connection, tables, rules)
        findings.append(_unusable(connection, tables))
    headings = {field: heading for table in reversed(tables) for field, heading in table.headings.items()}
    return ReadStudy(Findings.concat(findings), headings, cutoff)


@contextmanager
def _scratch(connection: duckdb.DuckDBPyConnection) -> Generator[None]:
    """A database in memory for the rows on their way; compressed, it takes a third of the room."""
    connection.execute(f"ATTACH ':memory:' AS {SCRATCH} (COMPRESS)")
    try:
        yield
    finally:
        connection.execute(f"DETACH {SCRATCH}")


def _files(source: TablesSource) -> Mapping[str, TableFile]:
    """The tables that the protocol names, patients first."""
    named = {name: getattr(source, name) for name in LONG_TABLES}
    return {name: file for name, file in named.items() if isinstance(file, TableFile)}


def _path(protocol: Protocol, source: TablesSource, file: TableFile) -> Path:
    place = Path(source.folder) / (source.workbook or file.file)
    return parse_source_path(protocol, str(place), outside_folder=source.outside_folder)


def _validate(
    connection: duckdb.DuckDBPyConnection, source: TablesSource, tables: Sequence[LongTable], rules: Rules
) -> Iterator[Findings]:
    is_lenient = source.bad_rows == "leave_out"
    for table in tables:
        build_flags(connection, table, rules[table.name])
        yield _file_findings(table, is_lenient=is_lenient)
        yield validate_rows(connection, table, rules[table.name], is_lenient=is_lenient)
        yield validate_words(connection, table)
        if table.name == "laboratory":
            yield validate_units(connection, table)
        yield validate_counts(connection, table, build_count_rules(table))
    yield validate_patients(connection, tables)


def _file_findings(table: LongTable, *, is_lenient: bool) -> Findings:
    """Findings of the file itself; rows that were left out on request are warnings."""
    found = table.findings.table
    if not (is_lenient and table.left_out):
        return table.findings
    is_row = pc.is_in(found["code"], value_set=pa.array(list(table.left_out)))
    severity = pc.if_else(is_row, "warning", found["severity"])
    return Findings(found.set_column(0, found.schema.field(0), severity))


def _build_targets(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable], rules: Rules, lists: WordLists
) -> Findings:
    """Every study table; one that the source does not have is empty."""
    for declared in STUDY_TABLES:
        connection.register("no_rows", declared.arrow.empty_table())
        connection.execute(f"CREATE OR REPLACE TABLE {declared.name} AS SELECT * FROM no_rows")
        connection.unregister("no_rows")
    findings = Findings.of()
    for source_id, table in enumerate(tables, start=1):
        build_target(connection, SCHEMAS[table.name], table, rules[table.name], source_id)
        if table.has("suspects"):
            findings = build_attributions(connection, table, lists, source_id)
    if "patients" not in rules:
        connection.execute(f"INSERT INTO patients BY NAME SELECT patient_key, patient_id FROM {KEYS}")
    return findings


def _unusable(connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable]) -> Findings:
    """Tables without a usable row: without exposures there is no study."""
    parts: list[Findings] = []
    counted = connection.execute("SELECT rows_read, rows_used FROM sources ORDER BY source_id").fetchall()
    for table, found in zip(tables, counted, strict=True):
        if not found[1]:
            parts.append(
                table.place.finding(
                    "error" if table.name == "exposures" else "info",
                    "no_rows",
                    "There are headings and no rows below them." if not found[0] else "No row can be used.",
                    "Enter rows below the headings." if not found[0] else "Correct the rows.",
                )
            )
    return Findings.concat(parts)
