"""A sentence in pieces: numbers with their units, phrases with their meanings, brackets.

Each piece has a code of one letter, so that the grammar can be written as patterns of
codes (:mod:`cotreat.audit.patterns`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cotreat.audit.grammar.lexicon import Sense
from cotreat.audit.grammar.numerals import Numeral

# The kinds, and their codes.
CODES = {
    "number": "N",
    "percent": "P",
    "share": "F",  # a share in words: two-thirds
    "time": "Q",
    "dose": "D",
    "amount": "L",  # a number with any other unit
    "range": "R",
    "citation": "J",  # of cases
    "reference": "X",  # of a table, a date, a version: no claim
    "unit": "U",
    "level": "T",
    "topic": "V",
    "quantity": "q",
    "statistic": "S",
    "cue": "K",
    "every": "E",
    "negation": "Z",
    "anaphora": "A",
    "another": "y",
    "of": "O",
    "scope": "i",
    "circumstance": "t",
    "tail": "l",
    "boundary": "b",
    "include_word": "g",
    "pluperfect": "h",
    "and": "a",
    "or": "r",
    "neutral": "w",
    "class": "w",
    "severity": "v",
    "test": "m",
    "rank": "k",
    "comparator": "c",
    "bracket": "B",
    "unknown": "?",
}
SIGNS = {
    ",": ",",
    ";": ";",
    ":": ":",
    ".": ".",
    "/": "/",
    "=": "=",
    "-": "-",
    "(": "(",
    ")": ")",
    "#": "#",
    "\u00b1": "~",
    "+/-": "~",
}

TimeUnit = Literal["days", "weeks", "months", "years", ""]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a sentence.

    Attributes
    ----------
    kind
        A key of `CODES`, or ``sign``.
    text, start, end
        As it is written, and where in the paragraph: a half-open interval of characters.
    senses
        What a phrase can mean.
    number, high
        Of a number, and of the upper end of a range.
    unit
        Of a time: days, weeks, months, years; of an amount: the unit as written.
    mg_per_day
        Of a dose with an interval.
    inner
        Of a bracket: its pieces. Of a citation: its numbers.
    """

    kind: str
    text: str
    start: int
    end: int
    senses: tuple[Sense, ...] = ()
    number: Numeral | None = None
    high: Numeral | None = None
    unit: str = ""
    mg_per_day: float | None = None
    inner: tuple["Piece", ...] = field(default=())

    @property
    def code(self) -> str:
        """Its letter in the grammar."""
        if self.kind == "cue" and self.means("cue", "rank", "rank_2", "rank_3"):
            return "k"
        return SIGNS.get(self.text, "?") if self.kind == "sign" else CODES[self.kind]

    def means(self, kind: str, *values: str) -> bool:
        """Whether it can mean this."""
        return any(s.kind == kind and (not values or s.value in values) for s in self.senses)

    def value(self, kind: str) -> str:
        """The first meaning of this kind; empty when it has none."""
        return next((s.value for s in self.senses if s.kind == kind), "")


def compute_code(pieces: Sequence[Piece]) -> str:
    """The codes of the pieces, one letter each."""
    return "".join(piece.code for piece in pieces)


def build_flat_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with those in brackets and ranges in their places."""
    found: list[Piece] = []
    for piece in pieces:
        is_whole = piece.kind not in ("bracket", "range") or not piece.inner
        found += [piece] if is_whole else build_flat_pieces(piece.inner)
    return found
