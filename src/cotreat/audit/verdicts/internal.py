"""Verdicts without data: whether the numbers of a manuscript agree with those beside them."""

from collections.abc import Mapping
from fractions import Fraction

from cotreat.audit.claims import Claim, Statement
from cotreat.audit.verdicts.contradictions import build_contradiction, compute_stated
from cotreat.audit.verdicts.fits import compute_fit
from cotreat.audit.verdicts.laboratory import build_amount_verdicts
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.report.numbers import compute_percent_text

NO_DATA = "No data were given."


def build_internal_verdicts(statement: Statement, totals: Mapping[str, int]) -> list[Verdict]:
    """The verdicts of the numbers of a statement from the manuscript alone.

    Parameters
    ----------
    statement
        Numbers that stand together.
    totals
        By unit of analysis, how many there are in all as the manuscript says.
    """
    if statement.queries[0].kind == "amount" and not statement.why:
        return build_amount_verdicts(statement)
    return [_judge(claim, statement, totals) for claim in statement.claims]


def build_unbound_verdicts(statement: Statement) -> list[Verdict]:
    """The verdicts of numbers of which nobody knows whom they are about: only what those beside them say.

    Parameters
    ----------
    statement
        Numbers that stand together, not bound.
    """
    why = f"{statement.why[:1].upper()}{statement.why[1:].rstrip('.')}."
    found = (_beside(claim, statement) for claim in statement.claims)
    return [verdict or Verdict("unbound", note=why) for verdict in found]


def _beside(claim: Claim, statement: Statement) -> Verdict | None:
    """A percentage that is not that of the count and the total beside it."""
    if claim.aspect != "proportion":
        return None
    share = _share(claim, statement, {})
    is_wrong = share is not None and share.word != "reproduced"
    return build_contradiction(claim, statement) or (share if is_wrong else None)


def _judge(claim: Claim, statement: Statement, totals: Mapping[str, int]) -> Verdict:
    found = build_contradiction(claim, statement)
    if found is not None:
        return found
    if claim.aspect == "proportion":
        share = _share(claim, statement, totals)
        if share is not None:
            return share
    if statement.why:
        return Verdict("unbound", note=f"{statement.why[:1].upper()}{statement.why[1:]}.")
    return Verdict("not_derivable", note=NO_DATA)


def _share(claim: Claim, statement: Statement, totals: Mapping[str, int]) -> Verdict | None:
    """A percentage held against the counts beside it, else against the total of the manuscript."""
    count, total = compute_stated(statement, "count"), compute_stated(statement, "denominator")
    if count is None or claim.numeral is None or not claim.is_percent:
        return None
    printed = total is not None
    total = total if total is not None else (statement.at_most or totals.get(statement.queries[0].unit))
    if not total or count > total:
        return None
    shown = f"{count} of {total} ({compute_percent_text(count, total)})"
    if compute_fit(claim.numeral, Fraction(count * 100, total)):
        reading = "from the counts beside it" if printed else f"of all {total} in the manuscript"
        return Verdict("reproduced", shown, reading, 1)
    if printed:
        return Verdict("not_reproduced", shown, "", 1, "The counts beside it give another percentage.")
    if statement.why:
        return None  # Whom it is about is not known, and so not of how many it is.
    # Of some the answer may be unknown: the total is then smaller.
    own = [n for n in range(max(count, 1), total + 1) if compute_fit(claim.numeral, Fraction(count * 100, n))]
    if own or claim.numeral.comparator:
        return None
    return Verdict("impossible", shown, note=f"{count} are {claim.text} of no number up to {total}.")
