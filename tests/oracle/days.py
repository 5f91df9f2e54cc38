"""Whole days since 1970-01-01, and the two readings of a date that is only partly known."""

import calendar
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def day_of(when: date) -> int:
    """The day number of a date."""
    return (when - EPOCH).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=day)


def first_of_month(day: int) -> int:
    return day_of(date_of(day).replace(day=1))


def last_of_month(day: int) -> int:
    when = date_of(day)
    return day_of(when.replace(day=calendar.monthrange(when.year, when.month)[1]))


def first_of_year(day: int) -> int:
    return day_of(date(date_of(day).year, 1, 1))


def last_of_year(day: int) -> int:
    return day_of(date(date_of(day).year, 12, 31))


def latest_reading_of_start(start_day: int, date_precision: str) -> int:
    """The last day on which it can have started, when the record says the first.

    A record has one precision, that of the coarser of its two dates. So a start that is
    not the first day of a month or year cannot be the imprecise one and is exact.
    """
    if date_precision == "year" and start_day == first_of_year(start_day):
        return last_of_year(start_day)
    if date_precision != "day" and start_day == first_of_month(start_day):
        return last_of_month(start_day)
    return start_day


def earliest_reading_of_end(end_day: int, date_precision: str) -> int:
    """The first day on which it can have ended, when the record says the last."""
    if date_precision == "year" and end_day == last_of_year(end_day):
        return first_of_year(end_day)
    if date_precision != "day" and end_day == last_of_month(end_day):
        return first_of_month(end_day)
    return end_day
