"""The manuscript of a file in .docx, .md, .txt or .html.

Whatever the file holds besides words - pictures, links, scripts, macros, fields - is not
looked at, followed or run.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cotreat.audit.manuscripts.docx import read_docx
from cotreat.audit.manuscripts.html import read_html
from cotreat.audit.manuscripts.passages import Manuscript, Passage
from cotreat.audit.manuscripts.text import read_markdown, read_plain
from cotreat.errors import SourceError
from cotreat.readers.places import Place
from cotreat.readers.spreadsheet import read_sheet

_READERS: Mapping[str, Callable[[bytes, Place], Iterator[Passage]]] = {
    ".docx": read_docx,
    ".htm": read_html,
    ".html": read_html,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
}
_MOST_BYTES = 100 << 20
_MOST_CHARACTERS = 20_000_000
_LINE_NUMBER = re.compile(r"\d{1,4}")
_ENDED = re.compile(r"[.!?:;][\"')\]\u201d\u2019]*$")
_GOES_ON = re.compile(r"(?!https?:|www\.|doi)[a-z(]")


def read_manuscript(path: Path) -> Manuscript:
    """The words of a manuscript in .docx, .md, .txt or .html.

    Raises
    ------
    SourceError
        The file is missing, is none of these, is damaged or has no words.
    """
    place = Place(path.name)
    reader = _reader(path, place)
    try:
        if path.stat().st_size > _MOST_BYTES:
            place.refuse(
                "the file is larger than 100 MB.", "Save the text without its pictures and use that."
            )
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}."
        raise SourceError(msg) from error
    passages = tuple(_joined(passage for passage in reader(content, place) if _has_words(passage)))
    if not passages:
        place.refuse("it has no words.", "Check that it is the right file.")
    if sum(len(passage.text) for passage in passages) > _MOST_CHARACTERS:
        place.refuse("it has more than 20 million characters.", "Give the manuscript alone.")
    return Manuscript(path.name, passages)


def read_tables(path: Path) -> tuple[Passage, ...]:
    """The tables of a file: those of a manuscript, or the one of a sheet (.csv, .xlsx, .ods).

    Raises
    ------
    SourceError
        The file is missing, cannot be read, or has no table.
    """
    if path.suffix.lower() in _READERS:
        tables = tuple(read_manuscript(path).tables)
        if not tables:
            Place(path.name).refuse("there is no table in it.", "Give the file that has it.")
        return tables
    sheet = read_sheet(path)
    columns = [sheet.columns[heading] for heading in sheet.headings]
    return (Passage("table", "", rows=(sheet.headings, *zip(*columns, strict=True))),)


def _reader(path: Path, place: Place) -> Callable[[bytes, Place], Iterator[Passage]]:
    if path.suffix.lower() not in _READERS:
        place.refuse(
            f"a manuscript is one of {', '.join(sorted(_READERS))}.",
            "Save it from your word processor as .docx and use that.",
        )
    return _READERS[path.suffix.lower()]


def _has_words(passage: Passage) -> bool:
    """Whether a passage is more than the number of a page or a line."""
    is_number = passage.kind == "paragraph" and _LINE_NUMBER.fullmatch(passage.text) is not None
    return bool(passage.text or passage.rows) and not is_number


def _joined(passages: Iterator[Passage]) -> Iterator[Passage]:
    """Paragraphs that were torn apart by a page or a column are one again."""
    held: Passage | None = None
    for passage in passages:
        if held is not None and _is_torn(held, passage):
            held = Passage("paragraph", f"{held.text} {passage.text}")
            continue
        if held is not None:
            yield held
        held = passage
    if held is not None:
        yield held


def _is_torn(one: Passage, other: Passage) -> bool:
    """Whether a sentence goes on: it has not ended, and the next paragraph begins small."""
    is_prose = one.kind == other.kind == "paragraph"
    return is_prose and not _ENDED.search(one.text) and bool(_GOES_ON.match(other.text))
