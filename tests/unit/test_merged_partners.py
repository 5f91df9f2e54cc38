"""Parallel partners merged: two pairs that share their days are one combination in every headline number."""

from collections.abc import Iterator

import pytest

from cotreat.analysis.estimates import estimate
from cotreat.analysis.multiverse import estimate_universe
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import Reading, StudyTables
from cotreat.engine import Engine, connect
from property.case_studies import build_tables, invent
from property.plain_measures import Case, Person

# A: two partners at once, the second left after three months because of an adverse event, the first after six
# in remission. B: one partner for ten months.
CASES = [
    Case("A", start=100, months=6.0, course="one", response="partial", end_reasons=("remission",)),
    Case(
        "A",
        start=130,
        months=3.0,
        course="one",
        partner="prednisone",
        response="complete",
        end_reasons=("adverse_event",),
    ),
    Case("B", start=100, months=10.0, course="two", response="none", end_reasons=("ineffectiveness",)),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect() as connected:
        yield connected


@pytest.fixture(scope="module")
def tables(engine: Engine) -> StudyTables:
    return build_tables(engine, invent({"A": Person(), "B": Person()}, CASES))


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (
            "apart",
            {
                ("pairs", "count"): (3.0, None),
                ("response", "proportion"): (1 / 3, 3),
                ("combination_duration_months", "median"): (6.0, 3),
                ("drug_survival", "survival_at"): (0.0, 2),
            },
        ),
        (
            "merged",
            {
                ("courses", "count"): (2.0, None),
                ("response", "proportion"): (1 / 2, 2),
                ("combination_duration_months", "median"): (8.0, 2),
                ("drug_survival", "survival_at"): (0.0, 2),
            },
        ),
    ],
)
def test_headline_numbers(
    engine: Engine,
    tables: StudyTables,
    choice: str,
    expected: dict[tuple[str, str], tuple[float, int | None]],
) -> None:
    universe = estimate_universe(
        engine,
        tables,
        choices={"parallel_partners": choice},
        units=("pair",),
        is_dated=False,
        leave_out=("patients_with_adverse_event",),
    )
    found = {(e.measure, e.statistic): e for e in universe}
    assert {key: e.estimate for key, e in found.items()} == {
        key: pytest.approx(value) for key, (value, _) in expected.items()
    }
    denominators = {key: n for key, (_, n) in expected.items() if n is not None}
    assert {key: found[key].denominator for key in denominators} == denominators


@pytest.mark.parametrize("merges", [False, True])
def test_a_course_lasts_and_ends_as_it_does_with_partners_apart(
    engine: Engine, tables: StudyTables, merges: bool
) -> None:
    """Courses are merged already: six and ten months, and the reason of the pair that lasted longest."""

    def ask(measure: str, rule: str) -> list[Estimate]:
        reading = Reading(merges_partners=merges)
        return list(estimate(engine, tables, measure=measure, unit="course", rule=rule, reading=reading))

    at_six = next(
        e for e in ask("drug_survival", "longest") if (e.statistic, e.level) == ("survival_at", "6")
    )
    assert (at_six.estimate, at_six.numerator, at_six.denominator) == (0.5, 1, 2)
    reasons = {
        e.level: (e.numerator, e.denominator)
        for e in ask("end_reason", "longest")
        if e.statistic == "count" and e.numerator
    }
    assert reasons == {"remission": (1, 2), "ineffectiveness": (1, 2)}
    by_twelve = {
        e.level: e.estimate
        for e in ask("end_reason_incidence", "longest")
        if e.group == "month=12" and e.estimate
    }
    assert by_twelve == {"remission": 0.5, "ineffectiveness": 0.5}
