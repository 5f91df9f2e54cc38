"""From the clauses of a sentence to its statements: numbers bound to what they are about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from cotreat.audit.claims import Claim, Condition, Query, Statement, compute_focus
from cotreat.audit.grammar.attachment import build_regions, compute_is_leading
from cotreat.audit.grammar.clause_reading import ClauseReading, Context, build_claim, compute_joined
from cotreat.audit.grammar.clauses import Clause, parse_clauses
from cotreat.audit.grammar.counts import NOTHING, build_count_statement
from cotreat.audit.grammar.details import parse_leading_details
from cotreat.audit.grammar.items import build_item_statements
from cotreat.audit.grammar.laboratory import build_amount_statements
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.measured import parse_mentions
from cotreat.audit.grammar.measurements import build_measurement_statement
from cotreat.audit.grammar.mentions import Mention
from cotreat.audit.grammar.pieces import Piece
from cotreat.audit.grammar.quantifiers import (
    build_citations,
    build_every_statement,
    build_none_statements,
    build_rank_statement,
)
from cotreat.audit.grammar.rates import build_rate_statements
from cotreat.audit.grammar.registry import build_measure_statements
from cotreat.audit.grammar.senses import Resolver, build_settled_clause

_MISSING = re.compile(r"K[iwO]*(?P<n>N)w*U?$")
_OTHERS = re.compile(r"(?P<n>N)K")
# ", representing 61.1 %": of all that was said before.
_SUMMED_UP = ("representing", "corresponding to", "accounting for")
_AT_A_TIME = frozenset({"at", "by", "within", "after", "until"})
_EACH = re.compile(r"E[iw]*$")


def parse_statements(pieces: Sequence[Piece], lexicon: Lexicon, context: Context) -> list[Statement]:
    """The statements of one sentence; the context is brought up to date.

    Parameters
    ----------
    pieces
        The sentence.
    lexicon
        What its phrases can mean.
    context
        What the sentences before said.
    """
    context.statements = []
    context.is_timed = any(_is_at_a_time(before, piece) for before, piece in pairwise(pieces))
    context.statements = build_rate_statements(pieces) or build_measure_statements(pieces, context)
    if context.statements:
        return context.statements
    context.statements = build_item_statements(pieces)
    if context.statements:
        context.statements += _left_over(pieces, context.statements)
        return context.statements
    reader = _Reader(lexicon, context)
    for clause in parse_clauses(pieces):
        reader.read(clause)
    _remember(context)
    context.statements += _left_over(pieces, context.statements)
    return context.statements


def _is_at_a_time(before: Piece, piece: Piece) -> bool:
    """Whether two pieces say a time: "at 6 months", "week 12"."""
    if piece.kind == "number" and before.text.lower() in ("day", "week", "month", "year"):
        return True
    return piece.kind == "time" and before.text.lower() in _AT_A_TIME


_NUMBERS = frozenset({"number", "percent", "share", "time", "dose", "amount"})


def _left_over(pieces: Sequence[Piece], statements: Sequence[Statement]) -> Iterator[Statement]:
    """Numbers that no statement holds: none of a sentence is lost."""
    held = {c.start for s in statements for c in s.claims}
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if following is not None and (
            following.means("statistic", "ci") or following.means("cue", "upper_bound")
        ):
            continue
        if piece.inner and piece.kind != "dose":
            yield from _left_over(piece.inner, statements)
        elif piece.kind in _NUMBERS and piece.start not in held:
            yield Statement((NOTHING,), (build_claim("", piece),), why="nothing says what it is about")


def _remember(context: Context) -> None:
    """Who was spoken of, for the next sentence."""
    bound = [s for s in context.statements if not s.why and s.queries[0].kind in ("count", "rank")]
    ranked = [s for s in bound if s.queries[0].kind == "rank"]
    if bound:
        last = bound[-1].queries[0]
        ranks = chain.from_iterable(s.queries[0].conditions for s in ranked)
        context.conditions = compute_joined(ranks, last.conditions, last.scope)
        context.unit = last.unit or context.unit
    context.pending = ranked[0].queries[0].conditions if ranked and len(bound) == len(ranked) else ()


class _Reader:
    """The clauses of one sentence, one after the other."""

    def __init__(self, lexicon: Lexicon, context: Context) -> None:
        self._lexicon = lexicon
        self._context = context

    def read(self, clause: Clause, governing: tuple[Condition, ...] = ()) -> None:
        """The statements of a clause join those of the sentence."""
        clause = build_settled_clause(clause)
        if self._read_remark(clause):
            return
        resolver = Resolver(clause.pieces, self._lexicon, self._context.topic)
        mentions = parse_mentions(clause)
        if clause.is_tail and clause.pieces[0].text.lower() in _SUMMED_UP:
            governing = _common(self._context.statements)
        counted: tuple[Condition, ...] = governing
        found: list[Statement] = []
        for mention, region in zip(mentions, build_regions(clause, mentions), strict=True):
            group = counted if mention.shape == "measured" else governing
            if _is_of_events(clause, mentions, mention):
                group = (*group, ("has_adverse_event", "yes"))
            earlier = tuple(m for m in mentions if m.start < mention.start)
            reading = ClauseReading(
                clause,
                mention,
                region,
                resolver,
                self._lexicon,
                self._context,
                group,
                earlier,
                tuple(found),
            )
            statement = self._bind(reading)
            found.append(statement)
            if mention.shape == "count" and not statement.why:
                counted = _spoken_of(found)
        found = build_events_of_patients(clause, mentions, found)
        if len(found) > 1 and _is_of_known(clause, mentions[0]):
            claims = tuple(replace(c, aspect="denominator") for c in found[0].claims)
            found[0] = replace(found[1], claims=claims)
        self._context.statements += found
        self._read_quantifiers(clause, resolver, mentions, counted)
        self._read_brackets(clause, resolver, mentions, found, governing)
        topics = [p.value("topic") for p in clause.pieces if p.kind == "topic"]
        if topics:
            self._context.topic = topics[-1]

    def _bind(self, reading: ClauseReading) -> Statement:
        if reading.mention.shape == "measured":
            return build_measurement_statement(reading)
        each = _each_of(reading)
        statement = build_count_statement(reading)
        if len(each) > 1:
            query = statement.queries[0]
            queries = tuple(replace(query, conditions=(c,), scope=()) for c in each)
            return replace(statement, queries=queries, why="", unread=())
        return statement

    def _read_remark(self, clause: Clause) -> bool:
        """Whether the clause only adds how many are unknown, or left out, to what was said before."""
        before = [s for s in self._context.statements if s.queries[0].kind in ("count", "number")]
        missing = _MISSING.match(clause.code.rstrip("."))
        if missing and before and clause.pieces[0].means("cue", "missing"):
            claim = build_claim("missing", clause.pieces[missing.start("n")])
            self._context.statements.append(replace(before[-1], claims=(claim,)))
            return True
        censored = _counted_censored(clause)
        if censored is not None:
            query = Query("number", quantity="duration", unit="pair")
            self._context.statements.append(Statement((query,), (build_claim("censored", censored),)))
            return True
        others = _OTHERS.fullmatch(clause.code.rstrip("."))
        if others and before and clause.pieces[1].means("cue", "others"):
            self._context.statements.append(_others(clause.pieces[0], before))
            return True
        return False

    def _read_quantifiers(
        self, clause: Clause, resolver: Resolver, mentions: Sequence[Mention], group: tuple[Condition, ...]
    ) -> None:
        found = self._context.statements
        if not mentions:
            found += build_none_statements(clause, resolver)
        rank = build_rank_statement(clause, resolver)
        if rank is not None:
            found.append(rank)
        found += build_amount_statements(clause)
        found += build_every_statement(clause, resolver, group)
        found += build_citations(clause, resolver, self._lexicon, group)

    def _read_brackets(
        self,
        clause: Clause,
        resolver: Resolver,
        mentions: Sequence[Mention],
        statements: Sequence[Statement],
        governing: tuple[Condition, ...],
    ) -> None:
        """What stands in brackets and is more than details of a number is read as clauses of its own."""
        for at, piece in enumerate(clause.pieces):
            if piece.kind != "bracket" or any(p.kind == "citation" for p in piece.inner):
                continue
            rest = parse_leading_details(piece)[1]
            before = [
                s for m, s in zip(mentions, statements, strict=True) if m.end <= at and m.shape == "count"
            ]
            query = before[-1].queries[0] if before and not before[-1].why else None
            named = () if before else _named_before(clause, resolver, at)
            group = (
                compute_joined(query.conditions, query.scope) if query else compute_joined(named, governing)
            )
            for inner in parse_clauses(rest, is_nested=True):
                self.read(inner, group)


def _named_before(clause: Clause, resolver: Resolver, at: int) -> tuple[Condition, ...]:
    """The levels before a bracket: "patients with atopic dermatitis (mean age 36 years)"."""
    found = (resolver.resolve(i) for i in range(at) if clause.pieces[i].kind == "level")
    return tuple(c for c in found if c)


def _spoken_of(found: Sequence[Statement]) -> tuple[Condition, ...]:
    """Of whom a measurement behind these counts is: of the last group, or of all groups of a list.

    "11 women and 7 men with a mean age of 43 years" is the age of all of them.
    """
    groups = [compute_joined(s.queries[0].conditions, s.queries[0].scope) for s in found if not s.why]
    levels = dict(groups[-1])
    listed = [g for g in groups if any(levels.get(variable, level) != level for variable, level in g)]
    return tuple(c for c in groups[-1] if all(c in g for g in listed))


def _common(statements: Sequence[Statement]) -> tuple[Condition, ...]:
    """The conditions that all counts of the sentence share."""
    queries = [s.queries[0] for s in statements if s.queries[0].kind == "count" and not s.why]
    first = queries[0].conditions if queries else ()
    return tuple(c for c in first if all(c in q.conditions for q in queries))


def _counted_censored(clause: Clause) -> Piece | None:
    """How many durations are said to be censored: "the durations of 4 combinations are censored"."""
    is_said = any(p.means("cue", "censored") for p in clause.pieces)
    is_duration = any(p.means("quantity", "duration") for p in clause.pieces)
    numbers = [p for p in clause.pieces if p.kind == "number"]
    return numbers[0] if is_said and is_duration and len(numbers) == 1 else None


def _is_of_known(clause: Clause, mention: Mention) -> bool:
    """Whether a leading total is of those of whom it is known: "Of 9 events with a known suspect, 5 ..."."""
    if not compute_is_leading(clause, mention):
        return False
    comma = clause.code.find(",", mention.end)
    return any(p.means("cue", "known") for p in clause.pieces[mention.end : comma])


def _is_of_events(clause: Clause, mentions: Sequence[Mention], mention: Mention) -> bool:
    """Whether patients are those who had the events counted right before: "12 events in 8 patients"."""
    place = mentions.index(mention)
    before = mentions[place - 1] if place else None
    if before is None or before.unit != "event" or mention.unit not in ("patient", "case"):
        return False
    return "i" in clause.code[before.end : mention.start]


def build_events_of_patients(
    clause: Clause, mentions: Sequence[Mention], statements: Sequence[Statement]
) -> list[Statement]:
    """The statements, with events counted of the patients who are named behind them.

    "Two-thirds of these events occurred in 5 patients on methotrexate" are two-thirds of
    the events of all, in those on methotrexate.
    """
    found = list(statements)
    for place, (mention, statement) in enumerate(zip(mentions, statements, strict=True)):
        if place + 1 == len(mentions) or not _is_of_events(clause, mentions, mentions[place + 1]):
            continue
        patients = statements[place + 1]
        if patients.why or statement.unread:
            continue
        who = tuple(c for c in patients.queries[0].conditions if c != ("has_adverse_event", "yes"))
        query = replace(
            statement.queries[0],
            conditions=compute_joined(statement.queries[0].conditions, who),
            unit="event",
        )
        if mention.shape == "count" and query.conditions:
            found[place] = replace(statement, queries=(query,), why="")
    return found


def _each_of(reading: ClauseReading) -> tuple[Condition, ...]:
    """The levels of a list of which a number is said: "of gout and nausea, each with 0 of 14"."""
    before = reading.clause.code[: reading.mention.start]
    if not _EACH.search(before):
        return ()
    conditions, _ = reading.levels(i for i in range(reading.mention.start) if before[i] == "T")
    named = [c for c in conditions if c[1] != "none"]
    return tuple(named) if len({variable for variable, _ in named}) == 1 else ()


def _others(piece: Piece, before: Sequence[Statement]) -> Statement:
    """Further levels of a list: of the variable of the numbers before them."""
    last = before[-1].queries[0]
    if before[-1].why or not last.conditions:
        return Statement((NOTHING,), (build_claim("others", piece),), why="nothing says of which list")
    queries = [q for s in before for q in s.queries if q.kind == "count"]
    named = [dict((*q.conditions, *q.scope)) for q in queries]
    varying = [v for v in named[-1] if len({levels.get(v) for levels in named}) > 1] or [
        last.conditions[0][0]
    ]
    if set(varying) == {"anchor_drug", "partner_drug"}:
        pairs = [f"{levels['anchor_drug']} + {levels['partner_drug']}" for levels in named if len(levels) > 1]
        listed, by = pairs, "regimen"
    else:
        listed, by = [levels[varying[0]] for levels in named if varying[0] in levels], varying[0]
    levels = tuple(dict.fromkeys((by, level) for level in listed))
    focus = compute_focus(last)
    if focus is not None and focus[0] != by:
        query = Query("others", levels, (focus,), unit=last.unit, rule=last.rule, quantity="groups")
    else:
        query = Query("others", levels, unit=last.unit, rule=last.rule)
    return Statement((query,), (build_claim("others", piece),))


def compute_numbers(statements: Sequence[Statement]) -> list[Claim]:
    """Every number of the statements in the order of the text."""
    return sorted((c for s in statements for c in s.claims), key=lambda c: (c.start, c.end))
