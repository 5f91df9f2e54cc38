"""Keys of a REDCap export, and rows that have none or that of another row.

A key is record, event, instrument and instance.
"""

from collections.abc import Collection, Mapping, Sequence

import duckdb

from cotreat.engine.literals import compute_literal
from cotreat.findings import Findings
from cotreat.readers.places import Place
from cotreat.readers.redcap_headings import ExportLayout
from cotreat.readers.table_files import SCRATCH
from cotreat.readers.table_loading import compute_counted, read_counts

KEYS = ("record", "event", "form", "instance")
ROWS = f"{SCRATCH}.redcap_rows"
"""The rows of an export as they are in the file: ``source_row``, the keys, and their cells."""

_REPEATED = f"{SCRATCH}.redcap_repeated"
_MOST_LISTED = 1_000_000

_LeftOut = tuple[Mapping[str, int], Findings]


def validate_missing_keys(
    connection: duckdb.DuckDBPyConnection, place: Place, layout: ExportLayout
) -> _LeftOut:
    """Rows of which nobody can say whose they are, or which instance of what; they are left out."""
    rules = [("record", "record IS NULL", "The row has no record ID.")]
    if layout.is_eav:
        rules.append(("field_name", "field_name IS NULL", "The row has no variable."))
    if "instance" in layout.keys:
        is_number = "COALESCE(regexp_full_match(instance, '[1-9][0-9]*'), FALSE)"
        why = "The row is of a repeating instrument and does not say which instance it is."
        rules.append(("instance", f"form IS NOT NULL AND NOT {is_number}", why))
    parts: list[Findings] = []
    n_left_out = 0
    for column, condition, why in rules:
        (n,) = read_counts(connection, f"SELECT COUNT(*) FROM {ROWS} WHERE {condition}")
        if n:
            n_left_out += int(n)
            parts.append(_findings(connection, place, "missing_key", why, _EXPORT_AGAIN, (column, condition)))
            connection.execute(f"DELETE FROM {ROWS} WHERE {condition}")
    return ({"missing_key": n_left_out} if n_left_out else {}), Findings.concat(parts)


_EXPORT_AGAIN = "Export it again from REDCap, with record, event, instrument and instance."


def _findings(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    code: str,
    why: str,
    what_to_do: str,
    which: tuple[str, str],
) -> Findings:
    """A finding for each row that meets a condition; `which` is its column and the condition."""
    column, condition = which
    rows = connection.execute(
        f"SELECT source_row, COALESCE({column}, '') FROM {ROWS} WHERE {condition} "
        f"ORDER BY source_row LIMIT {_MOST_LISTED}"
    ).fetchall()
    return place.findings(
        "error",
        code,
        why,
        what_to_do,
        rows=[row for row, _ in rows],
        columns=[column] * len(rows),
        values=[value for _, value in rows],
    )


def validate_repeated_keys(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    layout: ExportLayout,
    held: Sequence[str],
    checkboxes: Collection[str],
) -> _LeftOut:
    """Rows with the key of an earlier one, which are left out: copies, and those that say something else.

    Parameters
    ----------
    held
        Columns of the rows beside their keys.
    checkboxes
        Variables that have, in an EAV export, one row for each choice that is ticked.
    """
    key = list(KEYS)
    if layout.is_eav:
        listed = ", ".join(map(compute_literal, sorted(checkboxes)))
        key += ["field_name", f"CASE WHEN field_name IN ({listed}) THEN value END" if listed else "NULL"]
    content = ", ".join(f"COALESCE({name}, '')" for name in held) or "''"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {_REPEATED} AS
        SELECT source_row, content = FIRST_VALUE(content) OVER (same) AS is_copy
        FROM (SELECT *, concat_ws(chr(31), {content}) AS content FROM {ROWS})
        WINDOW same AS (PARTITION BY {", ".join(key)} ORDER BY source_row)
        QUALIFY ROW_NUMBER() OVER (same) > 1
        """
    )
    n_copies, first_copy, n_other = read_counts(
        connection,
        f"SELECT COUNT(*) FILTER (is_copy), MIN(source_row) FILTER (is_copy), COUNT(*) FILTER (NOT is_copy) "
        f"FROM {_REPEATED}",
    )
    parts = [_copies(place, int(n_copies), first_copy)] if n_copies else []
    if n_other:
        why = "An earlier row has the same record, event, instrument and instance, and says something else."
        what_to_do = "Export it again: in REDCap an entry has one value for each variable"
        what_to_do += " (if it is a checkbox, name the data dictionary)." if layout.is_eav else "."
        condition = f"source_row IN (SELECT source_row FROM {_REPEATED} WHERE NOT is_copy)"
        column = "field_name" if layout.is_eav else "record"
        parts.append(_findings(connection, place, "duplicate_key", why, what_to_do, (column, condition)))
    connection.execute(f"DELETE FROM {ROWS} WHERE source_row IN (SELECT source_row FROM {_REPEATED})")
    left_out = {"duplicate": int(n_copies), "duplicate_key": int(n_other)}
    return {reason: n for reason, n in left_out.items() if n}, Findings.concat(parts)


def _copies(place: Place, n: int, first: int) -> Findings:
    return place.finding(
        "info",
        "duplicate",
        f"The same entry stands again in {compute_counted(n, 'row')}; it counts once.",
        "Nothing, unless two exports were put together.",
        row=first,
    )
