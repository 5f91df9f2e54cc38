"""How long until it ends, and why? Curves, means and medians from counts of times.

All that these functions see is how often each time and end occur, so 18 courses and ten
million cost the same. Times are real numbers in one unit (days); S(t) = P(T > t); what ends and what
is censored on the same day: the ends come first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CENSORED = 0
# S is a product of fractions: a half that is exact on paper can miss 0.5 by the last bit.
# Where everybody has ended so, products and sums of doubles stop some last bits beside 0 and 1.
_ROUNDING = 1e-12
_HALF = 0.5 + 1e-12


@dataclass(frozen=True)
class Lifetimes:
    """How often each time and end occur.

    Attributes
    ----------
    times
        Distinct times, ascending.
    counts
        One row per end, one column per time: row 0 the censored, row k the ends of kind k.
    """

    times: Reals
    counts: Integers

    @classmethod
    def of(cls, rows: Mapping[tuple[float, int], int], kinds: int) -> "Lifetimes":
        """Lifetimes from how often each (time, kind of end) occurs; kind 0 is censored."""
        times = np.array(sorted({time for time, _ in rows}), dtype=np.float64)
        counts = np.zeros((kinds + 1, len(times)), dtype=np.int64)
        for (time, kind), n in rows.items():
            counts[kind, np.searchsorted(times, time)] += n
        return cls(times, counts)

    @property
    def n(self) -> int:
        """How many lifetimes there are."""
        return int(self.counts.sum())

    @cached_property
    def curves(self) -> "Curves":
        """Survival and incidence at each distinct time."""
        return compute_curves(self.counts.astype(np.float64))

    def place(self, time: float) -> int:
        """Column of the last distinct time up to this one; -1 before the first."""
        return int(np.searchsorted(self.times, time, side="right")) - 1

    def is_observed(self, time: float) -> bool:
        """Whether the curve is known at a time: somebody was followed so long, or nobody is left."""
        if not len(self.times):
            return False
        return time <= self.times[-1] or self.curves.survival[-1] == 0

    def n_ended(self, time: float, kind: int | None = None) -> int:
        """How many ended by a time, of one kind or of any."""
        rows = self.counts[1:] if kind is None else self.counts[[kind]]
        return int(rows[:, : self.place(time) + 1].sum())

    def n_censored_before(self, time: float) -> int:
        """How many were censored before a time: on that day they were no longer seen."""
        return int(self.counts[CENSORED, self.times < time].sum())

    def n_at_risk(self, time: float) -> int:
        """How many last at least so long."""
        return int(self.counts[:, self.times >= time].sum())


@dataclass(frozen=True)
class Curves:
    """Estimates at each distinct time; the last axis is time.

    Attributes
    ----------
    at_risk
        How many last at least so long.
    hazard
        Share of those at risk that ends then.
    survival
        Kaplan-Meier: P(T > t).
    incidence
        Aalen-Johansen: P(T <= t and the end is of this kind); the axis before the last is the kind.
    """

    at_risk: Reals
    hazard: Reals
    survival: Reals
    incidence: Reals


def compute_curves(counts: Reals) -> Curves:
    """Kaplan-Meier and Aalen-Johansen estimates from counts.

    Parameters
    ----------
    counts
        Axes: any, then the kind of end (0 censored), then ascending times.

    Notes
    -----
    Kaplan and Meier 1958 (doi:10.1080/01621459.1958.10501452); Aalen and Johansen 1978. Survival and the
    incidences of all kinds add up to 1 at every time. Worked number: the 21 courses of
    doi:10.1016/j.ad.2025.02.025 give S(12 months) = 0.4615.
    """
    ended = counts[..., 1:, :]
    leaving = counts.sum(axis=-2)
    at_risk = leaving[..., ::-1].cumsum(axis=-1)[..., ::-1]
    # A resample can hold nobody of a late time: nobody at risk, nothing happens.
    share = 1 / np.maximum(at_risk, 1)
    hazard = ended.sum(axis=-2) * share
    survival = np.cumprod(1 - hazard, axis=-1)
    before = np.concatenate([np.ones_like(survival[..., :1]), survival[..., :-1]], axis=-1)
    incidence = np.cumsum((before * share)[..., None, :] * ended, axis=-1)
    return Curves(at_risk, hazard, survival, incidence)


def compute_survival_at(data: Lifetimes, time: float) -> float | None:
    """P(T > time); None where nobody was followed so long."""
    if not data.is_observed(time):
        return None
    place = data.place(time)
    found = 1.0 if place < 0 else float(data.curves.survival[place])
    return 0.0 if found < _ROUNDING else found


def compute_incidence_at(data: Lifetimes, time: float, kind: int) -> float | None:
    """P(T <= time and the end is of this kind); None where nobody was followed so long."""
    if not data.is_observed(time):
        return None
    place = data.place(time)
    found = 0.0 if place < 0 else float(data.curves.incidence[kind - 1, place])
    return 1.0 if found > 1 - _ROUNDING else found


def compute_median_survival(data: Lifetimes) -> float | None:
    """The first time at which survival is at most one half; None where it is never reached."""
    reached = np.flatnonzero(data.curves.survival <= _HALF) if len(data.times) else []
    return float(data.times[reached[0]]) if len(reached) else None


def compute_restricted_mean(data: Lifetimes, horizon: float) -> float | None:
    """The mean time up to a horizon: the area under S from 0 to there; None where S is not known.

    Royston and Parmar 2013 (doi:10.1186/1471-2288-13-152). Worked number: ends at 1, 2 and 3
    and a horizon of 2 give 1 x 1 + 2/3 x 1 = 1.6667.
    """
    if not data.is_observed(horizon):
        return None
    widths = compute_widths(data.times, horizon)
    levels = np.concatenate([[1.0], data.curves.survival])
    return float(levels @ widths)


def compute_widths(times: Reals, horizon: float) -> Reals:
    """How long each step of a curve lasts up to a horizon; the first step is before the first time."""
    edges = np.minimum(np.concatenate([[0.0], times, [np.inf]]), horizon)
    return np.diff(edges)


def compute_log_rank(groups: Sequence[Lifetimes]) -> tuple[float, int] | None:
    """The log-rank statistic of several groups and its degrees of freedom; None if nothing can be compared.

    Parameters
    ----------
    groups
        Lifetimes of each group; all ends count alike.

    Notes
    -----
    Mantel 1966; with the hypergeometric variance, for independent units. Worked number: see
    ``tests/reference``.
    """
    times = np.unique(np.concatenate([g.times[g.counts[1:].sum(axis=0) > 0] for g in groups]))
    if not len(times) or len(groups) < 2:
        return None
    at_risk = np.array([[g.n_at_risk(t) for t in times] for g in groups], dtype=np.float64)
    ended = np.array([_ended_on(g, times) for g in groups])
    n, d = at_risk.sum(axis=0), ended.sum(axis=0)
    share = at_risk / n
    difference = (ended - share * d).sum(axis=1)
    spread = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    variance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    rank = int(np.linalg.matrix_rank(variance))
    if not rank:
        return None
    return float(difference @ np.linalg.pinv(variance) @ difference), rank


def _ended_on(data: Lifetimes, times: Reals) -> Reals:
    ended = np.zeros(len(times))
    own = data.counts[1:].sum(axis=0)
    places = np.searchsorted(times, data.times)
    inside = own > 0
    ended[places[inside]] = own[inside]
    return ended
