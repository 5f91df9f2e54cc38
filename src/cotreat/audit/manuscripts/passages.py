"""A manuscript as it is looked at: headings, paragraphs and tables in their order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "table"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, a paragraph or a table.

    Attributes
    ----------
    kind
        What it is.
    text
        Its words, blanks closed up; of a table the caption.
    level
        Of a heading: 1 is the highest.
    rows
        Of a table: the cells of each row.
    """

    kind: Kind
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The passages of one file in their order; `file` is its name without the folder."""

    file: str
    passages: tuple[Passage, ...]

    @property
    def tables(self) -> Iterator[Passage]:
        """Its tables in their order."""
        return (passage for passage in self.passages if passage.kind == "table")
