"""Whether a laboratory value can be a patient's, in the unit in which it is printed."""

import re

from cotreat.audit.claims import Claim, Statement
from cotreat.audit.verdicts.verdict import Verdict
from cotreat.outcomes.lab_grades import compute_lab_grade
from cotreat.report.numbers import compute_number_text
from cotreat.vocabulary.ctcae import read_ctcae
from cotreat.vocabulary.laboratory import LabTest, NoConversion, parse_lab_unit, read_lab_tests

# The raised digit of 10^9/L is lost when a text is copied from a page.
_LOST_POWER = re.compile(r"10\s*(?:\^|\*\*|e|E)?\s*([39])(?=\s*(?:cells?)?\s*/)")
_GRADES = {"mild": 1, "moderate": 2, "severe": 3}
_VERSIONS = ("5.0", "6.0")
_USUAL = ("cells/\u00b5L", "10^9/L", "10^3/\u00b5L", "mg/dL", "g/dL", "mmol/L")
NO_VALUES = "Single laboratory values are not compared with the data."


def build_amount_verdicts(statement: Statement) -> list[Verdict]:
    """Impossible where no patient has such a value in this unit; else nothing is known of it."""
    test = read_lab_tests().get(statement.queries[0].quantity)
    if test is None:
        return [Verdict("not_derivable", note=NO_VALUES) for _ in statement.claims]
    severity = next((level for name, level in statement.queries[0].conditions if name == "severity"), "")
    return [_judge(test, claim, severity) for claim in statement.claims]


def _judge(test: LabTest, claim: Claim, severity: str) -> Verdict:
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
        graded = _graded(test, converted, severity)
        note = f"{shown} {_printed(test.unit)} {name}: plausible. {graded}{NO_VALUES}"
        return Verdict("not_derivable", note=note)
    note = f"No patient has {compute_number_text(value, 2, keep_zeros=False)} {_printed(unit)} {name}."
    meant = _meant_value(test, value)
    graded = "" if meant is None else _graded(test, meant[0], severity)
    return Verdict("impossible", note=f"{note} {_meant(test, value)} {graded}".strip())


def _graded(test: LabTest, value: float, severity: str) -> str:
    """The grade of a value in both versions of CTCAE, where the text has a word for it; else empty."""
    grade = _GRADES.get(severity)
    found = [_grade_text(version, test, value) for version in _VERSIONS]
    texts = [text for text in found if text]
    if grade is None or not texts:
        return ""
    said = f'The text says "{severity}", which is grade {grade}'
    return f"{said}; by the value alone it is {' and '.join(texts)}. "


def _grade_text(version: str, test: LabTest, value: float) -> str:
    """``grade 2 in CTCAE 5.0``; empty when the version does not grade the test, or in two directions."""
    terms = [c for c in read_ctcae(version).values() if c.test == test.test and c.bounds]
    grades = [compute_lab_grade(criterion, value) for criterion in terms]
    # A test that is graded in both directions: a grade that is certain speaks for its own.
    grades = [g for g in grades if g.lowest] or [g for g in grades if g.highest]
    if len(grades) != 1 or grades[0].lowest is None:
        return ""
    low, high = grades[0].lowest, grades[0].highest
    shown = f"grade {low}" if low == high else f"grade {low} or {high}, which depends on the limit of normal,"
    return f"{shown} in CTCAE {version}"


def _meant(test: LabTest, value: float) -> str:
    """The unit in which the same number would be plausible; empty when there is none, or several."""
    found = _meant_value(test, value)
    if found is None:
        return ""
    shown = compute_number_text(found[0], 3, keep_zeros=False)
    return f"In {found[1]} it would be plausible ({shown} {_printed(test.unit)})."


def _meant_value(test: LabTest, value: float) -> tuple[float, str] | None:
    found: dict[float, str] = {}
    for unit in _USUAL:
        conversion = parse_lab_unit(test, unit)
        if not isinstance(conversion, NoConversion) and test.is_plausible(conversion.compute_value(value)):
            found.setdefault(conversion.compute_value(value), unit)
    return next(iter(found.items())) if len(found) == 1 else None


def _printed(unit: str) -> str:
    return unit.replace("10*", "10^")
