"""How a workbook shows a number: as a number, a percentage, a date or a time.

Excel stores a date as a count of days and says only in the cell's format that it is
one (ECMA-376 part 1, 18.8.30 and 18.17.4). What the format hides is not made up: a cell
that shows "Mar 2023" becomes ``2023-03``.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final

_MS_PER_SECOND: Final = 1000
_MS_PER_DAY: Final = 86_400 * _MS_PER_SECOND
_LAST_SERIAL: Final = 2_958_465  # 9999-12-31
_FICTIVE_DAY: Final = 60  # 1900-02-29, which Excel counts although it never was
_EXACT_INTEGERS: Final = 2**53  # identifiers of 16 digits stay whole
_LOWEST_PLAIN, _HIGHEST_PLAIN = 1e-9, 1e21


class CellFormat(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DATE_TIME = "date and time"
    MONTH = "month of a year"
    YEAR = "year"
    TIME = "time of day"
    ELAPSED = "elapsed time"


# Formats that a file names by number only; the East Asian ones (27-36, 50-58) are dates or times.
_BUILT_IN: Final[dict[int, CellFormat]] = {
    9: CellFormat.PERCENT,
    10: CellFormat.PERCENT,
    14: CellFormat.DATE,
    15: CellFormat.DATE,
    16: CellFormat.DATE,
    17: CellFormat.MONTH,
    **dict.fromkeys((18, 19, 20, 21, 45, 47), CellFormat.TIME),
    22: CellFormat.DATE_TIME,
    46: CellFormat.ELAPSED,
    **dict.fromkeys((27, 57), CellFormat.MONTH),
    **dict.fromkeys((28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 58), CellFormat.DATE),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), CellFormat.TIME),
}

_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_MINUTES = re.compile(r"(?<=h)([^a-z]*)m{1,2}(?!m)|(?<!m)m{1,2}(?=[^a-z]*s)", re.IGNORECASE)
_CLOCK = re.compile(r"am/pm|a/p", re.IGNORECASE)
_ISO_TIME = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d*)?S)?")


def parse_format_number(number: int) -> CellFormat:
    """What a format does that the file names by its number only."""
    return _BUILT_IN.get(number, CellFormat.NUMBER)


def parse_format_code(code: str) -> CellFormat:
    """What a format does, from its code, such as ``dd.mm.yyyy`` or ``0.0%``."""
    shown = _LITERAL.sub("", code).split(";", 1)[0]
    if "general" in shown.lower():
        return CellFormat.NUMBER
    if "%" in shown:
        return CellFormat.PERCENT
    if _ELAPSED.search(shown):
        return CellFormat.ELAPSED
    letters = _CLOCK.sub("h", re.sub(r"e[+-]", "", shown, flags=re.IGNORECASE)).lower()
    calendar = _MINUTES.sub(r"\1", letters)
    has_time = bool(re.search("[hs]", letters))
    has_day, has_month, has_year = "d" in calendar, "m" in calendar, bool(re.search("[yeb]", calendar))
    if has_day or (has_time and (has_year or has_month)):
        return CellFormat.DATE_TIME if has_time else CellFormat.DATE
    if has_time:
        return CellFormat.TIME
    if has_month:
        return CellFormat.MONTH if has_year else CellFormat.DATE
    return CellFormat.YEAR if has_year else CellFormat.NUMBER


def parse_stored_number(stored: str, cell_format: CellFormat, *, from_1904: bool) -> str:
    """The text that a person sees in a cell that stores a number.

    Fractions have at most 15 significant digits, as in spreadsheet programs, and no
    superfluous zeros: 20, 0.5, 50%. Dates are ISO; midnight shows no time. A date that
    no calendar has (1900-01-00 for a stored 0) is written as it is shown, and a number
    outside 1900 to 9999 stays a number.

    Parameters
    ----------
    stored
        As in the file; a text that is no finite number comes back unchanged.
    from_1904
        Whether the workbook counts days from 1904-01-01.
    """
    try:
        number = float(stored)
    except ValueError:
        return stored
    if number - number != 0:  # infinite, or not a number
        return stored
    if cell_format is CellFormat.NUMBER:
        return _plain_number(number)
    if cell_format is CellFormat.PERCENT:
        return f"{_plain_number(float(f'{number:.15g}') * 100)}%"
    if number < 0 or number >= _LAST_SERIAL + 1:
        return _plain_number(number)
    days, ms = divmod(round(number * _MS_PER_DAY), _MS_PER_DAY)
    if cell_format is CellFormat.ELAPSED:
        return _clock(days * _MS_PER_DAY + ms)
    if cell_format is CellFormat.TIME:
        return _clock(ms)
    day = _calendar_day(days, from_1904=from_1904)
    if cell_format is CellFormat.DATE_TIME and ms >= _MS_PER_SECOND:
        return f"{day}T{_clock(ms)}"
    return parse_shown_date(day, cell_format)


def parse_shown_date(iso: str, cell_format: CellFormat) -> str:
    """The date, as precise as its cell shows it.

    A cell that shows month and year holds the first of the month when that is all that
    was entered; any other day was entered on purpose and is kept.
    """
    if cell_format is CellFormat.MONTH and iso.endswith("-01"):
        return iso[: -len("-01")]
    if cell_format is CellFormat.YEAR and iso.endswith("-01-01"):
        return iso[: -len("-01-01")]
    return iso


def parse_iso_duration(text: str) -> str:
    """Hours, minutes and seconds of a time as OpenDocument writes it (PT13H30M00S)."""
    match = _ISO_TIME.fullmatch(text)
    if match is None:
        return text
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


def _plain_number(number: float) -> str:
    """At most 15 significant digits, without exponent where a person would not use one."""
    if number.is_integer() and abs(number) < _EXACT_INTEGERS:
        return str(int(number))
    short = f"{number:.15g}"
    if "e" in short and _LOWEST_PLAIN <= abs(number) < _HIGHEST_PLAIN:
        return f"{Decimal(short):f}"
    return short


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // _MS_PER_SECOND, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _calendar_day(days: int, *, from_1904: bool) -> str:
    if from_1904:
        return _iso(date(1904, 1, 1), days)
    if days in (0, _FICTIVE_DAY):
        return "1900-02-29" if days else "1900-01-00"
    return _iso(date(1899, 12, 31) if days < _FICTIVE_DAY else date(1899, 12, 30), days)


def _iso(epoch: date, days: int) -> str:
    try:
        return (epoch + timedelta(days=days)).isoformat()
    except OverflowError:
        return str(days)
