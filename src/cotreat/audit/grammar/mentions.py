"""Where numbers stand in a clause, and what their nearest words say: of what, of how many, which summary."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.details import Detail, parse_details, parse_leading_details
from cotreat.audit.grammar.pieces import Piece

Shape = Literal["count", "measured"]

# Counts, most specific first. k: the number, n: of how many, u: unit, t: a level that says who.
_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<k>[NF])w*O[AwE]*(?P<n>N)w*(?P<u>U)?",
        r"(?P<k>N)B+O[AwE]*(?P<n>N)w*(?P<u>U)",
        r"(?P<k>N)/(?P<n>N)w*(?P<u>U)?",
        r"(?P<k>[NPF])w*O[AwE]*(?P<t>T)?w*(?P<u>U)",
        r"(?P<k>N)[wAy]*(?P<u>U)",
        r"(?P<k>N)w*(?P<t>T)w*(?P<u>U)",
        r"(?P<t>T)[wiOL]*(?P<b>B+)",
        r"(?P<k>[NPF])",
    )
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One number of a clause with its nearest words.

    Attributes
    ----------
    shape
        A count or share, or a measurement.
    start, end
        Its pieces in the clause, half-open.
    number
        The number.
    total
        Of how many, when that is said.
    unit
        What is counted; empty when it is not said.
    level_at
        Place of a level inside the mention: "7 men"; -1 when there is none.
    is_part
        Whether it is a part of something named before: "two of these patients".
    statistic
        Of a measurement: mean, median, range; empty when none is named.
    unit_of_value
        Of a measurement: days, weeks, months or years.
    details
        What stands in brackets behind it.
    """

    shape: Shape
    start: int
    end: int
    number: Piece
    total: Piece | None = None
    unit: str = ""
    level_at: int = -1
    is_part: bool = False
    statistic: str = ""
    unit_of_value: str = ""
    details: tuple[Detail, ...] = field(default=())


def parse_count_mentions(clause: Clause, measured: Sequence[Mention]) -> list[Mention]:
    """The counts and shares of a clause in their order; `measured` are its other numbers."""
    taken = {place for m in measured for place in range(m.start, m.end)}
    found = list(_counts(clause, taken))
    alone = _alone(clause, [*measured, *found])
    return sorted([*found, *alone], key=lambda m: m.start)


def _alone(clause: Clause, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Counts and shares in brackets that belong to no number: "most patients (12/18, 66.7%)"."""
    used = {d.piece.start for m in mentions for d in m.details} | {m.number.start for m in mentions}
    for place, piece in enumerate(clause.pieces):
        details = parse_leading_details(piece)[0] if piece.kind == "bracket" else ()
        if not details or details[0].piece.start in used:
            continue
        first = details[0]
        if first.aspect not in ("count", "denominator", "proportion"):
            continue
        before = clause.pieces[place - 1] if place else None
        unit = before.value("unit") if before is not None and before.kind == "unit" else first.unit
        total = next((d for d in details[1:] if d.aspect == "denominator" and first.aspect == "count"), None)
        yield Mention(
            "count",
            place,
            place + 1,
            first.piece,
            total=None if total is None else total.piece,
            unit=unit,
            details=tuple(d for d in details[1:] if d is not total),
        )


def _counts(clause: Clause, taken: Collection[int]) -> Iterator[Mention]:
    code = clause.code
    is_list = len(list(_listed(clause))) > 1
    at = 0
    while at < len(code):
        first = " ".join(p.text.lower() for p in clause.pieces[at : at + 3])
        if code[at : at + 3] in ("wiN", "NiN") and _ONE_IN.match(first):
            # "One in three patients" is no count of three patients.
            at += 3
            continue
        found = next((m for p in _COUNTS if (m := p.match(code, at)) and _is_free(m, taken)), None)
        mention = None if found is None else _count(clause, found, is_list=is_list)
        if mention is None:
            at += 1
            continue
        yield mention
        at = mention.end


def _is_free(found: "re.Match[str]", taken: Collection[int]) -> bool:
    return not any(place in taken for place in range(found.start(), found.end()))


_ONE_IN = re.compile(r"(?:one|1) in (?:\w+)$")
_LISTED = re.compile(r"T[wiOL]*B+")


def _listed(clause: Clause) -> Iterator[str]:
    """The levels with a number in brackets behind them; one alone may be the number of a reference."""
    for found in _LISTED.finditer(clause.code):
        if _bracketed_count(clause.pieces[found.start() : found.end()]) is not None:
            yield found[0]


def _bracketed_count(pieces: Sequence[Piece]) -> tuple[Detail, ...] | None:
    """The details of the bracket that holds a count: "methotrexate (12)"; None when none does."""
    for piece in pieces:
        details = parse_details(piece) if piece.kind == "bracket" else None
        if details is not None and details[0].aspect in ("count", "denominator"):
            return details
    return None


def _count(clause: Clause, found: "re.Match[str]", *, is_list: bool) -> Mention | None:
    pieces = clause.pieces
    groups = found.groupdict()
    if groups.get("b"):
        return _count_in_brackets(clause, found, is_list=is_list)
    unit = pieces[found.start("u")].value("unit") if groups.get("u") else ""
    total = pieces[found.start("n")] if groups.get("n") else None
    between = pieces[found.start() : found.end()]
    return Mention(
        "count",
        found.start(),
        found.end(),
        pieces[found.start("k")],
        total=total,
        unit=unit,
        level_at=found.start("t") if groups.get("t") else -1,
        is_part=any(p.kind in ("anaphora", "another") for p in between),
        details=(*_details_within(between), *compute_details_behind(pieces, found.end(), clause.code)),
    )


def _details_within(pieces: Sequence[Piece]) -> Iterator[Detail]:
    """The details of a bracket inside a mention: "seven (58.3 %) of the 12 patients"."""
    for piece in pieces:
        if piece.kind == "bracket":
            yield from parse_details(piece) or ()


def _count_in_brackets(clause: Clause, found: "re.Match[str]", *, is_list: bool) -> Mention | None:
    """A level with its number in brackets, in a list or with a sign that it is a number of units."""
    details = _bracketed_count(clause.pieces[found.start() : found.end()])
    n_details = len(details or ())
    if not details or not (is_list or n_details > 1 or details[0].aspect == "denominator"):
        return None
    first, others = details[0], details[1:]
    return Mention(
        "count",
        found.start(),
        found.end(),
        first.piece,
        unit=first.unit,
        level_at=found.start("t"),
        details=others,
    )


def compute_details_behind(
    pieces: Sequence[Piece], at: int, code: str, passing: str = ""
) -> tuple[Detail, ...]:
    """The details of the brackets that follow before the next number, list mark or verb."""
    found: list[Detail] = []
    for place in range(at, len(pieces)):
        if code[place] in "NPFQDRS,;" and code[place] not in passing:
            break
        if code[place] == "B":
            found += parse_leading_details(pieces[place])[0]
    return tuple(found)
