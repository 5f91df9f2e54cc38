"""Response over time: the share that met each criterion at each week, what is missing counted both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotreat.analysis.measures import AS_OBSERVED, NON_RESPONDER
from cotreat.analysis.results import Estimate
from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    FAINT,
    PALETTE,
    SMALL_PT,
    WIDTH_MM,
    Sheet,
    Wording,
    build_figure,
    compute_fitted_text,
)
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_percent_text
from cotreat.report.tables_scores import compute_criteria, compute_weeks

_PER_ROW = 3
_TOP_MM, _PLOT_MM, _FOOT_MM, _KEY_MM = 6.0, 40.0, 17.0, 6.0
_LEFT_MM, _GAP_MM = 13.0, 9.0
_PANEL_MM = (WIDTH_MM - _LEFT_MM - (_PER_ROW - 1) * _GAP_MM - 2.0) / _PER_ROW
_WEEKS_BESIDE = 8  # more would write one number over the other
_FAILURE_COLOUR, _OBSERVED_COLOUR = PALETTE[0], PALETTE[1]
_APART_MM = 1.3


@dataclass(frozen=True, slots=True)
class _Panel:
    """One criterion: its estimates by week under both rules."""

    label: str
    failure: tuple[tuple[int, Estimate], ...]
    observed: tuple[tuple[int, Estimate], ...]


def plot_response_over_time(index: EstimateIndex) -> FigureBlock | None:
    """One panel per criterion, the share of courses that met it at each week; None without a week."""
    weeks = compute_weeks(index)
    criteria = dict.fromkeys(
        c for week in weeks for c in compute_criteria(index, "response_at_week", f"week={week}")
    )
    panels = [_panel(index, criterion, weeks) for criterion in criteria]
    shown = [panel for panel in panels if panel.failure]
    if not shown:
        return None
    rows = -(-len(shown) // _PER_ROW)
    caption = (
        "Response at each week since the first day of the course, with 95% intervals: share of the courses "
        "that could newly meet the criterion and could be observed so long. Full circles count what is "
        "missing as failure (n/N below the axis), empty ones leave it out."
    )
    return build_figure(
        Wording("response_over_time", caption, " ".join(map(_said, shown))),
        rows * (_TOP_MM + _PLOT_MM + _FOOT_MM) + _KEY_MM,
        lambda sheet: _draw(sheet, shown, weeks),
    )


def _panel(index: EstimateIndex, criterion: str, weeks: Sequence[int]) -> _Panel:
    def found(rule: str) -> tuple[tuple[int, Estimate], ...]:
        by_week = (
            (
                week,
                index.find(
                    "response_at_week",
                    "course",
                    "proportion",
                    rule=rule,
                    group=f"week={week}",
                    level=criterion,
                ),
            )
            for week in weeks
        )
        return tuple((week, e) for week, e in by_week if e is not None and e.estimate is not None)

    return _Panel(compute_label(criterion, "response_at_week"), found(NON_RESPONDER), found(AS_OBSERVED))


def _said(panel: _Panel) -> str:
    shares = [
        f"week {week} {e.numerator} of {e.denominator} courses "
        f"({compute_percent_text(e.numerator or 0, e.denominator or 1)})"
        for week, e in panel.failure
    ]
    return f"{panel.label}, missing as failure: {', '.join(shares)}."


def _draw(sheet: Sheet, panels: Sequence[_Panel], weeks: Sequence[int]) -> None:
    height = _TOP_MM + _PLOT_MM + _FOOT_MM
    for place, panel in enumerate(panels):
        row, column = divmod(place, _PER_ROW)
        left = _LEFT_MM + column * (_PANEL_MM + _GAP_MM)
        _draw_panel(sheet, panel, weeks, left, row * height + _TOP_MM, is_first=column == 0)
    bottom = -(-len(panels) // _PER_ROW) * height + _KEY_MM / 2
    for x, fill, colour, text in (
        (_LEFT_MM, "full", _FAILURE_COLOUR, "Missing counted as failure"),
        (_LEFT_MM + 52, "none", _OBSERVED_COLOUR, "As observed"),
    ):
        sheet.add_path([(x, bottom), (x + 7, bottom)], colour=colour, dash="-" if fill == "full" else "--")
        sheet.add_marker(x + 3.5, bottom, "o", size=4.5, fill=fill, face=colour)
        sheet.add_text(x + 9, bottom, text)


def _draw_panel(
    sheet: Sheet, panel: _Panel, weeks: Sequence[int], left: float, top: float, *, is_first: bool
) -> None:
    bottom = top + _PLOT_MM
    right = left + _PANEL_MM
    sheet.add_text(left, top - 3, compute_fitted_text(panel.label, _PANEL_MM * 0.85), is_bold=True)
    for percent in (0, 25, 50, 75, 100):
        y = bottom - percent / 100 * _PLOT_MM
        sheet.add_rule((left, right), (y, y))
        if is_first:
            sheet.add_text(left - 1.5, y, str(percent), size=SMALL_PT, align="right")
    if is_first:
        sheet.add_text(left - 11.5, top - 3, "%", size=SMALL_PT)
    sheet.add_line((left, right), (bottom, bottom))
    scale = _PANEL_MM / (max(weeks) * 1.12)
    _draw_weeks(sheet, panel, weeks, left, bottom, scale)
    both = ((panel.failure, "full", _FAILURE_COLOUR, -1), (panel.observed, "none", _OBSERVED_COLOUR, 1))
    for found, fill, colour, side in both:
        points = [
            (left + week * scale + side * _APART_MM / 2, bottom - (e.estimate or 0.0) * _PLOT_MM)
            for week, e in found
        ]
        if len(points) > 1:
            sheet.add_path(points, colour=colour, dash="-" if fill == "full" else "--")
        for (x, y), (_, e) in zip(points, found, strict=True):
            low, high = (e.ci_lower or 0.0), (1.0 if e.ci_upper is None else e.ci_upper)
            sheet.add_path(
                [(x, bottom - low * _PLOT_MM), (x, bottom - high * _PLOT_MM)], width=0.8, colour=colour
            )
            sheet.add_marker(x, y, "o", size=4.5, fill=fill, face=colour)


def _draw_weeks(
    sheet: Sheet, panel: _Panel, weeks: Sequence[int], left: float, bottom: float, scale: float
) -> None:
    """The weeks below the axis, and the counts below them, as far as they have room."""
    counts = dict(panel.failure)
    every = -(-len(weeks) // _WEEKS_BESIDE)
    last = -99.0
    for week in weeks[::every]:
        x = left + week * scale
        sheet.add_line((x, x), (bottom, bottom + 1))
        sheet.add_text(x, bottom + 3.2, str(week), size=SMALL_PT, align="center")
        if week in counts and x - last >= 10:  # room for 100/100
            e = counts[week]
            sheet.add_text(
                x, bottom + 7.2, f"{e.numerator}/{e.denominator}", size=6.0, align="center", colour=FAINT
            )
            last = x
    sheet.add_text(left + _PANEL_MM / 2, bottom + 11.5, "Week", size=SMALL_PT, align="center")
