"""Who the patients were: the study at a glance, Table 1, the sources."""

from collections.abc import Iterable
from typing import Any

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Glance, KeyFigure, Row, TableBlock
from cotreat.report.content import EstimateIndex, ReportInput
from cotreat.report.labels import SEX_ORDER, compute_label, compute_unit_noun
from cotreat.report.numbers import (
    NOT_ESTIMATED,
    compute_count_text,
    compute_interval_text,
    compute_percent_text,
)
from cotreat.report.tables import (
    Notes,
    Summary,
    build_summary,
    compute_level_order,
    compute_share_cell,
    compute_unknown_text,
)

_CHARACTERISTICS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("sex", "Sex", "first", SEX_ORDER),
    ("age_years", "Age, years", "first", ()),
    ("disease", "Disease", "first", ()),
    ("comorbidity", "Comorbidity", "any", ()),
    ("prior_therapy", "Previous systemic therapy", "any", ()),
)


def build_glance(inputs: ReportInput) -> Glance:
    """The numbers that a reader looks for first, each with its denominator and unit."""
    index = inputs.estimates
    counts = (_count_figure(index, measure, unit) for measure, unit in _COUNTS)
    shares = (
        _share_figure(index, "ongoing", "pair", "", "", "Ongoing combinations"),
        _share_figure(index, "response", "pair", "", "complete", "Complete responses"),
        _share_figure(
            index,
            "patients_with_adverse_event",
            "patient",
            _event_rule(index),
            "",
            "Patients with adverse event",
        ),
    )
    cutoff = KeyFigure(
        "Cut-off",
        inputs.cutoff.isoformat() if inputs.cutoff else "None",
        "last day of observation" if inputs.cutoff else "durations as recorded, without dates",
    )
    return Glance((*(f for f in (*counts, *shares) if f), cutoff))


_COUNTS = (("patients", "patient"), ("pairs", "pair"), ("courses", "course"), ("adverse_events", "event"))


def _event_rule(index: EstimateIndex) -> str:
    return index.rule("patients_with_adverse_event", "patient", "any", "")


def _count_figure(index: EstimateIndex, measure: str, unit: str) -> KeyFigure | None:
    estimate = index.find(measure, unit, "count", rule=index.rule(measure, unit, ""))
    if estimate is None:
        return None
    label = compute_unit_noun(unit, None).capitalize()
    if estimate.estimate is None:
        return KeyFigure(label, NOT_ESTIMATED, estimate.note)
    details = ["" if unit == "patient" else _of_patients(estimate)]
    if unit == "event" and estimate.n_missing:
        missing = compute_count_text(estimate.n_missing)
        details.append(f"unknown in {missing} {compute_unit_noun('pair', estimate.n_missing)}")
    detail = "; ".join(d for d in details if d)
    return KeyFigure(label, compute_count_text(int(estimate.estimate)), detail)


def _of_patients(estimate: Estimate) -> str:
    if estimate.n_patients is None:
        return ""
    return f"in {compute_count_text(estimate.n_patients)} {compute_unit_noun('patient', estimate.n_patients)}"


def _share_figure(
    index: EstimateIndex, measure: str, unit: str, rule: str, level: str, label: str
) -> KeyFigure | None:
    estimate = index.find(measure, unit, "proportion", rule=rule, level=level)
    if estimate is None:
        return None
    if estimate.numerator is None or not estimate.denominator:
        return KeyFigure(label, NOT_ESTIMATED, estimate.note)
    noun = compute_unit_noun(unit, estimate.denominator)
    interval = compute_interval_text(estimate.ci_lower, estimate.ci_upper, is_share=True)
    percent = compute_percent_text(estimate.numerator, estimate.denominator)
    unknown = "not assessable or unknown" if measure == "response" else "unknown"
    details = [
        f"{noun} ({percent}{f'; 95% CI {interval}' if interval else ''})",
        f"{unknown} in {compute_count_text(estimate.n_missing)}" if estimate.n_missing else "",
    ]
    counts = f"{compute_count_text(estimate.numerator)} of {compute_count_text(estimate.denominator)}"
    return KeyFigure(label, counts, "; ".join(d for d in details if d))


def table_characteristics(index: EstimateIndex) -> TableBlock | None:
    """Table 1: n/N (%) of every level, and age as mean, median and range; None without estimates."""
    notes = Notes()
    rows: list[Row] = []
    for measure, heading, rule, order in _CHARACTERISTICS:
        rows += (
            _age_rows(index, heading)
            if measure == "age_years"
            else _level_rows(
                index, measure, heading, index.rule(measure, "patient", rule, "first"), order, notes
            )
        )
    if not rows:
        return None
    total = index.find("patients", "patient", "count", rule=index.rule("patients", "patient", ""))
    n = f" (N = {compute_count_text(int(total.estimate))})" if total and total.estimate is not None else ""
    return TableBlock(
        "characteristics",
        "Characteristics of the patients.",
        (Column("Characteristic"), Column(f"Patients{n}", is_number=True)),
        tuple(rows),
        notes.lines(
            "n/N (%): patients with the characteristic / patients in whom it is known. A patient can have "
            "several comorbidities and several previous therapies. Where no row says unknown, it is known "
            "in all.",
            "IQR: interquartile range; SD: standard deviation.",
        ),
    )


def _level_rows(
    index: EstimateIndex, measure: str, heading: str, rule: str, order: tuple[str, ...], notes: Notes
) -> list[Row]:
    estimates = compute_level_order(index.levels(measure, "patient", rule), order)
    # "None" closes its list: it is an answer, but not one more characteristic.
    estimates.sort(key=lambda e: e.level == "none")
    if not estimates:
        return []
    rows = [Row((heading + ", n/N (%)", ""), is_group=True)]
    rows += [Row((compute_label(e.level, measure), compute_share_cell(e, notes))) for e in estimates]
    return rows + _unknown_rows(estimates)


def _unknown_rows(estimates: Iterable[Estimate]) -> list[Row]:
    there = list(estimates)
    if not any(e.n_missing for e in there):
        return []
    return [Row(("Unknown", compute_unknown_text(there, "patient")))]


def _age_rows(index: EstimateIndex, heading: str) -> list[Row]:
    summary = build_summary(index, "age_years", "patient", index.rule("age_years", "patient", "first"))
    any_ = summary.any
    if any_ is None:
        return []
    rows = [Row((heading, ""), is_group=True)]
    if any_.estimate is None:
        return [*rows, Row((NOT_ESTIMATED.capitalize(), any_.note))]
    rows += [Row(cells) for cells in _age_cells(summary)]
    return rows + _unknown_rows([any_])


def _age_cells(summary: Summary) -> list[tuple[str, str]]:
    return [
        ("Mean (SD)", summary.mean_sd()),
        ("Median [IQR]", summary.median_iqr()),
        ("Range", summary.range()),
    ]


def build_sources_text(inputs: ReportInput) -> str:
    """One sentence per source: its rows read, used and left out; then the patients that are left."""
    sentences = [_source_sentence(row) for row in inputs.sources.to_pylist()]
    steps = sorted(inputs.attrition.to_pylist(), key=lambda row: row["step"])
    # Where ends come from is counted last, of the rows that are used.
    counted = [step for step in steps if step["table"] != "ends"]
    patients = [step["patients"] for step in counted if step["patients"] is not None]
    if patients:
        noun = compute_unit_noun("patient", patients[-1])
        sentences.append(f"The rows that are used belong to {compute_count_text(patients[-1])} {noun}.")
    return " ".join(sentences) or "No source is recorded."


def _source_sentence(row: dict[str, Any]) -> str:
    sheet = f", sheet {row['sheet']}" if row.get("sheet") else ""
    counts = ", ".join(
        f"{compute_count_text(int(row[f'rows_{what}']))} {_rows_word(what, int(row[f'rows_{what}']))}"
        for what in ("read", "used", "left_out")
        if row.get(f"rows_{what}") is not None
    )
    about = f" ({row['about']})" if row.get("about") else ""
    return f"{row.get('file') or 'Source'}{sheet}{about}: {counts or 'rows not counted'}."


def _rows_word(what: str, count: int) -> str:
    if what == "read":
        return "row read" if count == 1 else "rows read"
    return what.replace("_", " ")


def table_attrition(inputs: ReportInput) -> TableBlock | None:
    """One row per counting step, in order; None when no step was recorded."""
    steps = sorted(inputs.attrition.to_pylist(), key=lambda row: row["step"])
    if not steps:
        return None
    rows = tuple(
        Row(
            (
                str(step["step"]),
                compute_label(step["table"] or ""),
                compute_label(step["reason"] or ""),
                _count_or_absent(step["rows"]),
                _count_or_absent(step["patients"]),
            )
        )
        for step in steps
    )
    columns = (
        Column("Step"),
        Column("Table"),
        Column("What was counted"),
        Column("Rows", is_number=True),
        Column("Patients", is_number=True),
    )
    return TableBlock("attrition", "From the rows of the sources to the rows of the study.", columns, rows)


def _count_or_absent(count: int | None) -> str:
    return "not counted" if count is None else compute_count_text(count)
