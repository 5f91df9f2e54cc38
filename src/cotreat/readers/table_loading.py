"""How the rows of a file come into DuckDB, whatever kind of file it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import duckdb

from cotreat.findings import Findings
from cotreat.readers.grids import DecimalSign
from cotreat.readers.places import Place


@dataclass(frozen=True)
class RowTarget:
    """Where the rows go, and what becomes of their cells.

    Attributes
    ----------
    table
        Name of the table, which is made anew: ``source_row`` and one column per field.
    columns
        By field, SQL over the file's columns, which are called ``c0, c1, ...`` from the
        left.
    positions
        Positions of the columns that the SQL names, ascending.
    words
        Parameters of the SQL.
    """

    table: str
    columns: Mapping[str, str]
    positions: Sequence[int]
    words: Mapping[str, str]

    def create(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        """The table is made of the rows of a relation."""
        self._run(connection, f"CREATE OR REPLACE TABLE {self.table} AS", relation)

    def append(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        """The rows of a relation are added."""
        self._run(connection, f"INSERT INTO {self.table}", relation)

    def _run(self, connection: duckdb.DuckDBPyConnection, into: str, relation: str) -> None:
        selected = ", ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        statement = f"{into} SELECT source_row, {selected} FROM ({relation})"
        # A parameter that the SQL does not use is an error.
        used = {key: word for key, word in self.words.items() if f"${key}" in statement}
        connection.execute(statement, used or None)


@dataclass(frozen=True)
class LoadedRows:
    """What did not come into DuckDB.

    Attributes
    ----------
    left_out
        Rows that cannot be told apart into cells, by reason.
    n_blank
        Blank lines between the rows.
    findings
        About these rows.
    """

    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
    n_blank: int = 0
    findings: Findings = field(default_factory=Findings.of)


class LongFile(Protocol):
    """A file or sheet that is open for reading.

    Attributes
    ----------
    headings
        From left to right; empty where a column has none.
    types
        For each heading, the type of the column in DuckDB.
    decimal
        Decimal sign of its numbers where the file or the protocol gives one.
    """

    @property
    def place(self) -> Place:
        """Where it is."""
        ...

    @property
    def headings(self) -> Sequence[str]:
        """From left to right; empty where a column has none."""
        ...

    @property
    def types(self) -> Sequence[str]:
        """For each heading, the type of the column in DuckDB."""
        ...

    @property
    def sha256(self) -> str:
        """Of the file."""
        ...

    @property
    def about(self) -> str:
        """What was found out about it."""
        ...

    @property
    def decimal(self) -> DecimalSign | None:
        """Decimal sign of its numbers; None: not known yet."""
        ...

    @property
    def findings(self) -> Findings:
        """Problems of the file itself."""
        ...

    def load(self, connection: duckdb.DuckDBPyConnection, target: RowTarget) -> LoadedRows:
        """The rows are in their table, in no order, each with its line."""
        ...


def read_counts(
    connection: duckdb.DuckDBPyConnection, sql: str, words: Mapping[str, str] | None = None
) -> tuple[Any, ...]:
    """The one row of a query that counts; all of it is fetched, which leaves the connection free."""
    return connection.execute(sql, words).fetchall()[0]


def compute_counted(n: int, noun: str) -> str:
    """The number with its noun: 1 row, 1,200 rows."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
