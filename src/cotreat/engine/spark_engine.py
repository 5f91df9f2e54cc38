"""Spark 4: on this machine, on a cluster, or through Spark Connect."""

import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from cotreat.engine.contract import (
    Connection,
    Scalar,
    TableName,
    compute_column_list,
    compute_first_line,
    parse_keys,
    parse_parameters,
    parse_table_name,
)
from cotreat.engine.dialects import SPARK, Dialect
from cotreat.errors import EngineError, OutputError, UsageError

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    # "order" and "end" are columns of the episode tables and words of the language.
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}
_ON_THIS_MACHINE = {
    # Nothing listens to other machines.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
}


class SparkEngine(Connection):
    """Engine on Spark: each step is worked out in Spark and kept there; only counts come back."""

    def __init__(self, url: str, *, memory_limit_mb: int | None = None) -> None:
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ModuleNotFoundError as error:
            msg = "Spark needs an extra: install cotreat[spark]."
            raise UsageError(msg) from error
        self._errors: tuple[type[Exception], ...] = (PySparkException, OSError, RuntimeError)
        self._names: set[str] = set()
        # A failed statement becomes one message of ours; the log would add its stack trace.
        logging.getLogger("SQLQueryContextLogger").disabled = True
        try:
            self._session: Any = _build_session(SparkSession.builder, url, memory_limit_mb)
        except self._errors as error:
            msg = f"Spark cannot be reached: {compute_first_line(error)}"
            raise EngineError(msg) from error

    @property
    def dialect(self) -> Dialect:
        """What Spark spells in its own way."""
        return SPARK

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        table = parse_table_name(name)
        with self._explained():
            # Without a checkpoint each later step would work this one out again.
            self._keep(table, self._query(sql, params).localCheckpoint(eager=True))
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
            frame = self._query(rows, None).coalesce(1).sortWithinPartitions(*parse_keys(order_by))
            frame.write.mode("overwrite").parquet(str(parts))
        written = sorted(parts.glob("part-*.parquet"))
        if len(written) != 1:
            msg = f"Spark wrote {path.name} where this machine cannot read it. Give a folder that both share."
            raise OutputError(msg)
        written[0].replace(path)
        for left in parts.iterdir():
            left.unlink()
        parts.rmdir()

    def drop(self, *names: str) -> None:
        """The tables and views are gone; one that does not exist is not missed."""
        for name in names:
            self._session.catalog.dropTempView(parse_table_name(name))
            self._names.discard(name)

    def close(self) -> None:
        """The tables are gone; the session goes on, for others may use it."""
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
    def _explained(self) -> Generator[None]:
        try:
            yield
        except self._errors as error:
            msg = f"Spark could not run a statement: {compute_first_line(error)}"
            raise EngineError(msg) from error


def _build_session(builder: Any, url: str, memory_limit_mb: int | None) -> Any:
    """A session of the Spark that the URL names."""
    scheme, _, place = url.partition("://")
    builder = builder.appName("cotreat")
    for key, value in _SETTINGS.items():
        builder = builder.config(key, value)
    if scheme == "sc":
        return builder.remote(url).getOrCreate()
    if place.startswith("local"):
        for key, value in _ON_THIS_MACHINE.items():
            builder = builder.config(key, value)
    if memory_limit_mb is not None:
        builder = builder.config("spark.driver.memory", f"{memory_limit_mb}m")
    session = builder.master(url if ":" in place else place).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with BIGINT for every whole number, as on the other engines."""
    return pa.schema(
        [pa.field(f.name, pa.int64() if pa.types.is_integer(f.type) else f.type) for f in schema]
    )
