"""From staged rows to study tables: the columns that each table declares, unknown where unread."""

import re
from collections.abc import Sequence

import duckdb

from cotreat.readers.long_tables import LongField
from cotreat.readers.table_causality import NAME as ANSWERS
from cotreat.readers.table_causality import compute_causality_values
from cotreat.readers.table_count_rules import SUPPLY_OF_QUANTITY
from cotreat.readers.table_files import LongTable
from cotreat.readers.table_flags import build_reason
from cotreat.readers.table_laboratory import compute_laboratory_values
from cotreat.readers.table_patients import KEYS
from cotreat.readers.table_rules import RowRule
from cotreat.readers.table_words import DOSE_COLUMNS, build_small_type
from cotreat.study_tables.schema import Column, ColumnType, TableSchema

_SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TERM: "VARCHAR",
    ColumnType.NUM: "DOUBLE",
}


def build_target(
    connection: duckdb.DuckDBPyConnection,
    declared: TableSchema,
    table: LongTable,
    rules: Sequence[RowRule],
    source_id: int,
) -> None:
    """The study table of one long table: one row per usable row of the file."""
    values = _known_values(table, rules, source_id)
    selected = ", ".join(
        f"CAST({values.get(column.name, 'NULL')} AS {_sql_type(column)}) AS {column.name}"
        for column in declared.columns
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {declared.name} AS SELECT {selected} FROM {_rows(table, rules)}"
    )


def build_small_target(
    connection: duckdb.DuckDBPyConnection,
    declared: TableSchema,
    table: LongTable,
    rules: Sequence[RowRule],
    source_id: int,
) -> None:
    """The study table of one long table as a view of rows in few bytes.

    Days take four bytes, terms a code, and a column that says nothing takes none: of millions
    of rows that is a tenth of what the table itself would take. They lie by patient, so that the
    rows of some patients are found without looking through all.
    """
    values = _known_values(table, rules, source_id)
    values["source_id"] = str(source_id)
    stored: list[str] = []
    shown: list[str] = []
    known: dict[str, str] = {}
    for column in declared.columns:
        value = values.get(column.name, "NULL")
        # What follows from days and keys that are stored is not stored again.
        for text, name in known.items():
            value = re.sub(rf"{re.escape(text)}\b", name, value)
        if "s." in value:
            stored.append(f"{_small_value(table, column, value)} AS {column.name}")
            if column.type in (ColumnType.DAY, ColumnType.KEY):
                known[value] = column.name
            value = column.name
        shown.append(f"CAST({value} AS {_sql_type(column)}) AS {column.name}")
    connection.execute(f"DROP TABLE IF EXISTS {declared.name}")
    connection.execute(
        f"CREATE OR REPLACE TABLE small_{declared.name} AS SELECT {', '.join(stored)} "
        f"FROM {_rows(table, rules)} ORDER BY patient_key"
    )
    connection.execute(f"CREATE VIEW {declared.name} AS SELECT {', '.join(shown)} FROM small_{declared.name}")


def _sql_type(column: Column) -> str:
    return _SQL_TYPES.get(column.type, "BIGINT")


def _small_value(table: LongTable, column: Column, value: str) -> str:
    field = next((f for f in table.types if f.column == column.name and f.kind == "term"), None)
    if field is not None and value == f"s.{field.name}_level":
        # The dictionary has it in few bytes; to look each text up again would take longer.
        return f"s.{field.name}_small"
    return f"CAST({value} AS {_small_type(column)})"


def _small_type(column: Column) -> str:
    if column.type is ColumnType.DAY or column.name == "patient_key":
        return "INTEGER"
    if column.type is ColumnType.FLAG:
        return "TINYINT"
    if column.type is ColumnType.TERM:
        return build_small_type(column.levels)
    return _sql_type(column)


def _known_values(table: LongTable, rules: Sequence[RowRule], source_id: int) -> dict[str, str]:
    """By column of the study table, SQL over a staged row that is unknown where a rule says so."""
    values = _values(table)
    for rule in rules:
        for column in rule.unknown:
            if column in values:
                values[column] = f"CASE WHEN NOT ({rule.condition}) THEN {values[column]} END"
    # A patient whom only other tables name stands in no row.
    values["source_id"] = f"CASE WHEN s.source_row IS NOT NULL THEN {source_id} END"
    values["source_row"] = "s.source_row"
    return values


def _rows(table: LongTable, rules: Sequence[RowRule]) -> str:
    """The rows that can be used; in `patients` also those that only other tables name."""
    left_out = f"SELECT source_row FROM {table.flagged} WHERE {build_reason(rules)} IS NOT NULL"
    usable = f"(SELECT * FROM {table.staged} WHERE source_row NOT IN ({left_out})) AS s"
    if table.name == "patients":
        return f"{KEYS} AS k LEFT JOIN {usable} ON s.patient_key = k.patient_key"
    return usable


def _values(table: LongTable) -> dict[str, str]:
    """By column of the study table, SQL over a staged row."""
    values = {field.column: _value(field) for field in table.types if field.column}
    values["patient_key"] = "s.patient_key"
    if table.name == "patients":
        values |= {"patient_key": "k.patient_key", "patient_id": "k.patient_id"}
    if table.name == "exposures":
        values |= _exposure_values(table)
    if table.name == "laboratory":
        values |= compute_laboratory_values(table)
    if table.name == "adverse_events":
        values |= {"event_key": "s.source_row", "certainty": "'recorded'", "term_text": "s.term_text"}
        if table.has("onset_date"):
            values |= {
                "date_precision": "s.onset_date_precision",
                "earliest_onset_day": "s.onset_date_first",
                "latest_onset_day": "s.onset_date_last",
            }
    if table.name == "prior_therapies":
        values["drug_text"] = "s.therapy_text"
    if table.name == ANSWERS:
        values |= compute_causality_values()
    if table.name == "conditions":
        values["term_text"] = "s.term_text"
        values.setdefault("kind", "'comorbidity'")
    return values


def _value(field: LongField) -> str:
    name = field.name
    if field.kind == "flag":
        return f"CASE s.{name}_level WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END"
    if field.kind == "exact":
        # A day is only known when all days that the date may mean agree.
        return f"CASE WHEN s.{name}_first = s.{name}_last THEN s.{name}_first END"
    by_kind = {"start": "first", "end": "last", "number": "number", "term": "level"}
    return f"s.{name}_{by_kind.get(field.kind, 'text')}"


def _exposure_values(table: LongTable) -> dict[str, str]:
    """Key, precision, the end and what is known of it, supply, and dose."""
    values = {"exposure_key": "s.source_row", "date_precision": "s.start_date_precision"}
    if table.has("end_date"):
        coarse = "CASE s.{0}_precision WHEN 'year' THEN 3 WHEN 'month' THEN 2 ELSE 1 END"
        widest = f"GREATEST({coarse.format('start_date')}, {coarse.format('end_date')})"
        # A date that the file keeps as such is a whole one, and no row is used without its start.
        are_whole = all(kept == "DATE" for field, kept in table.types.items() if field.is_date)
        partial = f"CASE {widest} WHEN 3 THEN 'year' WHEN 2 THEN 'month' ELSE 'day' END"
        values["date_precision"] = "'day'" if are_whole else partial
        values["end_rule"] = "CASE WHEN s.end_date_last IS NOT NULL THEN 'recorded' END"
        flag = (
            "CASE s.ongoing_level WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END" if table.has("ongoing") else "NULL"
        )
        values["is_ongoing"] = f"CASE WHEN s.end_date_is_open THEN 1 ELSE {flag} END"
    if table.has("dose_text"):
        values |= {column: f"s.dose_text_{column}" for column in DOSE_COLUMNS if column != "route"}
        values["dose_text"] = "s.dose_text_text"
        written = ["s.route_level"] if table.has("route") else []
        values["route"] = f"COALESCE({', '.join([*written, 's.dose_text_route'])}, NULL)"
    if supplies := _supplies(table):
        values["supply_days"] = f"COALESCE({', '.join(supplies)}, NULL)"
    else:
        values.pop("supply_days", None)
    return values


def _supplies(table: LongTable) -> list[str]:
    """SQL for whole days of supply, the surest first."""
    supplies: list[str] = []
    if table.has("days_supply"):
        supplies.append("CAST(floor(s.days_supply_number) AS BIGINT)")
    if table.has("quantity_mg") and table.has("dose_text"):
        supplies.append(SUPPLY_OF_QUANTITY)
    return supplies
