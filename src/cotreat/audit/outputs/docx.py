"""The audit as a Word file: the words of the manuscript, with a comment at each number.

The file is made anew from the words: nothing of the manuscript's own file goes into it, neither
its pictures nor its macros. Comments are dated alike, so the same audit gives the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_UNDERLINE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from cotreat.audit.audited import Audit, AuditedClaim
from cotreat.audit.outputs.marks import Mark, MarkedPassage, build_marked_passages
from cotreat.audit.outputs.words import STYLES, compute_binding_text, compute_evidence_text, compute_style
from cotreat.audit.verdicts.verdict import Word
from cotreat.report.docx import compute_fixed_archive
from cotreat.report.docx_parts import add_own_style, add_styles
from cotreat.report.files import write_bytes
from cotreat.report.inert import compute_legible_text

_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)
_MOMENT_TEXT = _MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ")
_AUTHOR, _INITIALS = "cotreat", "co"
_MOST_COLUMNS = 63  # Word's own limit
_LOOKS: dict[Word, tuple[RGBColor, WD_UNDERLINE, bool]] = {
    "reproduced": (RGBColor(0x1B, 0x6E, 0x3C), WD_UNDERLINE.SINGLE, False),
    "reproduced_otherwise": (RGBColor(0x7A, 0x52, 0x00), WD_UNDERLINE.DASH_HEAVY, False),
    "not_reproduced": (RGBColor(0xA3, 0x18, 0x2B), WD_UNDERLINE.THICK, True),
    "impossible": (RGBColor(0x7B, 0x1F, 0xA2), WD_UNDERLINE.DOUBLE, True),
    "not_derivable": (RGBColor(0x3D, 0x5A, 0x80), WD_UNDERLINE.DOTTED, False),
    "unbound": (RGBColor(0x5F, 0x63, 0x68), WD_UNDERLINE.DOTTED, False),
}


def write_audit_docx(audit: Audit, path: Path) -> None:
    """The manuscript with Word comments at its numbers; the same audit gives the same bytes.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    document = Document()
    add_styles(document)
    _set_properties(document, audit)
    _add_head(document, audit)
    comments: list[Any] = []
    for marked in build_marked_passages(audit):
        _add_passage(document, comments, marked)
    getattr(document.comments, "_comments_elm").extend(comments)  # noqa: B009 - see _add_comment
    out = io.BytesIO()
    document.save(out)
    write_bytes(path, compute_fixed_archive(out.getvalue(), date(1980, 1, 1)))


def _set_properties(document: WordDocument, audit: Audit) -> None:
    properties = document.core_properties
    properties.title = compute_legible_text(f"Audit of {audit.manuscript.file}")[:255]
    properties.author = properties.last_modified_by = _AUTHOR
    properties.comments = properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = _MOMENT
    properties.revision = 1


def _add_head(document: WordDocument, audit: Audit) -> None:
    document.add_paragraph(compute_legible_text(f"Audit of {audit.manuscript.file}"), style="Title")
    held = f"held against the data of the study {audit.study}" if audit.study else "without data"
    document.add_paragraph(compute_legible_text(f"{len(audit.claims)} numbers, {held}"), style="Subtitle")
    if not audit.study:
        text = "No data were given: only the consistency of the manuscript with itself was looked at."
        document.add_paragraph(text, style="Body Text")
    for style in STYLES:
        if audit.count(style.word):
            paragraph = document.add_paragraph(style="List Bullet")
            _look(paragraph.add_run(f"{style.sign} {style.name}"), style.word)
            paragraph.add_run(f": {audit.count(style.word)}. {style.meaning}")
    for check in audit.checks:
        document.add_paragraph(compute_legible_text(check.text), style="Body Text")
    text = "The words of the manuscript follow; each number has a comment."
    document.add_paragraph(text, style="Absent")


def _add_passage(document: WordDocument, comments: list[Any], marked: MarkedPassage) -> None:
    passage = marked.passage
    if passage.kind == "heading":
        document.add_heading(compute_legible_text(passage.text), level=min(passage.level, 2))
        return
    if passage.kind == "table":
        _add_table(document, comments, marked)
        return
    paragraph = document.add_paragraph(style="Body Text")
    for mark in marked.marks:
        _add_mark(comments, paragraph, mark)


def _add_mark(comments: list[Any], paragraph: Paragraph, mark: Mark) -> None:
    run = paragraph.add_run(compute_legible_text(mark.text))
    if not mark.claims:
        return
    _look(run, mark.word)
    _add_comment(comments, run, [compute_legible_text(_comment(claim)) for claim in mark.claims])


def _add_comment(comments: list[Any], run: Run, lines: Sequence[str]) -> None:
    """A comment at a run.

    The library looks through all comments for the next free number, which makes a long
    manuscript slow, and dates each by the clock.
    """
    number = len(comments)
    named = {"id": str(number), "author": _AUTHOR, "initials": _INITIALS, "date": _MOMENT_TEXT}
    element = OxmlElement("w:comment", attrs={qn(f"w:{name}"): value for name, value in named.items()})
    for line in lines:
        paragraph = OxmlElement("w:p")
        style = OxmlElement("w:pPr")
        style.append(OxmlElement("w:pStyle", attrs={qn("w:val"): "CommentText"}))
        text = OxmlElement("w:t", attrs={qn("xml:space"): "preserve"})
        text.text = line
        words = OxmlElement("w:r")
        words.append(text)
        paragraph.extend((style, words))
        element.append(paragraph)
    comments.append(element)
    run.mark_comment_range(run, number)


def _comment(audited: AuditedClaim) -> str:
    style = compute_style(audited.verdict.word)
    parts = [f"{style.sign} {audited.claim.text}: {style.name}."]
    binding = compute_binding_text(audited)
    if binding:
        parts.append(f"Taken as: {binding}.")
    parts.append(compute_evidence_text(audited))
    return " ".join(part for part in parts if part)


def _look(run: Run, word: Word) -> None:
    colour, underline, is_bold = _LOOKS[word]
    run.font.color.rgb = colour
    run.font.underline = underline
    run.bold = is_bold or None


def _add_table(document: WordDocument, comments: list[Any], marked: MarkedPassage) -> None:
    passage = marked.passage
    if passage.text:
        document.add_paragraph(compute_legible_text(passage.text), style="Caption")
    n_columns = min(max(len(row) for row in passage.rows), _MOST_COLUMNS) if passage.rows else 0
    if not n_columns:
        return
    table = document.add_table(rows=0, cols=n_columns, style="Journal Table")
    for row in marked.rows:
        cells = table.add_row().cells
        # What lies beyond the last column stands in it too.
        beyond = [mark for cell in row[n_columns - 1 :] for mark in (Mark(" "), *cell)][1:]
        for cell, marks in zip(cells, [*row[: n_columns - 1], beyond], strict=False):
            add_own_style(cell.paragraphs[0], "Wide Cell")
            for mark in marks:
                _add_mark(comments, cell.paragraphs[0], mark)
    document.add_paragraph(style="Table Note")
