"""Where every row of every file went: the tables ``sources`` and ``attrition``."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from cotreat.readers.table_files import LongTable
from cotreat.readers.table_flags import build_reason
from cotreat.readers.table_loading import read_counts
from cotreat.readers.table_patients import KEYS
from cotreat.readers.table_rules import RowRule
from cotreat.study_tables.schema import SCHEMAS


def build_accounts(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable], rules: Mapping[str, Sequence[RowRule]]
) -> None:
    """``sources`` and ``attrition`` of all long tables, each row in exactly one reason."""
    steps: list[dict[str, object]] = []
    sources: list[dict[str, object]] = []
    for source_id, table in enumerate(tables, start=1):
        counted = _count(connection, table, rules[table.name], _patients_read(connection, table, tables))
        by_reason = {str(step["reason"]): step["rows"] for step in counted}
        steps += counted
        n_read, n_used = (int(str(by_reason[reason])) for reason in ("read", "used"))
        sources.append(
            {
                "source_id": source_id,
                "file": table.place.file,
                "sheet": table.place.sheet,
                "sha256": table.file.sha256,
                "about": table.file.about,
                "rows_read": n_read,
                "rows_used": n_used,
                "rows_left_out": n_read - n_used,
            }
        )
    numbered = [{"step": number, **step} for number, step in enumerate(steps, start=1)]
    for name, rows in (("sources", sources), ("attrition", numbered)):
        connection.register("account_rows", pa.Table.from_pylist(rows, schema=SCHEMAS[name].arrow))
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM account_rows")
        connection.unregister("account_rows")


def _patients_read(
    connection: duckdb.DuckDBPyConnection, table: LongTable, tables: Sequence[LongTable]
) -> int:
    """How many patients a table names; the only table names all of them."""
    if len(tables) == 1:
        return int(read_counts(connection, f"SELECT COUNT(*) FROM {KEYS}")[0])
    return int(read_counts(connection, f"SELECT COUNT(DISTINCT patient_key) FROM {table.stored}")[0])


def _count(
    connection: duckdb.DuckDBPyConnection, table: LongTable, rules: Sequence[RowRule], patients: int
) -> list[dict[str, object]]:
    """Rows and patients read, left out by reason, and used."""
    reason = build_reason(rules)
    left_out_rows = f"SELECT patient_key, {reason} AS reason FROM {table.flagged} WHERE {reason} IS NOT NULL"
    found = connection.execute(
        f"SELECT reason, COUNT(*), COUNT(DISTINCT patient_key) FROM ({left_out_rows}) GROUP BY reason"
    ).fetchall()
    rows = {str(reason): (int(n), int(patients)) for reason, n, patients in found}
    (n_read,) = read_counts(connection, f"SELECT COUNT(*) FROM {table.stored}")
    # A patient is gone when as many rows are left out as there are; few rows are, so few are counted.
    (n_gone,) = read_counts(
        connection,
        f"""
        WITH out AS (
            SELECT patient_key, COUNT(*) AS n FROM ({left_out_rows})
            WHERE patient_key IS NOT NULL GROUP BY patient_key
        ),
        of_these AS (
            SELECT patient_key, COUNT(*) AS n FROM {table.stored}
            WHERE patient_key IN (SELECT patient_key FROM out) GROUP BY patient_key
        )
        SELECT COUNT(*) FROM out INNER JOIN of_these USING (patient_key) WHERE out.n = of_these.n
        """,
    )
    used = (n_read - sum(n for n, _ in rows.values()), patients - n_gone)
    # Rows that could not be told apart into cells have no patient.
    left_out = [(reason, n, None) for reason, n in table.left_out.items()]
    left_out += [(reason, *counts) for reason, counts in rows.items()]
    steps = [
        ("read", n_read + sum(table.left_out.values()), patients),
        *sorted(left_out, key=lambda step: step[0]),
        ("used", *used),
    ]
    return [
        {"table": table.name, "reason": reason, "rows": n, "patients": patients}
        for reason, n, patients in steps
    ]
