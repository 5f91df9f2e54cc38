"""A passage in pieces: words, and the numbers between them that have a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotreat.audit.audited import Audit, AuditedClaim
from cotreat.audit.outputs.words import STYLES
from cotreat.audit.verdicts.verdict import Word


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a passage.

    Attributes
    ----------
    text
        Its words.
    claims
        The numbers that it holds; empty for words between them.
    """

    text: str
    claims: tuple[AuditedClaim, ...] = ()

    @property
    def word(self) -> Word:
        """The verdict of the number; of several the one that asks most for a look."""
        words = [claim.verdict.word for claim in self.claims]
        return next(style.word for style in STYLES if style.word in words)


def build_marks(text: str, claims: Sequence[AuditedClaim]) -> list[Mark]:
    """The stretches of a passage in their order; numbers that overlap share one.

    Parameters
    ----------
    text
        The passage.
    claims
        Its numbers.
    """
    found: list[Mark] = []
    at = 0
    for start, end, own in _stretches(claims):
        if start > at:
            found.append(Mark(text[at:start]))
        found.append(Mark(text[start:end], tuple(own)))
        at = end
    if at < len(text):
        found.append(Mark(text[at:]))
    return found


def _stretches(claims: Sequence[AuditedClaim]) -> list[tuple[int, int, list[AuditedClaim]]]:
    found: list[tuple[int, int, list[AuditedClaim]]] = []
    for audited in sorted(claims, key=lambda c: (c.claim.start, c.claim.end)):
        start, end = audited.claim.start, audited.claim.end
        if found and start < found[-1][1]:
            first, last, own = found[-1]
            found[-1] = (first, max(last, end), [*own, audited])
        else:
            found.append((start, end, [audited]))
    return found


def build_marked_passages(audit: Audit) -> list[list[Mark]]:
    """The stretches of every passage of a manuscript."""
    by_passage: dict[int, list[AuditedClaim]] = {}
    for audited in audit.claims:
        by_passage.setdefault(audited.passage, []).append(audited)
    passages = audit.manuscript.passages
    return [build_marks(passage.text, by_passage.get(place, [])) for place, passage in enumerate(passages)]
