"""Laboratory values over time: median and quartiles before and while the first combination lasts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
from cotreat.report.numbers import compute_number_text
from cotreat.vocabulary import read_lab_tests

VALUE = "laboratory_value"
_PER_ROW = 3
_MOST_PANELS = 12
_LAST_MONTH = 24
_TOP_MM, _PLOT_MM, _FOOT_MM = 6.0, 30.0, 15.0
_LEFT_MM, _GAP_MM = 13.0, 12.0
_PANEL_MM = (WIDTH_MM - _LEFT_MM - (_PER_ROW - 1) * _GAP_MM - 2.0) / _PER_ROW
_ROOM_MM = 8.0  # between two counts below the axis


@dataclass(frozen=True, slots=True)
class _Point:
    month: int
    median: float
    q1: float
    q3: float
    n: int


@dataclass(frozen=True, slots=True)
class _Panel:
    name: str
    unit: str
    points: tuple[_Point, ...]


def plot_laboratory_values(index: EstimateIndex) -> FigureBlock | None:
    """One panel per test, its median and quartiles by month; None without values on a combination."""
    panels = [panel for panel in _panels(index) if any(point.month for point in panel.points)]
    shown = panels[:_MOST_PANELS]
    if not shown:
        return None
    left_out = len(panels) - len(shown)
    more = f" {left_out} more tests are in results.csv." if left_out else ""
    caption = (
        "Laboratory values before (month 0) and during the first combination: median and quartiles of the "
        "last value of each three months, patients below the axis. Who stops the combination leaves the "
        f"numbers.{more}"
    )
    rows = -(-len(shown) // _PER_ROW)
    return build_figure(
        Wording("laboratory_values", caption, " ".join(map(_said, shown))),
        rows * (_TOP_MM + _PLOT_MM + _FOOT_MM),
        lambda sheet: _draw(sheet, shown),
    )


def _panels(index: EstimateIndex) -> list[_Panel]:
    found: dict[str, dict[int, dict[str, float]]] = {}
    counts: dict[tuple[str, int], int] = {}
    for e in index.of_measure(VALUE):
        levels = dict(part.split("=", 1) for part in e.group.split(" & "))
        test, month = levels["test"], int(levels["month"])
        if e.estimate is not None and e.denominator and month <= _LAST_MONTH:
            found.setdefault(test, {}).setdefault(month, {})[e.statistic] = e.estimate
            counts[test, month] = e.denominator
    tests = read_lab_tests()
    return [
        _Panel(
            tests[test].name,
            tests[test].unit.replace("10*9", "\N{MULTIPLICATION SIGN}10\N{SUPERSCRIPT NINE}"),
            tuple(
                _Point(month, own["median"], own["q1"], own["q3"], counts[test, month])
                for month, own in sorted(months.items())
                if {"median", "q1", "q3"} <= own.keys()
            ),
        )
        for test, months in sorted(found.items(), key=lambda item: tests[item[0]].name)
    ]


def _said(panel: _Panel) -> str:
    parts = [f"month {p.month} median {_short(p.median)} in {p.n} patients" for p in panel.points]
    return f"{panel.name} ({panel.unit}): {', '.join(parts)}."


def _short(value: float) -> str:
    return compute_number_text(
        value, 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0, keep_zeros=False
    )


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Three to five round numbers around an interval."""
    power = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if (high - low) / (n * power) <= 3)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(place * step for place in range(first, last + 1))


def _draw(sheet: Sheet, panels: Sequence[_Panel]) -> None:
    for place, panel in enumerate(panels):
        row, column = divmod(place, _PER_ROW)
        left = _LEFT_MM + column * (_PANEL_MM + _GAP_MM)
        _draw_panel(sheet, panel, left, row * (_TOP_MM + _PLOT_MM + _FOOT_MM) + _TOP_MM)


def _draw_panel(sheet: Sheet, panel: _Panel, left: float, top: float) -> None:
    bottom, right = top + _PLOT_MM, left + _PANEL_MM
    title = compute_fitted_text(f"{panel.name}, {panel.unit}", _PANEL_MM)
    sheet.add_text(left, top - 3, title, is_bold=True)
    low, high = min(p.q1 for p in panel.points), max(p.q3 for p in panel.points)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    ticks = _ticks(max(0.0, low - room), high + room)
    low, high = ticks[0], ticks[-1]

    def height(value: float) -> float:
        return bottom - (value - low) / (high - low) * _PLOT_MM

    for tick in ticks:
        sheet.add_rule((left, right), (height(tick), height(tick)))
        sheet.add_text(left - 1.5, height(tick), _short(tick), size=SMALL_PT, align="right")
    sheet.add_line((left, right), (bottom, bottom))
    scale = (_PANEL_MM - 6) / max(3, *(p.month for p in panel.points))
    at = [(left + 3 + p.month * scale, p) for p in panel.points]
    if len(at) > 1:
        sheet.add_path([(x, height(p.median)) for x, p in at], colour=PALETTE[0])
    last = -_ROOM_MM
    for x, p in at:
        sheet.add_path([(x, height(p.q1)), (x, height(p.q3))], width=0.8, colour=PALETTE[0])
        sheet.add_marker(x, height(p.median), "o", size=4.5, fill="full", face=PALETTE[0])
        sheet.add_line((x, x), (bottom, bottom + 1))
        if x - last >= _ROOM_MM:
            sheet.add_text(x, bottom + 3.2, str(p.month), size=SMALL_PT, align="center")
            sheet.add_text(x, bottom + 6.8, str(p.n), size=6.0, align="center", colour=FAINT)
            last = x
    sheet.add_text(left + _PANEL_MM / 2, bottom + 10.6, "Month", size=SMALL_PT, align="center")
