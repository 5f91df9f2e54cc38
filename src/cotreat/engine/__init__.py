"""Where tables live and SQL runs; the only place that names a database.

An :class:`Engine` is small on purpose: everything from study tables to counting is
one portable SQL text per step, and an engine only runs it. Parameters are written
``:name`` and are bound, never pasted; table names are checked identifiers.
"""

import re
from pathlib import Path

from cotreat.engine.contract import Engine, Scalar, TableName, Tables, parse_table_name
from cotreat.engine.dialects import Dialect
from cotreat.engine.duckdb_engine import DuckDBEngine
from cotreat.errors import UsageError

__all__ = [
    "Dialect",
    "DuckDBEngine",
    "Engine",
    "Scalar",
    "TableName",
    "Tables",
    "connect",
    "parse_table_name",
]

_KNOWN = (
    "duckdb://, duckdb:///file, postgresql://host/database, "
    "spark://local[*], spark://master:7077, spark://yarn, sc://host:15002"
)


def connect(
    url: str = "duckdb://", *, memory_limit_mb: int | None = None, spill_folder: Path | None = None
) -> Engine:
    """An engine for the database that the URL names.

    Parameters
    ----------
    url
        ``duckdb://`` for one in memory, ``duckdb:///path/to/file.duckdb`` for a file;
        ``postgresql://user@host/database``; ``spark://local[2]`` for Spark on this machine,
        ``spark://host:7077`` or ``spark://yarn`` for a cluster, ``sc://host:15002`` for Spark
        Connect.
    memory_limit_mb
        Most memory the database may take, in megabytes; None leaves its own limit.
    spill_folder
        Where DuckDB puts what exceeds its memory; None takes a private folder among the system's
        temporary files (``TMPDIR``), which goes with the connection, or for a database in a file
        the place beside it. Other databases have places of their own.

    Raises
    ------
    UsageError
        The URL names no database that cotreat knows, or the extra for it is not installed.
    EngineError
        The database cannot be opened.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "duckdb" and (not rest or (rest.startswith("/") and "?" not in rest)):
        return DuckDBEngine(rest or ":memory:", memory_limit_mb=memory_limit_mb, spill_folder=spill_folder)
    # The drivers below are extras: they are imported when they are asked for.
    if scheme in {"postgresql", "postgres"}:
        from cotreat.engine.postgres_engine import PostgresEngine

        return PostgresEngine(url, memory_limit_mb=memory_limit_mb)
    if scheme in {"spark", "sc"} and rest:
        from cotreat.engine.spark_engine import SparkEngine

        return SparkEngine(url, memory_limit_mb=memory_limit_mb)
    # The URL may hold a password: only what is a scheme beyond doubt is repeated.
    start = f" that starts with {scheme}://" if re.fullmatch(r"[a-z0-9+]{1,20}", scheme) else ""
    msg = f"No engine for a URL{start}. `engine.url` is one of: {_KNOWN}."
    raise UsageError(msg)
