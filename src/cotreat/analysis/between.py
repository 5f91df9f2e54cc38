"""Regimens side by side: how much more often patients responded than on the most frequent regimen.

The regimens were chosen, not drawn by lot: a difference is described, never called an effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from cotreat.analysis.clustered import ComparedPatients, compute_comparison
from cotreat.analysis.measure import Measure
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import Selection, StudyTables
from cotreat.engine import Engine

NOT_RANDOM = "described, not an effect: the regimens were chosen"

_ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "response_between_regimens": (
            "SELECT p.regimen, p.patient_key, CAST(0 AS BIGINT) AS criterion_key, CAST(0 AS BIGINT) AS week, "
            "CASE WHEN p.response = 'complete' THEN 1 ELSE 0 END AS hit "
            "FROM ({selected}) AS s INNER JOIN pairs AS p ON p.pair_key = s.pair_key "
            "WHERE p.response IN ('complete', 'partial', 'none')"
        ),
        # What is missing counts as failure.
        "response_at_week_between_regimens": (
            "SELECT p.regimen, p.patient_key, a.criterion_key, a.week, "
            "CASE WHEN a.answer = 'yes' THEN 1 ELSE 0 END AS hit "
            "FROM ({selected}) AS s INNER JOIN pairs AS p ON p.pair_key = s.pair_key "
            "INNER JOIN response_units AS u ON u.pair_key = s.pair_key AND u.is_course = 0 "
            "INNER JOIN responses_at_week AS a ON a.span_key = u.span_key "
            "WHERE a.answer IN ('yes', 'no', 'missing')"
        ),
    }
)


@cache
def _sql() -> str:
    return files("cotreat.analysis").joinpath("between_counts.sql").read_text(encoding="utf-8")


def estimate_between_regimens(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
) -> list[Estimate]:
    """Difference and ratio of the share that responded, of each regimen against the most frequent one.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Complete response as judged, or response by a score at a week.
    unit, rule
        Combinations; there is nothing to combine.
    selection
        The pairs that count.
    label
        Empty: the groups are the regimens.
    tables
        The study's criteria and weeks.
    """
    del label
    if measure.name == "response_at_week_between_regimens" and not (tables.criteria and tables.weeks):
        return []
    answers = _ANSWERS[measure.name].replace("{selected}", selection.sql)
    reference = _reference(engine, answers, selection)
    if reference is None:
        return []
    sql = _sql().replace("{answers}", answers)
    found: dict[tuple[int, int], dict[str, list[Mapping[str, Any]]]] = {}
    for row in engine.fetch(sql, {**selection.params, "reference": reference}).to_pylist():
        own = found.setdefault((row["criterion_key"], row["week"]), {})
        own.setdefault(row["regimen"], []).append(row)
    estimates: list[Estimate] = []
    for (place, week), by_regimen in sorted(found.items()):
        level = tables.criteria[place - 1] if place else "complete"
        for regimen in sorted(set(by_regimen) - {reference}):
            group = " & ".join(
                part for part in (f"regimen={regimen}", f"week={week}" if week else "") if part
            )
            empty = Estimate(measure.name, unit, rule, group, level, "difference", None)
            estimates += _estimates_of(empty, by_regimen[regimen], by_regimen.get(reference, []), reference)
    return estimates


def _reference(engine: Engine, answers: str, selection: Selection) -> str | None:
    """The regimen with the most known answers; of several the first by name."""
    rows = engine.fetch(
        f"SELECT regimen, COUNT(*) AS n FROM ({answers}) AS a GROUP BY regimen", selection.params
    ).to_pylist()
    ordered = sorted(rows, key=lambda row: (-row["n"], row["regimen"]))
    return ordered[0]["regimen"] if ordered else None


def _estimates_of(
    empty: Estimate,
    rows: Sequence[Mapping[str, Any]],
    others: Sequence[Mapping[str, Any]],
    reference: str,
) -> Iterator[Estimate]:
    groups = _compared(rows, others)
    comparison = compute_comparison(groups)
    n = sum(row["n"] * row["patients"] for row in rows)
    hits = sum(row["hits"] * row["patients"] for row in rows)
    other_n = sum(row["n"] * row["patients"] for row in others)
    other_hits = sum(row["hits"] * row["patients"] for row in others)
    known = replace(empty, numerator=hits, denominator=n, n_patients=sum(row["patients"] for row in rows))
    against = f"against {reference}, {other_hits} of {other_n}"
    if comparison is None:
        yield replace(known, note=f"{against}: nothing to compare with")
        return
    for statistic, value, interval in (
        ("difference", comparison.difference, comparison.difference_interval),
        ("ratio", comparison.ratio, comparison.ratio_interval),
    ):
        why = "no ratio: nobody responded there" if value is None else interval.note
        note = "; ".join(part for part in (against, why, NOT_RANDOM) if part)
        yield replace(
            known,
            statistic=statistic,
            estimate=value,
            ci_lower=interval.lower,
            ci_upper=interval.upper,
            ci_method=interval.method,
            note=note,
        )


def _compared(
    rows: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[ComparedPatients]:
    """Patients of both groups; who is in both stands once, with the rows of the regimen."""
    groups = [
        ComparedPatients(r["n"], r["hits"], r["reference_n"], r["reference_hits"], r["patients"])
        for r in rows
    ]
    alone: dict[tuple[int, int], int] = {}
    for r in others:
        alone[r["n"], r["hits"]] = alone.get((r["n"], r["hits"]), 0) + r["patients"]
    for group in groups:
        if group.other_units:
            alone[group.other_units, group.other_hits] -= group.patients
    return [*groups, *(ComparedPatients(0, 0, n, x, k) for (n, x), k in alone.items() if k)]
