"""The numbers of a curve: S at a time, an incidence, the median, a restricted mean.

Each knows its value, what each lifetime changes of it, and the scale of its interval.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cotreat.analysis.intervals import Interval
from cotreat.analysis.lifetimes import Group
from cotreat.analysis.survival import (
    Lifetimes,
    compute_incidence_at,
    compute_median_survival,
    compute_restricted_mean,
    compute_survival_at,
)
from cotreat.analysis.survival_intervals import (
    Influence,
    compute_extreme_interval,
    compute_greenwood,
    compute_influence,
    compute_log_log_interval,
    compute_mean_influence,
    compute_median_interval,
    compute_normal_interval,
)


class CurveNumber(Protocol):
    """One number of a curve."""

    def value(self, data: Lifetimes) -> float | None:
        """The estimate; None where it is not known."""
        ...

    def exact(self, group: Group) -> Interval | None:
        """The interval of an estimate that is 0 or 1; None for any other."""
        ...

    def influence(self, data: Lifetimes) -> Influence:
        """What each lifetime changes of it."""
        ...

    def variance(self, data: Lifetimes) -> float:
        """The variance, when every lifetime is another patient's."""
        ...

    def interval(self, data: Lifetimes, variance: float, method: str) -> Interval:
        """The interval, from the variance that the influences give."""
        ...


def _compute_exact(group: Group, time: float, *, all_of_them: bool) -> Interval:
    # Who was censored before says nothing of the time; of a patient's several lifetimes one counts.
    followed = group.data.n - group.data.n_censored_before(time)
    return compute_extreme_interval(all_of_them=all_of_them, n=min(followed, group.n_patients))


@dataclass(frozen=True, slots=True)
class SurvivalAt:
    """P(T > time)."""

    time: float

    def value(self, data: Lifetimes) -> float | None:
        """The estimate; None where nobody was followed so long."""
        return compute_survival_at(data, self.time)

    def exact(self, group: Group) -> Interval | None:
        """The interval of 0 or 1."""
        found = self.value(group.data)
        return _compute_exact(group, self.time, all_of_them=found == 1) if found in (0, 1) else None

    def influence(self, data: Lifetimes) -> Influence:
        """On log S."""
        return compute_influence(data, data.place(self.time))

    def variance(self, data: Lifetimes) -> float:
        """That of log S by Greenwood."""
        return float(compute_greenwood(data)[data.place(self.time)])

    def interval(self, data: Lifetimes, variance: float, method: str) -> Interval:
        """On the log-log scale; `variance` is that of log S."""
        return compute_log_log_interval(self.value(data) or 0.0, variance, method)


@dataclass(frozen=True, slots=True)
class IncidenceAt:
    """P(T <= time and the end is of this kind)."""

    time: float
    kind: int

    def value(self, data: Lifetimes) -> float | None:
        """The estimate; None where nobody was followed so long."""
        return compute_incidence_at(data, self.time, self.kind)

    def exact(self, group: Group) -> Interval | None:
        """The interval of 0 or 1."""
        found = self.value(group.data)
        return _compute_exact(group, self.time, all_of_them=found == 1) if found in (0, 1) else None

    def influence(self, data: Lifetimes) -> Influence:
        """On the incidence."""
        return compute_influence(data, data.place(self.time), kind=self.kind)

    def variance(self, data: Lifetimes) -> float:
        """From the influences."""
        return self.influence(data).variance(data)

    def interval(self, data: Lifetimes, variance: float, method: str) -> Interval:
        """That of 1 - F on the log-log scale, turned round."""
        free = 1 - (self.value(data) or 0.0)
        found = compute_log_log_interval(free, variance / free**2, method)
        lower, upper = (None if end is None else 1 - end for end in (found.upper, found.lower))
        return Interval(lower, upper, method)


@dataclass(frozen=True, slots=True)
class MedianTime:
    """The first time at which S is at most one half, in units of `scale`."""

    scale: float

    def value(self, data: Lifetimes) -> float | None:
        """The estimate; None where S stays above one half."""
        found = compute_median_survival(data)
        return None if found is None else found / self.scale

    def exact(self, group: Group) -> Interval | None:
        """None: there is no exact interval."""
        del group
        return None

    def influence(self, data: Lifetimes) -> Influence:
        """On log S at the median, or at the last time at which S is above 0."""
        return compute_influence(data, self._place(data))

    def variance(self, data: Lifetimes) -> float:
        """That of log S there, by Greenwood."""
        return float(compute_greenwood(data)[self._place(data)])

    def interval(self, data: Lifetimes, variance: float, method: str) -> Interval:
        """Where the limits of S cross one half; they are as much wider as they are at the median."""
        plain = self.variance(data)
        effect = max(1.0, variance / plain) if plain else 1.0
        found = compute_median_interval(data, effect, method)
        lower, upper = (None if end is None else end / self.scale for end in (found.lower, found.upper))
        return Interval(lower, upper, method, found.note)

    def _place(self, data: Lifetimes) -> int:
        above = np.flatnonzero(data.curves.survival > 0)
        last = int(above[-1]) if len(above) else 0
        median = compute_median_survival(data)
        return last if median is None else min(data.place(median), last)


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """The mean time up to a horizon, in units of `scale`."""

    horizon: float
    scale: float

    def value(self, data: Lifetimes) -> float | None:
        """The estimate; None where S is not known up to the horizon."""
        found = compute_restricted_mean(data, self.horizon)
        return None if found is None else found / self.scale

    def exact(self, group: Group) -> Interval | None:
        """None: there is no exact interval."""
        del group
        return None

    def influence(self, data: Lifetimes) -> Influence:
        """On the area, in days."""
        return compute_mean_influence(data, self.horizon)

    def variance(self, data: Lifetimes) -> float:
        """From the influences, in days."""
        return self.influence(data).variance(data)

    def interval(self, data: Lifetimes, variance: float, method: str) -> Interval:
        """Symmetric, and not beyond the horizon."""
        value = self.value(data) or 0.0
        return compute_normal_interval(value, variance / self.scale**2, self.horizon / self.scale, method)
