"""Which of its meanings a phrase has in its clause."""

import re
from collections.abc import Sequence
from dataclasses import replace

from cotreat.audit.claims import Condition
from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.lexicon import DRUG_VARIABLES, Lexicon, Sense
from cotreat.audit.grammar.pieces import Piece

# Levels of these are meant only where the clause says so: "the reason was a partial response".
_ONLY_ON_TOPIC = frozenset(
    {"reason_started", "end_reason", "monotherapy_response", "regimen", *DRUG_VARIABLES}
)
_REASONS = ("reason_started", "end_reason")
EVENT_VARIABLES = ("adverse_event_term", "aesi", "adverse_event_attribution", "has_adverse_event")
ROLE_VARIABLES = ("anchor_drug", "partner_drug", "concomitant_drug")
_POINTING = ("that", "this", "such")
_WITH_NONE = ("comorbidity", "prior_therapy", "next_treatment")


def build_settled_clause(clause: Clause) -> Clause:
    """The clause with each phrase as the kind of piece that its neighbours make it.

    Events that are counted are a unit, others a condition; a topic that is a level of the
    topic before it is a level; "that response" is the topic that was named before.
    """
    settled: list[Piece] = []
    for at in range(len(clause.pieces)):
        settled.append(_settled(clause.pieces, at, settled))
    return replace(clause, pieces=tuple(settled))


def _settled(pieces: Sequence[Piece], at: int, before: Sequence[Piece]) -> Piece:
    piece = pieces[at]
    if piece.kind == "unit" and piece.means("unit", "event") and not _is_counted(pieces, at):
        return replace(piece, kind="level")
    if piece.kind == "topic" and _is_level_of(piece, before):
        return replace(piece, kind="level")
    if piece.kind == "negation" and _is_repeated(pieces, at):
        return replace(piece, kind="neutral")
    if piece.means("topic", "response") and before and before[-1].text.lower() in _POINTING:
        return replace(piece, kind="neutral", senses=())
    return piece


def _is_counted(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number, or a part of a whole, stands right before: "12 distinct adverse events"."""
    for piece in reversed(pieces[:at]):
        if piece.kind in ("number", "percent", "share"):
            return True
        if piece.kind not in ("neutral", "anaphora", "of", "every") and piece.text != "%":
            return False
    return False


def _is_repeated(pieces: Sequence[Piece], at: int) -> bool:
    """Whether the number behind a colon says again what "no" says: "No stroke was recorded: 0 of 13"."""
    behind = "".join(p.code for p in pieces[at + 1 :])
    return re.match(r"w*T[wi]*:[w]*N", behind) is not None


def _is_level_of(piece: Piece, before: Sequence[Piece]) -> bool:
    topics = {p.value("topic") for p in before if p.kind == "topic"}
    return any(s.kind == "level" and s.variable in topics for s in piece.senses)


class Resolver:
    """The meanings of the phrases of one clause.

    Parameters
    ----------
    pieces
        The clause; a topic governs the phrases behind it.
    lexicon
        The levels that the data have.
    inherited
        Topic of the sentence before, for "it" and for a bare level.
    """

    def __init__(self, pieces: Sequence[Piece], lexicon: Lexicon, inherited: str = "") -> None:
        self._pieces = pieces
        self._lexicon = lexicon
        self._inherited = inherited

    def resolve(self, at: int) -> Condition | None:
        """Variable and level of the phrase at a place; None when it cannot be told."""
        piece = self._pieces[at]
        for topic in self._topics(at):
            found = self._under(topic, piece)
            if found is not None:
                return found
        return self._by_default(piece)

    def _topics(self, at: int) -> tuple[str, ...]:
        """Topics that can govern a place: before it the nearest first, then behind it, then inherited."""
        near = [p for p in reversed(self._pieces[:at]) if _topic(p)]
        # In "the reason was an adverse event in 3 and death in 1" the reason governs both.
        before = [_topic(p) for p in (*(p for p in near if p.kind == "topic"), *near)]
        # A treatment that follows is named behind its verb.
        behind = [p.value("topic") for p in self._pieces[at + 1 :] if p.kind == "topic"]
        behind = [topic for topic in behind if topic not in DRUG_VARIABLES]
        is_none = self._pieces[at].means("none")
        is_open = self._inherited and (is_none or self._inherited not in DRUG_VARIABLES)
        return (*before, *behind, *([self._inherited] if is_open else []))

    def _under(self, topic: str, piece: Piece) -> Condition | None:
        """The level of a topic; None when the phrase has none of it."""
        if topic == "next_treatment" and self._is_left(piece):
            return None
        own = [s for s in piece.senses if s.kind == "level"]
        if piece.means("none") and topic in _WITH_NONE:
            return topic, "none"
        named = [s for s in own if s.variable == topic and self._may_be(s)]
        if named:
            return topic, next((s for s in named if self._is_present(s)), named[0]).level
        if topic in ("response", "monotherapy_response"):
            bare = [s for s in piece.senses if s.kind == "bare"]
            level = next((s.level for s in (*own, *bare) if s.variable == "response"), None)
            if level is not None:
                is_alone = topic == "response" and self._is_alone(piece)
                return "monotherapy_response" if is_alone else topic, level
        return None

    def _may_be(self, sense: Sense) -> bool:
        """Whether the data can have this level: reasons are the study's own."""
        own = self._lexicon.levels.get(sense.variable)
        return sense.variable not in _REASONS or own is None or sense.level in own

    def _is_present(self, sense: Sense) -> bool:
        """Whether the data have a level."""
        return sense.level in self._lexicon.levels.get(sense.variable, ())

    def _is_left(self, piece: Piece) -> bool:
        """Whether a drug is the one that was left: "switched from baricitinib to upadacitinib"."""
        before = [p for p in self._pieces if p.end <= piece.start]
        switch = next((i for i in reversed(range(len(before))) if before[i].kind == "topic"), None)
        if switch is None or not before[switch].text.lower().endswith("from"):
            return False
        return not any(p.text.lower() == "to" for p in before[switch + 1 :])

    def _by_default(self, piece: Piece) -> Condition | None:
        senses = [s for s in piece.senses if s.kind == "level" and s.variable not in _ONLY_ON_TOPIC]
        role = next((s for s in senses if s.variable in ROLE_VARIABLES), None)
        if role is not None:
            return role.variable, role.level
        terms = [s for s in senses if s.variable == "adverse_event_term" and self._is_present(s)]
        # A group of special interest has the name of one of its terms: the term is meant.
        senses = [s for s in senses if not (terms and s.variable == "aesi")]
        present = [s for s in senses if self._is_present(s)]
        chosen = _unique(present) or _unique(self._of_events(present)) or _unique(senses)
        if chosen is None and senses and not present:
            chosen = _unique(self._of_events(senses)) or senses[0]
        if chosen is not None and chosen.variable == "response" and self._is_alone(piece):
            return "monotherapy_response", chosen.level
        return (chosen.variable, chosen.level) if chosen else None

    def _of_events(self, senses: Sequence[Sense]) -> list[Sense]:
        """Those that are adverse events, in a clause about adverse events; else the others."""
        about = any(_topic(p) in EVENT_VARIABLES for p in self._pieces)
        return [s for s in senses if (s.variable in EVENT_VARIABLES) == about]

    def _is_alone(self, piece: Piece) -> bool:
        """Whether a response is that to the anchor alone: "partial response to monotherapy"."""
        after = [p for p in self._pieces if p.start >= piece.end][:6]
        return any(p.means("cue", "monotherapy") for p in after)


def _topic(piece: Piece) -> str:
    """The variable that a phrase brings up; adverse events bring up their terms."""
    if piece.kind == "topic":
        return piece.value("topic")
    if piece.means("negation", "aesi"):
        return "aesi"
    return "adverse_event_term" if piece.means("unit", "event") else ""


def _unique(senses: Sequence[Sense]) -> Sense | None:
    return senses[0] if len({s.value for s in senses}) == 1 else None
