"""Files of long tables, as tables in DuckDB with the line of each row."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cotreat.findings import Findings
from cotreat.protocol import TableFile, TablesSource
from cotreat.readers.grids import DecimalSign
from cotreat.readers.long_tables import LONG_TABLES, LongField
from cotreat.readers.places import Excerpt, Place
from cotreat.readers.table_cells import (
    build_clean_cell,
    build_missing_words,
    parse_kept_type,
    parse_missing_numbers,
)
from cotreat.readers.table_headings import parse_positions, validate_headings
from cotreat.readers.table_loading import LongFile, RowTarget, compute_counted, read_counts
from cotreat.readers.table_parquet import read_long_parquet
from cotreat.readers.table_sheets import read_long_sheet
from cotreat.readers.table_texts import read_long_text

SCRATCH = "long_tables"
"""Database in memory that holds the rows while they are read."""

_PARQUET = (".parquet", ".pq")
_WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_TEXTS = (".csv", ".tsv", ".tab", ".txt")


@dataclass(frozen=True)
class LongTable:
    """One long table as it was read.

    Attributes
    ----------
    name
        Name of the study table.
    file
        The file or sheet.
    types
        By field that the table has, the type of its column in DuckDB.
    headings
        By field, the heading in the file.
    decimal
        Decimal sign of its numbers; None: it is seen from them.
    date_format
        Format of its text dates; empty: ISO only.
    left_out
        Rows that could not be told apart into cells, by reason.
    findings
        Problems of the file itself.
    """

    name: str
    file: LongFile
    types: Mapping[LongField, str]
    headings: Mapping[str, str]
    decimal: DecimalSign | None
    date_format: str
    left_out: Mapping[str, int]
    findings: Findings

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.file.place

    @property
    def raw(self) -> str:
        """Name of its rows in DuckDB: ``source_row`` and one column per field."""
        return f"{SCRATCH}.raw_{self.name}"

    @property
    def stored(self) -> str:
        """Name of its rows in few bytes: words, doses and text dates as codes of their dictionaries."""
        return f"{SCRATCH}.stored_{self.name}"

    @property
    def staged(self) -> str:
        """Name of its rows with their cells read."""
        return f"{SCRATCH}.staged_{self.name}"

    @property
    def flagged(self) -> str:
        """Name of its rows in which something is wrong."""
        return f"{SCRATCH}.flagged_{self.name}"

    @property
    def has_number_ids(self) -> bool:
        """Whether its patients' identifiers are kept as whole numbers."""
        return any(kept == "BIGINT" for field, kept in self.types.items() if field.kind == "patient")

    def has(self, name: str) -> bool:
        """Whether the table has this field."""
        return name in self.headings


def read_long_table(
    connection: duckdb.DuckDBPyConnection, source: TablesSource, name: str, table: TableFile, path: Path
) -> LongTable:
    """One long table: blanks around texts and words for missing are gone.

    Raises
    ------
    SourceError
        The file cannot be read as a table.
    ProtocolError
        A mapped heading, or one that the table cannot do without, is not in it.
    """
    file = _open(connection, source, name, table, path)
    positions = parse_positions(name, table.columns, file)
    fields = {f: positions[f.name] for f in LONG_TABLES[name] if f.name in positions}
    types = {f: parse_kept_type(f, file.types[i], file.headings[i], file.place) for f, i in fields.items()}
    words = build_missing_words(source.missing)
    numbers = parse_missing_numbers(words.values())
    target = RowTarget(
        f"{SCRATCH}.raw_{name}",
        {
            f.name: build_clean_cell(f, f"c{i}", file.types[i], types[f], tuple(words), numbers)
            for f, i in fields.items()
        },
        sorted(set(fields.values())),
        words,
    )
    loaded = file.load(connection, target)
    n_blank = loaded.n_blank + _drop_blank_rows(connection, target)
    headings = {f.name: file.headings[i] for f, i in fields.items()}
    findings = [
        file.findings,
        loaded.findings,
        _blank_rows(file.place, n_blank),
        validate_headings(file, set(fields.values())),
    ]
    return LongTable(
        name,
        file,
        types,
        headings,
        file.decimal,
        table.date_format or source.date_format or "",
        loaded.left_out,
        Findings.concat(findings),
    )


def _open(
    connection: duckdb.DuckDBPyConnection, source: TablesSource, name: str, table: TableFile, path: Path
) -> LongFile:
    place = Place(path.name)
    if path.is_dir():
        place.refuse("it is a folder.", f"Name the file in it, under [source.{name}] of the protocol.")
    if not path.is_file():
        place.refuse(
            "there is no such file.", f"Correct {_key(source, name)} of the protocol. {_near_files(path)}"
        )
    decimal = table.decimal or source.decimal
    ending = path.suffix.lower()
    if source.workbook is not None or ending in _WORKBOOKS:
        return read_long_sheet(path, sheet=table.file if source.workbook else None, decimal=decimal)
    if ending in _PARQUET:
        return read_long_parquet(connection, path, place, decimal=decimal)
    if ending not in _TEXTS:
        place.refuse(
            f'files named "{Excerpt(ending)}" cannot be read.' if ending else "its name has no ending.",
            f"Save the table as one of {', '.join((*_TEXTS, *_PARQUET, *_WORKBOOKS))}.",
        )
    return read_long_text(
        path,
        place,
        encoding=table.encoding or source.encoding,
        delimiter=table.delimiter or source.delimiter,
        decimal=decimal,
    )


def _key(source: TablesSource, name: str) -> str:
    return "`source.workbook`" if source.workbook else f"`source.{name}.file`"


def _near_files(path: Path) -> str:
    try:
        names = sorted(one.name for one in path.parent.iterdir() if one.is_file())
    except OSError:
        return f"There is no folder {Excerpt(str(path.parent))}."
    near = difflib.get_close_matches(path.name, names, n=1) or names[:5]
    return f"There is {', '.join(Excerpt(one) for one in near)}." if near else "The folder is empty."


def _drop_blank_rows(connection: duckdb.DuckDBPyConnection, target: RowTarget) -> int:
    """Rows in which no cell that is read holds anything are gone; how many there were."""
    where = " AND ".join(f"{name} IS NULL" for name in target.columns)
    (n,) = read_counts(connection, f"SELECT COUNT(*) FROM {target.table} WHERE {where}")
    if n:
        connection.execute(f"DELETE FROM {target.table} WHERE {where}")
    return int(n)


def _blank_rows(place: Place, n: int) -> Findings:
    if not n:
        return Findings.of()
    return place.finding(
        "info",
        "blank_rows",
        f"Nothing stands in the columns that are read in {compute_counted(n, 'row')}: left out.",
        "Nothing, unless something should stand there.",
    )
