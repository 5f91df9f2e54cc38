"""Where numbers stand in a clause, and what their nearest words say: of what, of how many, which summary."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.details import Detail, parse_details
from cotreat.audit.grammar.pieces import Piece

Shape = Literal["count", "measured"]

# Counts, most specific first. k: the number, n: of how many, u: unit, t: a level that says who.
_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<k>[NF])w*O[AwE]*(?P<n>N)w*(?P<u>U)?",
        r"(?P<k>N)/(?P<n>N)w*(?P<u>U)?",
        r"(?P<k>[NPF])w*O[AwE]*(?P<t>T)?w*(?P<u>U)",
        r"(?P<k>N)[wAy]*(?P<u>U)",
        r"(?P<k>N)w*(?P<t>T)w*(?P<u>U)",
        r"(?P<t>T)[wiOL]*(?P<b>B+)",
        r"(?P<k>[NPF])",
    )
)
# A summary and its number: "mean age, 43 years", "median duration of the combination was 12 months".
_SUMMARY = re.compile(r"(?P<s>S)B?[wVqOUTiaAKc,:=]*?(?P<v>[QDR]|N(?![wA]*[UO]))")
_RANGE_WORD = re.compile(r"(?P<s>S)[w,:=iO]*(?P<v>R)")
_AGED = re.compile(r"q[w,:=i]*(?P<v>R)")


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
    spread
        Of a mean with its spread outside brackets: 42.8 ± 12.9.
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
    spread: Piece | None = None
    details: tuple[Detail, ...] = field(default=())


def parse_mentions(clause: Clause) -> list[Mention]:
    """The numbers of a clause in their order, citations and brackets of other content left out."""
    measured = list(_measured(clause))
    taken = {place for m in measured for place in range(m.start, m.end)}
    found = [*measured, *_counts(clause, taken)]
    return sorted(found, key=lambda m: m.start)


def _measured(clause: Clause) -> Iterator[Mention]:
    code = clause.code
    at = 0
    while at < len(code):
        found = next((m for p in (_RANGE_WORD, _SUMMARY, _AGED) if (m := p.match(code, at))), None)
        if found is not None and _is_measure(clause.pieces, found):
            yield _measurement(clause, found.start(), found.start("v"), found)
            at = found.end()
        elif code[at] in "QD" or (code[at] == "R" and clause.pieces[at].unit):
            yield _measurement(clause, at, at, None)
            at += 1
        else:
            at += 1


def _is_measure(pieces: Sequence[Piece], found: "re.Match[str]") -> bool:
    """Whether the summary is one of values: not a number of units, an interval or a probability."""
    if "s" not in found.groupdict():
        return True
    statistic = pieces[found.start("s")].value("statistic")
    return statistic in ("mean", "median", "sd", "min", "max", "range", "iqr")


def _measurement(clause: Clause, start: int, at: int, found: "re.Match[str] | None") -> Mention:
    statistic = ""
    if found is not None:
        statistic = clause.pieces[start].value("statistic") if "s" in found.groupdict() else "range"
    number = clause.pieces[at]
    # "A median 21-month regimen of baricitinib 4 mg/day (range, 3-43 months)": the range is of months.
    behind = _details_behind(clause.pieces, at + 1, clause.code, passing="D" if number.kind == "time" else "")
    is_dose = number.kind == "dose"
    details = tuple(d for d in behind if d.aspect != "value" and (not is_dose or not d.unit))
    return Mention("measured", start, at + 1, number, statistic=statistic, details=details)


def _counts(clause: Clause, taken: set[int]) -> Iterator[Mention]:
    code = clause.code
    is_list = len(list(_listed(clause))) > 1
    at = 0
    while at < len(code):
        found = next((m for p in _COUNTS if (m := p.match(code, at)) and _is_free(m, taken)), None)
        mention = None if found is None else _count(clause, found, is_list=is_list)
        if mention is None:
            at += 1
            continue
        yield mention
        at = mention.end


def _is_free(found: "re.Match[str]", taken: set[int]) -> bool:
    return not taken.intersection(range(found.start(), found.end()))


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
        details=_details_behind(pieces, found.end(), clause.code),
    )


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


def _details_behind(pieces: Sequence[Piece], at: int, code: str, passing: str = "") -> tuple[Detail, ...]:
    """The details of the brackets that follow before the next number, list mark or verb."""
    found: list[Detail] = []
    for place in range(at, len(pieces)):
        if code[place] in "NPFQDRS,;" and code[place] not in passing:
            break
        if code[place] == "B":
            found += parse_details(pieces[place]) or ()
    return tuple(found)
