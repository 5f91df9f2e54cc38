"""The entries of a REDCap export in DuckDB: one row per record, event, instrument and instance.

Flat and EAV exports become the same table, ``long_tables.redcap_entries``: ``source_row``
(the line on which the entry starts), ``record, event, form, instance``, and one column
``v0, v1, ...`` for each variable that is asked for, of a checkbox one for each choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from cotreat.engine.literals import compute_literal
from cotreat.findings import Findings
from cotreat.readers.long_tables import LongField
from cotreat.readers.redcap_dictionary import Variable, compute_checkbox_ending
from cotreat.readers.redcap_headings import ExportLayout
from cotreat.readers.redcap_keys import KEYS, ROWS, validate_missing_keys, validate_repeated_keys
from cotreat.readers.table_cells import build_clean_cell, build_missing_words
from cotreat.readers.table_files import SCRATCH
from cotreat.readers.table_loading import (
    LoadedRows,
    LongFile,
    RowTarget,
    read_counts,
)

ENTRIES = f"{SCRATCH}.redcap_entries"
_RECORD = LongField("record", "patient", "", "")
_TEXT = LongField("value", "text", "", "")


@dataclass(frozen=True, slots=True)
class WantedColumn:
    """One column of the entries: a variable, or one choice of a checkbox."""

    name: str
    variable: str
    code: str | None = None


@dataclass(frozen=True)
class LoadedEntries:
    """What became of the rows of an export.

    Attributes
    ----------
    n_read
        Rows of the file that are not blank.
    left_out
        Rows that cannot be used, by reason.
    findings
        About them.
    """

    n_read: int
    left_out: Mapping[str, int]
    findings: Findings


def build_wanted_columns(
    names: Sequence[str], layout: ExportLayout, dictionary: Mapping[str, Variable]
) -> tuple[WantedColumn, ...]:
    """The columns of the entries that hold these variables.

    Parameters
    ----------
    names
        Variables, each once.
    layout
        Of a flat export it says which choices of a checkbox have a column.
    dictionary
        It says which variables are checkboxes.
    """
    wanted: list[tuple[str, str | None]] = []
    for name in names:
        variable = dictionary.get(name)
        choices = [c.code for c in layout.columns if c.variable == name and c.code is not None]
        if variable is not None and variable.is_checkbox:
            wanted += [(name, code) for code in variable.choices if layout.is_eav or code in choices]
        elif choices:
            wanted += [(name, code) for code in choices]
        else:
            wanted.append((name, None))
    return tuple(WantedColumn(f"v{n}", name, code) for n, (name, code) in enumerate(wanted))


def read_entries(
    connection: duckdb.DuckDBPyConnection,
    file: LongFile,
    layout: ExportLayout,
    wanted: Sequence[WantedColumn],
    missing_codes: Sequence[str],
) -> LoadedEntries:
    """The entries are in their table; rows without a key, or with that of another, are left out.

    Raises
    ------
    SourceError
        Most rows do not fit the headings.
    """
    loaded = _load(connection, file, layout, wanted, missing_codes)
    blank = " AND ".join(f"{name} IS NULL" for name in (*KEYS, *_held(layout, wanted)))
    connection.execute(f"DELETE FROM {ROWS} WHERE {blank}")
    (n_read,) = read_counts(connection, f"SELECT COUNT(*) FROM {ROWS}")
    without, missing = validate_missing_keys(connection, file.place, layout)
    twice, repeated = validate_repeated_keys(
        connection, file.place, layout, _held(layout, wanted), {c.variable for c in wanted if c.code}
    )
    _build_entries(connection, layout, wanted)
    left_out = {**loaded.left_out, **without, **twice}
    n_lines = int(n_read) + sum(loaded.left_out.values())
    return LoadedEntries(n_lines, left_out, Findings.concat([loaded.findings, missing, repeated]))


def _load(
    connection: duckdb.DuckDBPyConnection,
    file: LongFile,
    layout: ExportLayout,
    wanted: Sequence[WantedColumn],
    missing_codes: Sequence[str],
) -> LoadedRows:
    """The rows as they are in the file; a cell with a code for missing says nothing."""
    words = build_missing_words(missing_codes)

    def clean(field: LongField, position: int, own: Sequence[str]) -> str:
        return build_clean_cell(field, f"c{position}", file.types[position], "VARCHAR", own)

    keys = {key: clean(_RECORD, layout.keys[key], ()) for key in KEYS if key in layout.keys}
    if layout.is_eav:
        position = layout.keys["field_name"]
        cells = {
            "field_name": f"lower({clean(_TEXT, position, ())})",
            "value": clean(_TEXT, layout.keys["value"], tuple(words)),
        }
        positions = {*layout.keys.values()}
    else:
        places = {(c.variable, c.code): c.position for c in layout.columns}
        held = {one.name: places[one.variable, one.code] for one in wanted if _is_held(one, layout)}
        cells = {name: clean(_TEXT, position, tuple(words)) for name, position in held.items()}
        positions = {*(layout.keys[key] for key in keys), *held.values()}
    absent = dict.fromkeys((key for key in KEYS if key not in keys), "CAST(NULL AS VARCHAR)")
    target = RowTarget(ROWS, {**keys, **absent, **cells}, sorted(positions), words)
    return file.load(connection, target)


def _is_held(column: WantedColumn, layout: ExportLayout) -> bool:
    return any((c.variable, c.code) == (column.variable, column.code) for c in layout.columns)


def _held(layout: ExportLayout, wanted: Sequence[WantedColumn]) -> list[str]:
    """Columns of the rows beside their keys."""
    if layout.is_eav:
        return ["field_name", "value"]
    return [column.name for column in wanted if _is_held(column, layout)]


def _build_entries(
    connection: duckdb.DuckDBPyConnection, layout: ExportLayout, wanted: Sequence[WantedColumn]
) -> None:
    """One row per entry; a choice that is not ticked is NULL."""
    keys = ", ".join(KEYS)
    if layout.is_eav:
        cells = "".join(f", {_picked(column)} AS {column.name}" for column in wanted)
        select = f"SELECT MIN(source_row) AS source_row, {keys}{cells}, COUNT(*) AS n_rows"
        statement = f"{select} FROM {ROWS} GROUP BY {keys}"
    else:
        cells = "".join(
            f", {_ticked(column.name) if column.code is not None else column.name} AS {column.name}"
            if _is_held(column, layout)
            else f", CAST(NULL AS VARCHAR) AS {column.name}"
            for column in wanted
        )
        statement = f"SELECT source_row, {keys}{cells}, 1 AS n_rows FROM {ROWS}"
    connection.execute(f"CREATE OR REPLACE TABLE {ENTRIES} AS {statement}")
    connection.execute(f"DROP TABLE {ROWS}")


def _ticked(cell: str) -> str:
    """SQL for a choice of a checkbox: 1, ``Checked`` or its label mean that it is ticked."""
    return f"CASE WHEN lower({cell}) NOT IN ('0', 'unchecked') THEN '1' END"


def _picked(column: WantedColumn) -> str:
    """SQL that picks the value of a variable, or the tick of a choice, out of an entry's rows."""
    variable = compute_literal(column.variable)
    if column.code is None:
        return f"MIN(value) FILTER (field_name = {variable})"
    by_name = compute_literal(f"{column.variable}___{compute_checkbox_ending(column.code)}")
    return (
        f"CASE WHEN COUNT(*) FILTER ((field_name = {variable} AND value = {compute_literal(column.code)}) "
        f"OR (field_name = {by_name} AND {_ticked('value')} IS NOT NULL)) > 0 THEN '1' END"
    )
