"""Files of FHIR resources, as one table per type of resource in DuckDB.

A file in which every line is one resource (bulk NDJSON) is read by DuckDB as it stands. When a line
is no JSON, or the lines do not count up, it is read line by line instead: slower, but that knows what
is wrong where. A document (a Bundle, a list, one resource) is read as a whole; its entries count from 1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cotreat.engine.literals import compute_file_literal, compute_literal
from cotreat.findings import Findings
from cotreat.readers.fhir.lines import LONGEST_LINE, BadLines, read_good_lines
from cotreat.readers.fhir.structure import STRUCTURES, compute_structure, compute_table
from cotreat.readers.places import Place
from cotreat.readers.table_files import SCRATCH
from cotreat.readers.table_loading import read_counts
from cotreat.readers.table_surveys import read_survey

RESOURCES = f"{SCRATCH}.fhir_resources"
"""One row per resource: ``n`` (1.. over all files), ``file_id, line, kind, full_url``; kind NULL: none."""

_OBJECTS = f"{SCRATCH}.fhir_objects"
_LARGEST_DOCUMENT = 512 << 20  # bytes; it is read as a whole
_LINE_ENDINGS = (".ndjson", ".jsonl")
ENDINGS = (*_LINE_ENDINGS, ".json")


@dataclass(frozen=True)
class FhirFile:
    """One file that was read.

    Attributes
    ----------
    place, sha256
        Where it is, and of its bytes.
    about
        What it turned out to be.
    left_out
        Lines that hold no JSON, by reason.
    findings
        About these lines.
    """

    place: Place
    sha256: str
    about: str
    left_out: Mapping[str, int]
    findings: Findings


def build_resource_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables of resources, empty."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {RESOURCES} "
        "(n BIGINT, file_id BIGINT, line BIGINT, kind VARCHAR, full_url VARCHAR)"
    )
    for kind in STRUCTURES:
        connection.execute(
            f"CREATE OR REPLACE TABLE {SCRATCH}.{compute_table(kind)} AS SELECT CAST(0 AS BIGINT) AS n, r.* "
            f"FROM (SELECT json_transform('{{}}', {_structure(kind)}) AS r) WHERE FALSE"
        )


def read_fhir_file(connection: duckdb.DuckDBPyConnection, path: Path, file_id: int) -> FhirFile:
    """The resources of a file are added to the tables of their types.

    Raises
    ------
    SourceError
        The file cannot be read, or is no JSON.
    """
    place = Place(path.name)
    survey = read_survey(path, place)
    if not survey.n_lines:
        place.refuse("it is empty.", "Export it again, or take it out of the folder.")
    if not survey.is_utf8:
        place.refuse("it is not UTF-8, as JSON has to be.", "Export it again.")
    loading = _Loading(connection, path, place, file_id)
    bad = BadLines()
    # Line numbers rest on the order of the file.
    connection.execute("SET preserve_insertion_order = true")
    try:
        about = loading.load(survey.n_lines, survey.size, bad)
    finally:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"DROP TABLE IF EXISTS {_OBJECTS}")
    return FhirFile(place, survey.sha256, about, bad.left_out, bad.validate(place))


@dataclass(frozen=True)
class _Loading:
    """The way of one file into the tables."""

    connection: duckdb.DuckDBPyConnection
    path: Path
    place: Place
    file_id: int

    def load(self, n_lines: int, size: int, bad: BadLines) -> str:
        """The resources are in their tables; what the file turned out to be."""
        is_named_lines = self.path.suffix.lower() in _LINE_ENDINGS
        if (is_named_lines or n_lines > 1) and self._load_plain_lines(n_lines):
            about = "NDJSON"
        elif is_named_lines:
            for _ in read_good_lines(self.connection, self.path, _OBJECTS, bad):
                self._add(f"SELECT line AS place, line, NULL AS full_url, json FROM {_OBJECTS}")
            about = "NDJSON"
        else:
            about = self._load_document(size)
        return about

    def _load_plain_lines(self, n_lines: int) -> bool:
        """Whether every line is one JSON value, and they are loaded."""
        objects = (
            f"SELECT row_number() OVER () AS line, json FROM read_ndjson_objects("
            f"{compute_file_literal(str(self.path))}, maximum_object_size = {LONGEST_LINE})"
        )
        try:
            n_added = self._add(f"SELECT line AS place, line, NULL AS full_url, json FROM ({objects})")
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            n_added = 0
        if n_added != n_lines:
            self._forget()
        return n_added == n_lines

    def _load_document(self, size: int) -> str:
        """A Bundle, a list of resources or one resource, read as a whole."""
        if size > _LARGEST_DOCUMENT:
            self.place.refuse(
                f"it is one document of more than {_LARGEST_DOCUMENT >> 20} MB.",
                "Export NDJSON, one resource on each line.",
            )
        document = (
            f"read_json_objects({compute_file_literal(str(self.path))}, format = 'unstructured', "
            f"maximum_object_size = {size + 1024})"
        )
        try:
            self.connection.execute(
                f"""
                CREATE OR REPLACE TABLE {_OBJECTS} AS
                SELECT row_number() OVER () AS line, json FROM (
                    SELECT unnest(
                        CASE WHEN json_type(json) = 'ARRAY' THEN CAST(json AS JSON[]) ELSE [json] END
                    ) AS json FROM {document}
                )
                """
            )
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            self.place.refuse(
                f"it is not JSON{_where(error)}: it may be cut off.",
                "Export the file again.",
            )
        self._add(f"SELECT line AS place, line, NULL AS full_url, json FROM {_OBJECTS}")
        return "JSON"

    def _forget(self) -> None:
        """What was read of the file before it turned out to be something else is gone."""
        numbers = f"SELECT n FROM {RESOURCES} WHERE file_id = {self.file_id}"
        for kind in STRUCTURES:
            self.connection.execute(f"DELETE FROM {SCRATCH}.{compute_table(kind)} WHERE n IN ({numbers})")
        self.connection.execute(f"DELETE FROM {RESOURCES} WHERE file_id = {self.file_id}")

    def _add(self, objects: str, *, depth: int = 0) -> int:
        """The objects of a relation (``place, line, full_url, json``) are added by their types; how many."""
        (before,) = read_counts(self.connection, f"SELECT COALESCE(MAX(n), 0) FROM {RESOURCES}")
        self.connection.execute(
            f"INSERT INTO {RESOURCES} SELECT {before} + place, {self.file_id}, line, {_KIND}, full_url "
            f"FROM ({objects})"
        )
        found = self.connection.execute(
            f"SELECT kind, COUNT(*) FROM {RESOURCES} WHERE n > {before} GROUP BY kind"
        ).fetchall()
        counts = {kind: int(n) for kind, n in found}
        for kind in STRUCTURES.keys() & counts.keys():
            # Nearly always all of them are of one type; then it need not be looked for again.
            where = f"WHERE {_KIND} = '{kind}'" if len(counts) > 1 else ""
            self.connection.execute(
                f"INSERT INTO {SCRATCH}.{compute_table(kind)} SELECT n, r.* FROM ("
                f"SELECT {before} + place AS n, json_transform(json, {_structure(kind)}) AS r "
                f"FROM ({objects}) {where})"
            )
        if "Bundle" in counts and depth < _DEEPEST_BUNDLE:
            self._add_entries(objects, int(before), depth)
        return sum(counts.values())

    def _add_entries(self, objects: str, before: int, depth: int) -> None:
        """The entries of Bundles take the place of their Bundles."""
        table = f"{_OBJECTS}_{depth}"
        # In a document an entry is counted, in NDJSON it stands in a line.
        line = "line" if self.path.suffix.lower() in _LINE_ENDINGS else "entry"
        self.connection.execute(
            f"""
            CREATE OR REPLACE TABLE {table} AS
            SELECT row_number() OVER (ORDER BY place, entry) AS place, {line} AS line,
                e.fullUrl AS full_url, e.resource AS json
            FROM (
                SELECT place, line, unnest(entries) AS e, unnest(range(1, len(entries) + 1)) AS entry
                FROM (
                    SELECT place, line, json_transform(json, {compute_literal(_BUNDLE)}).entry AS entries
                    FROM ({objects}) WHERE {_KIND} = 'Bundle'
                )
            )
            WHERE e.resource IS NOT NULL
            """
        )
        self.connection.execute(f"DELETE FROM {RESOURCES} WHERE n > {before} AND kind = 'Bundle'")
        self._add(f"SELECT * FROM {table}", depth=depth + 1)
        self.connection.execute(f"DROP TABLE {table}")


_KIND = "json ->> '$.resourceType'"
_BUNDLE = '{"entry":[{"fullUrl":"VARCHAR","resource":"JSON"}]}'
_DEEPEST_BUNDLE = 3


def _where(error: duckdb.Error) -> str:
    found = re.search(r"at byte (\d+)", str(error))
    return f" at byte {found[1]}" if found else ""


def _structure(kind: str) -> str:
    return compute_literal(compute_structure(kind))
