"""Intervals for rates of events per person-time, also when patients have several events.

Sums over patients are all that these functions see: how many there are, their days, their
events, and the sums of squares and products of both. Integers from SQL are enough, for 18
patients and for ten million.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cotreat.analysis.intervals import Interval, compute_count_interval

DAYS_PER_YEAR = 365.25
PER_100_YEARS = 100 * DAYS_PER_YEAR
RATE_UNIT = "per 100 patient-years"

EXACT = "Garwood, 95 %"
CLUSTERED = "Garwood, 95 %, patients as clusters"
TWO_SIDED = "Garwood, two-sided 95 %"
ONE_SIDED = "Garwood, one-sided 95 %"

# A recorded length is a fraction of a day exactly; dated days are whole.
Days = int | Fraction


@dataclass(frozen=True, slots=True)
class RateCounts:
    """Events and time at risk, summed over patients.

    Attributes
    ----------
    patients
        Patients with time at risk.
    days
        Their days at risk.
    events
        Their events.
    days_squared, events_squared, events_days
        Sums over patients of days x days, events x events and events x days.
    """

    patients: int
    days: Days
    events: int
    days_squared: Days = 0
    events_squared: int = 0
    events_days: Days = 0

    @classmethod
    def of(cls, patients: Iterable[tuple[int, Days]]) -> "RateCounts":
        """The sums of patients with their events and their days at risk."""
        found = [(events, days) for events, days in patients if days > 0]
        return cls(
            len(found),
            sum(days for _, days in found),
            sum(events for events, _ in found),
            sum(days * days for _, days in found),
            sum(events * events for events, _ in found),
            sum(events * days for events, days in found),
        )

    def __add__(self, other: "RateCounts") -> "RateCounts":
        """The sums of both, if no patient is in both."""
        return RateCounts(
            self.patients + other.patients,
            self.days + other.days,
            self.events + other.events,
            self.days_squared + other.days_squared,
            self.events_squared + other.events_squared,
            self.events_days + other.events_days,
        )


def compute_rate(events: int, days: Days) -> float | None:
    """Events per 100 patient-years; None without time at risk.

    Worked number: 13 events in 283 months of 30.4375 days are 55.1 per 100 patient-years.
    """
    return float(Fraction(events) * Fraction(PER_100_YEARS) / Fraction(days)) if days > 0 else None


def compute_rate_design_effect(counts: RateCounts) -> float | None:
    """How many times larger the variance of the count is than a Poisson count's; at least 1.

    None with fewer than two patients or without events, where no variance can be seen.

    Notes
    -----
    With K patients, x events and t days of each, and the overall rate r: K / (K - 1) times
    the sum over patients of (x - r t)^2, over the number of events. It is the ratio of the
    cluster-robust to the Poisson variance: what Rao and Scott do for proportions (1992,
    doi:10.2307/2532311) and counts (1999, Statistics in Medicine 18:1373-1385). Worked
    number: 13 events in 18 patients and 283 months of doi:10.1016/j.ad.2025.02.025 give
    1.5325.
    """
    if counts.patients < 2 or counts.events == 0 or counts.days <= 0:
        return None
    rate = Fraction(counts.events) / Fraction(counts.days)
    observed = (
        counts.events_squared
        - 2 * rate * Fraction(counts.events_days)
        + rate * rate * Fraction(counts.days_squared)
    )
    scaled = Fraction(counts.patients, counts.patients - 1) * observed / counts.events
    return max(1.0, float(scaled))


def compute_first_rate_intervals(events: int, days: Days) -> tuple[Interval, ...]:
    """The exact 95 % interval of a rate per 100 patient-years; for no event both upper bounds.

    Parameters
    ----------
    events
        Events, at most one of each patient: nothing is clustered.
    days
        Days at risk.

    Returns
    -------
    tuple of Interval
        One interval; two for no event (two-sided and one-sided); none without time at risk.

    Notes
    -----
    Garwood 1936 (doi:10.2307/2333958). Worked numbers: 13 events in 283 months give 29.4 to
    94.3 per 100 patient-years; no event in 100 years at most 3.69 two-sided (3.6889 / 100)
    and 3.00 one-sided (-ln 0.05 / 100).
    """
    if days <= 0:
        return ()
    scale = float(Fraction(PER_100_YEARS) / Fraction(days))
    lower, upper = compute_count_interval(events)
    if events == 0:
        return (
            Interval(0.0, upper * scale, TWO_SIDED),
            Interval(None, -math.log(0.05) * scale, ONE_SIDED),
        )
    return (Interval(lower * scale, upper * scale, EXACT),)


def compute_rate_intervals(counts: RateCounts) -> tuple[Interval, ...]:
    """The exact 95 % interval of a rate per 100 patient-years, and one with patients as clusters.

    Parameters
    ----------
    counts
        Events and time at risk.

    Returns
    -------
    tuple of Interval
        That of independent events and that of patients as clusters; for no event both upper
        bounds, where no clustering can be seen; none without time at risk.

    Notes
    -----
    For patients as clusters events and time are divided by the design effect. Worked
    numbers: 13 events in 283 months exact 29.4 to 94.3, as clusters 24.5 to 106.6.
    """
    exact = compute_first_rate_intervals(counts.events, counts.days)
    effect = compute_rate_design_effect(counts)
    if effect is None:
        return exact
    lower, upper = compute_count_interval(counts.events / effect)
    scale = float(Fraction(PER_100_YEARS) / Fraction(counts.days)) * effect
    return (*exact, Interval(lower * scale, upper * scale, CLUSTERED, f"design effect {effect:.4f}"))
