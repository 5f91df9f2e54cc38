"""One number under every choice, from the least to the greatest, with the choices below."""

from collections.abc import Sequence

from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    FAINT,
    INK,
    SMALL_PT,
    WIDTH_MM,
    Sheet,
    Wording,
    build_figure,
    compute_axis_ticks,
    compute_text_width,
)
from cotreat.report.labels import compute_rule_phrase, compute_unit_noun
from cotreat.report.numbers import compute_count_text
from cotreat.report.tables_multiverse import (
    Universe,
    compute_asked_unit,
    compute_choice_text,
    compute_universes,
    compute_value_text,
)

# One of many universes: more than so many columns cannot be told apart, and every n-th is drawn.
_MOST_COLUMNS = 120
_TOP_MM, _PLOT_MM, _ROW_MM, _GAP_MM = 5.0, 46.0, 4.2, 7.0
_STEPS = (5.0, 10.0, 20.0, 25.0)
_CHOICE_HEADINGS = {
    "grace_period": "Grace period, days",
    "min_overlap": "Shortest overlap, days",
    "short_courses": "Short courses",
    "parallel_partners": "Parallel partners",
}


def plot_multiverse(index: EstimateIndex) -> FigureBlock | None:
    """Complete response under every choice as a specification curve; None with fewer than two choices."""
    found = [u for u in compute_universes(index, "response") if u.estimate.estimate is not None]
    if len(found) < 2:
        return None
    ordered = sorted(found, key=lambda u: (u.estimate.estimate or 0.0, u.estimate.rule, u.estimate.group))
    step = -(-len(ordered) // _MOST_COLUMNS)
    shown = ordered[::step]
    thinned = f" Of {compute_count_text(len(ordered))} every {step}th is drawn." if step > 1 else ""
    caption = (
        "Complete response under every combination of declared choices, from the least to the greatest: "
        f"lines are 95% confidence intervals, and dots below say which choice was made.{thinned}"
    )
    alt = (
        f"Specification curve of {compute_count_text(len(ordered))} estimates of complete response. Least: "
        f"{compute_value_text(ordered[0].estimate)} ({compute_choice_text(ordered[0])}). Greatest: "
        f"{compute_value_text(ordered[-1].estimate)} ({compute_choice_text(ordered[-1])})."
    )
    rows = _rows(shown)
    height = _TOP_MM + _PLOT_MM + _GAP_MM + sum(len(options) + 1.3 for _, options in rows) * _ROW_MM
    return build_figure(Wording("multiverse", caption, alt), height, lambda sheet: _draw(sheet, shown, rows))


def _option(universe: Universe, name: str) -> str:
    if name in _CHOICE_HEADINGS:
        return universe.choices.get(name, "").replace("_", " ")
    unit_of_analysis, rule = compute_asked_unit(universe)
    rule = compute_rule_phrase(rule)
    unit = compute_unit_noun(unit_of_analysis, None).capitalize()
    return f"{unit}: {rule}" if rule else unit


def _rows(universes: Sequence[Universe]) -> list[tuple[str, list[str]]]:
    """The choices that differ, with their options in order."""
    names = [*_CHOICE_HEADINGS, "Unit of analysis"]
    found: list[tuple[str, list[str]]] = []
    for name in names:
        options = sorted({_option(u, name) for u in universes}, key=_in_order)
        if len(options) > 1:
            found.append((name, options))
    return found


def _in_order(option: str) -> tuple[int, str]:
    return (int(option), "") if option.isdigit() else (0, option)


def _draw(sheet: Sheet, universes: Sequence[Universe], rows: Sequence[tuple[str, list[str]]]) -> None:
    labels = [option for _, options in rows for option in options]
    left = max((compute_text_width(text, SMALL_PT) for text in (*labels, "response, %")), default=0.0) + 9
    right = WIDTH_MM - 3
    pitch = (right - left) / len(universes)
    highest = max(u.estimate.ci_upper or u.estimate.estimate or 0.0 for u in universes) * 100
    ticks = compute_axis_ticks(max(highest, 1.0), _STEPS)
    bottom = _TOP_MM + _PLOT_MM
    scale = _PLOT_MM / ticks[-1]
    for tick in ticks:
        y = bottom - tick * scale
        sheet.add_rule((left, right), (y, y))
        sheet.add_text(left - 2, y, f"{tick:g}", size=SMALL_PT, align="right")
    sheet.add_text(1, _TOP_MM, "Complete", size=SMALL_PT)
    sheet.add_text(1, _TOP_MM + 3.4, "response, %", size=SMALL_PT)
    places = [left + (i + 0.5) * pitch for i in range(len(universes))]
    for x, u in zip(places, universes, strict=True):
        e = u.estimate
        if e.ci_lower is not None and e.ci_upper is not None:
            sheet.add_line((x, x), (bottom - e.ci_lower * 100 * scale, bottom - e.ci_upper * 100 * scale))
        sheet.add_marker(
            x, bottom - (e.estimate or 0.0) * 100 * scale, "o", size=min(4.0, pitch * 2), fill="full"
        )
    y = bottom + _GAP_MM
    for name, options in rows:
        sheet.add_text(1, y, _CHOICE_HEADINGS.get(name, name), size=SMALL_PT, is_bold=True)
        for option in options:
            y += _ROW_MM
            sheet.add_text(4, y, option[:1].upper() + option[1:], size=SMALL_PT, colour=FAINT)
            sheet.add_rule((left, right), (y, y))
            for x, u in zip(places, universes, strict=True):
                if _option(u, name) == option:
                    sheet.add_marker(x, y, "o", size=min(3.0, pitch * 2), fill="full", face=INK)
        y += _ROW_MM * 1.3
