"""Time at risk by what was taken, and events by what they are: one portable SQL query each.

A group of person-time has up to two variables; its query gives their levels as ``a`` and
``b`` (empty where there is none) with ``patient_key, start_day, end_day``. Days of one
group do not overlap; those of two drugs, or of two regimens, can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from cotreat.analysis.variables import MAY_BE_ANY_AESI
from cotreat.errors import UsageError

ANY_EVENT = ""

_OF_STATES = "FROM states AS s"
_OF_DISEASES = "FROM states AS s INNER JOIN patients AS t ON t.patient_key = s.patient_key"


def _spans(a: str, b: str, source: str) -> str:
    return f"SELECT s.patient_key, {a} AS a, {b} AS b, s.start_day, s.end_day {source}"


TIME_GROUPS: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        (): _spans("''", "''", _OF_STATES),
        ("state",): _spans("s.state", "''", _OF_STATES),
        ("disease",): _spans("COALESCE(t.disease, 'unknown')", "''", _OF_DISEASES),
        ("disease", "state"): _spans("COALESCE(t.disease, 'unknown')", "s.state", _OF_DISEASES),
        ("drug",): _spans("s.drug", "''", "FROM drug_time AS s"),
        ("drug", "state"): _spans("s.drug", "s.state", "FROM drug_time AS s"),
        ("ever",): _spans("s.ever", "''", "FROM ever_time AS s"),
        ("regimen",): _spans("s.regimen", "''", "FROM regimen_time AS s"),
    }
)

# What an event is: a class that it certainly is of, or may be of (is_certain 0).
EVENT_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        ANY_EVENT: "SELECT event_key, '' AS class, 1 AS is_certain FROM events",
        "term": "SELECT event_key, COALESCE(term, 'unknown') AS class, 1 AS is_certain FROM events",
        "term_group": (
            "SELECT e.event_key, COALESCE(g.term_group, 'not_grouped') AS class, 1 AS is_certain "
            "FROM events AS e LEFT JOIN term_groups AS g ON g.term = e.term"
        ),
        "aesi": (
            "SELECT e.event_key, t.aesi AS class, "
            "CASE WHEN t.needs_serious = 0 OR e.is_serious = 1 THEN 1 ELSE 0 END AS is_certain "
            "FROM events AS e INNER JOIN aesi_terms AS t ON t.term = e.term "
            "WHERE t.needs_serious = 0 OR COALESCE(e.is_serious, 1) = 1 "
            "UNION ALL SELECT e.event_key, a.aesi AS class, 0 AS is_certain FROM events AS e "
            f"{MAY_BE_ANY_AESI}"
        ),
        "seriousness": (
            "SELECT event_key, 'serious' AS class, COALESCE(is_serious, 0) AS is_certain "
            "FROM events WHERE COALESCE(is_serious, 1) = 1"
        ),
        "severity": (
            "SELECT event_key, 'grade_3_or_worse' AS class, "
            "CASE WHEN severity_grade IS NULL THEN 0 ELSE 1 END AS is_certain "
            "FROM events WHERE COALESCE(severity_grade, 3) >= 3"
        ),
    }
)

# Classes that are shown though nobody had one; those of `aesi` come from the study.
SHOWN_CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {ANY_EVENT: (ANY_EVENT,), "seriousness": ("serious",), "severity": ("grade_3_or_worse",)}
)

_PERSON_TIME = "e.placement IN ('placed', 'between_states', 'partly_observed', 'no_onset')"
_OPEN_STATE = "e.placement IN ('between_states', 'partly_observed', 'no_onset')"
# An event counts for its patient wherever its onset may have been, and for a rate only where it
# surely was in person-time.
_PLACED_ANYWHERE = (
    "SELECT e.event_key, e.patient_key, '' AS a, '' AS b, 1 AS is_certain, "
    "CASE WHEN e.placement IN ('placed', 'between_states') THEN 1 ELSE 0 END AS is_timed "
    f"FROM events AS e WHERE {_PERSON_TIME}"
)
# The groups of an event are those on one of whose days it may have begun: certain where all are.
_PLACED_IN_SPANS = f"""
SELECT event_key, patient_key, a, b, is_inside AS is_certain, is_inside AS is_timed
FROM (
    SELECT e.event_key, e.patient_key, s.a, s.b,
        CASE WHEN
            CAST(SUM(
                LEAST(s.end_day, e.latest_onset_day) - GREATEST(s.start_day, e.earliest_onset_day) + 1
            ) AS BIGINT) = MAX(e.latest_onset_day - e.earliest_onset_day + 1)
        THEN 1 ELSE 0 END AS is_inside
    FROM events AS e
    INNER JOIN spans AS s
        ON s.patient_key = e.patient_key
        AND s.start_day <= COALESCE(e.latest_onset_day, s.start_day)
        AND s.end_day >= COALESCE(e.earliest_onset_day, s.end_day)
    WHERE {_PERSON_TIME}
    GROUP BY e.event_key, e.patient_key, s.a, s.b
) AS met
"""
# By exposure state the events are placed already; only those whose state is open are looked at by day.
_PLACED_IN_STATES = (
    f"{_PLACED_IN_SPANS.replace(_PERSON_TIME, _OPEN_STATE)} UNION ALL SELECT event_key, patient_key, "
    "state AS a, '' AS b, 1 AS is_certain, 1 AS is_timed FROM events WHERE placement = 'placed'"
)


@dataclass(frozen=True, slots=True)
class TimeGroup:
    """How person-time and events are grouped.

    Attributes
    ----------
    time
        Variables of person-time, sorted; at most two.
    event
        Variable of the events; empty for any event.
    """

    time: tuple[str, ...]
    event: str

    @property
    def spans(self) -> str:
        """The query for days at risk."""
        return TIME_GROUPS[self.time]

    @property
    def placed(self) -> str:
        """The query for the groups of each event; it reads ``spans``."""
        if self.time == ("state",):
            return _PLACED_IN_STATES
        return _PLACED_IN_SPANS if self.time else _PLACED_ANYWHERE

    @property
    def shown(self) -> str:
        """The query for every class that an event in person-time has or may have, in a group or not."""
        return (
            f"SELECT DISTINCT c.class FROM ({self.classes}) AS c "
            f"INNER JOIN events AS e ON e.event_key = c.event_key WHERE {_PERSON_TIME}"
        )

    @property
    def classes(self) -> str:
        """The query for what each event is."""
        return EVENT_CLASSES[self.event]

    def label(self, a: str, b: str, event_class: str) -> Mapping[str, str]:
        """The level of each variable of one group."""
        found = dict(zip(self.time, (a, b), strict=False))
        return {**found, self.event: event_class} if self.event else found


def build_time_group(names: Sequence[str]) -> TimeGroup:
    """The grouping by these variables.

    Raises
    ------
    UsageError
        There are two variables of events, or person-time is not divided by these together.
    """
    events = [name for name in names if name in EVENT_CLASSES]
    time = tuple(sorted(name for name in names if name not in EVENT_CLASSES))
    if len(events) > 1 or time not in TIME_GROUPS:
        known = ", ".join(" & ".join(group) for group in TIME_GROUPS if group)
        of_events = ", ".join(name for name in EVENT_CLASSES if name)
        msg = (
            f"Rates are not computed by {' & '.join(names)}. Time at risk is divided by {known}; "
            f"beside it events by one of {of_events}."
        )
        raise UsageError(msg)
    return TimeGroup(time, events[0] if events else ANY_EVENT)
