"""Small FHIR studies, read in memory."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.unit.long_table_study import READ, Read

from cotreat.engine import connect
from cotreat.protocol import read_protocol
from cotreat.readers.fhir import read_fhir

Resource = dict[str, Any]

PROTOCOL = """
[study]
name = "Invented"
cutoff = 2024-12-31
[source]
reader = "fhir"
folder = "data"
{source}
{rest}
[roles]
anchor = {{ drugs = ["adalimumab"] }}
partner = {{ drugs = ["methotrexate"] }}
"""
SUBJECT = {"subject": {"reference": "Patient/1"}}
NDJSON = "data.ndjson"


def text(words: str) -> Resource:
    """A CodeableConcept of words."""
    return {"text": words}


def coded(system: str, code: str, display: str = "") -> Resource:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def request(number: str, **changes: Any) -> Resource:
    """A prescription of adalimumab from 2020 on."""
    return {
        "resourceType": "MedicationRequest",
        "id": number,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": text("adalimumab"),
        "authoredOn": "2020-01-01",
        **SUBJECT,
        **changes,
    }


def observation(number: str, **changes: Any) -> Resource:
    """A laboratory result."""
    return {
        "resourceType": "Observation",
        "id": number,
        "status": "final",
        "category": [coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")],
        "code": text("ALT"),
        "effectiveDateTime": "2020-03-01",
        **SUBJECT,
        **changes,
    }


def lines(*resources: Mapping[str, Any]) -> str:
    """NDJSON."""
    return "".join(f"{json.dumps(resource)}\n" for resource in resources)


def write_fhir_study(
    folder: Path, files: Mapping[str, str | bytes], *, source: str = "", rest: str = ""
) -> Path:
    """A study folder whose folder ``data`` holds the files; its protocol."""
    for name, content in files.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    path = folder / "study.toml"
    path.write_text(PROTOCOL.format(source=source, rest=rest), encoding="utf-8")
    return path


def read_resources(
    folder: Path, *resources: Mapping[str, Any], source: str = "", rest: str = "", name: str = NDJSON
) -> Read:
    """What reading these resources gives."""
    return read_study_folder(write_fhir_study(folder, {name: lines(*resources)}, source=source, rest=rest))


def read_study_folder(protocol: Path) -> Read:
    with connect("duckdb://") as engine:
        found = read_fhir(engine, read_protocol(protocol))
        tables = {name: engine.fetch(f"SELECT * FROM {name}").to_pylist() for name in READ}
    tables["attrition"].sort(key=lambda row: row["step"])
    return Read(list(found.findings.ordered()), tables, found.latest_day)


def left_out(read: Read, kind: str) -> Sequence[tuple[str, int]]:
    """Of a type of resource, how many were left out, by reason."""
    return [
        (row["reason"], row["rows"])
        for row in read.tables["attrition"]
        if row["table"] == kind and row["reason"] not in ("read", "used")
    ]
