"""Spark 4: on this machine, on a cluster, or through Spark Connect."""

import re
import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from cotreat.engine.contract import (
    Connection,
    Scalar,
    TableName,
    compute_column_list,
    parse_keys,
    parse_parameters,
    parse_table_name,
)
from cotreat.engine.dialects import SPARK, Dialect
from cotreat.errors import EngineError, OutputError, UsageError

_SHORT = ("tinyint", "smallint", "int")


class SparkEngine(Connection):
    """Engine on Spark: each step is worked out in Spark and kept there; only counts come back."""

    def __init__(self, url: str, *, memory_limit_mb: int | None = None) -> None:
        try:
            from cotreat.engine import spark_session
        except ModuleNotFoundError as error:
            msg = 'Spark needs a package that is not installed: pip install "cotreat[spark]".'
            raise UsageError(msg) from error
        self._names: set[str] = set()
        self._said = partial(spark_session.compute_explanation, url=url)
        self._errors = spark_session.ERRORS
        with self._explained("Spark cannot be reached"):
            self._session: Any = spark_session.build_session(url, memory_limit_mb)

    @property
    def dialect(self) -> Dialect:
        """What Spark spells in its own way."""
        return SPARK

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        table = parse_table_name(name)
        with self._explained():
            # Without a checkpoint each later step would work this one out again.
            made = self._query(sql, params).localCheckpoint(eager=True)
            # A column that is passed on would be one and the same to Spark in both tables: no join of them.
            self._keep(table, made.toDF(*made.columns))
        return table

    def define(self, name: str, sql: str) -> TableName:
        """A new view: the rows of a query, computed each time they are read."""
        view = parse_table_name(name)
        with self._explained():
            self._keep(view, self._query(sql, None))
        return view

    def load(self, name: str, table: pa.Table) -> TableName:
        """A new table holding the rows of an Arrow table."""
        target = parse_table_name(name)
        with self._explained():
            self._keep(target, self._session.createDataFrame(table).localCheckpoint(eager=True))
        return target

    def fetch(self, sql: str, params: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query; for counts and listings, never for whole data."""
        with self._explained():
            found: pa.Table = self._query(sql, params).toArrow()
            return found.cast(_plain(found.schema))

    def export(self, name: str, path: Path, *, order_by: str, columns: Sequence[str] | None = None) -> None:
        """A table, or some of its columns, as one Parquet file, ordered by its key."""
        table = parse_table_name(name)
        parts = path.with_name(path.name + ".parts")
        rows = f"SELECT {compute_column_list(columns)} FROM {table}"
        with self._explained():
            frame = self._query(rows, None)
            # BIGINT for every whole number, as on the other engines.
            frame = frame.select(
                *(frame[c].cast("bigint").alias(c) if t in _SHORT else frame[c] for c, t in frame.dtypes)
            )
            frame = frame.coalesce(1).sortWithinPartitions(*parse_keys(order_by))
            frame.write.mode("overwrite").parquet(str(parts))
        written = sorted(parts.glob("part-*.parquet"))
        if len(written) != 1:
            msg = f"Spark wrote {path.name} where this machine cannot read it. Give a folder that both share."
            raise OutputError(msg)
        written[0].replace(path)
        for left in parts.iterdir():
            left.unlink()
        parts.rmdir()

    def restore(self, name: str, paths: Sequence[Path]) -> TableName:
        """A new table holding the rows of Parquet files of one shape."""
        table = parse_table_name(name)
        # To Spark every path is a pattern.
        plain = [re.sub(r"([][{}*?\\])", r"\\\1", str(path)) for path in paths]
        with self._explained():
            self._keep(table, self._session.read.parquet(*plain).localCheckpoint(eager=True))
        return table

    def drop(self, *names: str) -> None:
        """The tables and views are gone; one that does not exist is not missed."""
        for name in names:
            view = parse_table_name(name)
            with self._explained():
                self._session.catalog.dropTempView(view)
            self._names.discard(name)

    def fork(self, *reads: str) -> None:
        """None: spark shares its work out by itself."""

    def close(self) -> None:
        """The tables are gone; the session goes on, for others may use it."""
        # A Spark that was lost has said so before, and has no tables any more.
        with suppress(EngineError):
            self.drop(*self._names)

    def stop(self) -> None:
        """Spark itself is stopped, for everybody who uses it in this process."""
        self._session.stop()

    def _query(self, sql: str, params: Mapping[str, Scalar] | None) -> Any:
        text, names = parse_parameters(sql, params, ":{name}")
        return self._session.sql(text, args={name: (params or {})[name] for name in names})

    def _keep(self, name: TableName, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self._names.add(name)

    @contextmanager
    def _explained(self, what: str = "Spark could not run a statement") -> Generator[None]:
        """Errors of Spark in the block as one message of ours."""
        try:
            with warnings.catch_warnings():
                # It says so of every pandas from 3 on; what goes to Spark and comes back is Arrow.
                warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
                # Our own message says it better.
                warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]", UserWarning)
                yield
        except self._errors as error:
            msg = f"{what}: {self._said(error)}"
            # Not chained: Spark's own error may hold a part of the URL.
            raise EngineError(msg) from None


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with BIGINT for every whole number, as on the other engines."""
    return pa.schema(
        [pa.field(f.name, pa.int64() if pa.types.is_integer(f.type) else f.type) for f in schema]
    )
