"""FHIR resources as long tables, for the rules and findings that all readers share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from cotreat.findings import Findings
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.places import Place
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_loading import LoadedRows, RowTarget

# Where a field stands in a resource, for the person who looks for it.
_ELEMENTS = {
    "patient": "subject",
    "sex": "gender",
    "birth_date": "birthDate",
    "death_date": "deceasedDateTime",
    "observed_from": "EpisodeOfCare.period.start",
    "observed_to": "EpisodeOfCare.period.end",
    "drug": "medication[x]",
    "start_date": "start",
    "end_date": "end",
    "ongoing": "status",
    "days_supply": "days supply",
    "dose_text": "dosage",
    "route": "dosage.route",
    "reason_started": "reasonCode",
    "end_reason": "statusReason",
    "date": "effective[x]",
    "instrument": "code",
    "test": "code",
    "value": "value[x]",
    "unit": "valueQuantity.code",
    "lln": "referenceRange.low",
    "uln": "referenceRange.high",
    "onset_date": "date",
    "term": "code",
    "serious": "seriousness",
    "suspects": "suspectEntity",
}


@dataclass(frozen=True)
class FhirTable:
    """A long table whose rows are made of resources and are in DuckDB already."""

    place: Place
    headings: Sequence[str] = ()
    types: Sequence[str] = ()
    sha256: str = ""
    about: str = "FHIR R4"
    decimal: None = None
    findings: Findings = field(default_factory=Findings.of)

    def load(self, connection: duckdb.DuckDBPyConnection, target: RowTarget) -> LoadedRows:
        """Nothing is left to be loaded."""
        del connection, target
        return LoadedRows()


def build_fhir_table(connection: duckdb.DuckDBPyConnection, name: str, place: Place) -> LongTable:
    """The long table of a name, with the fields that its rows have."""
    described = connection.execute(f"DESCRIBE {SCRATCH}.raw_{name}").fetchall()
    columns = {str(row[0]): str(row[1]) for row in described}
    types = {
        f: "DOUBLE" if columns[f.name] == "DOUBLE" else "VARCHAR"
        for f in LONG_TABLES[name]
        if f.name in columns
    }
    headings = {f.name: _ELEMENTS.get(f.name, f.name) for f in types}
    return LongTable(name, FhirTable(place), types, headings, ".", "", {}, Findings.of())
