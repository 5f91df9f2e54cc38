"""Blocks: a report as one ordered list of what it shows, the same for every output.

A block holds finished text. HTML, Word and the folders of tables and figures are made
from blocks alone, so that no number differs between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading; `level` 1 is a section, 2 a part of one."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text.

    `kind` is ``body``; ``note`` for small print; or ``absent`` for the reason why
    something is not shown.
    """

    text: str
    kind: Literal["body", "note", "absent"] = "body"


@dataclass(frozen=True, slots=True)
class Download:
    """Files beside the report, each with what it holds."""

    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number at a glance: what it is, the number, and its denominator in words."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The study at a glance."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a legend."""

    term: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Legend:
    """Definitions, in the order in which a reader meets them."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a column, and whether its cells are numbers (aligned to the right)."""

    heading: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `is_group` makes it the heading of the rows below."""

    cells: tuple[str, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table.

    Attributes
    ----------
    name
        Stem of its file: ``characteristics`` gives ``tables/characteristics.csv``.
    caption
        What it shows, one sentence, without its number.
    columns, rows
        As many cells in a row as columns; the first cell names the row.
    notes
        Small print below, one entry per line.
    is_wide
        Needs a landscape page.
    number
        Place among the report's tables, from 1; 0 before it has one.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    is_wide: bool = False
    number: int = 0

    def __post_init__(self) -> None:
        """Refuse a row that does not fit the columns."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                msg = f"table {self.name}: {len(row.cells)} cells in a row of {len(self.columns)} columns"
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure, drawn once for every output.

    Attributes
    ----------
    name
        Stem of its files: ``swimmer`` gives ``figures/swimmer.svg`` and ``.png``.
    caption
        What it shows and what its signs mean, without its number.
    alt
        What it says to a reader who cannot see it.
    svg, png
        The drawing; the picture has 300 dots per inch.
    width_mm, height_mm
        Size in print.
    number
        Place among the report's figures, from 1; 0 before it has one.
    """

    name: str
    caption: str
    alt: str
    svg: str
    png: bytes
    width_mm: float
    height_mm: float
    number: int = 0


Block = Heading | Paragraph | Download | Glance | Legend | TableBlock | FigureBlock


@dataclass(frozen=True, slots=True)
class Blocks:
    """A report: its title, what stands under the title, and its blocks in order.

    Attributes
    ----------
    title, subtitle
        Name of the study; citation, cut-off and software in one line.
    cutoff
        Last day of observation, the only date that is written into files; None when the
        study has none.
    items
        The blocks.
    """

    title: str
    subtitle: str
    cutoff: date | None
    items: tuple[Block, ...]

    @property
    def tables(self) -> Iterator[TableBlock]:
        """The tables in order."""
        return (item for item in self.items if isinstance(item, TableBlock))

    @property
    def figures(self) -> Iterator[FigureBlock]:
        """The figures in order."""
        return (item for item in self.items if isinstance(item, FigureBlock))
