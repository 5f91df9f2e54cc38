"""What counts as a response: criteria on a score and its value before treatment."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Criterion:
    """One way to say from a score whether there is a response; what it asks must all hold.

    Attributes
    ----------
    criterion, name
        Level and the name to show.
    instrument
        Score that it is about.
    at_most, at_least
        The value itself, for scores of which lower, or higher, is better; None: not asked.
    points
        Improvement since baseline in points; None: not asked.
    percent
        Improvement since baseline in percent of it; None: not asked.
    diseases
        Diseases of the patients who are expected to have the score; empty: all. Others
        are asked only if they were scored.
    source
        DOI of the paper that defines it; may be empty.
    """

    criterion: str
    name: str
    instrument: str
    at_most: float | None = None
    at_least: float | None = None
    points: float | None = None
    percent: float | None = None
    diseases: tuple[str, ...] = ()
    source: str = ""

    @property
    def wrong(self) -> str:
        """Why it is no criterion; empty when it is one."""
        if {self.at_most, self.at_least, self.points, self.percent} == {None}:
            return "asks nothing: give `at_most`, `at_least`, `points` or `percent`"
        if self.at_most is not None and self.at_least is not None:
            return (
                "has both `at_most` and `at_least`: one says that lower is better, the other that higher is"
            )
        if self.points is not None and self.points <= 0:
            return "has `points` that are not above 0"
        if self.percent is not None and not 0 < self.percent <= 100:
            return "has a `percent` that is not above 0 and at most 100"
        return ""


CRITERION_HEADINGS = (
    "criterion",
    "name",
    "instrument",
    "at_most",
    "at_least",
    "points",
    "percent",
    "diseases",
    "source",
)


@cache
def read_criteria() -> Mapping[str, Criterion]:
    """Every known criterion by its level."""
    text = files("cotreat.vocabulary").joinpath("criteria.csv").read_text(encoding="utf-8")
    return MappingProxyType({found.criterion: found for found in parse_criteria(text)})


def parse_criteria(text: str) -> tuple[Criterion, ...]:
    """The criteria of a CSV text whose headings are those of the vocabulary's own file.

    Raises
    ------
    ValueError
        A heading is missing, or a number is not one; the message says which.
    """
    reader = csv.DictReader(text.splitlines())
    headings = reader.fieldnames or ()
    missing = [name for name in ("criterion", "instrument") if name not in headings]
    if missing:
        msg = f"has no column `{missing[0]}`"
        raise ValueError(msg)
    return tuple(_criterion(row) for row in reader)


def _criterion(row: Mapping[str, str | None]) -> Criterion:
    cells = {name: (row.get(name) or "").strip() for name in CRITERION_HEADINGS}
    numbers = {name: _number(cells, name) for name in ("at_most", "at_least", "points", "percent")}
    return Criterion(
        criterion=cells["criterion"],
        name=cells["name"] or cells["criterion"],
        instrument=cells["instrument"],
        diseases=tuple(part for part in cells["diseases"].split("|") if part),
        source=cells["source"],
        **numbers,
    )


def _number(cells: Mapping[str, str], name: str) -> float | None:
    try:
        return float(cells[name]) if cells[name] else None
    except ValueError:
        msg = f"has {cells[name]!r} under `{name}`, which is not a number"
        raise ValueError(msg) from None
