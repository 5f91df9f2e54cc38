"""Clauses of a sentence: the stretches within which a number and its words belong together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cotreat.audit.grammar.pieces import Piece, compute_code

# "ended; unknown in 4", "whereas", a dash, ", leading to", ", and in another", ", all of which".
_BREAK = re.compile(r";|b|,[aw]*(?=l)|(?<=.)-(?=.)|(?:,|(?<!^)a)+i?w*(?=y)|,(?=EOA)")
_DASHED = re.compile(r"-[^-;]*-")


@dataclass(frozen=True, slots=True)
class Clause:
    """Pieces that belong together.

    Attributes
    ----------
    pieces
        Its pieces; what stands in brackets is one of them.
    is_tail
        Whether it says what followed from the clause before: ", representing 61.1 %".
    is_nested
        Whether it stands in brackets, and so speaks about the clause around it.
    """

    pieces: tuple[Piece, ...]
    is_tail: bool = False
    is_nested: bool = False

    @property
    def code(self) -> str:
        """The codes of its pieces."""
        return compute_code(self.pieces)


def parse_clauses(pieces: Sequence[Piece], *, is_nested: bool = False) -> Iterator[Clause]:
    """The clauses of a sentence, or of a bracket, in their order."""
    pieces = _without_dashes(tuple(pieces))
    code = compute_code(pieces)
    start = 0
    for found in _BREAK.finditer(code):
        if pieces[start : found.start()]:
            yield _clause(pieces[start : found.start()], is_nested=is_nested)
        start = found.end()
    if pieces[start:]:
        yield _clause(pieces[start:], is_nested=is_nested)


def _clause(pieces: tuple[Piece, ...], *, is_nested: bool) -> Clause:
    return Clause(pieces, pieces[0].kind == "tail", is_nested)


def _without_dashes(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """What stands between two dashes is in brackets."""
    found = _DASHED.search(compute_code(pieces))
    if not found:
        return pieces
    inner = pieces[found.start() + 1 : found.end() - 1]
    first, last = pieces[found.start()], pieces[found.end() - 1]
    bracket = replace(first, kind="bracket", text="-...-", end=last.end, inner=inner)
    return (*pieces[: found.start()], bracket, *_without_dashes(pieces[found.end() :]))
