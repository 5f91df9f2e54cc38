"""Cells of long tables as they come into DuckDB: which types are kept, and what says nothing."""

import re
from collections.abc import Collection, Mapping, Sequence

from cotreat.readers.long_tables import LongField
from cotreat.readers.places import Excerpt, Place
from cotreat.readers.table_sql import BLANKS

_SMALL_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WHOLE_NUMBERS = _SMALL_NUMBERS | {"HUGEINT", "UBIGINT", "UHUGEINT"}
_REAL_NUMBERS = frozenset({"FLOAT", "DOUBLE"})
_TEXTS = ("VARCHAR", "BOOLEAN", "UUID", "ENUM", "TIME", '"NULL"')
WITH_ZONE = "TIMESTAMP WITH TIME ZONE"


def parse_kept_type(field: LongField, column_type: str, heading: str, place: Place) -> str:
    """The type in which a column is kept: DATE, DOUBLE, BIGINT (identifiers and codes), or VARCHAR.

    Raises
    ------
    SourceError
        The column holds lists, records, binary data or else what is no single value.
    """
    is_number = column_type in _WHOLE_NUMBERS | _REAL_NUMBERS or column_type.startswith("DECIMAL")
    is_day = column_type.startswith(("DATE", "TIMESTAMP"))
    if not (is_number or is_day or column_type.startswith(_TEXTS)) or column_type.endswith("]"):
        place.refuse(
            f'the column "{Excerpt(heading)}" holds values of the type {Excerpt(column_type)}, '
            f"not one value for `{field.name}`.",
            "Export single values: text, numbers, dates.",
        )
    if is_day and field.is_date:
        return "DATE"
    if column_type in _SMALL_NUMBERS and field.kind in ("patient", "term"):
        return "BIGINT"
    return "DOUBLE" if is_number and field.kind == "number" else "VARCHAR"


def build_missing_words(words: Collection[str]) -> Mapping[str, str]:
    """Parameters for cells that say nothing: each word as written, in small letters and in capitals."""
    forms = {form for word in words if word.strip() for form in _forms(word.strip())}
    return {f"missing_{place}": form for place, form in enumerate(sorted(forms))}


def parse_missing_numbers(words: Collection[str]) -> Sequence[int]:
    """Those words for missing that are whole numbers, in the one way in which a number is written."""
    return sorted({int(word) for word in words if re.fullmatch(r"0|-?[1-9]\d{0,17}", word)})


def _forms(word: str) -> tuple[str, ...]:
    return word, word.lower(), word.upper(), word.capitalize()


def build_clean_cell(
    field: LongField,
    column: str,
    column_type: str,
    kept_type: str,
    words: Sequence[str],
    numbers: Sequence[int] = (),
) -> str:
    """SQL for a cell: outer blanks gone, NULL where it says nothing.

    Parameters
    ----------
    field
        What the column holds.
    column
        Its name in SQL.
    column_type, kept_type
        Its type in the file, and the one in which it is kept.
    words
        Names of the parameters that hold words for missing.
    numbers
        Those of the words that are whole numbers.
    """
    if kept_type == "DATE":
        # An instant is read in UTC; the time of day is left out.
        instant = f"make_timestamp(epoch_us({column}))" if column_type == WITH_ZONE else column
        return f"CAST({instant} AS DATE)"
    if kept_type == "DOUBLE":
        return f"CASE WHEN isfinite(CAST({column} AS DOUBLE)) THEN CAST({column} AS DOUBLE) END"
    if kept_type == "BIGINT":
        said = ", ".join(map(str, numbers))
        known = f"CASE WHEN {column} NOT IN ({said}) THEN {column} END" if said else column
        return f"CAST({known} AS BIGINT)"
    text = _text(column, column_type)
    # Only identifiers must not differ by a blank that nobody sees; words are compared without them.
    trimmed = f"trim({text}, '{BLANKS}')" if field.kind == "patient" else f"trim({text})"
    said = ", ".join(["''", *(f"${word}" for word in words)])
    return f"CASE WHEN {trimmed} NOT IN ({said}) THEN {trimmed} END"


def _text(column: str, column_type: str) -> str:
    if column_type in _REAL_NUMBERS or column_type.startswith("DECIMAL"):
        # An identifier that a program wrote as 7.0 is 7.
        whole, real = f"TRY_CAST({column} AS HUGEINT)", f"CAST({column} AS DOUBLE)"
        return (
            f"CASE WHEN {real} = floor({real}) AND {whole} IS NOT NULL THEN CAST({whole} AS VARCHAR) "
            f"WHEN isfinite({real}) THEN CAST({column} AS VARCHAR) END"
        )
    return column if column_type == "VARCHAR" else f"CAST({column} AS VARCHAR)"
