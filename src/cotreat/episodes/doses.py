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
    Where no dose is known at all the table is a view: only what asks for it pays for it.
    """
    tables = {
        "exposures": exposures,
        "pairs": pairs,
        "courses": courses,
        "roles": roles,
        "observation": observation,
    }
    is_dosed = _has_doses(engine, exposures)
    for step in ("dose_spans", "dose_steps", "dose_paths"):
        tables[step] = build_step(engine, step, sql=step, tables=tables, view=not is_dosed)
    if is_dosed:
        engine.drop("dose_spans", "dose_steps")
    return tables["dose_paths"]


def add_doses(engine: Engine, pairs: TableName, dose_paths: TableName, exposures: TableName) -> TableName:
    """The pairs with the first, last, largest and mean dose of their anchor and partner.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs
        One row per pair, its doses unknown.
    dose_paths
        One row per pair or course and drug.
    exposures
        One row per exposure. Where no dose is known, the pairs stay as they are.
    """
    if not _has_doses(engine, exposures):
        return pairs
    without = engine.create("pairs_without_doses", f"SELECT * FROM {pairs}")
    tables = {"pairs": without, "dose_paths": dose_paths}
    dosed = build_step(engine, pairs, sql="pairs_with_doses", tables=tables)
    engine.drop(without)
    return dosed


def _has_doses(engine: Engine, exposures: TableName) -> bool:
    found = engine.fetch(f"SELECT COUNT(dose_ng_day) AS n FROM {exposures}")
    return bool(found.column("n")[0].as_py())
