"""Patients of a REDCap export: one row per record, whatever entries its variables stand in."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from cotreat.engine.literals import compute_literal
from cotreat.findings import Findings
from cotreat.readers.long_tables import LONG_TABLES, LongField
from cotreat.readers.places import Place
from cotreat.readers.redcap_export import KEYS, WantedColumn
from cotreat.readers.redcap_tables import LABELLED, TablePart
from cotreat.readers.table_files import SCRATCH

_MOST_LISTED = 1_000_000
_RAW, _PLACES = f"{SCRATCH}.raw_patients", f"{SCRATCH}.places_patients"


def build_raw_patients(
    connection: duckdb.DuckDBPyConnection,
    parts: Sequence[TablePart],
    wanted: Sequence[WantedColumn],
    place: Place,
    *,
    is_iso: bool,
) -> tuple[tuple[LongField, ...], Findings]:
    """One row per record, with its place; the fields, and what its entries say in several ways.

    Of a first observed day the earliest counts, of a last one the latest, of an age the
    first that is recorded; anything else that differs between entries is unknown.

    Parameters
    ----------
    parts
        Variables of patients; none: only that the records are there.
    place
        The export, for findings.
    is_iso
        Whether dates are ISO dates, of which the earliest is the first in the alphabet.
    """
    variables = {
        field: tuple(name for part in parts for name in part.variables.get(field.name, ()))
        for field in LONG_TABLES["patients"]
        if any(field.name in {*part.variables, *part.constants} for part in parts)
    }
    cells = {field: _cell(field, parts, wanted) for field in variables}
    merged = {field.name: _merged(field, cell, is_iso=is_iso) for field, cell in cells.items()}
    selected = "".join(f", {sql} AS {name}" for name, sql in merged.items())
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {_RAW} AS
        SELECT ROW_NUMBER() OVER (ORDER BY file_row) AS source_row, *
        FROM (
            SELECT MIN(source_row) AS file_row, record AS patient{selected} FROM {LABELLED} GROUP BY record
        )
        """
    )
    unknown = ", ".join(f"CAST(NULL AS VARCHAR) AS {key}" for key in KEYS if key != "record")
    connection.execute(
        f"CREATE OR REPLACE TABLE {_PLACES} AS "
        f"SELECT source_row, file_row, 0 AS part, patient AS record, {unknown} FROM {_RAW}"
    )
    connection.execute(f"ALTER TABLE {_RAW} DROP COLUMN file_row")
    fields = tuple(f for f in LONG_TABLES["patients"] if f.kind == "patient" or f in cells)
    one = {field: cell for field, cell in cells.items() if not _is_chosen(field, is_iso=is_iso)}
    return fields, Findings.concat(_several(connection, place, one, variables))


def _cell(field: LongField, parts: Sequence[TablePart], wanted: Sequence[WantedColumn]) -> str:
    """SQL for what one entry says of a field."""
    cells: list[str] = []
    for part in parts:
        if field.name in part.constants:
            cells.append(compute_literal(part.constants[field.name]))
        for name in part.variables.get(field.name, ()):
            counts = f"event IN ({', '.join(map(compute_literal, part.events))})" if part.events else "TRUE"
            cells += [f"CASE WHEN {counts} THEN {c.name} END" for c in wanted if c.variable == name]
    return f"COALESCE({', '.join([*cells, 'NULL'])})"


def _is_chosen(field: LongField, *, is_iso: bool) -> bool:
    """Whether one of several values is the right one."""
    return field.kind == "number" or (field.kind in ("start", "end") and is_iso)


def _merged(field: LongField, cell: str, *, is_iso: bool) -> str:
    if field.kind == "number":
        return f"ARG_MIN({cell}, source_row)"
    if _is_chosen(field, is_iso=is_iso):
        return f"MIN({cell})" if field.kind == "start" else f"MAX({cell})"
    return f"CASE WHEN COUNT(DISTINCT {cell}) = 1 THEN MIN({cell}) END"


def _several(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    cells: Mapping[LongField, str],
    variables: Mapping[LongField, Sequence[str]],
) -> Iterator[Findings]:
    for field, cell in cells.items():
        rows = connection.execute(
            f"SELECT MIN(source_row), string_agg(DISTINCT {cell}, ' / ' ORDER BY {cell}) FROM {LABELLED} "
            f"GROUP BY record HAVING COUNT(DISTINCT {cell}) > 1 ORDER BY 1 LIMIT {_MOST_LISTED}"
        ).fetchall()
        if rows:
            yield place.findings(
                "warning",
                "several_values",
                "The record has several values for this; it is unknown.",
                "Correct the entries, or name `events` so that only one of them counts.",
                rows=[row for row, _ in rows],
                columns=[", ".join(variables[field])] * len(rows),
                values=[value for _, value in rows],
            )
