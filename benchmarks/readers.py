"""How long checking records takes, source by source, and how much memory.

    python benchmarks/readers.py [csv] [bad] [xlsx] [redcap] [eav]

Makes invented records in a temporary folder, runs ``cotreat check`` on them in a process of
its own, and prints seconds and peak memory. Bars on 2 cores: 1 M exposures as CSV in under
10 s and 1.5 GB, 300,000 rows as .xlsx in under 15 s; 1 M rows that are all wrong end in less
than a screen of findings.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import xlsxwriter

from cotreat.synthetic import write_synthetic_redcap, write_synthetic_tables

HEAD = '[study]\nname = "Invented: many records"\ncutoff = 2024-12-31\n[source]\n'
ROLES = """
[values.reason_started]
no_response = ["No response"]
partial_response = ["Partial response"]
flare = ["Flare"]
[values.end_reason]
adverse_event = ["Adverse event"]
ineffectiveness = ["Not effective"]
remission = ["Remission"]
patient_preference = ["Patient's wish"]
[roles]
anchor = { classes = ["jak_inhibitor"] }
partner = { classes = ["conventional_immunomodulator", "systemic_corticosteroid", "biologic"] }
"""
EXPOSURES_PER_PATIENT = 13


def make_csv(folder: Path, rows: int) -> str:
    """Exposures and patients as CSV."""
    write_exposures(folder, rows)
    return (
        'reader = "tables"\nfolder = "data"\n[source.exposures]\nfile = "exposures.csv"\n'
        '[source.patients]\nfile = "patients.csv"\n'
    )


def write_exposures(folder: Path, rows: int) -> None:
    """At least so many invented exposures, as CSV."""
    patients = rows // EXPOSURES_PER_PATIENT + 1
    tables = ("exposures", "patients")
    write_synthetic_tables(folder / "data", n_patients=patients, seed=1, format="csv", tables=tables)


def make_bad(folder: Path, rows: int) -> str:
    """Exposures that all start on a day that does not exist."""
    (folder / "data").mkdir()
    with (folder / "data" / "exposures.csv").open("w", encoding="utf-8") as file:
        file.write("patient_id,drug,start_date,end_date\n")
        for row in range(rows):
            file.write(f"P{row // 10},baricitinib,2023-02-{30 + row % 2},2023-0{1 + row % 9}-15\n")
    return 'reader = "tables"\nfolder = "data"\n[source.exposures]\nfile = "exposures.csv"\n'


def make_xlsx(folder: Path, rows: int) -> str:
    """Exposures in a sheet of a workbook."""
    write_exposures(folder, rows)
    with (
        (folder / "data" / "exposures.csv").open(encoding="utf-8", newline="") as file,
        xlsxwriter.Workbook(folder / "study.xlsx") as book,
    ):
        sheet = book.add_worksheet("exposures")
        for number, row in enumerate(islice(csv.reader(file), rows + 1)):
            sheet.write_row(number, 0, row)
    return 'reader = "tables"\nworkbook = "study.xlsx"\n[source.exposures]\nfile = "exposures"\n'


def make_redcap(folder: Path, rows: int) -> str:
    """A flat REDCap export with so many exposures, and everything else beside them."""
    patients = rows // EXPOSURES_PER_PATIENT + 1
    write_synthetic_redcap(folder / "redcap", n_patients=patients, seed=1, form="flat")
    return 'reader = "redcap"\nfile = "redcap/export.csv"\n'


def make_eav(folder: Path, rows: int) -> str:
    """The same as an EAV export."""
    patients = rows // EXPOSURES_PER_PATIENT + 1
    write_synthetic_redcap(folder / "redcap", n_patients=patients, seed=1, form="eav")
    return 'reader = "redcap"\nfile = "redcap/export.csv"\n'


SOURCES: Mapping[str, tuple[Callable[[Path, int], str], int]] = {
    "csv": (make_csv, 1_000_000),
    "bad": (make_bad, 1_000_000),
    "xlsx": (make_xlsx, 300_000),
    "redcap": (make_redcap, 300_000),
    "eav": (make_eav, 300_000),
}


def run(study: Path) -> tuple[float, float, float, int, str]:
    """Seconds, processor seconds, peak memory in GB, exit code and what was said, of checking a study."""
    command = [sys.executable, "-m", "cotreat.cli", "check", str(study)]
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode()
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2, child.returncode, text


def main() -> None:
    """Make each source that is asked for, check it, print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="*", default=[*SOURCES], choices=[*SOURCES])
    for name in parser.parse_args().sources:
        make, rows = SOURCES[name]
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work)
            source = make(folder, rows)
            (folder / "study.toml").write_text(HEAD + source + ROLES, encoding="utf-8")
            seconds, cpu, peak, code, text = run(folder / "study.toml")
        print(
            f"{name}, {rows:,} exposures: {seconds:.1f} s ({cpu:.1f} s of processor), "
            f"peak memory {peak:.2f} GB, exit code {code}, {len(text.splitlines())} lines"
        )


if __name__ == "__main__":
    main()
