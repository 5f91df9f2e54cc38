"""How soon did another treatment follow? Incidence after the end of the combination."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from cotreat.analysis.curve_numbers import IncidenceAt
from cotreat.analysis.intervals import Interval
from cotreat.analysis.lifetimes import Group
from cotreat.analysis.measure import Measure
from cotreat.analysis.quantities import DAYS_PER_MONTH
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.selection import Selection, StudyTables
from cotreat.analysis.survival import Lifetimes
from cotreat.engine import Engine

# In the order of their numbers in the table of follow-ups.
FOLLOWING = ("another_drug", "restart", "death")
MONTHS = (1, 3, 6, 12)
_METHOD = "infinitesimal jackknife, log-log, 95 %"


@cache
def _sql() -> str:
    return files("cotreat.analysis").joinpath("followup_counts.sql").read_text(encoding="utf-8")


def estimate_time_to_next(
    engine: Engine,
    measure: Measure,
    *,
    unit: Unit,
    rule: str,
    selection: Selection,
    label: str,
    tables: StudyTables,
) -> list[Estimate]:
    """The share of patients with another drug, a restart, or death by some months after the end.

    The time runs from the last day of each patient's first combination that ended; who has
    none of the three is censored at the end of observation. Each is an end that competes
    with the others (Aalen-Johansen).

    Parameters
    ----------
    engine
        Holds the study's tables.
    measure
        The time to the next treatment.
    unit, rule
        Patients, and which of their combinations counts.
    selection
        The pairs that count, with their group.
    label
        What to write before the group's level, such as ``disease=``; empty for none.
    tables
        Whether the study has dates.
    """
    if not tables.is_dated:
        return []
    found: dict[str, dict[tuple[float, int], int]] = {} if label else {"": {}}
    rows = engine.fetch(_sql().replace("{selected}", selection.sql), selection.params).to_pylist()
    for row in rows:
        counts = found.setdefault(row["grp"], {})
        counts[float(row["days"]), row["kind"]] = row["patients"]
    return [
        estimate
        for name, counts in sorted(found.items())
        for estimate in _estimates_of(measure, unit, rule, f"{label}{name}" if label else "", counts)
    ]


def _estimates_of(
    measure: Measure, unit: Unit, rule: str, group: str, counts: Mapping[tuple[float, int], int]
) -> Iterator[Estimate]:
    data = Lifetimes.of(counts, len(FOLLOWING))
    patients = Group(group, data, data.n, 0)
    for month in MONTHS:
        time = month * DAYS_PER_MONTH
        for kind, level in enumerate(FOLLOWING, start=1):
            number = IncidenceAt(time, kind)
            value = number.value(data)
            interval = _interval(number, patients)
            yield Estimate(
                measure.name,
                unit,
                rule,
                " & ".join(sorted(part for part in (group, f"month={month}") if part)),
                level,
                "incidence_at",
                value,
                ci_lower=interval.lower,
                ci_upper=interval.upper,
                ci_method=interval.method,
                numerator=data.n_ended(time, kind),
                denominator=data.n,
                n_patients=data.n,
                n_missing=0,
                n_censored=data.n_censored_before(time),
                note="nobody was followed so long" if value is None else interval.note,
            )


def _interval(number: IncidenceAt, patients: Group) -> Interval:
    if number.value(patients.data) is None:
        return Interval(None, None, "")
    exact = number.exact(patients)
    if exact is not None:
        return exact
    return number.interval(patients.data, number.variance(patients.data), _METHOD)
