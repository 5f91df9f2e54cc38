"""What came after a combination: how soon, and whether the response held without the partner."""

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import compute_count_text, compute_interval_text, compute_rounded
from cotreat.report.tables import (
    ABSENT,
    CI_HEADING,
    Notes,
    compute_interval_cell,
    compute_reason_cell,
    compute_share_cell,
)

_MEASURE = "time_to_next_treatment"
FOLLOWING = ("another_drug", "restart", "death")


def table_time_to_next(index: EstimateIndex) -> TableBlock | None:
    """The share of patients with another drug, a restart or death by some months after the end."""
    groups = index.groups(_MEASURE, "patient", "first", "month")
    months = sorted(int(group.partition("=")[2]) for group in groups)
    notes = Notes()
    rows: list[Row] = []
    for level in FOLLOWING:
        found = [
            index.find(_MEASURE, "patient", "incidence_at", rule="first", group=f"month={month}", level=level)
            for month in months
        ]
        # Without a denominator it is suppressed; with one of 0 there is nobody to ask about.
        if any(e is not None and e.denominator != 0 for e in found):
            cells = [_incidence_cell(e, notes) for e in found]
            rows.append(Row((compute_label(level, _MEASURE), *cells, _counts_cell(found[0], found[-1]))))
    if not rows:
        return None
    columns = (
        Column("After the first combination that ended"),
        *(Column(f"By month {month} (95% CI)", is_number=True) for month in months),
        Column(f"Events by month {months[-1]}/patients", is_number=True),
    )
    note = (
        "Time from the last day of the combination; each of the three competes with the others "
        "(Aalen-Johansen), and who has none is censored at the end of observation. A drug that began shortly "
        "before the end as a bridge counts from day 0."
    )
    caption = "How soon another treatment followed."
    return TableBlock("time_to_next", caption, columns, tuple(rows), notes.lines(note), is_wide=True)


def _incidence_cell(e: Estimate | None, notes: Notes) -> str:
    if e is None or e.denominator == 0:
        return ABSENT
    if e.estimate is None:
        return compute_reason_cell(e, notes)
    interval = compute_interval_text(e.ci_lower, e.ci_upper, is_share=True)
    return f"{compute_rounded(100 * e.estimate, 1)}% ({interval}){notes.method(e)}"


def _counts_cell(first: Estimate | None, last: Estimate | None) -> str:
    if first is None or last is None or first.denominator is None or last.numerator is None:
        return ABSENT
    return f"{compute_count_text(last.numerator)}/{compute_count_text(first.denominator)}"


def table_withdrawals(index: EstimateIndex) -> TableBlock | None:
    """Partners withdrawn in complete response, and whether it held on the anchor alone."""
    notes = Notes()
    rows: list[Row] = []
    for measure, label in (
        ("partner_withdrawn_in_response", "Partner stopped, anchor taken on"),
        ("response_held_without_partner", "Response held on the anchor alone"),
    ):
        for unit, rule in (("pair", ""), ("patient", "first")):
            e = index.find(measure, unit, "proportion", rule=rule)
            if e is None or not (e.denominator or e.n_missing):
                continue
            phrase = compute_rule_phrase(rule)
            noun = compute_unit_noun(unit, None).capitalize()
            missing = ABSENT if e.n_missing is None else compute_count_text(e.n_missing)
            cells = (compute_share_cell(e, notes), compute_interval_cell(e, notes), missing)
            rows.append(Row((label, f"{noun}: {phrase}" if phrase else noun, *cells)))
    if not rows:
        return None
    columns = (
        Column("In complete response"),
        Column("Counted"),
        Column("n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Unknown, n", is_number=True),
    )
    note = (
        "N: combinations that ended in complete response; of responses that held, those whose partner alone "
        "was stopped and that were judged afterwards on the anchor alone. Held: every such judgement is "
        "complete."
    )
    caption = "Partners stopped in complete response, and whether the response held without them."
    return TableBlock("withdrawals", caption, columns, tuple(rows), notes.lines(note))
