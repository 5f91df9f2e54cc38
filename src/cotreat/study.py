"""A whole study, top to bottom: read, check, episodes, numbers, report."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from cotreat.analysis.estimates import estimate_study
from cotreat.analysis.listings import build_listing
from cotreat.analysis.results import Listing, Result
from cotreat.analysis.selection import StudyTables
from cotreat.analysis.special_interest import build_aesi_terms
from cotreat.engine import Engine, TableName, connect
from cotreat.episodes.declared import build_declared_courses, build_declared_pairs
from cotreat.errors import DataError
from cotreat.findings import Findings
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.cells import compute_date
from cotreat.readers.sources import ReadStudy, read_study
from cotreat.report.content import ReportInput
from cotreat.report.csv_files import write_csv
from cotreat.report.document import build_report
from cotreat.report.docx import write_docx
from cotreat.report.files import write_figures, write_tables
from cotreat.report.html import write_html
from cotreat.report.output_folder import write_folder, write_manifest
from cotreat.validation.case_rules import validate_cases

Progress = Callable[[str], None]


@dataclass(frozen=True)
class StudyRun:
    """What came out of one study.

    Attributes
    ----------
    protocol
        Its definitions.
    findings
        What is wrong or worth knowing in its data, most severe first.
    results
        Every estimate.
    out
        Folder that everything was written to; None when nothing was written.
    """

    protocol: Protocol
    findings: Findings
    results: Result
    out: Path | None


def _say_nothing(step: str) -> None:
    del step


def run_study(
    study: str | Path, out: str | Path | None = None, *, progress: Progress = _say_nothing
) -> StudyRun:
    """The whole study: its findings, its results and, in a folder, its report.

    Parameters
    ----------
    study
        The protocol file, ``study.toml``.
    out
        Folder to write; None computes the results and writes nothing.
    progress
        Called with the name of each step as it begins.

    Raises
    ------
    ProtocolError
        The protocol is missing or wrong.
    SourceError
        The source cannot be read.
    DataError
        The data have findings of severity error; then only ``findings.csv`` is written.
    OutputError
        The folder cannot be written, or holds other work.
    """
    started = time.perf_counter()
    protocol = read_protocol(Path(study))
    settings = protocol.engine
    with connect(settings.url, memory_limit_mb=settings.memory_limit_mb) as engine:
        read, findings = _read(engine, protocol, progress)
        if findings.has_errors:
            _stop(findings, None if out is None else Path(out))
        progress("Combining drugs into episodes")
        _build_episodes(engine, protocol)
        progress("Computing the results")
        results = _estimate(engine, protocol)
        if out is None:
            return StudyRun(protocol, findings, results, None)
        with write_folder(Path(out)) as folder:
            progress("Writing the report")
            _write(engine, protocol, read, findings, results, folder)
            facts = _facts(engine, protocol, read, started)
            write_manifest(folder, facts)
    return StudyRun(protocol, findings, results, Path(out))


def check_study(study: str | Path, *, progress: Progress = _say_nothing) -> tuple[Findings, pa.Table]:
    """The findings of a study's data, most severe first, and how its rows were counted."""
    protocol = read_protocol(Path(study))
    with connect(protocol.engine.url, memory_limit_mb=protocol.engine.memory_limit_mb) as engine:
        _, findings = _read(engine, protocol, progress)
        return findings, engine.fetch("SELECT * FROM attrition ORDER BY step")


def _read(engine: Engine, protocol: Protocol, progress: Progress) -> tuple[ReadStudy, Findings]:
    progress("Reading the records")
    read = read_study(engine, protocol)
    progress("Checking the records")
    return read, Findings.concat([read.findings, validate_cases(engine, read)]).ordered()


def _stop(findings: Findings, out: Path | None) -> None:
    """Write the findings and nothing else, and say how many errors there are."""
    if out is not None:
        with write_folder(out) as folder:
            write_csv(findings.table, folder / "findings.csv")
    first = next(iter(findings))
    n = findings.count("error")
    where = f"{first.file}, row {first.row}" if first.row else first.file
    msg = f"The data have {n} error{'s' if n != 1 else ''}. {where}: {first.why} {first.what_to_do}"
    raise DataError(msg + (f" All findings are in {out / 'findings.csv'}." if out else ""))


def _build_episodes(engine: Engine, protocol: Protocol) -> None:
    pairs = build_declared_pairs(
        engine, TableName("declared_pairs"), min_overlap=protocol.episodes.min_overlap
    )
    build_declared_courses(engine, pairs)


def _estimate(engine: Engine, protocol: Protocol) -> Result:
    levels = build_aesi_terms(engine, protocol)
    analysis = protocol.analysis
    tables = StudyTables(analysis.proportion_interval, analysis.seed, {"aesi": levels})
    return estimate_study(engine, tables)


def _write(
    engine: Engine, protocol: Protocol, read: ReadStudy, findings: Findings, results: Result, folder: Path
) -> None:
    listings: dict[str, Listing] = {}
    for name in ("cases", "swimmer"):
        listing = build_listing(engine, name, minimum_count=protocol.minimum_count)
        if isinstance(listing, Listing):
            listings[name] = listing
    blocks = build_report(
        ReportInput(
            results=results,
            listings=listings,
            protocol=protocol,
            findings=findings,
            sources=engine.fetch("SELECT * FROM sources ORDER BY source_id"),
            attrition=engine.fetch("SELECT * FROM attrition ORDER BY step"),
            cutoff=_cutoff(protocol, read),
            version=version("cotreat"),
        )
    )
    write_html(blocks, folder / "report.html")
    write_docx(blocks, folder / "report.docx")
    write_csv(results.table, folder / "results.csv")
    write_csv(findings.table, folder / "findings.csv")
    write_tables(blocks, folder / "tables")
    write_figures(blocks, folder / "figures")
    (folder / "episodes").mkdir()
    for name in ("pairs", "courses"):
        engine.export(name, folder / "episodes" / f"{name}.parquet", order_by=f"{name[:-1]}_key")


def _cutoff(protocol: Protocol, read: ReadStudy) -> date | None:
    return protocol.study.cutoff or (None if read.latest_day is None else compute_date(read.latest_day))


def _facts(engine: Engine, protocol: Protocol, read: ReadStudy, started: float) -> Mapping[str, Any]:
    """What a reader needs to repeat the run."""
    cutoff = _cutoff(protocol, read)
    described = json.loads(protocol.model_dump_json(exclude={"folder", "sha256", "engine"}))
    return {
        "version": version("cotreat"),
        "libraries": {name: version(name) for name in ("duckdb", "pyarrow", "numpy", "scipy", "statsmodels")},
        "protocol": described,
        "protocol_sha256": protocol.sha256,
        "cutoff": cutoff.isoformat() if cutoff else None,
        "sources": engine.fetch("SELECT * FROM sources ORDER BY source_id").to_pylist(),
        "counts": engine.fetch("SELECT * FROM attrition ORDER BY step").to_pylist(),
        "seed": protocol.analysis.seed,
        "left_out": {"episodes/segments.parquet": "needs dated exposures; a case table declares its pairs"},
        "seconds": round(time.perf_counter() - started, 3),
    }
