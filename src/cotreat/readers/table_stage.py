"""One long table with its cells read: its staged rows, one per row of the file.

For each field ``f`` they have ``f_text`` (as written) and, by kind, ``f_first, f_last,
f_precision, f_is_open`` (dates), ``f_number``, ``f_level`` (terms and flags), the dose, and
``f_problem``: 0 or NULL, or what is wrong with the cell. Each distinct text is read once.

They are a view. What is stored is small: the patient's key, and for each text with a
dictionary its code; dates that the file keeps as such are read as they pass.
"""

from collections.abc import Sequence

import duckdb

from cotreat.findings import Findings
from cotreat.protocol import Words
from cotreat.readers.grids import DecimalSign
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_decimals import build_decimal_sign
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_sql import (
    DAY_COLUMNS,
    IMPLAUSIBLE,
    NOT_READ,
    DayWords,
    build_day_query,
    build_day_words,
    build_number_column,
    build_open_dates,
    build_typed_days,
)
from cotreat.readers.table_words import (
    CODE,
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
    number = "patient_number" if table.has_number_ids else "patient_id"
    stored = ["r.source_row", "k.patient_key"]
    stored_joins = [f"LEFT JOIN {SCRATCH}.patient_keys AS k ON k.{number} = r.patient"]
    staged = ["s.source_row", "s.patient_key"]
    staged_joins: list[str] = []
    if table.name == "patients":
        stored.append("ROW_NUMBER() OVER (PARTITION BY r.patient ORDER BY r.source_row) AS place")
        staged.append("s.place")
    for field, kept_type in table.types.items():
        name = field.name
        read = _build_dictionary(connection, table, field, kept_type, days, lists, decimal)
        if read:
            words = compute_dictionary_name(table, field)
            text = f"CAST(w_{name}.text AS BIGINT)" if kept_type == "BIGINT" else f"w_{name}.text"
            stored.append(f"w_{name}.code AS {name}")
            stored_joins.append(f"LEFT JOIN {words} AS w_{name} ON {text} = r.{name}")
            staged += [f"w_{name}.{column} AS {name}_{column}" for column in ("text", *read)]
            staged_joins.append(f"LEFT JOIN {words} AS w_{name} ON w_{name}.code = s.{name}")
            continue
        stored.append(f"r.{name}")
        staged.append(f"s.{name} AS {name}_text")
        if field.is_date:
            is_open = build_open_dates(connection, days) if field.kind == "end" else ()
            staged += build_typed_days(f"s.{name}", name, is_open)
        elif field.kind == "number":
            stored += _number_columns(field, kept_type, decimal)
            staged += [f"s.{name}_number", f"s.{name}_problem"]
    connection.execute(
        f"CREATE OR REPLACE TABLE {table.stored} AS SELECT {', '.join(stored)} "
        f"FROM {table.raw} AS r {' '.join(stored_joins)}"
    )
    connection.execute(
        f"CREATE OR REPLACE VIEW {table.staged} AS SELECT {', '.join(staged)} "
        f"FROM {table.stored} AS s {' '.join(staged_joins)}"
    )
    connection.execute(f"DROP TABLE {table.raw}")
    return findings


def _build_dictionary(
    connection: duckdb.DuckDBPyConnection,
    table: LongTable,
    field: LongField,
    kept_type: str,
    days: DayWords,
    lists: WordLists,
    decimal: DecimalSign,
) -> Sequence[str]:
    """The dictionary of a column, if it has one; the columns that it has beside the text."""
    if field.is_date and kept_type != "DATE":
        _build_days(connection, table, field, days)
        return DAY_COLUMNS
    if field.kind == "dose":
        build_dose_dictionary(connection, table, field, decimal)
        return (*DOSE_COLUMNS, "problem")
    if field.kind in ("term", "flag"):
        ranges = build_term_dictionary(connection, table, field, lists)
        return ("level", "problem", *ranges)
    return ()


def _build_days(
    connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField, words: DayWords
) -> None:
    texts = f"SELECT {field.name} AS text FROM {table.raw}"
    query = build_day_query(texts, words, is_end=field.kind == "end")
    used = {name: word for name, word in words.parameters.items() if f"${name}" in query}
    name = compute_dictionary_name(table, field)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {CODE}, * FROM ({query})", used or None)


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
