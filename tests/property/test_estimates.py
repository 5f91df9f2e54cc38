"""Every measure is what lists and loops give, in every unit and rule, whole, by group and under filters."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cotreat.analysis.estimates import estimate, estimate_level, estimate_study
from cotreat.analysis.intervals import PatientGroup, compute_proportion_intervals
from cotreat.analysis.measure import Measure
from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate, Result, Unit
from cotreat.analysis.selection import Reading, StudyTables
from cotreat.analysis.summaries import compute_bootstrap_intervals
from cotreat.analysis.variables import VARIABLES
from cotreat.engine import DuckDBEngine, Engine, connect
from cotreat.errors import UsageError
from property.case_studies import SEED, build_tables, case_studies, invent
from property.plain_measures import (
    AESI,
    Case,
    Counted,
    Event,
    Person,
    Study,
    collect_numbers,
    count_category,
    select,
    split,
    summarize,
    units_of,
)

RESPONSES = ("complete", "partial", "none", "unassessable")
ALWAYS_SHOWN: Mapping[str, Sequence[str]] = {
    "sex": ("female", "male"),
    "monotherapy_response": RESPONSES,
    "response": RESPONSES,
    "aesi": tuple(AESI),
}
CENSORED = ("end_reason", "next_treatment")
# Every measure in every unit and rule that the registry has; those of survival have loops of their own.
Asked = tuple[str, Unit, str]
ASKED: list[Asked] = [
    (m.name, unit, rule)
    for m in MEASURES.values()
    # The others need dated records, or have tests of their own.
    if m.kind in ("units", "category", "flag", "number", "events") and not m.needs_dates
    for unit, rules in m.rules.items()
    for rule in rules
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect() as connected:
        assert isinstance(connected, DuckDBEngine)
        # Queries over nine rows: sharing them out between threads takes longer than running them.
        connected.connection.execute("SET threads = 1")
        yield connected


def check(
    found: list[Estimate], study: Study, cases: Sequence[Case], name: str, unit: Unit, rule: str
) -> None:
    """Estimates of one measure and one group against the cases of that group."""
    measure = MEASURES[name]
    assert {(e.measure, e.unit_of_analysis, e.rule) for e in found} <= {(name, unit, rule)}
    if measure.kind == "units":
        _check_units(found, study, cases, unit)
    elif measure.kind == "events":
        _check_events(found, cases)
    elif measure.kind == "number":
        _check_number(found, study, cases, measure, unit)
    else:
        _check_category(found, study, cases, measure, unit, rule)


def _check_units(found: list[Estimate], study: Study, cases: Sequence[Case], unit: Unit) -> None:
    (only,) = found
    n = len(units_of(study, unit, cases))
    assert (only.estimate, only.numerator, only.n_patients) == (n, n, len({c.patient for c in cases}))


def _check_events(found: list[Estimate], cases: Sequence[Case]) -> None:
    (only,) = found
    n = sum(len(case.events) for case in cases)
    assert (only.estimate, only.numerator) == (n, n)
    assert only.n_patients == len({case.patient for case in cases if case.events})
    assert only.n_missing == sum(case.events_unknown for case in cases)


def _check_category(
    found: list[Estimate], study: Study, cases: Sequence[Case], measure: Measure, unit: Unit, rule: str
) -> None:
    shown = [v for v in ALWAYS_SHOWN.get(measure.name, ()) if v != "unassessable" or "failure" not in rule]
    levels = ["yes"] if measure.kind == "flag" else shown
    counted, censored = count_category(study, measure.name, unit, rule, cases, levels)
    wanted = {"": counted["yes"]} if measure.kind == "flag" else counted
    if not cases:
        assert found == []
        return
    assert {e.level for e in found} == set(wanted)
    for level, expected in wanted.items():
        own = [e for e in found if e.level == level]
        (count,) = [e for e in own if e.statistic == "count"]
        _check_counts(count, expected, censored if measure.name in CENSORED else None)
        assert count.estimate == (expected.numerator if expected.denominator else None)
        proportions = [e for e in own if e.statistic == "proportion"]
        assert len(own) == 1 + len(proportions)
        for proportion in proportions:
            _check_counts(proportion, expected, censored if measure.name in CENSORED else None)
            share = expected.numerator / expected.denominator if expected.denominator else None
            assert proportion.estimate == share
        _check_intervals(proportions, expected)


def _check_counts(one: Estimate, expected: Counted, censored: int | None) -> None:
    wanted = (expected.numerator, expected.denominator, expected.n_missing, len(expected.patients), censored)
    assert (one.numerator, one.denominator, one.n_missing, one.n_patients, one.n_censored) == wanted, one


def _check_intervals(found: list[Estimate], expected: Counted) -> None:
    """From one entry per patient, not from a histogram."""
    wanted = compute_proportion_intervals([PatientGroup(n, x, 1) for n, x in expected.patients.values()])
    if not wanted:
        assert [(e.ci_lower, e.ci_upper) for e in found] == [(None, None)]
        return
    assert sorted(e.ci_method for e in found) == sorted(w.method for w in wanted)
    by_method = {e.ci_method: e for e in found}
    for one in wanted:
        ends = by_method[one.method].ci_lower, by_method[one.method].ci_upper
        assert close(ends, (one.lower, one.upper))


def _check_number(
    found: list[Estimate], study: Study, cases: Sequence[Case], measure: Measure, unit: Unit
) -> None:
    if not cases:
        assert found == []
        return
    expected = collect_numbers(study, measure.name, unit, cases)
    keys = {name: key for key, name in enumerate(sorted(study.people), start=1)}
    owners = [keys[patient] for patient, _ in expected.values]
    values = [value for _, value in expected.values]
    ends = compute_bootstrap_intervals(owners, values, SEED)
    numbers = summarize(values)
    assert {e.statistic for e in found} == set(measure.statistics)
    for one in found:
        assert close([one.estimate], [numbers.get(one.statistic)]), one
        assert (one.denominator, one.n_missing, one.n_patients) == (
            len(values),
            expected.n_missing,
            len(set(owners)),
        )
        assert one.n_censored == (expected.n_censored if measure.unit == "months" else None)
        interval = ends.get(one.statistic, (None, None))
        assert close((one.ci_lower, one.ci_upper), interval)


def close(found: Sequence[float | None], expected: Sequence[float | None]) -> bool:
    """Equal but for the last digits, in which order of summation shows; unknown only where unknown."""
    return all(
        a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-11, abs_tol=1e-11)
        for a, b in zip(found, expected, strict=True)
    )


def ask(engine: Engine, tables: StudyTables, asked: Asked, **more: Any) -> list[Estimate]:
    name, unit, rule = asked
    return list(estimate(engine, tables, measure=name, unit=unit, rule=rule, **more))


def in_group(found: Result, group: str) -> list[Estimate]:
    """Estimates of one group, named as the whole."""
    return [replace(e, group="") for e in found if e.group == group]


# A filter on what may have several levels in one case, and on what a patient has in all of them.
FILTERS = st.sampled_from(
    [
        {},
        {"partner_drug": "methotrexate"},
        {"response": "none"},
        {"response": "unassessable"},
        {"comorbidity": "asthma"},
        {"prior_therapy": "none"},
        {"adverse_event_term": "nausea"},
        {"adverse_event_term": "none"},
        {"aesi": "serious_infection"},
        {"end_reason": "remission"},
        {"response": "partial", "sex": "female"},
    ]
)
PLAIN_GROUPS = {
    "adverse_event_attribution",
    "adverse_event_term",
    "aesi",
    "comorbidity",
    "end_reason",
    "has_adverse_event",
    "monotherapy_response",
    "next_treatment",
    "ongoing",
    "partner_withdrawn_in_response",
    "prior_therapy",
    "response",
    "sex",
    "short_course",
}
# Counting a whole study takes a second: a failure is shown as it was found, not made smaller.
AS_FOUND = (Phase.explicit, Phase.generate)
READINGS = st.builds(Reading, short_courses=st.booleans(), ongoing=st.booleans())


SOME = st.lists(st.sampled_from(ASKED), min_size=1, max_size=6, unique=True)


@settings(max_examples=4, phases=AS_FOUND)
@given(study=case_studies(most_patients=9, most_cases=18))
def test_the_whole_study_and_its_groups(engine: Engine, study: Study) -> None:
    tables = build_tables(engine, study)
    results = estimate_study(engine, tables)
    for name, unit, rule in ASKED:
        own = Result.of(results.where(measure=name, unit_of_analysis=unit, rule=rule))
        if MEASURES[name].is_pooled:
            check([e for e in own if not e.group], study, study.cases, name, unit, rule)
        groups = {
            f"{by}={level}": cases
            for by in MEASURES[name].groups
            for level, cases in split(study, by, study.cases).items()
        }
        assert {e.group for e in own if e.group} == set(groups)
        for group, cases in groups.items():
            check(in_group(own, group), study, cases, name, unit, rule)


@settings(max_examples=60, phases=AS_FOUND)
@given(study=case_studies(), where=FILTERS, reading=READINGS, asked=SOME)
def test_any_measure_under_a_filter_and_a_reading(
    engine: Engine, study: Study, where: dict[str, str], reading: Reading, asked: list[Asked]
) -> None:
    tables = build_tables(engine, study)
    cases = select(study, where=where, short_courses=reading.short_courses, ongoing=reading.ongoing)
    group = " & ".join(f"{name}={level}" for name, level in sorted(where.items()))
    for one in asked:
        found = ask(engine, tables, one, where=where, reading=reading)
        assert {e.group for e in found} <= {group}
        check([replace(e, group="") for e in found], study, cases, *one)


@settings(max_examples=25, phases=AS_FOUND)
@given(study=case_studies(), by=st.sampled_from(sorted(VARIABLES)), asked=st.sampled_from(ASKED))
def test_a_group_is_a_filter(engine: Engine, study: Study, by: str, asked: Asked) -> None:
    """The row of a level is the number under the filter, whatever makes the groups."""
    tables = build_tables(engine, study)
    rows = ask(engine, tables, asked, by=by)
    for group in {e.group for e in rows} - {f"{by}=unknown"}:
        level = group.removeprefix(f"{by}=")
        assert ask(engine, tables, asked, where={by: level}) == [e for e in rows if e.group == group]


CATEGORIES = [asked for asked in ASKED if MEASURES[asked[0]].kind == "category"]


@settings(max_examples=25, phases=AS_FOUND)
@given(study=case_studies(), asked=st.sampled_from(CATEGORIES), reading=READINGS)
def test_a_level_alone_is_what_it_is_among_all(
    engine: Engine, study: Study, asked: Asked, reading: Reading
) -> None:
    tables = build_tables(engine, study)
    name, unit, rule = asked
    for by in ("", "partner_drug"):
        everything = [e for e in ask(engine, tables, asked, reading=reading, by=by) if e.statistic == "count"]
        for level in {e.level for e in everything}:
            alone = estimate_level(
                engine,
                tables,
                measure=name,
                unit=unit,
                rule=rule,
                statistic="count",
                level=level,
                by=by,
                reading=reading,
            )
            # A group in which nobody has the level says so; among all levels it may leave it out.
            shown = {e.group for e in everything if e.level == level}
            assert [e for e in alone if e.group in shown] == [e for e in everything if e.level == level]
            assert all(e.numerator == 0 for e in alone if e.group not in shown)


@settings(max_examples=30, phases=AS_FOUND)
@given(study=case_studies(), by=st.sampled_from(sorted(PLAIN_GROUPS)))
def test_groups_hold_the_cases_that_are_known_to_have_their_level(
    engine: Engine, study: Study, by: str
) -> None:
    tables = build_tables(engine, study)
    found = estimate(engine, tables, measure="pairs", unit="pair", by=by)
    expected = {f"{by}={level}": len(cases) for level, cases in split(study, by, study.cases).items()}
    assert {e.group: e.numerator for e in found} == expected


@settings(max_examples=20, phases=AS_FOUND)
@given(study=case_studies(), shuffled=st.randoms(use_true_random=False), asked=SOME)
def test_the_order_of_rows_matters_only_to_what_comes_first(
    engine: Engine, study: Study, shuffled: Any, asked: list[Asked]
) -> None:
    """Only rules that look for the first case, or take the first of equally long ones, follow the rows."""
    cases = list(study.cases)
    shuffled.shuffle(cases)
    free = [
        (n, u, r) for n, u, r in asked if not r.startswith("first") and (n, r) != ("end_reason", "longest")
    ]
    assert numbers_of(engine, study, free) == numbers_of(engine, invent(study.people, cases), free)


@settings(max_examples=20, phases=AS_FOUND)
@given(study=case_studies(), asked=SOME)
def test_the_order_of_patients_does_not_matter(engine: Engine, study: Study, asked: list[Asked]) -> None:
    """Rows sorted by patient, each patient's own rows in their order: every number is the same."""
    cases = sorted(study.cases, key=lambda case: case.patient)
    assert numbers_of(engine, study, asked) == numbers_of(engine, invent(study.people, cases), asked)


@settings(max_examples=20, phases=AS_FOUND)
@given(one=case_studies(), other=case_studies(), asked=SOME)
def test_patients_do_not_influence_each_other(
    engine: Engine, one: Study, other: Study, asked: list[Asked]
) -> None:
    """Two studies in one table: every count is the sum of the two."""
    renamed = [replace(case, patient=f"Q{case.patient}") for case in other.cases]
    people = {**one.people, **{f"Q{name}": person for name, person in other.people.items()}}
    both = invent(people, [*one.cases, *renamed])
    first, second, together = (counts_of(engine, study, asked) for study in (one, other, both))
    assert set(together) == {*first, *second}
    for key, counts in together.items():
        if key in first and key in second:
            assert counts == tuple(a + b for a, b in zip(first[key], second[key], strict=True)), key
        else:
            # A level that one of the studies does not have: nobody in it has it.
            assert counts[0] == first.get(key, second.get(key, ()))[0], key


def numbers_of(engine: Engine, study: Study, asked: Sequence[Asked]) -> list[Estimate]:
    tables = build_tables(engine, study)
    return [e for one in asked for e in ask(engine, tables, one)]


def counts_of(engine: Engine, study: Study, asked: Sequence[Asked]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Numerator, denominator, missing and patients of every count."""
    return {
        (e.measure, e.unit_of_analysis, e.rule, e.level): (
            e.numerator or 0,
            e.denominator or 0,
            e.n_missing or 0,
            e.n_patients or 0,
        )
        for e in numbers_of(engine, study, asked)
        if e.statistic == "count"
    }


def test_unknown_is_not_no(engine: Engine) -> None:
    """Of three patients one had herpes, one had nothing, and of one nothing is known."""
    people = {"A": Person(), "B": Person(), "C": Person()}
    cases = [
        Case("A", events=(Event("oral_herpes"),)),
        Case("B"),
        Case("C", events_unknown=True),
        Case("A", events_unknown=True),
    ]
    tables = build_tables(engine, invent(people, cases))
    found = estimate(engine, tables, measure="patients_with_adverse_event", unit="patient", statistic="count")
    (only,) = found
    assert (only.numerator, only.denominator, only.n_missing, only.n_patients) == (1, 2, 1, 2)


def test_best_and_first_response(engine: Engine) -> None:
    """The first of A is partial and the best complete; an unknown one may be better than the partial of B."""
    people = {"A": Person(), "B": Person(), "C": Person()}
    cases = [
        Case("A", response="partial"),
        Case("A", response="complete"),
        Case("B", response="partial"),
        Case("B", response=None),
        Case("C", response="unassessable"),
    ]
    tables = build_tables(engine, invent(people, cases))

    def complete(rule: str) -> tuple[int | None, int | None, int | None]:
        found = estimate(
            engine, tables, measure="response", unit="patient", rule=rule, statistic="count"
        ).where(level="complete")
        return found[0].numerator, found[0].denominator, found[0].n_missing

    assert complete("first") == (0, 2, 1)
    assert complete("best") == (1, 1, 2)
    assert complete("first, unassessable_as_failure") == (0, 3, 0)
    assert complete("best, unassessable_as_failure") == (1, 2, 1)


def only(found: Result) -> Estimate:
    (one,) = found
    return one


def test_a_course_may_go_on_when_one_of_its_pairs_may(engine: Engine) -> None:
    """Ended and unknown: unknown. Ended and going on: it goes on."""
    people = {"A": Person(), "B": Person(), "C": Person()}
    cases = [
        Case("A", course="1", is_ongoing=0),
        Case("A", course="1", is_ongoing=None),
        Case("B", course="1", is_ongoing=0),
        Case("B", course="1", is_ongoing=1),
        Case("C", is_ongoing=0),
    ]
    tables = build_tables(engine, invent(people, cases))
    found = only(estimate(engine, tables, measure="ongoing", unit="course", statistic="count"))
    assert (found.numerator, found.denominator, found.n_missing) == (1, 2, 1)
    courses = engine.fetch("SELECT is_ongoing FROM courses ORDER BY course_key").to_pydict()
    assert courses == {"is_ongoing": [None, 1, 0]}


def test_a_course_is_as_long_as_its_longest_pair_if_that_is_known(engine: Engine) -> None:
    people = {"A": Person(), "B": Person()}
    cases = [
        Case("A", course="1", months=6.0, is_ongoing=1),
        Case("A", course="1", months=24.0),
        Case("B", course="1", months=2.0),
        Case("B", course="1", months=None),
    ]
    tables = build_tables(engine, invent(people, cases))
    longest = only(
        estimate(engine, tables, measure="combination_duration_months", unit="course", statistic="max")
    )
    assert (longest.estimate, longest.denominator, longest.n_missing, longest.n_censored) == (24.0, 1, 1, 1)
    courses = engine.fetch("SELECT duration_days FROM courses ORDER BY course_key").to_pydict()
    assert courses == {"duration_days": [24 * 30.4375, None]}


def test_under_a_filter_a_course_is_made_of_its_selected_pairs(engine: Engine) -> None:
    """Prednisone for 6 months, within a course of 24 months that still goes on with methotrexate."""
    cases = [
        Case("A", course="1", months=24.0, is_ongoing=1),
        Case("A", course="1", months=6.0, partner="prednisone", end_reasons=("remission",)),
    ]
    tables = build_tables(engine, invent({"A": Person()}, cases))
    where = {"partner_drug": "prednisone"}

    def found(measure: str, statistic: str) -> Estimate:
        result = estimate(engine, tables, measure=measure, unit="course", statistic=statistic, where=where)
        return only(result)

    assert found("combination_duration_months", "max").estimate == 6.0
    assert found("combination_duration_months", "max").n_censored == 0
    assert found("ongoing", "count").numerator == 0
    assert (found("end_reason", "count").level, found("end_reason", "count").numerator) == ("remission", 1)


def test_a_course_that_goes_on_has_not_ended(engine: Engine) -> None:
    """Its longest pair has an end reason; the course has none yet."""
    cases = [
        Case("A", course="1", months=24.0, end_reasons=("remission",)),
        Case("A", course="1", months=6.0, is_ongoing=1),
        Case("B", months=3.0, end_reasons=("adverse_event",)),
    ]
    tables = build_tables(engine, invent({"A": Person(), "B": Person()}, cases))
    found = only(estimate(engine, tables, measure="end_reason", unit="course", statistic="count"))
    assert (found.level, found.numerator, found.denominator, found.n_censored) == ("adverse_event", 1, 1, 1)


def test_a_recorded_end_reason_counts_when_nobody_says_whether_it_ended(engine: Engine) -> None:
    cases = [
        Case("A", is_ongoing=None, end_reasons=("remission",)),
        Case("B", is_ongoing=None),
        Case("C", is_ongoing=1),
    ]
    people = {"A": Person(), "B": Person(), "C": Person()}
    tables = build_tables(engine, invent(people, cases))
    found = only(estimate(engine, tables, measure="end_reason", unit="pair", statistic="count"))
    counts = (found.numerator, found.denominator, found.n_missing, found.n_censored)
    assert (found.level, counts) == ("remission", (1, 1, 1, 1))


def test_first_is_first_in_time_where_there_are_dates(engine: Engine) -> None:
    """Rows out of order: the pair of day 100 comes first, one without a date last."""
    cases = [
        Case("A", start=None, response="none"),
        Case("A", start=200, response="partial"),
        Case("A", start=100, response="complete"),
    ]
    tables = build_tables(engine, invent({"A": Person()}, cases))
    found = estimate(engine, tables, measure="response", unit="patient", rule="first", statistic="count")
    assert [(e.level, e.numerator) for e in found if e.numerator] == [("complete", 1)]


def test_a_pair_of_unknown_length_is_neither_short_nor_long(engine: Engine) -> None:
    cases = [Case("A", months=0.5), Case("B", months=6.0), Case("C", months=None)]
    tables = build_tables(engine, invent({"A": Person(), "B": Person(), "C": Person()}, cases))

    def pairs(**more: Any) -> int | None:
        return only(estimate(engine, tables, measure="pairs", unit="pair", **more)).numerator

    assert pairs(where={"short_course": "yes"}) == 1
    assert pairs(where={"short_course": "no"}) == 1
    assert pairs(reading=Reading(short_courses=False)) == 2


def test_the_first_combination_of_a_patient_whose_parallel_partners_are_merged(engine: Engine) -> None:
    """Its best answer counts, though the pair that began first has another; a later course does not."""
    cases = [
        Case("A", start=100, months=6.0, course="one", response="partial"),
        Case("A", start=130, months=3.0, course="one", partner="prednisone", response="complete"),
        Case("B", start=100, months=6.0, course="two", response="none"),
        Case("B", start=900, months=6.0, course="three", response="complete"),
    ]
    tables = build_tables(engine, invent({"A": Person(), "B": Person()}, cases))

    def complete(reading: Reading) -> int | None:
        found = estimate(
            engine,
            tables,
            measure="response",
            unit="patient",
            rule="first",
            statistic="count",
            reading=reading,
        )
        return next(e.numerator for e in found if e.level == "complete")

    assert complete(Reading()) == 0
    assert complete(Reading(merges_partners=True)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"measure": "sexes", "unit": "patient"}, "`sexes` is not a measure"),
        ({"measure": "sex", "unit": "pair"}, "`sex` has no unit of analysis `pair`"),
        ({"measure": "sex", "unit": "patient", "rule": "best"}, "`sex` has no rule `best`"),
        ({"measure": "response", "unit": "pair", "rule": "bogus"}, "`response` has no rule `bogus`"),
        ({"measure": "sex", "unit": "patient", "by": "age"}, "`age` is not a variable"),
        ({"measure": "sex", "unit": "patient", "where": {"x' OR 1=1": "y"}}, "is not a variable"),
    ],
)
def test_what_does_not_exist_is_said(engine: Engine, wrong: dict[str, Any], said: str) -> None:
    tables = build_tables(engine, invent({"A": Person()}, [Case("A")]))
    with pytest.raises(UsageError, match=said):
        estimate(engine, tables, **wrong)


def test_a_level_is_bound_and_never_pasted(engine: Engine) -> None:
    tables = build_tables(engine, invent({"A": Person()}, [Case("A")]))
    hostile = "' OR '1'='1"
    found = only(estimate(engine, tables, measure="pairs", unit="pair", where={"partner_drug": hostile}))
    assert found.numerator == 0


def test_what_was_counted_before_is_not_mistaken_for_something_else(engine: Engine) -> None:
    """The same tables asked again: under a filter, under a reading, by group, and as before."""
    cases = [Case("A", months=0.5, is_ongoing=1), Case("B", months=6.0, partner="prednisone")]
    tables = build_tables(engine, invent({"A": Person(), "B": Person()}, cases))

    def pairs(**more: Any) -> list[tuple[str, int | None]]:
        found = estimate(engine, tables, measure="pairs", unit="pair", **more)
        return [(e.group, e.numerator) for e in found]

    asked: list[tuple[dict[str, Any], list[tuple[str, int]]]] = [
        ({}, [("", 2)]),
        ({"where": {"partner_drug": "prednisone"}}, [("partner_drug=prednisone", 1)]),
        ({"where": {"partner_drug": "methotrexate"}}, [("partner_drug=methotrexate", 1)]),
        ({"by": "partner_drug"}, [("partner_drug=methotrexate", 1), ("partner_drug=prednisone", 1)]),
        ({"reading": Reading(short_courses=False)}, [("", 1)]),
        ({"reading": Reading(short_courses=False, ongoing=False)}, [("", 1)]),
    ]
    for _ in range(2):
        for more, expected in asked:
            assert pairs(**more) == expected
