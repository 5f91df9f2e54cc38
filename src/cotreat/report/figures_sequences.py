"""Lines of therapy: which regimens followed each other, as bands between columns."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cotreat.analysis.results import Estimate
from cotreat.report.blocks import FigureBlock
from cotreat.report.content import EstimateIndex
from cotreat.report.figures import (
    FAINT,
    OTHER_COLOUR,
    PALETTE,
    SMALL_PT,
    WIDTH_MM,
    Fill,
    Sheet,
    Wording,
    build_figure,
    compute_wrapped_lines,
)
from cotreat.report.labels import compute_label, compute_phrase
from cotreat.report.numbers import compute_count_text
from cotreat.report.sentences import compute_joined_text, compute_units_text

_MEASURE = "line_of_therapy"
_OTHER = "other"
_LAST = {"ongoing": "ongoing", "none": "no further line"}
_MOST_COLUMNS = 4
_MOST_NODES = 7
_NODE_MM, _HEAD_MM, _GAP_MM, _TEXT_MM = 3.0, 7.0, 2.2, 3.2
_TALLEST_MM, _LOWEST_MM = 120.0, 30.0
_STEPS = 24
# Bands are light, so that the names of the regimens can be read on them.
_TINT = 0.42


@dataclass(frozen=True, slots=True)
class _Node:
    """One regimen of one line: where it stands and how many patients it has."""

    line: int
    regimen: str
    patients: int
    top: float
    height: float
    label: tuple[str, ...]


def plot_sequences(index: EstimateIndex) -> FigureBlock | None:
    """The first lines of therapy as an alluvial diagram; None without at least one line.

    Heights are numbers of patients, so that one patient and a million are drawn alike; rare
    regimens of a line are one node.
    """
    lines = _counts(index)
    if not lines:
        return None
    flows = _flows(index, lines)
    patients = sum(lines[1].values())
    nodes, height = _layout(lines)
    colours = _colours(lines)
    caption = (
        f"Lines of therapy of the {compute_units_text('patient', patients)} with a combination, as far as "
        f"the {_ORDINALS[len(lines)]} line. Heights are numbers of patients; bands lead to the regimen of "
        "the next line, and where none leaves, treatment was ongoing or no further line followed (numbers in "
        "brackets)."
    )
    return build_figure(
        Wording("sequences", caption, _alt(lines, flows)),
        height,
        lambda sheet: _draw(sheet, nodes, flows, colours),
    )


_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth"}


def _counts(index: EstimateIndex) -> dict[int, dict[str, int]]:
    """Patients by line and regimen, most frequent first; what is rare in a line is one regimen."""
    found: dict[int, dict[str, int]] = {}
    for line in range(1, _MOST_COLUMNS + 1):
        own = index.levels(_MEASURE, "patient", "", f"line={line}", "count")
        counts = {e.level: e.numerator or 0 for e in own if e.numerator}
        if not counts:
            break
        named = sorted((name for name in counts if name != _OTHER), key=lambda name: (-counts[name], name))
        kept = named if len(named) <= _MOST_NODES else named[: _MOST_NODES - 1]
        found[line] = {name: counts[name] for name in kept}
        rest = sum(counts.values()) - sum(found[line].values())
        if rest:
            found[line][_OTHER] = rest
    return found


def _flows(index: EstimateIndex, lines: Mapping[int, Mapping[str, int]]) -> dict[tuple[int, str, str], int]:
    """Patients by line, regimen and what followed, in the regimens that are drawn."""
    found: dict[tuple[int, str, str], int] = {}
    for line in lines:
        for group in _groups(index, line):
            regimen = group.partition("regimen=")[2]
            for e in index.levels(_MEASURE, "patient", "", group, "count"):
                a = regimen if regimen in lines[line] else _OTHER
                b = e.level if e.level in _LAST or e.level in lines.get(line + 1, {}) else _OTHER
                found[line, a, b] = found.get((line, a, b), 0) + (e.numerator or 0)
    return found


def _groups(index: EstimateIndex, line: int) -> list[str]:
    own: Sequence[Estimate] = index.of_measure(_MEASURE)
    return sorted({e.group for e in own if e.group.startswith(f"line={line} & regimen=")})


def _layout(lines: Mapping[int, Mapping[str, int]]) -> tuple[dict[tuple[int, str], _Node], float]:
    """Nodes of all lines on one scale, each with room for its label; and the height of the sheet."""
    total = sum(lines[1].values())
    body = max(_LOWEST_MM, min(_TALLEST_MM, 12.0 * max(len(own) for own in lines.values())))
    scale = (body - _GAP_MM * (_MOST_NODES - 1)) / total if total > 1 else body / 2
    nodes: dict[tuple[int, str], _Node] = {}
    lowest = 0.0
    width = (WIDTH_MM - 1.0) / len(lines) - _NODE_MM - 2
    for line, own in lines.items():
        y = _HEAD_MM
        for regimen, n in own.items():
            height = max(n * scale, 0.3)
            name = "Other regimens" if regimen == _OTHER else compute_label(regimen, "regimen")
            label = tuple(compute_wrapped_lines(name, width, SMALL_PT))
            nodes[line, regimen] = _Node(line, regimen, n, y, height, label)
            y += max(height, _TEXT_MM * (len(label) + 1)) + _GAP_MM
        lowest = max(lowest, y)
    return nodes, lowest + 1.0


def _colours(lines: Mapping[int, Mapping[str, int]]) -> Mapping[str, str]:
    """A colour for each of the most frequent regimens over all lines; the rest is grey."""
    total: dict[str, int] = {}
    for own in lines.values():
        for regimen, n in own.items():
            total[regimen] = total.get(regimen, 0) + n
    ordered = sorted((name for name in total if name != _OTHER), key=lambda name: (-total[name], name))
    return dict(zip(ordered, PALETTE, strict=False))


def _alt(lines: Mapping[int, Mapping[str, int]], flows: Mapping[tuple[int, str, str], int]) -> str:
    parts: list[str] = []
    for line, own in lines.items():
        shown = [f"{_phrase(name)} {compute_count_text(n)}" for name, n in own.items()]
        parts.append(f"Line {line}: {compute_joined_text(shown)}.")
    moved = sorted(
        ((n, line, a, b) for (line, a, b), n in flows.items() if b not in _LAST and line + 1 in lines),
        key=lambda flow: (-flow[0], flow[1:]),
    )
    if moved:
        n, line, a, b = moved[0]
        parts.append(
            f"The widest band: {compute_units_text('patient', n)} from {_phrase(a)} in line {line} to "
            f"{_phrase(b)}."
        )
    return f"Alluvial diagram of lines of therapy. {' '.join(parts)}"


def _phrase(regimen: str) -> str:
    return "other regimens" if regimen == _OTHER else compute_phrase(regimen, "regimen")


def _draw(
    sheet: Sheet,
    nodes: Mapping[tuple[int, str], _Node],
    flows: Mapping[tuple[int, str, str], int],
    colours: Mapping[str, str],
) -> None:
    n_lines = max(line for line, _ in nodes)
    pitch = (WIDTH_MM - 1.0) / n_lines
    left = {line: 0.5 + (line - 1) * pitch for line in range(1, n_lines + 1)}
    _draw_bands(sheet, nodes, flows, colours, left)
    for line, x in left.items():
        sheet.add_text(x, _HEAD_MM / 2 - 0.5, f"Line {line}", size=SMALL_PT, is_bold=True)
    for (line, regimen), node in nodes.items():
        x = left[line]
        colour = colours.get(regimen, OTHER_COLOUR)
        sheet.add_bar(x, node.top + node.height / 2, _NODE_MM, node.height, Fill(colour), edge="")
        room = _TEXT_MM * (len(node.label) + 1)
        y = node.top + max(node.height - room, 0.0) / 2 + _TEXT_MM / 2
        for text in node.label:
            sheet.add_text(x + _NODE_MM + 1, y, text, size=SMALL_PT)
            y += _TEXT_MM
        sheet.add_text(x + _NODE_MM + 1, y, _counted(node, flows), size=6.0, colour=FAINT)


def _counted(node: _Node, flows: Mapping[tuple[int, str, str], int]) -> str:
    """``34 (ongoing 10, no further line 5)``."""
    ends = [
        f"{words} {compute_count_text(n)}"
        for level, words in _LAST.items()
        if (n := flows.get((node.line, node.regimen, level), 0))
    ]
    inside = f" ({', '.join(ends)})" if ends else ""
    return f"{compute_count_text(node.patients)}{inside}"


def _draw_bands(
    sheet: Sheet,
    nodes: Mapping[tuple[int, str], _Node],
    flows: Mapping[tuple[int, str, str], int],
    colours: Mapping[str, str],
    left: Mapping[int, float],
) -> None:
    """Bands in the order of the nodes that they lead to, so that none crosses another at its node."""
    leaving = {key: node.top for key, node in nodes.items()}
    arriving = dict(leaving)
    for (line, a), node in nodes.items():
        for (_, b), target in ((key, other) for key, other in nodes.items() if key[0] == line + 1):
            n = flows.get((line, a, b), 0)
            if not n:
                continue
            out, into = (max(n / one.patients * one.height, 0.15) for one in (node, target))
            start, end = leaving[line, a], arriving[line + 1, b]
            tint = _tinted(colours.get(a, OTHER_COLOUR))
            x = (left[line] + _NODE_MM, left[line + 1])
            sheet.add_area(_band(x, (start, start + out), (end, end + into)), Fill(tint))
            leaving[line, a] += out
            arriving[line + 1, b] += into


def _band(
    x: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """A band between two columns that leaves and arrives level."""

    def side(a: float, b: float) -> list[tuple[float, float]]:
        shares = [i / _STEPS for i in range(_STEPS + 1)]
        eased = [(1 - math.cos(math.pi * share)) / 2 for share in shares]
        return [(x[0] + (x[1] - x[0]) * s, a + (b - a) * e) for s, e in zip(shares, eased, strict=True)]

    return [*side(start[0], end[0]), *reversed(side(start[1], end[1]))]


def _tinted(colour: str) -> str:
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * _TINT):02x}" for part in parts)
