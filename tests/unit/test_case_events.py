"""Cells of adverse events as people write them: what is an event, and what is found."""

import csv
from pathlib import Path
from typing import Any

import pytest

from cotreat.engine import connect
from cotreat.protocol import read_protocol
from cotreat.readers.case_table import read_case_table

PROTOCOL = """
[study]
name = "Events"
[source]
reader = "case_table"
file = "cases.csv"
[source.columns]
patient = "patient"
anchor = "anchor"
partner = "partner"
duration = "months"
adverse_events = "events"
[roles]
anchor = { classes = ["jak_inhibitor"] }
partner = { classes = ["conventional_immunomodulator"] }
"""


class Read:
    """Terms of recorded events, whether more is unknown, the blamed drugs, the warnings."""

    def __init__(
        self, events: list[dict[str, Any]], blamed: list[dict[str, Any]], findings: list[dict[str, Any]]
    ) -> None:
        self.terms = [event["term"] for event in events if event["certainty"] == "recorded"]
        self.is_unknown = any(event["certainty"] == "unknown" for event in events)
        terms = {event["event_key"]: event["term"] for event in events}
        self.blamed = [(terms[one["event_key"]], one["drug"]) for one in blamed]
        self.findings = [f for f in findings if f["severity"] == "warning" and f["column"] == "events"]
        self.codes = [finding["code"] for finding in self.findings]


def read(folder: Path, *cells: str) -> Read:
    """One case per cell, each of another patient."""
    with (folder / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", "anchor", "partner", "months", "events"])
        writer.writerows((f"P{n}", "Baricitinib", "Methotrexate", 6, cell) for n, cell in enumerate(cells))
    (folder / "study.toml").write_text(PROTOCOL, encoding="utf-8")
    with connect() as engine:
        findings = read_case_table(engine, read_protocol(folder / "study.toml")).findings.table.to_pylist()
        events = engine.fetch("SELECT * FROM adverse_events ORDER BY event_key").to_pylist()
        blamed = engine.fetch("SELECT * FROM attributions ORDER BY event_key, drug").to_pylist()
    return Read(events, blamed, findings)


@pytest.mark.parametrize(
    "cell",
    [
        "no relevant side effects",
        "No fever, vomiting or headache",
        "none worth telling",
        "sin fiebre ni cefalea",
        "keine Beschwerden",
        "kein Fieber",
        "ninguno relevante",
        "0 events",
        "0",
    ],
)
def test_a_negation_is_no_event_and_leaves_the_case_unknown(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, cell)
    assert (found.terms, found.is_unknown, found.codes) == ([], True, ["adverse_events_unknown"])
    assert "negation" in found.findings[0]["why"]
    assert "none = [" in found.findings[0]["what_to_do"]


def test_what_stands_before_a_negation_is_an_event(tmp_path: Path) -> None:
    found = read(tmp_path, "nausea (MTX); no fever, headache")
    assert (found.terms, found.is_unknown, found.codes) == (["nausea"], True, ["adverse_events_unknown"])


@pytest.mark.parametrize("cell", ["nausea (MTX); none", "None, nausea (MTX)", "nausea (MTX) and none."])
def test_none_beside_an_event_is_a_contradiction(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, cell)
    assert (found.terms, found.is_unknown, found.codes) == (["nausea"], False, ["contradiction"])


def test_none_with_a_full_stop_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, "None.")
    assert (found.terms, found.is_unknown, found.codes) == ([], False, [])


def test_an_unknown_term_is_counted_and_the_finding_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, "glowing ears (MTX)")
    assert (found.terms, found.codes) == (["glowing_ears"], ["unknown_adverse_event"])
    assert "counted as an adverse event" in found.findings[0]["what_to_do"]
