"""A manuscript with a verdict on each of its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cotreat.audit.checks import Check, build_checks
from cotreat.audit.claims import Claim, Statement
from cotreat.audit.collected import Collected
from cotreat.audit.manuscripts.passages import Manuscript
from cotreat.audit.verdicts.answers import Data
from cotreat.audit.verdicts.contradictions import compute_stated
from cotreat.audit.verdicts.internal import build_internal_verdicts
from cotreat.audit.verdicts.judging import build_verdicts
from cotreat.audit.verdicts.verdict import Verdict


@dataclass(frozen=True, slots=True)
class AuditedClaim:
    """One number of the manuscript with its verdict.

    Attributes
    ----------
    claim_id
        The same as long as its sentence is the same.
    passage
        Place of its passage in the manuscript, from 0.
    section
        Heading above it; empty before the first one.
    sentence
        The sentence that it stands in.
    statement, claim
        What it was bound to.
    verdict
        What the audit says of it.
    cell
        Row and column of its table, from 0; None in a paragraph.
    """

    claim_id: str
    passage: int
    section: str
    sentence: str
    statement: Statement
    claim: Claim
    verdict: Verdict
    cell: tuple[int, int] | None = None

    @property
    def place(self) -> tuple[int, int, int, int, int]:
        """Where it stands in the manuscript: passage, row, column and characters."""
        row, column = self.cell or (0, 0)
        return (self.passage, row, column, self.claim.start, self.claim.end)


@dataclass(frozen=True)
class Audit:
    """A manuscript and its numbers, in the order of the text.

    Attributes
    ----------
    manuscript
        What was read.
    claims
        Its numbers.
    study
        Name of the study that they were held against; empty when there was none.
    checks
        What numbers say together.
    """

    manuscript: Manuscript
    claims: tuple[AuditedClaim, ...]
    study: str = ""
    checks: tuple[Check, ...] = ()

    def count(self, word: str) -> int:
        """How many numbers have this verdict."""
        return sum(1 for c in self.claims if c.verdict.word == word)


def build_audit(
    manuscript: Manuscript, collected: Sequence[Collected], data: Data | None, *, study: str = ""
) -> Audit:
    """The numbers of a manuscript held against the data.

    Parameters
    ----------
    manuscript
        What was read.
    collected
        Its numbers and what they are about.
    data
        The study's numbers; None to look at the manuscript alone.
    study
        Its name.
    """
    totals = compute_totals(collected)
    found: list[AuditedClaim] = []
    for one in collected:
        verdicts = (
            build_internal_verdicts(one.statement, totals)
            if data is None
            else build_verdicts(data, one.statement)
        )
        for claim_id, claim, verdict in zip(one.claim_ids, one.statement.claims, verdicts, strict=True):
            about = (one.passage, one.section, one.sentence, one.statement)
            found.append(AuditedClaim(claim_id, *about, claim, verdict, one.cell))
    found.sort(key=lambda c: c.place)
    said = {audited.claim_id: audited.verdict for audited in found}
    return Audit(manuscript, tuple(found), study, tuple(build_checks(collected, said, totals)))


def compute_totals(collected: Iterable[Collected]) -> dict[str, int]:
    """By unit, how many there are in all as the manuscript says: the first such number."""
    totals: dict[str, int] = {}
    for one in collected:
        query = one.statement.queries[0]
        is_total = query.kind == "count" and not query.conditions and not query.scope
        if is_total and not one.statement.why and query.unit:
            count = compute_stated(one.statement, "count")
            if count is not None:
                totals.setdefault(query.unit, count)
    return totals
