"""Worst grades and shifts of invented patients, counted by hand; a severity that contradicts its values."""

from collections.abc import Iterator

import pytest

from cotreat.analysis.estimates import estimate
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine, TableName, connect
from cotreat.errors import UsageError
from cotreat.findings import Findings
from cotreat.outcomes.laboratory import build_laboratory_grades
from cotreat.readers.sources import ReadStudy
from cotreat.study_tables.loading import build_study_table
from cotreat.validation.laboratory_rules import validate_laboratory

FIRST = 20_000
TABLES = StudyTables("wilson", 1, is_dated=True)
# patient: results (day after the first, lymphocytes, lower limit)
RESULTS = {
    1: ((-5, 1.2, 1.0), (10, 0.7, 1.0), (60, 0.4, 1.0)),  # 0 before; 2 on the anchor, 3 on the combination
    2: ((0, 0.9, 1.0), (70, 0.95, 1.0)),  # 1 before, 1 on the combination: not worse
    3: ((60, 0.9, None),),  # 0 or 1 on the combination, nothing before
    4: ((60, 0.45, None),),  # 3 without a limit, nothing before
    5: (),  # no result at all
    6: ((61, None, 1.0),),  # a result that nobody can have
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect("duckdb://") as engine:
        states = [
            {
                "patient_key": p,
                "start_day": FIRST + a,
                "end_day": FIRST + b,
                "state": state,
                "days": b - a + 1,
            }
            for p in RESULTS
            for a, b, state in ((0, 49, "anchor_only"), (50, 99, "combination"))
        ]
        engine.load("states", build_study_table("states", states))
        rows = [
            {
                "patient_key": p,
                "day": FIRST + day,
                "test": "lymphocytes",
                "value": value,
                "lln": lln,
                "source_id": 1,
            }
            for p, results in RESULTS.items()
            for day, value, lln in results
        ]
        engine.load("laboratory", build_study_table("laboratory", rows))
        build_laboratory_grades(
            engine, TableName("laboratory"), TableName("states"), version="5.0", lookback=365
        )
        yield engine


def ask(engine: Engine, measure: str, by: str, **where: str) -> dict[tuple[str, str], Estimate]:
    found = estimate(engine, TABLES, measure=measure, unit="patient", statistic="count", by=by, where=where)
    return {(e.group, e.level): e for e in found}


def test_worst_grades_by_state(engine: Engine) -> None:
    found = ask(engine, "laboratory_grade", "state & term")
    combination = "state=combination & term=lymphopenia"
    counts = {
        level: (e.numerator, e.denominator, e.n_missing)
        for (group, level), e in found.items()
        if group == combination
    }
    assert counts == {
        "grade_1": (1, 3, 3),
        "grade_3": (2, 3, 3),
        "any_grade": (3, 3, 3),
        "grade_3_or_worse": (2, 4, 2),  # 0.9 without a limit is not grade 3
        "not_gradable": (2, 5, 1),
        "not_gradable: no_limit": (1, 5, 1),
        "not_gradable: no_value": (1, 5, 1),
    }
    note = found[combination, "grade_3"].note
    assert note == "n_missing: 1 without a result on these days, 2 not known from the values"
    assert found["state=anchor_only & term=lymphopenia", "grade_2"].n_missing == 5


def test_shifts_from_before_treatment(engine: Engine) -> None:
    found = ask(engine, "laboratory_shift", "term", state="combination")
    counts = {level: (e.numerator, e.denominator, e.n_missing) for (_, level), e in found.items()}
    assert counts == {
        "grade_0 to grade_3": (1, 2, 4),
        "grade_1 to grade_1": (1, 2, 4),
        "worsened": (1, 2, 4),
    }


def test_person_time_is_not_divided_by_everything(engine: Engine) -> None:
    with pytest.raises(UsageError, match="is computed by `term`"):
        ask(engine, "laboratory_grade", "state")


def test_a_case_table_has_no_grades(engine: Engine) -> None:
    tables = StudyTables("wilson", 1)
    assert len(list(estimate(engine, tables, measure="laboratory_grade", unit="patient", by="term"))) == 0


@pytest.mark.parametrize(
    ("grade", "onset", "end", "found"),
    [
        (2, 60, None, ["2"]),
        (3, 60, None, []),
        (2, 5, 20, []),
        (3, 5, 60, []),
        (2, 61, 90, []),
        (5, 60, None, []),
    ],
)
def test_a_severity_that_contradicts_the_values_of_its_days(
    engine: Engine, grade: int, onset: int, end: int | None, found: list[str]
) -> None:
    """Patient 1 had 0.7 (grade 2) on day 10 and 0.4 (grade 3) on day 60."""
    event = {
        "event_key": 1,
        "patient_key": 1,
        "term": "lymphopenia",
        "onset_day": FIRST + onset,
        "end_day": None if end is None else FIRST + end,
        "severity_grade": grade,
        "source_id": 1,
        "source_row": 7,
    }
    engine.load("adverse_events", build_study_table("adverse_events", [event]))
    source = {"source_id": 1, "file": "events.csv"}
    engine.load("sources", build_study_table("sources", [source]))
    findings = validate_laboratory(engine, ReadStudy(Findings.concat([]), {"severity": "grade"}, None))
    assert findings.table["value"].to_pylist() == found
    assert findings.table["row"].to_pylist() == [7] * len(found)
