"""Long tables whose rows are in DuckDB, made into study tables, whatever they were read from.

A reader brings its records into the form of long tables (:mod:`cotreat.readers.long_tables`);
from there on all of them share one code, and so the same rules and findings. Rows are read on
DuckDB, whatever engine the study runs on; each distinct text is read once. A row with a
finding of severity error is not used; any other cell without a reading is unknown, with a
finding.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from cotreat.engine import DuckDBEngine, Engine
from cotreat.errors import EngineError
from cotreat.findings import Findings
from cotreat.protocol import Protocol, Words
from cotreat.readers.sources import ReadStudy
from cotreat.readers.table_accounts import build_accounts
from cotreat.readers.table_causality import NAME as ANSWERS
from cotreat.readers.table_causality import build_causality_rules, build_event_ids
from cotreat.readers.table_count_rules import build_count_rules
from cotreat.readers.table_cutoff import build_cutoff
from cotreat.readers.table_events import build_attributions
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_flags import build_flags, validate_counts, validate_rows, validate_words
from cotreat.readers.table_laboratory import build_converted_results, validate_units
from cotreat.readers.table_loading import read_counts
from cotreat.readers.table_patients import KEYS, build_patient_keys, validate_patients
from cotreat.readers.table_rules import RowRule, build_row_rules
from cotreat.readers.table_stage import build_staged_table
from cotreat.readers.table_targets import build_small_target, build_target
from cotreat.readers.table_words import WordLists, build_word_lists
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES

Rules = Mapping[str, Sequence[RowRule]]
ReadRows = Callable[[duckdb.DuckDBPyConnection], ReadStudy]


@dataclass(frozen=True, slots=True)
class TableWords:
    """What a protocol says of the rows of its long tables.

    Attributes
    ----------
    open_end
        Dates and words that say that there was no end yet.
    is_open_without_end
        Whether an exposure without an end is ongoing.
    is_lenient
        Whether a row that cannot be used is left out with a warning.
    units
        By laboratory test, the unit of the rows that give none.
    """

    open_end: Words
    is_open_without_end: bool
    is_lenient: bool = False
    units: Mapping[str, str] = field(default_factory=dict[str, str])


def read_on_duckdb(engine: Engine, protocol: Protocol, read: ReadRows) -> ReadStudy:
    """Study tables in the engine, read by a function that works on DuckDB.

    Parameters
    ----------
    engine
        Where the study tables go.
    protocol
        Its memory limit holds where the engine is not DuckDB itself.
    read
        What reads; it is given a connection in which the database for rows on their way is.

    Raises
    ------
    EngineError
        DuckDB ran out of memory or disk.
    """
    try:
        if isinstance(engine, DuckDBEngine):
            with _scratch(engine.connection):
                return read(engine.connection)
        with DuckDBEngine(memory_limit_mb=protocol.engine.memory_limit_mb) as duck:
            with _scratch(duck.connection):
                study = read(duck.connection)
            for declared in STUDY_TABLES:
                engine.load(declared.name, duck.fetch(f"SELECT * FROM {declared.name}"))
            return replace(study, lies_by_patient=False)
    except duckdb.Error as error:
        msg = f"DuckDB could not read the tables: {str(error).split(chr(10), 1)[0]}"
        raise EngineError(msg) from error


def read_long_study(
    connection: duckdb.DuckDBPyConnection,
    protocol: Protocol,
    tables: Sequence[LongTable],
    words: TableWords,
    *,
    is_small: bool = False,
) -> ReadStudy:
    """Study tables of long tables whose rows are in DuckDB, with the findings of every cell.

    Parameters
    ----------
    connection
        Where the rows are (:func:`read_on_duckdb`) and the study tables go.
    protocol
        Its cut-off, roles and values.
    tables
        At most one for each study table, patients first if there are any.
    words
        What the protocol says of their rows.
    is_small
        Whether exposures are kept in few bytes, behind a view; a view cannot be updated.
    """
    build_patient_keys(connection, tables)
    lists = build_word_lists(protocol)
    unclear = [build_staged_table(connection, table, words.open_end, lists) for table in tables]
    for table in tables:
        if table.name == "laboratory":
            build_converted_results(connection, table, words.units)
    cutoff, taken = build_cutoff(connection, protocol.study.cutoff, tables)
    rules = {
        table.name: (
            *build_row_rules(table, cutoff=cutoff, is_open_without_end=words.is_open_without_end),
            *build_causality_rules(table),
        )
        for table in tables
    }
    findings = [*unclear, taken, *_validate(connection, tables, rules, is_lenient=words.is_lenient)]
    findings.append(_build_targets(connection, tables, rules, lists, is_small=is_small))
    build_accounts(connection, tables, rules)
    findings.append(_unusable(connection, tables))
    headings = {field: heading for table in reversed(tables) for field, heading in table.headings.items()}
    has_events_place = any(table.name == "adverse_events" for table in tables)
    return ReadStudy(
        Findings.concat(findings),
        headings,
        cutoff,
        has_events_place=has_events_place,
        lies_by_patient=is_small,
    )


@contextmanager
def _scratch(connection: duckdb.DuckDBPyConnection) -> Generator[None]:
    """A database in memory for the rows on their way; compressed, it takes a third of the room."""
    connection.execute(f"ATTACH ':memory:' AS {SCRATCH} (COMPRESS)")
    try:
        yield
    finally:
        connection.execute(f"DETACH {SCRATCH}")


def _validate(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable], rules: Rules, *, is_lenient: bool
) -> Iterator[Findings]:
    for table in tables:
        if table.name == ANSWERS:
            build_event_ids(connection, tables, rules)
        build_flags(connection, table, rules[table.name])
        yield _file_findings(table, is_lenient=is_lenient)
        yield validate_rows(connection, table, rules[table.name], is_lenient=is_lenient)
        yield validate_words(connection, table)
        if table.name == "laboratory":
            yield validate_units(connection, table)
        yield validate_counts(connection, table, build_count_rules(table))
    yield validate_patients(connection, tables)


def _file_findings(table: LongTable, *, is_lenient: bool) -> Findings:
    return build_lenient_findings(table.findings, table.left_out) if is_lenient else table.findings


def build_lenient_findings(findings: Findings, codes: Collection[str]) -> Findings:
    """The findings, those about rows that were left out on request as warnings.

    Parameters
    ----------
    codes
        Reasons why rows were left out.
    """
    found = findings.table
    is_row = pc.is_in(found["code"], value_set=pa.array(list(codes), pa.string()))
    is_error = pc.equal(found["severity"], pa.scalar("error"))
    severity = pc.if_else(pc.and_(is_row, is_error), "warning", found["severity"])
    return Findings(found.set_column(0, found.schema.field(0), severity))


def _build_targets(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[LongTable],
    rules: Rules,
    lists: WordLists,
    *,
    is_small: bool,
) -> Findings:
    """Every study table; one that the source does not have is empty."""
    for declared in STUDY_TABLES:
        _drop_view(connection, declared.name)
        connection.register("no_rows", declared.arrow.empty_table())
        connection.execute(f"CREATE OR REPLACE TABLE {declared.name} AS SELECT * FROM no_rows")
        connection.unregister("no_rows")
    findings = Findings.of()
    for source_id, table in enumerate(tables, start=1):
        build = build_small_target if is_small and table.name == "exposures" else build_target
        build(connection, SCHEMAS[table.name], table, rules[table.name], source_id)
        if table.has("suspects"):
            findings = build_attributions(connection, table, lists, source_id)
    if "patients" not in rules:
        connection.execute(f"INSERT INTO patients BY NAME SELECT patient_key, patient_id FROM {KEYS}")
    return findings


def _drop_view(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """No view of an earlier reading stands where a table is to be."""
    found = "SELECT COUNT(*) FROM duckdb_views() WHERE view_name = $name AND NOT temporary"
    if read_counts(connection, found, {"name": name})[0]:
        connection.execute(f"DROP VIEW {name}")


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
