"""Response by a score: at each week, and over the whole treatment."""

from cotreat.analysis.measures import AS_OBSERVED, NON_RESPONDER
from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_count_text
from cotreat.report.tables import ABSENT, CI_HEADING, Notes, compute_interval_cell, compute_share_cell

ASKED_NOTE = (
    "N: courses that could newly meet the criterion at baseline; with missing counted as failure all of "
    "them, as observed those that were seen. After a stop there is no response, after a stop in remission "
    "the last one holds."
)
_ON_TREATMENT = (
    ("response_ever", "Ever met"),
    ("response_at_last_value", "Met at the last value"),
    ("response_durable", "Durable"),
)


def compute_weeks(index: EstimateIndex, unit: str = "course") -> list[int]:
    """The weeks at which the response was asked for, in order."""
    groups = index.groups("response_at_week", unit, NON_RESPONDER, "week")
    return sorted(int(group.partition("=")[2]) for group in groups)


def compute_criteria(index: EstimateIndex, measure: str, group: str = "") -> list[str]:
    """The criteria that somebody was asked for, in key order."""
    found = index.levels(measure, "course", NON_RESPONDER, group)
    return [e.level for e in found if e.denominator or e.n_missing]


def table_response_at_week(index: EstimateIndex) -> TableBlock | None:
    """Courses that met each criterion at each week, what is missing counted both ways."""
    notes = Notes()
    rows: list[Row] = []
    weeks = compute_weeks(index)
    criteria = dict.fromkeys(
        c for week in weeks for c in compute_criteria(index, "response_at_week", f"week={week}")
    )
    for criterion in criteria:
        rows.append(Row((compute_label(criterion, "response_at_week"), *("",) * 6), is_group=True))
        for week in weeks:
            failure, observed = (
                index.find(
                    "response_at_week",
                    "course",
                    "proportion",
                    rule=rule,
                    group=f"week={week}",
                    level=criterion,
                )
                for rule in (NON_RESPONDER, AS_OBSERVED)
            )
            rows.append(
                Row((f"Week {week}", *_both_ways(failure, observed, notes), _count(failure, "n_censored")))
            )
    if not rows:
        return None
    columns = (
        Column("Courses"),
        *_SHARE_COLUMNS,
        Column("Unknown, n", is_number=True),
        Column("Not observed so long, n", is_number=True),
    )
    note = f"{ASKED_NOTE} Unknown: no baseline, or as observed not seen at that week."
    caption = "Response by a score at each week since the first day of the course."
    return TableBlock("response_at_week", caption, columns, tuple(rows), notes.lines(note), is_wide=True)


_SHARE_COLUMNS = (
    Column("Missing as failure, n/N (%)", is_number=True),
    Column(CI_HEADING, is_number=True),
    Column("As observed, n/N (%)", is_number=True),
    Column(CI_HEADING, is_number=True),
)


def _both_ways(failure: Estimate | None, observed: Estimate | None, notes: Notes) -> tuple[str, ...]:
    return (
        compute_share_cell(failure, notes),
        compute_interval_cell(failure, notes),
        compute_share_cell(observed, notes),
        compute_interval_cell(observed, notes),
        _count(observed, "n_missing"),
    )


def _count(estimate: Estimate | None, column: str) -> str:
    value = getattr(estimate, column) if estimate else None
    return ABSENT if value is None else compute_count_text(value)


def table_response_on_treatment(index: EstimateIndex) -> TableBlock | None:
    """Courses that met each criterion ever, at the last value, and durably; and that lost it again."""
    notes = Notes()
    rows: list[Row] = []
    for criterion in compute_criteria(index, "response_ever"):
        rows.append(Row((compute_label(criterion, "response_at_week"), *("",) * 5), is_group=True))
        for measure, label in _ON_TREATMENT:
            failure, observed = (
                index.find(measure, "course", "proportion", rule=rule, level=criterion)
                for rule in (NON_RESPONDER, AS_OBSERVED)
            )
            rows.append(Row((label, *_both_ways(failure, observed, notes))))
        lost = index.find("response_lost", "course", "proportion", level=criterion)
        if lost is not None:
            cells = (ABSENT, ABSENT, compute_share_cell(lost, notes), compute_interval_cell(lost, notes))
            rows.append(Row(("Lost again", *cells, _count(lost, "n_missing"))))
    if not rows:
        return None
    columns = (Column("Courses"), *_SHARE_COLUMNS, Column("Unknown, n", is_number=True))
    note = (
        "N as in the response at a week; of durable responses only courses that could be observed so long, "
        "of lost ones courses that met the criterion and were seen again. Unknown: no baseline, or not seen."
    )
    caption = "Response by a score over the whole course."
    return TableBlock("response_on_treatment", caption, columns, tuple(rows), notes.lines(note), is_wide=True)
