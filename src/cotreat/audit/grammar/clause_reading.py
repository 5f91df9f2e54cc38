"""One number of a clause, and the words of the clause that say what it is about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cotreat.analysis.results import Unit
from cotreat.audit.claims import Aspect, Claim, Condition, Statement
from cotreat.audit.grammar.attachment import Region
from cotreat.audit.grammar.clauses import Clause
from cotreat.audit.grammar.details import parse_details
from cotreat.audit.grammar.lexicon import Lexicon
from cotreat.audit.grammar.mentions import Mention
from cotreat.audit.grammar.pieces import Piece
from cotreat.audit.grammar.senses import EVENT_VARIABLES, Resolver

# Words that are not known, a "not", a "had been", a "mild": what they say cannot be asked of the data.
_UNREAD = frozenset("?Zhv")

# ", all diagnosed with AA": an apposition.
_ALL_OF_THEM = re.compile(r"(?<=,)E[wOA]*U?[wVi]*(?P<level>T)")

# "had been on A and B".
_HAD_BOTH = re.compile(r"h[iw]*(?P<one>T)[wa]*a[wa]*(?P<other>T)")


@dataclass
class Context:
    """What was said before, for "these", "it" and "none".

    Attributes
    ----------
    topic
        Variable that was last spoken of.
    conditions
        Who or what was last spoken of.
    pending
        A group that the sentence before brought up without counting it: the reason that
        is the most common, of which the next numbers may speak.
    unit
        Unit in which it was counted.
    is_timed
        Whether this sentence speaks of some time, "ended by 24 months": its shares are not those of all.
    measured
        Level and time of the measure that was last spoken of, for "it was met in".
    statements
        The statements of this sentence so far.
    """

    topic: str = ""
    conditions: tuple[Condition, ...] = ()
    pending: tuple[Condition, ...] = ()
    unit: Unit | Literal[""] = ""
    is_timed: bool = False
    measured: "tuple[str, Piece | None] | None" = None
    statements: list[Statement] = field(default_factory=list[Statement])


@dataclass(frozen=True)
class ClauseReading:
    """One number of a clause, with all that is needed to bind it.

    Attributes
    ----------
    clause, mention, region
        The clause, the number, and the places that belong to it.
    resolver, lexicon, context
        What phrases mean.
    governing
        Conditions of the group that the number speaks of: the patients before a bracket,
        or those counted earlier in the clause.
    earlier, found
        The numbers before it in the clause, and what they were bound to.
    """

    clause: Clause
    mention: Mention
    region: Region
    resolver: Resolver
    lexicon: Lexicon
    context: Context
    governing: tuple[Condition, ...] = ()
    earlier: tuple[Mention, ...] = ()
    found: tuple[Statement, ...] = ()

    @property
    def own(self) -> tuple[tuple[int, ...], bool]:
        """Places of the number's own words up to one that says when or why, and whether there is one."""
        for n, i in enumerate(self.region.own):
            if self.clause.pieces[i].kind == "circumstance" and i >= self.mention.end:
                return self.region.own[:n], True
        return self.region.own, False

    def levels(self, places: Iterable[int]) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
        """The conditions that the levels at these places mean, and the words that mean none."""
        found: list[Condition] = []
        unclear: list[str] = []
        aside = self._aside
        for i in places:
            piece = self.clause.pieces[i]
            if piece.kind != "level" or i in aside:
                continue
            condition = self.resolver.resolve(i)
            if condition is None:
                unclear.append(piece.text)
            elif condition not in found:
                found.append(condition)
        return compute_reduced(found), tuple(unclear)

    def severities(self, places: Iterable[int]) -> tuple[str, ...]:
        """Words such as "mild" right before an adverse event, which the counts do not ask for."""
        pieces = self.clause.pieces
        return tuple(pieces[i].text for i in places if self._is_severity(i))

    def _is_severity(self, at: int) -> bool:
        pieces = self.clause.pieces
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        return pieces[at].kind == "severity" and following is not None and following.kind == "level"

    def _is_combined(self, at: int) -> bool:
        """Whether "had been" speaks of the combination: "who had been on baricitinib and methotrexate"."""
        taken = _HAD_BOTH.match(self.clause.code, at)
        if taken is None:
            return False
        both = (self.resolver.resolve(taken.start(name)) for name in ("one", "other"))
        return {c[0] for c in both if c} == {"anchor_drug", "partner_drug"}

    @property
    def _aside(self) -> frozenset[int]:
        """Places of levels that are said of all of a group, and so do not say who is in it."""
        found = (m.start("level") for m in _ALL_OF_THEM.finditer(self.clause.code))
        return frozenset(found)

    def unread(self, places: Iterable[int]) -> tuple[str, ...]:
        """Words at these places that are not known, or that cannot be asked of the data."""
        pieces = [
            self.clause.pieces[i] for i in places if not self._is_severity(i) and not self._is_combined(i)
        ]
        own = [p.text for p in pieces if p.code in _UNREAD]
        nested = [q.text for p in pieces if p.kind == "bracket" for q in _inside(p) if q.code in _UNREAD]
        return (*own, *nested)


def _inside(bracket: Piece) -> Sequence[Piece]:
    """The pieces of a bracket that says who is meant: "7 patients (on methotrexate)"."""
    is_other = parse_details(bracket) is None and not any(p.kind == "citation" for p in bracket.inner)
    numbered = any(p.number is not None for p in bracket.inner)
    return bracket.inner if is_other and not numbered else ()


def compute_reduced(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Without what another condition implies: who had gout had an adverse event."""
    has_event = any(variable in EVENT_VARIABLES and level != "yes" for variable, level in conditions)
    return tuple(c for c in conditions if not (has_event and c == ("has_adverse_event", "yes")))


def compute_joined(*groups: Iterable[Condition]) -> tuple[Condition, ...]:
    """The conditions of all groups, each once; the first level of a variable holds."""
    found: dict[Condition, None] = {}
    variables: set[str] = set()
    for group in groups:
        new = [c for c in group if c[0] not in variables]
        found.update(dict.fromkeys(new))
        variables |= {variable for variable, _ in new}
    return tuple(found)


def build_claim(aspect: Aspect, piece: Piece) -> Claim:
    """The number of a piece as a claim."""
    return Claim(piece.text, piece.start, piece.end, aspect, piece.number)
