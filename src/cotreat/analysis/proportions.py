"""Counts and proportions of a category or a flag, with what is unknown kept apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import cast

from cotreat.analysis.intervals import (
    Interval,
    PatientGroup,
    ProportionMethod,
    compute_proportion_intervals,
)
from cotreat.analysis.measure import Measure
from cotreat.analysis.measures import FAILURE
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import UNIT_KEYS, Selection, StudyTables
from cotreat.analysis.variables import DATED_VARIABLES, VARIABLES
from cotreat.engine import Engine

NOBODY_KNOWN = "nobody whose answer is known"
_YES = "yes"
UNIT_NOUNS: Mapping[Unit, str] = {
    "patient": "patients",
    "course": "courses",
    "pair": "pairs",
    "event": "events",
}


@dataclass
class _Counted:
    """Patients of one group by units and hits, for every level."""

    units: int = 0
    totals: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    levels: dict[str, list[tuple[int, int, int, int, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def groups(self, level: str) -> list[PatientGroup]:
        """Patients by known units and hits for one level."""
        left = dict(self.totals)
        found: list[PatientGroup] = []
        for n_units, n_unknown, hits, won, lost, patients in self.levels.get(level, []):
            left[n_units, n_unknown] -= patients
            found.append(PatientGroup(n_units - n_unknown + won - lost, hits, patients))
        untouched = [PatientGroup(n - unknown, 0, patients) for (n, unknown), patients in left.items()]
        return [g for g in (*found, *untouched) if g.patients]


def estimate_category(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
    level: str | None = None,
) -> list[Estimate]:
    """Count and proportion of each level of a category, or of `yes` of a flag.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        A category or a flag.
    unit, rule
        Unit of analysis, and how its pairs become one answer.
    selection
        The pairs that count, with their group.
    label
        What to write before the group's level, such as ``disease=``; empty for none.
    tables
        Interval of the proportions, and levels to show though nobody has them.
    level
        Only this level of a category, which is counted faster; None for all.
    """
    counted_level = _YES if measure.kind == "flag" else level
    counted = _count(engine, _variable(measure, rule), unit, selection, counted_level)
    if unit != "event":
        is_counted = level is None or measure.counts_censored
        for name, units in _count_units(engine, tables, unit, selection, is_counted=is_counted).items():
            counted[name].units = units
    found = (
        _estimates_of(measure, unit, rule, f"{label}{name}" if label else "", data, tables, level)
        for name, data in sorted(counted.items())
    )
    return [estimate for estimates in found for estimate in estimates]


def _variable(measure: Measure, rule: str) -> str:
    if rule.endswith(FAILURE):
        return f"{measure.variable}_as_failure"
    return measure.variable


@cache
def _counting_sql(file: str) -> str:
    return files("cotreat.analysis").joinpath(file).read_text(encoding="utf-8")


def _count(
    engine: Engine, variable: str, unit: Unit, selection: Selection, level: str | None
) -> dict[str, _Counted]:
    sql = (
        _counting_sql("counting.sql" if level is None else "counting_level.sql")
        .replace("{selected}", selection.sql)
        .replace("{variable}", VARIABLES.get(variable) or DATED_VARIABLES[variable])
        .replace("{unit_key}", UNIT_KEYS[unit])
    )
    params = selection.params if level is None else {**selection.params, "counted_level": level}
    counted: dict[str, _Counted] = defaultdict(_Counted)
    for row in engine.fetch(sql, params).to_pylist():
        data = counted[row["grp"]]
        # Rows of all levels hold all patients under no level; those of one level are of its patients at once.
        if level is not None or row["level"] == "":
            data.totals[row["n_units"], row["n_unknown"]] += row["patients"]
        touched = row["level"] if level is None else level if row["is_touched"] else ""
        if touched:
            cell = tuple(row[c] for c in ("n_units", "n_unknown", "hits", "found", "lost", "patients"))
            data.levels[touched].append(cell)
    return counted


def _count_units(
    engine: Engine, tables: StudyTables, unit: Unit, selection: Selection, *, is_counted: bool
) -> Mapping[str, int]:
    """How many units each group has; many measures ask for the same ones. Not counted: only which groups."""
    key = ("units", unit, selection.sql, tuple(sorted(selection.params.items())), is_counted)
    if key not in tables.memo:
        units = f"COUNT(DISTINCT {UNIT_KEYS[unit]})" if is_counted else "0"
        asked = f"SELECT grp, {units} AS units FROM ({selection.sql}) AS s GROUP BY grp"
        rows = engine.fetch(asked, selection.params).to_pylist()
        tables.memo[key] = {row["grp"]: row["units"] for row in rows}
    return cast("Mapping[str, int]", tables.memo[key])


def _estimates_of(
    measure: Measure,
    unit: Unit,
    rule: str,
    group: str,
    data: _Counted,
    tables: StudyTables,
    level: str | None,
) -> Iterator[Estimate]:
    levels: Sequence[str]
    if measure.kind == "flag":
        levels = [_YES]
    elif level is not None:
        levels = [level]
    else:
        levels = sorted(
            {*data.levels, *_shown(measure, rule), *tables.levels.get(measure.name, ())} - measure.hidden
        )
    for one in levels:
        yield from _estimates_of_level(measure, unit, rule, group, one, data, tables.proportion_interval)


def _shown(measure: Measure, rule: str) -> tuple[str, ...]:
    return tuple(level for level in measure.levels if level != "unassessable" or not rule.endswith(FAILURE))


def _estimates_of_level(
    measure: Measure,
    unit: Unit,
    rule: str,
    group: str,
    level: str,
    data: _Counted,
    method: ProportionMethod,
) -> Iterator[Estimate]:
    groups = data.groups(level)
    numerator = sum(g.hits * g.patients for g in groups)
    denominator = sum(g.units * g.patients for g in groups)
    answered = sum(n * patients for (n, _), patients in data.totals.items())
    count = Estimate(
        measure.name,
        unit,
        rule,
        group,
        "" if measure.kind == "flag" else level,
        "count",
        None,
        numerator=numerator,
        denominator=denominator,
        unit=UNIT_NOUNS[unit],
        n_patients=sum(g.patients for g in groups if g.units),
        n_missing=answered - denominator,
        n_censored=data.units - answered if measure.counts_censored else None,
    )
    yield from compute_share_estimates(count, groups, method)


def compute_share_estimates(
    count: Estimate, groups: Sequence[PatientGroup], method: ProportionMethod
) -> Iterator[Estimate]:
    """The count and the proportion with its interval, and why there is none where nobody is known.

    Parameters
    ----------
    count
        The count, with its numerator and denominator.
    groups
        Patients by known units and hits.
    method
        Interval between the extremes.
    """
    numerator, denominator = count.numerator or 0, count.denominator or 0
    nothing_known = "" if denominator else NOBODY_KNOWN
    note = "; ".join(part for part in (nothing_known, count.note) if part)
    counted = replace(count, estimate=float(numerator) if denominator else None, note=note)
    yield counted
    for interval in compute_proportion_intervals(groups, method) or (Interval(None, None, ""),):
        yield replace(
            counted,
            statistic="proportion",
            estimate=numerator / denominator if denominator else None,
            unit="1",
            ci_lower=interval.lower,
            ci_upper=interval.upper,
            ci_method=interval.method,
            note="; ".join(part for part in (interval.note, note) if part),
        )
