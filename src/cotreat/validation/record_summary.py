"""What was read, in numbers: where rows went, which drugs, from when to when, and what is missing.

For the person who keeps the data and knows what ought to be in them.
"""

from dataclasses import dataclass

import pyarrow as pa

from cotreat.engine import Engine
from cotreat.protocol import Protocol
from cotreat.study_tables.schema import STUDY_TABLES, ColumnType, TableSchema

NOT_FOLLOWED = "not followed"

_COUNTS = pa.schema(
    [
        ("table", pa.string()),
        ("group", pa.string()),
        ("level", pa.string()),
        ("rows", pa.int64()),
        ("patients", pa.int64()),
    ]
)
_COLUMNS = pa.schema(
    [
        ("table", pa.string()),
        ("column", pa.string()),
        ("rows", pa.int64()),
        ("missing", pa.int64()),
        ("first_day", pa.int64()),
        ("last_day", pa.int64()),
    ]
)
# What the readers themselves write beside a row is never missing, or says nothing to the keeper of the data.
_OWN = frozenset(
    {
        "source_id",
        "source_row",
        "date_precision",
        "end_rule",
        "certainty",
        "dose_interval_days",
        "dose_ng_day",
        "dose_flag",
    }
)
_NO_RECORDS = frozenset({"sources", "attrition"})


@dataclass(frozen=True)
class RecordSummary:
    """The records of a study in numbers.

    Attributes
    ----------
    attrition
        ``table, reason, rows, patients``: rows read, left out by reason, and used.
    counts
        ``table, group, level, rows, patients``: of exposures and cases by drug, `group`
        being its role or ``not followed``; of assessments by instrument; of laboratory
        results by test. Most rows first within a group.
    columns
        ``table, column, rows, missing, first_day, last_day``: of the rows that are used, how
        many have no value; the days are those of a column of days, since 1970-01-01.
    """

    attrition: pa.Table
    counts: pa.Table
    columns: pa.Table


def build_record_summary(engine: Engine, protocol: Protocol) -> RecordSummary:
    """The study tables in numbers; they are read and stay as they are.

    Parameters
    ----------
    engine
        Where the study tables are.
    protocol
        Its roles say which drugs are followed.
    """
    attrition = engine.fetch("SELECT * FROM attrition ORDER BY step")
    counts = [
        *_drug_counts(engine, protocol),
        *_level_counts(engine, "assessments", "instrument"),
        *_level_counts(engine, "laboratory", "test"),
    ]
    columns = [
        row
        for table in STUDY_TABLES
        if table.name not in _NO_RECORDS
        for row in _column_counts(engine, table)
    ]
    return RecordSummary(
        attrition.select(["table", "reason", "rows", "patients"]),
        pa.Table.from_pylist(counts, schema=_COUNTS),
        pa.Table.from_pylist(columns, schema=_COLUMNS),
    )


def _drug_counts(engine: Engine, protocol: Protocol) -> list[dict[str, object]]:
    """Exposures and declared cases by the role of their drug."""
    order = ("anchor", "partner", "concomitant", NOT_FOLLOWED)
    rows: list[dict[str, object]] = []
    for found in _counted(engine, "exposures", "drug"):
        drug = str(found["level"])
        role = protocol.role_of(drug)
        rows.append({"table": "exposures", "group": role or NOT_FOLLOWED, **found})
    for role in ("anchor", "partner"):
        found = _counted(engine, "declared_pairs", role)
        rows += [{"table": "declared_pairs", "group": role, **row} for row in found]
    return sorted(rows, key=lambda row: order.index(str(row["group"])))


def _level_counts(engine: Engine, table: str, column: str) -> list[dict[str, object]]:
    return [{"table": table, "group": column, **found} for found in _counted(engine, table, column)]


def _counted(engine: Engine, table: str, column: str) -> list[dict[str, object]]:
    """Levels of a column with their rows and patients, most rows first, then by name."""
    found = engine.fetch(
        f"SELECT {column} AS level, COUNT(*) AS n, COUNT(DISTINCT patient_key) AS patients "
        f"FROM {table} WHERE {column} IS NOT NULL GROUP BY {column}"
    ).to_pylist()
    # Sorted here: text sorts differently from database to database.
    found.sort(key=lambda row: (-int(row["n"]), str(row["level"])))
    return [{"level": row["level"], "rows": int(row["n"]), "patients": int(row["patients"])} for row in found]


def _column_counts(engine: Engine, table: TableSchema) -> list[dict[str, object]]:
    """Of each recorded column, how many rows have no value, and of days the first and the last."""
    columns = [c for c in table.columns if c.type is not ColumnType.KEY and c.name not in _OWN]
    selected = ["COUNT(*) AS n_rows"]
    for column in columns:
        selected.append(f"COUNT(t.{column.name}) AS known_{column.name}")
        if column.type is ColumnType.DAY:
            selected += [
                f"MIN(t.{column.name}) AS first_{column.name}",
                f"MAX(t.{column.name}) AS last_{column.name}",
            ]
    row = engine.fetch(f"SELECT {', '.join(selected)} FROM {table.name} AS t").to_pylist()[0]
    n = int(row["n_rows"])
    return [
        {
            "table": table.name,
            "column": column.name,
            "rows": n,
            "missing": n - int(row[f"known_{column.name}"]),
            "first_day": row.get(f"first_{column.name}"),
            "last_day": row.get(f"last_{column.name}"),
        }
        for column in columns
        if n
    ]
