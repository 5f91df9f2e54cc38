"""Counts and shares: who or what was counted, among whom, and in which unit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Claim, Condition, Query, Statement
from cotreat.audit.grammar.clause_reading import ClauseReading, build_claim, compute_joined, compute_reduced
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.mentions import Mention
from cotreat.audit.grammar.pieces import Piece

_RULES = ("best", "first", "last")
_UNITS: dict[str, Unit] = {"patient": "patient", "pair": "pair", "course": "course", "event": "event"}
NOTHING = Query("nothing")


def build_count_statement(reading: ClauseReading) -> Statement:
    """A count or a share, bound to its conditions; unbound when a word of it is not understood."""
    own, is_loose = reading.own
    region = reading.region
    within = _within(reading, own)
    conditions, unclear = reading.levels(i for i in (*region.shared, *own) if i not in within)
    scope, unclear_scope = reading.levels((*region.scope, *within))
    if within and not conditions:
        conditions, scope = scope, ()
    before = (*reading.governing, *_spoken_of(reading))
    scope = tuple(c for c in scope if c not in conditions)
    unread = (*unclear, *unclear_scope, *reading.unread((*region.scope, *region.shared, *own)))
    unit, is_case = compute_unit(reading.mention.unit, reading.lexicon, conditions)
    query = Query(
        "count",
        conditions=compute_joined(conditions, (c for c in before if c not in scope)),
        scope=scope,
        unit=unit or _unit_before(reading),
        is_case=is_case,
        rule=compute_rule(reading.clause.pieces),
    )
    why = _why_unbound(reading, unread, (*conditions, *scope))
    statement = Statement((query,), tuple(_claims(reading.mention)), is_loose, why=why, unread=unread)
    return _with_pending(statement, reading)


def _within(reading: ClauseReading, own: Sequence[int]) -> frozenset[int]:
    """Places that say among whom, right behind "8 of 13 combinations": "in alopecia areata"."""
    if reading.mention.total is None:
        return frozenset()
    places: list[int] = []
    for i in own:
        if i < reading.mention.end:
            continue
        piece = reading.clause.pieces[i]
        if piece.means("neutral", "verb") or piece.text in ",;" or piece.kind == "unknown":
            break
        places.append(i)
    begins = reading.clause.pieces[places[0]] if places else None
    return frozenset(places) if begins is not None and begins.kind in ("scope", "of") else frozenset()


def _unit_before(reading: ClauseReading) -> Unit | Literal[""]:
    """The unit of what was counted before, for a clause that sums it up: ", representing 61.1 %"."""
    for statement in reading.context.statements if reading.clause.is_tail else ():
        if statement.queries[0].unit:
            return statement.queries[0].unit
    return ""


def _spoken_of(reading: ClauseReading) -> tuple[Condition, ...]:
    """Who was spoken of before, when the number is a part of "these"."""
    return reading.context.conditions if reading.mention.is_part else ()


def compute_unit(
    word: str, lexicon: Lexicon, conditions: Sequence[Condition]
) -> tuple[Unit | Literal[""], bool]:
    """The unit of analysis that a noun means, and whether the noun was "case"."""
    if word == "case":
        return ("pair" if lexicon.is_case_table else "patient"), True
    if not word and any(variable == "sex" for variable, _ in conditions):
        return "patient", False
    return _UNITS.get(word, ""), False


def compute_rule(pieces: Sequence[Piece]) -> str:
    """The rule that the words of a clause name; empty when they name none."""
    rule = next((p.value("cue") for p in pieces if p.means("cue", *_RULES)), "")
    failure = any(p.means("cue", "as_failure") for p in pieces)
    return ", ".join([*([rule] if rule else []), *(["unassessable_as_failure"] if failure else [])])


def _why_unbound(reading: ClauseReading, unread: Sequence[str], named: Sequence[Condition]) -> str:
    if unread:
        return f"not understood: {', '.join(dict.fromkeys(unread))}"
    variables = [variable for variable, _ in named]
    if len(set(variables)) < len(variables):
        return "several levels of one variable"
    if not named and not reading.governing:
        return _why_no_total(reading)
    return ""


def _why_no_total(reading: ClauseReading) -> str:
    """Why a number without any condition is not the number of all; empty when it is."""
    mention = reading.mention
    pieces = reading.clause.pieces
    is_total = any(p.means("cue", "include") for p in pieces) or mention.unit == "event"
    is_leading = reading.clause.code[:1] in "Oi" and "," in reading.clause.code[mention.end :]
    if mention.is_part or not mention.unit or mention.number.kind != "number":
        return "nothing says what was counted"
    return "" if is_total or is_leading or mention.total else "nothing says what was counted"


def _with_pending(statement: Statement, reading: ClauseReading) -> Statement:
    """A number behind "the most common reason was ..." may speak of that group, or of everybody."""
    pending = reading.context.pending
    query = statement.queries[0]
    named = {variable for variable, _ in (*query.conditions, *query.scope)}
    if not pending or statement.why or named & {variable for variable, _ in pending}:
        return statement
    narrow = replace(query, conditions=compute_reduced(compute_joined(query.conditions, pending)))
    return replace(statement, queries=(narrow,), alternatives=(query,))


def _claims(mention: Mention) -> Iterator[Claim]:
    is_share = mention.number.kind in ("percent", "share")
    yield build_claim("proportion" if is_share else "count", mention.number)
    if mention.total is not None:
        yield build_claim("denominator", mention.total)
    for detail in mention.details:
        if detail.aspect != "value" and detail.piece is not mention.number:
            yield build_claim(detail.aspect, detail.piece)
