"""What was taken together, day by day? Eras laid over each other."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_timeline(engine: Engine, eras: TableName, observation: TableName) -> TableName:
    """Timeline: each patient's days up to the last treated one, by the set of drugs taken.

    Grain: one row per patient and maximal interval of one set; ``regimen_mask`` is 0 on
    the untreated intervals between treatments and before the first.

    Parameters
    ----------
    engine
        Where the tables live.
    eras
        One row per era.
    observation
        One row per patient.
    """
    tables = {"eras": eras, "observation": observation}
    return build_step(engine, "timeline", sql="timeline", tables=tables)


def build_regimens(
    engine: Engine, masks: TableName, roles: TableName, *, name: str = "regimens"
) -> TableName:
    """Regimens: the name of every set of drugs that occurs, ``a + b`` in the order of the names.

    Parameters
    ----------
    engine
        Where the tables live.
    masks
        A table with a column ``regimen_mask``; NULL and 0 are passed over.
    roles
        One row per drug in a role.
    name
        Name of the new table.
    """
    return build_step(engine, name, sql="regimens", tables={"masks": masks, "roles": roles})


def build_segments(engine: Engine, timeline: TableName, regimens: TableName) -> TableName:
    """Segments: maximal intervals on which the set of role drugs being taken is constant.

    They are disjoint and cover each exposed day once.

    Parameters
    ----------
    engine
        Where the tables live.
    timeline
        One row per patient and interval, untreated ones included.
    regimens
        One row per set of drugs.
    """
    tables = {"timeline": timeline, "regimens": regimens}
    return build_step(engine, "segments", sql="segments", tables=tables, view=True)
