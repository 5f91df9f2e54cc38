"""Files of long tables, as tables in DuckDB with the line of each row."""

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from cotreat.errors import ProtocolError
from cotreat.findings import Findings
from cotreat.protocol import TableFile, TablesSource
from cotreat.readers.encodings import read_text
from cotreat.readers.long_tables import LONG_TABLES, LongField
from cotreat.readers.places import Place
from cotreat.readers.spreadsheet import read_sheet

_HEAD = 1 << 20
_CHUNK = 1 << 22
_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER")
_DAYS = ("DATE", "TIMESTAMP")
_KEPT_KINDS = ("number",)


@dataclass(frozen=True)
class LongTable:
    """One long table as it was read.

    Attributes
    ----------
    name
        Name of the study table; the rows are in DuckDB as ``raw_NAME``, with
        ``source_row`` and one column for each field.
    types
        By field that the table has, the type of its column in DuckDB.
    headings
        By field, the heading in the file.
    about
        What was found out about the file.
    findings
        Problems of the file itself.
    """

    name: str
    place: Place
    sha256: str
    about: str
    types: Mapping[LongField, str]
    headings: Mapping[str, str]
    findings: Findings

    @property
    def raw(self) -> str:
        """Name of the rows in DuckDB."""
        return f"raw_{self.name}"

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
    sheet = table.file if source.workbook else ""
    place = Place(path.name, sheet)
    if not path.is_file():
        place.refuse("there is no such file.", f"Correct `file` under [source.{name}] of the protocol.")
    types, about, findings = _open(connection, source, sheet, path, place)
    headings = _map_headings(name, table, tuple(h for h in types if h != "source_row"), place)
    declared = {f.name: f for f in LONG_TABLES[name]}
    kept = {
        declared[fieldname]: _kept_type(declared[fieldname], types[h]) for fieldname, h in headings.items()
    }
    words = {f"missing_{i}": word.strip() for i, word in enumerate(source.missing)}
    selected = [
        f"{_clean(_quote(headings[f.name]), types[headings[f.name]], kept_type, words)} AS {f.name}"
        for f, kept_type in kept.items()
    ]
    sql = (
        f"CREATE OR REPLACE TABLE raw_{name} AS SELECT source_row, {', '.join(selected)} FROM long_table_file"
    )
    used = {key: word for key, word in words.items() if f"${key}" in sql}
    _run(connection, sql, used, place)
    connection.execute("DROP VIEW IF EXISTS long_table_file")
    return LongTable(name, place, _digest(path), about, kept, headings, findings)


def _open(
    connection: duckdb.DuckDBPyConnection, source: TablesSource, sheet: str, path: Path, place: Place
) -> tuple[dict[str, str], str, Findings]:
    """The file as the view ``long_table_file`` with `source_row`; its types by heading."""
    if path.suffix.lower() in (".parquet", ".pq"):
        return _open_parquet(connection, path, place)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".ods"):
        return _open_sheet(connection, source, sheet or None, path)
    return _open_text(connection, source, path, place)


def _open_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, place: Place
) -> tuple[dict[str, str], str, Findings]:
    try:
        rows = connection.read_parquet(str(path), file_row_number=True)
        view = rows.project("* EXCLUDE (file_row_number), file_row_number + 1 AS source_row")
        view.create_view("long_table_file", replace=True)
    except duckdb.Error as error:
        place.refuse(f"it is no Parquet file ({_first(error)}).", "Write it again.")
    return dict(zip(view.columns, map(str, view.types), strict=True)), "Parquet", Findings.of()


def _open_sheet(
    connection: duckdb.DuckDBPyConnection, source: TablesSource, sheet: str | None, path: Path
) -> tuple[dict[str, str], str, Findings]:
    is_text = sheet is None
    grid = read_sheet(
        path,
        sheet=sheet,
        encoding=source.encoding if is_text else None,
        delimiter=source.delimiter if is_text else None,
        decimal=source.decimal,
    )
    rows = grid.to_arrow().append_column("source_row", pa.array(grid.row_numbers, pa.int64()))
    connection.register("long_table_sheet", rows)
    connection.execute("CREATE OR REPLACE TEMP TABLE long_table_rows AS SELECT * FROM long_table_sheet")
    connection.unregister("long_table_sheet")
    connection.execute("CREATE OR REPLACE VIEW long_table_file AS SELECT * FROM long_table_rows")
    return dict.fromkeys(rows.column_names, "VARCHAR"), grid.about, grid.findings


def _open_text(
    connection: duckdb.DuckDBPyConnection, source: TablesSource, path: Path, place: Place
) -> tuple[dict[str, str], str, Findings]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        place.refuse("it is empty.", "Export it again.")
    # Cut at a line end, so that no character is cut in two.
    whole = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]
    decoded = read_text(whole, place, source.encoding)
    if decoded.encoding != "UTF-8":
        # DuckDB reads UTF-8; other encodings take the way of a sheet, which is slower and knows them all.
        return _open_sheet(connection, source, None, path)
    try:
        rows = connection.read_csv(
            str(path),
            header=True,
            all_varchar=True,
            delimiter=source.delimiter,
        )
        view = rows.project("*, row_number() OVER () + 1 AS source_row")
        view.create_view("long_table_file", replace=True)
    except duckdb.Error as error:
        place.refuse(f"it is not read as a table ({_first(error)}).", _WHAT_TO_DO)
    types = dict(zip(view.columns, map(str, view.types), strict=True))
    return types, decoded.encoding, decoded.findings


_WHAT_TO_DO = "Export it again as CSV, or give `delimiter` and `encoding` under [source] of the protocol."


def _run(connection: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, str], place: Place) -> None:
    """Make the table in the order of the file, which is what its line numbers rest on."""
    connection.execute("SET preserve_insertion_order = true")
    try:
        connection.execute(sql, dict(params) or None)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        place.refuse(f"it is not read as a table ({_first(error)}).", _WHAT_TO_DO)
    finally:
        connection.execute("SET preserve_insertion_order = false")


def _first(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")[:200]


def _map_headings(name: str, table: TableFile, present: tuple[str, ...], place: Place) -> dict[str, str]:
    """By field, the heading of the file: mapped by the protocol, else the standard one."""
    declared = {f.name: f for f in LONG_TABLES[name]}
    wanted = dict(table.columns) or {f.name: f.heading for f in declared.values() if f.heading in present}
    lines = [
        f"`source.{name}.columns`: `{fieldname}` is no field; perhaps {_near(fieldname, tuple(declared))}."
        for fieldname in table.columns
        if fieldname not in declared
    ]
    lines += [
        f"`source.{name}.columns.{fieldname}`: {place.file} has no column {heading!r}; "
        f"perhaps {_near(heading, present)}."
        for fieldname, heading in table.columns.items()
        if heading not in present
    ]
    lines += [
        f"`source.{name}`: {place.file} needs a column for `{f.name}` (such as {f.heading!r})."
        for f in declared.values()
        if f.is_required and f.name not in wanted
    ]
    if lines:
        raise ProtocolError("\n".join(lines))
    return {fieldname: heading for fieldname, heading in wanted.items() if fieldname in declared}


def _near(word: str, known: tuple[str, ...]) -> str:
    return ", ".join(difflib.get_close_matches(word, known, n=1) or known[:40])


def _quote(heading: str) -> str:
    return '"' + heading.replace('"', '""') + '"'


def _kept_type(field: LongField, column_type: str) -> str:
    if field.kind in ("start", "end", "exact") and column_type.startswith(_DAYS):
        return "DATE"
    numeric = column_type in (*_WHOLE_NUMBERS, "FLOAT", "DOUBLE") or column_type.startswith("DECIMAL")
    return "DOUBLE" if field.kind in _KEPT_KINDS and numeric else "VARCHAR"


def _clean(column: str, column_type: str, kept_type: str, words: Mapping[str, str]) -> str:
    """SQL for the cells of one column: trimmed, and NULL where nothing is said."""
    if kept_type != "VARCHAR":
        return f"CAST({column} AS {kept_type})"
    if column_type in ("FLOAT", "DOUBLE"):
        # An identifier that a program wrote as 7.0 is 7.
        whole = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {column} = floor({column}) THEN {whole} ELSE CAST({column} AS VARCHAR) END"
    if column_type != "VARCHAR":
        return f"CAST({column} AS VARCHAR)"
    said = ", ".join(["''", *(f"${key}" for key in words)])
    return f"CASE WHEN trim({column}) IN ({said}) THEN NULL ELSE trim({column}) END"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
