"""Small text tables: read, typed by column name, compared, written.

::

    drug         | start_day  | end_day
    methotrexate | 2023-01-01 | 2023-03-31

Dates are ISO dates and become whole days; flags are yes and no and become 1 and 0;
doses are mg per day and become ng per day; an empty cell is None.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from oracle.days import date_of, day_of

Value = int | float | str | None
Row = Mapping[str, Value]

COUNT_COLUMNS = frozenset(
    {
        "days",
        "duration_days",
        "events",
        "first_days",
        "first_events",
        "highest_grade",
        "lowest_grade",
        "lead_days",
        "left_out",
        "line",
        "n_drugs",
        "n_pairs",
        "open_events",
        "patients",
        "rows",
        "severity_grade",
        "supplied_days",
        "unknown",
        "week",
        "with_event",
    }
)
SCORE_COLUMNS = frozenset({"alone", "combined", "value"})
DOSE_COLUMNS = frozenset({"dose", "first", "last", "max", "mean", "cumulative"})
NG_PER_MG = 1_000_000


def parse_cells(text: str) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows of cells of a text table."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    table = [[cell.strip() for cell in line.split("|")] for line in lines]
    if not table:
        return [], []
    heading, rows = table[0], table[1:]
    for line, row in zip(lines[1:], rows, strict=True):
        if len(row) != len(heading):
            msg = f"{len(row)} cells under {len(heading)} headings: {line!r}"
            raise ValueError(msg)
    return heading, rows


def parse_table(text: str) -> list[dict[str, Value]]:
    """The rows of a text table, each value of its column's type."""
    heading, rows = parse_cells(text)
    return [
        {column: parse_value(column, cell) for column, cell in zip(heading, row, strict=True)} for row in rows
    ]


def parse_value(column: str, cell: str) -> Value:
    """One cell as a value of its column's type."""
    if not cell:
        return None
    if column.endswith("_day") or column == "day":
        return day_of(date.fromisoformat(cell))
    if column.startswith("is_"):
        return {"yes": 1, "no": 0}[cell]
    if column in COUNT_COLUMNS:
        return int(cell)
    if column in SCORE_COLUMNS:
        return float(cell)
    if column in DOSE_COLUMNS:
        ng = Decimal(cell) * NG_PER_MG
        if ng != int(ng):
            msg = f"{cell} mg is not a whole number of ng"
            raise ValueError(msg)
        return int(ng)
    return cell


def format_value(column: str, value: Value) -> str:
    """A value as it would stand in a text table."""
    if value is None:
        return ""
    if column.endswith("_day") or column == "day":
        return date_of(int(value)).isoformat()
    if column.startswith("is_"):
        return "yes" if value else "no"
    if column in DOSE_COLUMNS:
        return f"{Decimal(str(value)) / NG_PER_MG:f}"
    return str(value)


def format_table(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """Rows as a text table, columns aligned."""
    lines = [list(columns), *([format_value(c, row[c]) for c in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def difference(actual: Sequence[Row], expected: Sequence[Row], columns: Sequence[str]) -> str:
    """What differs between two tables on some columns, as text; empty when nothing does.

    Rows have no order; a row that stands twice must stand twice in both.
    """
    found = Counter(tuple(row[c] for c in columns) for row in actual)
    wanted = Counter(tuple(row[c] for c in columns) for row in expected)
    if found == wanted:
        return ""
    return f"expected\n{format_table(expected, columns)}\n\ngot\n{format_table(actual, columns)}"
