"""A passage in pieces: words, and the numbers between them that have a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotreat.audit.audited import Audit, AuditedClaim
from cotreat.audit.manuscripts.passages import Passage
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


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A passage in stretches.

    Attributes
    ----------
    passage
        As it was read.
    marks
        The stretches of its words; of a table those of its caption.
    rows
        Of a table: the stretches of each cell.
    """

    passage: Passage
    marks: Sequence[Mark]
    rows: Sequence[Sequence[Sequence[Mark]]] = ()


def build_marked_passages(audit: Audit) -> list[MarkedPassage]:
    """The stretches of every passage of a manuscript."""
    by_place: dict[tuple[int, tuple[int, int] | None], list[AuditedClaim]] = {}
    for audited in audit.claims:
        by_place.setdefault((audited.passage, audited.cell), []).append(audited)
    return [
        MarkedPassage(
            passage,
            build_marks(passage.text, by_place.get((place, None), [])),
            [
                [
                    build_marks(cell, by_place.get((place, (row, column)), []))
                    for column, cell in enumerate(cells)
                ]
                for row, cells in enumerate(passage.rows)
            ],
        )
        for place, passage in enumerate(audit.manuscript.passages)
    ]
