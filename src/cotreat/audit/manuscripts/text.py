"""The words of a Markdown or plain text, as people write it and as programs make it from a PDF."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cotreat.audit.manuscripts.html import compute_raised_text, read_html
from cotreat.audit.manuscripts.passages import Passage
from cotreat.readers.encodings import read_text
from cotreat.readers.places import Place

_BLANKS = re.compile(r"\s+")
_TAGS = re.compile(r"<(/?)(\w+)[^>]*>")
_PARAGRAPHS = re.compile(r"\n[ \t\f]*\n")
_LONGEST_HEADING = 80
_FEWEST_TABS = 2


def read_markdown(content: bytes, place: Place) -> Iterator[Passage]:
    """The passages of a Markdown text in their order."""
    # Indented text in a manuscript is no program.
    parser = MarkdownIt("commonmark").enable("table").disable("code")
    tokens = parser.parse(read_text(content, place, None).text)
    rows: list[list[str]] = []
    level = 0
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = int(token.tag[1:]) if token.nesting > 0 else 0
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield Passage("table", "", rows=tuple(tuple(row) for row in rows))
            rows = []
        elif token.type == "html_block":
            yield from read_html(token.content.encode(), place)
        elif token.type in ("fence", "code_block"):
            yield from _paragraphs(token.content)
        elif token.type == "inline":
            yield from _words(_inline(token.children or []), level, rows)


def _words(text: str, level: int, rows: list[list[str]]) -> Iterator[Passage]:
    """The words of a heading or a paragraph; those of a table join its rows."""
    if rows:
        rows[-1].append(_squeezed(text))
    elif level:
        yield Passage("heading", _squeezed(text), level)
    else:
        yield from _block(text)


def read_plain(content: bytes, place: Place) -> Iterator[Passage]:
    """The passages of a text without markup: blank lines part them, a short line alone is a heading."""
    return _paragraphs(read_text(content, place, None).text)


def _paragraphs(text: str) -> Iterator[Passage]:
    for block in _PARAGRAPHS.split(text):
        squeezed = _squeezed(block)
        is_short = len(squeezed) <= _LONGEST_HEADING and "\n" not in block.strip()
        if is_short and squeezed[:1].isupper() and not re.search(r"[.:;,!?\d]", squeezed):
            yield Passage("heading", squeezed, 1)
        else:
            yield from _block(block)


def _block(text: str) -> Iterator[Passage]:
    """Lines of text; runs of lines with tabs are tables."""
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []
    for line in text.split("\n"):
        if line.count("\t") >= _FEWEST_TABS:
            yield from _prose(lines)
            lines = []
            rows.append(tuple(_squeezed(cell) for cell in line.split("\t")))
            continue
        if rows:
            yield Passage("table", "", rows=tuple(rows))
            rows = []
        lines.append(line)
    if rows:
        yield Passage("table", "", rows=tuple(rows))
    yield from _prose(lines)


def _prose(lines: Sequence[str]) -> Iterator[Passage]:
    text = _squeezed(" ".join(lines))
    if text:
        yield Passage("paragraph", text)


def _inline(tokens: Sequence[Token]) -> str:
    """The text of a run of words without its markup."""
    parts: list[str] = []
    raised: list[str] | None = None
    for token in tokens:
        tag = _TAGS.fullmatch(token.content) if token.type == "html_inline" else None
        if tag and tag[2].lower() == "sup":
            if raised is not None:
                parts.append(compute_raised_text("".join(parts[-3:]), "".join(raised)))
            raised = None if tag[1] else []
        elif tag and tag[2].lower() == "br":
            parts.append(" ")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type in ("text", "code_inline", "text_special"):
            (parts if raised is None else raised).append(token.content)
    return "".join([*parts, *(raised or [])])


def _squeezed(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
