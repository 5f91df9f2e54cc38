"""Laboratory tests: their names, the unit in which their values are kept, and the way to it."""

import csv
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from cotreat.findings import Unparsed
from cotreat.vocabulary.unit_spellings import parse_unit
from cotreat.vocabulary.units import Unit, parse_ucum

UnitProblem = Literal["missing_unit", "unknown_unit", "unclear_unit", "impossible_unit"]

DECIMALS = 1e9
"""Converted values are kept to nine decimals, so that 1.15 g/L are 115 mg/dL and not 114.99999999999999."""
LARGEST_ROUNDED = 1e6
"""A value from here on is kept as it comes out."""

_LARGEST_WHOLE = 1 << 53  # a double holds every whole number up to here


@dataclass(frozen=True, slots=True)
class LabTest:
    """One laboratory test, or body weight.

    Attributes
    ----------
    test, name
        Level and the name to show.
    loinc
        LOINC codes that mean it, in whatever unit; empty when no code was found in two
        independent sources.
    unit
        UCUM code of the unit in which its values are kept.
    low, high
        Values below `low`, and from `high` on, are rather in another unit than a patient's;
        in `unit`. For flagging only.
    can_be_zero
        Whether zero is plausible although `low` is above it.
    molar_mass
        g/mol; None where nothing is counted in moles.
    charge
        Elementary charges of the ion, for equivalents; None where it is none.
    spellings
        Every known spelling, the level and the name among them.
    """

    test: str
    name: str
    loinc: tuple[str, ...]
    unit: str
    low: float
    high: float
    can_be_zero: bool
    molar_mass: Fraction | None
    charge: int | None
    spellings: tuple[str, ...]

    def is_plausible(self, value: float) -> bool:
        """Whether a value in `unit` may be a patient's."""
        return self.low <= value < self.high or (self.can_be_zero and value == 0)


@dataclass(frozen=True, slots=True)
class LabSource:
    """Where one fact about one test was found, in two sources."""

    test: str
    fact: str
    value: str
    source_1: str
    source_2: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """From a recorded unit to the unit of a test: the value x `multiplier` / `divisor`.

    Two whole numbers, because 810 cells/uL x 1 / 1000 is 0.81 10*9/L to the last bit, and
    35 x 0.01 is not 0.35. `is_molar`: the recorded unit counts moles of a substance.
    """

    multiplier: float
    divisor: float
    is_molar: bool = False

    def compute_value(self, value: float) -> float:
        """The value in the unit of the test, to nine decimals."""
        if self.multiplier == self.divisor:
            return value
        raw = value * self.multiplier / self.divisor
        if abs(raw) >= LARGEST_ROUNDED:
            return raw
        return math.floor(raw * DECIMALS + 0.5) / DECIMALS


@dataclass(frozen=True, slots=True)
class NoConversion:
    """Why a recorded unit does not lead to the unit of a test: kind of problem, and a sentence."""

    problem: UnitProblem
    why: str


@cache
def read_lab_tests() -> Mapping[str, LabTest]:
    """Every known laboratory test by its level."""
    return MappingProxyType({row["test"]: _lab_test(row) for row in _rows("lab_tests.csv")})


@cache
def read_lab_sources() -> tuple[LabSource, ...]:
    """The two sources of every LOINC code, molar mass and charge."""
    return tuple(LabSource(**row) for row in _rows("lab_sources.csv"))


def parse_lab_unit(test: LabTest, text: str | None) -> Conversion | NoConversion:
    """How values of a test in a recorded unit become values in the unit of the test.

    Parameters
    ----------
    text
        The unit as recorded; None or blank: there is none.

    Examples
    --------
    >>> tests = read_lab_tests()
    >>> parse_lab_unit(tests["lymphocytes"], "cells/µL").compute_value(810)
    0.81
    >>> parse_lab_unit(tests["lymphocytes"], "mg/dL").problem
    'impossible_unit'
    """
    if text is None or not text.strip():
        return NoConversion("missing_unit", "The result has no unit.")
    units = parse_unit(text)
    if isinstance(units, Unparsed):
        return NoConversion("unknown_unit", f"The unit {units.why}.")
    target = _unit(test.unit)
    factors = {unit.code: f for unit in units if (f := _factor(test, unit, target)) is not None}
    if not factors:
        return NoConversion("impossible_unit", f"{test.name} cannot be measured in this unit.")
    if len(set(factors.values())) > 1:
        return NoConversion("unclear_unit", f"The unit can be {' or '.join(factors)}.")
    return _conversion(next(iter(factors.values())), is_molar=_is_molar(test, units, factors))


_ACTIVITY = (("m", -3), ("mol", 1), ("s", -1))


def _factor(test: LabTest, unit: Unit, target: Unit) -> Fraction | None:
    """What a value in a unit is multiplied by; None: the unit cannot be one of the test."""
    left = unit.times(target, -1)
    # mol -> g, equivalents -> mol, international units of an enzyme -> enzyme units.
    bridges = [
        (Unit("", test.molar_mass or Fraction(0), (("g", 1), ("mol", -1))), test.molar_mass),
        (Unit("", Fraction(1, test.charge or 1), (("eq", -1), ("mol", 1))), test.charge),
        (_ENZYME, target.dimension == _ACTIVITY),
    ]
    known = [bridge for bridge, is_known in bridges if is_known]
    ways = [left, *(left.times(b, power) for b in known for power in (1, -1))]
    ways += [left.times(a, 1).times(b, 1) for a in known for b in known if a is not b]
    return next((way.factor for way in ways if not way.dimension), None)


def _unit(code: str) -> Unit:
    """A unit of this package's own table, whose codes are known."""
    return cast("Unit", parse_ucum(code))


_ENZYME = _unit("U").times(_unit("[iU]"), -1)


def _is_molar(test: LabTest, units: Iterable[Unit], factors: Collection[str]) -> bool:
    """Whether moles were counted; katal are an activity, and no amount of the test's substance."""
    if test.molar_mass is None:
        return False
    return any(unit.code in factors and ("mol", 1) in unit.dimension for unit in units)


def _conversion(factor: Fraction, *, is_molar: bool) -> Conversion:
    if max(factor.numerator, factor.denominator) <= _LARGEST_WHOLE:
        return Conversion(float(factor.numerator), float(factor.denominator), is_molar)
    return Conversion(float(factor), 1.0, is_molar)


def _lab_test(row: Mapping[str, str]) -> LabTest:
    spellings = [row["test"].replace("_", " "), row["name"], *_parts(row["spellings"])]
    return LabTest(
        test=row["test"],
        name=row["name"],
        loinc=_parts(row["loinc"]),
        unit=row["unit"],
        low=float(row["low"]),
        high=float(row["high"]),
        can_be_zero=row["can_be_zero"] == "1",
        molar_mass=Fraction(row["molar_mass"]) if row["molar_mass"] else None,
        charge=int(row["charge"]) if row["charge"] else None,
        spellings=tuple(dict.fromkeys(spellings)),
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("cotreat.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
