"""Units as people and laboratories write them, read as UCUM codes.

A text may mean two units: G/L is giga per liter, or grams per liter in capitals. Both are
given; which of them is possible depends on what was measured (:mod:`cotreat.vocabulary.laboratory`).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from cotreat.findings import Unparsed
from cotreat.vocabulary.units import LONGEST_UNIT, Unit, parse_ucum

_SUPERSCRIPT = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_SIGNS = str.maketrans(
    {
        "\N{MICRO SIGN}": "u",
        "\N{GREEK SMALL LETTER MU}": "u",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{FRACTION SLASH}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{MIDDLE DOT}": ".",
        "\N{DOT OPERATOR}": ".",
        "\N{SUPERSCRIPT MINUS}": "-",
        "\N{MINUS SIGN}": "-",
        **{sign: str(digit) for digit, sign in enumerate(_SUPERSCRIPT)},
    }
)
# In this order; each is a habit of writing that changes no meaning.
_HABITS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        (rf"10(?=[{_SUPERSCRIPT}])", "10*"),  # before the signs are made plain
        (r"\s+(?:per|pro|por)\s+", "/"),
        (r"\b(?:cells?|c[eé]l(?:ulas?|s)?|zellen)\b\.?", ""),
        (r"\s+|(?<=\w)\.$", ""),
        (r"(?<=[a-z])\^(?=\d)", ""),
        (r"^[x*.](?=10)", ""),
        (r"^x?10(?:\^|\*\*|exp|e)\+?(?=\d)", "10*"),
        (r"^1e\+?(?=\d)", "10*"),
        (r"/100ml$", "/dL"),
        (r"/(?:1)?(?:mm\^3|mmc|cu\.?mm|cmm)$", "/mm3"),
        (r"/(?:1)?mm3$", "/uL"),
        (r"\bmc(?=g|l\b|mol|kat)", "u"),
        (r"\bmeq(?=/|$)", "meq"),
        (r"\b(?:litros?|lit(?:er|re)s?|ltr?)\b", "L"),
        (r"(?<![a-z\[])([kmu]?)(?:iu|ui|ie)(?![a-z\]])", r"\1[IU]"),
    )
)


@dataclass(frozen=True, slots=True)
class _Spellings:
    """UCUM codes by spelling: as written, and without regard to capitals."""

    exact: Mapping[str, str]
    folded: Mapping[str, tuple[str, ...]]


def parse_unit(text: str) -> tuple[Unit, ...] | Unparsed:
    """The units that a text may mean, the most literal first; more than one where it is not clear.

    Parameters
    ----------
    text
        A UCUM code, or what people write: mcg, x10^9/L, cells/µL, K/uL, /mm³, IU/L, MG/DL.

    Examples
    --------
    >>> [unit.code for unit in parse_unit("cells/µL")], [unit.code for unit in parse_unit("G/L")]
    (['/uL'], ['10*9/L', 'g/L'])
    """
    if len(text) > LONGEST_UNIT:
        return Unparsed(text[:LONGEST_UNIT], f"has more than {LONGEST_UNIT} characters")
    plain = _plain(text)
    if not plain:
        return Unparsed(text, "is empty")
    known = _read_spellings()
    literal = parse_ucum(known.exact.get(plain, plain))
    folded = known.folded.get(plain.casefold(), ())
    units = [] if isinstance(literal, Unparsed) else [literal]
    # Capitals say nothing where there is nothing else; otherwise what is written is meant.
    if not units or plain == plain.upper():
        units += [unit for unit in map(parse_ucum, folded) if isinstance(unit, Unit)]
    if not units:
        return Unparsed(text, "is no unit that is known")
    return tuple({(unit.factor, unit.dimension): unit for unit in reversed(units)}.values())[::-1]


def _plain(text: str) -> str:
    """The text without the habits of writing that change no meaning."""
    plain = text.strip()
    for place, (habit, written) in enumerate(_HABITS):
        if place == 1:
            plain = plain.translate(_SIGNS)
        plain = habit.sub(written, plain)
    return plain


@cache
def _read_spellings() -> _Spellings:
    text = files("cotreat.vocabulary").joinpath("unit_spellings.csv").read_text(encoding="utf-8")
    exact = {row["spelling"]: row["ucum"] for row in csv.DictReader(text.splitlines())}
    folded: dict[str, tuple[str, ...]] = {}
    for spelling, code in exact.items():
        key = spelling.casefold()
        folded[key] = tuple(dict.fromkeys([*folded.get(key, ()), code]))
    return _Spellings(MappingProxyType(exact), MappingProxyType(folded))
