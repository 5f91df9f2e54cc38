"""A whole study, top to bottom: read, check, episodes, numbers, report."""

import json
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from cotreat.analysis.disclosure import add_suppression, read_shown_steps
from cotreat.analysis.estimates import estimate_study
from cotreat.analysis.listings import build_listing
from cotreat.analysis.results import Listing, Result
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine, TableName, connect
from cotreat.episodes.reconciliation import read_shown_days
from cotreat.findings import Findings
from cotreat.progress import SILENT, Progress
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.cells import compute_date
from cotreat.readers.sources import ReadStudy, read_study
from cotreat.report.checklists import write_checklists
from cotreat.report.content import ReportInput
from cotreat.report.csv_files import write_csv
from cotreat.report.document import build_report
from cotreat.report.docx import write_docx
from cotreat.report.episode_files import build_left_out, write_episodes, write_findings
from cotreat.report.files import write_figures, write_tables
from cotreat.report.html import write_html
from cotreat.report.output_folder import write_folder, write_manifest
from cotreat.study_buckets import StudyBuckets, write_spill
from cotreat.study_numbers import (
    add_counts,
    build_episode_tables,
    build_number_tables,
    read_count,
    read_left_out,
)
from cotreat.study_universes import estimate_universes
from cotreat.validation.case_rules import validate_cases
from cotreat.validation.causality_rules import validate_causality
from cotreat.validation.laboratory_rules import validate_laboratory
from cotreat.validation.record_summary import RecordSummary, build_record_summary


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


@dataclass(frozen=True)
class OpenStudy:
    """A study whose numbers can be asked for, while it is open.

    Attributes
    ----------
    protocol
        Its definitions.
    engine, tables
        Hold its tables, and how its numbers are computed.
    leave_out
        Measures that its source cannot give.
    """

    protocol: Protocol
    engine: Engine
    tables: StudyTables
    leave_out: tuple[str, ...]


@dataclass(frozen=True)
class StudyCheck:
    """What checking one study found.

    Attributes
    ----------
    findings
        What is wrong or worth knowing in its data, most severe first.
    records
        Where its rows went, its drugs, its days, and what is missing.
    """

    findings: Findings
    records: RecordSummary


def run_study(study: str | Path, out: str | Path | None = None, *, progress: Progress = SILENT) -> StudyRun:
    """The whole study: its findings, its results and, in a folder, its report.

    Large data with dates are worked on in buckets of whole patients. What is finished is kept in a folder
    beside `out`, named like it with ``.partial`` behind; when the same run is started again after an
    interruption it goes on from there.

    Parameters
    ----------
    study
        The protocol file, ``study.toml``.
    out
        Folder to write; None computes the results and writes nothing.
    progress
        Called with the name of each step as it begins, and where there are buckets with how many are done
        and how many there are.

    Raises
    ------
    ProtocolError
        The protocol is missing or wrong.
    SourceError
        The source cannot be read.
    DataError
        The data have findings of severity error; then only ``findings.csv`` is written.
    OutputError
        The folder cannot be written, holds other work, or is that of another run.
    EngineError
        The database ran out of memory or disk, or was lost.
    """
    started = time.perf_counter()
    protocol = read_protocol(Path(study))
    settings = protocol.engine
    buckets = None if out is None else StudyBuckets(Path(out), progress)
    with ExitStack() as opened:
        # The folder first: a target that cannot be written is said before the work, not after it.
        folder, spill = _open_folder(opened, out, buckets)
        limit = settings.memory_limit_mb
        engine = opened.enter_context(connect(settings.url, memory_limit_mb=limit, spill_folder=spill))
        read, findings = _read(engine, protocol, progress)
        protocol = protocol.model_copy(update={"drug_classes": read.drug_classes})
        results = Result.of(())
        if not findings.has_errors:
            # First, because the episodes of the study itself take the place of those of other choices.
            universes = estimate_universes(engine, protocol, read, progress)
            progress("Combining drugs into episodes")
            episodes = build_episode_tables(engine, protocol, read, buckets)
            if "segments" in episodes:
                of_outcomes = (validate_laboratory(engine, read), validate_causality(engine, read))
                findings = Findings.concat([findings, *of_outcomes]).ordered()
            tables = build_number_tables(engine, protocol, episodes)
            left_out = read_left_out(engine, read)
            exact = estimate_study(engine, tables, leave_out=left_out, progress=progress)
            exact = Result.concat([*universes, exact])
            results = add_suppression(exact, protocol.minimum_count)
            if folder is not None:
                progress("Writing the report")
                days = read_shown_days(engine, episodes, minimum_count=protocol.minimum_count)
                _write(engine, protocol, read, findings, results, folder, days)
                write_episodes(engine, episodes, folder, days, protocol)
                write_manifest(folder, _facts(engine, protocol, read, started))
        elif folder is not None:
            write_findings(findings, folder, protocol)
    if findings.has_errors:
        _stop(findings, out, is_counted=protocol.minimum_count > 0)
    return StudyRun(protocol, findings, results, None if out is None else Path(out))


def _open_folder(
    opened: ExitStack, out: str | Path | None, buckets: StudyBuckets | None
) -> tuple[Path | None, Path | None]:
    """The folder of results while it is written, and where the database puts what exceeds its memory."""
    if out is None or buckets is None:
        return None, None
    folder = opened.enter_context(write_folder(Path(out), then=buckets.drop))
    return folder, opened.enter_context(write_spill(Path(out)))


@contextmanager
def read_open_study(study: str | Path, *, progress: Progress = SILENT) -> Generator[OpenStudy]:
    """The study's tables and episodes, open for any number of the registry until the block ends.

    Parameters
    ----------
    study
        The protocol file, ``study.toml``.
    progress
        Called with the name of each step as it begins.

    Raises
    ------
    ProtocolError
        The protocol is missing or wrong.
    SourceError
        The source cannot be read.
    DataError
        The data have findings of severity error.
    """
    protocol = read_protocol(Path(study))
    settings = protocol.engine
    with connect(settings.url, memory_limit_mb=settings.memory_limit_mb) as engine:
        read, findings = _read(engine, protocol, progress)
        if findings.has_errors:
            _stop(findings, None)
        protocol = protocol.model_copy(update={"drug_classes": read.drug_classes})
        progress("Combining drugs into episodes")
        episodes = build_episode_tables(engine, protocol, read)
        yield OpenStudy(
            protocol, engine, build_number_tables(engine, protocol, episodes), read_left_out(engine, read)
        )


def validate_study(study: str | Path, *, progress: Progress = SILENT) -> StudyCheck:
    """The findings of a study's data, and its records in numbers; nothing is computed or written.

    Parameters
    ----------
    study
        The protocol file, ``study.toml``.
    progress
        Called with the name of each step as it begins.

    Raises
    ------
    ProtocolError
        The protocol is missing or wrong.
    SourceError
        The source cannot be read.
    """
    protocol = read_protocol(Path(study))
    with connect(protocol.engine.url, memory_limit_mb=protocol.engine.memory_limit_mb) as engine:
        read, findings = _read(engine, protocol, progress)
        protocol = protocol.model_copy(update={"drug_classes": read.drug_classes})
        progress("Counting the records")
        if not findings.has_errors:
            add_counts(engine, protocol, read)
        return StudyCheck(findings, build_record_summary(engine, protocol))


def _read(engine: Engine, protocol: Protocol, progress: Progress) -> tuple[ReadStudy, Findings]:
    progress("Reading the records")
    read = read_study(engine, protocol)
    progress("Checking the records")
    declared = read_count(engine, TableName("declared_pairs")) > 0
    checked = [validate_cases(engine, read)] if declared else []
    return read, Findings.concat([read.findings, *checked]).ordered()


def _stop(findings: Findings, out: str | Path | None, *, is_counted: bool = False) -> NoReturn:
    raise findings.to_error(None if out is None else Path(out) / "findings.csv", is_counted=is_counted)


def _write(
    engine: Engine,
    protocol: Protocol,
    read: ReadStudy,
    findings: Findings,
    results: Result,
    folder: Path,
    days: pa.Table | None,
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
            sources=read_shown_steps(engine, "sources", "source_id", protocol.minimum_count),
            attrition=read_shown_steps(engine, "attrition", "step", protocol.minimum_count),
            cutoff=_cutoff(protocol, read),
            version=version("cotreat"),
            reconciliation=days,
        )
    )
    write_html(blocks, folder / "report.html")
    write_docx(blocks, folder / "report.docx")
    write_csv(results.table, folder / "results.csv")
    write_findings(findings, folder, protocol)
    write_tables(blocks, folder / "tables")
    write_figures(blocks, folder / "figures")
    write_checklists(blocks, protocol, folder)


def _cutoff(protocol: Protocol, read: ReadStudy) -> date | None:
    return protocol.study.cutoff or (None if read.latest_day is None else compute_date(read.latest_day))


def _facts(engine: Engine, protocol: Protocol, read: ReadStudy, started: float) -> Mapping[str, Any]:
    """What a reader needs to repeat the run."""
    cutoff = _cutoff(protocol, read)
    described = json.loads(protocol.model_dump_json(exclude={"folder", "sha256", "drug_classes", "engine"}))
    left_out = dict(build_left_out(protocol))
    if read_count(engine, TableName("declared_pairs")):
        left_out["episodes/segments.parquet"] = "needs dated exposures; a case table declares its pairs"
    if without := read_left_out(engine, read):
        left_out[", ".join(without)] = "the source has no table of adverse events"
    return {
        "version": version("cotreat"),
        "libraries": {name: version(name) for name in ("duckdb", "pyarrow", "numpy", "scipy", "statsmodels")},
        "protocol": described,
        "protocol_sha256": protocol.sha256,
        "cutoff": cutoff.isoformat() if cutoff else None,
        "sources": read_shown_steps(engine, "sources", "source_id", protocol.minimum_count).to_pylist(),
        "counts": read_shown_steps(engine, "attrition", "step", protocol.minimum_count).to_pylist(),
        "seed": protocol.analysis.seed,
        "left_out": left_out,
        "seconds": round(time.perf_counter() - started, 3),
    }
