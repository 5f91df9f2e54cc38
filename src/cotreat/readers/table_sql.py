"""SQL that reads cells of long tables; DuckDB's dialect, because files are read there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from cotreat.engine.literals import compute_literal
from cotreat.readers.cells import compute_day
from cotreat.readers.table_loading import read_counts

FIRST_DAY = compute_day(date(1900, 1, 1))
LAST_DAY = compute_day(date(2100, 12, 31))
"""What lies before the first or after the last is no date of a study."""

NOT_READ, IMPLAUSIBLE = 1, 2
"""What is wrong with a cell; 0: nothing."""

DAY_COLUMNS = ("first", "last", "precision", "problem", "is_open")
"""What a date means, beside its text."""

# Blanks that a person does not see, as at the ends of cells that were copied from elsewhere.
BLANKS = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u202f\u205f\u2060\u3000\ufeff"
)


@dataclass(frozen=True)
class DayWords:
    """How a table writes its dates, as parameters of SQL.

    Attributes
    ----------
    parameters
        ``day_format, month_format`` where the source has a format; ``open_0, open_1,
        ...``: words and ISO dates that mean that there was no end.
    """

    parameters: Mapping[str, str]

    @property
    def open_ends(self) -> Sequence[str]:
        """Names of the parameters that mean that there was no end."""
        return tuple(name for name in self.parameters if name.startswith("open_"))


def build_day_words(date_format: str, open_end: Sequence[str]) -> DayWords:
    """The parameters of a table; with a format, a month without its day is understood too.

    Parameters
    ----------
    date_format
        Such as ``%d.%m.%Y``; empty: ISO only.
    open_end
        Words and ISO dates that mean that there was no end.
    """
    parameters = {f"open_{place}": word.strip().lower() for place, word in enumerate(open_end)}
    if date_format:
        parameters["day_format"] = date_format
        codes = list(re.finditer(r"%[yYmbB]", re.sub(r"%d[^%]*", "", date_format)))
        if len(codes) > 1:
            bare = codes[0].string
            parameters["month_format"] = bare[codes[0].start() : codes[-1].end()]
    return DayWords(parameters)


def build_day_query(texts: str, words: DayWords, *, is_end: bool) -> str:
    """SQL for one row per distinct date: ``text, first, last, precision, problem, is_open``.

    Days are NULL where there is a problem, or no end.

    Parameters
    ----------
    texts
        SQL for a relation with one column, ``text``.
    words
        How the table writes its dates.
    is_end
        Whether a date may say that there was no end.
    """
    readings = _text_readings(words)
    listed = ", ".join(f"${name}" for name in words.open_ends) if is_end else ""
    is_open = f"(lower(t) IN ({listed}) OR CAST(whole AS VARCHAR) IN ({listed}))" if listed else "FALSE"
    return f"""
        WITH trimmed AS (
            SELECT text, trim(text, '{BLANKS}') AS t
            FROM (SELECT DISTINCT text FROM ({texts}) WHERE text IS NOT NULL)
        ),
        parsed AS (SELECT text, t, {readings} FROM trimmed),
        spans AS (
            SELECT text, COALESCE({is_open}, FALSE) AS is_open,
                date_diff('day', DATE '1970-01-01', COALESCE(whole, month, year)) AS first_day,
                date_diff('day', DATE '1970-01-01', COALESCE(
                    whole, month + INTERVAL 1 MONTH - INTERVAL 1 DAY, year + INTERVAL 1 YEAR - INTERVAL 1 DAY
                )) AS last_day,
                CASE WHEN whole IS NOT NULL THEN 'day' WHEN month IS NOT NULL THEN 'month' ELSE 'year' END
                    AS precision
            FROM parsed
        ),
        judged AS (
            SELECT *,
                CASE WHEN is_open THEN 0 WHEN first_day IS NULL THEN {NOT_READ}
                    WHEN first_day NOT BETWEEN {FIRST_DAY} AND {LAST_DAY} THEN {IMPLAUSIBLE}
                    ELSE 0 END AS problem
            FROM spans
        )
        SELECT text, problem, is_open,
            CASE WHEN problem = 0 AND NOT is_open THEN first_day END AS first,
            CASE WHEN problem = 0 AND NOT is_open THEN last_day END AS last,
            CASE WHEN problem = 0 AND NOT is_open THEN precision END AS precision
        FROM judged
    """


def build_open_dates(connection: duckdb.DuckDBPyConnection, words: DayWords) -> Sequence[str]:
    """The words that mean that there was no end and are a date, as SQL."""
    texts = [words.parameters[name] for name in words.open_ends]
    return [
        f"CAST({compute_literal(text)} AS DATE)"
        for text in texts
        if read_counts(connection, "SELECT CAST(TRY_CAST($t AS DATE) AS VARCHAR) = $t", {"t": text})[0]
    ]


def build_typed_days(column: str, name: str, open_dates: Sequence[str]) -> list[str]:
    """SQL for the columns of a date that its file keeps as such, under the name of the field.

    They are those of :func:`build_day_query`.

    Parameters
    ----------
    column
        The date.
    name
        Name of the field.
    open_dates
        Dates that mean that there was no end.
    """
    day = f"date_diff('day', DATE '1970-01-01', {column})"
    is_open = f"{column} IN ({', '.join(open_dates)})" if open_dates else "FALSE"
    is_read = f"NOT {is_open} AND {day} BETWEEN {FIRST_DAY} AND {LAST_DAY}"
    problem = (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN {is_open} THEN 0 WHEN {day} IS NULL THEN {NOT_READ} "
        f"WHEN {is_read} THEN 0 ELSE {IMPLAUSIBLE} END"
    )
    return [
        f"CASE WHEN {is_read} THEN {day} END AS {name}_first",
        f"CASE WHEN {is_read} THEN {day} END AS {name}_last",
        f"CASE WHEN {is_read} THEN 'day' END AS {name}_precision",
        f"{problem} AS {name}_problem",
        f"CASE WHEN {column} IS NOT NULL THEN {is_open} END AS {name}_is_open",
    ]


def _text_readings(words: DayWords) -> str:
    """SQL for the day, the first of a month and the first of a year that a text may mean."""
    iso = _where(r"\d{4}-\d{2}-\d{2}([T ].*)?", "left(t, 10)")
    compact = _where(r"\d{8}", "left(t, 4) || '-' || substr(t, 5, 2) || '-' || substr(t, 7, 2)")
    whole, month = (
        [iso, compact],
        [_where(r"\d{4}-\d{1,2}", "left(t, 5) || lpad(substr(t, 6), 2, '0') || '-01'")],
    )
    if "day_format" in words.parameters:
        whole.append("CAST(TRY_STRPTIME(t, $day_format) AS DATE)")
    if "month_format" in words.parameters:
        month.append("CAST(TRY_STRPTIME(t, $month_format) AS DATE)")
    year = _where(r"\d{4}", "t || '-01-01'")
    return f"COALESCE({', '.join(whole)}) AS whole, COALESCE({', '.join(month)}) AS month, {year} AS year"


def _where(pattern: str, text: str) -> str:
    """SQL for the date that a text is where the whole cell matches a pattern."""
    return f"TRY_CAST(CASE WHEN regexp_full_match(t, '{pattern}') THEN {text} END AS DATE)"


def build_number_column(column: str, column_type: str, decimal: str) -> str:
    """SQL for a number; NULL when the text is none in the source's decimal sign.

    The other sign may group thousands; nothing but a number may stand in the cell.
    """
    if column_type == "DOUBLE":
        return column
    trimmed = f"trim({column}, '{BLANKS}')"
    grouping, sign = (r"\.", ",") if decimal == "," else (",", r"\.")
    # A leading zero groups no thousands: 0,125 is not 125.
    pattern = rf"[+-]?(\d+|[1-9]\d{{0,2}}({grouping}\d{{3}})+)({sign}\d+)?([eE][+-]?\d{{1,3}})?"
    plain = f"replace({trimmed}, '{'.' if decimal == ',' else ','}', '')"
    point = f"replace({plain}, ',', '.')" if decimal == "," else plain
    number = f"TRY_CAST(CASE WHEN regexp_full_match({trimmed}, '{pattern}') THEN {point} END AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"
