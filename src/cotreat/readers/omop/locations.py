"""Where the tables of a CDM are: a DuckDB file, a folder of files, or a schema of a database.

DuckDB files are attached for reading only; nothing is ever written to any of them.
"""

import hashlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn
from typing import Protocol as Interface

import duckdb

from cotreat.engine import DuckDBEngine, Engine
from cotreat.engine.literals import compute_file_literal, compute_literal
from cotreat.readers.omop.layout import VOCABULARY_TABLES
from cotreat.readers.places import Excerpt, Place

_PARQUET = (".parquet", ".pq")
_TEXTS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
_ENDINGS = (*_PARQUET, *_TEXTS)
_DELIMITERS = ",\t;|"
_FIRST_LINE = 65_536  # bytes in which a line of headings ends
_DEFAULT_SCHEMA = "main"


class CdmLocation(Interface):
    """Where the tables of a CDM, or of a vocabulary, are.

    Attributes
    ----------
    engine
        The database in which they are read.
    """

    @property
    def engine(self) -> Engine:
        """The database in which they are read."""
        ...

    def relation(self, table: str) -> str:
        """What stands behind FROM; empty when it is known that there is no such table."""
        ...

    def place(self, table: str) -> Place:
        """What a finding names."""
        ...

    def fingerprint(self, table: str) -> str:
        """SHA-256 of the file; empty where it is no file."""
        ...

    def has_texts(self, table: str) -> bool:
        """Whether every column holds text, as in CSV files."""
        ...

    def in_schema(self, schema: str | None) -> "CdmLocation":
        """The same place, in another of its schemas if one is named."""
        ...


@dataclass(frozen=True)
class SchemaLocation:
    """A schema of the database that the study's SQL runs on."""

    engine: Engine
    schema: str

    def relation(self, table: str) -> str:
        """What stands behind FROM."""
        return f"{_quoted(self.schema)}.{table}"

    def place(self, table: str) -> Place:
        """The schema and the table."""
        return Place(self.schema, table)

    def fingerprint(self, table: str) -> str:
        """Nothing: a database has no bytes to look at."""
        del table
        return ""

    def has_texts(self, table: str) -> bool:
        """No: a database's columns have types."""
        del table
        return False

    def in_schema(self, schema: str | None) -> "SchemaLocation":
        """Another schema of the database, if one is named."""
        return replace(self, schema=schema or self.schema)


@dataclass(frozen=True)
class FileLocation:
    """A schema of a DuckDB file that is attached for reading."""

    engine: DuckDBEngine
    path: Path
    attached_as: str
    schema: str
    sha256: str

    def relation(self, table: str) -> str:
        """What stands behind FROM."""
        return f"{self.attached_as}.{_quoted(self.schema)}.{table}"

    def place(self, table: str) -> Place:
        """The file and the table."""
        return Place(self.path.name, table)

    def fingerprint(self, table: str) -> str:
        """SHA-256 of the whole file."""
        del table
        return self.sha256

    def has_texts(self, table: str) -> bool:
        """No: columns of a DuckDB file have types."""
        del table
        return False

    def in_schema(self, schema: str | None) -> "FileLocation":
        """Another schema of the file, if one is named."""
        return replace(self, schema=schema or self.schema)


@dataclass(frozen=True)
class FolderLocation:
    """A folder with a Parquet or CSV file, or a folder of them, for each table."""

    engine: DuckDBEngine
    path: Path
    files: Mapping[str, Sequence[Path]]

    def relation(self, table: str) -> str:
        """What stands behind FROM; empty when there is no such file."""
        paths = self.files.get(table, ())
        if not paths:
            return ""
        listed = ", ".join(compute_file_literal(str(path)) for path in paths)
        if not self.has_texts(table):
            return f"read_parquet([{listed}], binary_as_string = true, union_by_name = true)"
        delimiter = _delimiter(paths[0])
        # In an Athena download a quotation mark is an inch.
        quote = "" if delimiter == "\t" and table in VOCABULARY_TABLES else '"'
        return (
            f"read_csv([{listed}], all_varchar = true, header = true, nullstr = ['', 'NA'], "
            f"delim = {compute_literal(delimiter)}, quote = {compute_literal(quote)}, "
            f"escape = {compute_literal(quote)}, union_by_name = true)"
        )

    def place(self, table: str) -> Place:
        """The file, or the folder of files."""
        paths = self.files.get(table, ())
        if len(paths) == 1:
            return Place(paths[0].name)
        return Place(paths[0].parent.name if paths else self.path.name, "" if paths else table)

    def fingerprint(self, table: str) -> str:
        """SHA-256 of the file, or of all files of the table one after the other."""
        digest = hashlib.sha256()
        for path in self.files.get(table, ()):
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest() if self.files.get(table) else ""

    def has_texts(self, table: str) -> bool:
        """Whether the files of the table are CSV."""
        paths = self.files.get(table, ())
        return bool(paths) and not _has_ending(paths[0], _PARQUET)

    def in_schema(self, schema: str | None) -> "FolderLocation":
        """The folder: it has no schemas."""
        del schema
        return self


@contextmanager
def read_cdm_file(engine: DuckDBEngine, path: Path, schema: str | None) -> Generator[FileLocation]:
    """A DuckDB file, attached for reading as long as the block lasts.

    Raises
    ------
    SourceError
        There is no such file, it is no DuckDB file, or another program has it open for writing.
    """
    place = Place(path.name)
    if not path.is_file():
        found = "it is a folder." if path.is_dir() else "there is no such file."
        advice = "Use `source.folder`" if path.is_dir() else "Correct `source.file`"
        place.refuse(found, f"{advice} of the protocol.")
    attached_as = "omop_cdm"
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        engine.connection.execute(f"ATTACH {compute_literal(str(path))} AS {attached_as} (READ_ONLY)")
    except (duckdb.Error, OSError) as error:
        _refuse_file(place, error)
    try:
        yield FileLocation(engine, path, attached_as, schema or _DEFAULT_SCHEMA, sha256)
    finally:
        engine.connection.execute(f"DETACH {attached_as}")


def _refuse_file(place: Place, error: Exception) -> NoReturn:
    said = str(error).split("\n", 1)[0]
    if "lock" in said.lower() or "different configuration" in said:
        place.refuse(
            "another program has the file open for writing.",
            "Close it there (a notebook, a database viewer), or read a copy of the file.",
        )
    if "valid DuckDB database" in said or "not a valid" in said:
        place.refuse("it is no DuckDB file.", "Correct `source.file` of the protocol.")
    place.refuse(
        f"DuckDB cannot open it ({Excerpt(said)}).", "Open it in another program to see what is wrong."
    )


def read_cdm_folder(engine: DuckDBEngine, path: Path) -> FolderLocation:
    """A folder of Parquet or CSV files, one or a folder of them for each table, in any case of letters.

    Raises
    ------
    SourceError
        There is no such folder, or a table is there twice.
    """
    place = Place(path.name)
    if not path.is_dir():
        found = "it is a file, not a folder." if path.exists() else "there is no such folder."
        place.refuse(found, "Correct the folder in the protocol.")
    files: dict[str, Sequence[Path]] = {}
    for entry in sorted(path.iterdir()):
        name, found = _table_files(entry)
        if not found:
            continue
        if name in files:
            place.refuse(
                f"the table {Excerpt(name)} is there twice ({Excerpt(files[name][0].name)} and "
                f"{Excerpt(found[0].name)}).",
                "Leave one of them.",
            )
        files[name] = found
    return FolderLocation(engine, path, files)


def _table_files(entry: Path) -> tuple[str, Sequence[Path]]:
    """Name of the table that a file, or a folder of files, holds; no files: it holds none."""
    if entry.is_dir():
        inside = sorted(path for path in entry.iterdir() if _has_ending(path, _ENDINGS))
        first = [path for path in inside if _has_ending(path, _PARQUET)] or inside
        return entry.name.casefold(), first
    ending = next((one for one in _ENDINGS if _has_ending(entry, (one,))), "")
    return (entry.name[: -len(ending)].casefold(), [entry]) if ending else ("", [])


def _has_ending(path: Path, endings: Sequence[str]) -> bool:
    return path.name.casefold().endswith(tuple(endings)) and not path.name.startswith(".")


def _delimiter(path: Path) -> str:
    """The sign that stands most often in the line of headings."""
    if path.name.casefold().endswith(".gz"):
        return ","
    with path.open("rb") as file:
        line = file.readline(_FIRST_LINE).decode("utf-8", errors="replace")
    return max(_DELIMITERS, key=line.count)


def _quoted(schema: str) -> str:
    """The schema as it stands in SQL; the protocol allows no quotation mark in it."""
    return ".".join(f'"{part}"' for part in schema.split("."))
