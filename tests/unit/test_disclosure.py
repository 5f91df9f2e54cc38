"""Small counts: suppressed with what would reveal them, and an attacker who tries every table that fits."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from cotreat.analysis.disclosure import add_suppression, read_shown_steps
from cotreat.analysis.intervals import PatientGroup
from cotreat.analysis.proportions import compute_share_estimates
from cotreat.analysis.results import Estimate, Result
from cotreat.engine import connect
from cotreat.findings import Finding, Findings, compute_shown_count
from cotreat.study_tables.loading import build_study_table

MINIMUM = 5
Table = tuple[tuple[int, int], tuple[int, int]]


def share(
    numerator: int, denominator: int, level: str, group: str = "", missing: int = 0
) -> Iterator[Estimate]:
    count = Estimate(
        "response",
        "patient",
        "best",
        group,
        level,
        "count",
        None,
        numerator=numerator,
        denominator=denominator,
        unit="patients",
        n_patients=denominator,
        n_missing=missing,
        note=f"{numerator} of {denominator}",
    )
    groups = [PatientGroup(1, 1, numerator), PatientGroup(1, 0, denominator - numerator)]
    return compute_share_estimates(count, groups, "wilson")


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (1, None), (4, None), (5, 5), (6, 5), (7, 5), (8, 10), (12, 10), (13, 15), (None, None)],
)
def test_a_count_is_rounded_or_not_shown(count: int | None, shown: int | None) -> None:
    assert compute_shown_count(count, MINIMUM) == shown


def test_without_a_minimum_nothing_changes() -> None:
    results = Result.of(share(2, 9, "complete"))
    assert add_suppression(results, 0) is results


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 30), (28, 30), (1, 4)])
def test_a_small_count_and_its_complement_take_everything_with_them(numerator: int, denominator: int) -> None:
    for e in add_suppression(Result.of(share(numerator, denominator, "complete")), MINIMUM):
        assert (e.estimate, e.ci_lower, e.ci_upper, e.numerator, e.denominator, e.n_patients) == (None,) * 6
        assert e.note == "suppressed: a count below 5 stands behind it"


def test_what_is_shown_is_made_of_rounded_counts() -> None:
    """13 of 32 are shown as 15 of 30, and so are their share, their interval and their note."""
    shown = list(add_suppression(Result.of(share(13, 32, "complete", missing=3)), MINIMUM))
    exact = list(Result.of(share(15, 30, "complete")))
    for one, other in zip(shown, exact, strict=True):
        assert (one.numerator, one.denominator, one.n_missing) == (15, 30, None)
        assert (one.estimate, one.ci_lower, one.ci_upper) == (other.estimate, other.ci_lower, other.ci_upper)
        assert "13" not in one.note
        assert "32" not in one.note


def test_single_persons_are_not_shown() -> None:
    common = {"denominator": 40, "n_patients": 40, "unit": "years"}
    rows = [
        Estimate("age_years", "patient", "first", "", "", statistic, 51.237, **common)
        for statistic in ("min", "max", "median")
    ]
    rows += [Estimate("drug_survival_curve", "course", "", "", "12", "survival", 0.5, denominator=40)]
    shown = list(add_suppression(Result.of(rows), MINIMUM))
    assert [(e.measure, e.statistic, e.estimate) for e in shown] == [("age_years", "median", 51.0)]


@cache
def shown_cell(count: int, total: int) -> tuple[object, ...]:
    """All that is shown of one cell of its group."""
    shown = add_suppression(Result.of(share(count, total, "complete")), MINIMUM)
    return tuple((e.statistic, e.estimate, e.ci_lower, e.ci_upper, e.numerator, e.denominator) for e in shown)


def shown_of(table: Table) -> tuple[object, ...]:
    """All that is shown of a table: each cell of its group, and each level of the whole."""
    whole = sum(map(sum, table))
    cells = [shown_cell(count, sum(row)) for row in table for count in row]
    return (*cells, *(shown_cell(sum(counts), whole) for counts in zip(*table, strict=True)))


@pytest.mark.parametrize(
    "table",
    [((7, 3), (12, 9)), ((6, 1), (11, 6)), ((10, 4), (3, 8)), ((2, 8), (13, 13)), ((4, 5), (6, 9))],
)
def test_nobody_finds_a_suppressed_count(table: Table) -> None:
    """Of all tables with the same output, every suppressed count has at least two values."""
    output = shown_of(table)
    near = [range(max(0, n - 3), n + 4) for row in table for n in row]
    fitting = [((a, b), (c, d)) for a, b, c, d in product(*near) if shown_of(((a, b), (c, d))) == output]
    assert table in fitting
    for row, column in product(range(2), range(2)):
        if 0 < table[row][column] < MINIMUM:
            assert len({found[row][column] for found in fitting}) > 1, (table, row, column, fitting)


def test_steps_and_sources_are_rounded_too() -> None:
    with connect("duckdb://") as engine:
        rows = [{"step": n, "rows": 103, "patients": patients} for n, patients in enumerate((3, 42, None, 0))]
        engine.load("attrition", build_study_table("attrition", rows))
        shown = read_shown_steps(engine, "attrition", "step", MINIMUM)
        exact = read_shown_steps(engine, "attrition", "step", 0)
    assert shown["patients"].to_pylist() == [None, 40, None, 0]
    assert shown["rows"].to_pylist() == [105] * 4
    assert exact["patients"].to_pylist() == [3, 42, None, 0]


def ratio(events: int, other: int, rule: str = "within_patient") -> Estimate:
    note = f"{events} events in 900 days against {other} in 800"
    common = {"numerator": events, "denominator": events + other, "n_patients": 60, "ci_method": "Wald, 95 %"}
    return Estimate(
        "rate_ratio",
        "event",
        rule,
        "",
        "",
        "ratio",
        1.2345,
        ci_lower=0.8765,
        ci_upper=1.9876,
        note=note,
        **common,
    )


@pytest.mark.parametrize(
    "one",
    [ratio(40, 3), ratio(3, 40), ratio(40, 24), ratio(40, 40, "crude")],
    ids=lambda e: f"{e.rule}, {e.numerator}",
)
def test_a_rate_ratio_that_tells_the_events_of_a_side_is_not_shown(one: Estimate) -> None:
    """Those of the other state are in no column of its own: they are the complement."""
    (shown,) = add_suppression(Result.of([one]), MINIMUM)
    assert (shown.estimate, shown.ci_lower, shown.numerator, shown.denominator) == (None,) * 4
    assert "events in" not in shown.note


def test_a_rate_ratio_of_many_events_has_two_digits() -> None:
    (shown,) = add_suppression(Result.of([ratio(41, 33)]), MINIMUM)
    assert (shown.estimate, shown.ci_lower, shown.ci_upper) == (1.2, 0.88, 2.0)
    assert "41" not in shown.note


def ended(statistic: str, numerator: int, denominator: int, estimate: float) -> Estimate:
    return Estimate(
        "drug_survival",
        "course",
        "",
        "",
        "12",
        statistic,
        estimate,
        numerator=numerator,
        denominator=denominator,
    )


def test_who_ended_or_is_at_risk_is_rounded_and_not_said_to_be_nobody() -> None:
    """23 of 101 at risk are shown as 25 of 100, and a median keeps how many ended."""
    shown = add_suppression(
        Result.of([ended("at_risk", 23, 101, 23.0), ended("median", 62, 101, 5.6789)]), MINIMUM
    )
    assert [(e.statistic, e.estimate, e.numerator, e.denominator) for e in shown] == [
        ("at_risk", 25.0, 25, 100),
        ("median", 5.7, 60, 100),
    ]


def test_few_who_are_left_take_the_number_of_those_who_ended_with_them() -> None:
    (shown,) = add_suppression(Result.of([ended("median", 98, 101, 5.6789)]), MINIMUM)
    assert (shown.estimate, shown.numerator) == (None, None)


def quantity(statistic: str, n: int, estimate: float, **more: object) -> Estimate:
    return Estimate(
        "age_years", "patient", "first", "", "", statistic, estimate, denominator=n, n_patients=n, **more
    )


@pytest.mark.parametrize(
    ("statistic", "n", "is_shown"),
    [("median", 9, False), ("median", 10, True), ("q1", 19, False), ("q1", 20, True), ("q3", 19, False)],
)
def test_a_quantile_needs_the_minimum_of_values_beyond_it(statistic: str, n: int, is_shown: bool) -> None:
    """Of five values the quartiles are the second and the fourth: single persons."""
    (shown,) = add_suppression(Result.of([quantity(statistic, n, 51.237)]), MINIMUM)
    assert (shown.estimate is not None) == is_shown


def test_a_mean_with_its_sum_or_its_interval_does_not_tell_how_many() -> None:
    """2.79 / 0.465 is 6; and with a standard deviation of 19 an interval of 15.9 either way is that of 8."""
    rows = [
        quantity("mean", 6, 0.465434, ci_lower=0.4531, ci_upper=0.4812, ci_method="t, 95 %"),
        quantity("sum", 6, 2.792607),
    ]
    mean, total = add_suppression(Result.of(rows), MINIMUM)
    assert (mean.estimate, mean.ci_lower, mean.ci_upper, mean.ci_method) == (0.47, None, None, "")
    assert total.estimate == 2.3


def left(statistic: str, numerator: int, estimate: float, **more: object) -> Estimate:
    return Estimate(
        "drug_survival",
        "course",
        "",
        "",
        "12",
        statistic,
        estimate,
        numerator=numerator,
        denominator=120,
        **more,
    )


def test_the_share_of_those_who_are_left_goes_with_their_number() -> None:
    """1.1 % of 120 is one course; ten were censored, so those who ended do not tell."""
    rows = [left("at_risk", 1, 1.0), left("survival_at", 109, 0.011, ci_lower=0.001, ci_upper=0.054)]
    shown = {e.statistic: e for e in add_suppression(Result.of(rows), MINIMUM)}
    assert [(e.estimate, e.ci_upper, e.numerator) for e in shown.values()] == [(None, None, None)] * 2


@pytest.mark.parametrize(
    ("note", "is_shown"),
    [
        ("against baricitinib + azathioprine, 1 of 10; not randomised", False),
        ("against baricitinib + azathioprine, 9 of 10; not randomised", False),
        ("against baricitinib + azathioprine, 20 of 50; not randomised", True),
        ("reference: 47 of 50 courses ended, in 40 patients", False),
    ],
)
def test_a_difference_does_not_tell_the_share_of_its_reference(note: str, is_shown: bool) -> None:
    """0 of 5 less 0.1: one of ten."""
    one = Estimate(
        "response_between_regimens",
        "course",
        "",
        "",
        "complete",
        "difference",
        -0.1,
        numerator=0,
        denominator=5,
    )
    (shown,) = add_suppression(Result.of([replace(one, n_patients=5, note=note)]), MINIMUM)
    assert (shown.estimate is not None) == is_shown


def test_the_bound_of_nobody_is_made_of_the_rounded_number() -> None:
    """The exact bound of 0 in 6 is 0.459, and no other number has it: 0 in 5 has 0.522."""
    note = "Clopper-Pearson, two-sided 95 %"
    one = Estimate(
        "end_reason_incidence",
        "course",
        "",
        "month=12",
        "adverse_event",
        "incidence_at",
        0.0,
        ci_lower=0.0,
        ci_upper=0.4593,
        ci_method=note,
        numerator=0,
        denominator=6,
        n_patients=6,
    )
    (shown,) = add_suppression(Result.of([one]), MINIMUM)
    assert (shown.ci_lower, shown.ci_upper, shown.ci_method) == (0.0, 0.52, note)


@pytest.mark.parametrize(
    ("why", "shown"),
    [
        ("There is no row for 3 patients.", "There is no row for fewer than 5 patients."),
        ("1,203 of 2,411 exposures have no dose.", "About 1,205 of about 2,410 exposures have no dose."),
        ("In 2020 nothing was read in 0 rows.", "In 2020 nothing was read in 0 rows."),
    ],
)
def test_a_finding_about_a_file_has_rounded_numbers(why: str, shown: str) -> None:
    found = Findings.of([Finding("info", "some_code", "file.csv", why=why, what_to_do="Nothing.")])
    assert [f.why for f in found.counted(MINIMUM)] == [shown]


def test_no_identifier_stands_in_what_is_shown() -> None:
    """Two ways of writing one identifier are no row of a file, and still two patients."""
    found = Findings.of(
        [
            Finding(
                "warning",
                "patient_id_forms",
                "a.csv",
                value="7 (a.csv), 007 (b.csv)",
                why="One.",
                what_to_do="x",
            )
        ]
    )
    (shown,) = found.counted(MINIMUM)
    assert (shown.value, shown.why) == ("", "Fewer than 5 rows.")
