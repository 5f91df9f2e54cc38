"""When each case began and ended, or how long it lasted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cotreat.findings import Unparsed
from cotreat.readers.case_sheet import CaseSheet
from cotreat.readers.cells import Duration, PartialDate, compute_date, compute_day, parse_date, parse_duration

_PLAUSIBLE_YEARS = range(1900, 2100)
_LONGEST_DAYS = 50 * 365.25


@dataclass
class _Times:
    start_day: list[int | None] = field(default_factory=list[int | None])
    end_day: list[int | None] = field(default_factory=list[int | None])
    duration_days: list[float | None] = field(default_factory=list[float | None])
    is_ongoing: list[int | None] = field(default_factory=list[int | None])

    def add(self, start: int | None, end: int | None, days: float | None, ongoing: int | None) -> None:
        self.start_day.append(start)
        self.end_day.append(end)
        self.duration_days.append(days)
        self.is_ongoing.append(ongoing)

    def columns(self) -> dict[str, list[Any]]:
        return {
            "start_day": self.start_day,
            "end_day": self.end_day,
            "duration_days": self.duration_days,
            "is_ongoing": self.is_ongoing,
        }


def read_time_columns(cases: CaseSheet, cutoff: date | None) -> tuple[dict[str, list[Any]], int | None]:
    """Start, end, length and whether it goes on: columns of `declared_pairs`, and the cut-off day.

    Parameters
    ----------
    cases
        The case table. Recorded durations make no dates; dates make durations, both
        days counted.
    cutoff
        Last day of observation; None takes the latest date of the table. An ongoing
        case is closed there.
    """
    ongoing = [cases.words.is_ongoing(text) for text in cases.cells("end_reason")]
    if cases.has("start_date"):
        return _read_dates(cases, cutoff, ongoing)
    return _read_durations(cases, ongoing).columns(), None


def _read_durations(cases: CaseSheet, ongoing: Sequence[bool]) -> _Times:
    units = cases.indexes.fields["duration_unit"]

    def parse(text: str) -> Duration | Unparsed | None:
        if cases.words.is_unknown(text):
            return None
        return parse_duration(
            text, unit=cases.source.duration_unit, words=cases.words, units=units, decimal=cases.decimal
        )

    times = _Times()
    for row, found in enumerate(cases.read("duration", parse)):
        length = found
        if isinstance(length, Unparsed):
            cases.note_unparsed(
                "duration_not_read", row, "duration", length, "Write a number, or a number and `(ongoing)`."
            )
            length = None
        if length is None:
            times.add(None, None, None, 1 if ongoing[row] else None)
            continue
        if length.days is not None and not 0 < length.days <= _LONGEST_DAYS:
            why = "A combination lasts more than 0 days and less than 50 years."
            cases.note("warning", "implausible_duration", row, "duration", why, "Correct the duration.")
            length = Duration(None, length.is_ongoing)
        _note_contradiction(cases, row, length, says_ongoing=ongoing[row])
        times.add(None, None, length.days, int(length.is_ongoing or ongoing[row]))
    return times


def _note_contradiction(cases: CaseSheet, row: int, length: Duration, *, says_ongoing: bool) -> None:
    reason = cases.cells("end_reason")[row]
    ended = bool(reason.strip()) and not says_ongoing and not cases.words.is_unknown(reason)
    if length.is_ongoing and ended:
        cases.note(
            "warning",
            "ongoing_with_end_reason",
            row,
            "end_reason",
            "The combination is said to go on, and has an end reason all the same. It is taken as ongoing.",
            "Correct the one that is wrong.",
        )
    if says_ongoing and not length.is_ongoing:
        cases.note(
            "info",
            "ongoing_by_end_reason",
            row,
            "end_reason",
            "The end reason says that the combination goes on; its duration is taken as censored.",
            "Mark the duration as ongoing too.",
        )


def _read_dates(
    cases: CaseSheet, cutoff: date | None, ongoing: Sequence[bool]
) -> tuple[dict[str, list[Any]], int | None]:
    starts = _parse_dates(cases, "start_date")
    ends = _parse_dates(cases, "end_date")
    latest = max((day.last_day for day in (*starts, *ends) if day), default=None)
    last = compute_day(cutoff) if cutoff else latest
    if not cutoff and latest is not None:
        _note_latest(cases, starts, ends, latest)
    times = _Times()
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        has_no_end = cases.words.is_ongoing(cases.cells("end_date")[row])
        if has_no_end:
            _note_contradiction(cases, row, Duration(None, is_ongoing=True), says_ongoing=ongoing[row])
        elif end and ongoing[row]:
            cases.note(
                "warning",
                "ongoing_with_end_date",
                row,
                "end_reason",
                "The end reason says that the combination goes on, and it has an end date. Taken as ended.",
                "Correct the one that is wrong.",
            )
        _add_dated(cases, row, times, start, end, goes_on=has_no_end or ongoing[row], last=last)
    return times.columns(), last


def _note_latest(
    cases: CaseSheet, starts: Sequence[PartialDate | None], ends: Sequence[PartialDate | None], latest: int
) -> None:
    """An info finding at the first row with the date that became the cut-off."""
    row, name = next(
        (row, name)
        for row, days in enumerate(zip(starts, ends, strict=True))
        for name, day in zip(("start_date", "end_date"), days, strict=True)
        if day is not None and day.last_day == latest
    )
    cases.note(
        "info",
        "cutoff_from_dates",
        row,
        name,
        f"The latest date of the table, {compute_date(latest).isoformat()}, is taken as the cut-off.",
        "Set `cutoff` under [study] if it is another day, or correct the date.",
    )


def _is_plausible(day: PartialDate) -> bool:
    return compute_date(day.first_day).year in _PLAUSIBLE_YEARS


def _parse_dates(cases: CaseSheet, name: str) -> list[PartialDate | None]:
    formats = [cases.source.date_format] if cases.source.date_format else []
    found: list[PartialDate | None] = []

    def parse(text: str) -> PartialDate | Unparsed | None:
        if cases.words.is_unknown(text) or cases.words.is_ongoing(text):
            return None
        return parse_date(text, formats)

    for row, day in enumerate(cases.read(name, parse)):
        if isinstance(day, Unparsed):
            cases.note_unparsed(
                "date_not_read",
                row,
                name,
                day,
                'Write 2024-03-31, or set `date_format` under [source], such as "%d.%m.%Y".',
            )
        elif day is not None and day.precision != "day":
            which = "first" if name == "start_date" else "last"
            cases.note(
                "info",
                "partial_date",
                row,
                name,
                f"Only the {day.precision} is known; its {which} day is taken.",
                "Enter the day if it is known.",
            )
        found.append(None if isinstance(day, Unparsed) else day)
    return found


def _add_dated(
    cases: CaseSheet,
    row: int,
    times: _Times,
    start: PartialDate | None,
    end: PartialDate | None,
    *,
    goes_on: bool,
    last: int | None,
) -> None:
    first_day = start.first_day if start else None
    last_day = end.last_day if end else None
    if first_day is not None and last is not None and first_day > last:
        why = f"The case starts after the cut-off ({compute_date(last).isoformat()})."
        cases.note("error", "start_after_cutoff", row, "start_date", why, "Correct the date or the cut-off.")
    if first_day is not None and last_day is not None and last_day < first_day:
        cases.note(
            "error",
            "end_before_start",
            row,
            "end_date",
            "The case ends before it starts.",
            "Correct the dates.",
        )
    for name, found in (("start_date", start), ("end_date", end)):
        if found is not None and not _is_plausible(found):
            why = f"The year {compute_date(found.first_day).year} is not between 1900 and 2099."
            cases.note("error", "implausible_date", row, name, why, "Correct the date.")
    if last_day is None and not goes_on:
        cases.note(
            "warning",
            "end_unknown",
            row,
            "end_date",
            "The case has no end and is not marked as ongoing: how long it lasted is unknown.",
            "Enter the end, or mark the case as ongoing.",
        )
        times.add(first_day, None, None, None)
        return
    if first_day is not None and last_day is not None and last_day - first_day + 1 > _LONGEST_DAYS:
        why = "A combination lasts less than 50 years."
        cases.note("warning", "implausible_duration", row, "end_date", why, "Correct the dates.")
        times.add(None, None, None, 0)
        return
    is_ongoing = last_day is None or (last is not None and last_day > last)
    closed = last if is_ongoing else last_day
    known = first_day is not None and closed is not None
    times.add(first_day, closed, float(closed - first_day + 1) if known else None, int(is_ongoing))  # type: ignore[operator] # both are known here
