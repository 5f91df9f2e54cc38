"""Estimates that no other table lays out, so that none is lost."""

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import (
    compute_count_text,
    compute_interval_text,
    compute_number_text,
    compute_share_text,
)
from cotreat.report.tables import ABSENT, Notes, compute_reason_cell

MOST_ROWS = 200

LAID_OUT = frozenset(
    {
        "patients",
        "pairs",
        "courses",
        "sex",
        "age_years",
        "disease",
        "comorbidity",
        "prior_therapy",
        "anchor_drug",
        "partner_drug",
        "regimen",
        "drug_set",
        "line_of_therapy",
        "anchor_dose_mg_day",
        "partner_dose_mg_week",
        "reason_started",
        "monotherapy_response",
        "response",
        "time_to_next_treatment",
        "partner_withdrawn_in_response",
        "response_held_without_partner",
        "response_at_week",
        "response_at_week_between_regimens",
        "response_between_regimens",
        "response_ever",
        "response_at_last_value",
        "response_durable",
        "response_lost",
        "response_on_anchor_alone",
        "response_on_combination",
        "response_difference",
        "score_on_anchor_alone",
        "score_on_combination",
        "score_change",
        "combination_duration_months",
        "ongoing",
        "end_reason",
        "next_treatment",
        "drug_survival",
        "drug_survival_curve",
        "end_reason_incidence",
        "end_reason_incidence_curve",
        "hazard_ratio",
        "adverse_events",
        "patients_with_adverse_event",
        "pairs_with_adverse_event",
        "adverse_event_term",
        "adverse_event_attribution",
        "aesi",
        # By term, state and event of special interest these are too many rows to read.
        "adverse_event_proportion",
        "adverse_event_first_rate",
        "adverse_event_rate",
        "person_time",
        "rate_ratio",
        "attribution",
        "causality",
        "causality_timing",
        "causality_dechallenge",
        "causality_rechallenge",
        "judge_agreement",
        "laboratory_grade",
        "laboratory_shift",
        "laboratory_value",
    }
)


def table_further(index: EstimateIndex) -> TableBlock | None:
    """One row per estimate of a measure that has no table of its own; None when there are none."""
    # A share and its numerator are one number: the share shows both.
    found = [e for e in index.others(LAID_OUT) if e.statistic != "count" or e.denominator is None]
    if not found:
        return None
    notes = Notes()
    rows = tuple(_further_row(e, notes) for e in found[:MOST_ROWS])
    left_out = len(found) - len(rows)
    more = f"{compute_count_text(left_out)} more are in results.csv." if left_out else ""
    columns = (
        Column("Measure"),
        Column("Counted, rule"),
        Column("Group"),
        Column("Statistic"),
        Column("Estimate", is_number=True),
        Column("95% CI", is_number=True),
        Column("Unknown, n", is_number=True),
    )
    return TableBlock("further", "Further estimates.", columns, rows, notes.lines(more))


def _further_row(e: Estimate, notes: Notes) -> Row:
    is_share = e.statistic == "proportion"
    level = f": {compute_label(e.level, e.measure)}" if e.level else ""
    rule = f", {compute_rule_phrase(e.rule)}" if e.rule else ""
    interval = compute_interval_text(e.ci_lower, e.ci_upper, is_share=is_share)
    if interval:
        interval += notes.method(e)
    return Row(
        (
            compute_label(e.measure) + level,
            compute_unit_noun(e.unit_of_analysis, None).capitalize() + rule,
            "; ".join(_group(part) for part in e.group.split(" & ")) if e.group else "All",
            compute_label(e.statistic),
            _value(e, notes),
            interval or ABSENT,
            ABSENT if e.n_missing is None else compute_count_text(e.n_missing),
        )
    )


def _group(part: str) -> str:
    variable, _, level = part.partition("=")
    return f"{compute_label(variable)}: {compute_label(level, variable)}"


def _value(e: Estimate, notes: Notes) -> str:
    if e.estimate is None:
        return compute_reason_cell(e, notes)
    if e.statistic == "proportion" and e.numerator is not None and e.denominator:
        return compute_share_text(e.numerator, e.denominator)
    if e.statistic == "count":
        return compute_count_text(int(e.estimate))
    number = compute_number_text(e.estimate, 2, keep_zeros=False)
    of = f" (n = {compute_count_text(e.denominator)})" if e.denominator is not None else ""
    return f"{number}{'' if e.unit == '1' else f' {e.unit}'}{of}"
