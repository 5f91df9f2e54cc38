"""How many there are, and how large: counts of units, events, and summaries of a number."""

from collections.abc import Iterator, Mapping
from typing import Any

from cotreat.analysis.measure import Measure
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import UNIT_KEYS, Selection
from cotreat.analysis.summaries import (
    BOOTSTRAP_METHOD,
    BOOTSTRAP_PATIENTS,
    STATISTICS,
    Values,
    compute_bootstrap_intervals,
)
from cotreat.engine import Engine

# Days in a month: 365.25 / 12.
DAYS_PER_MONTH = 30.4375

_VALUES: Mapping[tuple[str, Unit], str] = {
    ("age_years", "patient"): "SELECT pair_key, age_years AS value, 0 AS is_censored FROM pairs",
    ("age_years", "pair"): "SELECT pair_key, age_years AS value, 0 AS is_censored FROM pairs",
    (
        "anchor_dose_mg_day",
        "pair",
    ): "SELECT pair_key, anchor_dose_first AS value, 0 AS is_censored FROM pairs",
    (
        "partner_dose_mg_week",
        "pair",
    ): "SELECT pair_key, partner_dose_first AS value, 0 AS is_censored FROM pairs",
    (
        "duration_days",
        "pair",
    ): "SELECT pair_key, duration_days AS value, is_ongoing AS is_censored FROM pairs",
    (
        "duration_days",
        "course",
    ): "SELECT pair_key, duration_days AS value, is_ongoing AS is_censored FROM pairs",
}


def estimate_units(
    engine: Engine, measure: Measure, *, unit: Unit, selection: Selection, label: str
) -> list[Estimate]:
    """How many patients, courses or pairs there are."""
    sql = (
        f"SELECT grp, COUNT(DISTINCT {UNIT_KEYS[unit]}) AS units, COUNT(DISTINCT s.patient_key) AS patients "
        f"FROM ({selection.sql}) AS s GROUP BY grp"
    )
    rows = engine.fetch(sql, selection.params).to_pylist() or ([] if label else [_nobody()])
    return [
        Estimate(
            measure.name,
            unit,
            "",
            f"{label}{row['grp']}" if label else "",
            "",
            "count",
            float(row["units"]),
            numerator=row["units"],
            unit=measure.name,
            n_patients=row["patients"],
        )
        for row in rows
    ]


def _nobody() -> dict[str, Any]:
    return {"grp": "", "units": 0, "patients": 0, "events": 0, "unknown": 0}


def estimate_events(engine: Engine, measure: Measure, *, selection: Selection, label: str) -> list[Estimate]:
    """How many adverse events began in the selected pairs, and in how many patients.

    An event of two parallel pairs is one event. `n_missing` counts what cannot be told:
    cases of a case table whose adverse events are unknown, and dated events whose onset is
    not known well enough to say whether they began in a pair.
    """
    sql = (
        "SELECT s.grp, COUNT(DISTINCT CASE WHEN l.is_certain = 1 THEN l.event_key END) AS units, "
        "COUNT(DISTINCT CASE WHEN l.is_certain = 1 THEN s.patient_key END) AS patients, "
        "COUNT(DISTINCT l.event_key) AS events, "
        "COUNT(DISTINCT CASE WHEN l.is_certain = 0 AND l.event_key IS NULL THEN s.pair_key END) AS unknown "
        f"FROM ({selection.sql}) AS s LEFT JOIN event_pairs AS l ON l.pair_key = s.pair_key GROUP BY s.grp"
    )
    rows = engine.fetch(sql, selection.params).to_pylist() or ([] if label else [_nobody()])
    return [
        Estimate(
            measure.name,
            "event",
            "",
            f"{label}{row['grp']}" if label else "",
            "",
            "count",
            float(row["units"]),
            numerator=row["units"],
            unit="events",
            n_patients=row["patients"],
            n_missing=row["unknown"] + row["events"] - row["units"],
            note=_why_missing(row["unknown"], row["events"] - row["units"]),
        )
        for row in rows
    ]


def _why_missing(pairs: int, events: int) -> str:
    if pairs:
        return "n_missing: pairs whose adverse events are unknown"
    return (
        "n_missing: events that may have begun in a pair; their onset is missing or partial" if events else ""
    )


def estimate_number(
    engine: Engine, measure: Measure, *, unit: Unit, rule: str, selection: Selection, label: str, seed: int
) -> list[Estimate]:
    """Mean, spread, quantiles and range of a number, one value per unit.

    Of several selected pairs of a unit the largest value is taken, unknown when one of
    them is; it is censored when one of them is.
    """
    once = (
        f"SELECT s.grp, s.patient_key, {UNIT_KEYS[unit]} AS unit_key, "
        "CASE WHEN COUNT(v.value) = COUNT(*) THEN MAX(v.value) END AS value, "
        "MAX(v.is_censored) AS is_censored "
        f"FROM ({selection.sql}) AS s "
        f"INNER JOIN ({_VALUES[measure.variable, unit]}) AS v ON v.pair_key = s.pair_key "
        f"GROUP BY s.grp, s.patient_key, {UNIT_KEYS[unit]}"
    )
    counts = engine.fetch(
        f"SELECT grp, value, is_censored, COUNT(*) AS n FROM ({once}) AS o "
        "GROUP BY grp, value, is_censored ORDER BY value",
        selection.params,
    ).to_pylist()
    patients = engine.fetch(
        f"SELECT grp, COUNT(DISTINCT patient_key) AS n FROM ({once}) AS o "
        "WHERE value IS NOT NULL GROUP BY grp",
        selection.params,
    ).to_pylist()
    sizes = {row["grp"]: row["n"] for row in patients}
    intervals = _intervals(engine, once, selection, sizes, seed, measure)
    found: list[Estimate] = []
    for name in sorted({row["grp"] for row in counts}):
        rows = [row for row in counts if row["grp"] == name]
        group = f"{label}{name}" if label else ""
        found += _estimates_of(measure, unit, rule, group, rows, sizes.get(name, 0), intervals.get(name, {}))
    return found


def _scale(measure: Measure, value: float) -> float:
    """The value in the measure's unit; a weekly dose is exact to the ng a day in which doses are kept."""
    if measure.unit == "months":
        return value / DAYS_PER_MONTH
    return round(value * 7, 5) if measure.unit == "mg/week" else value


def _intervals(
    engine: Engine,
    once: str,
    selection: Selection,
    sizes: Mapping[str, int],
    seed: int,
    measure: Measure,
) -> dict[str, dict[str, tuple[float, float]]]:
    """Bootstrap intervals by group, where the study is small enough to resample its patients."""
    if not sizes or max(sizes.values()) > BOOTSTRAP_PATIENTS:
        return {}
    rows = engine.fetch(
        f"SELECT grp, patient_key, value FROM ({once}) AS o "
        "WHERE value IS NOT NULL ORDER BY patient_key, value",
        selection.params,
    ).to_pylist()
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for name in sizes:
        own = [row for row in rows if row["grp"] == name]
        values = [_scale(measure, row["value"]) for row in own]
        found[name] = compute_bootstrap_intervals([row["patient_key"] for row in own], values, seed)
    return found


def _estimates_of(
    measure: Measure,
    unit: Unit,
    rule: str,
    group: str,
    rows: list[dict[str, Any]],
    n_patients: int,
    intervals: Mapping[str, tuple[float, float]],
) -> Iterator[Estimate]:
    known = [row for row in rows if row["value"] is not None]
    missing = sum(row["n"] for row in rows if row["value"] is None)
    censored = sum(row["n"] for row in known if row["is_censored"])
    merged: dict[float, int] = {}
    for row in known:
        value = _scale(measure, row["value"])
        merged[value] = merged.get(value, 0) + row["n"]
    ordered = sorted(merged)
    data = Values(tuple(ordered), tuple(merged[v] for v in ordered))
    for statistic in measure.statistics:
        ends = intervals.get(statistic)
        number = STATISTICS[statistic](data) if data.n else None
        yield Estimate(
            measure.name,
            unit,
            rule,
            group,
            "",
            statistic,
            number,
            ci_lower=ends[0] if ends else None,
            ci_upper=ends[1] if ends else None,
            ci_method=BOOTSTRAP_METHOD if ends else "",
            denominator=data.n,
            unit=measure.unit,
            n_patients=n_patients,
            n_missing=missing,
            n_censored=censored if measure.unit == "months" else None,
            note=_note(number, data.n),
        )


def _note(number: float | None, n: int) -> str:
    if number is not None:
        return ""
    return "no known value" if n == 0 else "needs two values"
