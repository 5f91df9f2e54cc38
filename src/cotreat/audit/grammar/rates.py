"""Sentences with person-time: events in so many patient-years, and the rate per 100 of these.

The words that name an exposure state or a class of events are in ``words.csv``
(`rate_state`, `rate_class`), and those that change nothing are `rate_word`. A sentence with a
number or a word that is not understood is bound to nothing: a rate of other patients, drugs or
events is never called wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cotreat.audit.claims import Aspect, Claim, Condition, Query, Statement
from cotreat.audit.grammar.clause_reading import build_claim
from cotreat.audit.grammar.general_words import read_words_of
from cotreat.audit.grammar.pieces import Piece, build_flat_pieces

_NUMBERS = frozenset({"number", "percent", "time", "dose", "amount", "share"})
_YEARS = re.compile(r"(patient|person|subject|participant)s? years?\b")
_ENDS: tuple[Aspect, ...] = ("ci_lower", "ci_upper")
_WHY = "the sentence says more than events, patients and time of an exposure state"


@dataclass(frozen=True)
class _Role:
    """What a number is: of the share of patients, the rate, or the rate's one-sided bound."""

    of: str
    aspect: Aspect


def build_rate_statements(pieces: Sequence[Piece]) -> list[Statement]:
    """The statements of a sentence with patient-years; empty when it has none."""
    flat = build_flat_pieces(pieces)
    if not _YEARS.search(_text(flat)):
        return []
    numbers = [at for at, p in enumerate(flat) if p.kind in _NUMBERS and not _is_no_claim(flat, at)]
    roles = dict(_roles(flat, numbers))
    conditions = _conditions(flat)
    if conditions is None or len(roles) < len(numbers):
        return [Statement((Query("nothing"),), (build_claim("", flat[at]),), why=_WHY) for at in numbers]
    queries = {
        "share": Query("measure", conditions, unit="patient", quantity="adverse_event_proportion"),
        "rate": Query("measure", conditions, unit="event", quantity="adverse_event_rate:rate"),
        "bound": Query(
            "measure", conditions, unit="event", quantity="adverse_event_rate:rate", statistic="one_sided"
        ),
    }
    found: list[Statement] = []
    for name, query in queries.items():
        claims: list[Claim] = [build_claim(r.aspect, flat[at]) for at, r in roles.items() if r.of == name]
        if claims:
            found.append(Statement((query,), tuple(claims)))
    return found


def _text(pieces: Sequence[Piece]) -> str:
    return " ".join(p.text.lower() for p in pieces if p.text != "-")


def _is_no_claim(flat: Sequence[Piece], at: int) -> bool:
    """Whether it is the 95% of an interval or a bound, or the 100 of "per 100 patient-years"."""
    after = flat[at + 1] if at + 1 < len(flat) else None
    if after is not None and (after.means("statistic", "ci") or after.means("cue", "upper_bound")):
        return True
    return at > 0 and flat[at - 1].text.lower() == "per"


def _roles(flat: Sequence[Piece], numbers: Sequence[int]) -> Iterator[tuple[int, _Role]]:
    """What each number is, by the words beside it; one that has no such words is left out."""
    owner, ends = "share", len(_ENDS)
    for at in numbers:
        role = _share_role(flat, at) or _rate_role(flat, at)
        if role is None and ends < len(_ENDS) and _is_in_interval(flat, at):
            role = _Role(owner, _ENDS[ends])
            ends += 1
        elif role is not None and role.aspect in ("proportion", "value"):
            # An interval behind it is its own.
            owner, ends = role.of, 0
        if role is not None:
            yield at, role


def _share_role(flat: Sequence[Piece], at: int) -> _Role | None:
    """Of a number of patients, or their share."""
    before = flat[at - 1] if at else None
    following = [p.kind for p in flat[at + 1 : at + 3]]
    if flat[at].kind == "percent":
        return _Role("share", "proportion")
    if following == ["of", "number"]:
        return _Role("share", "count")
    if at > 1 and flat[at - 1].kind == "of" and flat[at - 2].kind == "number":
        return _Role("share", "denominator")
    return _Role("share", "missing") if before is not None and before.means("cue", "missing") else None


def _rate_role(flat: Sequence[Piece], at: int) -> _Role | None:
    """Of a number of events, their time, or their rate."""
    before = flat[at - 1] if at else None
    behind = _text(flat[at + 1 : at + 5])
    if behind.startswith("per 100 ") and _YEARS.search(behind):
        return _Role("rate", "value")
    if _YEARS.match(behind):
        return _Role("rate", "denominator")
    if before is not None and before.means("cue", "upper_bound"):
        return _Role("bound", "ci_upper")
    if at + 1 < len(flat) and flat[at + 1].means("unit", "event"):
        return _Role("rate", "missing" if " may " in f" {behind} " else "count")
    return None


def _is_in_interval(flat: Sequence[Piece], at: int) -> bool:
    """Whether only numbers stand between it and the words for a confidence interval."""
    for piece in reversed(flat[:at]):
        if piece.means("statistic", "ci"):
            return True
        if piece.kind not in _NUMBERS and piece.text.lower() not in ("to", ",", "-"):
            return False
    return False


def _conditions(flat: Sequence[Piece]) -> tuple[Condition, ...] | None:
    """The exposure state and the class of events; None where it names no state, or says something else."""
    words = [p for p in flat if p.kind not in _NUMBERS]
    text = f" {_text(words)} "
    found: list[Condition] = []
    for kind in ("rate_state", "rate_class"):
        named: set[str] = set()
        # The longest phrase first: what it holds is not another one.
        for phrase, value in sorted(read_words_of(kind).items(), key=lambda item: -len(item[0])):
            if f" {phrase} " in text:
                named.add(value)
                text = text.replace(f" {phrase} ", " ")
        if len(named) > 1:
            return None
        found += [(v.partition("=")[0], v.partition("=")[2]) for v in named]
    if not any(name == "state" for name, _ in found) or not any(p.means("unit", "event") for p in words):
        return None
    known = read_words_of("rate_word")
    is_known = all(p.text.lower() in known or f" {p.text.lower()} " not in text for p in words if _speaks(p))
    return tuple(found) if is_known else None


def _speaks(piece: Piece) -> bool:
    """Whether a word can change what is counted."""
    if piece.kind == "statistic":
        return not piece.means("statistic", "ci")
    return piece.kind not in ("sign", "neutral", "of", "and", "scope", "unit")
