"""How long combinations lasted and why they ended, with those that go on counted as such."""

from collections.abc import Sequence

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_phrase, compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import (
    compute_count_text,
    compute_interval_text,
    compute_number_text,
    compute_rounded,
)
from cotreat.report.tables import ABSENT, Notes, compute_reason_cell

# The rule under which curves are drawn: the declared courses, else those that have reached min_overlap.
RULES = ("longest", "from_min_overlap")
GROUPINGS = (("disease", "By disease"), ("regimen", "By regimen"), ("order", "By order"))
_UNIT = "course"


def compute_curve_rule(index: EstimateIndex) -> str:
    """The rule of the curves that a report shows."""
    return index.rule("drug_survival", _UNIT, *RULES)


def compute_months(index: EstimateIndex, rule: str) -> list[str]:
    """The months at which survival is shown, in order."""
    found = index.levels("drug_survival", _UNIT, rule, "", "survival_at")
    return sorted({e.level for e in found}, key=float)


def table_drug_survival(index: EstimateIndex) -> TableBlock | None:
    """Share still on the combination at some months, and the median, of all and by group."""
    rule = compute_curve_rule(index)
    months = compute_months(index, rule)
    if not months:
        return None
    notes = Notes()
    rows = [_survival_row(index, rule, "", "All courses", months, notes)]
    for other in index.rules("drug_survival", _UNIT):
        if other != rule:
            phrase = compute_rule_phrase(other.replace("longest, ", ""))
            rows.append(_survival_row(index, other, "", f"All courses: {phrase}", months, notes))
    if index.levels("drug_survival", "pair", "", "", "survival_at"):
        rows.append(_survival_row(index, "", "", "All combinations", months, notes, unit="pair"))
    for variable, heading in GROUPINGS:
        groups = _groups(index, rule, variable)
        if groups:
            rows.append(Row((heading, *("",) * (3 + len(months))), is_group=True))
        rows += [
            _survival_row(index, rule, g, compute_label(g.partition("=")[2], variable), months, notes)
            for g in groups
        ]
    columns = (
        Column("Courses"),
        Column("Ended/N", is_number=True),
        Column("Unknown, n", is_number=True),
        Column("Median, months (95% CI)", is_number=True),
        *(Column(f"At {m} months: % (95% CI); at risk", is_number=True) for m in months),
    )
    note = (
        "Kaplan-Meier estimates of the share still on the combination; a course that goes on is censored. "
        "At risk: courses that last at least so long. A course that ended in remission has ended as well."
    )
    caption = "How long the combination was kept."
    return TableBlock("drug_survival", caption, columns, tuple(rows), notes.lines(note, _rule_note(rule)))


def _rule_note(rule: str) -> str:
    if not rule.startswith("from_min_overlap"):
        return ""
    return (
        "Counted from the first day, among courses that have reached the days in common from which they "
        "count as a combination; how a shorter one would have to be named is known only when it ends."
    )


def _groups(index: EstimateIndex, rule: str, variable: str) -> list[str]:
    found = {
        e.group: e.denominator or 0
        for group in index.groups("drug_survival", _UNIT, rule, variable)
        for e in index.levels("drug_survival", _UNIT, rule, group, "median")
    }
    return sorted(found, key=lambda group: (-found[group], group))


def _survival_row(
    index: EstimateIndex,
    rule: str,
    group: str,
    label: str,
    months: Sequence[str],
    notes: Notes,
    unit: str = _UNIT,
) -> Row:
    median = index.find("drug_survival", unit, "median", rule=rule, group=group)
    if median is None:
        return Row((label, *(ABSENT,) * (3 + len(months))))
    cells = [
        _ended_cell(median),
        compute_count_text(median.n_missing or 0),
        _median_cell(median, notes),
    ]
    for month in months:
        at = index.find("drug_survival", unit, "survival_at", rule=rule, group=group, level=month)
        risk = index.find("drug_survival", unit, "at_risk", rule=rule, group=group, level=month)
        text = _share_cell(at, notes)
        left = "" if risk is None or risk.estimate is None else f"; {compute_count_text(int(risk.estimate))}"
        cells.append(text if text.startswith(ABSENT) else f"{text}{left}")
    return Row((label, *cells))


def _median_cell(e: Estimate, notes: Notes) -> str:
    interval = compute_interval_text(e.ci_lower, e.ci_upper)
    mark = notes.method(e) if interval else ""
    if e.estimate is None:
        return f"not reached ({interval}){mark}" if interval else compute_reason_cell(e, notes)
    return f"{compute_number_text(e.estimate)} ({interval or ABSENT}){mark}"


def _share_cell(e: Estimate | None, notes: Notes) -> str:
    """An estimated share, which is no fraction of two counts: ``46.2 (20.1 to 68.9)``."""
    if e is None:
        return ABSENT
    if e.estimate is None:
        return compute_reason_cell(e, notes)
    interval = compute_interval_text(e.ci_lower, e.ci_upper, is_share=True)
    mark = notes.method(e) if interval else ""
    return f"{compute_rounded(e.estimate * 100, 1)} ({interval or ABSENT}){mark}"


def table_end_reason_incidence(index: EstimateIndex) -> TableBlock | None:
    """Share of courses that have ended for each reason by some months, as competing risks."""
    rule = index.rule("end_reason_incidence", _UNIT, *RULES)
    months = compute_months(index, rule)
    by_month = {
        month: {
            e.level: e
            for e in index.levels("end_reason_incidence", _UNIT, rule, f"month={month}", "incidence_at")
        }
        for month in months
    }
    reasons = sorted(
        {reason for found in by_month.values() for reason in found},
        key=lambda reason: (-max(found[reason].numerator or 0 for found in by_month.values()), reason),
    )
    if not reasons:
        return None
    notes = Notes()
    rows = [
        Row(
            (
                compute_label(reason, "end_reason"),
                *(_incidence_cell(by_month[month].get(reason), notes) for month in months),
            )
        )
        for reason in reasons
    ]
    columns = (
        Column("Reason for ending"),
        *(Column(f"By {m} months: % (95% CI); ended", is_number=True) for m in months),
    )
    some = next(iter(next(iter(by_month.values())).values()))
    note = (
        f"Aalen-Johansen estimates in {compute_count_text(some.denominator or 0)} "
        f"{compute_unit_noun(_UNIT, some.denominator)}: with the share still on the combination the reasons "
        "add up to 100%. Ended: courses that had ended for this reason by then."
    )
    caption = "Why the combination ended, by time."
    return TableBlock("end_reason_incidence", caption, columns, tuple(rows), notes.lines(note))


def _incidence_cell(e: Estimate | None, notes: Notes) -> str:
    text = _share_cell(e, notes)
    if e is None or e.numerator is None or text.startswith(ABSENT):
        return text
    return f"{text}; {compute_count_text(e.numerator)}"


def table_hazard_ratios(index: EstimateIndex) -> TableBlock | None:
    """How much sooner one group stopped than another."""
    rule = index.rule("hazard_ratio", _UNIT, *RULES)
    notes = Notes()
    rows: list[Row] = []
    for variable, heading in GROUPINGS:
        found = [
            e
            for group in index.groups("hazard_ratio", _UNIT, rule, variable)
            for e in index.levels("hazard_ratio", _UNIT, rule, group, "hazard_ratio")
        ]
        if found:
            against = compute_label(found[0].level.removeprefix("v "), variable)
            rows.append(
                Row((f"{heading}, against {against[:1].lower()}{against[1:]}", "", ""), is_group=True)
            )
        rows += [
            Row((compute_label(e.group.partition("=")[2], variable), _ended_cell(e), _ratio_cell(e, notes)))
            for e in sorted(found, key=lambda e: (-(e.denominator or 0), e.group))
        ]
    if not rows:
        return None
    columns = (
        Column("Courses"),
        Column("Ended/N", is_number=True),
        Column("Hazard ratio (95% CI)", is_number=True),
    )
    note = "Above 1: the combination ended sooner. Groups are compared as they are, without adjustment."
    tests = [_test_note(e) for e in index.levels("hazard_ratio", _UNIT, rule, "", "p_value")]
    return TableBlock(
        "hazard_ratios", "Hazard of ending, between groups.", columns, tuple(rows), notes.lines(note, *tests)
    )


def _test_note(e: Estimate) -> str:
    p = f"= {compute_number_text(e.estimate or 0.0, 3)}" if (e.estimate or 0.0) >= 0.001 else "< 0.001"
    return f"Log-rank test by {compute_phrase(e.level)}: p {p} ({e.note})."


def _ended_cell(e: Estimate) -> str:
    if e.numerator is None or e.denominator is None:
        return ABSENT
    return f"{compute_count_text(e.numerator)}/{compute_count_text(e.denominator)}"


def _ratio_cell(e: Estimate, notes: Notes) -> str:
    if e.estimate is None:
        return f"{ABSENT} {notes.mark(e.note.partition(';')[0])}"
    interval = compute_interval_text(e.ci_lower, e.ci_upper, decimals=2)
    return f"{compute_number_text(e.estimate, 2)} ({interval}){notes.method(e)}"
