"""Numbers as they are printed: value, decimals, and what rounds to them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cotreat.audit.grammar.general_words import read_words_of

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TWENTY = 20
_PLAIN = re.compile(r"\d+(?:[.\u00b7]\d+)?")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it is printed.

    Attributes
    ----------
    value
        Its exact value.
    decimals
        Decimals printed; the number stands for every value that rounds to it.
    is_word
        Whether it is spelled out.
    comparator
        What stands before it: ``<``, ``<=``, ``>``, ``>=``, ``~`` for about, or nothing.
    """

    value: Fraction
    decimals: int = 0
    is_word: bool = False
    comparator: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it can be a count."""
        return self.decimals == 0 and self.value.denominator == 1


def parse_numeral(text: str) -> Numeral | None:
    """The number that digits stand for; None for what has no single reading, such as 1,2.

    Examples
    --------
    >>> parse_numeral("1,234.50")
    Numeral(value=Fraction(2469, 2), decimals=2, is_word=False, comparator='')
    """
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if not _PLAIN.fullmatch(plain):
        return None
    value = Decimal(plain.replace("\u00b7", "."))
    return Numeral(Fraction(value), max(0, -int(value.as_tuple().exponent)))


def parse_number_word(word: str, following: str = "") -> tuple[int, int] | None:
    """The number that one word, or two, stand for, and how many words it took: "twenty-one"."""
    words = read_words_of("number")
    if word not in words:
        return None
    value, more = int(words[word]), int(words.get(following, 0))
    if value >= _TWENTY and 0 < more < 10:
        return value + more, 2
    return value, 1


def parse_fraction_words(word: str, following: str) -> tuple[Fraction, int] | None:
    """The share that words stand for, and how many words it took: "two-thirds", "half"."""
    if word in ("half", "halves"):
        return Fraction(1, 2), 1
    parts = read_words_of("part")
    count = 1 if word == "a" else int(read_words_of("number").get(word, 0))
    if count and following in parts:
        share = Fraction(count, int(parts[following]))
        return (share, 2) if share < 1 else None
    return None


def compute_roundings(value: Fraction, decimals: int) -> frozenset[Fraction]:
    """The value rounded half-up and half-even to this many decimals: one number, or two.

    Examples
    --------
    >>> sorted(compute_roundings(Fraction(5, 2), 0))
    [Fraction(2, 1), Fraction(3, 1)]
    """
    scale = 10**decimals
    scaled = abs(value) * scale
    sign = -1 if value < 0 else 1
    half_up = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return frozenset({Fraction(sign * half_up, scale), Fraction(sign * round(scaled), scale)})


def compute_cut(value: Fraction, decimals: int) -> Fraction:
    """The value cut off after this many decimals."""
    scale = 10**decimals
    return Fraction(int(value * scale), scale)
