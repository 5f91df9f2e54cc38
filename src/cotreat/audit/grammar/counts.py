"""Counts and shares: who or what was counted, among whom, and in which unit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Claim, Condition, Query, Statement
from cotreat.audit.grammar.attachment import compute_is_leading
from cotreat.audit.grammar.clause_reading import ClauseReading, build_claim, compute_joined, compute_reduced
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.mentions import Mention
from cotreat.audit.grammar.pieces import Piece

_OBJECT = 3  # a dose stands right behind its drug
_MOST_NEARBY = 3
_RULES = ("best", "first", "last")
_UNITS: dict[str, Unit] = {"patient": "patient", "pair": "pair", "course": "course", "event": "event"}
_WITH_LEVELS = frozenset(
    {"response", "monotherapy_response", "reason_started", "end_reason", "next_treatment"}
)
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
    spoken_of = _spoken_of(reading)
    if _is_part(reading) and conditions:
        scope = compute_joined(scope, (c for c in spoken_of if c not in conditions))
    before = (*reading.governing, *spoken_of)
    scope = tuple(c for c in scope if c not in conditions)
    unread = (*unclear, *unclear_scope, *reading.unread((*region.scope, *region.shared, *own)))
    unit, is_case = compute_unit(reading.mention.unit, reading.lexicon, conditions)
    query = Query(
        "count",
        conditions=compute_joined(conditions, (c for c in before if c not in scope)),
        scope=scope,
        unit=unit or _unit_near(reading),
        is_case=is_case,
        rule=compute_rule(reading.clause.pieces),
    )
    why = _why_unbound(reading, unread, (*conditions, *scope), query.conditions)
    severities = reading.severities((*region.shared, *own))
    statement = Statement(
        (query,),
        tuple(_claims(reading.mention)),
        # "Three patients received upadacitinib 15 mg/day" are those with this dose, which is not asked.
        is_loose or bool(severities) or _is_qualified(reading, own) or reading.context.is_timed,
        why=why,
        unread=(*unread, *severities),
    )
    return replace(_with_pending(statement, reading), nearby=build_nearby(query, reading))


def build_nearby(query: Query, reading: ClauseReading) -> tuple[Query, ...]:
    """The same question among those who were counted before: "12 had gout. Seven responded"."""
    counted = [s for s in (*reading.context.statements, *reading.found) if s.queries[0].kind == "count"]
    before = [s.queries[0] for s in reversed(counted) if not s.why]
    groups = [((*q.conditions, *q.scope), q.unit) for q in before[:_MOST_NEARBY]]
    groups.append((reading.context.conditions, reading.context.unit))
    named = {variable for variable, _ in (*query.conditions, *query.scope)}
    found: dict[Query, None] = {}
    for group, unit in groups:
        if group and not named & {variable for variable, _ in group}:
            scope = compute_joined(query.scope, group)
            found[replace(query, scope=scope, unit=query.unit or unit)] = None
    return tuple(found)


def _is_qualified(reading: ClauseReading, own: Sequence[int]) -> bool:
    """Whether a dose or a laboratory value says more about those who are counted."""
    if not own:
        return False
    near = reading.clause.pieces[min(own) : max(own) + _OBJECT]
    return any(piece.kind in ("dose", "amount") for piece in near)


def _within(reading: ClauseReading, own: Sequence[int]) -> frozenset[int]:
    """Places that say among whom, right behind "8 of 13 combinations": "in alopecia areata"."""
    if reading.mention.total is None:
        return frozenset()
    places: list[int] = []
    for i in own:
        if i < reading.mention.end:
            continue
        piece = reading.clause.pieces[i]
        if piece.means("neutral", "finite", "verb") or piece.text in ",;" or piece.kind == "unknown":
            break
        places.append(i)
    begins = reading.clause.pieces[places[0]] if places else None
    return frozenset(places) if begins is not None and begins.kind in ("scope", "of") else frozenset()


def _unit_near(reading: ClauseReading) -> Unit | Literal[""]:
    """The unit that the words around a bare number name: "among patients with AA, 7", "12 patients and 3"."""
    leading = _leading_total(reading)
    if leading is not None and leading.queries[0].unit == "event":
        return "event"
    near = [i for i in (*reading.region.scope, *reading.region.shared) if i < reading.mention.start]
    words = [reading.clause.pieces[i].value("unit") for i in near if reading.clause.pieces[i].kind == "unit"]
    counted = [m.unit for m in reading.earlier if m.unit]
    for word in (*reversed(counted), *words):
        unit, _ = compute_unit(word, reading.lexicon, ())
        if unit and unit != "event":
            return unit
    for statement in reading.context.statements if reading.clause.is_tail else ():
        if statement.queries[0].unit:
            return statement.queries[0].unit
    return reading.context.unit if _is_part(reading) else ""


def _spoken_of(reading: ClauseReading) -> tuple[Condition, ...]:
    """Who was spoken of before, when the number is a part of "these" or "of whom"."""
    if not _is_part(reading):
        return ()
    leading = _leading_total(reading)
    found = (leading,) if leading is not None else (*reading.context.statements, *reading.found)
    counted = [s for s in found if not s.why and s.queries[0].kind == "count"]
    if not counted:
        return reading.context.conditions
    last = counted[-1].queries[0]
    return compute_joined(last.conditions, last.scope)


def _leading_total(reading: ClauseReading) -> Statement | None:
    """The number of all, of whom this one is a part: "Of 12 patients with gout, 7 ..."; None without one."""
    if not reading.earlier or not compute_is_leading(reading.clause, reading.earlier[0]):
        return None
    return reading.found[0] if reading.earlier[0].shape == "count" else None


def _is_part(reading: ClauseReading) -> bool:
    """Whether the number counts a part of those who were named before."""
    if reading.mention.is_part or _leading_total(reading) is not None:
        return True
    start = reading.earlier[-1].end if reading.earlier else 0
    before = reading.clause.pieces[start : reading.mention.start]
    pointing = [p for p in before if p.kind == "anaphora" or p.text.lower() == "whom"]
    return bool(pointing) and any(p.kind == "of" for p in before)


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


def _why_unbound(
    reading: ClauseReading,
    unread: Sequence[str],
    named: Sequence[Condition],
    conditions: Sequence[Condition],
) -> str:
    if unread:
        return f"not understood: {', '.join(dict.fromkeys(unread))}"
    variables = [variable for variable, _ in named]
    if len(set(variables)) < len(variables):
        return "several levels of one variable"
    is_alone = any(p.means("cue", "monotherapy") for p in reading.clause.pieces)
    if is_alone and {"anchor_drug", "partner_drug"} >= set(variables) and variables:
        return "a drug taken alone is not asked of the data"
    if not conditions and named and not reading.governing:
        # "Among men, 5 of 7": what they have stands in another sentence.
        return "nothing says what was counted"
    topic = _open_topic(reading, named)
    if topic:
        return f"it does not say which {topic.replace('_', ' ')} is meant"
    if not named and not reading.governing:
        return _why_no_total(reading)
    return ""


def _open_topic(reading: ClauseReading, named: Sequence[Condition]) -> str:
    """A topic of which no level is named: "the response rate in women was 54.5 %"."""
    places = (*reading.region.scope, *reading.region.shared, *reading.region.own)
    topics = [
        reading.clause.pieces[i].value("topic") for i in places if reading.clause.pieces[i].kind == "topic"
    ]
    variables = {variable for variable, _ in named}
    return next(
        (t for t in topics if t in _WITH_LEVELS and t not in variables and not _answers(t, variables)), ""
    )


def _answers(topic: str, variables: set[str]) -> bool:
    """Whether a level of a neighbouring variable answers a topic: a reason is for starting or for ending."""
    families = (("response", "monotherapy_response"), ("reason_started", "end_reason"))
    return any(topic in family and variables & set(family) for family in families)


def _why_no_total(reading: ClauseReading) -> str:
    """Why a number without any condition is not the number of all; empty when it is."""
    mention = reading.mention
    pieces = reading.clause.pieces
    is_total = any(p.means("cue", "include") for p in pieces) or mention.unit == "event"
    is_leading = compute_is_leading(reading.clause, mention)
    if mention.is_part or not mention.unit or mention.number.kind != "number":
        return "nothing says what was counted"
    return "" if (is_total and not mention.total) or is_leading else "nothing says what was counted"


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
