"""What was a patient exposed to on each day of person-time? Four states, cut at calendar years."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.calendar import build_periods
from cotreat.episodes.step import build_step


def build_states(
    engine: Engine, timeline: TableName, overlaps: TableName, regimens: TableName, observation: TableName
) -> TableName:
    """States: person-time by exposure state and calendar year.

    From the first observed day on a role drug to the end of observation, each day in one
    state: ``combination`` from the start of a pair of any kind to its end and, after it, the
    risk window of the drug whose stop ended it; ``anchor_only`` or ``partner_only``, what is taken;
    the role of the era that ended last, while its risk window is open; ``none``.

    Parameters
    ----------
    engine
        Where the tables live.
    timeline
        One row per patient and interval of one regimen, untreated ones included.
    overlaps
        One row per pair of any kind.
    regimens
        One row per set of drugs.
    observation
        One row per patient.
    """
    periods = _build_years(engine, timeline)
    tables = {
        "timeline": timeline,
        "overlaps": overlaps,
        "regimens": regimens,
        "observation": observation,
        "periods": periods,
    }
    states = build_step(engine, "states", sql="states", tables=tables)
    engine.drop(periods)
    return states


def _build_years(engine: Engine, timeline: TableName) -> TableName:
    """Calendar years from the first to the last day of the timeline."""
    found = engine.fetch(f"SELECT MIN(start_day) AS first_day, MAX(end_day) AS last_day FROM {timeline}")
    first, last = (found.column(c)[0].as_py() for c in ("first_day", "last_day"))
    if first is None:
        return build_periods(engine, first_day=1, last_day=0)
    return build_periods(engine, first_day=first, last_day=last)
