"""Months and years as whole days, where SQL has to know them."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from cotreat.engine import Engine, TableName

_EPOCH = date(1970, 1, 1).toordinal()


def build_periods(engine: Engine, *, first_day: int, last_day: int) -> TableName:
    """Calendar months and years that touch some days.

    Grain: one row per month (``period`` 1) and per year (``period`` 12), with its
    ``first_day`` and ``last_day``.

    Parameters
    ----------
    engine
        Where the tables live.
    first_day, last_day
        Days since 1970-01-01; no period when the first is after the last.
    """
    years = _years(first_day, last_day)
    periods = [(12, first, last) for _, first, last in years]
    periods += [(1, _day(y, m), _day(y + m // 12, m % 12 + 1) - 1) for y, _, _ in years for m in range(1, 13)]
    return _load(engine, "periods", ("period", "first_day", "last_day"), periods)


def build_calendar_days(engine: Engine, *, first_day: int, last_day: int) -> TableName:
    """The calendar year of each day.

    Grain: one row per ``calendar_day`` of the years that the days touch, with its
    ``calendar_year``.

    Parameters
    ----------
    engine
        Where the tables live.
    first_day, last_day
        Days since 1970-01-01; no row when the first is after the last.
    """
    days = [
        (day, year) for year, first, last in _years(first_day, last_day) for day in range(first, last + 1)
    ]
    return _load(engine, "calendar_days", ("calendar_day", "calendar_year"), days)


def build_year_spans(engine: Engine, *, first_day: int, last_day: int) -> TableName:
    """The calendar years of every span of years.

    Grain: one row per ``first_year``, ``last_year`` and year from the first to the last,
    with the year's ``first_day`` and ``last_day``. An equality join with it cuts an
    interval at every turn of the year.

    Parameters
    ----------
    engine
        Where the tables live.
    first_day, last_day
        Days since 1970-01-01; no row when the first is after the last.
    """
    years = _years(first_day, last_day)
    spans = [
        (start, end, first, last)
        for start, _, _ in years
        for end, _, _ in years
        for year, first, last in years
        if start <= year <= end
    ]
    return _load(engine, "year_spans", ("first_year", "last_year", "first_day", "last_day"), spans)


def _years(first_day: int, last_day: int) -> list[tuple[int, int, int]]:
    """Calendar years that touch some days, with their first and last day."""
    if first_day > last_day:
        return []
    years = range(_date(first_day).year, _date(last_day).year + 1)
    return [(year, _day(year, 1), _day(year + 1, 1) - 1) for year in years]


def _load(engine: Engine, name: str, columns: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> TableName:
    values = list(zip(*rows, strict=True)) or [() for _ in columns]
    return engine.load(name, pa.table([pa.array(v, pa.int32()) for v in values], names=list(columns)))


def _date(day: int) -> date:
    return date.fromordinal(_EPOCH + day)


def _day(year: int, month: int) -> int:
    return date(year, month, 1).toordinal() - _EPOCH
