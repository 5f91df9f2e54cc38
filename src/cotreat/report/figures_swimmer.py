"""The swimmer plot: every combination of every patient along time."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotreat.analysis.results import Listing
from cotreat.report.blocks import FigureBlock
from cotreat.report.figures import (
    BAND,
    FAINT,
    HATCHES,
    OTHER_COLOUR,
    PALETTE,
    SMALL_PT,
    WIDTH_MM,
    Fill,
    Sheet,
    Wording,
    build_figure,
    compute_axis_ticks,
    compute_fitted_text,
    compute_text_width,
)
from cotreat.report.figures_signs import (
    KEY_LINE_MM,
    KeyItem,
    add_event_signs,
    add_key,
    add_link,
    add_mark,
    add_response_sign,
    build_key,
)
from cotreat.report.labels import RESPONSE_ORDER, compute_label, compute_phrase, compute_terms_label
from cotreat.report.numbers import compute_recorded_text
from cotreat.report.sentences import compute_joined_text, compute_units_text

_HEAD_MM = 6.0
_AXIS_MM = 11.0
_TALLEST_BODY_MM = 190.0
_MANY_LANES = 60
_MONTH_STEPS = (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0, 240.0)
_MOST_PARTNERS = len(PALETTE)


@dataclass(frozen=True, slots=True)
class _Bar:
    """One combination: a bar in its patient's lane."""

    lane: int
    patient: str
    case: str
    anchor: str
    partner: str
    course: str
    start: float | None
    months: float | None
    is_ongoing: bool
    response: str
    end_reason: str
    events: int | None
    marks: tuple[tuple[str, float], ...]

    @property
    def end(self) -> float:
        return (self.start or 0.0) + (self.months or 0.0)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand on the sheet, in millimetres."""

    pitch: float
    bar: float
    gap: float
    columns: Mapping[str, tuple[float, float]]
    left: float
    scale: float
    ticks: tuple[float, ...]
    fills: Mapping[str, Fill]
    size: float


def plot_swimmer(listing: Listing, *, has_events: bool = True) -> tuple[FigureBlock, ...]:
    """One lane per patient and one bar per combination, in as many parts as pages need; none without rows.

    Dated studies count months from the patient's first combination; others draw each
    combination from its own start. What is known of no combination has no column.

    Parameters
    ----------
    listing
        The listing ``swimmer``: one row per combination.
    has_events
        Whether the study's adverse events are analysed by combination; if not, none are shown.
    """
    rows = listing.table.to_pylist()
    bars = sorted((_bar(row, has_events=has_events) for row in rows), key=lambda b: (b.lane, b.start or 0.0))
    if not bars:
        return ()
    has_dates = any(row.get("has_dates") for row in rows)
    layout = _layout(bars)
    parts = _parts(bars, layout)
    return tuple(
        _figure(part, layout, has_dates=has_dates, place=(i, len(parts)))
        for i, part in enumerate(parts, start=1)
    )


def _bar(row: Mapping[str, Any], *, has_events: bool) -> _Bar:
    events = row.get("adverse_events") if has_events else None
    terms = [] if events in (None, "", "none") else [t for t in str(events).split(";") if t.strip()]
    return _Bar(
        lane=int(row["lane"]),
        patient=str(row.get("patient_id") or ""),
        case=str(row.get("case_id") or ""),
        anchor=str(row.get("anchor") or ""),
        partner=str(row.get("partner") or ""),
        # Dated bars stand where they belong in time; of others only the course says what was parallel.
        course="" if row.get("has_dates") or row.get("course") is None else str(row["course"]),
        start=row.get("start_months"),
        months=row.get("duration_months"),
        is_ongoing=bool(row.get("is_ongoing")),
        response=str(row.get("response") or ""),
        end_reason=str(row.get("end_reason") or ""),
        events=None if events in (None, "") else len(terms),
        marks=tuple(
            (kind, float(month))
            for mark in str(row.get("marks") or "").split(";")
            for kind, _, month in [mark.partition(" ")]
            if month and (kind != "event" or has_events)
        ),
    )


def _layout(bars: Sequence[_Bar]) -> _Layout:
    is_dense = len({b.lane for b in bars}) > _MANY_LANES
    columns: dict[str, tuple[float, float]] = {}
    x = 0.5
    for heading, most, text in _LEFT_COLUMNS:
        texts = {text(b) for b in bars}
        # One anchor drug for all, or no case numbers: a column would say nothing.
        if texts == {""} or (heading == "Anchor drug" and len(texts) < 2):
            continue
        width = _column_width(heading, texts, most)
        columns[heading] = (x, width)
        x += width + 2.2
    right = WIDTH_MM
    for heading, most, text in _RIGHT_COLUMNS:
        if heading in _unknown_columns(bars):
            continue
        texts = {text(b) for b in bars}
        width = _column_width(heading, texts, most)
        right -= width + 2.2
        columns[heading] = (right, width)
    longest = max((b.end for b in bars), default=1.0)
    ticks = compute_axis_ticks(max(longest, 1.0), _MONTH_STEPS)
    # An arrow at the longest bar still needs room.
    scale = (right - x - 4.0) / ticks[-1]
    sizes = (2.75, 2.1, 0.3) if is_dense else (3.6, 2.7, 1.0)
    return _Layout(*sizes, columns, x, scale, tuple(ticks), _fills(bars), SMALL_PT)


def _unknown_columns(bars: Sequence[_Bar]) -> list[str]:
    """Headings of what is known of no combination."""
    known = {
        "Response": any(b.response for b in bars),
        "Events": any(b.events is not None for b in bars),
        "Reason for ending": any(b.end_reason for b in bars),
    }
    return [heading for heading, is_known in known.items() if not is_known]


def _column_width(heading: str, texts: Iterable[str], most: float) -> float:
    """Room for the texts, up to a limit beyond which they are cut; the heading always fits."""
    widest = max((compute_text_width(t, SMALL_PT) for t in texts), default=0.0)
    return max(min(most, widest), compute_text_width(heading, SMALL_PT, is_bold=True)) + 0.4


def _end_text(bar: _Bar) -> str:
    if bar.end_reason:
        return compute_terms_label(bar.end_reason, "end_reason")
    return "Ongoing" if bar.is_ongoing else "Unknown"


_LEFT_COLUMNS: tuple[tuple[str, float, Callable[[_Bar], str]], ...] = (
    ("Patient", 22.0, lambda b: b.patient),
    ("Case", 14.0, lambda b: b.case),
    ("Anchor drug", 24.0, lambda b: compute_label(b.anchor, "drug")),
)
_RIGHT_COLUMNS: tuple[tuple[str, float, Callable[[_Bar], str]], ...] = (
    ("Reason for ending", 40.0, _end_text),
    ("Events", 12.0, lambda _: ""),
    ("Response", 14.0, lambda _: ""),
)


def _fills(bars: Sequence[_Bar]) -> dict[str, Fill]:
    """A colour and a hatch for each partner drug, the most frequent first; the rest share one."""
    counts = Counter(b.partner for b in bars)
    ordered = sorted(counts, key=lambda p: (-counts[p], p))
    fills = {
        partner: Fill(colour, hatch)
        for partner, colour, hatch in zip(ordered[:_MOST_PARTNERS], PALETTE, HATCHES, strict=False)
    }
    return fills | {partner: Fill(OTHER_COLOUR) for partner in ordered[_MOST_PARTNERS:]}


def _parts(bars: Sequence[_Bar], layout: _Layout) -> list[list[_Bar]]:
    """The bars in parts of about the same height that fit a page each, a patient's bars together."""
    lanes = [[b for b in bars if b.lane == lane] for lane in sorted({b.lane for b in bars})]
    heights = [len(lane) * layout.pitch + layout.gap for lane in lanes]
    most = sum(heights) / max(1, math.ceil(sum(heights) / _TALLEST_BODY_MM))
    parts: list[list[_Bar]] = [[]]
    filled = 0.0
    for lane, height in zip(lanes, heights, strict=True):
        # Half a lane may stand over, so that rounding makes no further part of one lane.
        if parts[-1] and filled + height / 2 > most:
            parts.append([])
            filled = 0.0
        parts[-1] += lane
        filled += height
    return parts


def _figure(bars: Sequence[_Bar], layout: _Layout, *, has_dates: bool, place: tuple[int, int]) -> FigureBlock:
    part, parts = place
    key = _key(bars, layout)
    lanes = len({b.lane for b in bars})
    body = len(bars) * layout.pitch + lanes * layout.gap
    height = _HEAD_MM + body + _AXIS_MM + len(key) * KEY_LINE_MM
    numbered = f" (part {part} of {parts})" if parts > 1 else ""
    origin = "the patient's first combination" if has_dates else "that combination (the source has no dates)"
    hidden = [_IN_WORDS[heading] for heading in _IN_WORDS if heading not in layout.columns]
    caption = (
        f"Combinations over time{numbered}: one lane per patient, one bar per combination, in months since "
        f"the start of {origin}. An arrow is an ongoing combination."
        f"{_placed(bars, layout)}"
        f"{f' Known of no combination, and not shown: {compute_joined_text(hidden)}.' if hidden else ''}"
    )
    name = f"swimmer_{part}" if parts > 1 else "swimmer"
    title = (
        "Months since the start of the first combination"
        if has_dates
        else "Months since the start of the combination"
    )
    return build_figure(
        Wording(name, caption, _alt(bars, numbered)),
        height,
        lambda sheet: _draw(sheet, bars, layout, key, title),
    )


def _placed(bars: Sequence[_Bar], layout: _Layout) -> str:
    """What the signs on the bars are, and that others have no place in time."""
    kinds = {kind for b in bars for kind, _ in b.marks}
    if kinds:
        return (
            " Signs on a bar stand on their day: changes of dose, responses and the first days of adverse "
            "events, as far as the day is recorded; the columns have all of them."
        )
    return " Adverse events are counted, not placed in time." if "Events" in layout.columns else ""


def _responses(bars: Sequence[_Bar]) -> set[str]:
    """Every response that is drawn, in the column or on a bar."""
    return {b.response for b in bars} | {kind for b in bars for kind, _ in b.marks if kind in RESPONSE_ORDER}


_IN_WORDS = {"Response": "response", "Events": "adverse events", "Reason for ending": "reason for ending"}


def _key(bars: Sequence[_Bar], layout: _Layout) -> list[list[KeyItem]]:
    drawn = {b.partner for b in bars}
    return build_key(
        {partner: fill for partner, fill in layout.fills.items() if partner in drawn},
        _responses(bars) if "Response" in layout.columns else (),
        {b.events for b in bars} if "Events" in layout.columns else (),
        has_ongoing=any(b.is_ongoing for b in bars),
        has_links=bool(_courses(bars)),
        has_doses=any(kind == "dose" for b in bars for kind, _ in b.marks),
    )


def _courses(bars: Sequence[_Bar]) -> list[list[int]]:
    """Places of the bars of each course of several combinations, by patient and course."""
    places: dict[tuple[int, str], list[int]] = {}
    for place, bar in enumerate(bars):
        if bar.course:
            places.setdefault((bar.lane, bar.course), []).append(place)
    return [found for found in places.values() if len(found) > 1]


def _alt(bars: Sequence[_Bar], numbered: str) -> str:
    lanes = len({b.lane for b in bars})
    timed = [b for b in bars if b.months is not None]
    longest = max(timed, key=lambda b: b.months or 0.0, default=None)
    partners = Counter(compute_phrase(b.partner, "drug") for b in bars)
    responses = Counter(b.response or "unknown" for b in bars)
    ordered = [r for r in (*RESPONSE_ORDER, "unknown") if responses[r]]
    names = {r: compute_phrase(r, "response") for r in ordered}
    size = f"{compute_units_text('patient', lanes)} with {compute_units_text('pair', len(bars))}"
    by_partner = sorted(partners.items(), key=lambda item: (-item[1], item[0]))
    unknown = sum(b.events is None for b in bars)
    said = [
        f"Swimmer plot{numbered} of {size}, one bar each.",
        _longest(longest) if longest else "No length is known.",
        f"Ongoing: {sum(b.is_ongoing for b in bars)} of {len(bars)}.",
        f"Partner drugs: {', '.join(f'{p} {n}' for p, n in by_partner)}.",
        f"Response: {', '.join(f'{names[r]} {responses[r]}' for r in ordered)}.",
        f"With adverse events: {sum(bool(b.events) for b in bars)}; unknown whether: {unknown}.",
    ]
    return " ".join(said)


def _longest(bar: _Bar) -> str:
    months = compute_recorded_text(bar.months or 0.0)
    name = f"case {bar.case}" if bar.case else f"one of patient {bar.patient}"
    return f"The longest is {name} with {months} months."


def _draw(
    sheet: Sheet, bars: Sequence[_Bar], layout: _Layout, key: Sequence[Sequence[KeyItem]], title: str
) -> None:
    body = len(bars) * layout.pitch + len({b.lane for b in bars}) * layout.gap
    bottom = _HEAD_MM + body
    _draw_axis(sheet, layout, bottom, title)
    for heading, (x, width) in layout.columns.items():
        is_sign = heading in ("Response", "Events")
        at = x + width / 2 if is_sign else x
        sheet.add_text(
            at, _HEAD_MM / 2, heading, size=SMALL_PT, align="center" if is_sign else "left", is_bold=True
        )
    y = _HEAD_MM
    for i, lane in enumerate(sorted({b.lane for b in bars})):
        members = [b for b in bars if b.lane == lane]
        height = len(members) * layout.pitch + layout.gap
        if i % 2 == 0:
            sheet.add_band(0, y, WIDTH_MM, height, BAND)
        for j, bar in enumerate(members):
            _draw_row(sheet, bar, layout, y + layout.gap / 2 + (j + 0.5) * layout.pitch, is_first=j == 0)
        for places in _courses(members):
            add_link(
                sheet, layout.left - 0.4, [y + layout.gap / 2 + (j + 0.5) * layout.pitch for j in places]
            )
        y += height
    add_key(sheet, key, bottom + _AXIS_MM + KEY_LINE_MM / 2)


def _draw_axis(sheet: Sheet, layout: _Layout, bottom: float, title: str) -> None:
    for tick in layout.ticks:
        x = layout.left + tick * layout.scale
        sheet.add_rule((x, x), (_HEAD_MM, bottom))
        sheet.add_line((x, x), (bottom, bottom + 1))
        sheet.add_text(x, bottom + 3, f"{tick:g}", size=SMALL_PT, align="center")
    end = layout.left + layout.ticks[-1] * layout.scale
    sheet.add_line((layout.left, end), (bottom, bottom))
    sheet.add_text((layout.left + end) / 2, bottom + 7, title, align="center")


def _draw_row(sheet: Sheet, bar: _Bar, layout: _Layout, y: float, *, is_first: bool) -> None:
    for heading, _, text in (*_LEFT_COLUMNS, *_RIGHT_COLUMNS[:1]):
        if heading in layout.columns and (is_first or heading != "Patient"):
            x, width = layout.columns[heading]
            sheet.add_text(x, y, compute_fitted_text(text(bar), width, layout.size), size=layout.size)
    _draw_time(sheet, bar, layout, y)
    if "Response" in layout.columns:
        add_response_sign(sheet, bar.response, _middle(layout, "Response"), y, layout.bar)
    if "Events" in layout.columns:
        add_event_signs(sheet, bar.events, _middle(layout, "Events"), y, layout.bar)


def _middle(layout: _Layout, heading: str) -> float:
    x, width = layout.columns[heading]
    return x + width / 2


def _draw_time(sheet: Sheet, bar: _Bar, layout: _Layout, y: float) -> None:
    if bar.months is None or bar.start is None:
        sheet.add_text(layout.left + 1, y, "length unknown", size=layout.size, colour=FAINT)
        return
    x = layout.left + bar.start * layout.scale
    # A course of days would vanish on an axis of years.
    width = max(bar.months * layout.scale, 0.7)
    sheet.add_bar(x, y, width, layout.bar, layout.fills[bar.partner])
    # Events last: a response on the same day is in its column as well.
    for kind, month in sorted(bar.marks, key=lambda mark: (mark[0] == "event", mark[0] != "dose", mark[1])):
        add_mark(sheet, kind, layout.left + month * layout.scale, y, layout.bar)
    if bar.is_ongoing:
        sheet.add_arrow(x + width, y, layout.bar)
