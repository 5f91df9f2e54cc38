"""An age or a duration of cases that are named by their number, against what those cases have."""

from fractions import Fraction

from cotreat.audit.claims import Claim, Statement
from cotreat.audit.verdicts.answers import Answer, Data, compute_number_measure
from cotreat.audit.verdicts.fits import compute_fit, compute_printed
from cotreat.audit.verdicts.groups import NOT_RECORDED
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.audit.verdicts.wording import compute_list_text
from cotreat.report.numbers import compute_recorded_text

_ENDS = {"min": min, "max": max}
_NOT_COMPARED = "Of cases that are cited only the smallest and the largest value are compared."


def build_cited_number_verdicts(data: Data, statement: Statement) -> list[Verdict]:
    """The verdicts of a smallest and a largest value of the cited cases."""
    query = statement.queries[0]
    measure = compute_number_measure(query.quantity)
    if not measure or measure in data.leave_out:
        return [Verdict("not_derivable", note=NOT_RECORDED) for _ in statement.claims]
    found = data.ask(measure, "pair", "", (), by="case_id")
    values = {
        e.group.partition("case_id=")[2]: (e.estimate, e.unit)
        for e in found
        if e.statistic == "mean" and e.estimate is not None
    }
    own = {case: values[case] for case in query.cases if case in values}
    return [_judge(claim, statement, own, query.cases) for claim in statement.claims]


def _judge(
    claim: Claim, statement: Statement, own: dict[str, tuple[float, str]], cases: tuple[str, ...]
) -> Verdict:
    lacking = [case for case in cases if case not in own]
    if lacking:
        return Verdict("not_derivable", note=f"The data have no value of case {compute_list_text(lacking)}.")
    shown = ", ".join(f"case {case}: {compute_recorded_text(own[case][0])} {own[case][1]}" for case in cases)
    asked = {value for case in cases if (value := _printed(claim, *own[case])) is not None}
    if claim.numeral is None or not asked or claim.aspect not in _ENDS:
        return Verdict("unbound", shown, note=_NOT_COMPARED)
    if compute_fit(claim.numeral, _ENDS[claim.aspect](asked)):
        return Verdict("reproduced", shown, "as stated", 1)
    return Verdict("unbound" if statement.is_loose else "not_reproduced", shown, "", 1)


def _printed(claim: Claim, value: float, unit: str) -> Fraction | None:
    return compute_printed(claim, Answer(unit=unit), value)
