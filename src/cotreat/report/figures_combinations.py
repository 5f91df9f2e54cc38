"""Which drugs were taken together, set by set: an UpSet plot of the courses."""

from collections.abc import Mapping, Sequence

from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    BAND,
    INK,
    PALETTE,
    RULE,
    SMALL_PT,
    WIDTH_MM,
    Fill,
    Sheet,
    Wording,
    build_figure,
    compute_axis_ticks,
    compute_text_width,
)
from cotreat.report.labels import compute_label, compute_phrase, compute_unit_noun
from cotreat.report.numbers import compute_count_text
from cotreat.report.sentences import compute_joined_text, compute_units_text

_MEASURE = "drug_set"
_UNIT = "course"
_MOST_SETS = 24
_TOP_MM, _BARS_MM, _ROW_MM, _TOTALS_MM = 5.0, 34.0, 4.6, 26.0
_WIDEST_PITCH_MM = 8.0
_STEPS = tuple(step * 10.0**power for power in range(7) for step in (1.0, 2.0, 5.0))


def plot_combinations(index: EstimateIndex) -> FigureBlock | None:
    """Courses by the set of their drugs; None without any.

    Heights are numbers of courses; of very many sets the most frequent are drawn and the rest is
    said in the caption.
    """
    found = index.levels(_MEASURE, _UNIT, "any", "", "count")
    counts = {e.level: e.numerator for e in found if e.numerator}
    if not counts:
        return None
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    shown = ordered[:_MOST_SETS]
    totals: dict[str, int] = {}
    for name, n in counts.items():
        for drug in name.split(" + "):
            totals[drug] = totals.get(drug, 0) + n
    in_sets = {drug for name in shown for drug in name.split(" + ")}
    drugs = sorted(in_sets, key=lambda drug: (-totals[drug], drug))
    left_out = sum(counts[name] for name in ordered[_MOST_SETS:])
    rest = (
        f" The {len(shown)} most frequent of {compute_count_text(len(ordered))} sets are drawn; the others "
        f"have {compute_units_text(_UNIT, left_out)}."
        if left_out
        else ""
    )
    n_courses = sum(counts.values())
    caption = (
        f"Drugs taken together, in {compute_units_text(_UNIT, n_courses)}: each column is a set of drugs "
        "(dots), the bar above it the number of courses with exactly this set; bars on the left are courses "
        f"with the drug.{rest}"
    )
    listed = [f"{compute_phrase(name, 'regimen')} {compute_count_text(counts[name])}" for name in shown[:6]]
    alt = (
        f"UpSet plot of {compute_units_text(_UNIT, n_courses)} in {compute_count_text(len(ordered))} "
        f"{'set' if len(ordered) == 1 else 'sets'} of drugs. Most frequent: {compute_joined_text(listed)}."
    )
    height = _TOP_MM + _BARS_MM + 3 + len(drugs) * _ROW_MM + 9
    return build_figure(
        Wording("combinations", caption, alt),
        height,
        lambda sheet: _draw(sheet, [(name, counts[name]) for name in shown], drugs, totals),
    )


def _draw(
    sheet: Sheet, sets: Sequence[tuple[str, int]], drugs: Sequence[str], totals: Mapping[str, int]
) -> None:
    names = {drug: compute_label(drug, "drug") for drug in drugs}
    widest = max(compute_text_width(name, SMALL_PT) for name in names.values())
    left = _TOTALS_MM + widest + 5
    pitch = min(_WIDEST_PITCH_MM, (WIDTH_MM - left - 2) / len(sets))
    bottom = _TOP_MM + _BARS_MM
    _draw_counts(sheet, sets, left, pitch, bottom)
    _draw_totals(sheet, drugs, totals, bottom + 3)
    row_of = {drug: bottom + 3 + (i + 0.5) * _ROW_MM for i, drug in enumerate(drugs)}
    right = left + pitch * len(sets)
    for i, drug in enumerate(drugs):
        if i % 2 == 0:
            sheet.add_band(_TOTALS_MM + 1, row_of[drug] - _ROW_MM / 2, right - _TOTALS_MM - 1, _ROW_MM, BAND)
        sheet.add_text(left - 3, row_of[drug], names[drug], size=SMALL_PT, align="right")
    size = min(5.0, pitch * 1.3)
    for i, (name, _) in enumerate(sets):
        x = left + (i + 0.5) * pitch
        members = set(name.split(" + "))
        rows = [row_of[drug] for drug in drugs if drug in members]
        sheet.add_line((x, x), (min(rows), max(rows)), width=1.2)
        for drug, y in row_of.items():
            is_in = drug in members
            colour = INK if is_in else RULE
            sheet.add_marker(
                x, y, "o", size=size if is_in else size * 0.6, fill="full", face=colour, edge=colour
            )


def _draw_counts(
    sheet: Sheet, sets: Sequence[tuple[str, int]], left: float, pitch: float, bottom: float
) -> None:
    largest = max(n for _, n in sets)
    ticks = compute_axis_ticks(float(largest), _STEPS, most=5)
    scale = (_BARS_MM - 3) / ticks[-1]
    right = left + pitch * len(sets)
    for tick in ticks:
        y = bottom - tick * scale
        sheet.add_rule((left, right), (y, y))
        sheet.add_text(left - 2, y, compute_count_text(int(tick)), size=SMALL_PT, align="right")
    sheet.add_text(
        left - 2, _TOP_MM - 1.5, compute_unit_noun(_UNIT, None).capitalize(), size=SMALL_PT, align="right"
    )
    for i, (_, n) in enumerate(sets):
        x, height = left + (i + 0.5) * pitch, n * scale
        width = pitch * 0.62
        sheet.add_bar(x - width / 2, bottom - height / 2, width, height, Fill(PALETTE[0]))
        text = compute_count_text(n)
        if compute_text_width(text, 6.0) <= pitch:
            sheet.add_text(x, bottom - height - 1.6, text, size=6.0, align="center")
    sheet.add_line((left, right), (bottom, bottom))


def _draw_totals(sheet: Sheet, drugs: Sequence[str], totals: Mapping[str, int], top: float) -> None:
    """Courses with each drug, to the left of its name."""
    largest = max(totals[drug] for drug in drugs)
    widest = max(compute_text_width(compute_count_text(totals[drug]), 6.0) for drug in drugs)
    scale = (_TOTALS_MM - widest - 2) / largest
    for i, drug in enumerate(drugs):
        y, width = top + (i + 0.5) * _ROW_MM, totals[drug] * scale
        sheet.add_bar(_TOTALS_MM - width, y, width, _ROW_MM * 0.55, Fill(PALETTE[5]))
        sheet.add_text(_TOTALS_MM - width - 0.8, y, compute_count_text(totals[drug]), size=6.0, align="right")
    sheet.add_text(0.5, top + len(drugs) * _ROW_MM + 2.6, "Courses with the drug", size=SMALL_PT)
