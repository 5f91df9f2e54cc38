"""From when and until when each patient was observed."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_observation(engine: Engine, patients: TableName, exposures: TableName, *, cutoff: int) -> TableName:
    """Observation: the first and the last day on which anything about a patient counts.

    Grain: one row per patient with an exposure, with ``first_day``, ``last_day`` (the
    earliest of cut-off, death and ``observed_to``), and what gives the age on a day.

    Parameters
    ----------
    engine
        Where the tables live.
    patients
        One row per patient.
    exposures
        One row per exposure; the first of them stands in for an ``observed_from`` that
        is not known.
    cutoff
        Last day that counts for anybody, in days since 1970-01-01.

    Raises
    ------
    ProtocolError
        `cutoff` is not a whole number.
    """
    tables = {"patients": patients, "exposures": exposures}
    return build_step(engine, "observation", sql="observation", tables=tables, days={"cutoff": cutoff})
