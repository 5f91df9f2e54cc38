"""Lifetimes and curves of random studies are what lists and loops give."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cotreat.analysis.estimates import estimate
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import StudyTables
from cotreat.engine import DuckDBEngine, Engine, TableName, connect
from cotreat.outcomes.linked_pairs import build_linked_pairs
from cotreat.study_tables.schema import SCHEMAS
from property.case_studies import SEED, build_tables, case_studies
from property.plain_measures import Case, Study

ORDER = ("adverse_event", "ineffectiveness", "remission", "other", "death", "unknown")
MONTHS = (6, 12, 24)
MONTH = 30.4375


@dataclass(frozen=True)
class Lifetime:
    """How long one unit lasted in days, and why it ended; no reason: it goes on."""

    patient: str
    days: float
    reason: str | None


def survival_at(lifetimes: Sequence[Lifetime], days: float) -> float | None:
    """The product over the days of ends of the share that goes on; not known beyond the last."""
    share = 1.0
    for end in sorted({x.days for x in lifetimes if x.reason and x.days <= days}):
        at_risk = sum(x.days >= end for x in lifetimes)
        share *= 1 - sum(x.days == end and x.reason is not None for x in lifetimes) / at_risk
    longest = max((x.days for x in lifetimes), default=-1.0)
    is_known = days <= longest or all(x.reason for x in lifetimes if x.days == longest)
    return share if lifetimes and is_known else None


def incidence_at(lifetimes: Sequence[Lifetime], reason: str, days: float) -> float | None:
    """The sum over the days of ends of those still going before, times the share that ends so."""
    if survival_at(lifetimes, days) is None:
        return None
    total = 0.0
    for end in sorted({x.days for x in lifetimes if x.reason and x.days <= days}):
        before = survival_at(lifetimes, end - 0.001)
        assert before is not None
        at_risk = sum(x.days >= end for x in lifetimes)
        total += before * sum(x.days == end and x.reason == reason for x in lifetimes) / at_risk
    return total


def first_reason(reasons: Sequence[str]) -> str:
    known = {reason if reason in ORDER else "other" for reason in reasons}
    return next(reason for reason in ORDER if reason in known or reason == "unknown")


def declared(study: Study, cases: Sequence[Case]) -> list[Lifetime]:
    """A course lasts as long as its longest case and goes on while one of them does."""
    courses: dict[object, list[Case]] = defaultdict(list)
    for case in cases:
        courses[study.course_of(case)].append(case)
    found: list[Lifetime] = []
    for own in courses.values():
        if any(c.days is None or (c.is_ongoing is None and not c.end_reasons) for c in own):
            continue
        days = max(c.days for c in own if c.days is not None)
        goes_on = any(c.is_ongoing == 1 for c in own)
        longest = [c for c in own if c.days == days]
        reason = min((first_reason(c.end_reasons) for c in longest), key=ORDER.index)
        found.append(Lifetime(own[0].patient, days, None if goes_on else reason))
    return found


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect() as connected:
        assert isinstance(connected, DuckDBEngine)
        connected.connection.execute("SET threads = 1")
        yield connected


def check(found: Sequence[Estimate], lifetimes: Sequence[Lifetime], reasons: Sequence[Estimate]) -> None:
    for month in MONTHS:
        (at,) = [e for e in found if e.statistic == "survival_at" and e.level == f"{month}"]
        expected = survival_at(lifetimes, month * MONTH)
        assert at.estimate == (None if expected is None else pytest.approx(expected, abs=1e-12))
        ended = sum(x.reason is not None and x.days <= month * MONTH for x in lifetimes)
        censored = sum(x.reason is None and x.days < month * MONTH for x in lifetimes)
        assert (at.numerator, at.denominator, at.n_censored) == (ended, len(lifetimes), censored)
        (risk,) = [e for e in found if e.statistic == "at_risk" and e.level == f"{month}"]
        assert risk.numerator == sum(x.days >= month * MONTH for x in lifetimes)
        if at.ci_lower is not None and at.ci_upper is not None and at.estimate is not None:
            assert 0 <= at.ci_lower <= at.estimate <= at.ci_upper <= 1
        for reason in ORDER:
            own = [e for e in reasons if e.level == reason and e.group == f"month={month}"]
            wanted = incidence_at(lifetimes, reason, month * MONTH)
            assert len(own) == 1 or (not own and not any(x.reason == reason for x in lifetimes))
            for e in own:
                assert e.estimate == (None if wanted is None else pytest.approx(wanted, abs=1e-12))


@settings(max_examples=60, deadline=None, phases=(Phase.generate,), derandomize=True)
@given(study=case_studies())
def test_declared_courses(engine: Engine, study: Study) -> None:
    tables = build_tables(engine, study)
    lifetimes = declared(study, study.cases)
    found = list(estimate(engine, tables, measure="drug_survival", unit="course", rule="longest"))
    reasons = list(estimate(engine, tables, measure="end_reason_incidence", unit="course"))
    if not study.cases:
        assert found == []
        return
    check(found, lifetimes, reasons)
    (median,) = [e for e in found if e.statistic == "median"]
    ends = sorted({x.days for x in lifetimes if x.reason})
    halves = [days for days in ends if (survival_at(lifetimes, days) or 0) <= 0.5 + 1e-9]
    assert median.estimate == (halves[0] / MONTH if halves else None)


PAIR = st.tuples(
    st.integers(1, 4),  # patient
    st.sampled_from(["baricitinib", "upadacitinib"]),
    st.integers(0, 120),  # start
    st.sampled_from([1, 27, 28, 40, 200, 400]),  # days
    st.booleans(),  # goes on
    st.sampled_from([None, "adverse_event", "remission", "pregnancy", "death"]),
    st.sampled_from(["combination", "crossover", "short_course"]),
)


def load_pairs(engine: Engine, drawn: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    ordered = sorted(drawn, key=lambda pair: (pair[0], pair[2], pair[1], pair[3]))
    rows = [
        {
            "pair_key": key,
            "patient_key": patient,
            # What is not counted has no course; how the counted ones are linked does not matter here.
            "course_key": None if kind == "crossover" else key,
            "anchor": anchor,
            "start_day": start,
            "end_day": start + days - 1,
            "duration_days": float(days),
            "is_ongoing": int(goes_on),
            "end_reason": reason,
            "kind": kind,
        }
        for key, (patient, anchor, start, days, goes_on, reason, kind) in enumerate(ordered, start=1)
    ]
    schema = SCHEMAS["pairs"].arrow
    columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
    engine.load("pairs", pa.Table.from_arrays(columns, schema=schema))
    build_linked_pairs(engine, TableName("pairs"))
    return rows


def linked(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Pairs of a patient and an anchor that share days, one way or through others."""
    left, found = list(rows), []
    while left:
        group = [left.pop(0)]
        grown = True
        while grown:
            own_days = {d for row in group for d in range(row["start_day"], row["end_day"] + 1)}
            more = [
                row
                for row in left
                if (row["patient_key"], row["anchor"]) == (group[0]["patient_key"], group[0]["anchor"])
                and own_days & set(range(row["start_day"], row["end_day"] + 1))
            ]
            left = [row for row in left if row not in more]
            group += more
            grown = bool(more)
        found.append(group)
    return found


def dated(rows: Sequence[dict[str, Any]]) -> list[Lifetime]:
    found: list[Lifetime] = []
    for group in linked(rows):
        last = max(row["end_day"] for row in group)
        goes_on = any(row["is_ongoing"] and row["end_reason"] != "death" for row in group)
        ends = [[row["end_reason"]] if row["end_reason"] else [] for row in group if row["end_day"] == last]
        reason = min((first_reason(own) for own in ends), key=ORDER.index)
        days = last - min(row["start_day"] for row in group) + 1
        found.append(Lifetime(str(group[0]["patient_key"]), float(days), None if goes_on else reason))
    return found


@settings(max_examples=60, deadline=None, phases=(Phase.generate,), derandomize=True)
@given(drawn=st.lists(PAIR, min_size=1, max_size=8))
def test_dated_courses_of_every_kind_and_from_min_overlap(
    engine: Engine, drawn: list[tuple[Any, ...]]
) -> None:
    lifetimes = dated(load_pairs(engine, drawn))
    for rule, chosen in (
        ("every_kind", lifetimes),
        ("from_min_overlap", [x for x in lifetimes if x.days >= 28]),
    ):
        # Another study with every draw: nothing that was counted before may be taken for it.
        tables = StudyTables("wilson", SEED)
        found = list(estimate(engine, tables, measure="drug_survival", unit="course", rule=rule))
        reasons = list(estimate(engine, tables, measure="end_reason_incidence", unit="course", rule=rule))
        if chosen:
            check(found, chosen, reasons)
        else:
            assert found == []
