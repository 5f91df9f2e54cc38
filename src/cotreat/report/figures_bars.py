"""Bars: why the drugs were combined, and the response to each combination."""

from collections.abc import Sequence
from dataclasses import dataclass

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    FAINT,
    INK,
    PAPER,
    SMALL_PT,
    WIDTH_MM,
    Fill,
    Sheet,
    Wording,
    build_figure,
    compute_axis_ticks,
    compute_text_width,
    compute_wrapped_lines,
)
from cotreat.report.labels import compute_label
from cotreat.report.numbers import compute_count_text, compute_share_text
from cotreat.report.sentences import compute_units_text
from cotreat.report.tables import ABSENT, compute_level_order

MOST_LEVELS = 15
_LABEL_MM = 56.0
_PITCH_MM = 7.0
_BAR_MM = 4.2
_TOP_MM = 7.0
_AXIS_MM = 10.0
_PERCENT_STEPS = (5.0, 10.0, 20.0, 25.0)
_REASON_FILL = Fill("#8fc1e3")


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    numerator: int
    denominator: int
    lower: float | None = None
    upper: float | None = None


def plot_reasons(index: EstimateIndex) -> FigureBlock | None:
    """Reasons for combining as bars with n/N (%) and interval; None without a known reason."""
    found = index.levels("reason_started", "pair", index.rule("reason_started", "pair", ""))
    known = [e for e in compute_level_order(found) if e.estimate is not None and e.denominator]
    if not known:
        return None
    bars = _grouped(known, "reasons")
    total = known[0].denominator or 0
    unknown = f" Unknown in {compute_units_text('pair', known[0].n_missing)}." if known[0].n_missing else ""
    caption = (
        f"Why the drugs were combined: share of the {compute_count_text(total)} combinations with a known "
        f"reason; lines are 95% confidence intervals.{unknown}"
    )
    said = "; ".join(f"{b.label}: {compute_share_text(b.numerator, b.denominator)}" for b in bars)
    wording = Wording(
        "reasons", caption, f"Bar chart of the reasons for combining, per combination. {said}.{unknown}"
    )
    return build_figure(wording, _height(len(bars)), lambda sheet: _draw_bars(sheet, bars))


def _grouped(estimates: Sequence[Estimate], noun: str) -> list[_Bar]:
    """One bar per level; beyond fifteen the rarest share one, which counts them."""
    is_long = len(estimates) > MOST_LEVELS
    shown = estimates[: MOST_LEVELS - 1] if is_long else estimates
    bars = [
        _Bar(compute_label(e.level, e.measure), e.numerator or 0, e.denominator or 0, e.ci_lower, e.ci_upper)
        for e in shown
    ]
    rest = estimates[len(shown) :]
    if rest:
        together = sum(e.numerator or 0 for e in rest)
        bars.append(_Bar(f"{len(rest)} other {noun}", together, rest[0].denominator or 0))
    return bars


def _height(rows: int) -> float:
    return _TOP_MM + rows * _PITCH_MM + _AXIS_MM


def _draw_bars(sheet: Sheet, bars: Sequence[_Bar]) -> None:
    texts = [compute_share_text(b.numerator, b.denominator) for b in bars]
    labels = _label_width([b.label for b in bars])
    left = labels + 2
    right = WIDTH_MM - max(compute_text_width(t, is_bold=True) for t in (*texts, "n/N (%)")) - 6
    largest = max(max(b.numerator / b.denominator, b.upper or 0) * 100 for b in bars)
    ticks = compute_axis_ticks(min(100.0, largest), _PERCENT_STEPS)
    scale = (right - left) / ticks[-1]
    bottom = _TOP_MM + len(bars) * _PITCH_MM
    _draw_axis(sheet, ticks, left, scale, bottom, "Share of combinations, %")
    sheet.add_text(WIDTH_MM - 1, _TOP_MM / 2, "n/N (%)", align="right", is_bold=True)
    for i, (bar, text) in enumerate(zip(bars, texts, strict=True)):
        y = _TOP_MM + (i + 0.5) * _PITCH_MM
        _draw_label(sheet, bar.label, labels, y)
        sheet.add_bar(left, y, bar.numerator / bar.denominator * 100 * scale, _BAR_MM, _REASON_FILL)
        if bar.lower is not None and bar.upper is not None:
            _draw_interval(sheet, left + bar.lower * 100 * scale, left + bar.upper * 100 * scale, y)
        sheet.add_text(WIDTH_MM - 1, y, text, align="right")


def _label_width(labels: Sequence[str]) -> float:
    return min(_LABEL_MM, max(compute_text_width(label, is_bold=True) for label in labels) + 1)


def _draw_label(sheet: Sheet, label: str, width: float, y: float, *, is_bold: bool = False) -> None:
    lines = compute_wrapped_lines(label, width)
    for i, line in enumerate(lines):
        sheet.add_text(width, y + (i - (len(lines) - 1) / 2) * 3.0, line, align="right", is_bold=is_bold)


def _draw_interval(sheet: Sheet, low: float, high: float, y: float) -> None:
    sheet.add_line((low, high), (y, y), width=0.9)
    for end in (low, high):
        sheet.add_line((end, end), (y - 0.9, y + 0.9), width=0.9)


def _draw_axis(
    sheet: Sheet, ticks: Sequence[float], left: float, scale: float, bottom: float, title: str
) -> None:
    for tick in ticks:
        x = left + tick * scale
        sheet.add_rule((x, x), (_TOP_MM - 1, bottom))
        sheet.add_line((x, x), (bottom, bottom + 1))
        sheet.add_text(x, bottom + 3, f"{tick:g}", size=SMALL_PT, align="center")
    sheet.add_line((left, left + ticks[-1] * scale), (bottom, bottom))
    sheet.add_text(left + ticks[-1] * scale / 2, bottom + 7.5, title, align="center")


_LEVELS = (
    ("complete", "Complete", Fill("#0b3c5d"), "#ffffff"),
    ("partial", "Partial", Fill("#8fc1e3"), INK),
    ("none", "No response", Fill("#ffffff", "////", "#8a8a8a"), INK),
)


@dataclass(frozen=True, slots=True)
class _Stack:
    label: str
    counts: tuple[int, int, int]
    denominator: int
    missing: int | None


def plot_response(index: EstimateIndex) -> FigureBlock | None:
    """Response by combination as bars of complete, partial and none with n/N; None without any."""
    rule = index.rule("response", "pair", "")
    everything = _stack(index, rule, "", "All combinations")
    if everything is None or not everything.denominator:
        return None
    groups = [
        stack
        for group in index.groups("response", "pair", rule, "regimen")
        if (stack := _stack(index, rule, group, compute_label(group.partition("=")[2], "regimen")))
    ]
    groups.sort(key=lambda s: (-s.denominator, s.label))
    stacks = [everything, *_stacks_in_few(groups)]
    caption = (
        "Response by regimen. Numbers in the bars are combinations; on the right complete responses of "
        "the combinations with an assessable response, and combinations not assessable or unknown (n.a.)."
    )
    said = "; ".join(_said(stack) for stack in stacks)
    wording = Wording("response", caption, f"Stacked bar chart of the response, per combination. {said}.")
    return build_figure(wording, _height(len(stacks)) + 6, lambda sheet: _draw_stacks(sheet, stacks))


def _stack(index: EstimateIndex, rule: str, group: str, label: str) -> _Stack | None:
    by_level = {e.level: e for e in index.levels("response", "pair", rule, group)}
    there = [e for name, *_ in _LEVELS if (e := by_level.get(name))]
    # A bar without the part that is suppressed would say that nobody had it.
    if not there or any(e.denominator is None for e in there):
        return None
    complete, partial, none = ((e.numerator or 0) if (e := by_level.get(name)) else 0 for name, *_ in _LEVELS)
    return _Stack(label, (complete, partial, none), there[0].denominator or 0, there[0].n_missing)


def _stacks_in_few(groups: list[_Stack]) -> list[_Stack]:
    if len(groups) <= MOST_LEVELS:
        return groups
    shown, rest = groups[: MOST_LEVELS - 1], groups[MOST_LEVELS - 1 :]
    counts = tuple(sum(s.counts[i] for s in rest) for i in range(3))
    together = _Stack(
        f"{len(rest)} other regimens",
        (counts[0], counts[1], counts[2]),
        sum(s.denominator for s in rest),
        sum(s.missing or 0 for s in rest),
    )
    return [*shown, together]


def _said(stack: _Stack) -> str:
    parts = [f"{name.lower()} {n}" for (_, name, *_), n in zip(_LEVELS, stack.counts, strict=True)]
    missing = f", not assessable or unknown {stack.missing}" if stack.missing else ""
    return f"{stack.label}, {stack.denominator} assessable: {', '.join(parts)}{missing}"


def _draw_stacks(sheet: Sheet, stacks: Sequence[_Stack]) -> None:
    texts = [_complete_text(stack) for stack in stacks]
    missing_mm = 10.0
    labels = _label_width([s.label for s in stacks])
    left = labels + 2
    share_mm = max(compute_text_width(t, is_bold=True) for t in (*texts, "Complete, n/N (%)"))
    right = WIDTH_MM - share_mm - missing_mm - 5
    scale = (right - left) / 100
    bottom = _TOP_MM + len(stacks) * _PITCH_MM
    _draw_axis(
        sheet,
        compute_axis_ticks(100, _PERCENT_STEPS, 5),
        left,
        scale,
        bottom,
        "Share of assessable combinations, %",
    )
    sheet.add_text(WIDTH_MM - missing_mm, _TOP_MM / 2, "Complete, n/N (%)", align="right", is_bold=True)
    sheet.add_text(WIDTH_MM - 1, _TOP_MM / 2, "n.a.", align="right", is_bold=True)
    for i, (stack, text) in enumerate(zip(stacks, texts, strict=True)):
        y = _TOP_MM + (i + 0.5) * _PITCH_MM
        _draw_label(sheet, stack.label, labels, y, is_bold=i == 0)
        _draw_stack(sheet, stack, left, scale, y)
        sheet.add_text(WIDTH_MM - missing_mm, y, text, align="right")
        missing = ABSENT if stack.missing is None else compute_count_text(stack.missing)
        sheet.add_text(WIDTH_MM - 1, y, missing, align="right")
    sheet.add_rule((0, WIDTH_MM), (_TOP_MM + _PITCH_MM, _TOP_MM + _PITCH_MM))
    _draw_key(sheet, left, bottom + 13.0)


def _complete_text(stack: _Stack) -> str:
    return compute_share_text(stack.counts[0], stack.denominator) if stack.denominator else "0/0"


def _draw_stack(sheet: Sheet, stack: _Stack, left: float, scale: float, y: float) -> None:
    if not stack.denominator:
        sheet.add_text(left + 2, y, "no assessable response", colour=FAINT)
        return
    x = left
    for (_, _, fill, ink), count in zip(_LEVELS, stack.counts, strict=True):
        width = count / stack.denominator * 100 * scale
        if count:
            sheet.add_bar(x, y, width, _BAR_MM, fill)
            plate = compute_text_width(str(count)) + 1.4
            if plate <= width:
                if fill.hatch:
                    sheet.add_bar(x + (width - plate) / 2, y, plate, _BAR_MM * 0.76, Fill(PAPER), edge="")
                sheet.add_text(x + width / 2, y, str(count), align="center", colour=ink)
        x += width


def _draw_key(sheet: Sheet, left: float, y: float) -> None:
    x = left
    for _, name, fill, _ in _LEVELS:
        sheet.add_bar(x, y, 5, 2.8, fill)
        sheet.add_text(x + 6.2, y, name)
        x += 6.2 + compute_text_width(name) + 6
