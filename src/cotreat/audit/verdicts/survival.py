"""How long combinations last, by Kaplan-Meier: the median that is claimed, beside its interval."""

from collections.abc import Iterator
from fractions import Fraction

from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate
from cotreat.audit.claims import Claim, Statement
from cotreat.audit.verdicts.answers import Answer, Data
from cotreat.audit.verdicts.fits import compute_fit, compute_printed
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.report.numbers import compute_interval_text, compute_number_text

_MEASURE = "drug_survival"
NOT_COMPARED = "Of drug survival the median of all courses is compared, and nothing else."


def build_survival_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """A median time on the combination, from the curve and not from the durations that are recorded.

    Only that of all courses: a group, or another summary, is not compared.
    """
    query = statement.queries[0]
    tried = [] if query.conditions or query.scope else list(_medians(data))
    return [_judge(claim, tried) for claim in statement.claims]


def _medians(data: Data) -> Iterator[Estimate]:
    """The median under every rule that the data have."""
    if _MEASURE in data.leave_out:
        return
    for rule in MEASURES[_MEASURE].rules_of(is_dated=data.tables.is_dated).get("course", ()):
        yield from (e for e in data.ask(_MEASURE, "course", rule) if e.statistic == "median")


def _judge(claim: Claim, tried: list[Estimate]) -> Verdict:
    if claim.aspect not in ("median", "ci_lower", "ci_upper") or claim.numeral is None:
        return Verdict("not_derivable", note=NOT_COMPARED)
    values = [(e, _value(claim, e)) for e in tried]
    for place, (e, value) in enumerate(values, start=1):
        if value is not None and compute_fit(claim.numeral, value):
            reading = "as stated" if place == 1 else f"as {e.rule.replace('_', ' ')}"
            word = "reproduced" if place == 1 else "reproduced_otherwise"
            return Verdict(word, _text(e), reading, place)
    known = [e for e, value in values if value is not None]
    if not known or claim.aspect != "median":
        return Verdict("not_derivable", _text(known[0]) if known else "", note=NOT_COMPARED)
    return Verdict("not_reproduced", _text(known[0]), "", len(tried))


def _value(claim: Claim, e: Estimate) -> Fraction | None:
    ends = {"median": e.estimate, "ci_lower": e.ci_lower, "ci_upper": e.ci_upper}
    return compute_printed(claim, Answer(unit="months"), ends[claim.aspect])


def _text(e: Estimate) -> str:
    interval = compute_interval_text(e.ci_lower, e.ci_upper)
    median = "not reached" if e.estimate is None else f"{compute_number_text(e.estimate)} months"
    between = f"95% CI {interval}; " if interval else ""
    return f"median {median} ({between}{e.numerator} of {e.denominator} courses ended)"
