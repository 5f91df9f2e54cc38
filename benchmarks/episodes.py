"""How long `cotreat episodes` takes on invented exposures, beside the least that any such work takes.

    python benchmarks/episodes.py [--persons 1000000] [--order random] [--runs 5] [--only segments]

The floor is measured in the same run, in turns with the command: DuckDB copies the same
Parquet file, sorted by patient and start, to Parquet. Each run is a process of its own;
seconds are wall-clock time, medians of all runs, and peak memory is the largest of all
runs. `--growth` does the same for 10,000, 100,000, ... patients up to `--persons`.
`--only segments` stops at eras and segments.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from make_exposures import EXPOSURES_PER_PATIENT, write_exposures

DRUGS = {
    "anchor": ("baricitinib", "upadacitinib"),
    "partner": ("methotrexate", "dupilumab", "cyclosporin", "azathioprine"),
    "concomitant": ("prednisone", "apremilast"),
}
EPISODES = ("-m", "cotreat.cli", "episodes")
SEGMENTS = (str(Path(__file__).with_name("eras_and_segments.py")),)
FLOOR = """
import duckdb, sys
duckdb.sql("SET enable_progress_bar = false")
duckdb.sql(f"COPY (SELECT * FROM '{sys.argv[1]}' ORDER BY patient_id, start_date) TO '{sys.argv[2]}'")
"""


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds of wall-clock and of processor time, peak memory in GB."""

    seconds: float
    processor: float
    memory: float


def write_study(folder: Path, *, buckets: int | None, memory_limit_mb: int, url: str) -> Path:
    """The protocol of the invented exposures: 2 anchors, 4 partners, 2 concomitant drugs."""
    names = [name for role in DRUGS.values() for name in role]
    words = ", ".join(f'{name} = ["{number}"]' for number, name in enumerate(names, start=1))
    roles = "\n".join(f"{role} = {{ drugs = {list(found)} }}" for role, found in DRUGS.items())
    text = f"""
[study]
name = "Invented exposures"
kind = "database"
cutoff = 2024-12-31
[source]
reader = "tables"
[source.exposures]
file = "exposures.parquet"
columns = {{ patient = "patient_id", drug = "drug", start_date = "start_date", end_date = "end_date" }}
[values]
drug = {{ {words} }}
[roles]
{roles}
[engine]
url = "{url}"
memory_limit_mb = {memory_limit_mb}
"""
    path = folder / "study.toml"
    path.write_text(text + (f"buckets = {buckets}\n" if buckets else ""), encoding="utf-8")
    return path


def run(command: list[str]) -> Cost:
    """One process, watched to its end."""
    # Programs are compiled once, as where they are installed.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[:4]} ended with {status}")
    return Cost(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2)


def measure(persons: int, order: str, arguments: argparse.Namespace) -> tuple[list[Cost], list[Cost]]:
    """Costs of the floor and of the command, in turns."""
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        data = folder / "exposures.parquet"
        write_exposures(data, persons=persons, order=order, shape=arguments.shape)
        study = write_study(
            folder,
            buckets=arguments.buckets,
            memory_limit_mb=arguments.memory_limit_mb,
            url=arguments.engine,
        )
        floors: list[Cost] = []
        commands: list[Cost] = []
        for turn in range(arguments.runs):
            floors.append(run([sys.executable, "-c", FLOOR, str(data), str(folder / "floor.parquet")]))
            out = folder / f"out{turn % 2}"
            command = [sys.executable, *SEGMENTS, str(study), str(out)]
            if arguments.only is None:
                command = [sys.executable, *EPISODES, str(study), "--out", str(out)]
            commands.append(run(command))
    return floors, commands


def show(what: str, persons: int, order: str, floors: list[Cost], commands: list[Cost]) -> list[float]:
    """One line of figures; the median seconds of the command, by the clock and of the processor."""
    floor, seconds = (statistics.median(cost.seconds for cost in found) for found in (floors, commands))
    cpu = [statistics.median(cost.processor for cost in found) for found in (floors, commands)]
    print(
        f"{persons:>10,} patients, {persons * EXPOSURES_PER_PATIENT:>11,} exposures, {order}: "
        f"floor {floor:.2f} s ({cpu[0]:.2f} s processor time), "
        f"{what} {seconds:.1f} s = {seconds / floor:.1f} x floor "
        f"(processor time {cpu[1]:.1f} s = {cpu[1] / cpu[0]:.1f} x), "
        f"peak memory {max(cost.memory for cost in commands):.2f} GB",
        flush=True,
    )
    return [seconds, cpu[1]]


def main() -> None:
    """Make the data, run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--order", choices=("random", "sorted", "both"), default="both")
    parser.add_argument("--shape", choices=("treatments", "scattered"), default="treatments")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--buckets", type=int)
    parser.add_argument("--memory-limit-mb", type=int, default=1500)
    parser.add_argument("--engine", default="duckdb://", help="URL of the engine")
    parser.add_argument("--folder", type=Path, help="where the data are made; a temporary folder")
    parser.add_argument("--only", choices=("segments",), help="eras and segments, nothing else")
    parser.add_argument("--growth", action="store_true", help="from 10,000 patients to --persons")
    arguments = parser.parse_args()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    what = "eras and segments" if arguments.only else "all episode tables"
    sizes = [arguments.persons]
    while arguments.growth and sizes[0] > 10_000:
        sizes.insert(0, sizes[0] // 10)
    for order in ("random", "sorted") if arguments.order == "both" else (arguments.order,):
        last: list[float] = []
        for persons in sizes:
            taken = show(what, persons, order, *measure(persons, order, arguments))
            if last:
                clock, processor = (now / before for now, before in zip(taken, last, strict=True))
                print(
                    f"{'':>10} 10 x the patients: {clock:.1f} x the time, {processor:.1f} x the processor's"
                )
            last = taken


if __name__ == "__main__":
    main()
