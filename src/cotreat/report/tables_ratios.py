"""How many times as often adverse events came in one exposure state as in another."""

from collections.abc import Iterator
from dataclasses import dataclass

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_phrase
from cotreat.report.numbers import compute_count_text, compute_interval_text, compute_number_text
from cotreat.report.tables import ABSENT, Notes

RATIO = "rate_ratio"
_UNIT = "event"
_RULES = (
    ("crude", "All time, not adjusted"),
    ("within_patient", "Within patients"),
    ("cohort, gee", "Cohort, patients as clusters"),
    ("cohort, random_effect", "Cohort, patients with own rates"),
)
_CLASSES = (("", "all events"), ("seriousness=serious & ", "serious events"))
_PAIRS = (
    ("combination", "anchor_only"),
    ("combination", "partner_only"),
    ("partner_only", "anchor_only"),
)


@dataclass(frozen=True, slots=True)
class RatioRow:
    """One ratio: how it was computed, and its estimate."""

    label: str
    estimate: Estimate

    @property
    def counted(self) -> str:
        """``12 v 30``: the events in each of the two states."""
        e = self.estimate
        if e.numerator is None or e.denominator is None:
            return ABSENT
        return f"{compute_count_text(e.numerator)} v {compute_count_text(e.denominator - e.numerator)}"


def compute_ratio_rows(index: EstimateIndex) -> Iterator[tuple[str, list[RatioRow]]]:
    """Each comparison of two states with its ratios, first of all events, then of serious ones."""
    for prefix, which in _CLASSES:
        for state, other in _PAIRS:
            group = f"{prefix}state={state}"
            rows = [
                RatioRow(label, e)
                for rule, label in _RULES
                for e in index.levels(RATIO, _UNIT, rule, group, "ratio")
                if e.level == f"against_{other}"
            ]
            if rows:
                names = compute_label(state, "state"), compute_phrase(other, "state")
                yield f"{names[0]} against {names[1]}, {which}", rows


def build_ratio_absence(index: EstimateIndex) -> str:
    """Why there is no rate ratio at all; empty when there are some, or the study has no events."""
    reasons = {e.note for e in index.of_measure(RATIO) if not e.group}
    return "" if any(compute_ratio_rows(index)) else "; ".join(sorted(reasons))


def table_rate_ratios(index: EstimateIndex) -> TableBlock | None:
    """Rate ratios by comparison and by how they are computed; None without dated person-time."""
    notes = Notes()
    rows: list[Row] = []
    for heading, found in compute_ratio_rows(index):
        rows.append(Row((heading, "", ""), is_group=True))
        rows += [Row((row.label, row.counted, _cell(row.estimate, notes))) for row in found]
    if not rows:
        return None
    refused = [
        f"{label}: {e.note}."
        for rule, label in _RULES
        for e in index.levels(RATIO, _UNIT, rule, "", "ratio")
        if e.estimate is None
    ]
    columns = (
        Column("Comparison"),
        Column("Events", is_number=True),
        Column("Rate ratio (95% CI)", is_number=True),
    )
    note = (
        "Above 1: more events per time in the state that is named first. All time: "
        "exact, mid-P, with events taken as independent. Within patients: each patient's own "
        "times, of patients with an event; biased where an event changes the treatment. Cohort: time after "
        "the first anchor drug, adjusted for calendar year, time since then, age, sex and the protocol's "
        "covariates. Drugs are added and stopped for reasons that have to do with events: described, not an "
        "effect."
    )
    caption = "How many times as often adverse events came in one exposure state as in another."
    return TableBlock("rate_ratios", caption, columns, tuple(rows), notes.lines(note, *refused))


def _cell(e: Estimate, notes: Notes) -> str:
    interval = compute_interval_text(e.ci_lower, e.ci_upper, decimals=2)
    if e.estimate is None and not interval:
        # What was counted stands beside it.
        return f"{ABSENT} {notes.mark(e.note.rpartition('; ')[2])}"
    ratio = ABSENT if e.estimate is None else compute_number_text(e.estimate, 2)
    return f"{ratio} ({interval}){notes.method(e)}"
