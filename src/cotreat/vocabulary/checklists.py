"""What a report of a study has to say: the items of reporting checklists, in our own words."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item of a reporting checklist.

    Attributes
    ----------
    item
        Its number in the checklist; where a checklist has parts without a verified number, the part.
    section
        Part of a manuscript to which it belongs.
    asks
        What has to be reported.
    answered_by
        Places of a report that answer it, if they are there: ``table:NAME``, ``figure:NAME``,
        ``section:HEADING`` or ``file:NAME``; empty: only the authors can.
    still_open
        What the authors must add to that; may be empty.
    """

    item: str
    section: str
    asks: str
    answered_by: tuple[str, ...]
    still_open: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reporting checklist.

    Attributes
    ----------
    checklist, name, full_name
        Level, and its names.
    kinds
        Kinds of study that it is for.
    doi
        The paper that it was published in.
    items
        In their order.
    """

    checklist: str
    name: str
    full_name: str
    kinds: tuple[str, ...]
    doi: str
    items: tuple[ChecklistItem, ...]


@cache
def read_checklists() -> Mapping[str, Checklist]:
    """The checklists by their level, in their order."""
    items: dict[str, list[ChecklistItem]] = {}
    for row in _rows("checklist_items.csv"):
        places = tuple(part for part in row["answered_by"].split(";") if part)
        item = ChecklistItem(row["item"], row["section"], row["asks"], places, row["still_open"])
        items.setdefault(row["checklist"], []).append(item)
    return MappingProxyType(
        {
            row["checklist"]: Checklist(
                row["checklist"],
                row["name"],
                row["full_name"],
                tuple(row["kinds"].split(";")),
                row["doi"],
                tuple(items[row["checklist"]]),
            )
            for row in _rows("checklists.csv")
        }
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("cotreat.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
