"""Whether a printed interval is one that the data give by any usual method."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from cotreat.analysis.intervals import compute_mean_interval, compute_usual_proportion_intervals
from cotreat.audit.claims import Claim, Statement
from cotreat.audit.verdicts.answers import Answer, Variant
from cotreat.audit.verdicts.fits import compute_exact, compute_fit, compute_value
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.report.numbers import compute_interval_text

_ENDS = ("ci_lower", "ci_upper")


def build_interval_verdict(
    statement: Statement, tried: Iterable[tuple[Variant, Answer]], shown: str
) -> Verdict:
    """The verdict on one end of an interval that is not cotreat's own.

    Both ends must come from one method. There are many methods for a median, so an
    interval of one is never called wrong.
    """
    ends = [c for c in statement.claims if c.aspect in _ENDS]
    n_tried = 0
    for variant, answer in tried:
        for method, (low, high), is_share in _intervals(statement, variant, answer):
            n_tried += 1
            if all(_is_end(c, low if c.aspect == "ci_lower" else high) for c in ends):
                words = "; ".join([*variant.words, method])
                text = compute_interval_text(float(low), float(high))
                note = f"As stated: {shown}." if shown else ""
                return Verdict("reproduced_otherwise", text + ("%" if is_share else ""), words, n_tried, note)
    if any(c.aspect == "median" for c in statement.claims):
        return Verdict("not_derivable", shown, note="An interval of a median depends on how it is made.")
    return Verdict("not_reproduced", shown, "", n_tried, "By none of the usual methods.")


def _is_end(claim: Claim, value: Fraction) -> bool:
    return claim.numeral is not None and compute_fit(claim.numeral, value)


def _intervals(
    statement: Statement, variant: Variant, answer: Answer
) -> Iterator[tuple[str, tuple[Fraction, Fraction], bool]]:
    """Name, ends as printed, and whether it is a share in percent."""
    own = [compute_value(_end(statement, aspect), variant, answer) for aspect in _ENDS]
    if own[0] is not None and own[1] is not None:
        yield "patients as clusters, or bootstrap", (own[0], own[1]), not answer.values
    if answer.numerator is not None and answer.denominator:
        usual = compute_usual_proportion_intervals(answer.numerator, answer.denominator)
        for method, (low, high) in usual.items():
            yield method, (compute_exact(low) * 100, compute_exact(high) * 100), True
    mean, sd = answer.values.get("mean"), answer.values.get("sd")
    if mean is not None and sd is not None and answer.denominator:
        low, high = compute_mean_interval(mean, sd, answer.denominator)
        yield "Student's t", (compute_exact(low), compute_exact(high)), False


def _end(statement: Statement, aspect: str) -> Claim:
    return next((c for c in statement.claims if c.aspect == aspect), statement.claims[0])
