"""How fast FHIR is read: MedicationRequests (NDJSON) and their patients, to study tables.

    python benchmarks/fhir.py [--requests 200000]

Makes invented resources in a temporary folder, reads them in a process of its own, and prints
seconds on the clock, seconds of the processors and peak memory. The bar for 200,000 on 2 cores
that have nothing else to do: under 5 s.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from cotreat.engine import connect
from cotreat.protocol import read_protocol
from cotreat.readers.fhir import read_fhir
from cotreat.synthetic import write_synthetic_fhir

PER_PATIENT = 12  # invented patients have rather more prescriptions than that
PROTOCOL = """
[study]
name = "Benchmark"
cutoff = 2024-12-31
[source]
reader = "fhir"
folder = "data"
[roles]
anchor = { classes = ["jak_inhibitor"] }
partner = { classes = ["conventional_immunomodulator"] }
"""


def main() -> None:
    """The benchmark, or only its reading part in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--read", type=Path, help="only read the study in this folder")
    arguments = parser.parse_args()
    if arguments.read:
        read(arguments.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), arguments.requests)
        subprocess.run([sys.executable, __file__, "--read", folder], check=True)


def make(folder: Path, n_requests: int) -> None:
    """A study folder with so many MedicationRequests, and their patients."""
    write_synthetic_fhir(folder / "all", n_patients=n_requests // PER_PATIENT, seed=1, format="ndjson")
    (folder / "data").mkdir()
    (folder / "all" / "Patient.ndjson").rename(folder / "data" / "Patient.ndjson")
    taken = "MedicationRequest.ndjson"
    with (folder / "all" / taken).open("rb") as source, (folder / "data" / taken).open("wb") as target:
        target.writelines(islice(source, n_requests))
    (folder / "study.toml").write_text(PROTOCOL, encoding="utf-8")


def read(folder: Path) -> None:
    """The study in a folder is read, and what it took is printed."""
    size = (folder / "data" / "MedicationRequest.ndjson").stat().st_size
    protocol = read_protocol(folder / "study.toml")
    with connect() as engine:
        clock, processors = time.perf_counter(), time.process_time()
        read_fhir(engine, protocol)
        clock, processors = time.perf_counter() - clock, time.process_time() - processors
        steps = engine.fetch('SELECT "table", reason, rows FROM attrition ORDER BY step').to_pylist()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    used = next(s["rows"] for s in steps if (s["table"], s["reason"]) == ("MedicationRequest", "read"))
    print(f"{used:,} MedicationRequests, {size / 1e6:.0f} MB")
    print(f"{clock:.1f} s on the clock, {processors:.1f} s of the processors, {memory:.0f} MB")


if __name__ == "__main__":
    main()
