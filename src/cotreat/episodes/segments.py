"""What was taken together, day by day? Eras laid over each other."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_changes(engine: Engine, eras: TableName) -> TableName:
    """Changes: every start and stop of an era, with the set of drugs taken from then on.

    Grain: one row per era and its start or stop. ``end_day`` is the day before the next
    change, and before ``start_day`` where that comes on the same day; a start carries its
    era, a stop has ``drug_key`` 0.

    Parameters
    ----------
    engine
        Where the tables live.
    eras
        One row per era.
    """
    return build_step(engine, "changes", sql="changes", tables={"eras": eras})


def build_timeline(engine: Engine, changes: TableName) -> TableName:
    """Timeline: each patient's days from the first treated one to the last, by the set of drugs taken.

    Grain: one row per patient and maximal interval of one set; ``regimen_mask`` is 0 on
    the untreated intervals between treatments.

    Parameters
    ----------
    engine
        Where the tables live.
    changes
        One row per start or stop of an era.
    """
    return build_step(engine, "timeline", sql="timeline", tables={"changes": changes}, view=True)


def build_beginnings(engine: Engine, changes: TableName, overlaps: TableName, roles: TableName) -> TableName:
    """Beginnings: the days on which an era begins, and what the eras so far amount to.

    Grain: one row per patient and such day, in the numbers that states and lines are made of.

    Parameters
    ----------
    engine
        Where the tables live.
    changes
        One row per start or stop of an era.
    overlaps
        One row per pair of any kind.
    roles
        One row per drug in a role.
    """
    tables = {"changes": changes, "overlaps": overlaps, "roles": roles}
    return build_step(engine, "beginnings", sql="beginnings", tables=tables)


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
