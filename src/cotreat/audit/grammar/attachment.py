"""Which words of a clause belong to which of its numbers.

Two orders are common in lists: the level stands before each number ("nausea in 3
patients, gout in 2") or behind it ("3 patients with nausea and 2 with gout"). Words
before the first number that belong to no number alone are shared by all of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.mentions import Mention
from cotreat.audit.grammar.pieces import Piece

# A level right before a number: "nausea in", "methotrexate (", "female:", "partial in".
_LEVEL_BEFORE = re.compile(r"[^,;]*T[wBvO]*[iwVK:=]*$")
_SEPARATOR = re.compile(r"[,;:]|[ar](?=[^ar]*$)")
_LEADING = re.compile(r"[iO]")
_FEW_WORDS = 3
_ADJUNCT = re.compile(r"[it][wA]*$")


@dataclass(frozen=True, slots=True)
class Region:
    """Places of the pieces that belong to one number.

    Attributes
    ----------
    own
        To this number alone, in their order.
    shared
        To all numbers of the clause.
    scope
        To all numbers, as that of which they are a part: "among patients with AA, ...".
    """

    own: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()
    scope: tuple[int, ...] = ()


def build_regions(clause: Clause, mentions: Sequence[Mention]) -> list[Region]:
    """The region of each mention, in their order."""
    if not mentions:
        return []
    code = clause.code
    gaps = _gaps(clause, mentions)
    is_before = [bool(_LEVEL_BEFORE.match(_right(code, gap))) and "T" in _right(code, gap) for gap in gaps]
    any_before = any(is_before[1:-1])
    scope_end = _scope_end(code, gaps[0])
    head = range(scope_end, gaps[0].stop)
    first_own: range = range(0)
    if any_before:
        # "Baricitinib was combined with methotrexate in 12, with prednisone in 2": the last level is its own.
        own = _right_range(code, head)
        last_level = code.rfind("T", own.start, own.stop)
        first_own = range(max(own.start, last_level), own.stop)
        head = range(head.start, first_own.start)
    regions: list[Region] = []
    for i, mention in enumerate(mentions):
        before = first_own if i == 0 else _right_range(code, gaps[i])
        after = _behind(clause, mentions, gaps, i)
        inside = range(mention.start, mention.end)
        own = tuple(sorted({*before, *inside, *after}))
        regions.append(Region(own, tuple(head), tuple(range(scope_end))))
    return regions


def _gaps(clause: Clause, mentions: Sequence[Mention]) -> list[range]:
    """The places before the first mention, between two of them, and behind the last."""
    starts = [*(m.start for m in mentions), len(clause.pieces)]
    ends = [0, *(m.end for m in mentions)]
    return [range(end, max(start, end)) for end, start in zip(ends, starts, strict=True)]


def _scope_end(code: str, head: range) -> int:
    """Where "In patients with alopecia areata," ends, when the clause begins like that."""
    text = code[: head.stop]
    comma = text.find(",")
    return comma if comma > 0 and _LEADING.match(text) and "T" in text[:comma] else 0


def _right_range(code: str, gap: range) -> range:
    """The part of a gap behind its last list mark."""
    text = code[gap.start : gap.stop]
    cut = max((m.end() for m in _SEPARATOR.finditer(text)), default=0)
    return range(gap.start + cut, gap.stop)


def _right(code: str, gap: range) -> str:
    part = _right_range(code, gap)
    return code[part.start : part.stop]


def _behind(clause: Clause, mentions: Sequence[Mention], gaps: Sequence[range], i: int) -> tuple[int, ...]:
    """The places behind a mention that belong to it.

    Of a count also those behind a measurement that is its object ("received a median
    21-month regimen of baricitinib"), and a predicate that stands behind the last of
    several counts ("8 patients with AA and 3 with AD had a complete response").
    """
    code = clause.code
    gap = gaps[i + 1]
    if mentions[i].shape == "measured":
        return tuple(gap)
    places: list[int] = []
    last = i
    while True:
        gap = gaps[last + 1]
        following = mentions[last + 1] if last + 1 < len(mentions) else None
        if following is None or following.shape == "measured":
            places += gap
        else:
            places += _left_range(code, gap)
        is_object = following is not None and following.shape == "measured"
        if not is_object or _ADJUNCT.search(code[gap.start : gap.stop]):
            break
        last += 1
    last_count = max(n for n, m in enumerate(mentions) if m.shape == "count")
    is_leading = i == 0 and compute_is_leading(clause, mentions[0])
    if i < last_count and not is_leading and not _has_verb(clause, places):
        places += _predicate(clause, range(mentions[last_count].end, len(clause.pieces)))
    return tuple(places)


def compute_is_leading(clause: Clause, mention: Mention) -> bool:
    """Whether a number only says of how many the others are: "Of the 18 patients, 12 ..."."""
    code = clause.code
    return bool(_LEADING.match(code)) and "," in code[mention.end :] and mention.start <= _FEW_WORDS


def _has_verb(clause: Clause, places: Iterable[int]) -> bool:
    return any(_is_verb(clause.pieces[i]) for i in places)


def _is_verb(piece: Piece) -> bool:
    """Whether a piece is, or begins with, a verb that says something of its subject."""
    first = piece.text.lower().partition(" ")[0]
    return piece.means("neutral", "finite") or piece.kind == "pluperfect" or first in ("was", "were", "had")


def _predicate(clause: Clause, tail: range) -> range:
    """The part of the clause behind its last number that begins with a verb; empty when there is none."""
    first = next((i for i in tail if _is_verb(clause.pieces[i])), tail.stop)
    return range(first, tail.stop)


def _left_range(code: str, gap: range) -> range:
    """The part of a gap before its last list mark, all of it when there is none."""
    text = code[gap.start : gap.stop]
    cut = max((m.start() for m in _SEPARATOR.finditer(text)), default=len(text))
    return range(gap.start, gap.start + cut)
