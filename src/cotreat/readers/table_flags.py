"""Rows of long tables in which something is wrong: which, what, and the findings about them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import pyarrow as pa

from cotreat.findings import FINDING_SCHEMA, Findings, Severity
from cotreat.readers.long_tables import LongField
from cotreat.readers.places import Excerpt
from cotreat.readers.table_count_rules import CountRule
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_loading import compute_counted, read_counts
from cotreat.readers.table_rules import RowRule

MOST_LISTED = 1_000_000
"""Findings of one rule in one table; what lies beyond is counted."""

COPY = "duplicate"

_HASHES = 2**32  # of 8,000,000 rows so short a hash brings some 15,000 together that are not alike

HASHES_AT_ONCE = 32_000_000
"""Rows whose hashes are compared at once, which takes 8 bytes for each."""


def build_flags(connection: duckdb.DuckDBPyConnection, table: LongTable, rules: Sequence[RowRule]) -> None:
    """Rows that break a rule, with one bit for each rule that they break, or that are copies.

    Grain: one row per such row, all columns of the staged row and ``bits``; the bit behind
    the last rule is that of an exact copy of an earlier row.
    """
    copies = build_copies(connection, table)
    conditions = [rule.condition.replace("is_copy", "c.source_row IS NOT NULL") for rule in rules]
    conditions.append("c.source_row IS NOT NULL")
    bits = " + ".join(
        f"CAST(CASE WHEN {condition} THEN {1 << bit} ELSE 0 END AS BIGINT)"
        for bit, condition in enumerate(conditions)
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {table.flagged} AS SELECT * FROM "
        f"(SELECT s.*, {bits} AS bits FROM {table.staged} AS s "
        f"LEFT JOIN {copies} AS c ON c.source_row = s.source_row) WHERE bits <> 0"
    )


def build_copies(connection: duckdb.DuckDBPyConnection, table: LongTable) -> str:
    """Rows that are exact copies of an earlier one in every column that is read; their table."""
    name = f"{SCRATCH}.copies_{table.name}"
    # A code is a text: rows that agree in their codes agree in what is written.
    columns = ", ".join(field.name for field in table.types)
    row_hash = f"CAST(hash({columns}) & {_HASHES - 1} AS UINTEGER)"
    # A hash for each row is small enough to be compared for all; the few that agree are then looked at.
    again = _repeated_hashes(connection, table, row_hash)
    connection.register("repeated_hashes", again)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        WITH alike AS (
            SELECT * FROM {table.stored} WHERE {row_hash} IN (SELECT row_hash FROM repeated_hashes)
        ),
        placed AS (
            SELECT source_row, ROW_NUMBER() OVER (PARTITION BY {columns} ORDER BY source_row) AS copy_place
            FROM alike
        )
        SELECT source_row FROM placed WHERE copy_place > 1
        """
    )
    connection.unregister("repeated_hashes")
    return name


def _repeated_hashes(connection: duckdb.DuckDBPyConnection, table: LongTable, row_hash: str) -> pa.Table:
    """Hashes that several rows have: sorted they stand side by side, which is faster than counting them."""
    (n_rows,) = read_counts(connection, f"SELECT COUNT(*) FROM {table.stored}")
    parts = n_rows // HASHES_AT_ONCE + 1
    found: list[np.ndarray] = []
    for part in range(parts):
        where = f" WHERE {row_hash} % {parts} = {part}" if parts > 1 else ""
        rows = connection.sql(f"SELECT {row_hash} AS row_hash FROM {table.stored}{where}")
        hashes = rows.to_arrow_table()["row_hash"].to_numpy()
        is_high = hashes >= _HASHES // 2
        # Each half keeps a processor busy.
        with ThreadPoolExecutor(2) as pool:
            found += pool.map(_repeated, (hashes[~is_high], hashes[is_high]))
    return pa.table({"row_hash": pa.array(np.concatenate(found), pa.uint32())})


def _repeated(hashes: np.ndarray) -> np.ndarray:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def build_reason(rules: Sequence[RowRule]) -> str:
    """SQL over a flagged row for the reason why it is left out; NULL: it is used."""
    cases = " ".join(
        f"WHEN bits & {1 << bit} <> 0 THEN '{rule.code}'" for bit, rule in enumerate(rules) if rule.leaves_out
    )
    return f"CASE {cases} WHEN bits & {1 << len(rules)} <> 0 THEN '{COPY}' END"


def validate_rows(
    connection: duckdb.DuckDBPyConnection, table: LongTable, rules: Sequence[RowRule], *, is_lenient: bool
) -> Findings:
    """A finding for every row that breaks a rule, and one for all exact copies.

    Parameters
    ----------
    is_lenient
        Whether a row that cannot be used is left out with a warning.
    """
    counts = ", ".join(f"COUNT(*) FILTER (bits & {1 << bit} <> 0)" for bit in range(len(rules) + 1))
    found = read_counts(connection, f"SELECT {counts} FROM {table.flagged}")
    parts = [
        _row_findings(connection, table, rule, bit, int(n), is_lenient=is_lenient)
        for bit, (rule, n) in enumerate(zip(rules, found, strict=False))
        if n
    ]
    if found[-1]:
        parts.append(_copies(connection, table, int(found[-1]), bit=len(rules)))
    return Findings.concat(parts)


def validate_counts(
    connection: duckdb.DuckDBPyConnection, table: LongTable, rules: Sequence[CountRule]
) -> Findings:
    """One finding for each rule that holds anywhere, with the number of rows and the first of them."""
    if not rules:
        return Findings.of()
    counted = ", ".join(
        f"COUNT(*) FILTER ({rule.condition}), MIN(source_row) FILTER ({rule.condition}), "
        f"CAST(ARG_MIN({rule.field}_text, source_row) FILTER ({rule.condition}) AS VARCHAR)"
        for rule in rules
    )
    found = read_counts(connection, f"SELECT {counted} FROM {table.staged} AS s")
    return Findings.concat(
        table.place.finding(
            "info",
            rule.code,
            rule.why.format(cells=compute_counted(n, "cell")),
            rule.what_to_do,
            row=row,
            column=table.headings[rule.field],
            value=value,
        )
        for rule, n, row, value in zip(rules, found[::3], found[1::3], found[2::3], strict=True)
        if n
    )


def validate_words(connection: duckdb.DuckDBPyConnection, table: LongTable) -> Findings:
    """One finding for each text of a word or dose column that has no reading, with its rows."""
    parts: list[Findings] = []
    for field in table.types:
        if field.kind not in ("term", "flag", "dose"):
            continue
        name = field.name
        dictionary = f"{SCRATCH}.words_{table.name}_{name}"
        rows = connection.sql(
            f"""
            SELECT f.row, w.text AS value, f.n, w.why, w.proposal
            FROM (
                SELECT {name}_text AS text, MIN(source_row) AS row, COUNT(*) AS n
                FROM {table.staged} WHERE {name}_problem <> 0 GROUP BY {name}_text
            ) AS f
            INNER JOIN {dictionary} AS w ON w.text = f.text
            ORDER BY f.row LIMIT {MOST_LISTED}
            """
        ).to_arrow_table()
        if rows.num_rows:
            parts.append(_word_findings(table, field, rows))
    return Findings.concat(parts)


def _word_findings(table: LongTable, field: LongField, rows: pa.Table) -> Findings:
    otherwise: tuple[Severity, str, str] = (
        "warning",
        f"unknown_{field.words or field.name}",
        "Correct the cell, or name its spelling under [values]; until then it is unknown.",
    )
    severity, code, what_to_do = _ABOUT_WORDS.get(field.words or field.kind, otherwise)
    why = [
        f"The cell {row['why']}"
        + (f"; perhaps {row['proposal']} is meant" if row["proposal"] else "")
        + (f". It stands in {compute_counted(row['n'], 'row')}." if row["n"] > 1 else ".")
        for row in rows.to_pylist()
    ]
    return build_findings(
        table,
        field.name,
        severity=severity,
        code=code or f"unknown_{field.name}",
        rows=rows.select(["row", "value"]).append_column("why", pa.array(why, pa.string())),
        what_to_do=what_to_do,
    )


_KEPT = "It is kept as written; to give it another name, add its spelling under [values]."
_ABOUT_WORDS: Mapping[str, tuple[Severity, str, str]] = {
    "drug": ("info", "unknown_drug", f"It has no role unless it is named. {_KEPT}"),
    "instrument": ("info", "unknown_instrument", f"Its range is not known. {_KEPT}"),
    "test": ("info", "unknown_test", f"Its unit and its range are not known. {_KEPT}"),
    "disease": ("warning", "unknown_disease", _KEPT),
    "adverse_event": ("warning", "unknown_adverse_event", _KEPT),
    "comorbidity": ("warning", "unknown_comorbidity", _KEPT),
    "therapy": ("warning", "unknown_therapy", _KEPT),
    "dose": ("warning", "dose_not_read", "Correct the dose; until then it is unknown."),
    "suspect": ("info", "unknown_suspect", "Name a known drug, or give its spelling under [values.drug]."),
    "causality_method": ("info", "", "Write who_umc, naranjo or dips."),
    "causality_item": ("info", "", "The items of each method are in docs/causality.md."),
    "causality_category": ("info", "", "The categories of each method are in docs/causality.md."),
    "causality_answer": ("warning", "", "Write yes, no or unknown; until then it is unknown."),
    "flag": ("warning", "", "Write yes or no; until then it is unknown."),
}


def _row_findings(
    connection: duckdb.DuckDBPyConnection,
    table: LongTable,
    rule: RowRule,
    bit: int,
    n: int,
    *,
    is_lenient: bool,
) -> Findings:
    rows = connection.sql(
        f"SELECT source_row AS row, CAST({rule.field}_text AS VARCHAR) AS value FROM {table.flagged} "
        f"WHERE bits & {1 << bit} <> 0 ORDER BY source_row LIMIT {MOST_LISTED}"
    ).to_arrow_table()
    severity: Severity = "warning" if rule.severity == "error" and is_lenient else rule.severity
    left_out = " The row is left out." if rule.severity == "error" and is_lenient else ""
    why = pa.repeat(pa.scalar(rule.why + left_out, pa.string()), rows.num_rows)
    found = build_findings(
        table,
        rule.field,
        severity=severity,
        code=rule.code,
        rows=rows.append_column("why", why),
        what_to_do=rule.what_to_do,
    )
    if n <= MOST_LISTED:
        return found
    more = table.place.finding(
        severity,
        rule.code,
        f"{n - MOST_LISTED:,} further rows are not listed. {rule.why}",
        rule.what_to_do,
        column=table.headings[rule.field],
    )
    return Findings.concat([found, more])


def build_findings(
    table: LongTable, field: str, *, severity: Severity, code: str, rows: pa.Table, what_to_do: str
) -> Findings:
    """Findings of one kind in one column.

    Parameters
    ----------
    rows
        ``row, value, why``, one row per finding.
    """
    same = {
        "severity": severity,
        "code": code,
        "file": table.place.file,
        "sheet": table.place.sheet,
        "column": str(Excerpt(table.headings.get(field, ""))),
        "what_to_do": what_to_do,
    }
    texts = rows["value"].combine_chunks().dictionary_encode()
    shown = pa.array(
        [None if t is None else str(Excerpt(t)) for t in texts.dictionary.to_pylist()], pa.string()
    )
    values = shown.take(texts.indices).fill_null("")
    found = rows.drop_columns(["value"]).append_column("value", values)
    for name, value in same.items():
        found = found.append_column(name, pa.repeat(pa.scalar(value, pa.string()), rows.num_rows))
    return Findings(found.select(FINDING_SCHEMA.names).cast(FINDING_SCHEMA))


def _copies(connection: duckdb.DuckDBPyConnection, table: LongTable, n: int, *, bit: int) -> Findings:
    (first,) = read_counts(
        connection, f"SELECT MIN(source_row) FROM {table.flagged} WHERE bits & {1 << bit} <> 0"
    )
    return table.place.finding(
        "info",
        COPY,
        f"{compute_counted(n, 'row')} repeat an earlier row in every column that is read; it counts once."
        if n > 1
        else "A row repeats an earlier row in every column that is read; it counts once.",
        "Nothing, unless one record was written twice for two events.",
        row=first,
    )
