"""Regimens side by side: how much more often there was a response than on the most frequent one."""

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import Column, Row, TableBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.labels import compute_label, compute_rule_phrase
from cotreat.report.numbers import compute_interval_text, compute_number_text, compute_share_text
from cotreat.report.tables import ABSENT, Notes, compute_reason_cell
from cotreat.report.tables_contrast import compute_points_text

_MEASURES = ("response_between_regimens", "response_at_week_between_regimens")
_UNIT = "pair"


def table_between_regimens(index: EstimateIndex) -> TableBlock | None:
    """Difference and ratio of the share that responded, of each regimen against the most frequent one."""
    notes = Notes()
    rows: list[Row] = []
    for measure in _MEASURES:
        rule = index.rule(measure, _UNIT)
        found = [e for e in index.of_measure(measure) if e.statistic == "difference" and e.rule == rule]
        headings = sorted({_heading(e) for e in found})
        for heading in headings:
            rows.append(Row((heading, *("",) * 3), is_group=True))
            own = [e for e in found if _heading(e) == heading]
            rows += [
                _row(index, e, notes) for e in sorted(own, key=lambda e: (-(e.denominator or 0), e.group))
            ]
    if not rows:
        return None
    columns = (
        Column("Regimen"),
        Column("n/N (%)", is_number=True),
        Column("Difference, points (95% CI)", is_number=True),
        Column("Ratio (95% CI)", is_number=True),
    )
    note = (
        "N: combinations whose response is known. Regimens were chosen for reasons and not drawn by lot: a "
        "difference is described and is not an effect."
    )
    caption = "Response between regimens, against the most frequent one."
    return TableBlock("response_between", caption, columns, tuple(rows), notes.lines(note))


def _heading(e: Estimate) -> str:
    """What is compared, and with whom."""
    week = _parts(e).get("week", "")
    at = f" at week {week}" if week else ""
    rule = f" ({compute_rule_phrase(e.rule)})" if e.rule else ""
    measure = "response_at_week" if week else "response"
    return f"{compute_label(e.level, measure)}{at}{rule}, {e.note.partition(';')[0]}"


def _parts(e: Estimate) -> dict[str, str]:
    pairs = (part.partition("=") for part in e.group.split(" & "))
    return {variable: level for variable, _, level in pairs}


def _row(index: EstimateIndex, difference: Estimate, notes: Notes) -> Row:
    n, of = difference.numerator, difference.denominator
    share = ABSENT if n is None or of is None else compute_share_text(n, of)
    ratio = index.find(
        difference.measure,
        _UNIT,
        "ratio",
        rule=difference.rule,
        group=difference.group,
        level=difference.level,
    )
    label = compute_label(_parts(difference).get("regimen", ""), "regimen")
    return Row((label, share, _difference(difference, notes), _ratio(ratio, notes)))


def _difference(e: Estimate, notes: Notes) -> str:
    if e.estimate is None:
        return compute_reason_cell(e, notes)
    ends = (None if end is None else 100 * end for end in (e.ci_lower, e.ci_upper))
    interval = compute_interval_text(*ends)
    return f"{compute_points_text(e)} ({interval}){notes.method(e)}" if interval else compute_points_text(e)


def _ratio(e: Estimate | None, notes: Notes) -> str:
    if e is None:
        return ABSENT
    parts = [part.strip() for part in e.note.split(";")]
    why = next((part for part in parts if part.startswith("no ")), "")
    if e.estimate is None:
        return f"{ABSENT} {notes.mark(why)}" if why else ABSENT
    number = compute_number_text(e.estimate, 2)
    interval = compute_interval_text(e.ci_lower, e.ci_upper, decimals=2)
    if interval:
        return f"{number} ({interval}){notes.method(e)}"
    return f"{number} {notes.mark(why)}" if why else number
