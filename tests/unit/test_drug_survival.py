"""Curves of studies in which next to nothing happened, and what cannot be asked of a curve."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from cotreat.analysis.estimates import estimate
from cotreat.analysis.hazards import compute_hazard_ratios
from cotreat.analysis.results import Estimate
from cotreat.analysis.survival import (
    Lifetimes,
    compute_incidence_at,
    compute_log_rank,
    compute_survival_at,
)
from cotreat.engine import Engine, connect
from cotreat.errors import UsageError
from property.case_studies import build_tables, invent
from property.plain_measures import Case, Person

MEASURES = ("drug_survival", "drug_survival_curve", "end_reason_incidence", "end_reason_incidence_curve")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect() as connected:
        yield connected


def curves(engine: Engine, cases: Sequence[Case], **more: Any) -> dict[str, list[Estimate]]:
    people = {case.patient: Person() for case in cases}
    tables = build_tables(engine, invent(people, cases))
    return {
        measure: list(estimate(engine, tables, measure=measure, unit="course", **more))
        for measure in MEASURES
    }


def at(found: Sequence[Estimate], statistic: str, level: str = "") -> Estimate:
    (only,) = [e for e in found if (e.statistic, e.level) == (statistic, level)]
    return only


@pytest.mark.parametrize("n", [3, 49, 98, 103, 10_007])
def test_everybody_has_ended_in_one_way(n: int) -> None:
    # 1/n, summed n times, is often not 1; there is no interval on the log scale of what is beside 1.
    data = Lifetimes.of({(float(day), 1): 1 for day in range(1, n + 1)}, kinds=2)
    assert compute_incidence_at(data, n, 1) == 1
    assert compute_survival_at(data, n) == 0
    assert 0 < (compute_survival_at(data, n - 1) or 0) < 1.01 / n


def test_nobody(engine: Engine) -> None:
    assert curves(engine, []) == {measure: [] for measure in MEASURES}


def test_one_patient_has_numbers_and_no_interval(engine: Engine) -> None:
    cases = [Case("A", months=3.0, end_reasons=("remission",)), Case("A", months=9.0, is_ongoing=1)]
    found = at(curves(engine, cases)["drug_survival"], "survival_at", "6")
    assert (found.estimate, found.numerator, found.denominator) == (0.5, 1, 2)
    assert (found.ci_lower, found.ci_upper, found.note) == (None, None, "one patient: no interval")


def test_nobody_has_ended(engine: Engine) -> None:
    cases = [Case(name, months=12.0, is_ongoing=1) for name in "ABC"]
    found = curves(engine, cases)
    year = at(found["drug_survival"], "survival_at", "12")
    assert (year.estimate, year.numerator, year.ci_upper) == (1.0, 0, 1.0)
    # 0 of 3 ended: exact, two-sided, 0.025 ** (1 / 3).
    assert year.ci_lower == pytest.approx(0.2924, abs=5e-5)
    late = at(found["drug_survival"], "survival_at", "24")
    assert (late.estimate, late.note) == (None, "nobody was followed so long")
    median = at(found["drug_survival"], "median")
    assert (median.estimate, median.ci_lower, median.ci_upper) == (None, None, None)
    assert median.note == "S stays above one half"
    assert [(e.level, e.estimate) for e in found["drug_survival_curve"]] == [("12", 1.0)]
    assert {e.estimate for e in found["end_reason_incidence"] if e.group == "month=12"} == {0.0}


def test_all_ended_on_one_day(engine: Engine) -> None:
    cases = [Case(name, months=6.0, end_reasons=("ineffectiveness",)) for name in "ABCD"]
    found = curves(engine, cases)["drug_survival"]
    assert at(found, "survival_at", "6").estimate == 0.0
    # 0 of 4 go on: exact, two-sided, 1 - 0.025 ** (1 / 4).
    assert at(found, "survival_at", "6").ci_upper == pytest.approx(0.6024, abs=5e-5)
    assert at(found, "survival_at", "24").estimate == 0.0
    assert (at(found, "median").estimate, at(found, "rmst", "12").estimate) == (6.0, 6.0)


def test_an_unknown_length_is_counted_and_in_no_curve(engine: Engine) -> None:
    cases = [
        Case("A", months=12.0, end_reasons=("remission",)),
        Case("B"),
        Case("C", is_ongoing=None, months=3.0),
    ]
    found = at(curves(engine, cases)["drug_survival"], "survival_at", "6")
    assert (found.estimate, found.denominator, found.n_missing) == (1.0, 1, 2)


def test_what_is_known_later_makes_no_group(engine: Engine) -> None:
    tables = build_tables(engine, invent({"A": Person()}, [Case("A", months=6.0)]))
    for asked in ({"by": "response"}, {"where": {"end_reason": "remission"}}):
        with pytest.raises(UsageError, match="must be known on the first day"):
            estimate(engine, tables, measure="drug_survival", unit="course", **asked)


def test_first_courses_only(engine: Engine) -> None:
    cases = [
        Case("A", months=3.0, start=200, end_reasons=("remission",)),
        Case("A", months=24.0, start=100, end_reasons=("remission",)),
        Case("B", months=12.0, end_reasons=("remission",)),
    ]
    tables = build_tables(engine, invent({"A": Person(), "B": Person()}, cases))
    found = at(
        list(estimate(engine, tables, measure="drug_survival", unit="course", rule="longest, first")),
        "survival_at",
        "6",
    )
    assert (found.estimate, found.denominator, found.n_patients) == (1.0, 2, 2)


def test_hazard_ratios_of_groups(engine: Engine) -> None:
    cases = [
        *(
            Case(f"M{n}", months=months, end_reasons=("remission",))
            for n, months in enumerate((6.0, 12.0, 24.0))
        ),
        *(
            Case(f"P{n}", partner="prednisone", months=months, end_reasons=("remission",))
            for n, months in enumerate((0.5, 6.0))
        ),
        Case("T", partner="tacrolimus", months=6.0, is_ongoing=1),
    ]
    tables = build_tables(engine, invent({case.patient: Person() for case in cases}, cases))
    found = {
        e.group: e for e in estimate(engine, tables, measure="hazard_ratio", unit="course", by="partner_drug")
    }
    prednisone = found["partner_drug=prednisone"]
    assert (prednisone.level, prednisone.numerator, prednisone.denominator) == ("v methotrexate", 2, 2)
    assert prednisone.estimate is not None
    assert prednisone.estimate > 1
    assert prednisone.ci_lower is not None
    assert prednisone.ci_upper is not None
    # Two courses cannot be surer than the model: its standard error alone is above 1.
    assert math.log(prednisone.ci_upper / prednisone.ci_lower) > 2 * 1.96
    tacrolimus = found["partner_drug=tacrolimus"]
    assert tacrolimus.estimate is None
    assert tacrolimus.note.startswith("no end in this group")


def test_groups_that_are_separated_have_no_hazard_ratio() -> None:
    early = Lifetimes.of({(1.0, 1): 3, (2.0, 1): 3}, 1)
    late = Lifetimes.of({(9.0, 1): 3, (10.0, 1): 3}, 1)
    assert compute_hazard_ratios([early, late]) is None


def test_nothing_to_compare() -> None:
    going = Lifetimes.of({(5.0, 0): 3}, 1)
    assert compute_log_rank([going, going]) is None
    assert compute_log_rank([Lifetimes.of({(5.0, 1): 3}, 1)]) is None
