"""A rule: one query over study tables, and what each row that it finds means."""

from dataclasses import dataclass

import pyarrow as pa

from cotreat.engine import Engine
from cotreat.findings import FINDING_SCHEMA, Findings, Severity
from cotreat.readers.sources import ReadStudy


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong across the rows of a study.

    Attributes
    ----------
    severity, code
        As in a finding.
    field
        Field of the protocol whose column is named.
    sql
        Query with ``source_id, source_row, value, why``: one row per problem; the value is
        a text or a number.
    what_to_do
        What the reader can do about it.
    """

    severity: Severity
    code: str
    field: str
    sql: str
    what_to_do: str


def validate_rule(engine: Engine, rule: Rule, study: ReadStudy) -> Findings:
    """The findings of one rule, one per row of its query, in the order of the source."""
    found = engine.fetch(
        "SELECT s.file, s.sheet, r.source_row, r.value, r.why "
        f"FROM ({rule.sql}) AS r INNER JOIN sources AS s ON s.source_id = r.source_id "
        "ORDER BY r.source_id, r.source_row"
    )
    n = found.num_rows
    same = {
        "severity": rule.severity,
        "code": rule.code,
        "column": study.headings.get(rule.field, ""),
        "what_to_do": rule.what_to_do,
    }
    renamed = found.rename_columns({"source_row": "row"})
    # A number is written here: every database writes it in its own way.
    values = pa.array([_written(value) for value in found["value"].to_pylist()], pa.string())
    renamed = renamed.set_column(renamed.column_names.index("value"), "value", values)
    for name, value in same.items():
        renamed = renamed.append_column(name, pa.array([value] * n, pa.string()))
    return Findings(renamed.select(FINDING_SCHEMA.names).cast(FINDING_SCHEMA))


def _written(value: str | float | None) -> str | None:
    return f"{value:g}" if isinstance(value, int | float) else value
