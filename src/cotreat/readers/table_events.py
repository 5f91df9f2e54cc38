"""The drugs that are blamed for adverse events in a long table."""

import re

import duckdb
import pyarrow as pa

from cotreat.findings import Findings, Unparsed
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_flags import MOST_LISTED, build_findings
from cotreat.readers.table_words import WordLists
from cotreat.vocabulary import parse_term

_SUSPECTS = pa.schema([("text", pa.string()), ("drug", pa.string()), ("why", pa.string())])


def build_attributions(
    connection: duckdb.DuckDBPyConnection, table: LongTable, lists: WordLists, source_id: int
) -> Findings:
    """The table ``attributions``: one row per event and suspected drug, and what was not read.

    Suspects stand between commas, semicolons, plus signs, ampersands or strokes.
    """
    texts = connection.execute(
        f"SELECT DISTINCT suspects_text FROM {table.staged} WHERE suspects_text IS NOT NULL ORDER BY 1"
    ).fetchall()
    rows = [row for (text,) in texts for row in _suspects(text, lists)]
    connection.register("suspect_rows", pa.Table.from_pylist(rows, schema=_SUSPECTS))
    connection.execute(f"CREATE OR REPLACE TABLE {SCRATCH}.suspects AS SELECT * FROM suspect_rows")
    connection.unregister("suspect_rows")
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE attributions AS
        SELECT DISTINCT e.event_key, w.drug, CAST(NULL AS VARCHAR) AS category,
            CAST(NULL AS VARCHAR) AS method, CAST(NULL AS VARCHAR) AS judge,
            CAST(NULL AS VARCHAR) AS action_taken,
            CAST({source_id} AS BIGINT) AS source_id, e.source_row
        FROM adverse_events AS e
        INNER JOIN {table.staged} AS s ON s.source_row = e.source_row
        INNER JOIN {SCRATCH}.suspects AS w ON w.text = s.suspects_text
        WHERE w.drug IS NOT NULL
        """
    )
    unread = connection.sql(
        f"""
        SELECT MIN(s.source_row) AS row, w.text AS value,
            w.why || CASE WHEN COUNT(*) > 1 THEN ' It stands in ' || COUNT(*) || ' rows.' ELSE '' END AS why
        FROM {table.staged} AS s INNER JOIN {SCRATCH}.suspects AS w ON w.text = s.suspects_text
        WHERE w.why IS NOT NULL GROUP BY w.text, w.why ORDER BY row, why LIMIT {MOST_LISTED}
        """
    ).to_arrow_table()
    return build_findings(
        table,
        "suspects",
        severity="warning",
        code="unknown_suspect",
        rows=unread,
        what_to_do="Name the suspected drug, or the combination.",
    )


def _suspects(text: str, lists: WordLists) -> list[dict[str, str | None]]:
    if parse_term(text, lists.indexes["attribution"]) == "combination":
        return [{"text": text, "drug": "combination", "why": None}]
    rows: list[dict[str, str | None]] = []
    for part in (piece.strip() for piece in re.split(r"[,;+&/]", text)):
        if not part:
            continue
        if parse_term(part, lists.indexes["attribution"]) == "combination":
            rows.append({"text": text, "drug": "combination", "why": None})
            continue
        drug = lists.parse("drug", part)
        if isinstance(drug, Unparsed):
            hint = f"; perhaps {drug.proposal} is meant." if drug.proposal else "."
            rows.append({"text": text, "drug": None, "why": f'"{part}" {drug.why}{hint}'})
        else:
            rows.append({"text": text, "drug": drug, "why": None})
    return rows
