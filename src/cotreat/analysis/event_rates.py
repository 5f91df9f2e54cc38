"""How often did adverse events come? Three numbers, never one, for dated records.

The proportion of patients with at least one event; the rate of first events (EAIR), in
which the first event ends the time at risk everywhere, its own day included; and the rate
of all events (EAER). Exposure-adjusted rates: Zhou et al. 2015 (doi:10.1002/pst.1684).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

from cotreat.analysis.intervals import Interval, PatientGroup, compute_proportion_intervals
from cotreat.analysis.measure import Measure
from cotreat.analysis.rate_intervals import (
    DAYS_PER_YEAR,
    RATE_UNIT,
    RateCounts,
    compute_first_rate_intervals,
    compute_rate,
    compute_rate_intervals,
)
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import StudyTables
from cotreat.analysis.time_groups import SHOWN_CLASSES, TimeGroup, build_time_group
from cotreat.engine import Engine

NO_TIME = "nobody at risk"
_OPEN_DAYS = "n_missing: events whose day or kind is not known well enough; without them the rate is too low"
_OPEN_FIRSTS = "n_missing: patients left out because the day of their first event is not known"


@dataclass(frozen=True, slots=True)
class _Cell:
    """One class of events in one group of person-time."""

    levels: Mapping[str, str]
    patients: int
    days: int
    with_event: int
    unknown: int
    counts: RateCounts
    open_events: int
    first_events: int
    first_days: int
    first_patients: int
    left_out: int

    @property
    def group(self) -> str:
        return " & ".join(f"{name}={level}" for name, level in sorted(self.levels.items()))


@dataclass
class _Counted:
    """Rows of the queries by group, and by group and class."""

    time: list[dict[str, Any]]
    sums: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    classes: set[str] = field(default_factory=set[str])


def estimate_event_rates(
    engine: Engine,
    measure: Measure,
    *,
    tables: StudyTables,
    where: Mapping[str, str],
    by: str,
) -> list[Estimate]:
    """One of the three numbers, or the person-time behind them, by group.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind person_time, event_proportion, first_rate or event_rate.
    tables
        How numbers are computed, and what was counted before.
    where
        Variables of person-time or of events, and the level that each must have.
    by
        Variables that make groups, joined by `` & ``; empty for none.

    Raises
    ------
    UsageError
        The number is not computed by these variables together.
    """
    names = sorted({*where, *(by.split(" & ") if by else ())})
    group = build_time_group(names)
    cells = [
        cell
        for cell in _cells(engine, group, tables)
        if all(cell.levels[name] == level for name, level in where.items())
    ]
    make = {
        "person_time": _person_time,
        "event_proportion": _proportion,
        "first_rate": _first_rate,
        "event_rate": _rate,
    }[measure.kind]
    found = [estimate for cell in cells for estimate in make(measure, cell, tables)]
    return [replace(e, group=_without(e.group, where)) for e in found]


def _without(group: str, where: Mapping[str, str]) -> str:
    """The group without what the caller will name itself."""
    return " & ".join(part for part in group.split(" & ") if part.partition("=")[0] not in where)


def _cells(engine: Engine, group: TimeGroup, tables: StudyTables) -> list[_Cell]:
    key = ("event_rates", group)
    if key not in tables.memo:
        shown = tables.levels.get(group.event, SHOWN_CLASSES.get(group.event, ()))
        tables.memo[key] = list(_combine(group, _count(engine, group), shown))
    return cast("list[_Cell]", tables.memo[key])


@cache
def _sql(name: str) -> str:
    return files("cotreat.analysis").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _count(engine: Engine, group: TimeGroup) -> _Counted:
    def fetch(name: str) -> list[dict[str, Any]]:
        filled = (
            _sql(name)
            .replace("{spans}", group.spans)
            .replace("{placed}", group.placed)
            .replace("{classes}", group.classes)
        )
        return engine.fetch(filled).to_pylist()

    counted = _Counted(fetch("person_days"))
    for name in ("event_sums", "first_events"):
        for row in fetch(name):
            counted.sums[row.pop("a"), row.pop("b"), row["class"]] |= row
    counted.classes |= {row["class"] for row in engine.fetch(group.shown).to_pylist()}
    return counted


def _combine(group: TimeGroup, counted: _Counted, shown: tuple[str, ...]) -> Iterator[_Cell]:
    """Every class in every group, also where nobody had one."""
    for time in counted.time:
        for event_class in sorted({*counted.classes, *shown}):
            found = counted.sums.get((time["a"], time["b"], event_class), {})
            events = found.get("events", 0)
            yield _Cell(
                levels=group.label(time["a"], time["b"], event_class),
                patients=time["patients"],
                days=time["days"],
                with_event=found.get("patients_with", 0),
                unknown=found.get("patients_open", 0),
                counts=RateCounts(
                    time["patients"],
                    time["days"],
                    events,
                    time["days_squared"],
                    found.get("events_squared", 0),
                    found.get("events_days", 0),
                ),
                open_events=found.get("open_events", 0),
                first_events=found.get("first_events", 0),
                first_days=time["days"] - found.get("days_not_at_risk", 0),
                first_patients=time["patients"] - found.get("not_at_risk", 0),
                left_out=found.get("left_out", 0),
            )


def _person_time(measure: Measure, cell: _Cell, tables: StudyTables) -> Iterator[Estimate]:
    del tables
    yield Estimate(
        measure.name,
        "patient",
        "",
        cell.group,
        "",
        "sum",
        cell.days / DAYS_PER_YEAR,
        numerator=cell.days,
        denominator=cell.patients,
        unit="years",
        n_patients=cell.patients,
        note="numerator: person-days",
    )


def _proportion(measure: Measure, cell: _Cell, tables: StudyTables) -> Iterator[Estimate]:
    known = cell.patients - cell.unknown
    nothing_known = "" if known else "nobody whose answer is known"
    count = Estimate(
        measure.name,
        "patient",
        "any",
        cell.group,
        "",
        "count",
        float(cell.with_event) if known else None,
        numerator=cell.with_event,
        denominator=known,
        unit="patients",
        n_patients=known,
        n_missing=cell.unknown,
        note=nothing_known,
    )
    yield count
    groups = [PatientGroup(1, 1, cell.with_event), PatientGroup(1, 0, known - cell.with_event)]
    for interval in compute_proportion_intervals(groups, tables.proportion_interval) or (
        Interval(None, None, "", nothing_known),
    ):
        yield replace(
            count,
            statistic="proportion",
            estimate=cell.with_event / known if known else None,
            unit="1",
            ci_lower=interval.lower,
            ci_upper=interval.upper,
            ci_method=interval.method,
            note=interval.note,
        )


def _first_rate(measure: Measure, cell: _Cell, tables: StudyTables) -> Iterator[Estimate]:
    del tables
    rate = Estimate(
        measure.name,
        "patient",
        "first",
        cell.group,
        "",
        "rate",
        compute_rate(cell.first_events, cell.first_days),
        numerator=cell.first_events,
        denominator=cell.first_days,
        unit=RATE_UNIT,
        n_patients=cell.first_patients,
        n_missing=cell.left_out,
        note=_OPEN_FIRSTS if cell.left_out else "",
    )
    intervals = compute_first_rate_intervals(cell.first_events, cell.first_days)
    yield from build_rate_estimates(rate, intervals)


def _rate(measure: Measure, cell: _Cell, tables: StudyTables) -> Iterator[Estimate]:
    del tables
    rate = Estimate(
        measure.name,
        "event",
        "",
        cell.group,
        "",
        "rate",
        compute_rate(cell.counts.events, cell.counts.days),
        numerator=cell.counts.events,
        denominator=cell.days,
        unit=RATE_UNIT,
        n_patients=cell.patients,
        n_missing=cell.open_events,
        note=_OPEN_DAYS if cell.open_events else "",
    )
    yield from build_rate_estimates(rate, compute_rate_intervals(cell.counts))


def build_rate_estimates(rate: Estimate, intervals: tuple[Interval, ...]) -> Iterator[Estimate]:
    """The rate with each of its intervals; without time at risk once, with the reason.

    Parameters
    ----------
    rate
        Without interval.
    intervals
        Each with what a reader must know of it.
    """
    for interval in intervals or (Interval(None, None, "", NO_TIME),):
        yield replace(
            rate,
            ci_lower=interval.lower,
            ci_upper=interval.upper,
            ci_method=interval.method,
            note="; ".join(text for text in (interval.note, rate.note) if text),
        )
