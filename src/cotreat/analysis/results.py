"""Result: every number of a study, one row per estimate, with its unit and denominator.

Everything that a report or an audit shows is made from these rows alone.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Literal, Self

import pyarrow as pa

Unit = Literal["patient", "course", "pair", "event"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number of a study.

    Attributes
    ----------
    measure
        What is counted or measured.
    unit_of_analysis
        What one counted thing is: patient, course, pair or event.
    rule
        How several pairs of one unit became one answer (any, first, last, best,
        longest); empty when there is nothing to combine.
    group
        Empty for the whole study, else ``variable=level``, several joined by `` & ``.
    level
        The category that is counted; empty when the measure has none.
    statistic
        count, proportion, mean, sd, median, q1, q3, min, max, sum, ...
    estimate
        The number, unrounded; a proportion in 0..1; None: it cannot be estimated and
        `note` says why.
    ci_lower, ci_upper, ci_method
        Interval, both ends; None when there is none on that side.
    numerator, denominator
        Counts behind the number. For a mean or a quantile the denominator is how
        many values it is made of.
    unit
        Unit of `estimate`: 1, patients, pairs, courses, events, months, years, mg/day,
        mg/week, per 100 patient-years.
    n_patients
        Patients who contribute to the denominator.
    n_missing
        Units left out because the answer is unknown.
    n_censored
        Units still going on at the end of observation: among the values of a duration,
        left out of the denominator of an end reason or of what followed.
    note
        What a reader must know to read the number rightly.
    """

    measure: str
    unit_of_analysis: str
    rule: str
    group: str
    level: str
    statistic: str
    estimate: float | None
    ci_lower: float | None = None
    ci_upper: float | None = None
    ci_method: str = ""
    numerator: int | None = None
    denominator: int | None = None
    unit: str = "1"
    n_patients: int | None = None
    n_missing: int | None = None
    n_censored: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a number that is not one."""
        for value in (self.estimate, self.ci_lower, self.ci_upper):
            if value is not None and not math.isfinite(value):
                msg = f"{self.measure} {self.statistic} {self.group} {self.level}: {value} is not a number"
                raise ValueError(msg)


RESULT_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(Estimate))
RESULT_KEY: tuple[str, ...] = (
    "measure",
    "unit_of_analysis",
    "rule",
    "group",
    "level",
    "statistic",
    "ci_method",
)
_ROW = attrgetter(*RESULT_COLUMNS)
_KEY = attrgetter(*RESULT_KEY)
_REALS = ("estimate", "ci_lower", "ci_upper")
_COUNTS = ("numerator", "denominator", "n_patients", "n_missing", "n_censored")

RESULT_SCHEMA = pa.schema(
    [
        pa.field(name, pa.float64() if name in _REALS else pa.int64() if name in _COUNTS else pa.string())
        for name in RESULT_COLUMNS
    ]
)


@dataclass(frozen=True)
class Result:
    """Estimates in one Arrow table, sorted by key, each key once."""

    table: pa.Table

    @classmethod
    def of(cls, estimates: Iterable[Estimate]) -> Self:
        """Result of single estimates.

        Raises
        ------
        ValueError
            Two estimates have the same key.
        """
        keyed = sorted(((_key(e), e) for e in estimates), key=itemgetter(0))
        for (key, one), (other_key, other) in pairwise(keyed):
            if key == other_key and one != other:
                msg = f"two different estimates for {key}"
                raise ValueError(msg)
        unique = list(dict.fromkeys(e for _, e in keyed))
        columns = [list(c) for c in zip(*map(_ROW, unique), strict=True)] or [[] for _ in RESULT_COLUMNS]
        arrays = [pa.array(c, type=f.type) for c, f in zip(columns, RESULT_SCHEMA, strict=True)]
        return cls(pa.Table.from_arrays(arrays, schema=RESULT_SCHEMA))

    @classmethod
    def concat(cls, parts: Iterable["Result"]) -> Self:
        """All estimates of the parts, sorted, each once."""
        return cls.of(estimate for part in parts for estimate in part)

    def __len__(self) -> int:
        """How many estimates there are."""
        return self.table.num_rows

    def __iter__(self) -> Iterator[Estimate]:
        """Each estimate in key order."""
        for row in self.table.to_pylist():
            yield Estimate(**row)

    def where(
        self,
        *,
        measure: str | None = None,
        unit_of_analysis: str | None = None,
        rule: str | None = None,
        group: str | None = None,
        level: str | None = None,
        statistic: str | None = None,
    ) -> list[Estimate]:
        """Estimates that have these values, in key order; None leaves a column open."""
        wanted = {
            "measure": measure,
            "unit_of_analysis": unit_of_analysis,
            "rule": rule,
            "group": group,
            "level": level,
            "statistic": statistic,
        }
        asked = {name: value for name, value in wanted.items() if value is not None}
        return [e for e in self if all(getattr(e, name) == value for name, value in asked.items())]


def _key(estimate: Estimate) -> tuple[str, ...]:
    return tuple(map(str, _KEY(estimate)))


@dataclass(frozen=True)
class Listing:
    """Rows of one episode table, for display only.

    Attributes
    ----------
    name
        ``cases`` or ``swimmer``.
    table
        At most 200 rows; a listing that would be longer, or of a study under disclosure
        control, is not made.
    """

    name: str
    table: pa.Table
