"""Whether a laboratory value can be a patient's, in the unit in which it is printed."""

import re

from cotreat.audit.claims import Claim, Statement
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.report.numbers import compute_number_text
from cotreat.vocabulary.laboratory import LabTest, NoConversion, parse_lab_unit, read_lab_tests

# The raised digit of 10^9/L is lost when a text is copied from a page.
_LOST_POWER = re.compile(r"10\s*(?:\^|\*\*|e|E)?\s*([39])(?=\s*(?:cells?)?\s*/)")
_USUAL = ("cells/\u00b5L", "10^9/L", "10^3/\u00b5L", "mg/dL", "g/dL", "mmol/L")
NO_VALUES = "Single laboratory values are not compared with the data."


def build_amount_verdicts(statement: Statement) -> list[Verdict]:
    """Impossible where no patient has such a value in this unit; else nothing is known of it."""
    test = read_lab_tests().get(statement.queries[0].quantity)
    if test is None:
        return [Verdict("not_derivable", note=NO_VALUES) for _ in statement.claims]
    return [_judge(test, claim) for claim in statement.claims]


def _judge(test: LabTest, claim: Claim) -> Verdict:
    if claim.numeral is None:
        return Verdict("not_derivable", note=NO_VALUES)
    value = float(claim.numeral.value)
    unit = _LOST_POWER.sub(r"10*\1", claim.unit)
    conversion = parse_lab_unit(test, unit)
    name = test.name[:1].lower() + test.name[1:] if test.name[1:2].islower() else test.name
    if isinstance(conversion, NoConversion):
        note = f"{conversion.why} {_meant(test, value)}".strip()
        return Verdict(
            "impossible" if conversion.problem == "impossible_unit" else "not_derivable", note=note
        )
    converted = conversion.compute_value(value)
    if test.is_plausible(converted) and (converted or not value):
        shown = compute_number_text(converted, 3, keep_zeros=False)
        return Verdict("not_derivable", note=f"{shown} {_printed(test.unit)} {name}: plausible. {NO_VALUES}")
    note = f"No patient has {compute_number_text(value, 2, keep_zeros=False)} {_printed(unit)} {name}."
    return Verdict("impossible", note=f"{note} {_meant(test, value)}".strip())


def _meant(test: LabTest, value: float) -> str:
    """The unit in which the same number would be plausible; empty when there is none, or several."""
    found: dict[float, str] = {}
    for unit in _USUAL:
        conversion = parse_lab_unit(test, unit)
        if not isinstance(conversion, NoConversion) and test.is_plausible(conversion.compute_value(value)):
            found.setdefault(conversion.compute_value(value), unit)
    if len(found) != 1:
        return ""
    converted, unit = next(iter(found.items()))
    shown = compute_number_text(converted, 3, keep_zeros=False)
    return f"In {unit} it would be plausible ({shown} {_printed(test.unit)})."


def _printed(unit: str) -> str:
    return unit.replace("10*", "10^")
