"""Which CTCAE grades had laboratory values, in how many patients, and in whom did they get worse? By term.

The worst grade of a patient in a group of person-time is that of all results on its days.
Not gradable is not grade 0: who has no result there, or none that tells, is in no numerator and
in no denominator, and stands in `n_missing`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

from cotreat.analysis.intervals import PatientGroup
from cotreat.analysis.measure import Measure
from cotreat.analysis.proportions import compute_share_estimates
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import StudyTables
from cotreat.analysis.summaries import STATISTICS, Values
from cotreat.analysis.time_groups import TIME_GROUPS, TimeGroup
from cotreat.engine import Engine
from cotreat.errors import UsageError
from cotreat.vocabulary import read_lab_tests

ANY_GRADE, SEVERE, WORSENED, NOT_GRADABLE = "any_grade", "grade_3_or_worse", "worsened", "not_gradable"
LOOKBACK_DAYS = 365
"""How old the value of month 0 may be."""
_SEVERE_FROM = 3
_REASONS: Mapping[int, str] = MappingProxyType(
    {1: "no_value", 2: "no_baseline", 3: "no_limit", 4: "no_limit_and_baseline", 5: "no_criterion"}
)
_Row = Mapping[str, Any]
_Answer = Callable[[_Row], "bool | None"]


@dataclass
class _Cell:
    """Patients of one term in one group of person-time."""

    levels: Mapping[str, str]
    people: int
    rows: list[_Row] = field(default_factory=list[_Row])

    @property
    def group(self) -> str:
        return " & ".join(f"{name}={level}" for name, level in sorted(self.levels.items()))

    @property
    def measured(self) -> int:
        return sum(row["patients"] for row in self.rows)


def estimate_laboratory(
    engine: Engine, measure: Measure, *, tables: StudyTables, where: Mapping[str, str], by: str
) -> list[Estimate]:
    """Worst grades, or shifts from the grade before treatment, by term and group of person-time.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind laboratory_grade or laboratory_shift.
    tables
        How numbers are computed, and what was counted before.
    where
        Variables of person-time or `term`, and the level that each must have.
    by
        Variables that make groups, joined by `` & ``.

    Raises
    ------
    UsageError
        The term is not among the variables, or person-time is not divided by the others.
    """
    names = sorted({*where, *(by.split(" & ") if by else ())})
    time = tuple(name for name in names if name != "term")
    if "term" not in names or time not in TIME_GROUPS:
        known = ", ".join(" & ".join(group) for group in TIME_GROUPS if group)
        msg = f"`{measure.name}` is computed by `term`, and beside it by {known}; not by {' & '.join(names)}."
        raise UsageError(msg)
    make = _grades if measure.kind == "laboratory_grade" else _shifts
    kept = [c for c in _cells(engine, time, tables) if all(c.levels[n] == lv for n, lv in where.items())]
    found = [estimate for cell in kept for estimate in make(measure, cell, tables)]
    return [replace(e, group=_without(e.group, where)) for e in found]


def _without(group: str, where: Mapping[str, str]) -> str:
    return " & ".join(part for part in group.split(" & ") if part.partition("=")[0] not in where)


@cache
def _sql(name: str) -> str:
    return files("cotreat.analysis").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _cells(engine: Engine, time: tuple[str, ...], tables: StudyTables) -> list[_Cell]:
    key = ("laboratory", time)
    if key not in tables.memo:
        group = TimeGroup(time, "")
        people = {
            (row["a"], row["b"]): row["patients"]
            for row in engine.fetch(_sql("person_days").replace("{spans}", group.spans)).to_pylist()
        }
        cells: dict[tuple[str, str, str], _Cell] = {}
        for row in engine.fetch(_sql("laboratory_counts").replace("{spans}", group.spans)).to_pylist():
            a, b, term = row["a"], row["b"], row["term"]
            levels = {**group.label(a, b, ""), "term": term}
            cells.setdefault((term, a, b), _Cell(levels, people[a, b])).rows.append(row)
        tables.memo[key] = [cells[place] for place in sorted(cells)]
    return cast("list[_Cell]", tables.memo[key])


def _grades(measure: Measure, cell: _Cell, tables: StudyTables) -> Iterator[Estimate]:
    seen = sorted({row["worst_low"] for row in cell.rows if _is_known(row, "worst")})
    for grade in seen:
        yield from _share(measure, cell, f"grade_{grade}", lambda row, g=grade: _exactly(row, g), tables)
    yield from _share(measure, cell, ANY_GRADE, lambda row: _at_least(row, 1), tables)
    yield from _share(measure, cell, SEVERE, lambda row: _at_least(row, _SEVERE_FROM), tables)
    yield from _share(measure, cell, NOT_GRADABLE, lambda row: not _is_known(row, "worst"), tables)
    for code in sorted({row["reason_code"] for row in cell.rows} & set(_REASONS)):
        level = f"{NOT_GRADABLE}: {_REASONS[code]}"
        yield from _share(measure, cell, level, lambda row, c=code: row["reason_code"] == c, tables)


def _shifts(measure: Measure, cell: _Cell, tables: StudyTables) -> Iterator[Estimate]:
    known = {
        (row["before_low"], row["worst_low"])
        for row in cell.rows
        if _is_known(row, "worst") and _is_known(row, "before")
    }
    for before, worst in sorted(known):
        level = f"grade_{before} to grade_{worst}"
        yield from _share(measure, cell, level, lambda row, b=before, w=worst: _shifted(row, b, w), tables)
    yield from _share(measure, cell, WORSENED, _worsened, tables)


def _is_known(row: _Row, which: str) -> bool:
    return row[f"{which}_low"] is not None and row[f"{which}_low"] == row[f"{which}_high"]


def _exactly(row: _Row, grade: int) -> bool | None:
    return row["worst_low"] == grade if _is_known(row, "worst") else None


def _at_least(row: _Row, grade: int) -> bool | None:
    if row["worst_low"] is None:
        return None
    if row["worst_low"] >= grade:
        return True
    return False if row["worst_high"] < grade else None


def _shifted(row: _Row, before: int, worst: int) -> bool | None:
    if not (_is_known(row, "worst") and _is_known(row, "before")):
        return None
    return row["before_low"] == before and row["worst_low"] == worst


def _worsened(row: _Row) -> bool | None:
    """A grade above that before treatment."""
    if row["worst_low"] is None or row["before_low"] is None:
        # Grade 0 is not above any grade.
        return False if row["worst_high"] == 0 else None
    if row["worst_low"] > row["before_high"]:
        return True
    return False if row["worst_high"] <= row["before_low"] else None


def _share(
    measure: Measure, cell: _Cell, level: str, answer: _Answer, tables: StudyTables
) -> Iterator[Estimate]:
    said = defaultdict[bool | None, int](int)
    for row in cell.rows:
        said[answer(row)] += row["patients"]
    known = said[True] + said[False]
    without = cell.people - cell.measured
    parts = (
        (without, "without a result on these days"),
        (said[None], "not known from the values"),
    )
    note = ", ".join(f"{n} {text}" for n, text in parts if n)
    count = Estimate(
        measure.name,
        "patient",
        "worst",
        cell.group,
        level,
        "count",
        None,
        numerator=said[True],
        denominator=known,
        unit="patients",
        n_patients=known,
        n_missing=cell.people - known,
        note=f"n_missing: {note}" if note else "",
    )
    groups = [PatientGroup(1, 1, said[True]), PatientGroup(1, 0, said[False])]
    yield from compute_share_estimates(count, groups, tables.proportion_interval)


def estimate_laboratory_values(engine: Engine, measure: Measure, tables: StudyTables) -> list[Estimate]:
    """Median and quartiles of each test at month 0 and while the first combination lasts.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind laboratory_value.
    tables
        What was counted before.
    """
    if "laboratory_values" not in tables.memo:
        found: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
        for row in engine.fetch(_sql("laboratory_values"), {"lookback": LOOKBACK_DAYS}).to_pylist():
            found[row["test"], row["month"]].append((row["value"], row["patients"]))
        tables.memo["laboratory_values"] = [
            estimate
            for (test, month), values in sorted(found.items())
            for estimate in _summaries(measure, test, month, sorted(values))
        ]
    return cast("list[Estimate]", tables.memo["laboratory_values"])


def _summaries(
    measure: Measure, test: str, month: int, found: Sequence[tuple[float, int]]
) -> Iterator[Estimate]:
    data = Values(tuple(value for value, _ in found), tuple(n for _, n in found))
    for statistic in measure.statistics:
        yield Estimate(
            measure.name,
            "patient",
            "first",
            f"month={month} & test={test}",
            "",
            statistic,
            STATISTICS[statistic](data),
            denominator=data.n,
            unit=read_lab_tests()[test].unit,
            n_patients=data.n,
        )
