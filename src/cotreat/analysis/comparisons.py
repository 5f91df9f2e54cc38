"""Does one group stop sooner than another? Hazard ratios between groups as estimates."""

import math
from collections.abc import Mapping

import numpy as np
from scipy.stats import chi2, norm

from cotreat.analysis.drug_survival import About
from cotreat.analysis.hazards import HazardFit, compute_hazard_ratios
from cotreat.analysis.intervals import Interval
from cotreat.analysis.lifetimes import Group, LifetimeTable
from cotreat.analysis.results import Estimate
from cotreat.analysis.selection import UNKNOWN_GROUP
from cotreat.analysis.survival import Reals, compute_log_rank

_METHOD = "Cox, ties by Efron, patients as clusters, 95 %"
_Z = float(norm.ppf(0.975))


def estimate_hazard_ratios(table: LifetimeTable, about: About, *, p_values: bool = False) -> list[Estimate]:
    """The hazard of ending in each group against that in the largest, with patients as clusters.

    Above 1 the group stops sooner. Groups are compared as they are, not adjusted: who is given
    what is no accident.

    Parameters
    ----------
    table
        The lifetimes, in days.
    about
        The measure, its unit and rule, and the variable that makes the groups.
    p_values
        Whether the log-rank test of all groups is asked for.
    """
    groups = sorted(
        (group for group in table.groups if group.data.n and group.name != UNKNOWN_GROUP),
        key=lambda group: (-group.data.n, group.name),
    )
    compared = [group for group in groups if group.data.n_ended(math.inf)]
    if len(groups) < 2 or not compared:
        return []
    reference, *others = compared
    fit = compute_hazard_ratios([group.data for group in compared]) if others else None
    variances = _variances(table, compared, fit)
    found: list[Estimate] = []
    for group in groups:
        if group is reference:
            continue
        if fit is None or group not in others:
            why = "no end in this group" if group not in others else "the groups cannot be compared"
            found.append(_build(about, group, reference, None, Interval(None, None, ""), why))
            continue
        place = others.index(group)
        ratio = float(fit.log_ratios[place])
        if not variances:
            why = "no interval: all are of one patient"
            found.append(_build(about, group, reference, math.exp(ratio), Interval(None, None, ""), why))
            continue
        width = _Z * math.sqrt(variances[place])
        interval = Interval(math.exp(ratio - width), math.exp(ratio + width), _METHOD)
        found.append(_build(about, group, reference, math.exp(ratio), interval, ""))
    return [*found, *(_log_rank(about, groups) if p_values else ())]


def _log_rank(about: About, groups: list[Group]) -> list[Estimate]:
    """The log-rank test of all groups; its level is the variable that makes them."""
    test = compute_log_rank([group.data for group in groups])
    if test is None:
        return []
    statistic, degrees = test
    n = sum(group.data.n for group in groups)
    ended = sum(group.data.n_ended(math.inf) for group in groups)
    alike = f"; {about.unit}s of one patient are taken as independent"
    is_clustered = any(group.is_clustered for group in groups)
    return [
        Estimate(
            about.measure,
            about.unit,
            about.rule,
            "",
            about.label.rstrip("="),
            "p_value",
            float(chi2.sf(statistic, degrees)),
            ci_method="log-rank",
            numerator=ended,
            denominator=n,
            n_patients=None,
            note=f"{len(groups)} groups{alike if is_clustered else ''}",
        )
    ]


def _variances(table: LifetimeTable, groups: list[Group], fit: HazardFit | None) -> list[float]:
    """The variance of each ratio; none when there is nothing to compare, or one patient only."""
    n_patients = table.count_patients()
    if fit is None or n_patients < 2:
        return []
    influences: Mapping[Group, Reals] = {
        group: _own_influences(group, place, fit) for place, group in enumerate(groups)
    }
    robust = table.variances_across(influences, n_patients)
    # Of a group of a few courses the sums by patient see no spread: as everywhere, the design effect is at
    # least 1.
    return [max(pair) for pair in zip(robust, fit.naive_variances.tolist(), strict=True)]


def _own_influences(group: Group, place: int, fit: HazardFit) -> Reals:
    """The influences of one group's lifetimes; axes: ratio, kind of end, the group's times."""
    columns = np.searchsorted(fit.times, group.data.times)
    ended = np.minimum(np.arange(len(group.data.counts)), 1)
    return fit.influences[:, place][:, ended][:, :, columns]


def _build(
    about: About, group: Group, reference: Group, ratio: float | None, interval: Interval, why: str
) -> Estimate:
    n, ended = reference.data.n, reference.data.n_ended(math.inf)
    against = f"reference: {ended} of {n} {about.unit}s ended, in {reference.n_patients} patients"
    return Estimate(
        about.measure,
        about.unit,
        about.rule,
        about.group(group.name),
        f"v {reference.name}",
        "hazard_ratio",
        ratio,
        ci_lower=interval.lower,
        ci_upper=interval.upper,
        ci_method=interval.method,
        numerator=group.data.n_ended(math.inf),
        denominator=group.data.n,
        n_patients=group.n_patients,
        n_missing=group.n_missing,
        n_censored=group.data.n - group.data.n_ended(math.inf),
        note="; ".join(part for part in (why, against) if part),
    )
