"""Only the episode tables of a study, for large data: in buckets of whole patients, and resumable."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from cotreat.analysis.disclosure import read_shown_steps
from cotreat.engine import Engine, TableName, connect
from cotreat.episodes.parts import EpisodeParts
from cotreat.episodes.reconciliation import read_shown_days
from cotreat.errors import UsageError
from cotreat.findings import Findings, compute_shown_count
from cotreat.progress import SILENT, Progress
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.sources import ReadStudy, read_study
from cotreat.report.episode_files import write_days, write_findings
from cotreat.report.output_folder import PRIVATE, write_folder, write_manifest
from cotreat.study_buckets import (
    build_part_counts,
    build_part_days,
    build_parts,
    compute_bucket_plan,
    compute_parts_folder,
    write_spill,
)
from cotreat.study_numbers import read_count
from cotreat.study_tables.schema import SCHEMAS


@dataclass(frozen=True)
class EpisodeRun:
    """What came out of building the episode tables.

    Attributes
    ----------
    findings
        What is wrong or worth knowing in the data, most severe first.
    rows
        Rows of each episode table.
    counts
        The counting steps, from the rows of the sources to where the ends of exposures come from.
    folder
        Where the tables are.
    """

    findings: Findings
    rows: Mapping[str, int]
    counts: pa.Table
    folder: Path


def write_episodes(study: str | Path, out: str | Path, *, progress: Progress = SILENT) -> EpisodeRun:
    """The episode tables of a study as Parquet files, and where the days of each view go.

    Patients are worked on in buckets. What is finished is kept in a folder beside `out`,
    named like it with ``.partial`` behind; when the same command is given again after an
    interruption it goes on from there. The files are the same, byte for byte, as without
    an interruption and with any number of buckets.

    Parameters
    ----------
    study
        The protocol file, ``study.toml``.
    out
        Folder to write. Where the study has disclosure control, the tables are in its
        folder ``private``: they hold rows about single persons.
    progress
        Called with what is being done, the buckets that are done, and how many there are.

    Raises
    ------
    ProtocolError
        The protocol is missing or wrong.
    SourceError
        The source cannot be read.
    DataError
        The data have findings of severity error; then only ``findings.csv`` is written.
    UsageError
        The study has no dates.
    OutputError
        The folder cannot be written, holds other work, or is that of another run.
    EngineError
        The database ran out of memory or disk, or was lost.
    """
    protocol = read_protocol(Path(study))
    settings = protocol.engine
    parts: EpisodeParts | None = None

    def drop() -> None:
        if parts is not None:
            parts.drop()

    with (
        write_folder(Path(out), then=drop) as folder,
        write_spill(Path(out)) as spill,
        connect(settings.url, memory_limit_mb=settings.memory_limit_mb, spill_folder=spill) as engine,
    ):
        progress("Reading the records")
        read = read_study(engine, protocol)
        findings = read.findings.ordered()
        write_findings(findings, folder, protocol)
        rows: Mapping[str, int] = {}
        counts = SCHEMAS["attrition"].arrow.empty_table()
        if not findings.has_errors:
            _require_dates(engine)
            protocol = protocol.model_copy(update={"drug_classes": read.drug_classes})
            plan = compute_bucket_plan(engine, protocol)
            parts = build_parts(engine, protocol, read, plan, compute_parts_folder(Path(out)), progress)
            progress("Writing the tables", plan.total, plan.total)
            tables = folder / PRIVATE if protocol.minimum_count else folder
            tables.mkdir(exist_ok=True)
            rows = parts.write_tables(tables, plan.total)
            days = {"reconciliation": build_part_days(engine, parts, plan)}
            write_days(read_shown_days(engine, days, minimum_count=protocol.minimum_count), folder)
            counts = build_part_counts(engine, parts, plan)
            write_manifest(folder, _facts(engine, protocol, read, rows, counts))
    if parts is None:
        raise findings.to_error(Path(out) / "findings.csv", is_counted=protocol.minimum_count > 0)
    tables = Path(out) / PRIVATE if protocol.minimum_count else Path(out)
    return EpisodeRun(findings, rows, counts, tables)


def _require_dates(engine: Engine) -> None:
    if not read_count(engine, TableName("exposures")):
        msg = "The study has no dated exposures: episodes need dates. `cotreat run` counts declared cases."
        raise UsageError(msg)


def _facts(
    engine: Engine, protocol: Protocol, read: ReadStudy, rows: Mapping[str, int], counts: pa.Table
) -> Mapping[str, object]:
    definitions = protocol.model_dump_json(exclude={"folder", "sha256", "drug_classes", "engine"})
    minimum = protocol.minimum_count
    steps = engine.load("all_steps", counts)
    return {
        "version": version("cotreat"),
        "protocol": json.loads(definitions),
        "cutoff_day": read.latest_day,
        "sources": read_shown_steps(engine, "sources", "source_id", minimum).to_pylist(),
        "counts": read_shown_steps(engine, steps, "step", minimum).to_pylist(),
        "rows": {name: compute_shown_count(n, minimum) for name, n in rows.items()},
    }
