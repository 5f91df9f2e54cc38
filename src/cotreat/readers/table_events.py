"""The drugs that are blamed for adverse events in a long table."""

import duckdb
import pyarrow as pa

from cotreat.findings import Findings, Unparsed
from cotreat.readers.table_files import LongTable
from cotreat.readers.table_words import WordLists
from cotreat.vocabulary import parse_term

_SUSPECTS = pa.schema([("text", pa.string()), ("drug", pa.string()), ("why", pa.string())])


def build_attributions(
    connection: duckdb.DuckDBPyConnection, table: LongTable | None, lists: WordLists, source_id: int
) -> Findings:
    """The table ``attributions``: one row per event and suspected drug, and what was not read.

    Suspects stand between commas, semicolons or plus signs.
    """
    if table is None or not table.has("suspects"):
        return Findings.of()
    texts = connection.execute(
        "SELECT DISTINCT suspects_text FROM staged_adverse_events WHERE suspects_text IS NOT NULL ORDER BY 1"
    ).fetchall()
    rows = [row for (text,) in texts for row in _suspects(text, lists)]
    connection.register("suspects", pa.Table.from_pylist(rows, schema=_SUSPECTS))
    connection.execute(
        "CREATE OR REPLACE TABLE attributions AS SELECT DISTINCT e.event_key, w.drug, "
        "CAST(NULL AS VARCHAR) AS category, CAST(NULL AS VARCHAR) AS method, CAST(NULL AS VARCHAR) AS judge, "
        f"CAST(NULL AS VARCHAR) AS action_taken, CAST({source_id} AS BIGINT) AS source_id, e.source_row "
        "FROM adverse_events AS e INNER JOIN staged_adverse_events AS s ON s.source_row = e.source_row "
        "INNER JOIN suspects AS w ON w.text = s.suspects_text WHERE w.drug IS NOT NULL"
    )
    found = connection.execute(
        "SELECT s.source_row, w.text, w.why FROM staged_adverse_events AS s "
        "INNER JOIN suspects AS w ON w.text = s.suspects_text WHERE w.why IS NOT NULL ORDER BY s.source_row"
    ).fetchall()
    connection.unregister("suspects")
    return Findings.concat(
        table.place.finding(
            "warning",
            "unknown_suspect",
            why,
            "Name the suspected drug, or the combination.",
            row=row,
            column=table.headings["suspects"],
            value=text,
        )
        for row, text, why in found
    )


def _suspects(text: str, lists: WordLists) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = []
    for part in _split(text):
        if parse_term(part, lists.indexes["attribution"]) == "combination":
            rows.append({"text": text, "drug": "combination", "why": None})
            continue
        drug = parse_term(part, lists.indexes["drug"])
        rows.append(
            {"text": text, "drug": None, "why": f"{part!r} {drug.why}"}
            if isinstance(drug, Unparsed)
            else {"text": text, "drug": drug, "why": None}
        )
    return rows


def _split(text: str) -> list[str]:
    for mark in ";+":
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",") if part.strip()]
