"""SQL that reads one column of a long table; DuckDB's dialect, because files are read there."""

from dataclasses import dataclass

_DAY_TYPES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True, slots=True)
class DayColumns:
    """SQL for a date: its first and last possible day, how precise it is, whether it has no reading."""

    first: str
    last: str
    precision: str
    is_bad: str


def _days(expression: str) -> str:
    return f"date_diff('day', DATE '1970-01-01', {expression})"


def _where(column: str, pattern: str, text: str) -> str:
    """SQL for the date that a text is where the whole column matches a pattern."""
    return f"TRY_CAST(CASE WHEN regexp_full_match({column}, '{pattern}') THEN {text} END AS DATE)"


def build_day_columns(column: str, column_type: str, formats: tuple[str, ...]) -> DayColumns:
    """SQL for the days of a column of dates or texts.

    Parameters
    ----------
    column
        A checked column name.
    column_type
        Its type in DuckDB. A time of day is left out.
    formats
        Parameter names that hold formats of text dates, tried behind ISO dates.
    """
    if column_type.startswith(_DAY_TYPES):
        day = _days(f"CAST({column} AS DATE)")
        return DayColumns(day, day, f"CASE WHEN {column} IS NOT NULL THEN 'day' END", "FALSE")
    iso = _where(column, r"\d{4}-\d{2}-\d{2}([T ].*)?", f"left({column}, 10)")
    others = [f"CAST(TRY_STRPTIME({column}, ${name}) AS DATE)" for name in formats]
    whole = f"COALESCE({', '.join([iso, *others])})"
    padded = f"left({column}, 5) || lpad(substr({column}, 6), 2, '0') || '-01'"
    month = _where(column, r"\d{4}-\d{1,2}", padded)
    year = _where(column, r"\d{4}", f"{column} || '-01-01'")
    first = f"COALESCE({whole}, {month}, {year})"
    last = (
        f"COALESCE({whole}, CAST({month} + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE), "
        f"CAST({year} + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE))"
    )
    precision = (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN {whole} IS NOT NULL THEN 'day' "
        f"WHEN {month} IS NOT NULL THEN 'month' WHEN {year} IS NOT NULL THEN 'year' END"
    )
    return DayColumns(_days(first), _days(last), precision, f"({column} IS NOT NULL AND {first} IS NULL)")


def build_number_column(column: str, column_type: str, decimal: str) -> str:
    """SQL for a number; NULL when the text is none in the source's decimal sign."""
    if column_type != "VARCHAR":
        return f"CAST({column} AS DOUBLE)"
    grouping = r"\." if decimal == "," else ","
    sign = "," if decimal == "," else r"\."
    pattern = rf"[+-]?(\d+|\d{{1,3}}({grouping}\d{{3}})+)({sign}\d+)?([eE][+-]?\d+)?"
    plain = f"replace({column}, '{'.' if decimal == ',' else ','}', '')"
    point = f"replace({plain}, ',', '.')" if decimal == "," else plain
    return f"CASE WHEN regexp_full_match({column}, '{pattern}') THEN TRY_CAST({point} AS DOUBLE) END"
