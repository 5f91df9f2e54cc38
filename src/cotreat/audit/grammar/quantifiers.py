"""Statements without a number of their own: none, all, the most common; and cases named by their number."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from cotreat.audit.claims import Claim, Condition, Query, Statement
from cotreat.audit.grammar.clause_reading import compute_joined, compute_reduced
from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.numerals import Numeral
from cotreat.audit.grammar.pieces import Piece
from cotreat.audit.grammar.senses import Resolver

_NONE = re.compile(r"Z[wO]*(?:Uw*[iw]*)?(?:[VTU]?[w,]*g)?(?P<levels>(?:w*T[w,ar]*)+)")
_RANK = re.compile(r"k(?:[wO]|U)*[VT]?[wUOi]*[wVi]*(?P<level>T)")
# "All patients with AA received baricitinib": who, and what is said of them.
_ALL_AFTER = re.compile(r"E[wOA]*(?P<who>(?:U[wO]*(?:i[wO]*T)*)?)[wVi]*(?P<level>T)")
_RANKS = {"rank": 1, "rank_2": 2, "rank_3": 3}
_ZERO = Numeral(Fraction(0), is_word=True)
_ASKED_OF_NOBODY = frozenset("?hk")


def build_none_statements(clause: Clause, resolver: Resolver) -> Iterator[Statement]:
    """Each level of which a clause says that nobody had it: "no thrombosis, stroke or neoplasm"."""
    code = clause.code
    for found in _NONE.finditer(code):
        rest = code[: found.start()] + code[found.end() :]
        if _ASKED_OF_NOBODY & set(rest.partition("t")[0]):
            continue
        for at in range(found.start("levels"), found.end("levels")):
            condition = resolver.resolve(at) if code[at] == "T" else None
            if condition is not None:
                yield _nobody(clause.pieces[at], condition)
    for piece_at, piece in enumerate(clause.pieces):
        is_denied = piece.means("level", "has_adverse_event=no") and not _ASKED_OF_NOBODY & set(code)
        if piece.kind == "level" and is_denied and resolver.resolve(piece_at) == ("has_adverse_event", "no"):
            yield _nobody(piece, ("has_adverse_event", "yes"))


def _nobody(piece: Piece, condition: Condition) -> Statement:
    claim = Claim(piece.text, piece.start, piece.end, "none", _ZERO)
    return Statement((Query("count", (condition,), unit="patient"),), (claim,))


def build_rank_statement(clause: Clause, resolver: Resolver) -> Statement | None:
    """The level that a clause calls the most common of its variable; None when it calls none so."""
    found = _RANK.search(clause.code)
    if found is None:
        return None
    condition = resolver.resolve(found.start("level"))
    word = clause.pieces[found.start()]
    if condition is None:
        return None
    rank = _RANKS[word.value("cue")]
    claim = Claim(word.text, word.start, word.end, "rank", Numeral(Fraction(rank), is_word=True))
    return Statement((Query("rank", (condition,)),), (claim,))


def build_every_statement(
    clause: Clause, resolver: Resolver, group: tuple[Condition, ...]
) -> Iterator[Statement]:
    """What a clause says of all of a group: "in all cases", "all diagnosed with AA".

    Parameters
    ----------
    clause, resolver
        The clause and the meaning of its phrases.
    group
        Conditions of those who are spoken of.
    """
    code = clause.code
    for at, piece in enumerate(clause.pieces):
        if piece.kind != "every" or piece.text.lower() in ("each", "both", "entire"):
            continue
        behind = _ALL_AFTER.match(code, at)
        if code[at + 1 :].lstrip("wOA").startswith("U") and behind is None:
            continue
        level_at = behind.start("level") if behind else _level_before(code, at)
        condition = resolver.resolve(level_at) if level_at >= 0 else None
        if condition is None:
            continue
        who = range(behind.start("who"), behind.end("who")) if behind else range(0)
        others = [resolver.resolve(i) for i in (*range(min(at, level_at)), *who) if code[i] == "T"]
        scope = compute_joined((c for c in others if c), group)
        scope = compute_reduced([c for c in scope if c[0] != condition[0]])
        claim = Claim(piece.text, piece.start, piece.end, "every")
        yield Statement((Query("count", (condition,), scope=scope),), (claim,))


def _level_before(code: str, at: int) -> int:
    """The level of which "in all cases" speaks: the last one before it in the same part of the clause."""
    start = code.rfind(",", 0, at) + 1
    return code.rfind("T", start, at)


def build_all_severity(piece: Piece, severity: Piece) -> Statement:
    """That all were mild: the records do not say, and laboratory values of the text may."""
    claim = replace(Claim(piece.text, piece.start, severity.end, "every"))
    return Statement((Query("count", (("severity", severity.value("severity")),), unit="event"),), (claim,))


def build_citations(
    clause: Clause, resolver: Resolver, lexicon: Lexicon, group: tuple[Condition, ...]
) -> Iterator[Statement]:
    """Cases named by their number, with what the clause says of them.

    Parameters
    ----------
    clause, resolver, lexicon
        The clause and the meaning of its phrases.
    group
        Conditions of those who are spoken of around the clause.
    """
    for at, piece in enumerate(clause.pieces):
        cited = [piece] if piece.kind == "citation" else [p for p in piece.inner if p.kind == "citation"]
        if not cited or (piece.kind not in ("citation", "bracket")):
            continue
        before = range(at) if "T" in clause.code[:at] else range(at, len(clause.pieces))
        conditions = [resolver.resolve(i) for i in before if clause.pieces[i].kind == "level"]
        known = tuple(dict.fromkeys((*(c for c in conditions if c), *group)))
        claims = tuple(Claim(n.text, n.start, n.end, "cited") for c in cited for n in c.inner)
        unread = tuple(clause.pieces[i].text for i in before if clause.pieces[i].code in "?Z")
        query = Query("cited", compute_reduced(known), is_case=lexicon.is_case_table)
        why = "" if known else "nothing is said of the case that can be looked up"
        # One thing said of "cases 13 and 15" is said of each; a bracket may point to those among whom it is.
        is_of_each = piece.kind == "citation" and len(query.conditions) == 1
        for own in [(claim,) for claim in claims] if is_of_each else [claims]:
            asked = replace(query, cases=tuple(claim.text for claim in own))
            yield Statement((asked,), own, is_loose=bool(unread), why=why, unread=unread)
