"""The audit as one HTML file: the manuscript with its marks, and what the data give beside it.

No network. The page's one script filters and moves between numbers; without it the page is
a manuscript with links to a list.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from cotreat.audit.audited import Audit, AuditedClaim
from cotreat.audit.manuscripts.passages import Passage
from cotreat.audit.outputs.marks import Mark, build_marked_passages
from cotreat.audit.outputs.words import (
    STYLES,
    VerdictStyle,
    compute_binding_text,
    compute_evidence_text,
    compute_style,
)
from cotreat.report.files import write_bytes
from cotreat.report.inert import compute_legible_text


@dataclass(frozen=True, slots=True)
class _Entry:
    """One number in the list beside the manuscript."""

    text: str
    style: VerdictStyle
    binding: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words, or a number with its place in the list (from 1; 0 for words)."""

    text: str
    number: int
    style: VerdictStyle | None
    entries: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """A passage; of a table the stretches of each cell too, and `numbered` has all numbers in their order."""

    passage: Passage
    stretches: tuple[_Stretch, ...]
    rows: tuple[tuple[tuple[_Stretch, ...], ...], ...]

    @property
    def numbered(self) -> Iterator[_Stretch]:
        cells = (stretch for row in self.rows for cell in row for stretch in cell)
        return (stretch for stretch in (*self.stretches, *cells) if stretch.number)


def write_audit_page(audit: Audit, path: Path) -> None:
    """The audit as one self-contained file; every text of the manuscript is inert in it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    script = _source("audit.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _template().render(
        audit=audit,
        blocks=list(_blocks(audit)),
        counts=[(style, audit.count(style.word)) for style in STYLES],
        # Our own script, which is a file of this package.
        script=Markup(script),  # noqa: S704 - see the line above
        script_digest=digest,
    )
    write_bytes(path, page.encode())


def _blocks(audit: Audit) -> Iterator[_Block]:
    number = count(1)

    def numbered(marks: Sequence[Mark]) -> tuple[_Stretch, ...]:
        return tuple(_stretch(mark, next(number) if mark.claims else 0) for mark in marks)

    for marked in build_marked_passages(audit):
        stretches = numbered(marked.marks)
        rows = tuple(tuple(numbered(cell) for cell in row) for row in marked.rows)
        yield _Block(marked.passage, stretches, rows)


def _stretch(mark: Mark, number: int) -> _Stretch:
    style = compute_style(mark.word) if mark.claims else None
    return _Stretch(mark.text, number, style, tuple(_entry(claim) for claim in mark.claims))


def _entry(audited: AuditedClaim) -> _Entry:
    return _Entry(
        audited.claim.text,
        compute_style(audited.verdict.word),
        compute_binding_text(audited),
        compute_evidence_text(audited),
    )


def _source(name: str) -> str:
    return files("cotreat.audit.outputs").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_legible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(_source("audit.html.jinja"))


def _legible(value: object) -> object:
    return compute_legible_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
