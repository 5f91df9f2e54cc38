"""One long table with its cells read: its staged rows, one per row of the file.

For each field ``f`` they have ``f_text`` (as written) and, by kind, ``f_first, f_last,
f_precision, f_is_open`` (dates), ``f_number``, ``f_level`` (terms and flags), the dose, and
``f_problem``: 0 or NULL, or what is wrong with the cell. Each distinct text is read once.
"""

from collections.abc import Mapping

import duckdb

from cotreat.findings import Findings
from cotreat.protocol import Words
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_decimals import build_decimal_sign
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_sql import (
    IMPLAUSIBLE,
    NOT_READ,
    DayWords,
    build_day_query,
    build_day_words,
    build_number_column,
)
from cotreat.readers.table_words import (
    DOSE_COLUMNS,
    WordLists,
    build_dose_dictionary,
    build_term_dictionary,
    compute_dictionary_name,
)


def build_staged_table(
    connection: duckdb.DuckDBPyConnection, table: LongTable, open_end: Words, lists: WordLists
) -> Findings:
    """The staged rows of one long table, in DuckDB, and what is unclear about its numbers."""
    decimal, findings = build_decimal_sign(connection, table)
    days = build_day_words(table.date_format, open_end)
    columns, joins = (
        ["r.source_row", "k.patient_key"],
        [f"LEFT JOIN {SCRATCH}.patient_keys AS k ON k.patient_id = r.patient"],
    )
    if table.name == "patients":
        columns.append("ROW_NUMBER() OVER (PARTITION BY r.patient ORDER BY r.source_row) AS place")
    for field, kept_type in table.types.items():
        columns.append(f"r.{field.name} AS {field.name}_text")
        if field.is_date:
            _build_days(connection, table, field, kept_type, days)
            columns += _read(field.name, _DAYS)
        elif field.kind == "number":
            columns += _number_columns(field, kept_type, decimal)
        elif field.kind == "dose":
            build_dose_dictionary(connection, table, field, decimal)
            columns += _read(field.name, (*DOSE_COLUMNS, "problem"))
        elif field.kind in ("term", "flag"):
            ranges = build_term_dictionary(connection, table, field, lists)
            columns += _read(field.name, ("level", "problem", *ranges))
        if field.is_date or field.kind in ("dose", "term", "flag"):
            words = compute_dictionary_name(table, field)
            joins.append(f"LEFT JOIN {words} AS w_{field.name} ON w_{field.name}.text = r.{field.name}")
    connection.execute(
        f"CREATE OR REPLACE TABLE {table.staged} AS SELECT {', '.join(columns)} "
        f"FROM {table.raw} AS r {' '.join(joins)}"
    )
    connection.execute(f"DROP TABLE {table.raw}")
    return findings


_DAYS = {
    "first_day": "first",
    "last_day": "last",
    "precision": "precision",
    "problem": "problem",
    "is_open": "is_open",
}


def _read(name: str, columns: Mapping[str, str] | tuple[str, ...]) -> list[str]:
    """Columns of a dictionary, under the name of the field."""
    names = columns if isinstance(columns, Mapping) else {column: column for column in columns}
    return [f"w_{name}.{column} AS {name}_{as_name}" for column, as_name in names.items()]


def _build_days(
    connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField, kept_type: str, words: DayWords
) -> None:
    texts = f"SELECT {field.name} AS text FROM {table.raw}"
    query = build_day_query(texts, kept_type, words, is_end=field.kind == "end")
    used = {name: word for name, word in words.parameters.items() if f"${name}" in query}
    name = compute_dictionary_name(table, field)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {query}", used or None)


def _number_columns(field: LongField, kept_type: str, decimal: str) -> list[str]:
    name = field.name
    number = build_number_column(f"r.{name}", kept_type, decimal)
    bounds = [
        f"{number} {sign} {bound!r}"
        for sign, bound in (("<", field.low), (">", field.high))
        if bound is not None
    ]
    is_outside = f"({' OR '.join(bounds)})" if bounds else "FALSE"
    problem = (
        f"CASE WHEN r.{name} IS NULL THEN 0 WHEN {number} IS NULL THEN {NOT_READ} "
        f"WHEN {is_outside} THEN {IMPLAUSIBLE} ELSE 0 END"
    )
    return [
        f"CASE WHEN NOT {is_outside} THEN {number} END AS {name}_number",
        f"{problem} AS {name}_problem",
    ]
