"""CTCAE criteria of laboratory values: the bounds that each version sets.

A bound is a value, a multiple of a limit of the laboratory (the lower for a term that is a
decrease, the upper for an increase), or a multiple of the patient's own value before treatment.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import groupby
from types import MappingProxyType
from typing import Literal, cast

from cotreat.vocabulary.laboratory import Conversion, LabTest, parse_lab_unit, read_lab_tests

BaselineRule = Literal["", "always", "high", "low", "both"]

DECIMALS = 1_000_000_000
"""Values are compared as whole numbers of 10^-9 of their unit, so that 1.5 x 1.2 is 1.8."""
MULTIPLES = 20
"""Every multiple of a criterion is a whole number of twentieths."""
LARGEST_LIMIT = 1e7
"""A limit from here on is none."""
GRADES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where one grade of one criterion begins; None: not by this.

    Attributes
    ----------
    value, molar_value
        In the unit of the test; the second for values that were recorded in moles, because
        CTCAE rounds its bounds apart (150 mg/dL, and 1.71 mmol/L, which are 151.4 mg/dL).
    limit_multiple, limit_plus
        Multiple of the limit, and what is added to it, in the unit of the test.
    baseline_multiple
        Multiple of the value before treatment.
    baseline_includes
        Whether a value exactly at that multiple has the grade.
    """

    value: float | None = None
    molar_value: float | None = None
    limit_multiple: Fraction | None = None
    limit_plus: float = 0.0
    baseline_multiple: Fraction | None = None
    baseline_includes: bool = False


@dataclass(frozen=True, slots=True)
class LabCriterion:
    """One term of one version of CTCAE that is graded by the values of a test.

    Attributes
    ----------
    version, term, name
        Version, level of the adverse event, and what CTCAE calls it.
    test
        Level of the laboratory test, or weight.
    is_above
        Whether high values are graded; else low ones.
    baseline_rule
        When the value before treatment counts: `always` beside the limit; `high`, if it was above
        the upper limit, in place of the limit; `low`, if it is known to have been below the lower
        limit, beside the upper; `both`, together with the limit; empty: never.
    bounds
        By grade; empty where the version has the term no longer.
    """

    version: str
    term: str
    name: str
    test: str
    is_above: bool
    baseline_rule: BaselineRule
    bounds: Mapping[int, Bounds]

    @property
    def needs_limit(self) -> bool:
        """Whether a grade depends on a limit of the laboratory."""
        return any(b.limit_multiple is not None for b in self.bounds.values())

    @property
    def highest_by_limit(self) -> int:
        """The highest grade that a limit can give; 0 without one."""
        return max((g for g, b in self.bounds.items() if b.limit_multiple is not None), default=0)

    @property
    def highest_by_baseline(self) -> int:
        """The highest grade that the value before treatment can give; 0 without one."""
        return max((g for g, b in self.bounds.items() if b.baseline_multiple is not None), default=0)


@cache
def read_ctcae(version: str) -> Mapping[str, LabCriterion]:
    """The criteria of a version of CTCAE by term.

    Parameters
    ----------
    version
        ``5.0`` or ``6.0``.

    Raises
    ------
    KeyError
        The version is not known.
    """
    text = files("cotreat.vocabulary").joinpath("ctcae.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["version"] == version]
    if not rows:
        raise KeyError(version)
    found = (list(of_term) for _, of_term in groupby(rows, key=lambda row: row["term"]))
    return MappingProxyType({rows[0]["term"]: _criterion(rows) for rows in found})


def _criterion(rows: list[dict[str, str]]) -> LabCriterion:
    first = rows[0]
    rules = {row["baseline_when"] for row in rows} - {""}
    return LabCriterion(
        version=first["version"],
        term=first["term"],
        name=first["name"],
        test=first["test"],
        is_above=first["side"] == "above",
        baseline_rule=cast("BaselineRule", next(iter(rules), "")),
        bounds=MappingProxyType(dict(_bounds(rows))),
    )


def _bounds(rows: list[dict[str, str]]) -> Iterator[tuple[int, Bounds]]:
    for row in rows:
        if not row["grade"]:
            continue
        test = read_lab_tests()[row["test"]]
        yield (
            int(row["grade"]),
            Bounds(
                value=_converted(test, row["value"], row["unit"]),
                molar_value=_converted(test, row["molar_value"], row["molar_unit"]),
                limit_multiple=_multiple(row["limit_multiple"]),
                limit_plus=_converted(test, row["limit_plus"], row["unit"]) or 0.0,
                baseline_multiple=_multiple(row["baseline_multiple"]),
                baseline_includes="=" in row["baseline_sign"],
            ),
        )


def _converted(test: LabTest, text: str, unit: str) -> float | None:
    """A bound in the unit of its test, by the same conversion as the values."""
    return cast("Conversion", parse_lab_unit(test, unit)).compute_value(float(text)) if text else None


def _multiple(text: str) -> Fraction | None:
    return Fraction(text) if text else None
