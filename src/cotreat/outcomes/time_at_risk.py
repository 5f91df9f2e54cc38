"""Which days were days at risk on a regimen, and on a drug? Each with the risk windows after it."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_time_at_risk(
    engine: Engine, eras: TableName, overlaps: TableName, states: TableName, roles: TableName
) -> None:
    """The tables ``regimen_time``, ``drug_time`` and ``ever_time``: days at risk within person-time.

    Grain: one row per patient, regimen and interval; one row per patient, drug, exposure
    state and interval; one row per patient and what had ever been taken. Intervals of one
    regimen, or of one drug, do not overlap.

    Parameters
    ----------
    engine
        Where the tables live.
    eras
        One row per era, with the risk window of its drug.
    overlaps
        One row per pair of any kind, with the last day of its risk window.
    states
        One row per patient and interval of one exposure state: the person-time.
    roles
        One row per drug in a role.
    """
    tables = {"overlaps": overlaps, "states": states, "roles": roles}
    build_step(engine, "regimen_time", sql="regimen_time", tables=tables, room="outcomes")
    build_step(engine, "ever_time", sql="ever_time", tables={"states": states}, room="outcomes")
    build_step(engine, "drug_time", sql="drug_time", tables={"eras": eras, "states": states}, room="outcomes")
