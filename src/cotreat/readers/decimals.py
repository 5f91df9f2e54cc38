"""Which decimal sign the cells of a sheet use.

"1.200" and "1,200" can each be a thousand two hundred or one and a fifth. The sign is
taken from cells that allow one reading only; where there are none, or where both signs
occur, that is said and nothing is guessed in silence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cotreat.readers.grids import DecimalSign

# 12,5 and 0,125 have one reading, 1,250 has two; 05.2024 is a month and no number.
_DECIMAL = re.compile(
    r"[+-]?(?:\d+([.,])(?!\d{3}$)\d+|(?:0|\d{4,})([.,])\d+|\d{1,3}(?:([.,])\d{3})+(?!\3)([.,])\d+)"
)
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_LONGEST_NUMBER = 30
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d")
_DOSE = re.compile(
    r"(?<![\d.,])\d+([.,])(?!\d{3}\b)\d+ ?(?:mg|mcg|[uµμ]g|g|kg|ml|mL|l|IU|IE|UI|%)(?![^\W\d_])"
)


@dataclass(frozen=True)
class DecimalEvidence:
    """What the cells say about their decimal sign.

    Attributes
    ----------
    sign
        The sign to read with.
    shown_by
        A cell that has one reading only, with `sign`; empty when there is none.
    against
        A cell that is read otherwise, or has two readings; empty when there is none.
    """

    sign: DecimalSign
    shown_by: str = ""
    against: str = ""


def parse_decimal_sign(texts: Iterable[str]) -> DecimalEvidence:
    """The decimal sign that the cells use, and a cell that shows it.

    Parameters
    ----------
    texts
        Distinct texts of cells, in any order. Whole cells count first ("12,5"); doses
        inside a text ("2,5 mg/day") only where no whole cell is a decimal number.
    """
    numeric = [text for text in texts if "," in text or "." in text]
    short = [text for text in numeric if len(text) <= _LONGEST_NUMBER]
    for points, commas in (_whole_cells(short), _doses(numeric)):
        if points or commas:
            sign: DecimalSign = "." if len(points) >= len(commas) else ","
            mine, others = (points, commas) if sign == "." else (commas, points)
            return DecimalEvidence(sign, min(mine), min(others, default=""))
    return DecimalEvidence(".", "", min((text for text in short if _AMBIGUOUS.fullmatch(text)), default=""))


def _whole_cells(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Cells that are a number with a point, and with a comma."""
    found: dict[str, list[str]] = {".": [], ",": []}
    for text in texts:
        match = _DECIMAL.fullmatch(text)
        if match and not _MONTH.fullmatch(text):
            found[next(sign for sign in reversed(match.groups()) if sign)].append(text)
    return found["."], found[","]


def _doses(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Cells that hold a dose with a point, and with a comma."""
    found: dict[str, list[str]] = {".": [], ",": []}
    for text in texts:
        for sign in set(_DOSE.findall(text)):
            found[sign].append(text)
    return found["."], found[","]
