"""What was a patient exposed to on each day of person-time? Four states, cut at calendar years."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.calendar import build_calendar_days, build_year_spans
from cotreat.episodes.step import build_step


def build_states(engine: Engine, beginnings: TableName, observation: TableName) -> TableName:
    """States: person-time by exposure state and calendar year.

    From the first observed day on a role drug to the end of observation, each day in one
    state: ``combination`` from the start of a pair of any kind to its end and, after it, the
    risk window of the drug whose stop ended it; ``anchor_only`` or ``partner_only``, what is taken;
    the role of the era that ended last, while its risk window is open; ``none``.

    Parameters
    ----------
    engine
        Where the tables live.
    beginnings
        One row per patient and day on which an era begins.
    observation
        One row per patient.
    """
    first_day, last_day = _first_and_last(engine, beginnings, observation)
    tables = {
        "beginnings": beginnings,
        "observation": observation,
        "calendar_days": build_calendar_days(engine, first_day=first_day, last_day=last_day),
        "year_spans": build_year_spans(engine, first_day=first_day, last_day=last_day),
    }
    spans = build_step(engine, "state_spans", sql="state_spans", tables=tables)
    engine.drop("calendar_days", "year_spans")
    return build_step(engine, "states", sql="states", tables={"state_spans": spans}, view=True)


def _first_and_last(engine: Engine, beginnings: TableName, observation: TableName) -> tuple[int, int]:
    """The first day of any era and the last day observed of anybody."""
    found = engine.fetch(
        f"SELECT MIN(b.start_day) AS first_day, MAX(o.last_day) AS last_day FROM {beginnings} AS b "
        f"CROSS JOIN (SELECT MAX(last_day) AS last_day FROM {observation}) AS o"
    )
    first, last = (found.column(c)[0].as_py() for c in ("first_day", "last_day"))
    return (1, 0) if first is None else (first, last)
