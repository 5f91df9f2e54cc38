"""The command line as a user runs it, and small case tables to run it on."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path

from cotreat.cli import main
from cotreat.report.csv_files import write_csv
from cotreat.study import run_study

ROOT = Path(__file__).parents[2]
LETTER = ROOT / "examples" / "letter"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def requires(self, code: int) -> "Ran":
        assert self.code == code, f"exit code {self.code}\n{self.err}"
        return self


def cotreat(*arguments: str | Path) -> Ran:
    out, err = StringIO(), StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def write_results(study: Path, out: Path) -> bytes:
    """What `cotreat run` would write to results.csv; without the report it takes half as long."""
    path = out.with_suffix(".csv")
    write_csv(run_study(study).results.table, path)
    return path.read_bytes()


HEADINGS = (
    "case",
    "patient",
    "course",
    "sex",
    "age",
    "disease",
    "comorbidity",
    "prior",
    "anchor",
    "partner",
    "alone",
    "reason",
    "months",
    "response",
    "ended",
    "afterwards",
    "events",
)
FIELDS = {
    "case": "case",
    "patient": "patient",
    "course": "course",
    "sex": "sex",
    "age_years": "age",
    "disease": "disease",
    "comorbidity": "comorbidity",
    "prior_therapy": "prior",
    "anchor": "anchor",
    "partner": "partner",
    "monotherapy_response": "alone",
    "reason_started": "reason",
    "duration": "months",
    "response": "response",
    "end_reason": "ended",
    "anchor_end": "afterwards",
    "adverse_events": "events",
}
PROTOCOL = """
[study]
name = "A small study"
[source]
reader = "case_table"
file = "{file}"
{source}
[source.columns]
{columns}
[values]
reason_started.partial_response = ["partial response"]
reason_started.no_response = ["no response"]
end_reason.remission = ["remission"]
end_reason.adverse_event = ["adverse event"]
[roles]
anchor = {{ classes = ["jak_inhibitor"] }}
partner = {{ classes = ["conventional_immunomodulator", "systemic_corticosteroid"] }}
"""
ORDINARY = {
    "sex": "female",
    "age": "40",
    "disease": "alopecia areata",
    "comorbidity": "none",
    "prior": "none",
    "anchor": "Baricitinib 4 mg/day",
    "partner": "Methotrexate 15 mg/week (orally)",
    "alone": "partial",
    "reason": "partial response",
    "months": "12",
    "response": "complete",
    "ended": "remission",
    "afterwards": "ongoing",
    "events": "none",
}
# The line of the file that holds the first case: the headings stand in line 1.
FIRST = 2


def small_rows(*changes: Mapping[str, str]) -> list[dict[str, str]]:
    """Ordinary cases of different patients, each changed as said."""
    return [
        {**ORDINARY, "case": str(n), "patient": f"P{n}", "course": f"C{n}", **change}
        for n, change in enumerate(changes, start=1)
    ]


def write_rows(path: Path, rows: Iterable[Mapping[str, str]], headings: Sequence[str] = HEADINGS) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerows(rows)


def write_protocol(folder: Path, file: str = "cases.csv", source: str = "", **columns: str) -> Path:
    """A protocol for the small table; `source` adds lines under [source]."""
    named = {**FIELDS, **columns}
    lines = "\n".join(f'{field} = "{heading}"' for field, heading in named.items())
    study = folder / "study.toml"
    study.write_text(PROTOCOL.format(file=file, source=source, columns=lines), encoding="utf-8")
    return study


def small_study(folder: Path, *changes: Mapping[str, str], source: str = "") -> Path:
    """A study of ordinary cases, each changed as said; two of them unless said otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "cases.csv", small_rows(*(changes or ({}, {}))))
    return write_protocol(folder, source=source)


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    """Every file of a folder with its SHA-256, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
