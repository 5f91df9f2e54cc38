"""DuckDB, in memory or in a file: the default engine."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Self
from weakref import finalize

import duckdb
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
from cotreat.engine.dialects import DUCKDB, Dialect
from cotreat.engine.literals import compute_file_literal, compute_literal
from cotreat.engine.messages import compute_first_line
from cotreat.errors import EngineError, compute_is_interruption

# Delta-encoded keys and days: smaller and faster than pages with dictionaries of thousands of days.
_PARQUET = "FORMAT parquet, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1000"


class DuckDBEngine(Connection):
    """Engine on DuckDB, in memory or in a file; the default.

    It never reaches for the network: extensions are neither loaded nor installed by
    themselves, and Python variables are not visible to SQL.
    """

    def __init__(
        self, path: str = ":memory:", *, memory_limit_mb: int | None = None, spill_folder: Path | None = None
    ) -> None:
        self._remove_spill: Callable[[], object] = lambda: None
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "preserve_insertion_order": False,
        }
        if memory_limit_mb is not None:
            settings["memory_limit"] = f"{memory_limit_mb}MB"
        if spill_folder is None and path == ":memory:":
            # DuckDB's own place is the folder that one happens to be in; this one is closed to others.
            spill_folder = Path(mkdtemp(prefix="cotreat-"))
            self._remove_spill = finalize(self, rmtree, spill_folder, ignore_errors=True)
        if spill_folder is not None:
            settings["temp_directory"] = str(spill_folder)
        self._views: set[str] = set()
        try:
            self._connection = duckdb.connect(path, config=settings)
        except duckdb.Error as error:
            msg = f"DuckDB cannot open {path}: {compute_first_line(error)}"
            raise EngineError(msg) from error

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, for file readers, which use DuckDB's own dialect."""
        return self._connection

    @property
    def dialect(self) -> Dialect:
        """What DuckDB spells in its own way."""
        return DUCKDB

    def create(self, name: str, sql: str, params: Mapping[str, Scalar] | None = None) -> TableName:
        """A new table holding the rows of a query; an old one of that name is replaced."""
        table = self._name(name, is_view=False)
        self._run(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}", params)
        return table

    def define(self, name: str, sql: str) -> TableName:
        """A new view: the rows of a query, computed each time they are read."""
        view = self._name(name, is_view=True)
        self._run(f"CREATE OR REPLACE TEMP VIEW {view} AS {sql}")
        return view

    def load(self, name: str, table: pa.Table) -> TableName:
        """A new table holding the rows of an Arrow table."""
        target = self._name(name, is_view=False)
        with _translated():
            self._connection.register("arrow_input", table)
        try:
            self._run(f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT * FROM arrow_input")
        finally:
            self._connection.unregister("arrow_input")
        return target

    def fetch(self, sql: str, params: Mapping[str, Scalar] | None = None) -> pa.Table:
        """The rows of a query; for counts and listings, never for whole data."""
        text, bound = _bind(sql, params)
        with _translated():
            # A relation gives Arrow without the extra copy that a cursor's rows would take.
            return self._connection.sql(text, params=bound).to_arrow_table()

    def export(self, name: str, path: Path, *, order_by: str, columns: Sequence[str] | None = None) -> None:
        """A table, or some of its columns, as one Parquet file, ordered by its key."""
        table = parse_table_name(name)
        keys = ", ".join(parse_keys(order_by))
        rows = f"SELECT {compute_column_list(columns)} FROM {table} ORDER BY {keys}"
        self._run(f"COPY ({rows}) TO {compute_literal(str(path))} ({_PARQUET})")

    def restore(self, name: str, paths: Sequence[Path]) -> TableName:
        """The rows of Parquet files of one shape, read where they lie: the files stay as long as the name."""
        files = ", ".join(compute_file_literal(str(path)) for path in paths)
        return self.define(name, f"SELECT * FROM read_parquet([{files}])")

    def drop(self, *names: str) -> None:
        """The tables and views are gone; one that does not exist is not missed."""
        for name in names:
            kind = "VIEW" if name in self._views else "TABLE"
            self._views.discard(name)
            self._run(f"DROP {kind} IF EXISTS temp.{parse_table_name(name)}")

    def fork(self, *reads: str) -> Self | None:
        """An engine on the same database, with temporary tables of its own, for another thread."""
        # What is temporary belongs to one connection, and may hide another table of the same name.
        hidden = self._connection.execute(
            "SELECT COUNT(*) FROM (SELECT table_name AS name FROM duckdb_tables() WHERE temporary "
            "UNION ALL SELECT view_name AS name FROM duckdb_views() WHERE temporary) WHERE name IN "
            "(SELECT unnest($reads))",
            {"reads": list(reads)},
        ).fetchall()
        if hidden != [(0,)]:
            return None
        beside = object.__new__(type(self))
        beside._connection = self._connection.cursor()
        beside._views = set()
        beside._remove_spill = lambda: None
        return beside

    def close(self) -> None:
        """The connection is closed, and what exceeded its memory is gone."""
        self._connection.close()
        self._remove_spill()

    def _name(self, name: str, *, is_view: bool) -> TableName:
        """The checked name, free of what stood under it if that was of the other kind."""
        table = parse_table_name(name)
        if is_view != (table in self._views):
            self.drop(table)
        if is_view:
            self._views.add(table)
        return table

    def _run(self, sql: str, params: Mapping[str, Scalar] | None = None) -> None:
        text, bound = _bind(sql, params)
        with _translated():
            self._connection.execute(text, bound)


def _bind(sql: str, params: Mapping[str, Scalar] | None) -> tuple[str, dict[str, Scalar] | None]:
    """The text in DuckDB's own spelling of parameters, and those that it uses."""
    text, names = parse_parameters(sql, params, "${name}")
    return text, {name: (params or {})[name] for name in names} or None


@contextmanager
def _translated() -> Generator[None]:
    """What DuckDB raises, as an error of ours or as Ctrl-C."""
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        if compute_is_interruption(error):
            raise KeyboardInterrupt from error
        if isinstance(error, duckdb.Error):
            raise EngineError(_explain(error)) from error
        raise


def _explain(error: Exception) -> str:
    said = compute_first_line(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return (
            f"DuckDB ran out of memory: {said} Raise `engine.memory_limit_mb`, or use more buckets "
            "(`engine.buckets`), each of fewer patients."
        )
    if "No space left" in str(error):
        # DuckDB repeats the error of the system as JSON in one of its own.
        file = re.search(r'file \\*"([^"\\]+)', said)
        what = f"{file[1]} could not be written." if file else said
        return f"The disk is full: {what} Free some space and start again."
    return f"DuckDB could not run a statement: {said}"
