"""Where the days go: what each view of the treatments holds, and what explains the difference."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import ReportInput
from cotreat.report.numbers import compute_count_text

# What is counted in each view, and the title of the step that leads to it.
_VIEWS = {
    "exposures": "Days supplied, added over records",
    "eras": "Days of treatment, added over drugs",
    "segments": "Treated days, each day of a patient once",
    "pairs": "Days of pairs, added over pairs",
    "courses": "Days of courses, added over courses",
    "lines": "Days in lines of therapy",
    "states": "Person-time in days",
    "combined": "Treated days on an anchor and a partner",
    "combination": "Person-time in the state combination",
}
_TITLES = {
    ("exposures", "eras"): "From records to treatment with a drug",
    ("eras", "segments"): "From drugs to patients",
    ("segments", "pairs"): "From patients to pairs",
    ("pairs", "courses"): "From pairs to courses",
    ("segments", "lines"): "From treated days to lines of therapy",
    ("segments", "states"): "From treated days to person-time",
    ("combined", "combination"): "From days on both to person-time on both",
}
_ITEMS = {
    "supplied_twice": "supplied by an earlier record of the drug too",
    "bridged": "without supply, in gaps that end no treatment",
    "taken_as_ongoing": "after the last supply, taken as ongoing",
    "beside_another_drug": "on a second or further drug",
    "not_combined": "not on an anchor and a partner",
    "in_parallel_pairs": "in parallel pairs",
    "kind_not_counted": "of pairs whose kind is not counted",
    "short_untreated_gaps": "untreated, in gaps that end no line",
    "not_observed": "before observation began",
    "untreated_between": "untreated between treatments",
    "untreated_after": "untreated after the last treatment",
    "risk_window": "after a pair, in its risk window",
}


def table_days(inputs: ReportInput) -> TableBlock | None:
    """What each view holds in days, step by step; None when the source has no dates.

    A step in which an item comes from fewer patients than may be shown is left out.
    """
    if inputs.reconciliation is None:
        return None
    found = sorted(inputs.reconciliation.to_pylist(), key=lambda row: row["step"])
    rows = tuple(row for _, step in groupby(found, _step) for row in _rows(list(step)))
    if not rows:
        return None
    columns = (Column("Days"), Column("Number", is_number=True), Column("Patients", is_number=True))
    note = "The first number of a step and what is added or taken off add up to its last number."
    if inputs.protocol.minimum_count:
        note += " Patients and days are rounded here, so that they do so only about."
    return TableBlock("days", "Days that each view of the treatments holds.", columns, rows, (note,))


def _step(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["from_view"], row["to_view"]


def _rows(step: list[Mapping[str, Any]]) -> Iterator[Row]:
    view = _step(step[0])
    yield Row((_TITLES[view], "", ""), is_group=True)
    for row in step:
        sign = ""
        label = _VIEWS[view[0]]
        if row["item"] == "to":
            label = _VIEWS[view[1]]
        elif row["item"] != "from":
            label = _ITEMS[row["item"]]
            sign = "\N{MINUS SIGN}" if row["days"] < 0 else "+"
        days = f"{sign}{compute_count_text(abs(row['days']))}" if row["days"] else "0"
        yield Row((label, days, compute_count_text(row["patients"])))
