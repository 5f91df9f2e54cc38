"""The words of a Word file: its body as it reads with all changes accepted.

Only the text part and the styles are opened. Macros, fields, embedded objects, pictures
and whatever a file refers to elsewhere are not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from xml.parsers import expat  # DTDs and with them entities are refused by the archive

from cotreat.audit.manuscripts.html import compute_raised_text
from cotreat.audit.manuscripts.passages import Passage
from cotreat.readers.archives import Archive, ArchiveKind
from cotreat.readers.places import Place

_WORD_FILE = ArchiveKind(
    "document",
    "Open it in a word processor, save it as a new .docx file and use that.",
    "Save the text without its pictures and use that.",
)
_BODY = "word/document.xml"
_STYLES = "word/styles.xml"
# What is deleted, moved away, an instruction to Word, or a second version for older programs.
_UNREAD = frozenset({"del", "moveFrom", "instrText", "Fallback", "pict", "object"})
_BLANKS = re.compile(r"\s+")
_HEADING = re.compile(r"(?:heading|title)\s*(\d?)", re.IGNORECASE)


def read_docx(content: bytes, place: Place) -> Iterator[Passage]:
    """The passages of a Word file in their order.

    Raises
    ------
    SourceError
        The file is damaged, protected, or no Word file.
    """
    archive = Archive(content, place, _WORD_FILE)
    body = next((part for part in (_main_part(archive), _BODY) if part in archive.names), "")
    if not body:
        archive.refuse_damage("it has no text part")
    levels = _read_levels(archive, _STYLES) if _STYLES in archive.names else {}
    text = _Body(levels)
    archive.parse(body, text.listen, namespaces=True)
    return iter(text.passages)


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" not in archive.names:
        return ""
    for _, attributes in archive.elements("_rels/.rels"):
        if attributes.get("Type", "").endswith("/officeDocument"):
            return archive.find("", attributes.get("Target", ""))
    return ""


def _read_levels(archive: Archive, part: str) -> Mapping[str, int]:
    """Level of the headings by the id of their style."""
    levels: dict[str, int] = {}
    style = ""
    for tag, attributes in archive.elements(part):
        if tag == "style":
            style = attributes.get("styleId", "")
        heading = _HEADING.fullmatch(attributes.get("val", "")) if tag == "name" else None
        if heading and style:
            levels[style] = int(heading[1] or 1)
        elif tag == "outlineLvl" and style:
            levels[style] = int(attributes.get("val", "0")) + 1
    return levels


class _Body:
    """The passages of the body, element by element."""

    def __init__(self, levels: Mapping[str, int]) -> None:
        self.passages: list[Passage] = []
        self._levels = levels
        self._unread = 0
        self._is_text = False
        self._is_raised = False
        self._level = 0
        self._text: list[str] = []
        self._cell: list[str] = []
        self._tables: list[list[list[str]]] = []

    def listen(self, parser: expat.XMLParserType, prefix: str) -> None:
        """The handlers of the parser are those of this object."""
        del prefix
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if self._unread or tag in _UNREAD:
            self._unread += 1
            return
        value = next((v for key, v in attributes.items() if key.rpartition(" ")[2] == "val"), "")
        if tag == "t":
            self._is_text = True
        elif tag in ("tab", "br", "cr"):
            self._text.append(" ")
        elif tag == "noBreakHyphen":
            self._text.append("-")
        elif tag == "pStyle":
            self._level = self._levels.get(value, 0)
        elif tag == "r":
            self._is_raised = False
        elif tag == "vertAlign":
            self._is_raised = value == "superscript"
        elif tag == "tbl":
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if self._unread:
            self._unread -= 1
        elif tag == "t":
            self._is_text = False
        elif tag == "p":
            self._end_paragraph()
        elif tag == "tc" and self._tables and self._tables[-1]:
            self._tables[-1][-1].append(" ".join(self._cell))
            self._cell = []
        elif tag == "tbl" and self._tables:
            self._end_table()

    def _data(self, text: str) -> None:
        if not self._is_text or self._unread:
            return
        raised = self._is_raised
        self._text.append(compute_raised_text("".join(self._text[-3:]), text) if raised else text)

    def _end_paragraph(self) -> None:
        text = _BLANKS.sub(" ", "".join(self._text)).strip()
        level, self._level, self._text = self._level, 0, []
        if not text:
            return
        if self._tables:
            self._cell.append(text)
        else:
            self.passages.append(Passage("heading" if level else "paragraph", text, level))

    def _end_table(self) -> None:
        rows = [row for row in self._tables.pop() if any(row)]
        if self._tables:
            # A table in a table becomes part of the cell around it.
            self._cell += [" ".join(cell for cell in row if cell) for row in rows]
        elif rows:
            self.passages.append(Passage("table", "", rows=tuple(tuple(row) for row in rows)))
