"""What Word needs beyond its library: styles, fields, repeated heading rows, alternative texts, widths."""

import re
from collections.abc import Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shape import InlineShape
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as WordParagraph

from cotreat.report.blocks import TableBlock
from cotreat.report.figures import compute_text_width
from cotreat.report.inert import compute_legible_text

_FONT = "Arial"
# Arial is narrower than the font in which texts are measured.
_ARIAL = 0.89
_PADDING = 3.2
_INDENT = 2.5
_NARROWEST_TABLE = 100.0
# Sizes of the text in cells, by style.
CELL_STYLES = {"Cell": 8.5, "Small Cell": 7.5, "Wide Cell": 6.5}
_MOST_COLUMNS = 6
_INK = RGBColor(0x1A, 0x1A, 0x1A)
_QUIET = RGBColor(0x50, 0x50, 0x50)
# Rules above, below the heading row and below; light rules between rows.
_JOURNAL_TABLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="JournalTable">
  <w:name w:val="Journal Table"/>
  <w:basedOn w:val="TableNormal"/>
  <w:uiPriority w:val="59"/>
  <w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="12" w:space="0" w:color="1A1A1A"/>
      <w:bottom w:val="single" w:sz="12" w:space="0" w:color="1A1A1A"/>
      <w:insideH w:val="single" w:sz="2" w:space="0" w:color="C4C4C4"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="28" w:type="dxa"/><w:left w:w="40" w:type="dxa"/>
      <w:bottom w:w="28" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/></w:rPr>
    <w:tcPr>
      <w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="1A1A1A"/></w:tcBorders>
      <w:vAlign w:val="bottom"/>
    </w:tcPr>
  </w:tblStylePr>
</w:style>
"""


def add_styles(document: WordDocument) -> None:
    """The document with the report's styles: text, headings, captions, cells and the table."""
    _text_style(document, "Normal", 10.0, after=0.0)
    _text_style(document, "Title", 18.0, after=4.0, is_bold=True)
    _text_style(document, "Subtitle", 9.5, after=10.0, colour=_QUIET)
    _text_style(document, "Heading 1", 13.0, before=16.0, after=6.0, is_bold=True)
    _text_style(document, "Heading 2", 11.0, before=10.0, after=4.0, is_bold=True)
    _text_style(document, "Body Text", 10.0, after=7.0)
    _text_style(document, "List Bullet", 10.0, after=3.0)
    _text_style(document, "Caption", 9.0, before=6.0, after=4.0)
    _text_style(document, "Footer", 8.0, colour=_QUIET, align=WD_ALIGN_PARAGRAPH.CENTER)
    _text_style(document, "Absent", 10.0, after=7.0, colour=_QUIET)
    _text_style(document, "Table Note", 8.0, before=2.0, after=0.0, colour=_QUIET)
    _text_style(document, "Figure", 10.0, before=6.0, after=2.0)
    _style(document, "Figure").paragraph_format.keep_with_next = True
    _style(document, "Body Text").paragraph_format.line_spacing = 1.25
    for name, size in CELL_STYLES.items():
        _text_style(document, name, size)
        _text_style(document, f"{name} Number", size, align=WD_ALIGN_PARAGRAPH.RIGHT)
        _text_style(document, f"{name} In Group", size)
        _style(document, f"{name} In Group").paragraph_format.left_indent = Mm(_INDENT)
    document.styles.element.append(parse_xml(_JOURNAL_TABLE))
    settings = document.settings.element
    if settings.find(qn("w:autoHyphenation")) is None:
        # Narrow columns of long drug names need hyphens; Word knows those of the language.
        hyphenation = OxmlElement("w:autoHyphenation")
        hyphenation.set(qn("w:val"), "true")
        settings.insert_element_before(hyphenation, *_AFTER_HYPHENATION)


_AFTER_HYPHENATION = (
    "w:consecutiveHyphenLimit",
    "w:hyphenationZone",
    "w:doNotHyphenateCaps",
    "w:characterSpacingControl",
    "w:compat",
    "w:rsids",
    "m:mathPr",
    "w:themeFontLang",
    "w:clrSchemeMapping",
    "w:shapeDefaults",
    "w:decimalSymbol",
    "w:listSeparator",
)


def _style(document: WordDocument, name: str) -> ParagraphStyle:
    styles = document.styles
    try:
        found = styles[name]
    except KeyError:
        found = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(found, ParagraphStyle):
        msg = f"{name} is not a paragraph style"
        raise TypeError(msg)
    return found


def _text_style(
    document: WordDocument,
    name: str,
    size: float,
    *,
    before: float = 0.0,
    after: float = 0.0,
    is_bold: bool = False,
    colour: RGBColor = _INK,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
) -> None:
    style = _style(document, name)
    font = style.font
    font.name, font.size, font.bold, font.italic = _FONT, Pt(size), is_bold, name == "Absent"
    font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), _FONT)
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(kind), None)
    spacing = style.element.get_or_add_rPr().find(qn("w:spacing"))
    if spacing is not None:
        # The template spaces the letters of some of its styles.
        style.element.get_or_add_rPr().remove(spacing)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.alignment = align
    if name == "Title":
        # The template draws a rule below its title.
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.get_or_add_pPr().remove(borders)


def add_own_style(paragraph: WordParagraph, name: str) -> None:
    """The paragraph with one of the styles of `add_styles`."""
    read_xml(paragraph, "_p").style = compute_style_id(name)


def compute_style_id(name: str) -> str:
    """Id of a style: its name without blanks.

    The library looks a name up among all styles, and every paragraph would wait for it.
    """
    return name.replace(" ", "")


def add_field(paragraph: WordParagraph, instruction: str, shown: str, *, is_bold: bool = False) -> None:
    """The paragraph with a field that Word can renumber; `shown` is what stands there until then."""
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("shown", shown), ("end", "")):
        run = paragraph.add_run()
        run.bold = is_bold or None
        if kind == "shown":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            read_xml(run, "_r").append(mark)
        else:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {text} "
            read_xml(run, "_r").append(code)


def add_alternative_text(picture: InlineShape, name: str, text: str) -> None:
    """The picture with a name and a text for readers who cannot see it."""
    properties = read_xml(picture, "_inline").docPr
    properties.set("name", name)
    properties.set("descr", compute_legible_text(text))


def read_xml(part: object, attribute: str) -> Any:
    """What the library keeps below one of its objects: it knows no fields or alternative texts."""
    return getattr(part, attribute)


def compute_cell_style(block: TableBlock) -> str:
    """Name of the style of a table's cells: the more columns, the smaller."""
    if block.is_wide:
        return "Wide Cell"
    return "Small Cell" if len(block.columns) > _MOST_COLUMNS else "Cell"


def build_column_widths(block: TableBlock, page_mm: float) -> list[float]:
    """Widths in millimetres within the page: no number and no word breaks unless the page is too narrow."""
    size = CELL_STYLES[compute_cell_style(block)]
    columns = [[row.cells[i] for row in block.rows if not row.is_group] for i in range(len(block.columns))]
    least = [
        _least(c.heading, cells, size, is_number=c.is_number)
        for c, cells in zip(block.columns, columns, strict=True)
    ]
    most = [
        max(w, _most(c.heading, cells, size))
        for w, c, cells in zip(least, block.columns, columns, strict=True)
    ]
    if any(row.is_group for row in block.rows):
        most[0] += _INDENT
    if sum(least) >= page_mm:
        return [width * page_mm / sum(least) for width in least]
    if sum(most) <= page_mm:
        # The widest column of words takes what a narrow table needs to look like one.
        words = [i for i, column in enumerate(block.columns) if not column.is_number] or [0]
        most[max(words, key=most.__getitem__)] += max(0.0, min(page_mm, _NARROWEST_TABLE) - sum(most))
        return most
    texts = [[_width(cell, size) for cell in cells] for cells in columns]
    return _spread(least, texts, page_mm - sum(least))


def _spread(least: Sequence[float], texts: Sequence[Sequence[float]], spare: float) -> list[float]:
    """Widths that share out the spare millimetres, each to the column that makes the most rows high."""
    widths = list(least)
    rows = list(zip(*texts, strict=True))
    for _ in range(int(spare)):
        scores = [0.0] * len(widths)
        for row in rows:
            lines = [text / (width - _PADDING) for text, width in zip(row, widths, strict=True)]
            highest = max(range(len(lines)), key=lines.__getitem__)
            scores[highest] += max(0.0, lines[highest] - 1)
        widths[max(range(len(scores)), key=scores.__getitem__)] += 1
    widths[0] += spare - int(spare)
    return widths


def _least(heading: str, cells: Sequence[str], size: float, *, is_number: bool) -> float:
    """Width below which a word, or the number in a cell, would break."""
    pieces = list(cells) if is_number else [word for cell in cells for word in _words(cell)]
    body = max((_width(piece, size) for piece in pieces), default=0.0)
    return max(body, *(_width(word, size, is_bold=True) for word in _words(heading)), 4.0) + _PADDING


def _most(heading: str, cells: Sequence[str], size: float) -> float:
    """Width at which no cell breaks, and the heading at most once."""
    body = max((_width(cell, size) for cell in cells), default=0.0)
    return max(body, _width(heading, size, is_bold=True) * 0.6) + _PADDING


def _words(text: str) -> list[str]:
    return re.split(r"\s+|(?<=[/-])", text)


def _width(text: str, size: float, *, is_bold: bool = False) -> float:
    return compute_text_width(text, size, is_bold=is_bold) * _ARIAL
