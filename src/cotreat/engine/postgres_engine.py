"""PostgreSQL 15 or newer, through ADBC; its tables are temporary."""

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.dataset import dataset

from cotreat.engine.contract import (
    Connection,
    Scalar,
    TableName,
    compute_column_list,
    parse_keys,
    parse_parameters,
    parse_table_name,
)
from cotreat.engine.dialects import POSTGRES, Dialect
from cotreat.engine.messages import compute_first_line, compute_without_secrets
from cotreat.errors import EngineError, UsageError


class PostgresEngine(Connection):
    """Engine on PostgreSQL: temporary tables that hide permanent ones and never change them."""

    def __init__(self, url: str, *, memory_limit_mb: int | None = None) -> None:
        try:
            from adbc_driver_postgresql import dbapi
        except ModuleNotFoundError as error:
            msg = 'PostgreSQL needs a driver that is not installed: pip install "cotreat[postgres]".'
            raise UsageError(msg) from error
        self._error: type[Exception] = dbapi.Error
        self._url = url
        self._views: set[str] = set()
        try:
            self._connection: Any = dbapi.connect(url, autocommit=True)
        except dbapi.Error as error:
            msg = f"PostgreSQL cannot be reached: {_explain(error, url)}"
            # Not chained: the driver's own error may hold a part of the password.
            raise EngineError(msg) from None
        # Compiling each statement takes longer than most of them run.
        self._run("SET jit = off")
        if memory_limit_mb is not None:
            self._run(f"SET work_mem = '{max(4, memory_limit_mb // 8)}MB'")

    @property
    def dialect(self) -> Dialect:
        """What PostgreSQL spells in its own way."""
        return POSTGRES

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        table = parse_table_name(name)
        self._replace(table, "TABLE", sql, params)
        self._run(f"ANALYZE {table}")
        return table

    def define(self, name: str, sql: str) -> TableName:
        """A new view: the rows of a query, computed each time they are read."""
        view = parse_table_name(name)
        self._replace(view, "VIEW", sql, None)
        self._views.add(view)
        return view

    def load(self, name: str, table: pa.Table) -> TableName:
        """A new table holding the rows of an Arrow table."""
        return self._ingest(name, table)

    def fetch(self, sql: str, params: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query; for counts and listings, never for whole data."""
        with self._cursor() as cursor:
            cursor.execute(*_bind(sql, params))
            found: pa.Table = cursor.fetch_arrow_table()
            return found.replace_schema_metadata(None).cast(_plain(found.schema))

    def export(self, name: str, path: Path, *, order_by: str, columns: Sequence[str] | None = None) -> None:
        """A table, or some of its columns, as one Parquet file, ordered by its key."""
        table = parse_table_name(name)
        keys = ", ".join(parse_keys(order_by))
        with self._cursor() as cursor:
            cursor.execute(f"SELECT {compute_column_list(columns)} FROM {table} ORDER BY {keys}")
            reader: pa.RecordBatchReader = cursor.fetch_record_batch()
            schema = _plain(reader.schema)
            with pq.ParquetWriter(path, schema) as writer:
                for batch in reader:
                    writer.write_batch(batch.cast(schema))

    def restore(self, name: str, paths: Sequence[Path]) -> TableName:
        """A new table holding the rows of Parquet files of one shape."""
        # The database may be on another machine: the rows go there in batches.
        return self._ingest(name, dataset(list(map(str, paths)), format="parquet").scanner().to_reader())

    def drop(self, *names: str) -> None:
        """The tables and views are gone; one that does not exist is not missed."""
        for name in names:
            kind = "VIEW" if name in self._views else "TABLE"
            self._views.discard(name)
            self._run(f"DROP {kind} IF EXISTS pg_temp.{parse_table_name(name)} CASCADE")

    def fork(self, *reads: str) -> None:
        """None: a second connection would not see the tables of this one."""

    def close(self) -> None:
        """The connection is closed."""
        self._connection.close()

    def _ingest(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> TableName:
        target = parse_table_name(name)
        self.drop(target)
        with self._cursor() as cursor:
            cursor.adbc_ingest(target, rows, mode="create", temporary=True)
        self._run(f"ANALYZE {target}")
        return target

    def _replace(self, name: TableName, kind: str, sql: str, params: Mapping[str, Scalar] | None) -> None:
        """Put a new table or view under a name that its own definition may read."""
        self._run(f"CREATE TEMP {kind} cotreat_new AS {sql}", params)
        self.drop(name)
        self._run(f"ALTER {kind} pg_temp.cotreat_new RENAME TO {name}")

    def _run(self, sql: str, params: Mapping[str, Scalar] | None = None) -> None:
        with self._cursor() as cursor:
            cursor.execute(*_bind(sql, params))

    @contextmanager
    def _cursor(self) -> Generator[Any]:
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except self._error as error:
            said = _explain(error, self._url)
            is_lost = any(sign in str(error) for sign in _LOST)
            what = (
                "The connection to PostgreSQL was lost" if is_lost else "PostgreSQL could not run a statement"
            )
            msg = f"{what}: {said}"
            raise EngineError(msg) from None


def _bind(sql: str, params: Mapping[str, Scalar] | None) -> tuple[str, tuple[Scalar, ...] | None]:
    """The text in PostgreSQL's own spelling of parameters, and their values in order."""
    text, names = parse_parameters(sql, params, "${place}")
    # The one type of the portable texts that PostgreSQL spells in its own way.
    text = text.replace("AS DOUBLE)", "AS DOUBLE PRECISION)")
    return text, tuple((params or {})[name] for name in names) or None


_LOST = ("terminating connection", "server closed the connection", "no connection to the server")
# What to do, by what PostgreSQL says; the first that fits.
_ADVICE = (
    (_LOST, "Nothing was left half-written: start again when the database is back."),
    (
        ("password authentication failed", "no password supplied"),
        "Check the role and its password; instead of in the URL it can stand in ~/.pgpass or in PGPASSWORD.",
    ),
    (
        ("to create temporary tables",),
        "The tables of a study are temporary: grant TEMPORARY on the database to the role.",
    ),
    (("permission denied",), "Grant the role the right to read it."),
    (
        ("No space left", "could not extend file"),
        "The database's disk is full: free some space and start again.",
    ),
    (
        ("Connection refused", "could not translate host name", "timeout expired"),
        "Check the host and the port in `engine.url`.",
    ),
)


def _explain(error: Exception, url: str) -> str:
    """What PostgreSQL said, without the statement before it and what stands after it, and what to do."""
    text = str(error)
    # A refused statement stands in front of the reason for it.
    reason = re.search(r"(?:ERROR|FATAL|PANIC):\s*(.+)", text)
    line = reason[1] if reason else re.sub(r"^(?:\w+: )?(?:\[libpq\] )?", "", compute_first_line(error))
    advice = next((what for signs, what in _ADVICE if any(sign in text for sign in signs)), "")
    said = compute_without_secrets(line.split(". SQLSTATE:")[0].strip(), url)
    return f"{said.rstrip('.')}. {advice}".strip()


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema without what only PostgreSQL knows; integers are BIGINT, as on the other engines."""
    return pa.schema(
        [pa.field(f.name, pa.int64() if pa.types.is_integer(f.type) else f.type) for f in schema]
    )
