"""The same patients on the anchor alone and on the combination, side by side."""

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_rule_phrase
from cotreat.report.numbers import (
    compute_count_text,
    compute_interval_text,
    compute_number_text,
    compute_rounded,
    compute_share_text,
)
from cotreat.report.tables import ABSENT, Notes, compute_count_cell, compute_reason_cell, compute_share_cell

_LEVELS = (("complete", "Complete response"), ("complete_or_partial", "Complete or partial response"))
REGRESSION_NOTE = (
    "A partner drug is added when the response is poor; part of what follows would have come without it "
    "(regression to the mean). What was seen is described and is not an effect of the combination."
)


def compute_points_text(estimate: Estimate) -> str:
    """A difference of two shares in percentage points, such as ``+28.6``."""
    points = compute_rounded(100 * (estimate.estimate or 0.0), 1)
    return f"{'+' if points > 0 else ''}{points}"


def table_response_contrast(index: EstimateIndex) -> TableBlock | None:
    """Responses of the patients who were judged both on the anchor alone and on the combination."""
    rule = index.rule("response_difference", "patient")
    notes = Notes()
    rows: list[Row] = []
    for level, label in _LEVELS:
        gain = index.find("response_difference", "patient", "difference", rule=rule, level=level)
        if gain is None or not gain.denominator:
            continue
        cells = [
            _marginal(index, measure, rule, level, notes)
            for measure in ("response_on_anchor_alone", "response_on_combination")
        ]
        changes = [
            compute_count_cell(
                index.find("response_difference", "patient", statistic, rule=rule, level=level), notes
            )
            for statistic in ("improved", "worsened")
        ]
        lower, upper = (None if end is None else 100 * end for end in (gain.ci_lower, gain.ci_upper))
        interval = compute_interval_text(lower, upper) + notes.method(gain)
        missing = ABSENT if gain.n_missing is None else compute_count_text(gain.n_missing)
        rows.append(Row((label, *cells, compute_points_text(gain), interval, *changes, missing)))
    if not rows:
        return None
    columns = (
        Column("Patients"),
        Column("Anchor alone, n/N (%)", is_number=True),
        Column("Combination, n/N (%)", is_number=True),
        Column("Difference, points", is_number=True),
        Column("95% CI", is_number=True),
        Column("Improved, n", is_number=True),
        Column("Worsened, n", is_number=True),
        Column("Not both judged, n", is_number=True),
    )
    which = compute_rule_phrase(rule)
    caption = f"Response of the same patients on the anchor drug alone and on the combination ({which})."
    lines = notes.lines(f"N: patients with both responses assessable. {REGRESSION_NOTE}")
    return TableBlock("response_contrast", caption, columns, tuple(rows), lines, is_wide=True)


def _marginal(index: EstimateIndex, measure: str, rule: str, level: str, notes: Notes) -> str:
    """One of both shares; complete and partial responses exclude each other and add up."""
    if level == "complete":
        return compute_share_cell(index.find(measure, "patient", "proportion", rule=rule, level=level), notes)
    parts = [
        index.find(measure, "patient", "count", rule=rule, level=part) for part in ("complete", "partial")
    ]
    known = [e for e in parts if e is not None and e.denominator and e.numerator is not None]
    if len(known) < len(parts):
        return ABSENT
    share = known[0].denominator or 0
    hits = sum(e.numerator or 0 for e in known)
    return compute_share_text(hits, share)


def table_score_contrast(index: EstimateIndex) -> TableBlock | None:
    """Scores of the patients who have one on the anchor alone and one on the combination."""
    rule = index.rule("score_change", "patient")
    notes = Notes()
    rows: list[Row] = []
    for change in index.levels("score_change", "patient", rule, "", "mean"):
        before, after = (
            _mean_sd(index, measure, rule, change.level)
            for measure in ("score_on_anchor_alone", "score_on_combination")
        )
        known = compute_count_text(change.denominator or 0)
        missing = ABSENT if change.n_missing is None else compute_count_text(change.n_missing)
        if change.estimate is None:
            cells = (compute_reason_cell(change, notes), ABSENT)
        else:
            interval = compute_interval_text(change.ci_lower, change.ci_upper)
            mark = notes.method(change) if interval else ""
            cells = (compute_number_text(change.estimate), f"{interval}{mark}" if interval else ABSENT)
        rows.append(Row((compute_label(change.level, "score_change"), known, before, after, *cells, missing)))
    if not rows:
        return None
    columns = (
        Column("Score"),
        Column("Patients, n", is_number=True),
        Column("Anchor alone, mean (SD)", is_number=True),
        Column("Combination, mean (SD)", is_number=True),
        Column("Mean change", is_number=True),
        Column("95% CI", is_number=True),
        Column("Not both scored, n", is_number=True),
    )
    caption = "Scores of the same patients on the anchor drug alone and on the combination, the last of each."
    return TableBlock(
        "score_contrast", caption, columns, tuple(rows), notes.lines(REGRESSION_NOTE), is_wide=True
    )


def _mean_sd(index: EstimateIndex, measure: str, rule: str, level: str) -> str:
    mean, sd = (index.find(measure, "patient", s, rule=rule, level=level) for s in ("mean", "sd"))
    if mean is None or mean.estimate is None:
        return ABSENT
    spread = f" ({compute_number_text(sd.estimate)})" if sd is not None and sd.estimate is not None else ""
    return f"{compute_number_text(mean.estimate)}{spread}"
