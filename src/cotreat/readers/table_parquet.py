"""A long table in a Parquet file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb

from cotreat.engine.literals import compute_file_literal
from cotreat.findings import Findings
from cotreat.readers.grids import DecimalSign
from cotreat.readers.places import Place
from cotreat.readers.sheets import parse_heading
from cotreat.readers.table_cells import WITH_ZONE
from cotreat.readers.table_loading import LoadedRows, RowTarget, read_counts

_ROW_NUMBER = "file_row_number"
_US_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class LongParquet:
    """A Parquet file that is open for reading.

    Attributes
    ----------
    path, place
        Where it is.
    names
        Names of its columns as they are written.
    types, sha256, decimal
        As of every long file.
    """

    path: Path
    place: Place
    names: tuple[str, ...]
    types: tuple[str, ...]
    sha256: str
    decimal: DecimalSign | None

    @property
    def headings(self) -> Sequence[str]:
        """Names of its columns."""
        return tuple(map(parse_heading, self.names))

    @property
    def about(self) -> str:
        """That it is Parquet, whose rows are counted from 1."""
        return "Parquet, rows counted from 1"

    @property
    def findings(self) -> Findings:
        """None: what a Parquet file says of itself holds."""
        return Findings.of()

    def load(self, connection: duckdb.DuckDBPyConnection, target: RowTarget) -> LoadedRows:
        """The rows are in their table, each with its number."""
        columns = "".join(f", {_identifier(self.names[i])} AS c{i}" for i in target.positions)
        relation = f"SELECT {_ROW_NUMBER} + 1 AS source_row{columns} FROM {_relation(self.path)}"
        try:
            target.create(connection, relation)
            findings = [self._zone(connection, i) for i in target.positions if self.types[i] == WITH_ZONE]
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
            _refuse(self.place, error)
        return LoadedRows(findings=Findings.concat(findings))

    def _zone(self, connection: duckdb.DuckDBPyConnection, position: int) -> Findings:
        """Whether days were cut at another midnight than that of UTC."""
        time_of_day = f"epoch_us({_identifier(self.names[position])}) % {_US_PER_DAY} <> 0"
        n, first = read_counts(
            connection,
            f"SELECT COUNT(*), MIN({_ROW_NUMBER}) + 1 FROM {_relation(self.path)} WHERE {time_of_day}",
        )
        if not n:
            return Findings.of()
        return self.place.finding(
            "warning",
            "time_zone",
            f"{n:,} values are instants with a time zone and are read as days in UTC: a midnight "
            "elsewhere falls on the day before or after.",
            "Export plain dates.",
            row=first,
            column=self.headings[position],
        )


def read_long_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, place: Place, *, decimal: DecimalSign | None
) -> LongParquet:
    """A Parquet file with its columns; the rows are read when they are loaded.

    Raises
    ------
    SourceError
        The file is no Parquet file.
    """
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {_relation(path)}").fetchall()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (duckdb.Error, OSError) as error:
        _refuse(place, error)
    names = tuple(str(row[0]) for row in described)
    if _ROW_NUMBER in map(str.casefold, names):
        place.refuse(f"a column is called {_ROW_NUMBER}, which is needed here.", "Rename that column.")
    return LongParquet(path, place, names, tuple(str(row[1]) for row in described), digest, decimal)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _relation(path: Path) -> str:
    return f"read_parquet({compute_file_literal(str(path))}, binary_as_string = true)"


def _refuse(place: Place, error: Exception) -> NoReturn:
    reason = str(error).split("\n", 1)[0].rstrip(".")
    place.refuse(f"it is not read as Parquet ({reason[:200]}).", "Write it again.")
