"""Signs of the swimmer plot, and its key: what colours, hatches and signs mean."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from cotreat.report.figures import (
    INK,
    OTHER_COLOUR,
    PAPER,
    SMALL_PT,
    WIDTH_MM,
    Fill,
    Sheet,
    compute_text_width,
)
from cotreat.report.labels import RESPONSE_ORDER, compute_label
from cotreat.report.tables import ABSENT

KEY_LINE_MM = 4.6
UNKNOWN = "?"

_RESPONSE_SIGNS = {
    "complete": ("o", "full"),
    "partial": ("o", "left"),
    "none": ("o", "none"),
    "unassessable": ("x", "full"),
}
_EVENT_COLOUR = "#d55e00"
_MOST_SIGNS = 3
_SAMPLE_MM = 2.7
_TEXT_MM = 6.4


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One entry of a key: what is drawn at a place, and what it means."""

    text: str
    draw: Callable[[Sheet, float, float], None]

    @property
    def width(self) -> float:
        """Width in millimetres, with the space to the next entry."""
        return _TEXT_MM + compute_text_width(self.text, SMALL_PT) + 4.5


def add_response_sign(sheet: Sheet, response: str, x: float, y: float, height: float) -> None:
    """The sheet with the sign of a response: full, half or empty circle, a cross, or a question mark."""
    sign = _RESPONSE_SIGNS.get(response)
    if sign is None:
        sheet.add_text(x, y, UNKNOWN, size=SMALL_PT, align="center")
        return
    shape, fill = sign
    size = height / 25.4 * 72 * (0.62 if shape == "x" else 0.8)
    sheet.add_marker(x, y, shape, size=size, fill=fill)


def add_event_signs(sheet: Sheet, events: int | None, x: float, y: float, height: float) -> None:
    """The sheet with a triangle per adverse event, from four on with one and the number.

    A dash is recorded that there was none, a question mark that it is unknown.
    """
    if not events:
        sheet.add_text(x, y, UNKNOWN if events is None else ABSENT, size=SMALL_PT, align="center")
        return
    drawn = events if events <= _MOST_SIGNS else 1
    step = height * 0.95
    first = x - (drawn - 1) * step / 2 - (2.0 if events > _MOST_SIGNS else 0.0)
    for place in range(drawn):
        size = height / 25.4 * 72 * 0.75
        sheet.add_marker(first + place * step, y, "^", size=size, fill="full", face=_EVENT_COLOUR)
    if events > _MOST_SIGNS:
        sheet.add_text(first + 1.8, y, f"\N{MULTIPLICATION SIGN} {events}", size=SMALL_PT)


def add_mark(sheet: Sheet, kind: str, x: float, y: float, height: float) -> None:
    """The sheet with a sign on a bar: ``dose``, ``event``, or a response; each on a white ground."""
    if kind == "dose":
        sheet.add_bar(x - 0.35, y, 0.7, height, Fill(PAPER))
        return
    size = height / 25.4 * 72 * 0.62
    shape, fill = ("^", "full") if kind == "event" else _RESPONSE_SIGNS.get(kind, ("x", "full"))
    sheet.add_marker(
        x, y, "o" if shape == "x" else shape, size=size + 2.4, fill="full", face=PAPER, edge=PAPER
    )
    sheet.add_marker(x, y, shape, size=size, fill=fill, face=_EVENT_COLOUR if kind == "event" else INK)


def add_link(sheet: Sheet, x: float, middles: Sequence[float]) -> None:
    """The sheet with a bracket that joins bars whose middles are at these heights, its open side at `x`."""
    sheet.add_line((x - 1.1, x - 1.1), (min(middles), max(middles)), width=1.2)
    for y in middles:
        sheet.add_line((x - 1.1, x), (y, y), width=1.2)


def build_key(
    fills: Mapping[str, Fill],
    responses: Collection[str],
    events: Collection[int | None],
    *,
    has_ongoing: bool,
    has_links: bool = False,
    has_doses: bool = False,
) -> list[list[KeyItem]]:
    """The key in lines that fit the page: partner drugs first, then the signs in use.

    Parameters
    ----------
    fills
        Partner drugs that are drawn, and how; those that share the grey are one entry.
    responses, events
        Responses and numbers of adverse events that are drawn; None is unknown.
    has_ongoing
        Whether an arrow is drawn.
    has_links
        Whether bars of one course are joined.
    has_doses
        Whether changes of dose are drawn.
    """
    named = [(drug, fill) for drug, fill in fills.items() if fill.colour != OTHER_COLOUR]
    drugs = [_fill_item(compute_label(drug, "drug"), fill) for drug, fill in named]
    others = len(fills) - len(named)
    if others:
        drugs.append(
            _fill_item(f"{others} other partner drug{'s' if others != 1 else ''}", Fill(OTHER_COLOUR))
        )
    signs = [_response_item(response) for response in RESPONSE_ORDER if response in responses]
    if any(events):
        signs.append(KeyItem("Adverse event", lambda s, x, y: add_event_signs(s, 1, x + 3, y, _SAMPLE_MM)))
    if 0 in events:
        signs.append(KeyItem("None recorded", lambda s, x, y: add_event_signs(s, 0, x + 3, y, _SAMPLE_MM)))
    if None in events or not set(responses) <= set(RESPONSE_ORDER):
        signs.append(KeyItem("Unknown", lambda s, x, y: add_response_sign(s, "", x + 3, y, _SAMPLE_MM)))
    if has_doses:
        signs.append(KeyItem("Dose changed", _draw_dose))
    if has_ongoing:
        signs.append(KeyItem("Ongoing", lambda s, x, y: s.add_arrow(x + 2, y, _SAMPLE_MM)))
    if has_links:
        signs.append(
            KeyItem("Taken together (one course)", lambda s, x, y: add_link(s, x + 4, (y - 1.3, y + 1.3)))
        )
    return [*_lines(drugs), *_lines(signs)]


def _draw_dose(sheet: Sheet, x: float, y: float) -> None:
    sheet.add_bar(x, y, 5.2, _SAMPLE_MM, Fill(OTHER_COLOUR))
    add_mark(sheet, "dose", x + 2.6, y, _SAMPLE_MM)


def _fill_item(text: str, fill: Fill) -> KeyItem:
    return KeyItem(text, lambda sheet, x, y: sheet.add_bar(x, y, 5.2, _SAMPLE_MM, fill))


def _response_item(response: str) -> KeyItem:
    return KeyItem(
        compute_label(response, "response"),
        lambda sheet, x, y: add_response_sign(sheet, response, x + 3, y, _SAMPLE_MM),
    )


def _lines(items: Sequence[KeyItem]) -> list[list[KeyItem]]:
    lines: list[list[KeyItem]] = []
    x = WIDTH_MM
    for item in items:
        if x + item.width > WIDTH_MM:
            lines.append([])
            x = 0.0
        lines[-1].append(item)
        x += item.width
    return lines


def add_key(sheet: Sheet, lines: Sequence[Sequence[KeyItem]], y: float) -> None:
    """The sheet with the lines of a key, the middle of the first at `y`."""
    for i, line in enumerate(lines):
        x = 0.5
        for item in line:
            item.draw(sheet, x, y + i * KEY_LINE_MM)
            sheet.add_text(x + _TEXT_MM, y + i * KEY_LINE_MM, item.text, size=SMALL_PT)
            x += item.width
