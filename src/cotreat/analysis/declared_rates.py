"""How often did adverse events come, where only lengths are recorded? Rates over courses.

A course is as long as its longest combination, so that partners taken in parallel do not
count a patient's time twice, and an event that two of its combinations name is one event.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cotreat.analysis.event_rates import build_rate_estimates
from cotreat.analysis.measure import Measure
from cotreat.analysis.measures import UNKNOWN_AS_NONE
from cotreat.analysis.rate_intervals import (
    RATE_UNIT,
    RateCounts,
    compute_rate,
    compute_rate_intervals,
)
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import Selection, StudyTables
from cotreat.analysis.time_groups import EVENT_CLASSES, SHOWN_CLASSES
from cotreat.engine import Engine

_LENGTHS_ONLY = "and the source has lengths only"
_REASONS = {
    "person_time": f"not derivable: time on each drug alone needs dates, {_LENGTHS_ONLY}",
    "rate_ratio": f"not derivable: it needs the time on each drug alone, {_LENGTHS_ONLY}",
    "first_rate": f"not derivable: it needs the days on which events began, {_LENGTHS_ONLY}",
}


@dataclass
class _Course:
    """One course of a group: its patient, the lengths of its combinations, and its events by class."""

    patient: int
    lengths: list[float | None] = field(default_factory=list[float | None])
    events: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def days(self) -> Fraction | None:
        """Its longest combination; unknown while the length of one is."""
        known = [length for length in self.lengths if length is not None]
        return Fraction(max(known)) if known and len(known) == len(self.lengths) else None


def estimate_declared_rates(
    engine: Engine,
    measure: Measure,
    *,
    rule: str,
    selection: Selection,
    by: str,
    event_variable: str,
    tables: StudyTables,
) -> list[Estimate]:
    """Events per 100 patient-years of combined treatment, by group.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind event_rate; of any other rate one row says why there is no number.
    rule
        ``longest``: combinations whose events are unknown are left out, with their time;
        with ``unknown_as_none`` they are counted as if they had had none.
    selection
        The pairs that count, with their group.
    by
        Variable that makes the groups; empty for none.
    event_variable
        What the events are divided by; empty for any event.
    tables
        Classes of events to show though nobody had one.
    """
    if measure.kind != "event_rate":
        return [_not_derivable(measure, rule)]
    is_strict = not rule.endswith(UNKNOWN_AS_NONE)
    groups = _read(engine, selection, event_variable, is_strict=is_strict)
    shown = tables.levels.get(event_variable, SHOWN_CLASSES.get(event_variable, ()))
    found: list[Estimate] = []
    for name, (courses, left_out) in sorted(groups.items()):
        classes = {c for course in courses.values() for c in course.events} | set(shown)
        for event_class in sorted(classes):
            levels = {by: name} if by else {}
            levels |= {event_variable: event_class} if event_variable else {}
            group = " & ".join(f"{n}={level}" for n, level in sorted(levels.items()))
            found += _estimates(measure, rule, group, list(courses.values()), event_class, left_out)
    return found


def _not_derivable(measure: Measure, rule: str) -> Estimate:
    unit = next(iter(measure.rules))
    units = {"person_time": ("sum", "years"), "rate_ratio": ("ratio", "1")}
    statistic, of = units.get(measure.kind, ("rate", RATE_UNIT))
    return Estimate(measure.name, unit, rule, "", "", statistic, None, unit=of, note=_REASONS[measure.kind])


def _read(
    engine: Engine, selection: Selection, event_variable: str, *, is_strict: bool
) -> dict[str, tuple[dict[int, _Course], int]]:
    """By group its courses, and how many are left out because their events are unknown."""
    unknown = "SELECT pair_key FROM event_pairs WHERE event_key IS NULL"
    rows = engine.fetch(
        "SELECT s.grp, s.patient_key, s.course_key, p.duration_days AS days, "
        f"CASE WHEN s.pair_key IN ({unknown}) THEN 1 ELSE 0 END AS is_unknown "
        f"FROM ({selection.sql}) AS s INNER JOIN pairs AS p ON p.pair_key = s.pair_key",
        selection.params,
    ).to_pylist()
    courses: dict[str, dict[int, _Course]] = defaultdict(dict)
    left_out: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row["is_unknown"] and is_strict:
            left_out[row["grp"]].add(row["course_key"])
            continue
        course = courses[row["grp"]].setdefault(row["course_key"], _Course(row["patient_key"]))
        course.lengths.append(row["days"])
    for row in _events(engine, selection, event_variable, unknown if is_strict else ""):
        courses[row["grp"]][row["course_key"]].events[row["class"]] = row["events"]
    return {
        name: (courses[name], len(left_out[name] - set(courses[name])))
        for name in {row["grp"] for row in rows}
    }


def _events(engine: Engine, selection: Selection, variable: str, without: str) -> list[dict[str, Any]]:
    """Events of each course and class; the same term in two of its combinations is one."""
    where = f"AND s.pair_key NOT IN ({without})" if without else ""
    return engine.fetch(
        "SELECT s.grp, s.course_key, c.class, COUNT(DISTINCT e.term) "
        "+ COUNT(DISTINCT CASE WHEN e.term IS NULL THEN e.event_key END) AS events "
        f"FROM ({selection.sql}) AS s "
        "INNER JOIN event_pairs AS l ON l.pair_key = s.pair_key "
        "INNER JOIN events AS e ON e.event_key = l.event_key "
        f"INNER JOIN ({EVENT_CLASSES[variable]}) AS c ON c.event_key = e.event_key "
        f"WHERE c.is_certain = 1 {where} GROUP BY s.grp, s.course_key, c.class",
        selection.params,
    ).to_pylist()


def _estimates(
    measure: Measure, rule: str, group: str, courses: list[_Course], event_class: str, left_out: int
) -> Iterator[Estimate]:
    timed = [course for course in courses if course.days is not None]
    missing = left_out + len(courses) - len(timed)
    by_patient: dict[int, tuple[int, Fraction]] = {}
    for course in timed:
        events, days = by_patient.get(course.patient, (0, Fraction(0)))
        own = course.days or Fraction(0)
        by_patient[course.patient] = (events + course.events.get(event_class, 0), days + own)
    counts = RateCounts.of(by_patient.values())
    rate = Estimate(
        measure.name,
        "event",
        rule,
        group,
        "",
        "rate",
        compute_rate(counts.events, counts.days),
        numerator=counts.events,
        denominator=round(counts.days),
        unit=RATE_UNIT,
        n_patients=counts.patients,
        n_missing=missing,
        note=_note(missing),
    )
    yield from build_rate_estimates(rate, compute_rate_intervals(counts))


def _note(missing: int) -> str:
    recorded = "denominator: person-days as recorded, rounded to whole days"
    return f"{recorded}; n_missing: courses whose events or length are unknown" if missing else recorded
