"""How much was taken? The dose path of each drug over the days of a pair or a course."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_dose_paths(
    engine: Engine,
    exposures: TableName,
    pairs: TableName,
    courses: TableName,
    roles: TableName,
    observation: TableName,
) -> TableName:
    """Dose paths: what was supplied of each drug within a pair or a course.

    Grain: one row per pair or course (``unit``, ``unit_key``) and drug, with
    ``supplied_days`` and the first, last, largest, time-weighted mean (mg per day) and
    cumulative dose (mg). Bridged days are not supplied and have no dose.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure, all with an end; ``dose_ng_day`` NULL: the dose is unknown.
    pairs, courses
        One row per pair, one row per course.
    roles
        One row per drug in a role.
    observation
        One row per patient.

    Notes
    -----
    Exposures that start together add up; otherwise the latest started holds, and after
    it an earlier one again. Exact duplicates count once. One day of unknown dose makes
    largest, mean and cumulative dose unknown. Sums are over whole ng.
    """
    tables = {
        "exposures": exposures,
        "pairs": pairs,
        "courses": courses,
        "roles": roles,
        "observation": observation,
    }
    tables["dose_spans"] = build_step(engine, "dose_spans", sql="dose_spans", tables=tables)
    tables["dose_steps"] = build_step(engine, "dose_steps", sql="dose_steps", tables=tables)
    paths = build_step(engine, "dose_paths", sql="dose_paths", tables=tables)
    engine.drop("dose_spans", "dose_steps")
    return paths


def add_doses(engine: Engine, pairs: TableName, dose_paths: TableName) -> TableName:
    """The pairs with the first, last, largest and mean dose of their anchor and partner.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs
        One row per pair.
    dose_paths
        One row per pair or course and drug.
    """
    without = engine.create("pairs_without_doses", f"SELECT * FROM {pairs}")
    tables = {"pairs": without, "dose_paths": dose_paths}
    dosed = build_step(engine, pairs, sql="pairs_with_doses", tables=tables)
    engine.drop(without)
    return dosed
