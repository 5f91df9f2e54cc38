"""Laboratory values: worst CTCAE grades by exposure state, and shifts from the grade before treatment."""

import re
from collections.abc import Mapping

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex, ReportInput
from cotreat.report.labels import compute_label, compute_phrase
from cotreat.report.numbers import compute_count_text
from cotreat.report.tables import ABSENT, CI_HEADING, Notes, compute_interval_cell, compute_share_cell
from cotreat.vocabulary import read_ae_terms

GRADE, SHIFT = "laboratory_grade", "laboratory_shift"
_UNIT, _RULE = "patient", "worst"
STATES: Mapping[str, str] = {
    "": "Whole follow-up",
    "anchor_only": "Anchor drug alone",
    "partner_only": "Partner drug alone",
    "combination": "Combination",
    "none": "Neither",
}
_SHIFT_STATE = "combination"
_GRADES = range(5)
_SHIFT = re.compile(r"grade_(\d) to grade_(\d)")
_REASONS: Mapping[str, str] = {
    "no_value": "the result is no number, or none that a patient can have",
    "no_baseline": "the value before treatment is not known",
    "no_limit": "the limit of the laboratory is not known",
    "no_limit_and_baseline": "neither the limit nor the value before treatment is known",
    "no_criterion": "this version of CTCAE has no grades for it",
}
NO_DATES = (
    "Grades of laboratory values, the worst by exposure state and shifts from before treatment, need "
    "values with dates, limits and units; the cases of a case table have none."
)


def compute_terms(index: EstimateIndex) -> list[str]:
    """The terms of which somebody had a result after the first day of treatment, by name."""
    groups = index.groups(GRADE, _UNIT, _RULE, "term")
    return sorted((group.partition("=")[2] for group in groups), key=lambda term: compute_label(term, GRADE))


def _group(term: str, state: str) -> str:
    return " & ".join(sorted([*([f"state={state}"] if state else []), f"term={term}"]))


def table_laboratory_grades(index: EstimateIndex) -> TableBlock | None:
    """Patients by the worst grade of each term, in the whole follow-up and in each exposure state."""
    notes = Notes()
    rows: list[Row] = []
    for term in compute_terms(index):
        rows.append(Row((compute_label(term, GRADE), *("",) * 8), is_group=True))
        for state, label in STATES.items():
            group = _group(term, state)
            any_grade, severe = (
                _find(index, GRADE, group, level) for level in ("any_grade", "grade_3_or_worse")
            )
            if any_grade is None:
                continue
            worse = _find(index, SHIFT, group, "worsened")
            cells = [label]
            for estimate in (any_grade, severe, worse):
                cells += [compute_share_cell(estimate, notes), compute_interval_cell(estimate, notes)]
            cells += [_not_gradable(index, group, notes), _without_result(index, group)]
            rows.append(Row(tuple(cells)))
    if not rows:
        return None
    columns = (
        Column("Patients"),
        Column("Any grade, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Grade 3 or 4, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Worse than before treatment, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Not gradable, n", is_number=True),
        Column("No result, n", is_number=True),
    )
    note = (
        "Worst grade of each patient's results on the days of the state, from the day after the first day of "
        "treatment. N: patients in whom the answer is known; a result that is not gradable is not grade 0."
    )
    caption = "Laboratory values by CTCAE grade and exposure state."
    return TableBlock("laboratory_grades", caption, columns, tuple(rows), notes.lines(note), is_wide=True)


def _find(index: EstimateIndex, measure: str, group: str, level: str) -> Estimate | None:
    return index.find(measure, _UNIT, "proportion", rule=_RULE, group=group, level=level)


def _not_gradable(index: EstimateIndex, group: str, notes: Notes) -> str:
    found = _find(index, GRADE, group, "not_gradable")
    if found is None or found.numerator is None:
        return ABSENT
    said = []
    for reason, text in _REASONS.items():
        own = _find(index, GRADE, group, f"not_gradable: {reason}")
        if own is not None and own.numerator:
            said.append(text)
    mark = f" {notes.mark('Not gradable: ' + '; '.join(said))}" if said else ""
    return f"{compute_count_text(found.numerator)}{mark}"


def _without_result(index: EstimateIndex, group: str) -> str:
    found = _find(index, GRADE, group, "not_gradable")
    return ABSENT if found is None or found.n_missing is None else compute_count_text(found.n_missing)


def table_laboratory_shift(index: EstimateIndex) -> TableBlock | None:
    """Patients by the grade before treatment and the worst grade on the combination."""
    notes = Notes()
    rows: list[Row] = []
    for term in compute_terms(index):
        cells = {
            (int(found[1]), int(found[2])): e
            for e in index.levels(SHIFT, _UNIT, _RULE, _group(term, _SHIFT_STATE), "count")
            if (found := _SHIFT.fullmatch(e.level))
        }
        if not cells:
            continue
        first = next(iter(cells.values()))
        unknown = compute_count_text(first.n_missing or 0)
        known = compute_count_text(first.denominator or 0)
        heading = f"{compute_label(term, SHIFT)} (N = {known}; unknown {unknown})"
        rows.append(Row((heading, *("",) * len(_GRADES)), is_group=True))
        for before in sorted({start for start, _ in cells}):
            counts = (_count(cells.get((before, worst)), notes) for worst in _GRADES)
            rows.append(Row((f"Grade {before} before treatment", *counts)))
    if not rows:
        return None
    columns = (Column("Patients"), *(Column(f"Worst: grade {g}, n", is_number=True) for g in _GRADES))
    note = (
        "N: patients whose grade before treatment and whose worst grade on the combination are both known. "
        "Unknown: one of them is not gradable or was not measured. A value that was high before treatment is "
        "graded, where CTCAE says so, by how much it rose."
    )
    caption = "Laboratory values: worst grade on the combination by the grade before treatment."
    return TableBlock("laboratory_shift", caption, columns, tuple(rows), notes.lines(note))


def _count(estimate: Estimate | None, notes: Notes) -> str:
    if estimate is None:
        return compute_count_text(0)
    if estimate.numerator is None:
        return compute_share_cell(estimate, notes)
    return compute_count_text(estimate.numerator)


def build_laboratory_absence(inputs: ReportInput) -> str:
    """What cannot be said of laboratory values of a case table, and which were recorded as events."""
    index = inputs.estimates
    terms = read_ae_terms()
    named = [
        f"{compute_phrase(e.level, 'adverse_event_term')} ({compute_count_text(e.numerator or 0)})"
        for e in index.levels(
            "adverse_event_term", "event", index.rule("adverse_event_term", "event", ""), "", "count"
        )
        if e.level in terms and terms[e.level].is_laboratory and e.numerator
    ]
    recorded = f" Recorded as adverse events, without their values: {', '.join(named)}." if named else ""
    return f"{NO_DATES}{recorded}"
