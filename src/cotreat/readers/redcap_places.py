"""Where a row of a long table stands in a REDCap export, as the person looks for it who keeps the project."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from cotreat.findings import FINDING_SCHEMA, Findings
from cotreat.readers.redcap_dictionary import Variable
from cotreat.readers.redcap_tables import Parts, TablePart
from cotreat.readers.table_files import SCRATCH, LongTable

_HEADINGS = pa.schema([("part", pa.int64()), ("field", pa.string()), ("heading", pa.string())])


def build_form_name(parts: Sequence[TablePart], dictionary: Mapping[str, Variable]) -> str:
    """The instruments that the variables of a table stand in; empty where no dictionary names them."""
    names = sorted({name for part in parts for name in part.named})
    forms = dict.fromkeys(dictionary[name].form for name in names if name in dictionary)
    return ", ".join(form for form in forms if form)


def build_heading(parts: Sequence[TablePart], field: str) -> str:
    """The variables that fill a field."""
    return ", ".join(dict.fromkeys(name for part in parts for name in part.variables.get(field, ())))


def build_placed_findings(
    connection: duckdb.DuckDBPyConnection,
    findings: Findings,
    tables: Sequence[LongTable],
    parts: Parts,
    forms: Mapping[str, str],
) -> Findings:
    """Findings about rows of long tables as findings about lines, variables and records of the export.

    Parameters
    ----------
    findings
        With the name of the study table as their sheet, rows by number, fields as columns.
    tables
        The long tables.
    parts
        By table, which variables fill which field.
    forms
        By table, its instruments.
    """
    remaining = findings.table
    placed: list[pa.Table] = []
    for table in tables:
        is_own = pc.equal(remaining["sheet"], pa.scalar(table.name, pa.string()))
        own = remaining.filter(is_own)
        remaining = remaining.filter(pc.invert(is_own))
        if own.num_rows:
            placed.append(_place(connection, own, table, parts[table.name], forms[table.name]))
    return Findings.concat([Findings(remaining), *map(Findings, placed)])


def _place(
    connection: duckdb.DuckDBPyConnection,
    own: pa.Table,
    table: LongTable,
    parts: Sequence[TablePart],
    form: str,
) -> pa.Table:
    headings = [
        {"part": number, "field": field, "heading": ", ".join(names)}
        for number, part in enumerate(parts)
        for field, names in part.variables.items()
    ]
    # A patient's row comes of all parts; what has no row is said of all of them.
    all_parts = [
        {"part": None, "field": field.name, "heading": build_heading(parts, field.name)}
        for field in table.types
    ]
    of_parts = [] if table.name == "patients" else headings
    connection.register("part_headings", pa.Table.from_pylist([*of_parts, *all_parts], schema=_HEADINGS))
    connection.register("own_findings", own.append_column("n", pa.array(range(own.num_rows), pa.int64())))
    try:
        found = connection.sql(
            f"""
            SELECT f.severity, f.code, f.file, $form AS sheet, COALESCE(p.file_row, f.row) AS row,
                COALESCE(h.heading, a.heading, f."column") AS "column", f.value,
                f.why || CASE WHEN p.file_row IS NULL THEN '' ELSE ' (Record ' || p.record
                    || COALESCE(', event ' || p.event, '') || COALESCE(', ' || p.form, '')
                    || COALESCE(', instance ' || p.instance, '') || '.)' END AS why,
                f.what_to_do
            FROM own_findings AS f
            LEFT JOIN {SCRATCH}.places_{table.name} AS p ON p.source_row = f.row
            LEFT JOIN part_headings AS h ON h.part = p.part AND h.field = f."column"
            LEFT JOIN part_headings AS a ON a.part IS NULL AND a.field = f."column"
            ORDER BY f.n
            """,
            params={"form": form},
        ).to_arrow_table()
        return found.select(FINDING_SCHEMA.names).cast(FINDING_SCHEMA)
    finally:
        connection.unregister("part_headings")
        connection.unregister("own_findings")


def build_placed_rows(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[LongTable], forms: Mapping[str, str]
) -> None:
    """Each row of the study tables names its line of the export, and each source its instrument."""
    for table in tables:
        connection.execute(
            f"UPDATE {table.name} SET source_row = p.file_row FROM {SCRATCH}.places_{table.name} AS p "
            f"WHERE p.source_row = {table.name}.source_row"
        )
        if table.has("suspects"):
            connection.execute(
                f"UPDATE attributions SET source_row = p.file_row FROM {SCRATCH}.places_{table.name} AS p "
                "WHERE p.source_row = attributions.source_row"
            )
        connection.execute(
            "UPDATE sources SET sheet = $form WHERE sheet = $name",
            {"form": forms[table.name], "name": table.name},
        )
