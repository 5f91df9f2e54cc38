"""One long table with its cells read: ``staged_NAME``, one row per row of the file.

For each field ``f`` it has ``f_text`` (as written) and, by kind, ``f_first, f_last,
f_precision`` (dates), ``f_number``, ``f_level`` (terms and flags), and ``f_why`` (why the
cell has no reading; NULL when it has one or is empty) with ``f_proposal``.
"""

from collections.abc import Sequence

import duckdb

from cotreat.protocol import TablesSource
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable
from cotreat.readers.table_sql import build_day_columns, build_number_column
from cotreat.readers.table_words import WordLists, build_dose_dictionary, build_term_dictionary

DOSE_COLUMNS = ("dose_mg", "dose_interval_days", "dose_ng_day", "route", "dose_flag")


def build_staged_table(
    connection: duckdb.DuckDBPyConnection, table: LongTable, source: TablesSource, lists: WordLists
) -> str:
    """The staged rows of one long table, in DuckDB; their name."""
    columns = ["r.source_row", "k.patient_key"]
    if table.name == "patients":
        columns.append("ROW_NUMBER() OVER (PARTITION BY r.patient ORDER BY r.source_row) AS place")
    joins = ["LEFT JOIN patient_keys AS k ON k.patient_id = r.patient"]
    formats = ("date_format",) if source.date_format else ()
    for field, kept_type in table.types.items():
        columns.append(f"CAST(r.{field.name} AS VARCHAR) AS {field.name}_text")
        if field.kind in ("start", "end", "exact"):
            columns += _day_columns(field, kept_type, formats)
        elif field.kind == "number":
            columns += _number_columns(field, kept_type, source.decimal)
        elif field.kind in ("term", "flag", "dose"):
            added, join = _word_columns(connection, table, field, source, lists)
            columns += added
            joins.append(join)
    sql = (
        f"CREATE OR REPLACE TABLE staged_{table.name} AS SELECT {', '.join(columns)} "
        f"FROM {table.raw} AS r {' '.join(joins)}"
    )
    params = {"date_format": source.date_format} if "$date_format" in sql else None
    connection.execute(sql, params)
    connection.execute(f"DROP TABLE {table.raw}")
    return f"staged_{table.name}"


def _day_columns(field: LongField, kept_type: str, formats: Sequence[str]) -> list[str]:
    days = build_day_columns(f"r.{field.name}", kept_type, tuple(formats))
    name = field.name
    return [
        f"{days.first} AS {name}_first",
        f"{days.last} AS {name}_last",
        f"{days.precision} AS {name}_precision",
        f"CASE WHEN {days.is_bad} THEN 'is not a date of the calendar in a known form' END AS {name}_why",
        f"'' AS {name}_proposal",
    ]


def _number_columns(field: LongField, kept_type: str, decimal: str) -> list[str]:
    number = build_number_column(f"r.{field.name}", kept_type, decimal)
    is_bad = f"r.{field.name} IS NOT NULL AND {number} IS NULL"
    return [
        f"{number} AS {field.name}_number",
        f"CASE WHEN {is_bad} THEN 'is not a number' END AS {field.name}_why",
        f"'' AS {field.name}_proposal",
    ]


def _word_columns(
    connection: duckdb.DuckDBPyConnection,
    table: LongTable,
    field: LongField,
    source: TablesSource,
    lists: WordLists,
) -> tuple[list[str], str]:
    name = field.name
    if field.kind == "dose":
        words = build_dose_dictionary(connection, table, field, source.decimal)
        read = [f"w_{name}.{column} AS {name}_{column}" for column in DOSE_COLUMNS]
    else:
        words = build_term_dictionary(connection, table, field, lists)
        read = [f"w_{name}.level AS {name}_level"]
    common = [f"NULLIF(w_{name}.why, '') AS {name}_why", f"w_{name}.proposal AS {name}_proposal"]
    return [*read, *common], f"LEFT JOIN {words} AS w_{name} ON w_{name}.text = r.{name}"
