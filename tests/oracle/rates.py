"""The three numbers of safety, day by day: patients with an event, first events, all events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from oracle.adverse_events import events_of, onset_days
from oracle.episodes import episodes_of_patient
from oracle.records import Episodes, Event, Parameters, Patient, StateInterval
from oracle.states import risk_of_pair

# Whether an event is one of those that are counted; None: not known.
IsCounted = Callable[[Event], bool | None]


@dataclass(frozen=True, slots=True)
class Person:
    """One patient: the days of person-time with the groups that each belongs to, and the events."""

    days: Mapping[int, frozenset[str]]
    events: tuple[Event, ...]

    def days_in(self, group: str) -> list[int]:
        return [day for day, groups in self.days.items() if group in groups]


@dataclass(frozen=True, slots=True)
class ThreeNumbers:
    """What the three numbers of one group are made of; unknown, open and left out stand beside them."""

    patients: int
    days: int
    with_event: int
    unknown: int
    events: int
    open_events: int
    first_events: int
    first_days: int
    left_out: int


def persons_of(patients: Iterable[Patient], parameters: Parameters, by: str) -> list[Person]:
    """Patients whose days are grouped by nothing (empty), state, drug, drug and state, or regimen."""
    return [_person(patient, parameters, by) for patient in patients]


def _person(patient: Patient, parameters: Parameters, by: str) -> Person:
    episodes = episodes_of_patient(patient, parameters)
    days = {
        day: _groups_of(day, interval.state, episodes, parameters, by)
        for interval in episodes.states
        for day in range(interval.start_day, interval.end_day + 1)
    }
    return Person(days, tuple(events_of(patient.events, episodes.states)))


def _groups_of(day: int, state: str, episodes: Episodes, parameters: Parameters, by: str) -> frozenset[str]:
    if by == "":
        return frozenset({""})
    if by == "state":
        return frozenset({state})
    if by == "ever":
        return frozenset({_ever(episodes.states, day)})
    if by == "regimen":
        return frozenset(
            f"{p.anchor_era.drug} + {p.partner_era.drug}"
            for p in episodes.pairs
            if _works(day, p.start_day, p.end_day, risk_of_pair(p, parameters))
        )
    drugs = frozenset(
        e.drug for e in episodes.eras if _works(day, e.start_day, e.end_day, parameters.risk(e.drug))
    )
    return {"drug": drugs, "drug & state": frozenset(f"{drug} & {state}" for drug in drugs)}[by]


def _ever(states: Iterable[StateInterval], day: int) -> str:
    """What had been taken until a day: the combination before an anchor, this before a partner."""
    until = {one.state for one in states if one.start_day <= day}
    order = {"combination": "combination", "anchor_only": "anchor", "partner_only": "partner"}
    return next((ever for state, ever in order.items() if state in until), "none")


def _works(day: int, start: int, end: int, risk_window: int) -> bool:
    return start <= day <= end + risk_window


def groups_of(persons: Iterable[Person]) -> set[str]:
    """Every group with person-time."""
    return {group for person in persons for groups in person.days.values() for group in groups}


def three_numbers(persons: Iterable[Person], group: str, is_counted: IsCounted) -> ThreeNumbers:
    """The numbers of one group, over its patients."""
    return _added([_numbers(p, group, is_counted) for p in persons if p.days_in(group)])


def _added(numbers: list[ThreeNumbers]) -> ThreeNumbers:
    columns = ThreeNumbers.__slots__
    return ThreeNumbers(**{c: sum(getattr(n, c) for n in numbers) for c in columns})


def _numbers(person: Person, group: str, is_counted: IsCounted) -> ThreeNumbers:
    days = person.days_in(group)
    certain = is_open = events = 0
    for event in person.events:
        counted = is_counted(event)
        inside = _is_inside(event, days, person)
        if counted is False or inside is False:
            continue
        if counted and inside:
            events += 1
        else:
            is_open += 1
        # Over all person-time an event counts for its patient whenever it was.
        certain += bool(counted and (inside or group == ""))
    first = _first_day(person, is_counted)
    at_risk = [] if first == "unknown" else [day for day in days if first is None or day <= int(first)]
    return ThreeNumbers(
        patients=1,
        days=len(days),
        with_event=int(certain > 0),
        unknown=int(certain == 0 and is_open > 0),
        events=events,
        open_events=is_open,
        first_events=int(first not in (None, "unknown") and first in days),
        first_days=len(at_risk),
        left_out=int(first == "unknown"),
    )


def _is_inside(event: Event, days: list[int], person: Person) -> bool | None:
    """Whether it began on days of the group; None: it may have."""
    if not person.days or event.placement in ("before_person_time", "after_person_time"):
        return False
    if event.earliest_onset_day is None:
        began_by = event.latest_onset_day
        return None if began_by is None or any(day <= began_by for day in days) else False
    inside = [day in days for day in onset_days(event)]
    return True if all(inside) else None if any(inside) else False


def _first_day(person: Person, is_counted: IsCounted) -> int | str | None:
    """The day of the first event; `unknown` if another may have come before it; None without one."""
    certain, possible = [], []
    for event in person.events:
        counted = is_counted(event)
        if (
            counted is False
            or not person.days
            or event.placement in ("before_person_time", "after_person_time")
        ):
            continue
        is_exact = event.earliest_onset_day is not None and event.earliest_onset_day == event.latest_onset_day
        if counted and is_exact:
            certain.append(event.earliest_onset_day)
        else:
            possible.append(event.earliest_onset_day)
    first = min((day for day in certain if day is not None), default=None)
    if not possible:
        return first
    if first is None or any(day is None or day < first for day in possible):
        return "unknown"
    return first
