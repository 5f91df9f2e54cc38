"""The report as a Word file with real styles, captions, repeated heading rows and fixed dates."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph

from cotreat.report.blocks import (
    Block,
    Blocks,
    Download,
    FigureBlock,
    Glance,
    Heading,
    Legend,
    Paragraph,
    TableBlock,
)
from cotreat.report.docx_parts import (
    add_alternative_text,
    add_field,
    add_own_style,
    add_styles,
    build_column_widths,
)
from cotreat.report.docx_tables import add_table
from cotreat.report.files import write_bytes
from cotreat.report.inert import compute_legible_text

# The first day that a zip archive can name.
_EARLIEST = date(1980, 1, 1)
_PORTRAIT = (210.0, 297.0)
_MARGIN = 20.0
_LANDSCAPE_MARGIN = 14.0
_TALLEST_PICTURE = 225.0


def write_docx(blocks: Blocks, path: Path) -> None:
    """The report as a Word file; the same blocks give the same bytes.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    document = Document()
    add_styles(document)
    _set_page(document, is_landscape=False)
    _set_properties(document, blocks)
    _add_text(document, blocks.title, "Title")
    _add_text(document, blocks.subtitle, "Subtitle")
    is_landscape = False
    for place, item in enumerate(blocks.items):
        after = blocks.items[place + 1] if place + 1 < len(blocks.items) else None
        # A heading goes to the landscape page of the table below it.
        wanted = _is_wide(item) or (isinstance(item, Heading) and _is_wide(after))
        if wanted != is_landscape:
            document.add_section(WD_SECTION.NEW_PAGE)
            _set_page(document, is_landscape=wanted)
            is_landscape = wanted
        _add(document, item)
    out = io.BytesIO()
    document.save(out)
    write_bytes(path, compute_fixed_archive(out.getvalue(), _stamp(blocks.cutoff)))


def _is_wide(item: Block | None) -> bool:
    return isinstance(item, TableBlock) and item.is_wide


def _stamp(cutoff: date | None) -> date:
    return max(cutoff, _EARLIEST) if cutoff else _EARLIEST


def _set_properties(document: WordDocument, blocks: Blocks) -> None:
    day = _stamp(blocks.cutoff)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    properties = document.core_properties
    properties.title = compute_legible_text(blocks.title)[:255]
    properties.author = properties.last_modified_by = "cotreat"
    properties.comments = properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = moment
    properties.revision = 1
    properties.language = "en-US"


def _set_page(document: WordDocument, *, is_landscape: bool) -> None:
    section = document.sections[-1]
    short, long = _PORTRAIT
    margin = Mm(_LANDSCAPE_MARGIN if is_landscape else _MARGIN)
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(long), Mm(short)) if is_landscape else (Mm(short), Mm(long))
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
    if len(document.sections) == 1:
        number = section.footer.paragraphs[0]
        number.style = "Footer"
        add_field(number, "PAGE", "1")


def _add(document: WordDocument, item: Block) -> None:
    match item:
        case Heading():
            _add_text(document, item.text, f"Heading {item.level}")
        case Paragraph():
            style = {"note": "Table Note", "absent": "Absent"}.get(item.kind, "Body Text")
            _add_text(document, item.text, style)
        case Download():
            _add_files(document, item)
        case Glance():
            _add_glance(document, item)
        case Legend():
            _add_legend(document, item)
        case TableBlock():
            _add_table_block(document, item)
        case FigureBlock():
            _add_figure(document, item)


def _add_text(document: WordDocument, text: str, style: str) -> WordParagraph:
    paragraph = document.add_paragraph(compute_legible_text(text))
    add_own_style(paragraph, style)
    return paragraph


def _add_files(document: WordDocument, files: Download) -> None:
    for name, holds in files.files:
        _add_text(document, f"{name}: {holds}", "List Bullet")


def _add_glance(document: WordDocument, glance: Glance) -> None:
    for figure in glance.figures:
        paragraph = _add_text(document, "", "List Bullet")
        paragraph.add_run(f"{compute_legible_text(figure.label)}: ")
        paragraph.add_run(compute_legible_text(figure.value)).bold = True
        if figure.detail:
            paragraph.add_run(f" {compute_legible_text(figure.detail)}")


def _add_legend(document: WordDocument, legend: Legend) -> None:
    for entry in legend.terms:
        paragraph = _add_text(document, "", "List Bullet")
        paragraph.add_run(f"{compute_legible_text(entry.term)}. ").bold = True
        paragraph.add_run(compute_legible_text(entry.meaning))


def _add_caption(document: WordDocument, kind: str, number: int, text: str, *, is_kept: bool) -> None:
    """A numbered caption; `is_kept` keeps it on the page of what follows."""
    paragraph = _add_text(document, "", "Caption")
    paragraph.paragraph_format.keep_with_next = is_kept
    paragraph.add_run(f"{kind} ").bold = True
    add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(number), is_bold=True)
    paragraph.add_run(". ").bold = True
    paragraph.add_run(compute_legible_text(text))


def _add_table_block(document: WordDocument, block: TableBlock) -> None:
    _add_caption(document, "Table", block.number, block.caption, is_kept=True)
    page = (_PORTRAIT[1] - 2 * _LANDSCAPE_MARGIN) if block.is_wide else (_PORTRAIT[0] - 2 * _MARGIN)
    add_table(document, block, build_column_widths(block, page))
    for place, note in enumerate(block.notes, start=1):
        paragraph = _add_text(document, note, "Table Note")
        paragraph.paragraph_format.keep_with_next = place < len(block.notes)
    # Two tables without a paragraph between them would become one.
    _add_text(document, "", "Table Note")


def _add_figure(document: WordDocument, block: FigureBlock) -> None:
    scale = min(1.0, _TALLEST_PICTURE / block.height_mm)
    paragraph = _add_text(document, "", "Figure")
    picture = paragraph.add_run().add_picture(
        io.BytesIO(block.png), width=Mm(block.width_mm * scale), height=Mm(block.height_mm * scale)
    )
    add_alternative_text(picture, f"Figure {block.number}", block.alt)
    _add_caption(document, "Figure", block.number, block.caption, is_kept=False)


def compute_fixed_archive(data: bytes, day: date) -> bytes:
    """The archive with every entry dated alike, in the order and with the compression of one writer."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in _ordered(old.namelist()):
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return out.getvalue()


def _ordered(names: Iterable[str]) -> list[str]:
    # Readers expect the list of content types first.
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))
