"""The words of a web page: no script is run, no reference followed, no entity declared by the page known."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from cotreat.audit.manuscripts.passages import Passage
from cotreat.readers.encodings import read_text
from cotreat.readers.places import Place

_UNREAD = frozenset(
    {"script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object", "nav", "select"}
)
_BREAKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "main",
        "aside",
        "address",
        "hr",
        "body",
    }
)
_CELLS = frozenset({"td", "th"})
_HEADING = re.compile(r"h([1-6])")
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
# What a page declares for itself before it begins.
_DECLARATIONS = re.compile(r"\A\s*<!DOCTYPE[^\[>]{0,500}\[[^\]]*\]\s*>", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_CITATION = re.compile(r"[\d,;\s\u2013\u2014*\u2020\u2021a-z-]*")
_POWER = re.compile(r"(?<!\d)10\s*$")


def read_html(content: bytes, place: Place) -> Iterator[Passage]:
    """The passages of a web page in their order."""
    declared = _DECLARED.search(content[:4096])
    encoding = declared[1].decode("ascii") if declared else None
    page = _Page()
    page.feed(_DECLARATIONS.sub("", read_text(content, place, encoding).text, count=1))
    page.close()
    page.end_passage()
    return iter(page.passages)


def compute_raised_text(before: str, raised: str) -> str:
    """What a raised text adds to the words before it: the power of ten; a citation adds nothing."""
    raised = raised.strip()
    if _POWER.search(before) and re.fullmatch(r"[-\u2212]?\d{1,2}", raised):
        return f"^{raised}"
    return "" if _CITATION.fullmatch(raised) else raised


class _Page(HTMLParser):
    """The passages of a page, piece by piece."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.passages: list[Passage] = []
        self._text: list[str] = []
        self._raised: list[str] | None = None
        self._unread: list[str] = []
        self._level = 0
        self._tables = 0
        self._in_cell = False
        self._rows: list[list[str]] = []
        self._caption = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNREAD:
            self._unread.append(tag)
        if self._unread:
            return
        heading = _HEADING.fullmatch(tag)
        if tag == "table":
            self._start_table()
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._rows.append([])
        elif self._tables and (tag in _CELLS or tag == "caption"):
            self._end_cell()
            self._in_cell = tag in _CELLS
        elif heading:
            self._break()
            self._level = int(heading[1])
        elif tag in _BREAKS:
            self._break()
        elif tag == "br":
            self._text.append(" ")
        elif tag == "sup":
            self._raised = []

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            if tag == self._unread[-1]:
                self._unread.pop()
            return
        if tag == "table" and self._tables:
            self._end_table()
        elif tag in _CELLS and self._tables:
            self._end_cell()
        elif tag == "caption" and self._tables:
            self._caption = self._take()
        elif tag in _BREAKS or _HEADING.fullmatch(tag):
            self._break()
        elif tag == "sup" and self._raised is not None:
            raised = "".join(self._raised)
            self._raised = None
            self._text.append(compute_raised_text("".join(self._text[-3:]), raised))

    def handle_data(self, data: str) -> None:
        if not self._unread:
            (self._text if self._raised is None else self._raised).append(data)

    def end_passage(self) -> None:
        """What has been collected is a passage of its own."""
        if self._tables:
            self._tables = 1
            self._end_table()
        text = self._take()
        if text:
            kind = "heading" if self._level else "paragraph"
            self.passages.append(Passage(kind, text, self._level))
        self._level = 0

    def _break(self) -> None:
        if self._tables:
            self._text.append(" ")
        else:
            self.end_passage()

    def _take(self) -> str:
        text = _BLANKS.sub(" ", "".join(self._text)).strip()
        self._text = []
        return text

    def _start_table(self) -> None:
        # A table in a table becomes part of the outer one's rows.
        if not self._tables:
            self.end_passage()
        self._tables += 1

    def _end_cell(self) -> None:
        text = self._take()
        if self._in_cell or text:
            self._rows = self._rows or [[]]
            self._rows[-1].append(text)
        self._in_cell = False

    def _end_table(self) -> None:
        self._tables -= 1
        if self._tables:
            return
        self._end_cell()
        rows = tuple(tuple(row) for row in self._rows if any(row))
        if rows or self._caption:
            self.passages.append(Passage("table", self._caption, rows=rows))
        self._rows, self._caption = [], ""
