"""What the heading of a column, or the label of a row, says of the numbers in its cells."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cotreat.audit.claims import Claim, Condition
from cotreat.audit.grammar.cells import Shape
from cotreat.audit.grammar.chunks import parse_pieces
from cotreat.audit.grammar.general_words import read_words_of
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.pieces import Piece, build_flat_pieces
from cotreat.audit.grammar.senses import ROLE_VARIABLES, Resolver

_UNITS = frozenset({"patient", "pair", "course", "event"})
_TIMES = frozenset({"days", "weeks", "months", "years"})
_COUNTED = frozenset({"n", "%"})
_SUMMARIES = frozenset({"mean", "median", "range", "min", "max"})
# Phrases that a heading may have beside those that say what it is about.
_SAYS_NOTHING = frozenset({"every", "of", "scope", "unit", "quantity", "topic", "level"})
_SIGNS = frozenset({",", "/", "=", "(", ")", "[", "]", "%", "+", ":", ".", "-", "\u00b1"})


@dataclass(frozen=True)
class TableWords:
    """The words of a heading or a label, read.

    Attributes
    ----------
    pieces
        The phrases, those in brackets too.
    unit
        What is counted; empty when it is not said.
    statistics
        Those that are named, in their order; ``n`` and ``%`` are counts and shares.
    quantity, time
        Of a summary: what is measured, and in days, weeks, months or years.
    total
        Of a heading such as "Patients (N = 18)": the number.
    levels
        Places of the phrases that say who or what.
    is_missing
        Whether what is unknown is counted.
    is_understood
        Whether every word is known.
    """

    pieces: tuple[Piece, ...] = ()
    unit: str = ""
    statistics: tuple[str, ...] = ()
    quantity: str = ""
    time: str = ""
    total: Claim | None = None
    levels: tuple[int, ...] = ()
    is_missing: bool = False
    is_understood: bool = True

    @property
    def is_of_total(self) -> bool:
        """Whether it declares counts with their totals: "n/N (%)"."""
        texts = [piece.text for piece in self.pieces]
        return any(texts[at : at + 3] == ["n", "/", "N"] for at in range(len(texts)))

    @property
    def shape(self) -> Shape | None:
        """What the cells hold that these words describe; None when they do not say it."""
        if self.is_missing:
            return "missing"
        named = set(self.statistics) - _COUNTED
        if named == {"ci"}:
            return "interval"
        if named & _SUMMARIES:
            return "summary"
        return "count" if self.statistics else None


def parse_table_words(text: str, lexicon: Lexicon) -> TableWords:
    """What a heading or a label says."""
    pieces = tuple(build_flat_pieces(parse_pieces(text, lexicon)))
    units = [value for p in pieces if p.kind == "unit" for value in [p.value("unit")] if value in _UNITS]
    statistics = [_statistic(p) for p in pieces]
    numbers = [p for p in pieces if p.kind == "number"]
    total = _total(pieces, numbers)
    known = (_is_known(p, has_interval="ci" in statistics, has_total=total is not None) for p in pieces)
    return TableWords(
        pieces,
        units[0] if len(set(units)) == 1 else "",
        tuple(dict.fromkeys(s for s in statistics if s)),
        next((p.value("quantity") for p in pieces if p.kind == "quantity"), ""),
        next((value for p in pieces for value in [p.value("time")] if value in _TIMES), ""),
        total,
        tuple(at for at, p in enumerate(pieces) if p.kind == "level"),
        any(p.means("cue", "missing") for p in pieces),
        all(known) and len(set(units)) <= 1,
    )


def _statistic(piece: Piece) -> str:
    if piece.text == "%" or piece.kind == "percent":
        return "%"
    return piece.value("statistic") if piece.kind == "statistic" else ""


def _total(pieces: Sequence[Piece], numbers: Sequence[Piece]) -> Claim | None:
    """The number right behind "n =", where it is the only number."""
    at = pieces.index(numbers[0]) if len(numbers) == 1 else 0
    before = [piece for piece in pieces[:at] if piece.text != "="]
    if not before or before[-1].value("statistic") != "n":
        return None
    found = numbers[0]
    return Claim(found.text, found.start, found.end, "count", found.number)


def _is_known(piece: Piece, *, has_interval: bool, has_total: bool) -> bool:
    if piece.kind == "sign":
        return piece.text in _SIGNS
    if piece.kind == "percent":
        return has_interval  # "95% CI"
    if piece.kind == "number":
        return has_total
    if piece.kind == "cue":
        return piece.means("cue", "missing")
    if piece.kind == "statistic":
        return piece.value("statistic") != "p_value"  # The data have none.
    if piece.kind in ("unknown", "neutral"):
        is_time = piece.value("time") in _TIMES
        return is_time or piece.text.lower() in read_words_of("caption_word")
    return piece.kind in _SAYS_NOTHING


def build_conditions(
    words: TableWords, context: Sequence[TableWords], lexicon: Lexicon
) -> tuple[Condition, ...] | None:
    """Variables and levels that a label names, within what stands above it; None when they are not clear.

    Parameters
    ----------
    words
        The label.
    context
        What stands above it, the farthest first: the caption's topic, the heading of the column of
        labels, the heading of the group of rows.
    lexicon
        The study's words.
    """
    before = [piece for one in context for piece in one.pieces if piece.kind == "topic"]
    resolver = Resolver([*before, *words.pieces], lexicon)
    found = [resolver.resolve(len(before) + at) for at in words.levels]
    known = [condition for condition in found if condition is not None]
    variables = {variable for variable, _ in known}
    is_either = any(
        any(piece.text.startswith("/") for piece in words.pieces[one + 1 : other + 1])
        for one, other in pairwise(words.levels)
    )
    return tuple(known) if len(known) == len(found) == len(variables) and not is_either else None


def compute_is_ambiguous(words: TableWords, topics: Collection[str], lexicon: Lexicon) -> bool:
    """Whether a level could be one of another variable that the data have, and no topic says which.

    "Methotrexate" is what was combined, or what was taken before; "complete response" is one on the
    combination, on the anchor alone, or why it ended. "Response to baricitinib" may be that alone.
    """
    own = {p.value("topic") for p in words.pieces if p.kind == "topic"} | set(topics)
    levels = [words.pieces[at] for at in words.levels]
    for piece in levels:
        senses = [
            s for s in piece.senses if s.kind == "level" and s.level in lexicon.levels.get(s.variable, ())
        ]
        variables = {sense.variable for sense in senses}
        if len(variables) > 1 and not variables & own:
            return len(levels) == 1 or not variables & set(ROLE_VARIABLES)
    places = [at for at, p in enumerate(words.pieces) if p.text.lower() == "to"]
    return any(words.pieces[at + 1 : at + 2] and words.pieces[at + 1].kind == "level" for at in places)
