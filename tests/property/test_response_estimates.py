"""How many responded: the measures against a count of the oracle's answers, patient by patient."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import pytest

from cotreat.analysis.estimates import estimate
from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import StudyTables
from oracle.episodes import episodes_of_patient
from oracle.response import Answer, answers_of
from property.test_outcomes import seen_study
from spec.engines import _episodes_on, run_step_on_engine

STUDY = seen_study(2)
COLUMNS = {
    "response_ever": "ever",
    "response_at_last_value": "at_last",
    "response_durable": "durable",
    "response_lost": "lost",
}
# An answer of a patient with several courses: the first in this order that one of them gives.
ORDER = ("yes", "no_baseline", "missing", "no", "not_observed", "not_eligible")
Counts = dict[str, int]


@cache
def oracle_answers() -> list[list[Answer]]:
    """The answers of each patient."""
    return [
        answers_of(patient, episodes_of_patient(patient, STUDY.protocol), STUDY.protocol)
        for patient in STUDY.patients
    ]


def said(measure: str, answer: Answer, week: int) -> str | None:
    if measure == "response_lost":
        return answer.lost
    if answer.standing != "eligible":
        return answer.standing
    return answer.at_week[week] if week else getattr(answer, COLUMNS[measure])


def counted(measure: str, unit: Unit, rule: str) -> dict[tuple[str, int], Counts]:
    """Units by answer, for each criterion and week (0: none)."""
    found: dict[tuple[str, int], Counts] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
    for answers in oracle_answers():
        for criterion in STUDY.protocol.criteria:
            of_criterion = [a for a in answers if a.criterion == criterion]
            for week in STUDY.protocol.weeks if measure == "response_at_week" else (0,):
                for unit_says in units(measure, unit, rule, of_criterion, week):
                    if unit_says:
                        found[criterion, week][min(unit_says, key=ORDER.index)] += 1
    return found


def units(measure: str, unit: Unit, rule: str, answers: list[Answer], week: int) -> Iterable[set[str]]:
    """What each unit of one patient says."""
    own = [a for a in answers if a.span.unit == ("pair" if unit == "pair" else "course")]
    if unit != "patient":
        each = [[a] for a in own]
    elif rule.startswith("first"):
        # The course of the first pair; pairs that start together go by the names of their drugs.
        pairs = sorted(
            (a for a in answers if a.span.unit == "pair"),
            key=lambda a: (a.span.start_day, a.span.anchor, a.span.partner),
        )
        each = [
            [
                a
                for a in own
                if a.span.anchor == pairs[0].span.anchor
                and a.span.start_day <= pairs[0].span.start_day <= a.span.end_day
            ]
            if pairs
            else []
        ]
    else:
        each = [own]
    for answers_of_unit in each:
        yield {found for a in answers_of_unit if (found := said(measure, a, week)) is not None}


@pytest.mark.parametrize(
    ("measure", "unit", "rule"),
    [
        (measure, unit, rule)
        for measure in ("response_at_week", *COLUMNS)
        for unit, rules in MEASURES[measure].rules.items()
        for rule in rules
    ],
)
def test_numerators_and_denominators(measure: str, unit: Unit, rule: str) -> None:
    run_step_on_engine("duckdb", [STUDY], "responses")
    tables = StudyTables(
        "wilson", 1, criteria=STUDY.protocol.criteria, weeks=tuple(sorted(STUDY.protocol.weeks))
    )
    engine = _episodes_on("duckdb").engine
    found = estimate(engine, tables, measure=measure, unit=unit, rule=rule, statistic="count")
    expected = counted(measure, unit, rule)
    assert len(list(found)) == len(STUDY.protocol.criteria) * (4 if measure == "response_at_week" else 1)
    for one in found:
        check(one, expected[one.level, int(one.group.removeprefix("week=") or 0)])


def check(one: Estimate, counts: Counts) -> None:
    known = counts["yes"] + counts["no"]
    unknown = counts["no_baseline"] + counts["missing"]
    if one.rule.endswith("non_responder_imputation"):
        known, unknown = known + counts["missing"], counts["no_baseline"]
    assert (one.numerator, one.denominator, one.n_missing) == (counts["yes"], known, unknown)
    assert one.estimate == (counts["yes"] if known else None)
    if one.measure in ("response_at_week", "response_durable"):
        assert one.n_censored == counts["not_observed"]
    assert (f"{counts['not_eligible']} had met it before" in one.note) == (counts["not_eligible"] > 0)
