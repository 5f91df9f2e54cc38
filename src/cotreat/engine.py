"""Where tables live and SQL runs; the only file that names a database.

An :class:`Engine` is small on purpose: everything from study tables to counting is
one portable SQL text per step, and an engine only runs it. Parameters are written
``:name`` and are bound, never pasted; table names are checked identifiers.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import NewType, Protocol, Self, runtime_checkable
from urllib.parse import parse_qs, urlsplit

import duckdb
import pyarrow as pa

from cotreat.errors import EngineError, UsageError

TableName = NewType("TableName", str)
Tables = Mapping[str, TableName]
Scalar = int | float | str | None

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


def parse_table_name(text: str) -> TableName:
    """The text as a table name: a lower-case identifier, safe to stand in SQL.

    Raises
    ------
    UsageError
        The text has other characters than a-z, 0-9 and _, or is too long.
    """
    if not _IDENTIFIER.fullmatch(text):
        msg = f"{text!r} is not a table name: use a-z, 0-9 and _, starting with a letter."
        raise UsageError(msg)
    return TableName(text)


@runtime_checkable
class Engine(Protocol):
    """What every database adapter can do."""

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        ...

    def define(self, name: str, sql: str) -> TableName:
        """A new view: the rows of a query, computed each time they are read."""
        ...

    def load(self, name: str, table: pa.Table) -> TableName:
        """A new table holding the rows of an Arrow table."""
        ...

    def fetch(self, sql: str, params: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query; for counts and listings, never for whole data."""
        ...

    def export(self, name: str, path: Path, *, order_by: str) -> None:
        """A table as one Parquet file, ordered by its key."""
        ...

    def drop(self, *names: str) -> None:
        """The tables are gone; one that does not exist is not missed."""
        ...

    def close(self) -> None:
        """The connection is closed."""
        ...

    def __enter__(self) -> Self:
        """The engine itself, closed at the end of the block."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The connection is closed."""
        ...


class DuckDBEngine:
    """Engine on DuckDB, in memory or in a file; the default.

    It never reaches for the network: extensions are neither loaded nor installed by
    themselves, and Python variables are not visible to SQL.
    """

    def __init__(self, path: str = ":memory:", *, memory_limit_mb: int | None = None) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "preserve_insertion_order": False,
        }
        if memory_limit_mb is not None:
            settings["memory_limit"] = f"{memory_limit_mb}MB"
        try:
            self._connection = duckdb.connect(path, config=settings)
        except duckdb.Error as error:
            msg = f"DuckDB cannot open {path}: {_first_line(error)}"
            raise EngineError(msg) from error

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, for file readers, which use DuckDB's own dialect."""
        return self._connection

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        table = parse_table_name(name)
        self._run(f"CREATE OR REPLACE TABLE {table} AS {sql}", params)
        return table

    def define(self, name: str, sql: str) -> TableName:
        """A new view: the rows of a query, computed each time they are read."""
        view = parse_table_name(name)
        self._run(f"CREATE OR REPLACE VIEW {view} AS {sql}", None)
        return view

    def load(self, name: str, table: pa.Table) -> TableName:
        """A new table holding the rows of an Arrow table."""
        target = parse_table_name(name)
        self._connection.register("arrow_input", table)
        try:
            self._run(f"CREATE OR REPLACE TABLE {target} AS SELECT * FROM arrow_input", None)
        finally:
            self._connection.unregister("arrow_input")
        return target

    def fetch(self, sql: str, params: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query; for counts and listings, never for whole data."""
        text, bound = _bind(sql, params)
        try:
            # A relation gives Arrow without the extra copy that a cursor's rows would take.
            return self._connection.sql(text, params=bound).to_arrow_table()
        except duckdb.Error as error:
            raise EngineError(_explain(error)) from error

    def export(self, name: str, path: Path, *, order_by: str) -> None:
        """A table as one Parquet file, ordered by its key."""
        table = parse_table_name(name)
        keys = ", ".join(parse_table_name(key.strip()) for key in order_by.split(","))
        # COPY takes no bound parameter for its target: the quote is doubled instead.
        target = str(path).replace("'", "''")
        self._run(f"COPY (SELECT * FROM {table} ORDER BY {keys}) TO '{target}' (FORMAT parquet)", None)

    def drop(self, *names: str) -> None:
        """The tables are gone; one that does not exist is not missed."""
        for name in names:
            self._run(f"DROP TABLE IF EXISTS {parse_table_name(name)}", None)

    def close(self) -> None:
        """The connection is closed."""
        self._connection.close()

    def __enter__(self) -> Self:
        """The engine itself, closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The connection is closed."""
        self.close()

    def _run(self, sql: str, params: Mapping[str, Scalar] | None) -> duckdb.DuckDBPyConnection:
        text, bound = _bind(sql, params)
        try:
            return self._connection.execute(text, bound)
        except duckdb.Error as error:
            raise EngineError(_explain(error)) from error


def _bind(sql: str, params: Mapping[str, Scalar] | None) -> tuple[str, dict[str, Scalar] | None]:
    """The text in DuckDB's own spelling of parameters, and those that it uses."""
    wanted = set(_PARAMETER.findall(sql)) if params else set[str]()
    bound = {key: value for key, value in (params or {}).items() if key in wanted}
    return (_PARAMETER.sub(r"$\1", sql), bound) if bound else (sql, None)


def _explain(error: Exception) -> str:
    return f"DuckDB could not run a statement: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def connect(url: str = "duckdb://", *, memory_limit_mb: int | None = None) -> Engine:
    """An engine for the database that the URL names.

    Parameters
    ----------
    url
        ``duckdb://`` for one in memory, ``duckdb:///path/to/file.duckdb`` for a file.
    memory_limit_mb
        Most memory the database may take, in megabytes; None leaves its own limit.

    Raises
    ------
    UsageError
        The URL names no database that cotreat knows.
    EngineError
        The database cannot be opened.
    """
    parts = urlsplit(url)
    if parts.scheme == "duckdb" and not parts.netloc and not parse_qs(parts.query):
        return DuckDBEngine(parts.path or ":memory:", memory_limit_mb=memory_limit_mb)
    # The URL may hold a password: only its scheme is repeated.
    msg = f"No engine for a URL that starts with {parts.scheme or '?'}://. Known: duckdb://, duckdb:///file."
    raise UsageError(msg)
