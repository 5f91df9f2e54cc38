"""Scenarios of invented patients: what the file says of pairs follows from the order of its events."""

from itertools import pairwise

import pytest

from cotreat.synthetic.scenarios import Scenario, read_record_styles, read_scenarios, read_slots

SCENARIOS = {scenario.name: scenario for scenario in read_scenarios()}


def test_the_file_of_scenarios_uses_every_slot_and_has_events_for_eight_columns() -> None:
    assert {era.slot for s in SCENARIOS.values() for era in s.eras} == set(read_slots())
    assert max(len(s.timeline) for s in SCENARIOS.values()) <= 8
    assert len(SCENARIOS) == len(read_scenarios())
    assert sum(style.weight for style in read_record_styles()) == 100
    assert sum(style.ongoing for style in read_record_styles()) == 100


@pytest.mark.parametrize("name", SCENARIOS)
def test_pairs_are_the_eras_that_overlap_in_the_timeline(name: str) -> None:
    """Each once, from the later first event to the earlier last event."""
    scenario = SCENARIOS[name]
    spans = {
        (a.label, b.label, max(a.first_event, b.first_event), min(a.last_event, b.last_event))
        for a in scenario.eras
        for b in scenario.eras
        if a.slot in "AD" and b.slot in "BCS"
    }
    listed = [(p.anchor, p.partner, p.first_event, p.last_event) for p in scenario.pairs]
    assert sorted(listed) == sorted(span for span in spans if span[2] < span[3])


@pytest.mark.parametrize("name", SCENARIOS)
def test_courses_hold_the_counted_pairs_of_an_anchor(name: str) -> None:
    scenario = SCENARIOS[name]
    counted = [p for p in scenario.pairs if p.kind in ("combination", "short_course")]
    assert sum(course.n_pairs for course in scenario.courses) == len(counted)
    for course in scenario.courses:
        inside = [
            p
            for p in counted
            if p.anchor == course.anchor
            and course.first_event <= p.first_event < p.last_event <= course.last_event
        ]
        assert len(inside) == course.n_pairs
        assert {p.partner[0] for p in inside} == set(course.partners)


def test_eras_of_one_drug_are_apart_by_more_than_the_grace_period() -> None:
    for scenario in SCENARIOS.values():
        for one, other in pairwise(sorted(scenario.eras, key=lambda e: (e.slot, e.first_event))):
            if one.slot == other.slot:
                assert _least_days(scenario, one.last_event, other.first_event) >= 32, scenario.name


def _least_days(scenario: Scenario, first: int, last: int) -> int:
    return sum(event.least_days for event in scenario.timeline[first:last])
