"""Curves: how long combinations were kept, and why they ended, over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    FAINT,
    PALETTE,
    SMALL_PT,
    WIDTH_MM,
    Dash,
    Fill,
    Sheet,
    Wording,
    build_figure,
    compute_axis_ticks,
)
from cotreat.report.labels import compute_label, compute_phrase
from cotreat.report.numbers import compute_count_text, compute_rounded
from cotreat.report.sentences import compute_units_text
from cotreat.report.tables_survival import RULES, compute_curve_rule, compute_months

Point = tuple[float, float]

_MOST_CURVES = 5
_LEFT_MM, _RIGHT_MM, _TOP_MM, _PLOT_MM = 34.0, 6.0, 4.0, 62.0
_AXIS_MM, _ROW_MM = 13.0, 4.4
_STEPS = (0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0)
# An axis that is longer than its curve by a twentieth; shares of a sum that are as good as nothing.
_ROOM, _TINY = 1.05, 1e-9
_DASHES: tuple[Dash, ...] = ("-", "--", "-.", ":", "long")
_BAND = Fill("#d5e5f2")
_FILLS = {
    "adverse_event": Fill("#d55e00", "////", "#ffffff"),
    "ineffectiveness": Fill("#5a5a5a"),
    "remission": Fill("#56b4e9", "||||", "#ffffff"),
    "other": Fill("#f0e442", "....", "#1a1a1a"),
    "death": Fill("#1a1a1a"),
    "unknown": Fill("#dddddd", "\\\\\\\\", "#8a8a8a"),
}


@dataclass(frozen=True, slots=True)
class _Curve:
    """One curve: its name, (month, estimate, lower, upper) from month 0 on, and its risk table."""

    label: str
    points: tuple[tuple[float, float, float | None, float | None], ...]
    at_risk: tuple[tuple[float, int], ...]
    n: int


def plot_drug_survival(index: EstimateIndex) -> list[FigureBlock]:
    """The share still on the combination over time: all courses, then the largest regimens."""
    rule = compute_curve_rule(index)
    whole = _curve(index, rule, "", "All courses")
    if whole is None:
        return []
    figures = [_plot(rule, [whole], "drug_survival", "")]
    groups = index.groups("drug_survival_curve", "course", rule, "regimen")
    curves = [_curve(index, rule, g, compute_label(g.partition("=")[2], "regimen")) for g in groups]
    shown = sorted((c for c in curves if c and c.n > 1), key=lambda c: (-c.n, c.label))
    if len(shown) > 1:
        left = len(groups) - len(shown[:_MOST_CURVES])
        more = (
            f" {left} smaller {'regimen is' if left == 1 else 'regimens are'} in the table." if left else ""
        )
        figures.append(_plot(rule, shown[:_MOST_CURVES], "drug_survival_by_regimen", more))
    return figures


def _curve(index: EstimateIndex, rule: str, group: str, label: str) -> _Curve | None:
    found = index.levels("drug_survival_curve", "course", rule, group, "survival_at")
    known = sorted((e for e in found if e.estimate is not None), key=lambda e: float(e.level))
    if not known:
        return None
    risk = [
        (float(month), int(e.estimate))
        for month in compute_months(index, rule)
        for e in [index.find("drug_survival", "course", "at_risk", rule=rule, group=group, level=month)]
        if e is not None and e.estimate is not None
    ]
    n = known[0].denominator or 0
    points = (
        (0.0, 1.0, None, None),
        *((float(e.level), e.estimate or 0.0, e.ci_lower, e.ci_upper) for e in known),
    )
    return _Curve(label, points, ((0.0, n), *risk), n)


def _plot(rule: str, curves: Sequence[_Curve], name: str, more: str) -> FigureBlock:
    band = "; the band is its 95% confidence interval" if len(curves) == 1 else ""
    reached = (
        ", among courses that have reached the days in common from which they count"
        if rule.startswith("from_min_overlap")
        else ""
    )
    of = "" if len(curves) == 1 else " by regimen"
    caption = (
        f"How long the combination was kept{of}: Kaplan-Meier estimate of the share still on it"
        f"{band}{reached}. Below: courses at risk.{more}"
    )
    said = "; ".join(
        f"{c.label}: {compute_units_text('course', c.n)}, last known share "
        f"{compute_rounded(c.points[-1][1] * 100, 1)}% at {c.points[-1][0]:g} months"
        for c in curves
    )
    legend = 0.0 if len(curves) == 1 else len(curves) * _ROW_MM + 3
    height = _TOP_MM + legend + _PLOT_MM + _AXIS_MM + len(curves) * _ROW_MM + 6
    wording = Wording(name, caption, f"Step curves of the share still on the combination. {said}.")
    return build_figure(wording, height, lambda sheet: _draw(sheet, curves, _TOP_MM + legend))


@dataclass(frozen=True, slots=True)
class _Axes:
    top: float
    ticks: tuple[float, ...]

    @property
    def bottom(self) -> float:
        return self.top + _PLOT_MM

    def x(self, month: float) -> float:
        return _LEFT_MM + month / self.ticks[-1] * (WIDTH_MM - _LEFT_MM - _RIGHT_MM)

    def y(self, share: float) -> float:
        return self.bottom - share * _PLOT_MM


def _draw_axes(sheet: Sheet, longest: float, top: float, title: str) -> _Axes:
    axes = _Axes(top, tuple(compute_axis_ticks(max(longest, 1e-9), _STEPS)))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = axes.y(share)
        sheet.add_rule((_LEFT_MM, axes.x(axes.ticks[-1])), (y, y))
        sheet.add_text(_LEFT_MM - 2, y, f"{share * 100:.0f}", size=SMALL_PT, align="right")
    for tick in axes.ticks:
        x = axes.x(tick)
        sheet.add_line((x, x), (axes.bottom, axes.bottom + 1))
        sheet.add_text(x, axes.bottom + 3, f"{tick:g}", size=SMALL_PT, align="center")
    sheet.add_line((_LEFT_MM, axes.x(axes.ticks[-1])), (axes.bottom, axes.bottom))
    sheet.add_line((_LEFT_MM, _LEFT_MM), (axes.y(1), axes.bottom))
    sheet.add_text(
        (_LEFT_MM + WIDTH_MM - _RIGHT_MM) / 2,
        axes.bottom + 7.5,
        "Months since the start of the combination",
        align="center",
    )
    for line, text in enumerate(title.split("\n")):
        sheet.add_text(1, axes.y(1) + line * 3.4, text, size=SMALL_PT)
    return axes


def _draw(sheet: Sheet, curves: Sequence[_Curve], top: float) -> None:
    axes = _draw_axes(sheet, max(c.points[-1][0] for c in curves), top, "Still on the\ncombination, %")
    if len(curves) == 1:
        _draw_band(sheet, axes, curves[0])
    for place, curve in enumerate(curves):
        colour, dash = _style(place)
        path = _stairs([(axes.x(m), axes.y(s)) for m, s, _, _ in curve.points])
        sheet.add_path(path, width=1.4, colour=colour, dash=dash)
        if len(curves) > 1:
            y = _TOP_MM + (place + 0.5) * _ROW_MM
            sheet.add_path([(_LEFT_MM, y), (_LEFT_MM + 9, y)], width=1.4, colour=colour, dash=dash)
            sheet.add_text(_LEFT_MM + 11, y, f"{curve.label} (n = {compute_count_text(curve.n)})")
    y = axes.bottom + _AXIS_MM
    sheet.add_text(1, y, "At risk, courses", size=SMALL_PT, colour=FAINT)
    for place, curve in enumerate(curves):
        row = y + (place + 1) * _ROW_MM
        if len(curves) == 1:
            sheet.add_text(1, row, curve.label, size=SMALL_PT)
        else:
            colour, dash = _style(place)
            sheet.add_path([(1, row), (13, row)], width=1.4, colour=colour, dash=dash)
        for month, n in curve.at_risk:
            if month <= axes.ticks[-1]:
                sheet.add_text(axes.x(month), row, compute_count_text(n), size=SMALL_PT, align="center")


def _style(place: int) -> tuple[str, Dash]:
    """Colour and dash of a curve; the palette's yellow is too light for a line."""
    return (*PALETTE[:3], PALETTE[6], PALETTE[4])[place], _DASHES[place]


def _draw_band(sheet: Sheet, axes: _Axes, curve: _Curve) -> None:
    known = [(m, low, high) for m, _, low, high in curve.points if low is not None and high is not None]
    if not known:
        return
    lower = _stairs([(axes.x(m), axes.y(low)) for m, low, _ in known])
    upper = _stairs([(axes.x(m), axes.y(high)) for m, _, high in known])
    sheet.add_area([*upper, *reversed(lower)], _BAND)


def _stairs(points: Sequence[Point]) -> list[Point]:
    """A curve that keeps its height until the next point."""
    path = [points[0]]
    for (_, y), (x, lower) in pairwise(points):
        path += [(x, y), (x, lower)]
    return path


def plot_end_reasons(index: EstimateIndex) -> FigureBlock | None:
    """Why combinations had ended by each month, as areas that add up to 100%."""
    rule = index.rule("end_reason_incidence_curve", "course", *RULES)
    by_reason = _incidences(index, rule)
    months = sorted({month for own in by_reason.values() for month in own})
    if not months:
        return None
    n = next(iter(next(iter(by_reason.values())).values())).denominator or 0
    order = [
        reason for reason in _FILLS if any((e.numerator or 0) > 0 for e in by_reason.get(reason, {}).values())
    ]
    if not order:
        return None
    final = {reason: by_reason[reason][months[-1]].estimate or 0.0 for reason in order}
    said = "; ".join(
        f"{compute_phrase(reason, 'end_reason')} {compute_rounded(final[reason] * 100, 1)}%"
        for reason in order
    )
    caption = (
        f"Why the combination had ended, over time, in {compute_units_text('course', n)}: Aalen-Johansen "
        "estimates of each reason, stacked; what is left white is the share still on the combination."
    )
    alt = f"Stacked areas of the reasons for ending. By {months[-1]:g} months: {said}."
    height = _TOP_MM + _legend_rows(order) * _ROW_MM + 2 + _PLOT_MM + _AXIS_MM
    return build_figure(
        Wording("end_reasons_over_time", caption, alt),
        height,
        lambda sheet: _draw_areas(sheet, by_reason, order, months),
    )


def _incidences(index: EstimateIndex, rule: str) -> dict[str, dict[float, Estimate]]:
    found: dict[str, dict[float, Estimate]] = {}
    for group in index.groups("end_reason_incidence_curve", "course", rule, "month"):
        for e in index.levels("end_reason_incidence_curve", "course", rule, group, "incidence_at"):
            if e.estimate is not None:
                found.setdefault(e.level, {})[float(group.partition("=")[2])] = e
    return found


def _legend_rows(order: Sequence[str]) -> int:
    return (len(order) + 2) // 3


def _draw_areas(
    sheet: Sheet, by_reason: dict[str, dict[float, Estimate]], order: Sequence[str], months: Sequence[float]
) -> None:
    top = _TOP_MM + _legend_rows(order) * _ROW_MM + 2
    # Once all have ended nothing changes any more: the last step has a width too, however late it comes.
    have_all_ended = sum(by_reason[reason][months[-1]].estimate or 0.0 for reason in order) > 1 - _TINY
    axes = _draw_axes(sheet, months[-1] * (_ROOM if have_all_ended else 1), top, "Ended,\n% of courses")
    end = [axes.ticks[-1]] if have_all_ended else []
    below = [0.0] * (len(months) + 1 + len(end))
    for place, reason in enumerate(order):
        shares = [by_reason[reason][month].estimate or 0.0 for month in months]
        own = [0.0, *shares, *(shares[-1] for _ in end)]
        above = [low + share for low, share in zip(below, own, strict=True)]
        times = [axes.x(month) for month in (0.0, *months, *end)]
        upper = _stairs(list(zip(times, map(axes.y, above), strict=True)))
        lower = _stairs(list(zip(times, map(axes.y, below), strict=True)))
        sheet.add_area([*upper, *reversed(lower)], _FILLS[reason], edge="#1a1a1a")
        column, row = place % 3, place // 3
        x, y = _LEFT_MM + column * 44, _TOP_MM + (row + 0.5) * _ROW_MM
        sheet.add_bar(x, y, 6, 2.8, _FILLS[reason])
        sheet.add_text(x + 8, y, compute_label(reason, "end_reason"))
        below = above
