"""Units by their UCUM codes (Unified Code for Units of Measure), with exact factors.

Only codes of medicine are known (``ucum.csv``). Gauss, tesla and kelvin are left out on
purpose: G/L, T/L and K/uL are counts of cells in a laboratory report.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from cotreat.findings import Unparsed

LONGEST_UNIT = 60  # characters
_MOST_NESTED = 8
_LARGEST_POWER = 30

_PREFIXES: Mapping[str, Fraction] = MappingProxyType(
    {
        "T": Fraction(10**12),
        "G": Fraction(10**9),
        "M": Fraction(10**6),
        "k": Fraction(10**3),
        "h": Fraction(100),
        "d": Fraction(1, 10),
        "c": Fraction(1, 100),
        "m": Fraction(1, 10**3),
        "u": Fraction(1, 10**6),
        "n": Fraction(1, 10**9),
        "p": Fraction(1, 10**12),
        "f": Fraction(1, 10**15),
    }
)
_NAME = r"10[*^]|(?:[A-Za-z%_]|\[[^\[\]{}\s]*\])+"
_TOKEN = re.compile(rf"\{{[^{{}}]*\}}|[./()]|(?:{_NAME})(?:[+-]?\d+)?|\d+", re.ASCII)
_ATOM = re.compile(rf"({_NAME})([+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    Attributes
    ----------
    code
        Its UCUM code.
    factor
        How many of the base units it is, exactly.
    dimension
        Base units with their powers, sorted: g, m, s, mol, eq, osm and arbitrary units such
        as [iU]. Unlike in UCUM, a mole is no plain number: a count of molecules is not a
        count of cells.
    """

    code: str
    factor: Fraction
    dimension: tuple[tuple[str, int], ...] = ()

    def times(self, other: "Unit", power: int) -> "Unit":
        """The product with a power of another unit; it has no code."""
        powers = dict(self.dimension)
        for base, exponent in other.dimension:
            powers[base] = powers.get(base, 0) + exponent * power
        left = tuple(sorted((base, exponent) for base, exponent in powers.items() if exponent))
        return Unit("", self.factor * other.factor**power, left)


class _NotUcumError(Exception):
    """Why a text is no UCUM code."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """One row of the table of codes."""

    code: str
    prefixes: tuple[str, ...]
    value: str
    unit: str


_ONE = Unit("1", Fraction(1))


@cache
def parse_ucum(code: str) -> Unit | Unparsed:
    """The unit that a UCUM code means, case-sensitive, or why not.

    Examples
    --------
    >>> parse_ucum("mg/dL").factor, parse_ucum("mg/dL").dimension
    (Fraction(10, 1), (('g', 1), ('m', -3)))
    """
    if len(code) > LONGEST_UNIT:
        return Unparsed(code[:LONGEST_UNIT], f"has more than {LONGEST_UNIT} characters")
    try:
        return _read_code(code)
    except _NotUcumError as error:
        return Unparsed(code, str(error))


def _read_code(code: str) -> Unit:
    tokens = _TOKEN.findall(code)
    if tokens and "".join(tokens) == code:
        unit, rest = _read_term(tokens, 0)
        if not rest:
            return Unit(code, unit.factor, unit.dimension)
    msg = "is not written as UCUM codes are"
    raise _NotUcumError(msg)


def _read_term(tokens: list[str], depth: int) -> tuple[Unit, list[str]]:
    """The product at the head of the tokens, and what follows it."""
    if depth > _MOST_NESTED:
        msg = "has too many brackets"
        raise _NotUcumError(msg)
    power = 1
    if tokens[:1] == ["/"]:
        power, tokens = -1, tokens[1:]
    unit = _ONE
    while True:
        part, tokens = _read_component(tokens, depth)
        unit = unit.times(part, power)
        if not tokens or tokens[0] not in ("/", "."):
            return unit, tokens
        power, tokens = (-1 if tokens[0] == "/" else 1), tokens[1:]


def _read_component(tokens: list[str], depth: int) -> tuple[Unit, list[str]]:
    """One factor at the head of the tokens, with its annotation, and what follows."""
    if not tokens or tokens[0] in ("/", ".", ")"):
        msg = "has a sign with nothing behind it"
        raise _NotUcumError(msg)
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        unit, rest = _read_term(rest, depth + 1)
        if rest[:1] != [")"]:
            msg = "has a bracket that does not pair"
            raise _NotUcumError(msg)
        return unit, rest[1:]
    if head.startswith("{"):
        return _ONE, rest
    unit = _read_number(head) if head.isdigit() else _read_power(head)
    return unit, rest[1:] if rest and rest[0].startswith("{") else rest


def _read_number(token: str) -> Unit:
    if not int(token):
        msg = "has a factor of nought"
        raise _NotUcumError(msg)
    return Unit("", Fraction(int(token)))


def _read_power(token: str) -> Unit:
    """One unit with its prefix and its power."""
    found = _ATOM.fullmatch(token)
    name, power = (found[1], int(found[2] or 1)) if found else (token, 1)
    unit = _read_unit(name)
    if not 0 < abs(power) <= _LARGEST_POWER:
        msg = f"has a power of {power}"
        raise _NotUcumError(msg)
    return _ONE.times(unit, power)


@cache
def _read_unit(name: str) -> Unit:
    """A unit of one part, such as mg, with or without its prefix."""
    atoms = _read_atoms()
    if name in atoms:
        atom, prefix = atoms[name], Fraction(1)
    else:
        atom = atoms.get(name[1:])
        if atom is None or name[0] not in atom.prefixes:
            msg = f'has "{name}", which is no UCUM code of medicine'
            raise _NotUcumError(msg)
        prefix = _PREFIXES[name[0]]
    if not atom.unit:
        return Unit(name, prefix, ((atom.code, 1),))
    defined = _read_code(atom.unit)
    return Unit(name, prefix * Fraction(atom.value) * defined.factor, defined.dimension)


@cache
def _read_atoms() -> Mapping[str, _Atom]:
    text = files("cotreat.vocabulary").joinpath("ucum.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["code"]: _Atom(row["code"], tuple(row["prefixes"].split()), row["value"], row["unit"])
            for row in csv.DictReader(text.splitlines())
        }
    )
