"""What became of the rows of a REDCap export, and of codes that its data dictionary does not know."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from cotreat.findings import Findings
from cotreat.readers.places import Place
from cotreat.readers.redcap_dictionary import Variable
from cotreat.readers.redcap_export import ENTRIES, LoadedEntries, WantedColumn
from cotreat.readers.table_files import SCRATCH, LongTable
from cotreat.readers.table_loading import compute_counted, read_counts
from cotreat.study_tables.schema import SCHEMAS

EXPORT = "redcap_export"
"""What the counting steps call the file itself, whose entries become rows of several tables."""

NOTHING_READ = "nothing_read"
_MOST_NAMED = 12


def validate_codes(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    wanted: Sequence[WantedColumn],
    dictionary: Mapping[str, Variable],
) -> Findings:
    """A finding for each value that is neither a code nor a label of its variable."""
    return Findings.concat(_unknown_codes(connection, place, wanted, dictionary))


def _unknown_codes(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    wanted: Sequence[WantedColumn],
    dictionary: Mapping[str, Variable],
) -> Iterator[Findings]:
    for column in wanted:
        variable = dictionary.get(column.variable)
        if column.code is not None or variable is None or not variable.choices:
            continue
        known = pa.table({"word": pa.array([*variable.choices, *variable.choices.values()], pa.string())})
        connection.register("known_words", known)
        rows = connection.execute(
            f"SELECT MIN(source_row), {column.name}, COUNT(*) FROM {ENTRIES} "
            f"WHERE {column.name} IS NOT NULL AND {column.name} NOT IN (SELECT word FROM known_words) "
            f"GROUP BY {column.name} ORDER BY 1"
        ).fetchall()
        connection.unregister("known_words")
        for row, value, n in rows:
            yield Place(place.file, variable.form).finding(
                "warning",
                "unknown_choice",
                f"The data dictionary has no such choice; it stands in {compute_counted(n, 'row')}.",
                "Name the data dictionary of this export, or its code under `missing_codes`.",
                row=row,
                column=column.variable,
                value=value,
            )


def build_export_accounts(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    loaded: LoadedEntries,
    tables: Sequence[LongTable],
    patient_columns: Sequence[str],
) -> Findings:
    """Where the rows of the export went, as counting steps before those of its tables.

    An entry is used when a row of a table comes of it, or when it says something of its patient.

    Parameters
    ----------
    place
        The export.
    loaded
        What became of its rows so far.
    tables
        The long tables that were made of it.
    patient_columns
        Columns of the entries that say something of the patient.

    Returns
    -------
    Findings
        How many entries hold nothing that is read.
    """
    in_tables = " UNION ".join(
        f"SELECT file_row FROM {SCRATCH}.places_{table.name}" for table in tables if table.name != "patients"
    )
    of_patients = "".join(f" OR {column} IS NOT NULL" for column in patient_columns)
    is_used = f"(source_row IN ({in_tables}){of_patients})"
    n_used, n_records, n_rest = read_counts(
        connection,
        f"SELECT SUM(n_rows) FILTER ({is_used}), COUNT(DISTINCT record), "
        f"SUM(n_rows) FILTER (NOT {is_used}) FROM {ENTRIES}",
    )
    left_out = {**loaded.left_out, **({NOTHING_READ: int(n_rest)} if n_rest else {})}
    steps: list[tuple[str, int, int | None]] = [
        ("read", loaded.n_read, int(n_records)),
        *((reason, n, None) for reason, n in sorted(left_out.items())),
        ("used", int(n_used or 0), None),
    ]
    rows = [
        {"step": number, "table": EXPORT, "reason": reason, "rows": n, "patients": patients}
        for number, (reason, n, patients) in enumerate(steps, start=1)
    ]
    connection.register("export_steps", pa.Table.from_pylist(rows, schema=SCHEMAS["attrition"].arrow))
    connection.execute(f"UPDATE attrition SET step = step + {len(rows)}")
    connection.execute("INSERT INTO attrition SELECT * FROM export_steps")
    connection.unregister("export_steps")
    return _nothing_read(connection, place, is_used) if n_rest else Findings.of()


def _nothing_read(connection: duckdb.DuckDBPyConnection, place: Place, is_used: str) -> Findings:
    rows = connection.execute(
        f"SELECT COALESCE(form, event, ''), COUNT(*), MIN(source_row) FROM {ENTRIES} WHERE NOT {is_used} "
        "GROUP BY ALL ORDER BY 2 DESC, 1"
    ).fetchall()
    shown = ", ".join(f"{name or 'not repeating'} {n:,}" for name, n, _ in rows[:_MOST_NAMED])
    n = sum(n for _, n, _ in rows)
    return place.finding(
        "info",
        NOTHING_READ,
        f"{f'{n:,} entries hold' if n > 1 else '1 entry holds'} nothing that is read, by instrument or "
        f"event: {shown}.",
        "Nothing, unless something should be read of them: then name its variables under [source].",
        row=min(row for _, _, row in rows),
    )
