"""Patients across long tables: one key each, and what their identifiers give cause to say."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from cotreat.findings import Findings
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_flags import MOST_LISTED, build_findings
from cotreat.readers.table_loading import compute_counted, read_counts

KEYS = f"{SCRATCH}.patient_keys"

# 7, 007 and 7.0 are one number, p7 and P7 one code, to a person.
_FORM = (
    "CASE WHEN regexp_full_match(patient_id, '[0-9]+([.]0+)?') "
    "THEN ltrim(split_part(patient_id, '.', 1), '0') ELSE lower(patient_id) END"
)


def build_patient_keys(connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable]) -> None:
    """One row per patient of any table: its key, 1..n by identifier in code-point order.

    ``patient_number`` is the identifier where it is a whole number in the one way in which
    a number is written; where no table keeps its identifiers as numbers it is NULL.
    """
    named = " UNION ".join(
        f"SELECT CAST(patient AS VARCHAR) AS patient FROM {table.raw} "
        "WHERE patient IS NOT NULL GROUP BY patient HAVING COUNT(*) > 0"
        for table in tables
    )
    number = "TRY_CAST(patient AS BIGINT)" if any(table.has_number_ids for table in tables) else "NULL"
    # Numbers up to some millions are counted in places of their own, without looking for each (22 bits).
    connection.execute("SET perfect_ht_threshold = 22")
    # DuckDB sorts text by its bytes in UTF-8, which is code-point order.
    connection.execute(
        f"CREATE OR REPLACE TABLE {KEYS} AS SELECT patient AS patient_id, "
        "CAST(ROW_NUMBER() OVER (ORDER BY patient) AS INTEGER) AS patient_key, "
        f"CASE WHEN CAST({number} AS VARCHAR) = patient THEN CAST({number} AS BIGINT) END AS patient_number "
        f"FROM ({named})"
    )
    connection.execute("RESET perfect_ht_threshold")


def validate_patients(connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable]) -> Findings:
    """Findings about identifiers in several forms, and about patients in some tables only."""
    by_name = {table.name: table for table in tables}
    parts = [_forms(connection, tables)]
    patients = by_name.get("patients")
    if patients is not None:
        parts += [_not_listed(connection, patients, table) for table in tables if table is not patients]
        parts.append(_without_exposure(connection, patients, by_name["exposures"]))
        if patients.has("death_date"):
            parts.append(_after_death(connection, patients, by_name["exposures"]))
    return Findings.concat(parts)


def _forms(connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable]) -> Findings:
    if all(table.has_number_ids for table in tables):
        # A number has one way of writing.
        return Findings.of()
    found = connection.execute(
        f"SELECT list(patient_id ORDER BY patient_key) FROM {KEYS} "
        f"GROUP BY {_FORM} HAVING COUNT(*) > 1 ORDER BY MIN(patient_key) LIMIT {MOST_LISTED}"
    ).fetchall()
    if not found:
        return Findings.of()
    ids = pa.table({"patient_id": pa.array([one for (group,) in found for one in group], pa.string())})
    connection.register("alike_ids", ids)
    where: dict[str, str] = {}
    for table in reversed(tables):
        rows = connection.execute(
            f"SELECT DISTINCT patient_id FROM {KEYS} INNER JOIN {table.stored} USING (patient_key) "
            "WHERE patient_id IN (SELECT patient_id FROM alike_ids)"
        ).fetchall()
        where |= {str(patient): table.place.sheet or table.place.file for (patient,) in rows}
    connection.unregister("alike_ids")
    values = [", ".join(f"{one} ({where[one]})" for one in group) for (group,) in found]
    n = len(values)
    rows = pa.table(
        {
            "row": pa.nulls(n, pa.int64()),
            "value": pa.array(values, pa.string()),
            "why": pa.repeat(
                pa.scalar("One identifier in different writing; they are taken as different patients."), n
            ),
        }
    )
    return build_findings(
        tables[0],
        "patient",
        severity="warning",
        code="patient_id_forms",
        rows=rows,
        what_to_do="Write the identifier in the same way in every file.",
    )


def _not_listed(connection: duckdb.DuckDBPyConnection, patients: LongTable, table: LongTable) -> Findings:
    rows = connection.sql(
        f"""
        SELECT MIN(t.source_row) AS row, CAST(t.patient_text AS VARCHAR) AS value,
            'The patient is not in the table of patients: sex, age and observation are unknown'
                || CASE WHEN COUNT(*) > 1 THEN ' (' || COUNT(*) || ' rows).' ELSE '.' END AS why
        FROM {table.staged} AS t
        WHERE t.patient_key IS NOT NULL
            AND t.patient_key NOT IN (SELECT patient_key FROM {patients.staged} WHERE patient_key IS NOT NULL)
        GROUP BY t.patient_text ORDER BY row LIMIT {MOST_LISTED}
        """
    ).to_arrow_table()
    return build_findings(
        table,
        "patient",
        severity="warning",
        code="patient_not_listed",
        rows=rows,
        what_to_do="Enter the patient there, or correct the identifier.",
    )


def _without_exposure(
    connection: duckdb.DuckDBPyConnection, patients: LongTable, exposures: LongTable
) -> Findings:
    n, first = read_counts(
        connection,
        f"SELECT COUNT(*), MIN(source_row) FROM {patients.staged} WHERE patient_key NOT IN "
        f"(SELECT patient_key FROM {exposures.staged} WHERE patient_key IS NOT NULL)",
    )
    if not n:
        return Findings.of()
    return patients.place.finding(
        "info",
        "patient_without_exposure",
        f"There is no row in the table of exposures for {compute_counted(n, 'patient')}.",
        "Nothing, unless they should have one.",
        row=first,
        column=patients.headings["patient"],
    )


def _after_death(
    connection: duckdb.DuckDBPyConnection, patients: LongTable, exposures: LongTable
) -> Findings:
    rows = connection.sql(
        f"""
        SELECT e.source_row AS row, CAST(e.start_date_text AS VARCHAR) AS value,
            'The start is after the patient''s death; nothing after it counts.' AS why
        FROM {exposures.staged} AS e
        INNER JOIN (
            SELECT patient_key, MIN(death_date_last) AS death_day FROM {patients.staged} GROUP BY patient_key
        ) AS p ON p.patient_key = e.patient_key
        WHERE e.start_date_first > p.death_day
        ORDER BY row LIMIT {MOST_LISTED}
        """
    ).to_arrow_table()
    return build_findings(
        exposures,
        "start_date",
        severity="warning",
        code="start_after_death",
        rows=rows,
        what_to_do="Correct one of the dates.",
    )
