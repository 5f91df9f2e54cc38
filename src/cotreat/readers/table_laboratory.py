"""Laboratory results of a long table, in the unit of their test."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from cotreat.findings import Findings
from cotreat.readers.lab_units import build_lab_units, compute_is_implausible, compute_lab_value
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_flags import MOST_LISTED, build_findings
from cotreat.readers.table_loading import compute_counted
from cotreat.vocabulary import read_lab_tests

_UNITS = f"{SCRATCH}.lab_units"
_RECORDED = "recorded_results"
_VALUES = ("value", "lln", "uln")


def build_converted_results(
    connection: duckdb.DuckDBPyConnection, table: LongTable, given: Mapping[str, str]
) -> None:
    """The staged rows with ``kept_value, kept_lln, kept_uln, kept_unit`` and ``is_implausible``.

    Parameters
    ----------
    given
        By test, the unit of rows that give none.
    """
    recorded = "s.unit_text" if table.has("unit") else "CAST(NULL AS VARCHAR)"
    connection.register("given_units", pa.table({"test": list(given), "unit": list(given.values())}, _GIVEN))
    # The staged rows are a view; with what is added here they are a table.
    connection.execute(f"ALTER VIEW {table.staged} RENAME TO {_RECORDED}")
    staged = (
        f"SELECT s.*, COALESCE({recorded}, g.unit, '') AS given_unit FROM {SCRATCH}.{_RECORDED} AS s "
        "LEFT JOIN given_units AS g ON g.test = s.test_level"
    )
    pairs = connection.execute(f"SELECT DISTINCT test_level, given_unit FROM ({staged})").fetchall()
    connection.register("unit_rows", build_lab_units(pairs))
    connection.execute(f"CREATE OR REPLACE TABLE {_UNITS} AS SELECT * FROM unit_rows")
    values = [name for name in _VALUES if table.has(name)]
    converted = [f"{compute_lab_value(f's.{name}_number', 'u')} AS kept_{name}" for name in values]
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {table.staged} AS
        WITH converted AS (
            SELECT {", ".join(["s.*", *converted])}, u.kept_unit, u.is_molar, u.low, u.high, u.can_be_zero
            FROM ({staged}) AS s
            LEFT JOIN {_UNITS} AS u ON u.test = s.test_level AND u.unit = s.given_unit
        )
        SELECT c.* EXCLUDE (low, high, can_be_zero),
            {compute_is_implausible("c.kept_value", "c") if "value" in values else "FALSE"} AS is_implausible
        FROM converted AS c
        """
    )
    connection.unregister("given_units")
    connection.unregister("unit_rows")


def validate_units(connection: duckdb.DuckDBPyConnection, table: LongTable) -> Findings:
    """One finding for each test and unit that cannot be converted, with its rows."""
    rows = connection.sql(
        f"""
        SELECT MIN(s.source_row) AS row, COUNT(*) AS n, u.test, u.unit, u.problem, u.why
        FROM {table.staged} AS s
        INNER JOIN {_UNITS} AS u ON u.test = s.test_level AND u.unit = s.given_unit
        WHERE u.problem IS NOT NULL
        GROUP BY u.test, u.unit, u.problem, u.why ORDER BY row, u.test LIMIT {MOST_LISTED}
        """
    ).to_arrow_table()
    return Findings.concat(_unit_findings(table, row) for row in rows.to_pylist())


def compute_laboratory_values(table: LongTable) -> Mapping[str, str]:
    """By column of the study table, SQL over a staged row."""
    values = {name: f"s.kept_{name}" for name in _VALUES if table.has(name)}
    return {**values, "unit": "s.kept_unit", "is_molar": "s.is_molar"}


_GIVEN = pa.schema([("test", pa.string()), ("unit", pa.string())])
_WRITE_UCUM = "Write it as UCUM does, such as {unit}."
_WHAT_TO_DO: Mapping[str, str] = {
    "missing_unit": 'Enter it, or give `units = {{ {test} = "{unit}" }}` under [source.laboratory].',
    "unknown_unit": _WRITE_UCUM,
    "unclear_unit": _WRITE_UCUM,
    "impossible_unit": "Correct the unit, or the name of the test.",
}


def _unit_findings(table: LongTable, row: Mapping[str, str]) -> Findings:
    test = read_lab_tests()[row["test"]]
    n = compute_counted(int(row["n"]), "result")
    why = f"{row['why']} {n} of {test.name} cannot be converted to {test.unit}: unknown."
    found = pa.table({"row": [row["row"]], "value": [row["unit"]], "why": [why]})
    return build_findings(
        table,
        "unit" if table.has("unit") else "test",
        severity="warning",
        code=row["problem"],
        rows=found,
        what_to_do=_WHAT_TO_DO[row["problem"]].format(test=test.test, unit=test.unit),
    )
