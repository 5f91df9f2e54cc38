"""Months and years as whole days, where SQL has to know them."""

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
    years = range(_date(first_day).year, _date(last_day).year + 1) if first_day <= last_day else range(0)
    periods = [(12, _day(year, 1), _day(year + 1, 1) - 1) for year in years]
    periods += [(1, _day(y, m), _day(y + m // 12, m % 12 + 1) - 1) for y in years for m in range(1, 13)]
    columns = [pa.array(column, pa.int64()) for column in zip(*periods, strict=True)] or [
        pa.array([], pa.int64()) for _ in range(3)
    ]
    return engine.load("periods", pa.table(columns, names=["period", "first_day", "last_day"]))


def _date(day: int) -> date:
    return date.fromordinal(_EPOCH + day)


def _day(year: int, month: int) -> int:
    return date(year, month, 1).toordinal() - _EPOCH
