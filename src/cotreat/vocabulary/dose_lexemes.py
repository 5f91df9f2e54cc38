"""The words and numbers of a dose, before the grammar looks at them.

The words are data (``dose_words.csv``, in three languages). A word may be of several
kinds: "a" is "per" in "twice a day" and "to" in "de 10 a 15 mg".
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Literal

from cotreat.findings import Unparsed
from cotreat.vocabulary.loader import read_dose_words
from cotreat.vocabulary.spelling import compute_edit_distance, parse_plain_text

_DASHES = "\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{NON-BREAKING HYPHEN}\N{HYPHEN}"
_SAME = str.maketrans({**dict.fromkeys(_DASHES, "-"), "\N{SUPERSCRIPT TWO}": "2"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PARTS_OF_ONE = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}

# A number, also one that begins with a sign; an abbreviation such as "s.c."; a word; any other sign.
_TOKEN = re.compile(
    r"(?P<number>[.,]?\d+(?:[.,]\d+)*[½¼¾]?|[½¼¾])"
    r"|(?P<word>(?:[^\W\d_]\.)+[^\W\d_](?![^\W\d_])\.?|[^\W\d_½¼¾]+)"
    r"|(?P<sign><=|\S)"
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_BARE_FRACTION = re.compile(r"[.,]\d+")
_MOST_DIGITS = 12
_LONG_WORD = 7
_UNITS = ("mass", "volume", "count_unit", "other_unit")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A number, or the longest run of words that the dose grammar knows, or an unknown word.

    Attributes
    ----------
    text, start, end
        As it is written, and where: a half-open interval of characters.
    number
        The exact value of a number, else None.
    kinds
        What a word can be, with its value; empty for an unknown word and for a number.
    """

    text: str
    start: int
    end: int
    number: Fraction | None
    kinds: Mapping[str, str]

    @property
    def is_unknown(self) -> bool:
        """Whether it is a word that the grammar does not know."""
        return not self.kinds and self.number is None and self.text[0].isalpha()


@dataclass(frozen=True, slots=True)
class Lexemes:
    """The lexemes of one text; a place beyond the last one holds nothing."""

    items: tuple[Lexeme, ...]

    def is_a(self, at: int, *kinds: str) -> bool:
        """Whether the lexeme can be one of these kinds."""
        return at < len(self.items) and any(kind in self.items[at].kinds for kind in kinds)

    def is_sign(self, at: int, sign: str) -> bool:
        """Whether the lexeme is this sign."""
        return at < len(self.items) and self.items[at].text == sign

    def value(self, at: int, kind: str) -> Fraction:
        """The number that a word of this kind stands for."""
        return Fraction(self.items[at].kinds[kind])

    def number(self, at: int) -> Fraction | None:
        """The number here, in digits or as a word."""
        if at >= len(self.items):
            return None
        return self.value(at, "number_word") if self.is_a(at, "number_word") else self.items[at].number

    def unit(self, at: int) -> str:
        """The unit here; empty when there is none."""
        kinds = self.items[at].kinds if at < len(self.items) else {}
        return next((kinds[kind] for kind in _UNITS if kind in kinds), "")


def parse_dose_lexemes(text: str, *, decimal: Literal[".", ","] | None) -> Lexemes | Unparsed:
    """The lexemes of a text in their order, or which number has no single reading.

    Parameters
    ----------
    decimal
        The decimal sign of the source. None: a point or a comma is a decimal sign
        unless exactly three digits follow it; then "1.000" has two readings. A number
        that begins with a sign, ".5", is read only where the point is the decimal sign.
    """
    text = text.translate(_SAME)
    tokens = list(_TOKEN.finditer(text))
    lexemes: list[Lexeme] = []
    at = 0
    while at < len(tokens):
        length, kinds = _longest_phrase(tokens, at)
        first, last = tokens[at], tokens[at + length - 1]
        number = None if kinds or not first["number"] else _read_number_at(first, decimal)
        if isinstance(number, str):
            proposal = text[: first.start()] + number + text[first.end() :] if number else ""
            return Unparsed(text, f"has a number without one clear reading, {first[0]!r}", proposal)
        written = text[first.start() : last.end()]
        lexemes.append(Lexeme(written, first.start(), last.end(), number, kinds))
        at += length
    return Lexemes(tuple(lexemes))


def parse_dose_corrections(word: str) -> Iterator[tuple[int, str]]:
    """Known words that a misspelt one may be, with the edits: one, for a long word two."""
    written = parse_plain_text(word)
    limit = 2 if len(written) >= _LONG_WORD else 1
    for known in _single_words() if written.isalpha() and len(written) > 1 else ():
        distance = compute_edit_distance(written, known, limit=limit)
        if distance <= limit:
            yield distance, known


@cache
def _single_words() -> tuple[str, ...]:
    """Every single word of the dose grammar, sorted: what a misspelt word is compared with."""
    words = {phrase[0] for phrase in _phrases() if len(phrase) == 1}
    return tuple(sorted(word for word in words if len(word) > 1 and word.isalpha()))


@cache
def _phrases() -> Mapping[tuple[str, ...], Mapping[str, str]]:
    """The words of every phrase -> what it can be."""
    phrases: dict[tuple[str, ...], dict[str, str]] = {}
    for word in read_dose_words():
        for key in _phrase_keys(word.spelling):
            phrases.setdefault(key, {})[word.kind] = word.value
    return MappingProxyType(phrases)


@cache
def _longest() -> int:
    return max(len(phrase) for phrase in _phrases())


def _phrase_keys(spelling: str) -> Iterator[tuple[str, ...]]:
    """A spelling as words, with its umlauts dropped and with them written out."""
    composed = unicodedata.normalize("NFC", spelling.casefold()).translate(_SAME)
    for variant in (composed, composed.translate(_UMLAUTS)):
        yield tuple(_plain(token[0]) for token in _TOKEN.finditer(variant))


def _plain(word: str) -> str:
    """A word for lookup; the points of an abbreviation are dropped, a point alone stays."""
    return parse_plain_text(word).replace(".", "") if len(word) > 1 else parse_plain_text(word)


def _longest_phrase(tokens: list[re.Match[str]], at: int) -> tuple[int, Mapping[str, str]]:
    """How many tokens the longest phrase that begins here has, and what it can be."""
    words = tuple(_plain(token[0]) for token in tokens[at : at + _longest()])
    for length in range(len(words), 0, -1):
        kinds = _phrases().get(words[:length])
        if kinds:
            return length, kinds
    return 1, MappingProxyType({})


def _read_number_at(token: re.Match[str], decimal: Literal[".", ","] | None) -> Fraction | str:
    """As `_read_number`; ".5" is a half where the point is the decimal sign, ",5" has no single reading."""
    written, before = token["number"], token.string[: token.start()][-1:]
    if written[0] not in ".,":
        return _read_number(written, decimal)
    if not _BARE_FRACTION.fullmatch(written) or before.isalnum() or before in tuple(".,)]"):
        return ""
    if written[0] == decimal == ".":
        return _read_number(f"0{written}", decimal)
    return f"0{decimal or written[0]}{written[1:]}"


def _read_number(written: str, decimal: Literal[".", ","] | None) -> Fraction | str:
    """The value of a number; a text, the number as it may be meant, when there is not one reading."""
    part = _PARTS_OF_ONE.get(written[-1], Fraction(0))
    digits = written.rstrip("½¼¾") or "0"
    if sum(c.isdigit() for c in digits) > _MOST_DIGITS:
        return ""
    signs = [c for c in digits if c in ".,"]
    sign = decimal or _decimal_sign(digits, signs)
    if sign is None:
        # Nobody writes the zeros of 1.000 to mean one; 1.125 can be either.
        return digits.replace(signs[0], "") if digits.endswith("000") else ""
    whole, _, fraction = digits.partition(sign)
    if re.search(r"[.,]", fraction):
        return ""
    if re.search(r"[.,]", whole) and not _GROUPED.fullmatch(whole):
        return digits.replace(signs[0], sign) if len(signs) == 1 else ""
    whole = re.sub(r"[.,]", "", whole)
    return Fraction(f"{whole}.{fraction or 0}") + part


def _decimal_sign(digits: str, signs: list[str]) -> str | None:
    """The sign before the decimals, as far as the number itself shows it; None when it does not."""
    if not signs:
        return "."
    if len(set(signs)) > 1:
        return signs[-1]
    if len(signs) > 1:
        return "," if signs[0] == "." else "."
    whole, _, fraction = digits.partition(signs[0])
    looks_grouped = len(fraction) == 3 and len(whole) <= 3 and not whole.startswith("0")
    return None if looks_grouped else signs[0]
