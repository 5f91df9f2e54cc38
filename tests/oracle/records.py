"""What goes in and what comes out: one patient's records, the parameters, the episodes."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Exposure:
    """One recorded supply, administration or prescription.

    ``end_day`` is None when no end is recorded; ``is_ongoing`` when the record says that
    there is none. Partial dates arrive in their widest reading, with ``date_precision``
    beside them.
    """

    drug: str
    start_day: int
    end_day: int | None
    is_ongoing: bool = False
    dose_ng_day: int | None = None
    date_precision: str = "day"  # day, month, year
    end_rule: str = "recorded"  # where a given end comes from: recorded, supply
    supply_days: int | None = None
    first_start_day: int | None = None  # its own start, when it was carried over to a later one
    reason_started: str | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One visit: a score, a judgement, or both."""

    day: int
    instrument: str | None = None
    value: float | None = None
    response: str | None = None  # complete, partial, none, unassessable
    context: str | None = None  # monotherapy, combination


@dataclass(frozen=True, slots=True)
class EventRow:
    """One recorded adverse event; the days that its onset may mean, None when there is no onset."""

    term: str | None
    earliest_onset_day: int | None = None
    latest_onset_day: int | None = None
    end_day: int | None = None
    severity_grade: int | None = None
    is_serious: int | None = None


@dataclass(frozen=True, slots=True)
class LabResult:
    """One laboratory result in the unit of its test; the limits that the laboratory gave."""

    day: int
    test: str
    value: float | None
    lln: float | None = None
    uln: float | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient: records, and the days between which anything could be recorded."""

    name: str
    exposures: tuple[Exposure, ...]
    assessments: tuple[Assessment, ...] = ()
    disease: str | None = None
    events: tuple[EventRow, ...] = ()
    laboratory: tuple[LabResult, ...] = ()
    observed_from: int | None = None
    observed_to: int | None = None
    death_day: int | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """The protocol's parameters of episodes, in days, and its roles."""

    cutoff: int
    anchor: tuple[str, ...]
    partner: tuple[str, ...]
    concomitant: tuple[str, ...] = ()
    grace_period: int = 30
    min_overlap: int = 28
    simultaneous_window: int = 7
    switch_window: int = 60
    risk_window: int = 30
    washout: int = 0
    counted_kinds: tuple[str, ...] = ("combination", "short_course")
    grace_period_by_drug: tuple[tuple[str, int], ...] = ()
    risk_window_by_drug: tuple[tuple[str, int], ...] = ()
    reasons_started: tuple[str, ...] = ()  # in the order of the protocol
    end_reasons: tuple[str, ...] = ()
    judgement: str = "last"
    criteria: tuple[str, ...] = ()
    weeks: tuple[int, ...] = ()
    lookback_days: int = 90
    window_days: int = 28
    durable_weeks: int = 24
    ctcae_version: str = "5.0"
    laboratory_lookback: int = 365
    no_end: str | int = "ongoing"  # ongoing, until_next, or a number of days
    stockpiling: bool = False

    def role(self, drug: str) -> str | None:
        """anchor, partner or concomitant; None for a drug that is not followed."""
        for name in ("anchor", "partner", "concomitant"):
            if drug in getattr(self, name):
                return name
        return None

    def grace(self, drug: str) -> int:
        return dict(self.grace_period_by_drug).get(drug, self.grace_period)

    def risk(self, drug: str) -> int:
        return dict(self.risk_window_by_drug).get(drug, self.risk_window)


@dataclass(frozen=True, slots=True)
class Supply:
    """An exposure as it stands at observation_end: it has an end."""

    drug: str
    start_day: int
    end_day: int
    is_ongoing: bool
    latest_start_day: int  # narrowest reading
    earliest_end_day: int  # narrowest reading
    end_rule: str
    dose_ng_day: int | None
    recorded_end_day: int | None
    reason_started: str | None = None
    end_reason: str | None = None

    def covers(self, day: int) -> bool:
        return self.start_day <= day <= self.end_day


@dataclass(frozen=True, slots=True)
class Era:
    """Exposures to one drug, joined across short gaps."""

    drug: str
    start_day: int
    end_day: int
    is_ongoing: bool
    latest_start_day: int
    earliest_end_day: int

    @property
    def days(self) -> int:
        return self.end_day - self.start_day + 1

    def covers(self, day: int) -> bool:
        return self.start_day <= day <= self.end_day


@dataclass(frozen=True, slots=True)
class Segment:
    """A maximal run of days with the same role drugs."""

    start_day: int
    end_day: int
    drugs: frozenset[str]

    @property
    def days(self) -> int:
        return self.end_day - self.start_day + 1


@dataclass(frozen=True, slots=True)
class Pair:
    """An anchor era and a partner era with at least one common day."""

    anchor_era: Era
    partner_era: Era
    start_day: int
    end_day: int
    is_ongoing: bool
    kind: str
    is_short_course: bool
    order: str
    lead_days: int
    end: str
    next_treatment: str

    @property
    def days(self) -> range:
        return range(self.start_day, self.end_day + 1)


@dataclass(frozen=True, slots=True)
class Course:
    """Counted pairs of one anchor drug, linked by common days."""

    anchor: str
    pairs: tuple[Pair, ...]
    partners: frozenset[str]
    start_day: int
    end_day: int
    duration_days: int
    is_ongoing: bool
    order: str
    end: str


@dataclass(frozen=True, slots=True)
class StateInterval:
    """A run of days in one exposure state, within one calendar year."""

    start_day: int
    end_day: int
    state: str

    @property
    def days(self) -> int:
        return self.end_day - self.start_day + 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of therapy: its number, its days and the drugs that it began with."""

    number: int
    start_day: int
    end_day: int
    drugs: frozenset[str]


@dataclass(frozen=True, slots=True)
class DosePath:
    """The dose of one drug over the supplied days of an interval, in ng per day."""

    supplied_days: int
    first: int | None
    last: int | None
    max: int | None
    mean: Fraction | None
    cumulative: int | None  # ng


@dataclass(frozen=True, slots=True)
class Event:
    """One adverse event of all its rows, and the exposure state in which it began."""

    term: str | None
    earliest_onset_day: int | None
    latest_onset_day: int | None
    end_day: int | None
    severity_grade: int | None
    is_serious: int | None
    state: str | None
    placement: str


@dataclass(frozen=True, slots=True)
class Episodes:
    """Everything that is built for one patient."""

    observation_end: int
    attrition: dict[str, int]
    eras: list[Era]
    segments: list[Segment]
    pairs: list[Pair]
    courses: list[Course]
    states: list[StateInterval]
    lines: list[Line]
    supplies: list[Supply] = field(repr=False)
