"""Small studies of long tables, read in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cotreat.engine import connect
from cotreat.findings import Finding
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.cells import compute_date
from cotreat.readers.tables import read_tables
from cotreat.study_tables.schema import SCHEMAS, ColumnType

ROLES = """
[roles]
anchor = { drugs = ["adalimumab"] }
partner = { drugs = ["methotrexate"] }
"""
STUDY = '[study]\nname = "Invented"\ncutoff = 2024-12-31\n'
HEADINGS = "patient_id,drug,start_date,end_date"
ROW = "1,adalimumab,2020-01-01,2020-12-31"


@dataclass(frozen=True)
class Read:
    """What reading gave: findings in the order of severity and place, and the study tables."""

    findings: list[Finding]
    tables: Mapping[str, list[dict[str, Any]]]
    latest_day: int | None

    @property
    def said(self) -> list[tuple[str, str, int | None, str, str]]:
        """Severity, code, row, column and value of each finding."""
        return [(f.severity, f.code, f.row, f.column, f.value) for f in self.findings]

    def codes(self, severity: str) -> list[str]:
        return [f.code for f in self.findings if f.severity == severity]

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows of a study table by the row of the file; days as ISO dates."""
        days = {c.name for c in SCHEMAS[table].columns if c.type is ColumnType.DAY}

        def shown(row: Mapping[str, Any], column: str) -> Any:
            value = row[column]
            return compute_date(value).isoformat() if column in days and value is not None else value

        # Two drugs of one row lie in no order.
        found = sorted(
            self.tables[table], key=lambda row: (row.get("source_row") or 0, row.get("drug") or "")
        )
        return [tuple(shown(row, column) for column in columns) for row in found]

    @property
    def attrition(self) -> list[tuple[str, str, int, int | None]]:
        """Table, reason, rows and patients, in their order."""
        return [(r["table"], r["reason"], r["rows"], r["patients"]) for r in self.tables["attrition"]]


def write_study(
    folder: Path,
    files: Mapping[str, str | bytes | pa.Table],
    *,
    source: str = "",
    rest: str = "",
    study: str = STUDY,
) -> Path:
    """A study folder with its files; `source` is what stands under [source], tables included."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    first = next(iter(files))
    tables = source if "[source.exposures]" in source else f'{source}\n[source.exposures]\nfile = "{first}"\n'
    path = folder / "study.toml"
    path.write_text(f'{study}[source]\nreader = "tables"\n{tables}\n{rest}{ROLES}', encoding="utf-8")
    return path


def read_files(
    folder: Path,
    files: Mapping[str, str | bytes | pa.Table],
    *,
    source: str = "",
    rest: str = "",
    study: str = STUDY,
) -> Read:
    """The study of these files; the first is the table of exposures unless `source` names it."""
    return read(read_protocol(write_study(folder, files, source=source, rest=rest, study=study)))


def read(protocol: Protocol) -> Read:
    with connect("duckdb://") as engine:
        found = read_tables(engine, protocol)
        tables = {name: engine.fetch(f"SELECT * FROM {name}").to_pylist() for name in SCHEMAS if name in READ}
    tables["attrition"].sort(key=lambda row: row["step"])
    return Read(list(found.findings.ordered()), tables, found.latest_day)


READ = (
    "patients",
    "conditions",
    "prior_therapies",
    "exposures",
    "assessments",
    "laboratory",
    "adverse_events",
    "attributions",
    "sources",
    "attrition",
)


def exposures(*rows: str, headings: str = HEADINGS) -> str:
    """A table of exposures as CSV."""
    return "\n".join([headings, *rows, ""])
