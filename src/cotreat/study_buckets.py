"""The episodes of large data, in buckets of whole patients: bounded memory, and resumable."""

import os
import shutil
from collections.abc import Collection, Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.dated import Numbering
from cotreat.episodes.parts import KEYS_OF_RESULTS, EpisodeParts
from cotreat.episodes.study_episodes import build_study_episodes, build_study_roles
from cotreat.outcomes.study_outcomes import build_study_pairs
from cotreat.progress import Progress
from cotreat.protocol import Protocol
from cotreat.readers.sources import ReadStudy
from cotreat.study_bucket_key import read_bucket_key
from cotreat.study_tables.schema import SCHEMAS, ColumnType

ROWS_PER_BUCKET = 1_600_000
"""Exposures of one bucket, where the protocol gives no number of buckets."""


@dataclass(frozen=True)
class BucketPlan:
    """Buckets of whole patients.

    Attributes
    ----------
    last_keys
        The last patient of each bucket.
    """

    last_keys: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many buckets there are."""
        return len(self.last_keys)

    def where(self, bucket: int) -> str:
        """SQL for the patients of a bucket."""
        first = self.last_keys[bucket - 1] if bucket else 0
        return f"patient_key > {first} AND patient_key <= {self.last_keys[bucket]}"


def compute_parts_folder(out: Path) -> Path:
    """Where finished buckets are kept: beside the results, named like them with ``.partial`` behind."""
    target = out.absolute()
    return target.with_name(f"{target.name}.partial")


@contextmanager
def write_spill(out: Path) -> Generator[Path]:
    """Where DuckDB puts what exceeds its memory: on the disk of the results, and gone afterwards."""
    target = Path(os.path.realpath(out))
    folder = target.with_name(f".{target.name}.spill")
    # One that a run left behind which was killed is in nobody's use: the lock is ours.
    shutil.rmtree(folder, ignore_errors=True)
    # Rows about single persons: closed to other users.
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compute_bucket_plan(engine: Engine, protocol: Protocol) -> BucketPlan:
    """Ranges of patients, of equal width.

    Parameters
    ----------
    engine
        Holds the study tables.
    protocol
        Its number of buckets; where it gives none there is one for each `ROWS_PER_BUCKET` exposures.
    """
    rows = _number(engine, "SELECT COUNT(*) AS n FROM exposures")
    last = _number(engine, "SELECT MAX(patient_key) AS n FROM patients")
    wanted = protocol.engine.buckets or -(-rows // ROWS_PER_BUCKET)
    buckets = max(1, min(wanted, last))
    return BucketPlan(tuple(last * (bucket + 1) // buckets for bucket in range(buckets)))


def build_parts(
    engine: Engine,
    protocol: Protocol,
    read: ReadStudy,
    plan: BucketPlan,
    folder: Path,
    progress: Progress,
    *,
    for_results: bool = False,
) -> EpisodeParts:
    """The episode tables of every bucket, each kept as soon as it is finished.

    Buckets that an earlier run of the same study finished in `folder` are not worked on again.

    Parameters
    ----------
    engine
        Holds the study tables.
    protocol
        The study's definitions.
    read
        What its reader found.
    plan
        The buckets.
    folder
        Where finished buckets are kept.
    progress
        Called before each bucket.
    for_results
        Whether results are to be computed from them: then what only results need is kept too.

    Raises
    ------
    ProtocolError
        More than 52 drugs have a role.
    OutputError
        The folder cannot be written, or holds other work.
    EngineError
        The database ran out of memory or disk, or was lost.
    """
    key = read_bucket_key(engine, protocol, read, plan.last_keys)
    parts = EpisodeParts(folder, key, whole=KEYS_OF_RESULTS if for_results else None)
    # The drugs of all patients: a bit of a regimen means the same drug in every bucket.
    roles = build_study_roles(engine, TableName("exposures"), protocol)
    cutoff = 0 if read.latest_day is None else read.latest_day
    used = _used_columns(engine)
    before = Numbering()
    with _Keeping(engine, roles, parts) as keeping:
        for bucket in range(plan.total):
            progress("Combining drugs into episodes", bucket, plan.total)
            if parts.is_finished(bucket):
                before = parts.read_numbering(bucket)
                continue
            place = keeping.next_place()
            where = plan.where(bucket)
            episodes = build_study_episodes(
                place,
                place.create("bucket_patients", f"SELECT * FROM patients WHERE {where}"),
                _build_bucket_exposures(place, where, used, is_view=read.lies_by_patient),
                protocol=protocol,
                cutoff=cutoff,
                roles=roles,
                before=before,
            )
            pairs = build_study_pairs(place, episodes, protocol=protocol)
            after = _count(place, episodes, before)
            keeping.keep(place, bucket, {**episodes, "pairs": pairs}, before)
            before = after
    progress("Combining drugs into episodes", plan.total, plan.total)
    return parts


_READ = ("patients", "exposures", "assessments", "attrition")
"""The study tables that a bucket reads."""


class _Keeping:
    """One bucket is written while the next is worked on, where the engine can do both.

    The two take turns at two places, so that neither is in the way of the other's tables.
    """

    def __init__(self, engine: Engine, roles: TableName, parts: EpisodeParts) -> None:
        self._roles = roles
        self._parts = parts
        fork = engine.fork(*_READ)
        self._beside = [] if fork is None else [fork]
        for place in self._beside:
            place.load(roles, engine.fetch(f"SELECT * FROM {roles}"))
        self._places = [engine, *self._beside]
        self._writer = ThreadPoolExecutor(1)
        self._writing: list[Future[None]] = []

    def next_place(self) -> Engine:
        """Where the next bucket is worked on; what was there is written."""
        if len(self._writing) >= len(self._places):
            self._writing.pop(0).result()
        self._places.append(self._places.pop(0))
        return self._places[-1]

    def keep(self, place: Engine, bucket: int, episodes: Mapping[str, TableName], before: Numbering) -> None:
        """The tables of a bucket are kept, and then gone from where they were made."""
        if len(self._places) == 1:
            self._keep(place, bucket, episodes, before)
        else:
            self._writing.append(self._writer.submit(self._keep, place, bucket, episodes, before))

    def _keep(self, place: Engine, bucket: int, episodes: Mapping[str, TableName], before: Numbering) -> None:
        self._parts.add_bucket(place, bucket, episodes, before)
        place.drop(*(name for name in set(episodes.values()) if name != self._roles))

    def __enter__(self) -> Self:
        """The places, both free."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is being written is finished, whatever happened to the bucket after it."""
        self._writer.shutdown()
        for place in self._beside:
            place.close()
        if error is None:
            for writing in self._writing:
                writing.result()


def _count(engine: Engine, episodes: Mapping[str, TableName], before: Numbering) -> Numbering:
    n = {
        name: _number(engine, f"SELECT COUNT(*) AS n FROM {episodes[name]}") for name in ("pairs", "courses")
    }
    return Numbering(pairs=before.pairs + n["pairs"], courses=before.courses + n["courses"])


def build_bucketed_episodes(engine: Engine, parts: EpisodeParts, plan: BucketPlan) -> Mapping[str, TableName]:
    """The episode tables of all buckets as tables of the engine, by name, as if there were no buckets.

    ``attrition`` has the counting steps of all buckets afterwards.

    Parameters
    ----------
    engine
        Holds the study tables, and ``roles``.
    parts
        The finished buckets, kept for results.
    plan
        The buckets.
    """
    files = {name: parts.paths(name, plan.total) for name in KEYS_OF_RESULTS}
    # Each bucket has its own sets of drugs; the same set has the same bits in all of them.
    regimens = engine.restore("regimens_of_buckets", files.pop("regimens"))
    # `overlaps` is a word of SQL.
    named = {name: "overlapping_eras" if name == "overlaps" else name for name in files}
    built = {name: engine.restore(named[name], paths) for name, paths in files.items()}
    built["regimens"] = engine.create("regimens", f"SELECT DISTINCT * FROM {regimens}")
    engine.load("attrition", build_part_counts(engine, parts, plan))
    return {**built, "roles": TableName("roles"), "reconciliation": build_part_days(engine, parts, plan)}


class StudyBuckets:
    """The buckets of one run that computes results: none where the data are small.

    Parameters
    ----------
    out
        The folder of results.
    progress
        Called before each bucket.
    """

    def __init__(self, out: Path, progress: Progress) -> None:
        self._folder = compute_parts_folder(out)
        self._progress = progress
        self._parts: EpisodeParts | None = None

    def build_episodes(
        self, engine: Engine, protocol: Protocol, read: ReadStudy
    ) -> Mapping[str, TableName] | None:
        """The episode tables by name, made in buckets; None where one bucket holds everything.

        Parameters
        ----------
        engine
            Holds the study tables.
        protocol
            The study's definitions.
        read
            What its reader found.

        Raises
        ------
        ProtocolError
            More than 52 drugs have a role.
        OutputError
            What is finished cannot be kept.
        EngineError
            The database ran out of memory or disk, or was lost.
        """
        plan = compute_bucket_plan(engine, protocol)
        if plan.total == 1:
            return None
        self._parts = build_parts(
            engine, protocol, read, plan, self._folder, self._progress, for_results=True
        )
        self._progress("Placing what happened")
        return build_bucketed_episodes(engine, self._parts, plan)

    def drop(self) -> None:
        """What was kept is not needed any more: the results are written."""
        if self._parts is not None:
            self._parts.drop()


def build_part_days(engine: Engine, parts: EpisodeParts, plan: BucketPlan) -> TableName:
    """The reconciliation of all buckets.

    Grain: one row per step from one view of the treatments to another, and item.
    """
    return engine.load("reconciliation", pa.Table.from_pylist(parts.read_days(plan.total)))


def build_part_counts(engine: Engine, parts: EpisodeParts, plan: BucketPlan) -> pa.Table:
    """The counting steps of the sources, and those of the exposures of all buckets.

    Grain: one row per step of ``attrition``.
    """
    own = "\"table\" <> 'eras' AND \"table\" <> 'ends'"
    read = engine.fetch(f"SELECT * FROM attrition WHERE {own} ORDER BY step").to_pylist()
    exposures = parts.read_exposure_counts(plan.total)
    followed = [{"step": step, **row} for step, row in enumerate(exposures, start=len(read) + 1)]
    return pa.Table.from_pylist([*read, *followed], schema=SCHEMAS["attrition"].arrow)


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


def _build_bucket_exposures(engine: Engine, where: str, used: Collection[str], *, is_view: bool) -> TableName:
    """The exposures of a bucket; columns that hold nothing take no room."""
    build = engine.define if is_view else engine.create
    rows = build("bucket_rows", f"SELECT {', '.join(sorted(used))} FROM exposures WHERE {where}")
    shown = ", ".join(
        c.name if c.name in used else f"{_NOTHING.get(c.type, 'CAST(NULL AS BIGINT)')} AS {c.name}"
        for c in SCHEMAS["exposures"].columns
    )
    return engine.define("bucket_exposures", f"SELECT {shown} FROM {rows}")


def _number(engine: Engine, sql: str) -> int:
    return int(engine.fetch(sql).column("n")[0].as_py() or 0)
