"""The three numbers of a study as rows, by the oracle and by an engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from cotreat.analysis.estimates import estimate
from cotreat.analysis.results import Unit
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine
from oracle.rates import IsCounted, groups_of, persons_of, three_numbers
from oracle.records import Event, Parameters, Patient
from spec.table import Row, Value

# What each step divides person-time by, and the events.
RATE_STEPS: Mapping[str, tuple[str, str]] = {
    "rates": ("state", ""),
    "rates by drug": ("drug & state", ""),
    "rates by regimen": ("regimen", ""),
    "rates by term": ("state", "term"),
}
NUMBERS = (
    "patients",
    "days",
    "with_event",
    "unknown",
    "events",
    "open_events",
    "first_events",
    "first_days",
    "left_out",
)

# By variable of events: its classes, and whether an event is of one; None: not known.
_OF_CLASS: Mapping[str, Callable[[str], IsCounted]] = {
    "": lambda _: lambda _event: True,
    "term": lambda term: lambda event: (event.term or "unknown") == term,
    "seriousness": lambda _: lambda event: None if event.is_serious is None else event.is_serious == 1,
    "severity": lambda _: lambda event: None if event.severity_grade is None else event.severity_grade >= 3,
}


def classes_of(variable: str, events: Sequence[Event]) -> list[str]:
    """The classes of events that are shown."""
    if variable == "term":
        return sorted({event.term or "unknown" for event in events})
    return {"": [""], "seriousness": ["serious"], "severity": ["grade_3_or_worse"]}[variable]


def rates_of_oracle(patients: Sequence[Patient], parameters: Parameters, time: str, events: str) -> list[Row]:
    """One row per group of person-time and class of events."""
    persons = persons_of(patients, parameters, time)
    counted = [
        event
        for person in persons
        for event in person.events
        if event.placement in ("placed", "between_states", "partly_observed", "no_onset")
    ]
    return [
        {
            **_levels(time, group),
            **({events: event_class} if events else {}),
            **asdict(three_numbers(persons, group, _OF_CLASS[events](event_class))),
        }
        for group in sorted(groups_of(persons))
        for event_class in classes_of(events, counted)
    ]


def _levels(time: str, group: str) -> dict[str, Value]:
    return dict(zip(time.split(" & "), group.split(" & "), strict=True)) if time else {}


_ASKED: Mapping[str, tuple[Unit, str, str, Mapping[str, str]]] = {
    "person_time": ("patient", "", "sum", {"days": "numerator", "patients": "denominator"}),
    "adverse_event_proportion": (
        "patient",
        "any",
        "count",
        {"with_event": "numerator", "unknown": "n_missing"},
    ),
    "adverse_event_first_rate": (
        "patient",
        "first",
        "rate",
        {"first_events": "numerator", "first_days": "denominator", "left_out": "n_missing"},
    ),
    "adverse_event_rate": ("event", "", "rate", {"events": "numerator", "open_events": "n_missing"}),
}


def rates_of_engine(engine: Engine, time: str, events: str) -> list[Row]:
    """The same rows, from the estimates of the study that is in the engine."""
    tables = StudyTables("wilson", 0, is_dated=True)
    by = " & ".join(name for name in (time, events) if name)
    rows: dict[str, dict[str, Value]] = {}
    for measure, (unit, rule, statistic, columns) in _ASKED.items():
        asked = time if measure == "person_time" else by
        found = estimate(engine, tables, measure=measure, unit=unit, rule=rule, statistic=statistic, by=asked)
        for one in found:
            levels = dict(part.split("=", 1) for part in one.group.split(" & ")) if one.group else {}
            numbers = {column: getattr(one, name) for column, name in columns.items()}
            if measure == "person_time":
                rows[one.group] = {**levels, **numbers}
            else:
                own = " & ".join(f"{k}={v}" for k, v in sorted(levels.items()) if k != events)
                rows.setdefault(f"{one.group} of events", {**rows[own], **levels}).update(numbers)
    return [row for name, row in rows.items() if name.endswith(" of events")]
