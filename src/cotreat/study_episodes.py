"""Only the episode tables of a study, for large data: in buckets of whole patients, and resumable."""

import json
import os
import shutil
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from cotreat.analysis.disclosure import read_shown_steps
from cotreat.engine import Engine, TableName, connect
from cotreat.episodes.dated import Numbering
from cotreat.episodes.parts import EpisodeParts
from cotreat.episodes.reconciliation import read_shown_days
from cotreat.episodes.study_episodes import build_study_episodes, build_study_roles
from cotreat.errors import UsageError
from cotreat.findings import Findings, compute_shown_count
from cotreat.outcomes.study_outcomes import build_study_pairs
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.sources import ReadStudy, read_study
from cotreat.report.episode_files import write_days, write_findings
from cotreat.report.folder_lock import FolderLock
from cotreat.report.output_folder import PRIVATE, write_folder, write_manifest
from cotreat.study_tables.schema import SCHEMAS, ColumnType

ROWS_PER_BUCKET = 1_600_000
"""Exposures of one bucket, where the protocol gives no number of buckets."""

BucketProgress = Callable[[str, int, int], None]


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


@dataclass(frozen=True)
class _Plan:
    """Buckets of whole patients: each takes the patients up to its last key."""

    last_keys: tuple[int, ...]

    def where(self, bucket: int) -> str:
        """SQL for the patients of a bucket."""
        first = self.last_keys[bucket - 1] if bucket else 0
        return f"patient_key > {first} AND patient_key <= {self.last_keys[bucket]}"


def _say_nothing(step: str, done: int, total: int) -> None:
    del step, done, total


def write_episodes(
    study: str | Path, out: str | Path, *, progress: BucketProgress = _say_nothing
) -> EpisodeRun:
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
    with (
        write_folder(Path(out)) as folder,
        FolderLock(Path(out)),
        _spill_folder(Path(out)) as spill,
        connect(settings.url, memory_limit_mb=settings.memory_limit_mb, spill_folder=spill) as engine,
    ):
        progress("Reading the records", 0, 0)
        read = read_study(engine, protocol)
        findings = read.findings.ordered()
        write_findings(findings, folder, protocol)
        rows: Mapping[str, int] = {}
        counts = SCHEMAS["attrition"].arrow.empty_table()
        parts: EpisodeParts | None = None
        if not findings.has_errors:
            _require_dates(engine)
            protocol = protocol.model_copy(update={"drug_classes": read.drug_classes})
            plan = _build_plan(engine, protocol)
            parts = EpisodeParts(_partial(Path(out)), _key(engine, protocol, read, plan))
            _build_buckets(engine, protocol, read, plan, parts, progress)
            progress("Writing the tables", len(plan.last_keys), len(plan.last_keys))
            tables = folder / PRIVATE if protocol.minimum_count else folder
            tables.mkdir(exist_ok=True)
            rows = parts.write_tables(tables, len(plan.last_keys))
            write_days(_read_days(engine, protocol, parts, plan), folder)
            counts = _counts(engine, parts, plan)
            write_manifest(folder, _facts(engine, protocol, read, rows, counts))
    if parts is None:
        raise findings.to_error(Path(out) / "findings.csv", is_counted=protocol.minimum_count > 0)
    parts.drop()
    tables = Path(out) / PRIVATE if protocol.minimum_count else Path(out)
    return EpisodeRun(findings, rows, counts, tables)


@contextmanager
def _spill_folder(out: Path) -> Generator[Path]:
    """Where DuckDB puts what exceeds its memory: on the disk of the results, and gone afterwards."""
    target = Path(os.path.realpath(out))
    folder = target.with_name(f".{target.name}.spill")
    # One that a run left behind which was killed is in nobody's use: the lock is ours.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _partial(out: Path) -> Path:
    target = out.absolute()
    return target.with_name(f"{target.name}.partial")


def _require_dates(engine: Engine) -> None:
    if not _number(engine, "SELECT COUNT(*) AS n FROM exposures"):
        msg = "The study has no dated exposures: episodes need dates. `cotreat run` counts declared cases."
        raise UsageError(msg)


def _build_plan(engine: Engine, protocol: Protocol) -> _Plan:
    """Ranges of patients, of equal width."""
    rows = _number(engine, "SELECT COUNT(*) AS n FROM exposures")
    last = _number(engine, "SELECT MAX(patient_key) AS n FROM patients")
    wanted = protocol.engine.buckets or -(-rows // ROWS_PER_BUCKET)
    buckets = max(1, min(wanted, last))
    return _Plan(tuple(last * (bucket + 1) // buckets for bucket in range(buckets)))


def _key(engine: Engine, protocol: Protocol, read: ReadStudy, plan: _Plan) -> Mapping[str, object]:
    """What the parts depend on; where the SQL runs is not among it."""
    definitions = protocol.model_dump_json(exclude={"folder", "sha256", "drug_classes", "engine"})
    return {
        "version": version("cotreat"),
        "protocol": json.loads(definitions),
        "sources": _sources(engine),
        "latest_day": read.latest_day,
        "last_keys": list(plan.last_keys),
    }


def _sources(engine: Engine) -> list[dict[str, object]]:
    return engine.fetch("SELECT * FROM sources ORDER BY source_id").to_pylist()


def _build_buckets(
    engine: Engine,
    protocol: Protocol,
    read: ReadStudy,
    plan: _Plan,
    parts: EpisodeParts,
    progress: BucketProgress,
) -> None:
    # The drugs of all patients: a bit of a regimen means the same drug in every bucket.
    roles = build_study_roles(engine, TableName("exposures"), protocol)
    cutoff = 0 if read.latest_day is None else read.latest_day
    used = _used_columns(engine)
    before = Numbering()
    total = len(plan.last_keys)
    for bucket in range(total):
        progress("Combining drugs into episodes", bucket, total)
        if parts.is_finished(bucket):
            before = parts.read_numbering(bucket)
            continue
        episodes = build_study_episodes(
            engine,
            engine.create("bucket_patients", f"SELECT * FROM patients WHERE {plan.where(bucket)}"),
            _build_bucket_exposures(engine, plan.where(bucket), used),
            protocol=protocol,
            cutoff=cutoff,
            roles=roles,
            before=before,
        )
        pairs = build_study_pairs(engine, episodes, protocol=protocol)
        before = parts.add_bucket(engine, bucket, {**episodes, "pairs": pairs}, before)
    progress("Combining drugs into episodes", total, total)


def _used_columns(engine: Engine) -> frozenset[str]:
    """Columns of the exposures that hold anything."""
    counted = ", ".join(f"COUNT({name}) AS {name}" for name in SCHEMAS["exposures"].names)
    found = engine.fetch(f"SELECT {counted} FROM exposures").to_pylist()[0]
    return frozenset(name for name, n in found.items() if n)


_NOTHING = {
    ColumnType.TEXT: "NULLIF('', '')",
    ColumnType.TERM: "NULLIF('', '')",
    ColumnType.NUM: "CAST(NULL AS DOUBLE)",
}


def _build_bucket_exposures(engine: Engine, where: str, used: Collection[str]) -> TableName:
    """The exposures of a bucket; columns that hold nothing take no room."""
    rows = engine.create("bucket_rows", f"SELECT {', '.join(sorted(used))} FROM exposures WHERE {where}")
    shown = ", ".join(
        c.name if c.name in used else f"{_NOTHING.get(c.type, 'CAST(NULL AS BIGINT)')} AS {c.name}"
        for c in SCHEMAS["exposures"].columns
    )
    return engine.define("bucket_exposures", f"SELECT {shown} FROM {rows}")


def _read_days(engine: Engine, protocol: Protocol, parts: EpisodeParts, plan: _Plan) -> pa.Table | None:
    days = engine.load("all_days", pa.Table.from_pylist(parts.read_days(len(plan.last_keys))))
    return read_shown_days(engine, {"reconciliation": days}, minimum_count=protocol.minimum_count)


def _number(engine: Engine, sql: str) -> int:
    return int(engine.fetch(sql).column("n")[0].as_py() or 0)


def _counts(engine: Engine, parts: EpisodeParts, plan: _Plan) -> pa.Table:
    """The counting steps of the sources, and those of the exposures of all buckets."""
    own = "\"table\" <> 'eras' AND \"table\" <> 'ends'"
    read = engine.fetch(f"SELECT * FROM attrition WHERE {own} ORDER BY step").to_pylist()
    exposures = parts.read_exposure_counts(len(plan.last_keys))
    followed = [{"step": step, **row} for step, row in enumerate(exposures, start=len(read) + 1)]
    return pa.Table.from_pylist([*read, *followed], schema=SCHEMAS["attrition"].arrow)


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
