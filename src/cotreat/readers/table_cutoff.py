"""The last day that counts, where the protocol leaves it to the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from cotreat.findings import Findings
from cotreat.readers.cells import compute_date, compute_day
from cotreat.readers.long_tables import LongField
from cotreat.readers.table_files import LongTable
from cotreat.readers.table_loading import read_counts

_FAR = 366  # days


@dataclass(frozen=True)
class _Latest:
    """The latest day of one column, and where it stands."""

    day: int
    row: int
    table: LongTable
    field: LongField


def build_cutoff(
    connection: duckdb.DuckDBPyConnection, given: date | None, tables: Sequence[LongTable]
) -> tuple[int | None, Findings]:
    """The cut-off in days since 1970-01-01: the protocol's, else the latest date of any table.

    Returns
    -------
    tuple[int | None, Findings]
        None when there is no date at all. A cut-off that was taken from the data is a
        finding; a warning when it is the end of an exposure long after everything else,
        which is rather planned than recorded.
    """
    if given is not None:
        return compute_day(given), Findings.of()
    found = [
        latest
        for table in tables
        for field in table.types
        if field.is_date and (latest := _latest(connection, table, field))
    ]
    if not found:
        return None, Findings.of()
    last = max(found, key=lambda one: one.day)
    recorded = max((one.day for one in found if one.field.kind != "end"), default=last.day)
    is_far = last.field.kind == "end" and last.day - recorded > _FAR
    why = f"The protocol gives no cut-off; the latest date is taken, {compute_date(last.day)}."
    if is_far:
        why += " It is an end more than a year after every other date: planned, or standing for none?"
    return last.day, last.table.place.finding(
        "warning" if is_far else "info",
        "cutoff_taken",
        why,
        "Give `cutoff` under [study], the last day on which records are complete.",
        row=last.row,
        column=last.table.headings[last.field.name],
        value=str(compute_date(last.day)),
    )


def _latest(connection: duckdb.DuckDBPyConnection, table: LongTable, field: LongField) -> _Latest | None:
    day = f"{field.name}_last"
    latest, row = read_counts(
        connection, f"SELECT MAX({day}), ARG_MIN(source_row, (-{day}, source_row)) FROM {table.staged}"
    )
    return None if latest is None else _Latest(int(latest), int(row), table, field)
