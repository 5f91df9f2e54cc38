"""Small REDCap exports, read in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cotreat.engine import connect
from cotreat.findings import Finding
from cotreat.protocol import read_protocol
from cotreat.readers.cells import compute_date
from cotreat.readers.redcap import read_redcap
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES, ColumnType

STUDY = '[study]\nname = "Invented"\ncutoff = 2024-12-31\n'
ROLES = """
[roles]
anchor = { drugs = ["baricitinib"] }
partner = { drugs = ["methotrexate"] }
"""
DICTIONARY_HEADINGS = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels"'
)


@dataclass(frozen=True)
class Read:
    """Findings in the order of severity and place, study tables, and what became of rows."""

    findings: list[Finding]
    tables: Mapping[str, list[dict[str, Any]]]

    @property
    def said(self) -> list[tuple[str, str, int | None, str, str]]:
        """Severity, code, row, column and value of each finding."""
        return [(f.severity, f.code, f.row, f.column, f.value) for f in self.findings]

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows of a study table by patient and line; patients by their identifier, days as ISO dates."""
        days = {c.name for c in SCHEMAS[table].columns if c.type is ColumnType.DAY}
        ids = {row["patient_key"]: row["patient_id"] for row in self.tables["patients"]}

        def shown(row: Mapping[str, Any], column: str) -> Any:
            if column == "patient":
                return ids[row["patient_key"]]
            value = row[column]
            return compute_date(value).isoformat() if column in days and value is not None else value

        found = sorted(self.tables[table], key=lambda row: (row["source_row"], str(row.values())))
        return [tuple(shown(row, column) for column in columns) for row in found]

    @property
    def attrition(self) -> list[tuple[str, str, int]]:
        """Table, reason and rows of each counting step, in order."""
        steps = sorted(self.tables["attrition"], key=lambda row: row["step"])
        return [(row["table"], row["reason"], row["rows"]) for row in steps]


def dictionary(*fields: str) -> str:
    """A data dictionary of fields such as ``drug,treatment,,dropdown,Drug,"1, A | 2, B"``."""
    return "\n".join([DICTIONARY_HEADINGS, *fields, ""])


def write_export(
    folder: Path, export: str, *, source: str = "", fields: str | None = None, rest: str = ""
) -> Path:
    """A study of one export; `fields` is its data dictionary, `source` stands under [source]."""
    (folder / "export.csv").write_text(export, encoding="utf-8")
    named = ""
    if fields is not None:
        (folder / "fields.csv").write_text(fields, encoding="utf-8")
        named = 'dictionary = "fields.csv"\n'
    path = folder / "study.toml"
    text = f'{STUDY}[source]\nreader = "redcap"\nfile = "export.csv"\n{named}{source}\n{rest}{ROLES}'
    path.write_text(text, encoding="utf-8")
    return path


def read_export(
    folder: Path, export: str, *, source: str = "", fields: str | None = None, rest: str = ""
) -> Read:
    """What reading such a study gives."""
    protocol = read_protocol(write_export(folder, export, source=source, fields=fields, rest=rest))
    with connect() as engine:
        found = read_redcap(engine, protocol)
        tables = {
            table.name: engine.fetch(f"SELECT * FROM {table.name}").to_pylist() for table in STUDY_TABLES
        }
    return Read(list(found.findings.ordered()), tables)
