"""Episode tables of many patients, bucket by bucket: parts that outlive an interruption, and their union."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cotreat.engine import Engine, TableName
from cotreat.episodes.dated import Numbering
from cotreat.episodes.exposures import END_REASONS, EXPOSURE_REASONS
from cotreat.errors import OutputError
from cotreat.study_tables.schema import SCHEMAS, TableSchema

EPISODE_TABLES = ("eras", "segments", "pairs", "courses", "states", "lines", "regimens")
KEYS_OF_RESULTS = {
    **{name: SCHEMAS[name].key for name in EPISODE_TABLES},
    "overlaps": ("pair_key",),
    "observation": ("patient_key",),
}
"""The tables that results are computed from, with what they are ordered by."""
ROWS_PER_GROUP = 122_880
"""Rows of one row group of a Parquet file, whatever the buckets were."""

_BY_LENGTH = frozenset({"DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"})
_KEY = "key.json"
_COUNTS = "counts.json"


class EpisodeParts:
    """Finished buckets in a folder beside the results, kept until the results are there.

    A bucket is one folder with a Parquet file per table; it gets its name when everything
    in it is written, so that what has the name is whole. The folder belongs to one key:
    protocol, source, version and plan of buckets. Parts of another key are thrown away.

    Parameters
    ----------
    folder
        Where the parts are kept; it is made if it does not exist.
    key
        What the parts depend on.
    whole
        Tables to keep with all that they hold, and what each is ordered by; None: the columns of the
        published episode tables.

    Raises
    ------
    OutputError
        The folder holds other files, or cannot be written.
    """

    def __init__(
        self, folder: Path, key: Mapping[str, object], *, whole: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.folder = folder
        self._whole = whole
        facts = {"software": "cotreat", **key, "whole": sorted(whole or ())}
        text = json.dumps(facts, indent=2, sort_keys=True) + "\n"
        try:
            if folder.exists():
                self._require_own()
                if (folder / _KEY).read_text(encoding="utf-8") == text:
                    return
                self.drop()
            # The key is there before any part is.
            new = self._beside()
            # Rows about single persons: nobody else's business, however long an interruption lasts.
            new.mkdir(mode=0o700)
            (new / _KEY).write_text(text, encoding="utf-8")
            new.rename(folder)
        except OSError as error:
            msg = (
                f"{folder} cannot be written: {error.strerror or error}. Choose another folder or make room."
            )
            raise OutputError(msg) from error

    def _require_own(self) -> None:
        try:
            found = json.loads((self.folder / _KEY).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict) or found.get("software") != "cotreat":
            msg = (
                f"{self.folder} is not from an earlier run of cotreat. Move it away, or give another folder."
            )
            raise OutputError(msg)

    def is_finished(self, bucket: int) -> bool:
        """Whether the bucket was written whole, and still is: one that was damaged is written anew."""
        part = self._part(bucket)
        if not part.is_dir():
            return False
        try:
            # A computer that was switched off may have kept a name and lost what belongs to it.
            counts = self._counts(bucket)
            sizes = {name: (part / name).stat().st_size for name in counts["sizes"]}
            for name in sizes:
                pq.read_metadata(part / name)
        except (OSError, ValueError, KeyError, pa.ArrowException):
            sizes, counts = {}, {"sizes": None}
        if sizes != counts["sizes"]:
            shutil.rmtree(part, ignore_errors=True)
            return False
        return True

    def read_numbering(self, bucket: int) -> Numbering:
        """Pairs and courses up to this finished bucket, itself included."""
        counts = self._counts(bucket)
        return Numbering(pairs=int(counts["pairs"]), courses=int(counts["courses"]))

    def read_exposure_counts(self, buckets: int) -> list[dict[str, object]]:
        """What became of the exposures of all buckets: one row per counting step, with rows and patients."""
        found = [row for bucket in range(buckets) for row in self._counts(bucket)["exposures"]]
        return [
            {
                "table": table,
                "reason": reason,
                # No patient is in two buckets.
                **{n: sum(row[n] for row in rows) for n in ("rows", "patients")},
            }
            for table, reasons in (("eras", EXPOSURE_REASONS), ("ends", END_REASONS))
            for reason in reasons
            if (rows := [row for row in found if (row["table"], row["reason"]) == (table, reason)])
        ]

    def read_days(self, buckets: int) -> list[dict[str, object]]:
        """The reconciliation of all buckets: one row per step and item, with days and patients."""
        summed: dict[int, dict[str, Any]] = {}
        for bucket in range(buckets):
            for row in self._counts(bucket)["days"]:
                known = summed.setdefault(row["step"], {**row, "days": 0, "patients": 0})
                # No patient is in two buckets.
                for name in ("days", "patients"):
                    known[name] += row[name]
        return [summed[step] for step in sorted(summed)]

    def add_bucket(
        self, engine: Engine, bucket: int, episodes: Mapping[str, TableName], before: Numbering
    ) -> Numbering:
        """The bucket's episode tables are kept; how many pairs and courses there are now.

        Kept beside them are what became of its exposures (the steps ``eras`` and ``ends`` of ``attrition``)
        and its ``reconciliation``.

        Raises
        ------
        OutputError
            The disk is full, or the folder cannot be written.
        EngineError
            The database cannot give the rows.
        """
        new = self.folder / f".bucket-{bucket:05d}"
        shutil.rmtree(new, ignore_errors=True)
        try:
            new.mkdir()
            for name, key, columns in self._kept():
                path = new / f"{name}.parquet"
                engine.export(episodes[name], path, order_by=", ".join(key), columns=columns)
            rows = {name: pq.read_metadata(new / f"{name}.parquet").num_rows for name in ("pairs", "courses")}
            after = Numbering(pairs=before.pairs + rows["pairs"], courses=before.courses + rows["courses"])
            exposures = engine.fetch(
                'SELECT "table", reason, rows, patients FROM attrition '
                "WHERE \"table\" = 'eras' OR \"table\" = 'ends' ORDER BY step"
            ).to_pylist()
            days = engine.fetch(f"SELECT * FROM {episodes['reconciliation']} ORDER BY step").to_pylist()
            counts: dict[str, Any] = {
                "pairs": after.pairs,
                "courses": after.courses,
                "exposures": exposures,
                "days": days,
            }
            counts["sizes"] = {path.name: path.stat().st_size for path in new.glob("*.parquet")}
            (new / _COUNTS).write_text(json.dumps(counts), encoding="utf-8")
            new.rename(self._part(bucket))
        except OSError as error:
            msg = f"{self.folder} cannot be written: {error.strerror or error}. Make room and start again."
            raise OutputError(msg) from error
        return after

    def write_tables(self, folder: Path, buckets: int) -> Mapping[str, int]:
        """Each episode table as one Parquet file ordered by its key; how many rows it has.

        The bytes of a file depend on its rows only, not on the number of buckets.

        Raises
        ------
        OSError
            The folder cannot be written.
        """

        def write(name: str) -> int:
            return write_table(folder / f"{name}.parquet", SCHEMAS[name], self.paths(name, buckets))

        # Two at a time: each keeps one processor busy, and only a few groups of rows in memory.
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(EPISODE_TABLES, pool.map(write, EPISODE_TABLES), strict=True))

    def paths(self, name: str, buckets: int) -> list[Path]:
        """The files of a table, one for each bucket."""
        return [self._part(bucket) / f"{name}.parquet" for bucket in range(buckets)]

    def _kept(self) -> list[tuple[str, Sequence[str], Sequence[str] | None]]:
        """Tables, what each is ordered by, and its columns; None: all."""
        if self._whole is not None:
            return [(name, key, None) for name, key in self._whole.items()]
        return [(name, SCHEMAS[name].key, SCHEMAS[name].names) for name in EPISODE_TABLES]

    def drop(self) -> None:
        """The parts are not needed any more."""
        # Away under its name at once: killed in the middle, half a folder would look like somebody else's.
        gone = self._beside()
        with suppress(OSError):  # what cannot be moved is left: the results do not depend on it
            self.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def _beside(self) -> Path:
        """A hidden name; what a killed run leaves there is removed by the next one for the same results."""
        return self.folder.with_name(f".{self.folder.name}.{os.getpid()}")

    def _counts(self, bucket: int) -> dict[str, Any]:
        return json.loads((self._part(bucket) / _COUNTS).read_text(encoding="utf-8"))

    def _part(self, bucket: int) -> Path:
        return self.folder / f"bucket-{bucket:05d}"


def write_table(path: Path, schema: TableSchema, parts: Sequence[Path]) -> int:
    """One Parquet file of the rows of several, which follow each other; how many rows it has.

    Parameters
    ----------
    path
        The file to write.
    schema
        Its columns, and its key.
    parts
        Files that are ordered by the key, one after the other; sets of drugs (``regimens``)
        may stand in several of them and are written once.
    """
    is_repeated = schema.name == "regimens"
    batches = _distinct(schema, parts) if is_repeated else _batches(schema, parts)
    rows = 0
    whole = {f.name: "DELTA_BINARY_PACKED" for f in schema.arrow if pa.types.is_integer(f.type)}
    # The stubs know only one dictionary for all columns or none. A reader gets texts, not codes.
    options: Any = {"use_dictionary": _words(schema), "column_encoding": whole, "store_schema": False}
    coded = _coded(schema)
    with pq.ParquetWriter(path, coded, **options) as writer:
        for group in _groups(coded, batches):
            writer.write_table(_renumbered(group), row_group_size=ROWS_PER_GROUP)
            rows += group.num_rows
    return rows


def _words(schema: TableSchema) -> list[str]:
    return [field.name for field in schema.arrow if field.type == pa.string()]


def _coded(schema: TableSchema) -> pa.Schema:
    """The schema with codes in the place of texts, each text kept once."""
    code = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([pa.field(f.name, code if f.type == pa.string() else f.type) for f in schema.arrow])


def _renumbered(group: pa.Table) -> pa.Table:
    """Codes in the order in which texts come up: they do not depend on the buckets before."""
    for place, field in enumerate(group.schema):
        if pa.types.is_dictionary(field.type):
            chunk: Any = group.column(place).chunk(0)
            codes: Any = chunk.indices.dictionary_encode()
            texts = chunk.dictionary.take(codes.dictionary)
            group = group.set_column(place, field, pa.DictionaryArray.from_arrays(codes.indices, texts))
    return group


def _batches(schema: TableSchema, parts: Sequence[Path]) -> Iterator[pa.Table]:
    # Words stay codes on their way: most of the time would go into making texts of them and codes again.
    for part in parts:
        with pq.ParquetFile(part, read_dictionary=_read_as_codes(schema, part)) as file:
            for batch in file.iter_batches(batch_size=ROWS_PER_GROUP, columns=list(schema.names)):
                yield pa.Table.from_batches([batch]).select(schema.names).cast(_coded(schema))


def _read_as_codes(schema: TableSchema, part: Path) -> list[str]:
    """Words that the file keeps as codes; Arrow makes codes of no text that is kept by its length."""
    found = pq.read_metadata(part)
    groups = [found.row_group(place) for place in range(found.num_row_groups)]
    columns = [group.column(place) for group in groups for place in range(group.num_columns)]
    by_length = {c.path_in_schema for c in columns if _BY_LENGTH & set(c.encodings)}
    return [name for name in _words(schema) if name not in by_length]


def _distinct(schema: TableSchema, parts: Sequence[Path]) -> Iterator[pa.Table]:
    found = [batch.cast(schema.arrow) for batch in _batches(schema, parts)]
    together = pa.concat_tables([schema.arrow.empty_table(), *found])
    distinct = (
        together.group_by(list(schema.names))
        .aggregate([])
        .select(schema.names)
        .sort_by([(key, "ascending") for key in schema.key])
    )
    yield distinct.cast(_coded(schema))


def _groups(schema: pa.Schema, batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of one row group each; only the last one may be smaller."""
    waiting = schema.empty_table()
    for batch in batches:
        waiting = pa.concat_tables([waiting, batch])
        while waiting.num_rows >= ROWS_PER_GROUP:
            yield waiting.slice(0, ROWS_PER_GROUP).unify_dictionaries().combine_chunks()
            waiting = waiting.slice(ROWS_PER_GROUP)
    if waiting.num_rows:
        yield waiting.unify_dictionaries().combine_chunks()
