"""How long does a combination last, and why does it end? Curves, medians and means as estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cotreat.analysis.curve_numbers import CurveNumber, IncidenceAt, MedianTime, RestrictedMean, SurvivalAt
from cotreat.analysis.intervals import Interval
from cotreat.analysis.lifetimes import END_KINDS, Group, LifetimeTable
from cotreat.analysis.quantities import DAYS_PER_MONTH
from cotreat.analysis.results import Estimate, Unit
from cotreat.analysis.survival_intervals import GREENWOOD, JACKKNIFE, ROBUST

# Curves are drawn from at most so many points; beyond, months in equal steps.
_MOST_POINTS = 60
_NOBODY = "nobody was followed so long"
# Ends of these kinds are shown though there were none.
_SHOWN = frozenset({"adverse_event", "ineffectiveness", "remission", "other"})


@dataclass(frozen=True, slots=True)
class About:
    """What the estimates of one call are about.

    Attributes
    ----------
    measure, unit, rule
        As in ``results.csv``.
    label
        What to write before a group's level, such as ``disease=``; empty for none.
    """

    measure: str
    unit: Unit
    rule: str
    label: str

    def group(self, name: str, month: str = "") -> str:
        """The group of an estimate, as in ``results.csv``."""
        parts = (f"month={month}" if month else "", f"{self.label}{name}" if self.label else "")
        return " & ".join(sorted(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One number that is asked of a group."""

    number: CurveNumber
    statistic: str
    time: float
    level: str = ""
    month: str = ""
    kind: int | None = None
    unit: str = "1"


def estimate_drug_survival(table: LifetimeTable, about: About, months: Sequence[int]) -> list[Estimate]:
    """P(T > t) at some months with how many are at risk, the median, and means up to these months.

    Parameters
    ----------
    table
        The lifetimes, in days.
    about
        The measure, its unit and rule, and the variable that makes the groups.
    months
        Times, in months; the level of ``survival_at``, ``at_risk`` and ``rmst``.
    """
    asked = [_Asked(MedianTime(DAYS_PER_MONTH), "median", float("inf"), unit="months")]
    for month in months:
        days = month * DAYS_PER_MONTH
        asked.append(_Asked(SurvivalAt(days), "survival_at", days, f"{month}"))
        asked.append(_Asked(RestrictedMean(days, DAYS_PER_MONTH), "rmst", days, f"{month}", unit="months"))
    return [
        *_estimate(table, about, dict.fromkeys(table.groups, asked)),
        *(_at_risk(group, month, about) for group in table.groups for month in months),
    ]


def estimate_survival_curve(table: LifetimeTable, about: About) -> list[Estimate]:
    """P(T > t) wherever a curve is to be drawn; the level is the month.

    Every time at which a combination ends, or 60 times in equal steps where there are more, and the last
    day on which anybody was followed.

    Parameters
    ----------
    table
        The lifetimes, in days.
    about
        The measure, its unit and rule, and the variable that makes the groups.
    """
    asked = {
        group: [
            _Asked(SurvivalAt(days), "survival_at", days, _in_months(days)) for days in compute_points(group)
        ]
        for group in table.groups
    }
    return _estimate(table, about, asked)


def estimate_end_reasons(
    table: LifetimeTable, about: About, months: Sequence[int] | None = None
) -> list[Estimate]:
    """P(T <= t, ended for this reason) by Aalen-Johansen; the level is the reason, the month a group.

    Parameters
    ----------
    table
        The lifetimes, in days.
    about
        The measure, its unit and rule, and the variable that makes the groups.
    months
        Times, in months; None for those at which curves are drawn.
    """
    asked: dict[Group, list[_Asked]] = {}
    for group in table.groups:
        times = compute_points(group) if months is None else [m * DAYS_PER_MONTH for m in months]
        asked[group] = [
            _Asked(IncidenceAt(days, kind), "incidence_at", days, reason, _in_months(days), kind)
            for kind, reason in enumerate(END_KINDS, start=1)
            if reason in _SHOWN or group.data.counts[kind].sum()
            for days in times
        ]
    return _estimate(table, about, asked)


def compute_points(group: Group) -> list[float]:
    """The days at which a group's curve is drawn."""
    times = group.data.times
    ended = times[group.data.counts[1:].sum(axis=0) > 0]
    if len(ended) <= _MOST_POINTS:
        return sorted({*map(float, ended), *map(float, times[-1:])})
    step = float(times[-1]) / _MOST_POINTS
    return [round(step * (n + 1)) for n in range(_MOST_POINTS)]


def _in_months(days: float) -> str:
    return f"{days / DAYS_PER_MONTH:.2f}".rstrip("0").rstrip(".")


def _estimate(table: LifetimeTable, about: About, asked: Mapping[Group, Sequence[_Asked]]) -> list[Estimate]:
    """An estimate of every number of every group; the sums by patient of all of them in one query."""
    by_patient = table.variances(
        {
            group: [one.number.influence(group.data) for one in open_ones]
            for group, numbers in asked.items()
            if group.is_clustered and group.n_patients > 1
            for open_ones in [_without_exact(group, numbers)]
            if open_ones
        }
    )
    found: list[Estimate] = []
    for group, numbers in asked.items():
        variances = iter(by_patient.get(group, ()))
        open_ones = _without_exact(group, numbers)
        for one in numbers:
            variance = None
            if one in open_ones and group.n_patients > 1:
                # As everywhere, repeated patients make nothing surer: the design effect is at least 1.
                variance = max(one.number.variance(group.data), next(variances, 0.0))
            found.append(_build(group, one, about, _interval(group, one, variance)))
    return found


def _without_exact(group: Group, numbers: Sequence[_Asked]) -> list[_Asked]:
    """The numbers whose interval needs a variance: known, and neither 0 nor 1."""
    return [
        one
        for one in numbers
        if (one.number.value(group.data) is not None and one.number.exact(group) is None)
        or (one.statistic == "median" and group.data.n_ended(one.time))
    ]


def _interval(group: Group, one: _Asked, variance: float | None) -> Interval:
    if variance is not None:
        method = ROBUST
        if not group.is_clustered:
            method = GREENWOOD if isinstance(one.number, SurvivalAt | MedianTime) else JACKKNIFE
        return one.number.interval(group.data, variance, method)
    if one.number.value(group.data) is None:
        return Interval(None, None, "")
    return one.number.exact(group) or Interval(None, None, "", "one patient: no interval")


def _build(group: Group, one: _Asked, about: About, interval: Interval) -> Estimate:
    value = one.number.value(group.data)
    why = interval.note
    if value is None:
        nobody = "S stays above one half" if one.statistic == "median" and group.data.n else _NOBODY
        why = "; ".join(part for part in (nobody, interval.note) if part)
    return Estimate(
        about.measure,
        about.unit,
        about.rule,
        about.group(group.name, one.month),
        one.level,
        one.statistic,
        value,
        ci_lower=interval.lower,
        ci_upper=interval.upper,
        ci_method=interval.method,
        numerator=group.data.n_ended(one.time, one.kind),
        denominator=group.data.n,
        unit=one.unit,
        n_patients=group.n_patients,
        n_missing=group.n_missing,
        n_censored=group.data.n_censored_before(one.time),
        note=why,
    )


def _at_risk(group: Group, month: int, about: About) -> Estimate:
    n = group.data.n_at_risk(month * DAYS_PER_MONTH)
    return Estimate(
        about.measure,
        about.unit,
        about.rule,
        about.group(group.name),
        f"{month}",
        "at_risk",
        float(n),
        numerator=n,
        denominator=group.data.n,
        unit=f"{about.unit}s",
        n_patients=group.n_patients,
        n_missing=group.n_missing,
    )
