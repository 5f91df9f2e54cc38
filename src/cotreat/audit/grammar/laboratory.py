"""Laboratory values: of which test a number with its unit is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cotreat.audit.claims import Query, Statement
from cotreat.audit.grammar.clause_reading import build_claim
from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.general_words import read_words_of
from cotreat.audit.grammar.pieces import Piece


def build_amount_statements(clause: Clause) -> Iterator[Statement]:
    """Each amount of a clause and its brackets, bound to the test that is named nearest before it."""
    for at, piece in enumerate(() if clause.is_nested else clause.pieces):
        if piece.kind == "amount":
            yield _amount(piece, clause.pieces[:at])
        for inner_at, inner in enumerate(piece.inner if piece.kind == "bracket" else ()):
            if inner.kind == "amount":
                yield _amount(inner, [*clause.pieces[:at], *piece.inner[:inner_at]])


def _amount(piece: Piece, before: Sequence[Piece]) -> Statement:
    test = next((found for p in reversed(before) if (found := compute_test(p))), "")
    claim = replace(build_claim("amount", piece), unit=piece.unit)
    severity = _severity(before, test)
    query = Query("amount", (("severity", severity),) if severity else (), quantity=test)
    return Statement((query,), (claim,), why="" if test else "nothing says what was measured")


def _severity(before: Sequence[Piece], test: str) -> str:
    """The word for how severe, right before the term whose value it is: "mild neutropenia (1.03 ...)"."""
    for place in range(len(before) - 1, 0, -1):
        severity = before[place - 1].value("severity")
        if severity and test and compute_test(before[place]) == test:
            return severity
    return ""


def compute_test(piece: Piece) -> str:
    """The laboratory test that a phrase names, or whose abnormal values it is the name of."""
    if piece.means("test"):
        return piece.value("test")
    terms = [s.level for s in piece.senses if s.kind == "level" and s.variable == "adverse_event_term"]
    tests = read_words_of("lab_term")
    return next((tests[term] for term in terms if term in tests), "")
