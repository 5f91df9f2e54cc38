"""The same patients on the anchor alone and on the combination: described, never called an effect.

A partner is added when the response is poor, so that the next value would often be better
without it too (regression to the mean), and time goes on. The difference is what was seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from cotreat.analysis.intervals import Interval, PatientGroup
from cotreat.analysis.measure import Measure
from cotreat.analysis.paired import (
    PairedTable,
    compute_improved_share,
    compute_mcnemar_p,
    compute_mean_interval,
    compute_paired_difference,
    compute_values,
)
from cotreat.analysis.proportions import NOBODY_KNOWN, compute_share_estimates
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import Selection, StudyTables
from cotreat.analysis.summaries import STATISTICS, Values, compute_mean
from cotreat.engine import Engine

NOT_AN_EFFECT = "described, not an effect: the partner was added when the response was poor"
_ASSESSABLE = ("complete", "partial", "none")
# A level of the difference, and the responses that it counts.
_BETTER: Mapping[str, tuple[str, ...]] = {
    "complete": ("complete",),
    "complete_or_partial": ("complete", "partial"),
}
_MICRO = 1_000_000


@cache
def _sql(name: str) -> str:
    return files("cotreat.analysis").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def estimate_response_contrast(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
) -> list[Estimate]:
    """The response on the anchor alone, on the combination, or the difference, of patients with both.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        One of the measures of the contrast.
    unit, rule
        Patients, and which of their courses counts.
    selection
        The pairs that count, with their group.
    label
        What to write before the group's level, such as ``disease=``; empty for none.
    tables
        Whether courses have an order, and whether p-values are asked for.
    """
    flags = {"is_dated": int(tables.is_dated), "takes_best": int(tables.takes_best)}
    sql = _sql("contrast_counts").replace("{selected}", selection.sql)
    found: dict[str, list[Mapping[str, Any]]] = {} if label else {"": []}
    for row in engine.fetch(sql, {**selection.params, **flags}).to_pylist():
        found.setdefault(row["grp"], []).append(row)
    estimates: list[Estimate] = []
    for name, rows in sorted(found.items()):
        empty = Estimate(measure.name, unit, rule, f"{label}{name}" if label else "", "", "count", None)
        estimates += _estimates_of(empty, rows, tables)
    return estimates


def _estimates_of(empty: Estimate, rows: Sequence[Mapping[str, Any]], tables: StudyTables) -> list[Estimate]:
    both = [row for row in rows if row["alone"] in _ASSESSABLE and row["combined"] in _ASSESSABLE]
    n = sum(row["patients"] for row in both)
    known = replace(
        empty,
        denominator=n,
        unit="patients",
        n_patients=n,
        n_missing=sum(row["patients"] for row in rows) - n,
    )
    if empty.measure == "response_difference":
        return [e for level in _BETTER for e in _differences(replace(known, level=level), both, tables)]
    column = "alone" if empty.measure == "response_on_anchor_alone" else "combined"
    return [e for level in _ASSESSABLE for e in _shares(replace(known, level=level), both, column, tables)]


def _shares(
    known: Estimate, rows: Sequence[Mapping[str, Any]], column: str, tables: StudyTables
) -> Iterator[Estimate]:
    hits = sum(row["patients"] for row in rows if row[column] == known.level)
    groups = [PatientGroup(1, 1, hits), PatientGroup(1, 0, (known.denominator or 0) - hits)]
    there = [group for group in groups if group.patients]
    yield from compute_share_estimates(replace(known, numerator=hits), there, tables.proportion_interval)


def _differences(
    known: Estimate, rows: Sequence[Mapping[str, Any]], tables: StudyTables
) -> Iterator[Estimate]:
    table = _paired_table(rows, _BETTER[known.level])
    nobody = NOBODY_KNOWN.replace("whose answer is", "whose two answers are")
    difference = compute_paired_difference(table)
    ratio = replace(known, statistic="difference", unit="1", note=nobody)
    if difference is not None:
        # The net gain over the patients is the difference of both proportions.
        net = table.only_second - table.only_first
        ratio = _with(
            replace(ratio, estimate=difference[0], numerator=net, note=NOT_AN_EFFECT), difference[1]
        )
    yield ratio
    for statistic, count in (("improved", table.only_second), ("worsened", table.only_first)):
        yield replace(
            known,
            statistic=statistic,
            numerator=count,
            estimate=float(count) if table.n else None,
            note="" if table.n else nobody,
        )
    yield _improved_share(known, table)
    if tables.p_values and table.n:
        p = compute_mcnemar_p(table)
        yield replace(known, statistic="p_value", unit="1", estimate=p, ci_method="McNemar, exact")


def _improved_share(known: Estimate, table: PairedTable) -> Estimate:
    """Of the patients whose answer changed, how many improved: exact however few they are."""
    changed = replace(
        known,
        statistic="improved_of_changed",
        unit="1",
        numerator=table.only_second,
        denominator=table.discordant,
        n_patients=table.discordant,
        n_missing=None,
    )
    share = compute_improved_share(table)
    if share is None:
        return replace(changed, note="no patient's answer changed")
    return _with(replace(changed, estimate=share[0]), share[1])


def _paired_table(rows: Sequence[Mapping[str, Any]], better: Sequence[str]) -> PairedTable:
    def count(*, alone: bool, combined: bool) -> int:
        return sum(
            row["patients"]
            for row in rows
            if (row["alone"] in better) == alone and (row["combined"] in better) == combined
        )

    return PairedTable(
        both=count(alone=True, combined=True),
        only_first=count(alone=True, combined=False),
        only_second=count(alone=False, combined=True),
        neither=count(alone=False, combined=False),
    )


def _with(estimate: Estimate, interval: Interval) -> Estimate:
    return replace(estimate, ci_lower=interval.lower, ci_upper=interval.upper, ci_method=interval.method)


def estimate_score_contrast(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
) -> list[Estimate]:
    """Scores on the anchor alone, on the combination, or their change, of patients with both.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        One of the measures of the contrast of scores.
    unit, rule
        Patients, and which of their courses counts.
    selection
        The pairs that count, with their group.
    label
        What to write before the group's level, such as ``disease=``; empty for none.
    tables
        Whether the study has scores at all.
    """
    if not tables.is_dated:
        return []
    sql = _sql("score_contrast_counts").replace("{selected}", selection.sql)
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in engine.fetch(sql, selection.params).to_pylist():
        found.setdefault((row["grp"], row["instrument"]), []).append(row)
    estimates: list[Estimate] = []
    for (name, instrument), rows in sorted(found.items()):
        group = f"{label}{name}" if label else ""
        empty = Estimate(measure.name, unit, rule, group, instrument, "mean", None, unit="points")
        estimates += _scores_of(empty, rows, measure.statistics)
    return estimates


def _scores_of(
    empty: Estimate, rows: Sequence[Mapping[str, Any]], statistics: Sequence[str]
) -> Iterator[Estimate]:
    both = [row for row in rows if row["alone"] is not None and row["combined"] is not None]
    data = compute_values([(_value(empty.measure, row), row["patients"]) for row in both])
    known = replace(
        empty,
        denominator=data.n,
        n_patients=data.n,
        n_missing=sum(row["patients"] for row in rows) - data.n,
    )
    for statistic in statistics:
        yield _summary(replace(known, statistic=statistic), data)


def _value(measure: str, row: Mapping[str, Any]) -> float:
    """The score in points; whole millionths are subtracted before anything is rounded."""
    if measure == "score_change":
        return (row["combined"] - row["alone"]) / _MICRO
    return row["alone" if measure == "score_on_anchor_alone" else "combined"] / _MICRO


def _summary(known: Estimate, data: Values) -> Estimate:
    number = STATISTICS[known.statistic](data) if data.n else None
    if number is None:
        return replace(known, note="needs two patients" if data.n else "nobody who has both scores")
    if known.statistic != "mean":
        return replace(known, estimate=number)
    interval = compute_mean_interval(data)
    parts = (interval.note, NOT_AN_EFFECT if known.measure == "score_change" else "")
    note = "; ".join(part for part in parts if part)
    return _with(replace(known, estimate=compute_mean(data), note=note), interval)
