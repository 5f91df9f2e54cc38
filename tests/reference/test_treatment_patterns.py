"""Pathways of OHDSI TreatmentPatterns, reached by segments, and where they differ.

Its eras are half-open and its gap is a difference of dates. Two readings of its cases:
with the stored end included (as a clinician writes it) the paths agree at
``grace_period = eraCollapseSize - 1``; with the stored end excluded every date agrees at
``grace_period = eraCollapseSize``. ``docs/other_tools.md`` explains the rest.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from oracle.days import date_of, day_of
from oracle.records import Exposure, Parameters, Patient
from reference.connected import each_engine
from spec.case import PlainStudy
from spec.engines import run_step_on_engine
from spec.table import Row

CASES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("treatment_patterns.json").read_text(encoding="utf-8")
)["cases"]
PEOPLE = [(case, person) for case in CASES for person in case["patients"]]
PLACES = {id(person): place for place, (_, person) in enumerate(PEOPLE)}
CUTOFF = day_of(date(2019, 1, 1))  # after every case

each_person = pytest.mark.parametrize(
    ("case", "person"),
    PEOPLE,
    ids=[f"{case['place']} {person['patient']} {person['window'][0]}" for case, person in PEOPLE],
)


def _day(text: str) -> int:
    return day_of(date.fromisoformat(text))


def _segments(engine: str, person: dict[str, Any], *, grace_period: int, end_is_in: bool) -> list[Row]:
    rows = _all_segments(engine, grace_period, end_is_in)[str(PLACES[id(person)])]
    return sorted(rows, key=lambda row: int(str(row["start_day"])))


@cache
def _all_segments(engine: str, grace_period: int, end_is_in: bool) -> Mapping[str, list[Row]]:
    """The segments of everybody, in one query: on Spark each takes seconds."""
    protocol = Parameters(cutoff=CUTOFF, anchor=("A", "B", "C"), partner=(), grace_period=grace_period)
    studies = [
        PlainStudy(str(place), (Patient("patient", _exposures(person, end_is_in=end_is_in)),), protocol)
        for place, (_, person) in enumerate(PEOPLE)
    ]
    return run_step_on_engine(engine, studies, "segments")


def _exposures(person: dict[str, Any], *, end_is_in: bool) -> tuple[Exposure, ...]:
    first, last = map(_day, person["window"])
    left_out = 0 if end_is_in else 1
    return tuple(
        Exposure(drug, _day(start), _day(end) - left_out)
        for drug, start, end in person["exposures"]
        if first <= _day(start) <= last and _day(start) <= _day(end) - left_out
    )


def _path(steps: list[str]) -> str:
    return "-".join(step.replace(" ", "") for step in steps)


@each_engine
@each_person
def test_the_path_with_stored_ends_included(
    engine: str, case: dict[str, Any], person: dict[str, Any]
) -> None:
    grace_period = max(0, case["era_collapse_size"] - 1)
    rows = _segments(engine, person, grace_period=grace_period, end_is_in=True)
    theirs = _path([step for step, _, _ in person["history"]])
    assert _path([str(row["regimen"]) for row in rows]) == person.get("path_in_cotreat", theirs)
    assert person.get("path_in_cotreat") != theirs  # a difference that is none must not be listed


@each_engine
@each_person
def test_every_date_with_stored_ends_excluded(
    engine: str, case: dict[str, Any], person: dict[str, Any]
) -> None:
    rows = _segments(engine, person, grace_period=case["era_collapse_size"], end_is_in=False)
    ours = [
        [
            str(row["regimen"]).replace(" ", ""),
            date_of(int(str(row["start_day"]))).isoformat(),
            date_of(int(str(row["end_day"])) + 1).isoformat(),
        ]
        for row in rows
    ]
    if "why_dates_differ" in person:
        assert ours != person["history"]
        assert _path([step for step, _, _ in ours]) == person["half_open_path_in_cotreat"]
    else:
        assert ours == person["history"]


def test_how_many_agree() -> None:
    """The numbers in docs/other_tools.md."""
    paths = Counter(person.get("why_path_differs", "agrees") for _, person in PEOPLE)
    dates = Counter(person.get("why_dates_differ", "agrees") for _, person in PEOPLE)
    assert paths == {"agrees": 40, "short pieces deleted": 7, "adjacent days join; cut at five steps": 3}
    assert dates == {
        "agrees": 39,
        "short pieces deleted": 7,
        "a one-day exposure has no length": 1,
        "a one-day exposure has no length; cut at five steps": 3,
    }
