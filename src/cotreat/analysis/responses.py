"""Responses by a score: how many met a criterion, of those who could and were seen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from cotreat.analysis.intervals import PatientGroup, ProportionMethod
from cotreat.analysis.measure import Measure
from cotreat.analysis.measures import NON_RESPONDER
from cotreat.analysis.proportions import UNIT_NOUNS, compute_share_estimates
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import UNIT_KEYS, Selection, StudyTables
from cotreat.engine import Engine

NOT_ELIGIBLE_NOTE = "had met it before, or could not meet it, and are not counted"
NOT_OBSERVED_NOTE = "n_censored: not observed so long"

# Answers by measure; whoever has no baseline, or could not newly meet the criterion, says so in each.
_ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "response_at_week": (
            "SELECT span_key, criterion_key, week, answer FROM responses_at_week UNION ALL "
            "SELECT r.span_key, r.criterion_key, w.week, r.standing AS answer "
            "FROM responses AS r CROSS JOIN response_weeks AS w WHERE r.standing <> 'eligible'"
        ),
        **{
            measure: (
                "SELECT span_key, criterion_key, CAST(0 AS BIGINT) AS week, "
                f"COALESCE({column}, standing) AS answer FROM responses"
            )
            for measure, column in (
                ("response_ever", "ever"),
                ("response_at_last_value", "at_last"),
                ("response_durable", "durable"),
            )
        },
        # Only who had a response can lose it.
        "response_lost": (
            "SELECT span_key, criterion_key, CAST(0 AS BIGINT) AS week, lost AS answer "
            "FROM responses WHERE lost IS NOT NULL"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Patients of one group, criterion and week, by the answers of their units."""

    rows: Sequence[Mapping[str, Any]]

    def groups(self, *columns: str) -> list[PatientGroup]:
        """Patients by units with one of these answers, and by how many of them are yes."""
        found = [PatientGroup(sum(r[c] for c in columns), r["yes"], r["patients"]) for r in self.rows]
        return [group for group in found if group.units]

    def total(self, column: str) -> int:
        return sum(r[column] * r["patients"] for r in self.rows)


def estimate_responses(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
) -> list[Estimate]:
    """Count and proportion of responses by each criterion, and each week if it is asked at weeks.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        One of the measures of response by a score.
    unit, rule
        Unit of analysis, and how its spans and what is missing become one answer.
    selection
        The pairs that count, with their group.
    label
        What to write before the group's level, such as ``disease=``; empty for none.
    tables
        The study's criteria and weeks, and its interval of proportions.
    """
    if not tables.criteria:
        return []
    counted = _count(engine, measure.name, unit, selection)
    if not label:
        # A criterion of which nobody is asked is not left out in silence.
        weeks = tables.weeks if measure.name == "response_at_week" else (0,)
        for place in range(1, len(tables.criteria) + 1):
            for week in weeks:
                counted.setdefault(("", place, week), [])
    found: list[Estimate] = []
    for (name, place, week), rows in sorted(counted.items()):
        group = _group(f"{label}{name}" if label else "", week)
        criterion = tables.criteria[place - 1]
        found += _estimates_of(
            measure, unit, rule, group, criterion, _Counts(rows), tables.proportion_interval
        )
    return found


def _group(name: str, week: int) -> str:
    return " & ".join(part for part in (name, f"week={week}" if week else "") if part)


@cache
def _counting_sql() -> str:
    return files("cotreat.analysis").joinpath("response_counts.sql").read_text(encoding="utf-8")


def _count(
    engine: Engine, measure: str, unit: Unit, selection: Selection
) -> dict[tuple[str, int, int], list[Mapping[str, Any]]]:
    sql = (
        _counting_sql()
        .replace("{selected}", selection.sql)
        .replace("{answers}", _ANSWERS[measure])
        .replace("{unit_key}", UNIT_KEYS[unit])
        .replace("{is_course}", "0" if unit == "pair" else "1")
    )
    counted: dict[tuple[str, int, int], list[Mapping[str, Any]]] = {}
    for row in engine.fetch(sql, selection.params).to_pylist():
        counted.setdefault((row["grp"], row["criterion_key"], row["week"]), []).append(row)
    return counted


def _estimates_of(
    measure: Measure,
    unit: Unit,
    rule: str,
    group: str,
    level: str,
    counts: _Counts,
    method: ProportionMethod,
) -> Iterator[Estimate]:
    unknown = ["no_baseline"]
    answered = ["yes", "no"]
    (answered if rule.endswith(NON_RESPONDER) else unknown).append("missing")
    groups = counts.groups(*answered)
    not_observed, not_eligible = counts.total("not_observed"), counts.total("not_eligible")
    count = Estimate(
        measure.name,
        unit,
        rule,
        group,
        level,
        "count",
        None,
        numerator=sum(g.hits * g.patients for g in groups),
        denominator=sum(g.units * g.patients for g in groups),
        unit=UNIT_NOUNS[unit],
        n_patients=sum(g.patients for g in groups),
        n_missing=sum(counts.total(column) for column in unknown),
        n_censored=not_observed if measure.counts_censored else None,
        note=_note(
            (f"{not_eligible} {NOT_ELIGIBLE_NOTE}", not_eligible),
            (NOT_OBSERVED_NOTE, not_observed and measure.counts_censored),
        ),
    )
    yield from compute_share_estimates(count, groups, method)


def _note(*parts: tuple[str, object]) -> str:
    return "; ".join(text for text, holds in parts if holds)
