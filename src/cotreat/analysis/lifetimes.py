"""How long each combination lasted, by group: counts for curves, and sums by patient for intervals."""

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from cotreat.analysis.results import Unit
from cotreat.analysis.selection import UNIT_KEYS, Selection
from cotreat.analysis.survival import Lifetimes, Reals
from cotreat.analysis.survival_intervals import Influence
from cotreat.engine import Engine

# Kinds of end, in the order of the numbers that drug_survival.sql gives them, from 1.
END_KINDS = ("adverse_event", "ineffectiveness", "remission", "other", "death", "unknown")

FIRST = ", first"
FROM_MIN_OVERLAP = "from_min_overlap"
EVERY_KIND = "every_kind"
# Rules that only studies with dated exposures have: their courses are pairs of every kind that share days.
DATED_RULES = (FROM_MIN_OVERLAP, EVERY_KIND)

# Shares of the largest influence are added up as whole numbers of this size: their squares still fit.
_SCALE = 1 << 16


@dataclass(frozen=True, eq=False)
class Group:
    """The lifetimes of one group.

    Attributes
    ----------
    name
        Its level; empty for the whole study.
    data
        How often each time and kind of end occur, in days.
    n_patients
        Patients with a known lifetime.
    n_missing
        Units whose length is unknown.
    """

    name: str
    data: Lifetimes
    n_patients: int
    n_missing: int

    @property
    def is_clustered(self) -> bool:
        """Whether a patient has several lifetimes."""
        return self.data.n > self.n_patients


@dataclass(frozen=True)
class LifetimeTable:
    """Lifetimes in the engine, and their groups."""

    engine: Engine
    groups: tuple[Group, ...] = field(default=())

    def count_patients(self) -> int:
        """How many patients have a known lifetime in any group."""
        found = self.engine.fetch(
            "SELECT COUNT(DISTINCT patient_key) AS n FROM lifetimes WHERE days IS NOT NULL"
        )
        return int(found["n"][0].as_py())

    def variances(self, asked: Mapping[Group, Sequence[Influence]]) -> dict[Group, list[float]]:
        """The variance between patients of several numbers of groups of at least two patients.

        Parameters
        ----------
        asked
            For each group the influence of each lifetime on each number.
        """
        if not asked:
            return {}
        # An influence of 0 everywhere has the unit 1, so that nothing is divided by 0.
        units = {group: [_largest([i.values]) for i in influences] for group, influences in asked.items()}
        shares = {
            group: [i.values / unit for i, unit in zip(influences, units[group], strict=True)]
            for group, influences in asked.items()
        }
        squares = _sum_squares(self.engine, shares, across=False)
        return {
            group: [
                _corrected(group.n_patients) * squares[group.name, place] * unit**2
                for place, unit in enumerate(own)
            ]
            for group, own in units.items()
        }

    def variances_across(self, influences: Mapping[Group, Reals], n_patients: int) -> list[float]:
        """The variance between patients of numbers that several groups have a part in.

        Parameters
        ----------
        influences
            Of each lifetime of each group; axes: number, kind of end, time.
        n_patients
            Patients of all groups together.
        """
        first = next(iter(influences.values()))
        units = [_largest([own[place] for own in influences.values()]) for place in range(len(first))]
        shares = {
            group: [part / unit for part, unit in zip(own, units, strict=True)]
            for group, own in influences.items()
        }
        squares = _sum_squares(self.engine, shares, across=True)
        return [_corrected(n_patients) * squares["", place] * unit**2 for place, unit in enumerate(units)]


@contextmanager
def build_lifetimes(
    engine: Engine, selection: Selection, *, unit: Unit, rule: str, is_dated: bool, min_overlap: int
) -> Generator[LifetimeTable]:
    """The lifetimes of the selected units, for as long as the block lasts.

    Parameters
    ----------
    engine
        Holds the study's tables.
    selection
        The pairs that count, with their group.
    unit
        pair or course.
    rule
        ``from_min_overlap`` leaves out what ends before that day; ``, first`` keeps the first
        unit of each patient.
    is_dated
        Whether a course lasts from the first to the last day of its pairs, or, declared,
        as long as its longest pair.
    min_overlap
        Days from which a unit counts under ``from_min_overlap``.
    """
    filled = (
        _sql()
        .replace("{selected}", selection.sql)
        .replace("{unit_key}", UNIT_KEYS[unit])
        .replace("{last}", "CAST(p.end_day AS DOUBLE)" if is_dated else "p.duration_days")
        .replace(
            "{length}",
            "CAST(MAX(p.end_day) - MIN(p.start_day) + 1 AS DOUBLE)" if is_dated else "MAX(p.duration_days)",
        )
    )
    conditions = ["1 = 1"]
    if rule.startswith(FROM_MIN_OVERLAP):
        conditions.append(f"(days IS NULL OR days >= {int(min_overlap)})")
    if rule.endswith(FIRST.strip(", ")):
        conditions.append("place = 1")
    engine.create("all_lifetimes", filled, selection.params)
    engine.create("lifetimes", f"SELECT * FROM all_lifetimes WHERE {' AND '.join(conditions)}")
    engine.drop("all_lifetimes")
    try:
        yield LifetimeTable(engine, tuple(_groups(engine)))
    finally:
        engine.drop("lifetimes")


@cache
def _sql() -> str:
    return files("cotreat.analysis").joinpath("drug_survival.sql").read_text(encoding="utf-8")


def _groups(engine: Engine) -> Iterator[Group]:
    counts: dict[str, dict[tuple[float, int], int]] = defaultdict(dict)
    missing: dict[str, int] = defaultdict(int)
    found = engine.fetch("SELECT grp, days, kind, COUNT(*) AS n FROM lifetimes GROUP BY grp, days, kind")
    for row in found.to_pylist():
        if row["days"] is None:
            missing[row["grp"]] += row["n"]
        else:
            counts[row["grp"]][row["days"], row["kind"]] = row["n"]
    sizes = engine.fetch(
        "SELECT grp, COUNT(DISTINCT patient_key) AS n FROM lifetimes WHERE days IS NOT NULL GROUP BY grp"
    )
    patients = {row["grp"]: row["n"] for row in sizes.to_pylist()}
    data = {name: Lifetimes.of(counts[name], len(END_KINDS)) for name in {*counts, *missing}}
    for name in sorted(data):
        yield Group(name, data[name], patients.get(name, 0), missing[name])


def _largest(parts: Sequence[Reals]) -> float:
    return max(float(np.abs(part).max(initial=0.0)) for part in parts) or 1.0


def _corrected(n_patients: int) -> float:
    return n_patients / (n_patients - 1)


def _sum_squares(
    engine: Engine, shares: Mapping[Group, Sequence[Reals]], *, across: bool
) -> dict[tuple[str, int], float]:
    """The sum over patients of the squared sum of their shares, by group (or over all) and place.

    The shares, at most 1, are added up as whole numbers: the same data give the same sum.
    """
    width = max(map(len, shares.values()))
    engine.load("influences", pa.concat_tables([_rows(group, own, width) for group, own in shares.items()]))
    sums = ", ".join(f"CAST(SUM(i.share_{n}) AS BIGINT) AS share_{n}" for n in range(width))
    squares = ", ".join(f"CAST(SUM(share_{n} * share_{n}) AS BIGINT) AS square_{n}" for n in range(width))
    # A constant is no key to every database.
    name, key = ("''", "l.patient_key") if across else ("l.grp", "l.grp, l.patient_key")
    found = engine.fetch(
        f"SELECT grp, {squares} FROM (SELECT {name} AS grp, l.patient_key, {sums} FROM lifetimes AS l "
        "INNER JOIN influences AS i ON i.grp = l.grp AND i.days = l.days AND i.kind = l.kind "
        f"GROUP BY {key}) AS patient GROUP BY grp"
    )
    engine.drop("influences")
    return {
        (row["grp"], place): row[f"square_{place}"] / _SCALE**2
        for row in found.to_pylist()
        for place in range(width)
    }


def _rows(group: Group, shares: Sequence[Reals], width: int) -> pa.Table:
    kinds, times = np.nonzero(group.data.counts)
    columns: dict[str, pa.Array[Any]] = {
        "grp": pa.array([group.name] * len(kinds), pa.string()),
        "days": pa.array(group.data.times[times]),
        "kind": pa.array(kinds.astype(np.int64)),
    }
    for place in range(width):
        own = shares[place][kinds, times] if place < len(shares) else np.zeros(len(kinds))
        columns[f"share_{place}"] = pa.array(np.rint(own * _SCALE).astype(np.int64))
    return pa.table(columns)
