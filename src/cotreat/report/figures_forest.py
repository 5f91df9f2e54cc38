"""Forest plots: how often adverse events came, and how many times as often in one state as in another."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    INK,
    PALETTE,
    SMALL_PT,
    WIDTH_MM,
    Sheet,
    Wording,
    build_figure,
    compute_axis_ticks,
    compute_fitted_text,
)
from cotreat.report.numbers import compute_interval_text, compute_number_text
from cotreat.report.tables import ABSENT
from cotreat.report.tables_rates import RateRow, compute_rate_rows
from cotreat.report.tables_ratios import RatioRow, compute_ratio_rows

_MOST_ROWS = 24
_ROW_MM, _TOP_MM, _FOOT_MM = 5.0, 7.0, 13.0
_NAME_MM, _LEFT_MM, _RIGHT_MM = 50.0, 78.0, 130.0
# The last sign of a right-aligned text is a little wider than its measured width.
_EDGE_MM = 0.8
_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0, 20000.0)
_RATIO_TICKS = (0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)
_SMALLEST, _LARGEST = 0.05, 20.0


@dataclass(frozen=True, slots=True)
class _Line:
    """One row: its name, what was counted, and the estimate with its interval where there is one."""

    name: str
    counted: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    decimals: int = 1
    is_heading: bool = False

    @property
    def text(self) -> str:
        if self.is_heading:
            return ""
        interval = compute_interval_text(self.lower, self.upper, decimals=self.decimals)
        value = ABSENT if self.value is None else compute_number_text(self.value, self.decimals)
        return f"{value} ({interval})" if interval else value

    @property
    def spoken(self) -> str:
        return f"{self.name}: {self.text}" if self.text != ABSENT else f"{self.name}: not estimated"


@dataclass(frozen=True, slots=True)
class _Axis:
    """From a value to a place between the two edges, with the ticks and the line that means no difference."""

    place: Callable[[float], float]
    ticks: Sequence[float]
    heading: str
    label: str
    reference: float | None = None
    value_heading: str = "Estimate (95% CI)"


def plot_rates(index: EstimateIndex) -> FigureBlock | None:
    """Events per 100 patient-years with intervals, by exposure state and regimen; None without rates."""
    rows = compute_rate_rows(index)
    lines = [_rate_line(row) for row in rows[:_MOST_ROWS]]
    known = [line.value for line in lines if line.value is not None]
    if not known:
        return None
    # A bound from little time would press everything else against the left edge.
    ends = [line.upper for line in lines if line.upper is not None]
    largest = min(max([*ends, *known]), 2.5 * max(known) or math.inf) or 1.0
    ticks = compute_axis_ticks(largest, _STEPS, most=5)
    # Under disclosure control rates are shown without intervals.
    interval, arrow = ("", "") if not ends else (", 95% CI", " An arrow leads to an end beyond the axis.")
    axis = _Axis(
        lambda value: value / ticks[-1],
        ticks,
        "Events/years",
        f"Adverse events per 100 patient-years{interval}",
        value_heading="Estimate (95% CI)" if ends else "Estimate",
    )
    caption = (
        "How often adverse events came: all events per 100 patient-years"
        f"{', with 95% confidence intervals' if ends else ''}.{arrow}{_left_out(len(rows) - len(lines))}"
    )
    return _figure("event_rates", caption, lines, axis)


def plot_rate_ratios(index: EstimateIndex) -> FigureBlock | None:
    """Rate ratios of exposure states, one row for each way to compute them; None without any."""
    lines: list[_Line] = []
    for heading, rows in compute_ratio_rows(index):
        shown = [row for row in rows if row.estimate.estimate is not None or row.estimate.ci_lower]
        if shown:
            lines += [_Line(heading, "", is_heading=True), *map(_ratio_line, shown)]
    if not lines:
        return None
    ends = [end for line in lines for end in (line.value, line.lower, line.upper) if end]
    low, high = max(_SMALLEST, min(*ends, 0.5)), min(_LARGEST, max(*ends, 2.0))
    ticks = [tick for tick in _RATIO_TICKS if low * 0.99 <= tick <= high * 1.01]

    def place(value: float) -> float:
        return math.log(value / low) / math.log(high / low) if value > 0 else -math.inf

    axis = _Axis(place, ticks, "Events", "Rate ratio, 95% CI; the line is no difference", reference=1.0)
    caption = (
        "How many times as often adverse events came in one exposure state as in another, on a logarithmic "
        "axis. Drugs are added and stopped for reasons that have to do with events: described, not an "
        "effect. An arrow leads to an end beyond the axis."
    )
    return _figure("rate_ratios", caption, lines, axis)


def _left_out(count: int) -> str:
    return f" {count} more {'is' if count == 1 else 'are'} in the table." if count else ""


def _rate_line(row: RateRow) -> _Line:
    e = row.estimate
    if e is None:
        return _Line(row.label, "", is_heading=row.is_heading)
    return _Line(row.label, row.counted, e.estimate, e.ci_lower, e.ci_upper)


def _ratio_line(row: RatioRow) -> _Line:
    e = row.estimate
    return _Line(row.label, row.counted, e.estimate, e.ci_lower, e.ci_upper, decimals=2)


def _figure(name: str, caption: str, lines: Sequence[_Line], axis: _Axis) -> FigureBlock:
    alt = "; ".join(f"{line.name}" if line.is_heading else line.spoken for line in lines)
    height = _TOP_MM + len(lines) * _ROW_MM + _FOOT_MM
    return build_figure(
        Wording(name, caption, f"{axis.label}. {alt}."), height, lambda sheet: _draw(sheet, lines, axis)
    )


def _draw(sheet: Sheet, lines: Sequence[_Line], axis: _Axis) -> None:
    bottom = _TOP_MM + len(lines) * _ROW_MM

    def at(value: float) -> float:
        return _LEFT_MM + axis.place(value) * (_RIGHT_MM - _LEFT_MM)

    sheet.add_text(_LEFT_MM - 4, 3, axis.heading, size=SMALL_PT, align="right", is_bold=True)
    sheet.add_text(WIDTH_MM - _EDGE_MM, 3, axis.value_heading, size=SMALL_PT, align="right", is_bold=True)
    for tick in axis.ticks:
        sheet.add_rule((at(tick), at(tick)), (_TOP_MM, bottom))
        text = compute_number_text(tick, 2, keep_zeros=False)
        sheet.add_text(at(tick), bottom + 3.2, text, size=SMALL_PT, align="center")
    if axis.reference is not None:
        sheet.add_path([(at(axis.reference), _TOP_MM), (at(axis.reference), bottom)], width=0.8, dash="--")
    sheet.add_line((_LEFT_MM, _RIGHT_MM), (bottom, bottom))
    sheet.add_text((_LEFT_MM + _RIGHT_MM) / 2, bottom + 8.5, axis.label, size=SMALL_PT, align="center")
    for place, line in enumerate(lines):
        _draw_line(sheet, line, _TOP_MM + (place + 0.5) * _ROW_MM, at)


def _draw_line(sheet: Sheet, line: _Line, y: float, at: Callable[[float], float]) -> None:
    if line.is_heading:
        sheet.add_text(0.5, y, compute_fitted_text(line.name, WIDTH_MM - 1), is_bold=True)
        return
    sheet.add_text(2.5, y, compute_fitted_text(line.name, _NAME_MM))
    sheet.add_text(_LEFT_MM - 4, y, line.counted, size=SMALL_PT, align="right")
    sheet.add_text(WIDTH_MM - _EDGE_MM, y, line.text, size=SMALL_PT, align="right")
    lower, upper = line.lower, line.upper
    if lower is not None or upper is not None:
        start = -math.inf if lower is None else at(lower)
        end = math.inf if upper is None else at(upper)
        inside = max(start, _LEFT_MM), min(end, _RIGHT_MM)
        if inside[0] < inside[1]:
            sheet.add_path([(inside[0], y), (inside[1], y)], width=1.1, colour=PALETTE[0])
        if end > _RIGHT_MM:
            sheet.add_arrow(_RIGHT_MM - 0.6, y, 2.2, PALETTE[0])
        if start < _LEFT_MM and line.lower != 0.0:
            sheet.add_arrow(_LEFT_MM + 0.6, y, -2.2, PALETTE[0])
    if line.value is not None and _LEFT_MM <= at(line.value) <= _RIGHT_MM:
        sheet.add_marker(at(line.value), y, "s", size=4.6, fill="full", face=PALETTE[0], edge=INK)
