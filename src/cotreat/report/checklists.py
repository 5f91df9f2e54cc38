"""Reporting checklists, filled from the report: what it answers, where, and what is left to the authors."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cotreat.protocol import Protocol
from cotreat.report.blocks import (
    Block,
    Blocks,
    Column,
    Download,
    FigureBlock,
    Heading,
    Paragraph,
    Row,
    TableBlock,
)
from cotreat.report.docx import write_docx
from cotreat.report.files import write_bytes
from cotreat.report.inert import compute_inert_cell, compute_legible_text
from cotreat.report.numbers import compute_count_text
from cotreat.report.sentences import compute_joined_text
from cotreat.vocabulary import Checklist, ChecklistItem, read_checklists

CSV_NAME = "checklists.csv"
DOCX_NAME = "checklists.docx"
ANSWERED, IN_PART, GIVEN, OPEN, NOT_APPLICABLE = (
    "Answered",
    "Answered in part",
    "Given by the authors",
    "Open",
    "Not applicable",
)
_STATUSES = (ANSWERED, IN_PART, GIVEN, OPEN, NOT_APPLICABLE)
_HEADINGS = ("checklist", "item", "section", "asks", "status", "where", "still_open", "source")


@dataclass(frozen=True, slots=True)
class FilledItem:
    """An item with its answer.

    Attributes
    ----------
    item
        What is asked.
    status
        Whether the report answers it, in part or not at all, or the authors gave the answer.
    where
        Places of the report, and what the authors gave.
    still_open
        What the authors must still say.
    """

    item: ChecklistItem
    status: str
    where: str
    still_open: str


@dataclass(frozen=True, slots=True)
class FilledChecklist:
    """A checklist of one study."""

    checklist: Checklist
    items: tuple[FilledItem, ...]

    def count(self, status: str) -> int:
        """How many items have this status."""
        return sum(item.status == status for item in self.items)


def build_checklists(items: Sequence[Block], protocol: Protocol) -> tuple[FilledChecklist, ...]:
    """The checklists for this kind of study, each item with the place of its answer.

    Parameters
    ----------
    items
        The blocks of the report, numbered.
    protocol
        Says what kind of study it is, and what the authors answered (``[reporting]``).
    """
    places = dict(_places(items))
    return tuple(
        FilledChecklist(
            checklist,
            tuple(
                _fill(item, places, protocol.reporting.answer(level, item.item)) for item in checklist.items
            ),
        )
        for level, checklist in read_checklists().items()
        if protocol.study.kind in checklist.kinds
    )


def _places(items: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """What can be pointed at, and how it is called."""
    for item in items:
        if isinstance(item, TableBlock):
            yield f"table:{item.name}", f"Table {item.number}"
        elif isinstance(item, FigureBlock):
            yield f"figure:{item.name.removesuffix('_1')}", f"Figure {item.number}"
        elif isinstance(item, Heading):
            yield f"section:{item.text.partition(',')[0]}", f"section “{item.text}”"


def _fill(item: ChecklistItem, places: Mapping[str, str], answer: str) -> FilledItem:
    if answer:
        return FilledItem(item, GIVEN, answer, "")
    if item.still_open.startswith(NOT_APPLICABLE):
        return FilledItem(item, NOT_APPLICABLE, "", item.still_open.partition(": ")[2])
    found = [
        place.removeprefix("file:") if place.startswith("file:") else places[place]
        for place in item.answered_by
        if place.startswith("file:") or place in places
    ]
    # Some files and sections are there whatever the study holds: without its tables nothing is answered.
    is_answered = any(
        place.startswith(("table:", "figure:")) for place in item.answered_by if place in places
    )
    only_text = not any(place.startswith(("table:", "figure:")) for place in item.answered_by)
    if not found or not (is_answered or only_text):
        return FilledItem(item, OPEN, "", item.still_open)
    return FilledItem(item, IN_PART if item.still_open else ANSWERED, "; ".join(found), item.still_open)


def build_checklist_section(filled: Sequence[FilledChecklist]) -> tuple[Block, ...]:
    """The section of the report: how much of each checklist is answered, and where the whole of it is."""
    rows = tuple(
        Row(
            (
                one.checklist.name,
                compute_count_text(len(one.items)),
                *(compute_count_text(one.count(status)) for status in _STATUSES),
            )
        )
        for one in filled
    )
    columns = (
        Column("Checklist"),
        Column("Items", is_number=True),
        *(Column(status, is_number=True) for status in _STATUSES),
    )
    notes = tuple(
        f"{one.checklist.name}: {one.checklist.full_name} (doi:{one.checklist.doi})." for one in filled
    )
    return (
        Heading("Reporting checklists"),
        Paragraph(
            "Which items of the reporting checklists this report answers. Where and what the authors must "
            "still say stands item by item in two files beside this report. Answers of the authors belong in "
            "the protocol, under [reporting]; a file that is filled in by hand has to be kept elsewhere."
        ),
        Download(((DOCX_NAME, "checklists for Word"), (CSV_NAME, "the same as a table"))),
        TableBlock("checklists", "Items of the reporting checklists by status.", columns, rows, notes),
    )


def build_checklist_report(blocks: Blocks, filled: Sequence[FilledChecklist]) -> Blocks:
    """The checklists as a document of their own: one table each, items grouped by part of the manuscript."""
    items: list[Block] = [
        Paragraph(
            "Numbers of tables and figures are those of report.html and report.docx. The items are in our "
            "own words; the papers cited have the original wording."
        )
    ]
    for number, one in enumerate(filled, start=1):
        items += [
            Heading(f"{one.checklist.name}"),
            Paragraph(f"{one.checklist.full_name} (doi:{one.checklist.doi}). {_summary(one)}"),
            _table(one, number),
        ]
    return Blocks(f"Reporting checklists: {blocks.title}", blocks.subtitle, blocks.cutoff, tuple(items))


def _summary(one: FilledChecklist) -> str:
    parts = [
        f"{compute_count_text(n)} {status[:1].lower()}{status[1:]}"
        for status in _STATUSES
        if (n := one.count(status))
    ]
    return f"Of {compute_count_text(len(one.items))} items: {compute_joined_text(parts)}."


def _table(one: FilledChecklist, number: int) -> TableBlock:
    rows: list[Row] = []
    section = ""
    for item in one.items:
        if item.item.section != section:
            section = item.item.section
            rows.append(Row((section, "", "", ""), is_group=True))
        rows.append(Row((item.item.item, item.item.asks, item.status, _answer(item))))
    columns = (
        Column("Item"),
        Column("What has to be reported"),
        Column("Status"),
        Column("Where, and what is still to be said"),
    )
    name = f"checklist_{one.checklist.checklist}"
    return TableBlock(name, f"{one.checklist.name}, item by item.", columns, tuple(rows), number=number)


def _answer(item: FilledItem) -> str:
    still = f"To add: {item.still_open[:1].lower()}{item.still_open[1:]}." if item.still_open else ""
    if item.status == NOT_APPLICABLE:
        return f"{item.still_open[:1].upper()}{item.still_open[1:]}."
    where = f"{item.where[:1].upper()}{item.where[1:]}{'' if item.where.endswith('.') else '.'}"
    return " ".join(part for part in (where if item.where else "", still) if part)


def write_checklists(blocks: Blocks, protocol: Protocol, folder: Path) -> None:
    """The checklists as ``checklists.docx`` and ``checklists.csv`` in the folder of the report.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    filled = build_checklists(blocks.items, protocol)
    write_docx(build_checklist_report(blocks, filled), folder / DOCX_NAME)
    write_checklists_csv(filled, folder / CSV_NAME)


def write_checklists_csv(filled: Sequence[FilledChecklist], path: Path) -> None:
    """The checklists as UTF-8 CSV with a byte-order mark, one row per item; no cell can run as a formula.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(_HEADINGS)
    for one in filled:
        for item in one.items:
            cells = (
                one.checklist.name,
                item.item.item,
                item.item.section,
                item.item.asks,
                item.status,
                item.where,
                item.still_open,
                f"doi:{one.checklist.doi}",
            )
            lines.writerow(compute_inert_cell(compute_legible_text(cell)) for cell in cells)
    write_bytes(path, f"\ufeff{out.getvalue()}".encode())
