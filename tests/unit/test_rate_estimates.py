"""Rates of adverse events as numbers of a study: their groups, filters, and what is refused."""

from collections.abc import Iterator

import pytest
from long_table_study import write_study

from cotreat import Estimate, UsageError
from cotreat.analysis.estimates import estimate
from cotreat.analysis.results import Unit
from cotreat.study import OpenStudy, read_open_study

# 100 days on the anchor alone with an event on day 50, then 200 days on both with one on their day 180; the
# second patient takes the anchor alone on the first 100 of these days and stops.
EXPOSURES = """patient_id,drug,start_date,end_date
1,adalimumab,2023-01-01,2024-12-31
1,methotrexate,2023-04-11,2024-12-31
2,adalimumab,2023-01-01,2023-03-11
"""
EVENTS = """patient_id,term,onset_date,serious
1,nausea,2023-02-19,no
1,pneumonia,2023-10-07,yes
"""
SOURCE = """[source.exposures]
file = "exposures.csv"
[source.adverse_events]
file = "events.csv"
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStudy]:
    folder = tmp_path_factory.mktemp("rates")
    path = write_study(folder, {"exposures.csv": EXPOSURES, "events.csv": EVENTS}, source=SOURCE)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2024-12-31", "2023-10-27", 1), encoding="utf-8")
    with read_open_study(path) as opened:
        yield opened


def ask(study: OpenStudy, measure: str, unit: Unit, **more: object) -> list[Estimate]:
    found = estimate(study.engine, study.tables, measure=measure, unit=unit, **more)  # type: ignore[arg-type]  # as given
    return list(found)


def counts(found: list[Estimate]) -> dict[str, tuple[int | None, int | None]]:
    return {e.group: (e.numerator, e.denominator) for e in found}


def test_person_time_by_state_adds_up_to_all_of_it(study: OpenStudy) -> None:
    by_state = ask(study, "person_time", "patient", by="state")
    (whole,) = ask(study, "person_time", "patient")
    assert counts(by_state) == {
        "state=anchor_only": (200, 2),
        "state=combination": (200, 1),
        "state=none": (200, 1),
    }
    assert (whole.numerator, whole.estimate) == (600, pytest.approx(600 / 365.25))


def test_the_first_event_ends_the_time_at_risk_and_the_rate_of_all_events_goes_on(study: OpenStudy) -> None:
    first = counts(ask(study, "adverse_event_first_rate", "patient", by="state"))
    rates = counts(ask(study, "adverse_event_rate", "event", by="state"))
    assert (first["state=anchor_only"], first["state=combination"]) == ((1, 150), (0, 0))
    assert (rates["state=anchor_only"], rates["state=combination"]) == ((1, 200), (1, 200))


def test_nobody_at_risk_is_no_rate_of_zero(study: OpenStudy) -> None:
    (none,) = ask(study, "adverse_event_first_rate", "patient", where={"state": "combination"})
    assert (none.estimate, none.ci_upper, none.note) == (None, None, "nobody at risk")


def test_a_filter_gives_the_number_of_the_group(study: OpenStudy) -> None:
    for measure, unit in (("adverse_event_rate", "event"), ("adverse_event_proportion", "patient")):
        grouped = [e for e in ask(study, measure, unit, by="state") if e.group == "state=anchor_only"]
        assert ask(study, measure, unit, where={"state": "anchor_only"}) == grouped


def test_a_filter_on_person_time_and_one_on_events_go_together(study: OpenStudy) -> None:
    found = ask(study, "adverse_event_rate", "event", where={"state": "combination"}, by="seriousness")
    assert counts(found) == {"seriousness=serious & state=combination": (1, 200)}


def test_a_class_that_nobody_had_has_both_upper_bounds(study: OpenStudy) -> None:
    found = ask(study, "adverse_event_rate", "event", where={"aesi": "gi_perforation"})
    assert [(e.numerator, e.denominator, e.ci_method) for e in found] == [
        (0, 600, "Garwood, one-sided 95 %"),
        (0, 600, "Garwood, two-sided 95 %"),
    ]


@pytest.mark.parametrize("by", ["sex", "state & regimen", "term & severity"])
def test_a_division_that_person_time_does_not_have_is_refused(study: OpenStudy, by: str) -> None:
    with pytest.raises(UsageError, match="Time at risk is divided by state, disease"):
        ask(study, "adverse_event_rate", "event", by=by)


def test_what_had_ever_been_taken_stays(study: OpenStudy) -> None:
    """The second patient's 300 days are those of the anchor, also long after it was stopped."""
    found = ask(study, "person_time", "patient", by="ever")
    assert counts(found) == {"ever=anchor": (400, 2), "ever=combination": (200, 1)}
