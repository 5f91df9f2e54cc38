"""How well the combination worked: by group, and under every unit and rule."""

from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import AS_FAILURE, EstimateIndex
from cotreat.report.labels import compute_label, compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import compute_count_text
from cotreat.report.tables import ABSENT, CI_HEADING, Notes, compute_interval_cell, compute_share_cell
from cotreat.report.tables_treatment import GROUPINGS

UNASSESSABLE = "Not assessable or unknown"


def table_response(index: EstimateIndex) -> TableBlock | None:
    """Response per combination: all, by disease, by partner, by regimen and by reason."""
    rule = index.rule("response", "pair", "")
    if not index.has_known("response", "pair", rule):
        return None
    notes = Notes()
    rows = [_response_row(index, rule, "", "All combinations", notes)]
    for variable, heading in GROUPINGS:
        groups = index.groups("response", "pair", rule, variable)
        if groups:
            rows.append(Row((heading, *("",) * 5), is_group=True))
        rows += [
            _response_row(index, rule, g, compute_label(g.partition("=")[2], variable), notes)
            for g in sorted(groups, key=lambda g: (-_denominator(index, rule, g), g))
        ]
    columns = (
        Column("Combinations"),
        Column("Complete, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Partial, n/N (%)", is_number=True),
        Column("No response, n/N (%)", is_number=True),
        Column(f"{UNASSESSABLE}, n", is_number=True),
    )
    note = "N: combinations with an assessable response. The interval belongs to complete response."
    return TableBlock("response", "Response to the combination.", columns, tuple(rows), notes.lines(note))


def _denominator(index: EstimateIndex, rule: str, group: str) -> int:
    return max((e.denominator or 0 for e in index.levels("response", "pair", rule, group)), default=0)


def _response_row(index: EstimateIndex, rule: str, group: str, label: str, notes: Notes) -> Row:
    by_level = {e.level: e for e in index.levels("response", "pair", rule, group)}
    complete = by_level.get("complete")
    missing = next((e.n_missing for e in by_level.values() if e.n_missing is not None), None)
    cells = (
        compute_share_cell(complete, notes),
        compute_interval_cell(complete, notes),
        compute_share_cell(by_level.get("partial"), notes),
        compute_share_cell(by_level.get("none"), notes),
        ABSENT if missing is None else compute_count_text(missing),
    )
    return Row((label, *cells))


def table_complete_response(index: EstimateIndex) -> TableBlock | None:
    """Complete response under every unit of analysis and rule."""
    notes = Notes()
    rows: list[Row] = []
    for unit in ("pair", "course", "patient"):
        for rule in sorted(index.rules("response", unit), key=lambda r: (r.endswith(AS_FAILURE), r)):
            estimate = index.find("response", unit, "proportion", rule=rule, level="complete")
            if estimate is None or not index.has_known("response", unit, rule):
                continue
            left_out = ABSENT if estimate.n_missing is None else compute_count_text(estimate.n_missing)
            cells = (compute_share_cell(estimate, notes), compute_interval_cell(estimate, notes), left_out)
            rows.append(Row((_variant_label(unit, rule), *cells)))
    if not rows:
        return None
    columns = (
        Column("Unit of analysis and rule"),
        Column("Complete response, n/N (%)", is_number=True),
        Column(CI_HEADING, is_number=True),
        Column("Left out, n", is_number=True),
    )
    note = "Left out: not assessable or unknown; where not assessable counts as failure, unknown only."
    caption = "Complete response by unit of analysis and rule."
    return TableBlock("complete_response", caption, columns, tuple(rows), notes.lines(note))


def _variant_label(unit: str, rule: str) -> str:
    phrase = compute_rule_phrase(rule)
    noun = compute_unit_noun(unit, None).capitalize()
    return f"{noun}: {phrase}" if phrase else noun
