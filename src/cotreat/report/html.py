"""The report as one HTML file: no network, no script, readable on paper, on a phone and aloud."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from cotreat.report.blocks import Block, Blocks, FigureBlock, Heading, Row, TableBlock
from cotreat.report.files import write_bytes
from cotreat.report.inert import compute_legible_text


def write_html(blocks: Blocks, path: Path) -> None:
    """The report as one self-contained file; every text of the study is inert in it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    page = _template().render(report=blocks, sections=_sections(blocks.items))
    write_bytes(path, page.encode())


@dataclass
class _Section:
    """A heading and what stands under it."""

    title: str
    anchor: str
    blocks: list[Block] = field(default_factory=list[Block])

    @property
    def is_wide(self) -> bool:
        """Whether the heading goes with a table on a landscape page."""
        return bool(self.blocks) and isinstance(self.blocks[0], TableBlock) and self.blocks[0].is_wide


def _sections(items: Iterable[Block]) -> list[_Section]:
    sections: list[_Section] = []
    for item in items:
        if isinstance(item, Heading) and item.level == 1:
            sections.append(_Section(item.text, _anchor(item.text, len(sections) + 1)))
        elif sections:
            sections[-1].blocks.append(item)
        else:
            sections.append(_Section("", "start", [item]))
    return sections


def _anchor(text: str, place: int) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return f"s{place}-{words}" if words else f"s{place}"


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_legible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {"bodies": _bodies, "kind": _kind, "drawing": _drawing}
    environment.filters.update(filters)
    source = files("cotreat.report").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)


def _legible(value: object) -> object:
    return compute_legible_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _kind(block: Block) -> str:
    return type(block).__name__


def _bodies(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows in groups: each group starts with its heading, if it has one."""
    bodies: list[list[Row]] = []
    for row in rows:
        if row.is_group or not bodies:
            bodies.append([])
        bodies[-1].append(row)
    return bodies


def _drawing(figure: FigureBlock) -> Markup:
    # The drawing is our own and its texts were escaped when it was made.
    return Markup(figure.svg)  # noqa: S704 - see the line above
