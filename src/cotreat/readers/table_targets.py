"""From staged rows to study tables: the columns that each table declares, unknown where unread."""

import duckdb

from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable
from cotreat.study_tables.schema import ColumnType, TableSchema

_SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TERM: "VARCHAR",
    ColumnType.NUM: "DOUBLE",
}
_DOSES = {name: f"dose_text_{name}" for name in ("dose_mg", "dose_interval_days", "dose_ng_day", "dose_flag")}


def build_target(
    connection: duckdb.DuckDBPyConnection, declared: TableSchema, table: LongTable, source_id: int
) -> None:
    """The study table of one long table: one row per usable row of the file."""
    values = _values(table)
    values["source_id"] = str(source_id)
    values["source_row"] = "s.source_row"
    selected = ", ".join(
        f"CAST({values.get(column.name, 'NULL')} AS {_SQL_TYPES.get(column.type, 'BIGINT')}) AS {column.name}"
        for column in declared.columns
    )
    connection.execute(f"CREATE OR REPLACE TABLE {declared.name} AS SELECT {selected} {_rows(table)}")


def _rows(table: LongTable) -> str:
    """The rows that can be used; in `patients` also those that other tables name."""
    left_out = f"SELECT source_row FROM left_out WHERE table_name = '{table.name}'"
    usable = f"(SELECT * FROM staged_{table.name} WHERE source_row NOT IN ({left_out}))"
    if table.name == "patients":
        return f"FROM patient_keys AS k LEFT JOIN {usable} AS s ON s.patient_key = k.patient_key"
    return f"FROM {usable} AS s"


def _values(table: LongTable) -> dict[str, str]:
    """By column of the study table, SQL over a staged row."""
    values = {field.column: _value(field) for field in table.types if field.column}
    values["patient_key"] = "s.patient_key"
    if table.name == "patients":
        values |= {"patient_key": "k.patient_key", "patient_id": "k.patient_id"}
    if table.name == "exposures":
        values |= _exposure_values(table)
    if table.name == "adverse_events":
        values |= {
            "event_key": "s.source_row",
            "certainty": "'recorded'",
            "term_text": "s.term_text",
            **({"severity_grade": "TRY_CAST(s.severity_level AS BIGINT)"} if table.has("severity") else {}),
            **({"date_precision": "s.onset_date_precision"} if table.has("onset_date") else {}),
        }
    if table.name == "conditions":
        values |= {"term_text": "s.term_text", **({} if table.has("kind") else {"kind": "'comorbidity'"})}
    if table.name == "assessments":
        values |= {"instrument": "lower(s.instrument_text)"}
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
    """Dates in their widest and narrowest reading, supply, and dose."""
    values = {
        "exposure_key": "s.source_row",
        "narrow_start_day": "NULLIF(s.start_date_last, s.start_date_first)",
        "date_precision": "s.start_date_precision",
    }
    if table.has("end_date"):
        values["narrow_end_day"] = "NULLIF(s.end_date_first, s.end_date_last)"
        coarser = "CASE WHEN s.{0}_precision = 'year' THEN 3 WHEN s.{0}_precision = 'month' THEN 2 ELSE 1 END"
        widest = f"GREATEST({coarser.format('start_date')}, {coarser.format('end_date')})"
        values["date_precision"] = f"CASE {widest} WHEN 3 THEN 'year' WHEN 2 THEN 'month' ELSE 'day' END"
        values["end_rule"] = "CASE WHEN s.end_date_last IS NOT NULL THEN 'recorded' END"
    supplies: list[str] = []
    if table.has("days_supply"):
        plausible = "s.days_supply_number BETWEEN 1 AND 3660"
        supplies.append(f"CASE WHEN {plausible} THEN CAST(ROUND(s.days_supply_number) AS BIGINT) END")
    if table.has("dose_text"):
        values |= {column: f"s.{staged}" for column, staged in _DOSES.items()}
        values["dose_text"] = "s.dose_text_text"
        values.setdefault("route", "s.dose_text_route")
        if table.has("quantity"):
            supplies.append(
                "CASE WHEN s.dose_text_dose_ng_day > 0 AND s.quantity_number > 0 THEN "
                "CAST(FLOOR(s.quantity_number * 1000000 / s.dose_text_dose_ng_day) AS BIGINT) END"
            )
    if supplies:
        values["supply_days"] = f"COALESCE({', '.join(supplies)}, NULL)"
    return values
