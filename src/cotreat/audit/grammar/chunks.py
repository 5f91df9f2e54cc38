"""From the words of a sentence to its pieces: numbers take their units, phrases their meanings."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from cotreat.audit.grammar.amounts import compute_amount_end, parse_dose_end
from cotreat.audit.grammar.general_words import read_words_of
from cotreat.audit.grammar.lexicon import Lexicon, Sense, Word, parse_words
from cotreat.audit.grammar.numerals import Numeral, parse_fraction_words, parse_number_word, parse_numeral
from cotreat.audit.grammar.pieces import Piece

_PERCENT = frozenset({"%", "percent"})
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212~")
_BETWEEN = frozenset({"to", *_DASHES})
_BETWEEN_AND = frozenset({"and", *_BETWEEN})
_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
_DATED = frozenset({"in", "since", "from", "until", "between", "and", "to", "of", "during", "by", *_DASHES})
_YEARS = (1900, 2100)
_CITED = frozenset({"case", "cases", "patient", "patients"})
_MARKS = frozenset({"#", "no", "nr", "number", "numbers", "nos", "."})
_MOST_CITED = 60
# Before a time these say when, or for how long: "tapered over 2 weeks".
_PERIODS = frozenset({"over", "under", "below", "above"})


# Addresses, whose digits are no claims.
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|doi:\s?\S+|\b10\.\d{4,}/\S+|\S+@\S+\.\w+", re.IGNORECASE)


class _Text(NamedTuple):
    """One sentence while it is cut: its words, its characters and the lexicon."""

    text: str
    words: Sequence[Word]
    lexicon: Lexicon
    found: dict[int, tuple[int, tuple[Sense, ...]]]

    def find(self, at: int) -> tuple[int, tuple[Sense, ...]]:
        """How many words the longest phrase from a place on has, and its meanings; looked for once."""
        if at not in self.found:
            self.found[at] = self.lexicon.find(self.words, at)
        return self.found[at]

    def plain(self, at: int) -> str:
        """The word at a place in lower case; empty beyond the end."""
        return self.words[at].plain if 0 <= at < len(self.words) else ""

    def piece(self, kind: str, at: int, end: int, senses: tuple[Sense, ...] = ()) -> Piece:
        """The words from a place to another as one piece."""
        first, last = self.words[at].start, self.words[end - 1].end
        return Piece(kind, self.text[first:last], first, last, senses)


def parse_pieces(text: str, lexicon: Lexicon, *, offset: int = 0) -> tuple[Piece, ...]:
    """The pieces of a sentence in their order.

    Parameters
    ----------
    text
        One sentence.
    lexicon
        What its phrases can mean.
    offset
        Where the sentence begins in its paragraph; places are counted from there.
    """
    # Blanks instead of an address: every other place stays where it is.
    readable = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    source = _Text(text, parse_words(readable), lexicon, {})
    pieces: list[Piece] = []
    at = 0
    while at < len(source.words):
        piece, at = next(found for step in _STEPS if (found := step(source, at)) is not None)
        pieces.append(piece)
    joined = _compared(_ranged(pieces))
    return tuple(_moved(piece, offset) for piece in _bracketed(joined))


def _reference(source: _Text, at: int) -> tuple[Piece, int] | None:
    """What holds a number that is no claim: Table 1, March 2020, IL-17, version 5.0."""
    word, after = source.plain(at), at + 1
    while source.plain(after) == ".":
        after += 1
    if word in read_words_of("numbered") and source.plain(after)[:1].isdigit():
        after = _listed_end(source, after)
        return source.piece("reference", at, after), after
    months = read_words_of("month")
    if word in months and source.plain(after)[:1].isdigit():
        return source.piece("reference", at, after + 1), after + 1
    is_joined = source.plain(after) in _DASHES and source.plain(after + 1)[:1].isdigit()
    if word.isalpha() and is_joined and _touches(source, at, after + 2):
        return source.piece("reference", at, after + 2), after + 2
    if word.isdigit() and len(word) == 4 and _YEARS[0] <= int(word) <= _YEARS[1]:
        following = source.find(after)[1] if after < len(source.words) else ()
        is_counted = any(s.kind in ("unit", "time") for s in following)
        if source.plain(at - 1) in (*_DATED, *months) and not is_counted:
            return source.piece("reference", at, after), after
    return None


def _listed_end(source: _Text, at: int) -> int:
    """The end of numbers in a list: 1, 2 and 4."""
    after = at + 1
    while source.plain(after) in {",", "and", *_DASHES} and source.plain(after + 1)[:1].isdigit():
        after += 2
    return after


def _touches(source: _Text, at: int, end: int) -> bool:
    """Whether no blank stands between the words."""
    own = source.words[at:end]
    return all(one.end == other.start for one, other in pairwise(own))


def _citation(source: _Text, at: int) -> tuple[Piece, int] | None:
    """Cases that are named by their number: "cases 7 and 8", "case #13 and case #15"."""
    numbers: list[Piece] = []
    after = at
    while len(numbers) < _MOST_CITED:
        start = after
        if numbers and source.plain(start) in {",", "and", "&"}:
            start += 1
        noun = start + (source.plain(start) in _CITED)
        mark = noun
        while source.plain(mark) in _MARKS:
            mark += 1
        is_named = noun > start or mark > noun or bool(numbers)
        if not (is_named and source.plain(mark).isdigit()) or (
            # A bare "#" names a case; "no. 4" alone can number anything.
            not numbers and noun == start and source.plain(start) != "#"
        ):
            break
        if _counts_something(source, mark):
            break
        numbers.append(source.piece("number", mark, mark + 1))
        after = mark + 1
    if not numbers:
        return None
    return replace(source.piece("citation", at, after), inner=tuple(numbers)), after


def _counts_something(source: _Text, at: int) -> bool:
    """Whether a number goes on to a unit: in "in this case 12 patients" it is no case number."""
    if at + 1 >= len(source.words):
        return False
    senses = source.find(at + 1)[1]
    return any(s.kind in ("unit", "time") for s in senses) and source.plain(at + 1) not in _CITED


def _number(source: _Text, at: int) -> tuple[Piece, int] | None:
    """A number in digits or words, with the unit that follows it."""
    share = parse_fraction_words(source.plain(at), source.plain(at + 1))
    if share:
        return replace(source.piece("share", at, at + share[1]), number=Numeral(share[0])), at + share[1]
    word = parse_number_word(source.plain(at), source.plain(at + 1))
    if word:
        if source.plain(at) == "one" and not _is_counting(source, at + 1):
            return source.piece("neutral", at, at + 1), at + 1
        numeral, after = Numeral(Fraction(word[0]), is_word=True), at + word[1]
    else:
        found = parse_numeral(source.words[at].text) if source.plain(at)[:1].isdigit() else None
        if found is None:
            return None
        numeral, after = found, at + 1
    return _with_unit(source, at, after, numeral)


def _is_counting(source: _Text, at: int) -> bool:
    """Whether "one" counts something, and does not stand for it."""
    if source.plain(at) in ("of", "("):
        return True
    for place in range(at, min(at + 3, len(source.words))):
        senses = source.find(place)[1]
        if any(s.kind in ("unit", "time") for s in senses):
            return True
        if not any(s.kind == "neutral" and s.value == "adjective" for s in senses):
            return False
    return False


def _with_unit(source: _Text, at: int, after: int, numeral: Numeral) -> tuple[Piece, int]:
    if source.plain(after) in _PERCENT:
        return replace(source.piece("percent", at, after + 1), number=numeral), after + 1
    if source.plain(after) == "per" and source.plain(after + 1) == "cent":
        return replace(source.piece("percent", at, after + 2), number=numeral), after + 2
    dose = parse_dose_end(source.text, source.words, at, after)
    if dose is not None:
        end, mg_per_day = dose
        return replace(source.piece("dose", at, end), number=numeral, mg_per_day=mg_per_day), end
    end = compute_amount_end(source.text, source.words, after)
    if end > after:
        unit = source.text[source.words[after].start : source.words[end - 1].end]
        return replace(source.piece("amount", at, end), number=numeral, unit=unit), end
    time = _time_unit(source, after)
    if time:
        return replace(source.piece("time", at, after + 1), number=numeral, unit=time), after + 1
    return replace(source.piece("number", at, after), number=numeral), after


def _time_unit(source: _Text, at: int) -> str:
    if at >= len(source.words):
        return ""
    _, senses = source.find(at)
    return next((s.value for s in senses if s.kind == "time"), "")


def _phrase(source: _Text, at: int) -> tuple[Piece, int] | None:
    length, senses = source.find(at)
    if not length:
        return None
    kind = next((kind for kind in _FIRST if any(s.kind == kind for s in senses)), senses[0].kind)
    return source.piece(_KINDS.get(kind, kind), at, at + length, senses), at + length


# Of several meanings the one that the grammar looks for first.
_FIRST = ("unit", "topic", "level", "statistic", "quantity", "cue")
# Words that stand for a kind of piece only with a number, or only in some clauses.
_KINDS = {"bare": "level", "none": "level", "time": "neutral", "ordinal": "unknown", "one": "unknown"}


def _long_phrase(source: _Text, at: int) -> tuple[Piece, int] | None:
    """A phrase that begins with a number, or holds one: "6 kg weight gain", "at least one adverse event"."""
    found = _phrase(source, at)
    if found is None or found[1] == at + 1:
        return None
    holds = any(
        source.plain(i)[:1].isdigit() or parse_number_word(source.plain(i)) for i in range(at, found[1])
    )
    return found if holds else None


def _sign(source: _Text, at: int) -> tuple[Piece, int]:
    text = source.words[at].text
    kind = "sign" if not text[0].isalnum() else "unknown"
    piece = source.piece(kind, at, at + 1)
    return (replace(piece, text="-") if text in _DASHES else piece), at + 1


_Step = Callable[[_Text, int], "tuple[Piece, int] | None"]
_STEPS: tuple[_Step, ...] = (_long_phrase, _citation, _reference, _number, _phrase, _sign)


def _ranged(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with "a to b" and "a-b" as one."""
    found: list[Piece] = []
    for piece in pieces:
        found.append(piece)
        is_between = len(found) > 3 and found[-4].text.lower() == "between"
        joiners = _BETWEEN_AND if is_between else _BETWEEN
        # "From 30 to 15 mg" is no range; "95% CI 30 to 15" is one, though an impossible one.
        is_named = any(p.kind == "statistic" for p in found[-5:-3])
        if len(found) >= 3 and _is_range(*found[-3:], joiners=joiners, any_order=is_named):
            low, _, high = found[-3:]
            found[-3:] = [
                Piece(
                    "range",
                    f"{low.text}\u2013{high.text}",
                    low.start,
                    high.end,
                    number=low.number,
                    high=high.number,
                    unit="%" if "percent" in (low.kind, high.kind) else high.unit,
                    mg_per_day=high.mg_per_day,
                    inner=(low, high),
                )
            ]
    return found


def _is_range(low: Piece, between: Piece, high: Piece, *, joiners: frozenset[str], any_order: bool) -> bool:
    is_between = between.text.lower() in joiners
    kinds = ("number", "percent", "time", "dose", "amount")
    if not is_between or low.kind not in kinds or high.kind not in kinds:
        return False
    if low.number is None or high.number is None or low.number.is_word != high.number.is_word:
        return False
    is_same_kind = low.kind in ("number", high.kind)
    return is_same_kind and (any_order or low.number.value <= high.number.value)


def _compared(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with "less than 5" as one; "only 5" is 5."""
    found: list[Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        sign = before.value("comparator") if before is not None else ""
        if before is not None and piece.kind == "time" and before.text.lower() in _PERIODS:
            found[-1] = replace(before, kind="circumstance")
            sign = ""
        if before is not None and sign and piece.number is not None and piece.kind != "citation":
            found.pop()
            comparator = "" if sign in ("=", "only") else sign
            numeral = replace(piece.number, comparator=comparator)
            found.append(replace(piece, number=numeral))
        else:
            found.append(piece)
    return found


def _bracketed(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with everything between two brackets as one piece."""
    stack: list[list[Piece]] = [[]]
    opened: list[Piece] = []
    for piece in pieces:
        if piece.text in _OPEN:
            stack.append([])
            opened.append(piece)
        elif piece.text in _CLOSE and opened:
            inner, start = stack.pop(), opened.pop()
            stack[-1].append(_bracket(start, inner, piece))
        else:
            stack[-1].append(piece)
    while opened:
        # A bracket that is never closed is a sign like any other.
        inner, start = stack.pop(), opened.pop()
        stack[-1] += [start, *inner]
    return stack[0]


def _bracket(start: Piece, inner: Sequence[Piece], end: Piece) -> Piece:
    is_source = start.text == "[" and all(p.kind in ("number", "range") or p.text in ",;" for p in inner)
    kind = "reference" if is_source and inner else "bracket"
    return Piece(kind, f"{start.text}...{end.text}", start.start, end.end, inner=tuple(inner))


def _moved(piece: Piece, offset: int) -> Piece:
    if not offset:
        return piece
    inner = tuple(_moved(p, offset) for p in piece.inner)
    return replace(piece, start=piece.start + offset, end=piece.end + offset, inner=inner)
