"""Tables for Word, written as XML.

The library makes a table cell by cell through objects; thousands of cells would wait for it
longer than for all numbers of the study.
"""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from cotreat.report.blocks import Row, TableBlock
from cotreat.report.docx_parts import compute_cell_style, compute_style_id
from cotreat.report.inert import compute_legible_text

_LONGEST_UNBROKEN = 25
_LOOK = (
    '<w:tblLook w:firstColumn="1" w:firstRow="1" w:lastColumn="0" w:lastRow="0" w:noHBand="0" '
    'w:noVBand="1" w:val="04A0"/>'
)


def add_table(document: WordDocument, block: TableBlock, widths: Sequence[float]) -> None:
    """The document with the table at its end; `widths` of the columns in millimetres."""
    # The page setup is the last element of the body.
    document.element.body[-1].addprevious(parse_xml(_build_table(block, widths)))


def _build_table(block: TableBlock, widths: Sequence[float]) -> str:
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    rows = "".join(_build_rows(block, widths))
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="JournalTable"/><w:tblW w:type="auto" w:w="0"/>'
        f'<w:tblLayout w:type="fixed"/>{_LOOK}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _build_rows(block: TableBlock, widths: Sequence[float]) -> Iterator[str]:
    style = compute_cell_style(block)
    keeps = _compute_kept_rows(block)
    lines = [Row(tuple(column.heading for column in block.columns)), *block.rows]
    in_group = False
    for place, row in enumerate(lines):
        bold, kept = place == 0 or row.is_group, place in keeps
        if row.is_group:
            cells = [
                _build_cell(row.cells[0], sum(widths), style, is_bold=bold, is_kept=kept, span=len(widths))
            ]
        else:
            first = f"{style} In Group" if in_group else style
            styles = [
                f"{style} Number" if c.is_number else style if i else first
                for i, c in enumerate(block.columns)
            ]
            cells = [
                _build_cell(text, width, name, is_bold=bold, is_kept=kept)
                for text, width, name in zip(row.cells, widths, styles, strict=True)
            ]
        heading = "<w:tblHeader/>" if place == 0 else ""
        yield f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{''.join(cells)}</w:tr>"
        in_group = in_group or row.is_group


def _compute_kept_rows(block: TableBlock) -> set[int]:
    """Rows on the page of the next: a short table is not broken, no heading row or note stands alone."""
    end = len(block.rows) + (1 if block.notes else 0)
    if len(block.rows) <= _LONGEST_UNBROKEN and not block.is_wide:
        return set(range(end))
    groups = (place for place, row in enumerate(block.rows, start=1) if row.is_group)
    return {*range(min(2, end)), *range(max(0, end - 2), end), *groups}


def _build_cell(text: str, width: float, style: str, *, is_bold: bool, is_kept: bool, span: int = 1) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    kept = "<w:keepNext/>" if is_kept else ""
    bold = "<w:rPr><w:b/></w:rPr>" if is_bold else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{_twips(width)}"/>{spanned}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{compute_style_id(style)}"/>{kept}</w:pPr>'
        f"<w:r>{bold}{_build_text(compute_legible_text(text))}</w:r></w:p></w:tc>"
    )


def _build_text(text: str) -> str:
    pieces = re.split(r"([\t\n\r])", text)
    return "".join(_MARKS.get(piece) or _build_words(piece) for piece in pieces if piece)


_MARKS = {"\t": "<w:tab/>", "\n": "<w:br/>", "\r": "<w:br/>"}


def _build_words(text: str) -> str:
    space = "" if text == text.strip() else ' xml:space="preserve"'
    return f"<w:t{space}>{escape(text)}</w:t>"


def _twips(millimetres: float) -> int:
    return Mm(millimetres).twips
