"""What was combined, why, at which dose, for how long, and what followed."""

from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import RESPONSE_ORDER, compute_label, compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import compute_count_text, compute_interval_text
from cotreat.report.tables import (
    ABSENT,
    CI_HEADING,
    LevelTable,
    Notes,
    Summary,
    build_summary,
    compute_interval_cell,
    compute_level_order,
    compute_reason_cell,
    compute_share_cell,
    compute_unknown_text,
    table_levels,
)

CENSORED_NOTE = (
    "Durations of ongoing combinations are censored: they ran at least this long, so that every summary of "
    "durations is a lower bound where some are ongoing."
)


def table_drugs(index: EstimateIndex) -> TableBlock | None:
    """Anchor drugs, partner drugs and regimens, per combination."""
    notes = Notes()
    rows: list[Row] = []
    unknown: dict[str, str] = {}
    for measure, heading in (
        ("anchor_drug", "Anchor drug"),
        ("partner_drug", "Partner drug"),
        ("regimen", "Regimen"),
    ):
        estimates = compute_level_order(index.levels(measure, "pair", index.rule(measure, "pair", "")))
        if not estimates:
            continue
        rows.append(Row((heading, "", ""), is_group=True))
        rows += [
            Row(
                (
                    compute_label(e.level, measure),
                    compute_share_cell(e, notes),
                    compute_interval_cell(e, notes),
                )
            )
            for e in estimates
        ]
        if any(e.n_missing for e in estimates):
            unknown[heading] = compute_unknown_text(estimates, "pair")
            rows.append(Row(("Unknown", unknown[heading], "")))
    if not rows:
        return None
    columns = (
        Column("Drug"),
        Column("Combinations, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
    )
    return TableBlock("drugs", "Drugs that were combined.", columns, tuple(rows), notes.lines())


def table_reasons(index: EstimateIndex) -> TableBlock | None:
    """Why the drugs were combined, per combination."""
    spec = LevelTable("reasons", "Why the drugs were combined.", "Reason")
    rule = index.rule("reason_started", "pair", "")
    return table_levels(index, "reason_started", "pair", rule, spec)


def table_monotherapy_response(index: EstimateIndex) -> TableBlock | None:
    """Response to the anchor drug alone, before the combination."""
    spec = LevelTable(
        "monotherapy_response",
        "Response to the anchor drug alone, before the combination.",
        "Response",
        RESPONSE_ORDER,
        "Not assessable or unknown",
        ("unassessable",),
    )
    rule = index.rule("monotherapy_response", "pair", "")
    return table_levels(index, "monotherapy_response", "pair", rule, spec)


_SUMMARY_COLUMNS = (
    Column("Known, n", is_number=True),
    Column("Unknown, n", is_number=True),
    Column("Median [IQR]", is_number=True),
    Column("Range", is_number=True),
    Column("Mean (SD)", is_number=True),
)
_SUMMARY_NOTE = "IQR: interquartile range; SD: standard deviation."


def _summary_cells(summary: Summary, notes: Notes, *, keep_zeros: bool = True) -> tuple[str, ...]:
    any_ = summary.any
    if any_ is None:
        return (ABSENT,) * 5
    counts = (_count(any_.denominator), _count(any_.n_missing))
    if any_.estimate is None:
        reason = compute_reason_cell(any_, notes)
        return (*counts, reason, ABSENT, ABSENT)
    median, mean = summary.median_iqr(keep_zeros=keep_zeros), summary.mean_sd(keep_zeros=keep_zeros)
    return (*counts, median, summary.range(), mean)


def _count(count: int | None) -> str:
    return ABSENT if count is None else compute_count_text(count)


def table_doses(index: EstimateIndex) -> TableBlock | None:
    """Doses of each drug, per combination, in mg per day (anchor) and per week (partner)."""
    notes = Notes()
    rows: list[Row] = []
    is_known = False
    for measure, role, unit_text in (
        ("anchor_dose_mg_day", "anchor_drug", "mg per day"),
        ("partner_dose_mg_week", "partner_drug", "mg per week"),
    ):
        for group in index.groups(measure, "pair", index.rule(measure, "pair", ""), role):
            summary = build_summary(index, measure, "pair", index.rule(measure, "pair", ""), group)
            is_known = is_known or bool(summary.any and summary.any.denominator != 0)
            drug = compute_label(group.partition("=")[2], role)
            rows.append(Row((drug, unit_text, *_summary_cells(summary, notes, keep_zeros=False))))
    if not is_known:
        return None
    columns = (Column("Drug"), Column("Unit"), *_SUMMARY_COLUMNS)
    note = (
        "One value per combination; the unit stands in each row. A partner dose is per week also for a drug "
        "that is taken daily: 35 mg per week are 5 mg per day. A dose that was tapered is the one "
        "written, as at its start. A dose that was not recorded or that has no single amount is unknown."
    )
    return TableBlock(
        "doses", "Doses in the combination.", columns, tuple(rows), notes.lines(note, _SUMMARY_NOTE)
    )


def table_durations(index: EstimateIndex) -> TableBlock | None:
    """Durations of combinations and courses in months, all and by group, and how many go on."""
    notes = Notes()
    rows: list[Row] = []
    for unit, heading in (
        ("pair", "All combinations"),
        ("course", "All courses"),
        ("patient", "All patients"),
    ):
        for rule in index.rules("combination_duration_months", unit):
            phrase = compute_rule_phrase(rule)
            label = f"{heading} ({phrase})" if phrase else heading
            rows.append(_duration_row(index, unit, rule, "", label, notes))
    rule = index.rule("combination_duration_months", "pair", "")
    for variable, heading in GROUPINGS:
        groups = index.groups("combination_duration_months", "pair", rule, variable)
        if groups:
            rows.append(Row((heading, *("",) * 7), is_group=True))
        rows += [
            _duration_row(index, "pair", rule, g, compute_label(g.partition("=")[2], variable), notes)
            for g in groups
        ]
    if not rows:
        return None
    columns = (
        Column("Combinations of"),
        Column("Known, n", is_number=True),
        Column("Unknown, n", is_number=True),
        Column("Ongoing, n", is_number=True),
        *_SUMMARY_COLUMNS[2:],
        Column("95% CI of the median", is_number=True),
    )
    caption = "Duration of the combination, months."
    return TableBlock("durations", caption, columns, tuple(rows), notes.lines(CENSORED_NOTE, _SUMMARY_NOTE))


GROUPINGS = (
    ("disease", "By disease"),
    ("partner_drug", "By partner drug"),
    ("regimen", "By regimen"),
    ("reason_started", "By reason for combining"),
)


def _duration_row(index: EstimateIndex, unit: str, rule: str, group: str, label: str, notes: Notes) -> Row:
    summary = build_summary(index, "combination_duration_months", unit, rule, group)
    any_ = summary.any
    cells = _summary_cells(summary, notes)
    median = summary.by_statistic.get("median")
    interval = compute_interval_text(median.ci_lower, median.ci_upper) if median else ""
    if median and interval:
        interval += notes.method(median)
    ongoing = _count(any_.n_censored if any_ else None)
    return Row((label, *cells[:2], ongoing, *cells[2:], interval or ABSENT))


def table_ongoing(index: EstimateIndex) -> TableBlock | None:
    """How many combinations, courses and patients were recorded as ongoing."""
    notes = Notes()
    rows: list[Row] = []
    for unit in ("pair", "course", "patient"):
        for rule in index.rules("ongoing", unit):
            estimate = index.find("ongoing", unit, "proportion", rule=rule)
            phrase = compute_rule_phrase(rule)
            label = compute_unit_noun(unit, None).capitalize() + (f" ({phrase})" if phrase else "")
            unknown = compute_unknown_text([estimate], unit) if estimate else ""
            cells = (compute_share_cell(estimate, notes), compute_interval_cell(estimate, notes))
            rows.append(Row((label, *cells, unknown or ABSENT)))
    if not rows:
        return None
    columns = (
        Column("Counted"),
        Column("Ongoing, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Unknown", is_number=True),
    )
    caption = "Combinations recorded as ongoing."
    return TableBlock("ongoing", caption, columns, tuple(rows), notes.lines())


def table_end_reasons(index: EstimateIndex) -> TableBlock | None:
    """Why combinations ended, of those that ended for a known reason."""
    rule = index.rule("end_reason", "pair", "")
    ongoing = max((e.n_censored or 0 for e in index.levels("end_reason", "pair", rule)), default=0)
    spec = LevelTable("end_reasons", "Why the combination ended.", "Reason", (), "Ended, reason unknown")
    note = (
        "N: combinations that ended for a known reason. Two reasons can both count, so that shares may add "
        f"up to more than 100%. Ongoing and therefore left out: {compute_count_text(ongoing)}."
    )
    return table_levels(index, "end_reason", "pair", rule, spec, notes=(note,))


def table_next_treatments(index: EstimateIndex) -> TableBlock | None:
    """What the patients took after the combination."""
    rule = index.rule("next_treatment", "pair", "")
    spec = LevelTable("next_treatments", "What followed the combination.", "Next treatment")
    ongoing = max((e.n_censored or 0 for e in index.levels("next_treatment", "pair", rule)), default=0)
    note = (
        "N: combinations that ended and after which it is known what followed. Ongoing and therefore left "
        f"out: {compute_count_text(ongoing)}."
    )
    return table_levels(index, "next_treatment", "pair", rule, spec, notes=(note,))
