"""What can happen to an invented patient, and what is then true: scenarios.toml, read."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

MOST_EVENTS = 8  # a patient's events stand in one row
END_OF_OBSERVATION = "|"
FIRST_OBSERVED_DAY = "["
_GAP = re.compile(r"(\d+)(?:\.\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a timeline.

    Attributes
    ----------
    label
        ``A+``: first day of era A; ``A-``: its last day; ``|``: end of observation; ``[``:
        first observed day.
    least_days, most_days
        Days since the event before it; 0 of the first.
    """

    label: str
    least_days: int
    most_days: int


@dataclass(frozen=True, slots=True)
class PlannedEra:
    """One era of a scenario, between two events that are counted from 1."""

    label: str
    slot: str
    first_event: int
    last_event: int
    is_ongoing: bool


@dataclass(frozen=True, slots=True)
class TruePair:
    """A pair that a scenario makes, its eras by label and its days by event."""

    anchor: str
    partner: str
    first_event: int
    last_event: int
    kind: str
    order: str
    end: str


@dataclass(frozen=True, slots=True)
class TrueCourse:
    """A course that a scenario makes, its eras by label and its days by event."""

    anchor: str
    partners: tuple[str, ...]
    n_pairs: int
    first_event: int
    last_event: int
    order: str
    end: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens to a patient and what is true of it; `weight` says how often, against the others."""

    name: str
    weight: int
    timeline: tuple[Event, ...]
    eras: tuple[PlannedEra, ...]
    pairs: tuple[TruePair, ...]
    courses: tuple[TrueCourse, ...]

    @property
    def is_open(self) -> bool:
        """Whether something goes on at the end of observation."""
        return self.timeline[-1].label == END_OF_OBSERVATION

    def event(self, label: str) -> int | None:
        """The place of an event, counted from 1; None when the scenario has none of that label."""
        return next((n for n, event in enumerate(self.timeline, start=1) if event.label == label), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """Which drug the eras of one letter are: the drug of a pool that chance gives, or one further on."""

    pool: str
    shift: int


@dataclass(frozen=True, slots=True)
class Layer:
    """Rows of one era, one every so many days, each lasting so many days less 0 to `shorter_by`."""

    every: int
    lasts: int
    shorter_by: int = 0
    copies: int = 1
    supply: bool = False


@dataclass(frozen=True, slots=True)
class RecordStyle:
    """How an era is written down, and how often, in percent: of eras that stopped, of ongoing ones."""

    name: str
    weight: int
    ongoing: int
    layers: tuple[Layer, ...]


def read_scenarios() -> tuple[Scenario, ...]:
    """The scenarios that are shipped, in the order of the file."""
    return tuple(_read_scenario(raw) for raw in _read_file()["scenario"])


def read_record_styles() -> tuple[RecordStyle, ...]:
    """The ways of writing an era down, in the order of the file."""
    return tuple(
        RecordStyle(
            raw["name"], raw["weight"], raw["ongoing"], tuple(Layer(**layer) for layer in raw["layers"])
        )
        for raw in _read_file()["record"]
    )


def read_slots() -> Mapping[str, Slot]:
    """By first letter of an era, where its drug comes from."""
    return {letter: Slot(**raw) for letter, raw in _read_file()["slots"].items()}


@cache
def _read_file() -> Mapping[str, Any]:
    text = files("cotreat.synthetic").joinpath("scenarios.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read_scenario(raw: Mapping[str, Any]) -> Scenario:
    timeline = _read_timeline(raw["timeline"])
    places = {event.label: n for n, event in enumerate(timeline, start=1)}
    pairs = tuple(
        TruePair(
            p["anchor"], p["partner"], places[p["from"]], places[p["to"]], p["kind"], p["order"], p["end"]
        )
        for p in raw.get("pairs", ())
    )
    courses = tuple(
        TrueCourse(
            c["anchor"],
            tuple(c["partners"]),
            c["pairs"],
            places[c["from"]],
            places[c["to"]],
            c["order"],
            c["end"],
        )
        for c in raw.get("courses", ())
    )
    return Scenario(raw["name"], raw["weight"], timeline, _read_eras(timeline), pairs, courses)


def _read_timeline(text: str) -> tuple[Event, ...]:
    """Events from a text of events and gaps in turn, such as ``A+ 60..300 A-``."""
    words = text.split()
    events = [Event(words[0], 0, 0)]
    for gap, label in zip(words[1::2], words[2::2], strict=True):
        found = _GAP.fullmatch(gap)
        if found is None:
            msg = f"{gap!r} in the timeline {text!r} is no number of days."
            raise ValueError(msg)
        least = int(found[1])
        events.append(Event(label, least, int(found[2] or least)))
    return tuple(events)


def _read_eras(timeline: tuple[Event, ...]) -> tuple[PlannedEra, ...]:
    places = {event.label: n for n, event in enumerate(timeline, start=1)}
    return tuple(
        PlannedEra(
            label=label,
            slot=label[0],
            first_event=places[f"{label}+"],
            last_event=places.get(f"{label}-", len(timeline)),
            is_ongoing=f"{label}-" not in places,
        )
        for label in (event.label[:-1] for event in timeline if event.label.endswith("+"))
    )
