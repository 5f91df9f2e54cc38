"""Adverse events: which rows are one event, and on what the patient was when it began."""

from oracle.records import Event, EventRow, Pair, Parameters, StateInterval
from oracle.states import risk_of_pair


def events_of(rows: tuple[EventRow, ...], states: list[StateInterval]) -> list[Event]:
    """The events of one patient, each once."""
    return [_event(group, states) for group in _groups([_read(row) for row in rows])]


def is_in_pair(event: Event, pair: Pair, parameters: Parameters, observation_end: int) -> bool | None:
    """Whether it began in a pair or in the risk window after it; False: it may have; None: it did not."""
    last = min(pair.end_day + risk_of_pair(pair, parameters), observation_end)
    days = range(pair.start_day, last + 1)
    if event.earliest_onset_day is None:
        # Nothing but its end says when it cannot have begun.
        ended_before = event.end_day is not None and event.end_day < pair.start_day
        return None if ended_before else False
    inside = [day in days for day in onset_days(event)]
    if all(inside):
        return True
    return False if any(inside) else None


def _read(row: EventRow) -> EventRow:
    """A row without an end before its onset, and without onset days after its end."""
    first, last, end = row.earliest_onset_day, row.latest_onset_day, row.end_day
    if first is not None and end is not None and end < first:
        end = None
    if end is not None and (last is None or last > end):
        last = end
    return EventRow(row.term, first, last, end, row.severity_grade, row.is_serious)


def _groups(rows: list[EventRow]) -> list[list[EventRow]]:
    """Rows that are one event."""
    groups: list[list[EventRow]] = []
    # Exact onsets by day, so that the rows that may hold a later one come before it.
    ordered = sorted(rows, key=lambda row: (not _is_exact(row), row.earliest_onset_day or 0))
    for row in ordered:
        own = next((group for group in groups if _belongs(row, group)), None)
        if own is None:
            groups.append([row])
        else:
            own.append(row)
    return groups


def _is_exact(row: EventRow) -> bool:
    return row.earliest_onset_day is not None and row.earliest_onset_day == row.latest_onset_day


def _belongs(row: EventRow, group: list[EventRow]) -> bool:
    if row.term is None or row.term != group[0].term:
        return False
    if not _is_exact(row):
        return row == group[0]
    return any(
        _is_exact(other)
        and other.earliest_onset_day <= row.earliest_onset_day <= (other.end_day or other.earliest_onset_day)
        for other in group
    )


def _event(group: list[EventRow], states: list[StateInterval]) -> Event:
    first = group[0]
    grades = [row.severity_grade for row in group if row.severity_grade is not None]
    ends = [row.end_day for row in group if row.end_day is not None]
    serious = [row.is_serious for row in group]
    placement, state = _place(first, states)
    return Event(
        term=first.term,
        earliest_onset_day=first.earliest_onset_day,
        latest_onset_day=first.latest_onset_day,
        end_day=max(ends, default=None),
        severity_grade=max(grades, default=None),
        is_serious=1 if 1 in serious else None if None in serious else 0,
        state=state,
        placement=placement,
    )


def onset_days(event: Event | EventRow) -> range:
    assert event.earliest_onset_day is not None
    assert event.latest_onset_day is not None
    return range(event.earliest_onset_day, event.latest_onset_day + 1)


def _place(event: EventRow, states: list[StateInterval]) -> tuple[str, str | None]:
    """Where it stands in person-time, and the state of every day on which it may have begun."""
    by_day = {day: s.state for s in states for day in range(s.start_day, s.end_day + 1)}
    if not by_day:
        return "no_person_time", None
    if event.latest_onset_day is not None and event.latest_onset_day < min(by_day):
        return "before_person_time", None
    if event.earliest_onset_day is None:
        return "no_onset", None
    if event.earliest_onset_day > max(by_day):
        return "after_person_time", None
    found = {by_day.get(day) for day in onset_days(event)}
    if None in found:
        return "partly_observed", None
    return ("placed", found.pop()) if len(found) == 1 else ("between_states", None)
