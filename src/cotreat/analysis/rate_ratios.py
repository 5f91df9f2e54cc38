"""How many times as often did events come on the combination as on one of its drugs alone.

Rates of one patient's time on each, or of a whole cohort's: described, never called an
effect, because a drug is added, or stopped, for reasons that have to do with events.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import cast

import numpy as np
import pyarrow as pa

from cotreat.analysis.measures import Measure
from cotreat.analysis.rate_models import (
    RateRows,
    RatioFit,
    compute_cohort_ratios,
    compute_mid_p_ratio,
    compute_random_effect_ratios,
    compute_within_patient_ratios,
)
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import StudyTables
from cotreat.analysis.survival import Integers, Reals
from cotreat.analysis.time_groups import EVENT_CLASSES, SHOWN_CLASSES
from cotreat.engine import Engine, Scalar

STATES = {"anchor_only": 1, "partner_only": 2, "combination": 3}
COMPARED = (
    ("combination", "anchor_only"),
    ("combination", "partner_only"),
    ("partner_only", "anchor_only"),
)
FEWEST_EVENTS = 5
"""Events on each side below which there is the exact ratio only."""

CHOSEN = (
    "not given: the patients of a case series were chosen for having had the combination, so their earlier "
    "time is immortal"
)
SPARSE = f"not given: fewer than {FEWEST_EVENTS} events on one side; the exact ratio stands beside it"
_OPEN = "; n_missing: events of any state whose day or kind is not known well enough, in no ratio"
UNBOUNDED = "not given: the data do not bound it"
_WITHIN = "each patient's own times; biased where an event changes the treatment"
_EPOCH = date(1970, 1, 1).toordinal()
# Days since the first anchor drug began: before it, three months, to a year, to two years, later.
_BANDS = ((0, -1_000_000, -1), (1, 0, 90), (2, 91, 365), (3, 366, 730), (4, 731, 1_000_000))
_FIXED = ("year", "band", "age", "sex")
_FITS = {
    "cohort, gee": (compute_cohort_ratios, "Poisson, sandwich by patient, 95 %"),
    "cohort, random_effect": (compute_random_effect_ratios, "gamma-Poisson, Wald, 95 %"),
    "within_patient": (compute_within_patient_ratios, "conditional Poisson, Wald, 95 %"),
}
RATIO_RULES = ("crude", *_FITS)


def estimate_rate_ratios(
    engine: Engine, measure: Measure, *, rule: str, event_variable: str, tables: StudyTables
) -> list[Estimate]:
    """The ratio of two rates for each two exposure states, by class of events.

    The numerator of an estimate is the events of its state, the denominator those of both.

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        Of kind rate_ratio.
    rule
        One of `RATIO_RULES`. ``crude``: exact, of all person-time. ``cohort``: of the time after
        the first anchor drug of all who started one, adjusted for calendar year, time since
        then, age and sex, and the study's covariates; refused for a case series.
        ``within_patient``: of patients with an event and time in several states.
    event_variable
        What the events are divided by; empty for any event.
    tables
        Covariates, and whether the patients were chosen for having had the combination.
    """
    if rule.startswith("cohort") and tables.is_series:
        return [Estimate(measure.name, "event", rule, "", "", "ratio", None, unit="1", note=CHOSEN)]
    shown = tables.levels.get(event_variable, SHOWN_CLASSES.get(event_variable, ()))
    found: list[Estimate] = []
    for event_class in shown:
        key = ("rate_rows", event_variable, event_class)
        if key not in tables.memo:
            rows = _fetch(engine, event_variable, event_class, tables)
            tables.memo[key] = rows, _count_open(engine, event_variable, event_class)
        rows, n_open = cast("tuple[dict[str, Integers], int]", tables.memo[key])
        group = f"{event_variable}={event_class}" if event_variable else ""
        empty = Estimate(measure.name, "event", rule, group, "", "ratio", None, n_missing=n_open)
        found += _of_class(empty, rule, rows)
    return found


@cache
def _sql() -> str:
    return files("cotreat.analysis").joinpath("rate_cells.sql").read_text(encoding="utf-8")


def _fetch(engine: Engine, variable: str, event_class: str, tables: StudyTables) -> dict[str, Integers]:
    """Days and events of each patient in each state and set of covariates, those of a patient together."""
    _load_calendar(engine)
    names = [f"c{place}" for place, _ in enumerate(tables.covariates, start=1)]
    params: dict[str, Scalar] = {"class": event_class}
    joins: list[str] = []
    for name, term in zip(names, tables.covariates, strict=True):
        params[f"term_{name}"] = term
        joins.append(
            "LEFT JOIN (SELECT DISTINCT q.patient_key FROM conditions AS q "
            "INNER JOIN firsts AS g ON g.patient_key = q.patient_key "
            f"WHERE q.term = :term_{name} AND COALESCE(q.start_day, g.anchor_day) <= g.anchor_day) AS {name} "
            f"ON {name}.patient_key = d.patient_key"
        )
    columns = "".join(f"CASE WHEN {n}.patient_key IS NULL THEN 0 ELSE 1 END AS {n}," for n in names)
    sql = (
        _sql()
        .replace("{classes}", EVENT_CLASSES[variable])
        .replace("{columns}", columns)
        .replace("{joins}", " ".join(joins))
    )
    table = engine.fetch(sql, params)
    found = {name: np.asarray(table.column(name), dtype=np.int64) for name in table.column_names}
    # One order whatever the engine: sums of real numbers depend on it.
    order = np.lexsort([found[name] for name in ("band", "year", "state", "patient_key")])
    return {name: column[order] for name, column in found.items()}


def _count_open(engine: Engine, variable: str, event_class: str) -> int:
    """Events of a class in person-time, or perhaps, of which the day or the kind is not known well enough."""
    sql = (
        f"SELECT COUNT(*) AS n FROM ({EVENT_CLASSES[variable]}) AS c "
        "INNER JOIN events AS e ON e.event_key = c.event_key "
        "WHERE c.class = :class "
        "AND e.placement IN ('placed', 'between_states', 'partly_observed', 'no_onset') "
        "AND NOT (c.is_certain = 1 AND e.placement = 'placed' AND e.onset_day IS NOT NULL)"
    )
    return int(engine.fetch(sql, {"class": event_class}).column("n")[0].as_py())


def _load_calendar(engine: Engine) -> None:
    """The years of person-time, and the bands of time since the first anchor drug."""
    (ends,) = engine.fetch("SELECT MIN(start_day) AS a, MAX(end_day) AS b FROM states").to_pylist()
    first, last = (0 if day is None else int(day) for day in (ends["a"], ends["b"]))
    years = range(date.fromordinal(first + _EPOCH).year, date.fromordinal(last + _EPOCH).year + 1)
    starts = [date(year, 1, 1).toordinal() - _EPOCH for year in (*years, years[-1] + 1)]
    engine.load(
        "rate_years",
        pa.table(
            {"year": list(years), "first_day": starts[:-1], "last_day": [day - 1 for day in starts[1:]]}
        ),
    )
    band, start, end = zip(*_BANDS, strict=True)
    engine.load("rate_bands", pa.table({"band": band, "from_day": start, "to_day": end}))


def _of_class(empty: Estimate, rule: str, rows: dict[str, Integers]) -> Iterator[Estimate]:
    used = _used(rule, rows)
    sums = {
        state: (int(used["events"][own].sum()), int(used["days"][own].sum()))
        for state, code in STATES.items()
        for own in [used["state"] == code]
    }
    # A state without events would leave the model without an answer for the others too.
    modelled = [s for s in STATES if sums[s][0] >= FEWEST_EVENTS]
    fit = _fit(rule, used, modelled) if rule in _FITS and len(modelled) > 1 else None
    for state, other in COMPARED:
        (events, days), (other_events, other_days) = sums[state], sums[other]
        compared = np.isin(used["state"], [STATES[state], STATES[other]])
        estimate = replace(
            empty,
            group=" & ".join(sorted(part for part in (empty.group, f"state={state}") if part)),
            level=f"against_{other}",
            numerator=events,
            denominator=events + other_events,
            unit="1",
            n_patients=len(np.unique(used["patient_key"][compared])),
            note=f"{events} events in {days} days against {other_events} in {other_days}"
            + (_OPEN if empty.n_missing else ""),
        )
        if rule == "crude":
            yield _exact(estimate, (events, days), (other_events, other_days))
        elif state not in modelled or other not in modelled:
            yield replace(estimate, note=f"{estimate.note}; {SPARSE}")
        else:
            yield _modelled(estimate, rule, fit, state, other, modelled)


def _used(rule: str, rows: dict[str, Integers]) -> dict[str, Integers]:
    """The rows that a rule takes."""
    kept = np.ones(len(rows["days"]), dtype=bool)
    if rule.startswith("cohort"):
        kept = (rows["has_anchor"] == 1) & (rows["band"] > 0)
    elif rule == "within_patient":
        _, whose = np.unique(rows["patient_key"], return_inverse=True)
        kept = np.bincount(whose, rows["events"])[whose] > 0
    return {name: column[kept] for name, column in rows.items()}


def _exact(estimate: Estimate, one: tuple[int, int], other: tuple[int, int]) -> Estimate:
    """The ratio of the events and days of one state to those of another."""
    found = compute_mid_p_ratio(*one, *other)
    if found is None:
        return replace(estimate, note=f"{estimate.note}; no event, or nobody at risk")
    ratio, lower, upper = found
    return replace(
        estimate,
        estimate=ratio if other[0] else None,
        ci_lower=lower,
        ci_upper=upper,
        ci_method="exact mid-P, 95 %",
        note=f"{estimate.note}; not adjusted, events taken as independent",
    )


def _fit(rule: str, used: dict[str, Integers], states: Sequence[str]) -> RatioFit | None:
    kept = np.isin(used["state"], [STATES[state] for state in states])
    found = {name: column[kept] for name, column in used.items()}
    columns = [(found["state"] == STATES[state]).astype(float) for state in states[1:]]
    if rule != "within_patient":
        covariates = [*_FIXED, *sorted(name for name in found if name[0] == "c" and name[1:].isdigit())]
        found, columns = _adjusted(found, columns, covariates)
    rows = RateRows(
        found["patient_key"],
        found["days"].astype(float),
        found["events"].astype(float),
        _independent(np.column_stack(columns)),
    )
    return _FITS[rule][0](rows)


def _adjusted(
    found: dict[str, Integers], columns: list[Reals], covariates: Sequence[str]
) -> tuple[dict[str, Integers], list[Reals]]:
    """With a column for each level of a covariate but its most frequent.

    Rows of a level without any event say nothing of a ratio and are left out.
    """
    kept = np.ones(len(found["days"]), dtype=bool)
    for name in covariates:
        levels, place = np.unique(found[name], return_inverse=True)
        kept &= (np.bincount(place, found["events"], minlength=len(levels)) > 0)[place]
    found = {name: column[kept] for name, column in found.items()}
    columns = [column[kept] for column in columns]
    for name in covariates:
        levels, place = np.unique(found[name], return_inverse=True)
        reference = int(np.bincount(place, found["days"]).argmax()) if len(levels) else 0
        columns += [(place == k).astype(float) for k in range(len(levels)) if k != reference]
    return found, columns


def _independent(design: Reals) -> Reals:
    """The columns that are no sum of earlier ones; those of the states come first."""
    kept: list[int] = []
    distinct = np.unique(np.column_stack([np.ones(len(design)), design]), axis=0)
    for place in range(design.shape[1]):
        tried = [0, *(k + 1 for k in (*kept, place))]
        if np.linalg.matrix_rank(distinct[:, tried]) == len(tried):
            kept.append(place)
    return design[:, kept]


def _modelled(
    estimate: Estimate, rule: str, fit: RatioFit | None, state: str, other: str, states: Sequence[str]
) -> Estimate:
    if fit is None:
        return replace(estimate, note=f"{estimate.note}; {UNBOUNDED}")
    weights = np.zeros(len(fit.log_ratios))
    for name, sign in ((state, 1.0), (other, -1.0)):
        if states.index(name):
            weights[states.index(name) - 1] = sign
    ratio, lower, upper = fit.ratio(weights)
    notes = [estimate.note, _WITHIN if rule == "within_patient" else "adjusted; described, not an effect"]
    if fit.variation is not None:
        notes.append(f"variance of the patients' own rates {fit.variation:.4f}")
    return replace(
        estimate,
        estimate=ratio,
        ci_lower=lower,
        ci_upper=upper,
        ci_method=_FITS[rule][1],
        note="; ".join(notes),
    )
