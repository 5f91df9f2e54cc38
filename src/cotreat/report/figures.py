"""Drawing: a sheet measured in millimetres, and how it becomes SVG and PNG.

The same drawing gives the same bytes: nothing is taken from the user's settings, the
font is the one that comes with the plotting library, ids are salted with a constant and
no date is written. Text stays text in SVG. No text is read as a formula, so that data
with dollar signs are drawn as they are.
"""

import io
import re
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from xml.sax.saxutils import escape

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from cotreat.report.blocks import FigureBlock
from cotreat.report.inert import compute_legible_text

WIDTH_MM = 170.0
TEXT_PT = 7.5
SMALL_PT = 7.0
MM_PER_POINT = 25.4 / 72
INK = "#1a1a1a"
FAINT = "#5a5a5a"
RULE = "#c4c4c4"
BAND = "#f1f3f5"
PAPER = "#ffffff"

# Okabe and Ito's colours, told apart with any colour vision; ordered so that neighbours
# differ in lightness as well.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#56b4e9", "#d55e00")
HATCHES = ("", "////", "||||", "\\\\\\\\", "xxxx", "----", "++++")
OTHER_COLOUR = "#bdbdbd"

Dash = Literal["-", "--", "-.", ":", "long"]

_DPI = 300
_FONT = "DejaVu Sans"
_MEASURED_PT = 100  # large, so that a width is exact to a hundredth of a letter
# Verdana has the widths of the font that the text was measured in.
_SVG_FONTS = "'DejaVu Sans', Verdana, Arial, sans-serif"
_SETTINGS = {
    "font.family": [_FONT],
    "font.size": TEXT_PT,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "cotreat",
    "text.parse_math": False,
    "text.usetex": False,
}


@dataclass(frozen=True, slots=True)
class Fill:
    """How an area is filled: a colour, and a hatch that tells it apart without colour."""

    colour: str
    hatch: str = ""
    hatch_colour: str = INK


class Sheet:
    """A page of paper in millimetres, the origin at its upper left corner."""

    def __init__(self, height_mm: float) -> None:
        """An empty sheet of the width of a printed page."""
        self.height_mm = height_mm
        self._figure = Figure(figsize=(WIDTH_MM / 25.4, height_mm / 25.4), facecolor=PAPER)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH_MM)
        self._axes.set_ylim(height_mm, 0)
        self._axes.set_axis_off()

    def add_text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT_PT,
        align: str = "left",
        colour: str = INK,
        is_bold: bool = False,
    ) -> None:
        """Text whose middle line is at `y`."""
        self._axes.text(
            x,
            y,
            compute_legible_text(text),
            fontsize=size,
            ha=align,
            va="center_baseline",
            color=colour,
            weight="bold" if is_bold else "normal",
        )

    def add_bar(self, x: float, y: float, width: float, height: float, fill: Fill, edge: str = INK) -> None:
        """A filled rectangle with an outline; `y` is its middle."""
        corner = (x, y - height / 2)
        self._axes.add_patch(Rectangle(corner, width, height, facecolor=fill.colour, edgecolor="none"))
        if fill.hatch:
            self._axes.add_patch(
                Rectangle(
                    corner,
                    width,
                    height,
                    facecolor="none",
                    edgecolor=fill.hatch_colour,
                    hatch=fill.hatch,
                    linewidth=0,
                )
            )
        if edge:
            self._axes.add_patch(
                Rectangle(corner, width, height, facecolor="none", edgecolor=edge, linewidth=0.5)
            )

    def add_band(self, x: float, y: float, width: float, height: float, colour: str = BAND) -> None:
        """A ground for rows that belong together; `y` is its upper edge."""
        self._axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor="none", zorder=0.1))

    def add_line(self, x: tuple[float, float], y: tuple[float, float], *, width: float = 0.5) -> None:
        """A straight line over what is drawn before."""
        self._axes.add_line(Line2D(x, y, color=INK, linewidth=width, solid_capstyle="butt", zorder=1.5))

    def add_rule(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """A light straight line behind everything but the bands."""
        self._axes.add_line(Line2D(x, y, color=RULE, linewidth=0.4, solid_capstyle="butt", zorder=0.5))

    def add_path(
        self,
        points: Sequence[tuple[float, float]],
        *,
        width: float = 1.0,
        colour: str = INK,
        dash: Dash = "-",
    ) -> None:
        """A line through points; `dash` is ``-``, ``--``, ``-.``, ``:`` or ``long``."""
        x, y = zip(*points, strict=True)
        line = Line2D(x, y, color=colour, linewidth=width, solid_capstyle="butt", zorder=1.6)
        line.set_linestyle((0, (9, 2)) if dash == "long" else dash)
        self._axes.add_line(line)

    def add_area(self, points: Sequence[tuple[float, float]], fill: Fill, edge: str = "") -> None:
        """A filled area with these corners."""
        self._axes.add_patch(
            Polygon(points, closed=True, facecolor=fill.colour, edgecolor="none", zorder=0.6)
        )
        if fill.hatch:
            self._axes.add_patch(
                Polygon(
                    points,
                    closed=True,
                    facecolor="none",
                    edgecolor=fill.hatch_colour,
                    hatch=fill.hatch,
                    linewidth=0,
                    zorder=0.7,
                )
            )
        if edge:
            self._axes.add_patch(
                Polygon(points, closed=True, facecolor="none", edgecolor=edge, linewidth=0.6, zorder=0.8)
            )

    def add_arrow(self, x: float, y: float, height: float, colour: str = INK) -> None:
        """An arrow head that points right and starts at `x`."""
        half = height / 2
        points = [(x, y - half), (x + height * 0.9, y), (x, y + half)]
        self._axes.add_patch(Polygon(points, closed=True, facecolor=colour, edgecolor=colour, linewidth=0.4))

    def add_marker(
        self, x: float, y: float, shape: str, *, size: float, fill: str, face: str = INK, edge: str = INK
    ) -> None:
        """A sign; `fill` is ``full``, ``left`` (half filled) or ``none``."""
        self._axes.plot(
            [x],
            [y],
            marker=shape,
            markersize=size,
            fillstyle=fill,
            markerfacecolor=face if fill != "none" else PAPER,
            markerfacecoloralt=PAPER,
            markeredgecolor=edge,
            markeredgewidth=0.7,
            linestyle="none",
        )

    def write_svg(self) -> str:
        """The sheet as SVG."""
        out = io.StringIO()
        self._figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "cotreat"})
        return out.getvalue()

    def write_png(self) -> bytes:
        """The sheet as PNG."""
        out = io.BytesIO()
        self._figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Wording:
    """What is written about a figure: the stem of its files, its caption and its alternative text."""

    name: str
    caption: str
    alt: str


def build_figure(wording: Wording, height_mm: float, draw: Callable[[Sheet], None]) -> FigureBlock:
    """A finished figure: `draw` fills a sheet of this height, which becomes SVG and PNG."""
    with style.context(["default", _SETTINGS]), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box in PNG; in SVG the reader's own font has it.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        sheet = Sheet(height_mm)
        draw(sheet)
        svg, png = sheet.write_svg(), sheet.write_png()
    caption, alt = compute_legible_text(wording.caption), compute_legible_text(wording.alt)
    return FigureBlock(
        wording.name, caption, alt, _finish_svg(svg, wording.name, caption, alt), png, WIDTH_MM, height_mm
    )


def _finish_svg(svg: str, name: str, caption: str, alt: str) -> str:
    """The SVG without outside references, its ids unique to the figure, readable aloud."""
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"<>]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'href="#([^"<>]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r"url\(#([^)<>]+)\)", rf"url(#{name}-\1)", text)
    text = text.replace(f"'{_FONT}'", _SVG_FONTS)
    opening, rest = text.split(">", 1)
    spoken = (
        f' role="img" aria-labelledby="{name}-title" aria-describedby="{name}-alt">\n'
        f' <title id="{name}-title">{escape(caption)}</title>\n <desc id="{name}-alt">{escape(alt)}</desc>'
    )
    return opening + spoken + rest


@cache
def _measuring_font(*, is_bold: bool) -> FT2Font:
    # A font of its own: those that the library hands out are shared, and drawing changes their size.
    font = FT2Font(findfont(FontProperties(family=_FONT, weight="bold" if is_bold else "normal")))
    font.set_size(_MEASURED_PT, 72)
    return font


@cache
def compute_text_width(text: str, size: float = TEXT_PT, *, is_bold: bool = False) -> float:
    """Width of a text in millimetres, as it is drawn."""
    if not text.strip():
        return 0.0
    font = _measuring_font(is_bold=is_bold)
    with warnings.catch_warnings():
        # As above: the width of the box stands for that of the letter.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        font.set_text(compute_legible_text(text), 0.0, flags=LoadFlags.NO_HINTING)
    width, _ = font.get_width_height()
    return width / 64 / _MEASURED_PT * size * MM_PER_POINT


def compute_fitted_text(text: str, width_mm: float, size: float = TEXT_PT) -> str:
    """The text; where it is wider than this, without its middle, for which an ellipsis stands.

    Identifiers of one source often differ in their last characters only.
    """
    kept = len(text)
    fitted = text
    while kept and compute_text_width(fitted, size) > width_mm:
        kept -= 1
        head = (kept + 1) // 2
        fitted = f"{text[:head].rstrip()}…{text[len(text) - (kept - head) :].lstrip()}"
    return fitted


def compute_wrapped_lines(text: str, width_mm: float, size: float = TEXT_PT, most: int = 2) -> list[str]:
    """The text in at most so many lines of this width; what does not fit is cut with an ellipsis."""
    for columns in range(len(text), 0, -1):
        lines = textwrap.wrap(text, columns, break_long_words=False) or [text]
        if len(lines) > most:
            break
        if all(compute_text_width(line, size) <= width_mm for line in lines):
            return lines
    lines = textwrap.wrap(text, max(1, int(width_mm / (size * 0.2))), break_long_words=True) or [text]
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [compute_fitted_text(line, width_mm, size) for line in kept]


def compute_axis_ticks(largest: float, steps: tuple[float, ...], most: int = 8) -> list[float]:
    """Ticks from 0 to at least the largest value, in the smallest of these steps that needs few ticks."""
    step = next((s for s in steps if largest / s <= most), steps[-1])
    count = max(1, -(-largest // step))
    return [step * i for i in range(int(count) + 1)]
