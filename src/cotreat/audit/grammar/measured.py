"""Where measurements stand in a clause: a summary with its number, its unit and its spread."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cotreat.audit.claims import Aspect
from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.details import Detail
from cotreat.audit.grammar.mentions import Mention, compute_details_behind, parse_count_mentions
from cotreat.audit.grammar.pieces import Piece

# A summary and its number: "mean age, 43 years", "median (IQR) duration was 12 months".
_SUMMARY = re.compile(r"(?P<s>S)(?P<b>B?)[wVqOUTiaAKc,:=]*?(?P<v>[QDR]|N(?![wA]*[UO]))(?:~(?P<sd>[NQ]))?")
_RANGE_WORD = re.compile(r"(?P<s>S)[w,:=iO]*(?P<v>R)")
_PLUS_MINUS = re.compile(r"(?P<v>[NQ])~(?P<sd>[NQ])")
_AGED = re.compile(r"q[w,:=i]*(?P<v>R)")
_PATTERNS = (_PLUS_MINUS, _RANGE_WORD, _SUMMARY, _AGED)
_OF_VALUES = frozenset({"mean", "median", "sd", "min", "max", "range", "iqr"})
_UNIT_NEAR = 3
_SPREADS: Mapping[str, tuple[Aspect, Aspect]] = {"iqr": ("q1", "q3"), "range": ("min", "max")}


def parse_mentions(clause: Clause) -> list[Mention]:
    """The numbers of a clause in their order, citations and brackets of other content left out."""
    measured = list(_measured(clause))
    return sorted([*measured, *parse_count_mentions(clause, measured)], key=lambda m: m.start)


def _measured(clause: Clause) -> Iterator[Mention]:
    code = clause.code
    at = 0
    while at < len(code):
        found = next((m for p in _PATTERNS if (m := p.match(code, at))), None)
        if found is not None and _is_measure(clause.pieces, found):
            yield _measurement(clause, found)
            at = found.end()
        elif code[at] in "QD" or (code[at] == "R" and clause.pieces[at].unit):
            yield _plain_measurement(clause, at)
            at += 1
        else:
            at += 1


def _is_measure(pieces: Sequence[Piece], found: "re.Match[str]") -> bool:
    """Whether the summary is one of values: not a number of units, an interval or a probability."""
    if "s" not in found.groupdict():
        return True
    return pieces[found.start("s")].value("statistic") in _OF_VALUES


def _measurement(clause: Clause, found: "re.Match[str]") -> Mention:
    groups = found.groupdict()
    pieces = clause.pieces
    at = found.start("v")
    named = pieces[found.start("s")].value("statistic") if "s" in groups else ""
    statistic = named or ("mean" if groups.get("sd") else "range")
    mention = _plain_measurement(clause, at, end=found.end())
    details = list(mention.details)
    if groups.get("sd"):
        details.append(_detail("sd", pieces[found.start("sd")]))
    if groups.get("b"):
        details = _labelled(details, pieces[found.start("b")])
    unit = mention.unit_of_value or (pieces[found.start("sd")].unit if groups.get("sd") else "")
    return replace(
        mention, start=found.start(), statistic=statistic, details=tuple(details), unit_of_value=unit
    )


def _plain_measurement(clause: Clause, at: int, *, end: int = 0) -> Mention:
    number = clause.pieces[at]
    end = end or at + 1
    # "A median 21-month regimen of baricitinib 4 mg/day (range, 3-43 months)": the range is of months.
    passing = "D" if number.kind == "time" else ""
    behind = compute_details_behind(clause.pieces, end, clause.code, passing=passing)
    is_dose = number.kind == "dose"
    details = tuple(d for d in behind if d.aspect != "value" and (not is_dose or not d.unit))
    unit = number.unit or _unit_behind(clause.pieces[end : end + _UNIT_NEAR])
    return Mention("measured", at, end, number, details=details, unit_of_value=unit)


def _unit_behind(pieces: Sequence[Piece]) -> str:
    """The unit of a number that stands behind its bracket: "12 (6-21) months"."""
    for piece in pieces:
        if piece.means("time"):
            return piece.value("time")
        if piece.kind != "bracket":
            return ""
    return ""


def _labelled(details: Sequence[Detail], bracket: Piece) -> list[Detail]:
    """The numbers of a bracket as what the bracket behind the summary says: "median (IQR)"."""
    label = next((p.value("statistic") for p in bracket.inner if p.kind == "statistic"), "")
    found: list[Detail] = []
    for detail in details:
        if label in _SPREADS and detail.aspect in ("min", "max"):
            low, high = _SPREADS[label]
            found.append(_detail(low if detail.aspect == "min" else high, detail.piece))
        elif label == "sd" and detail.aspect in ("count", "value"):
            found.append(_detail("sd", detail.piece))
        else:
            found.append(detail)
    return found


def _detail(aspect: Aspect, piece: Piece) -> Detail:
    return Detail(aspect, piece, piece.unit)
