"""When was each drug taken? Exposures joined to eras."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.errors import DataError

# Outside these years a day does not fit the sweep; such dates are findings long before it.
_EARLIEST_DAY = -500_000  # in the year 601
_LATEST_DAY = 400_000  # in the year 3065


def build_supplies(
    engine: Engine, exposures: TableName, roles: TableName, observation: TableName
) -> TableName:
    """Supplies: what eras are made of, each as one number, and how far those before it reach.

    Grain: one row per exposure to a drug in a role that starts by the end of observation.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure, dates closed; drugs without a role are passed over.
    roles
        One row per drug in a role.
    observation
        One row per patient.

    Raises
    ------
    DataError
        An exposure has no patient, no first day or no last day, ends before it starts,
        or lies in an impossible year.
    """
    _refuse_unusable(engine, exposures)
    tables = {"exposures": exposures, "roles": roles, "observation": observation}
    return build_step(engine, "supplies", sql="supplies", tables=tables)


def build_eras(
    engine: Engine, supplies: TableName, exposures: TableName, roles: TableName, observation: TableName
) -> TableName:
    """Eras: exposures to the same drug joined across short gaps.

    Grain: one row per patient, drug and era, with the declared columns of ``eras`` and,
    for the steps that follow, ``drug_key``, ``bit``, ``role`` and ``risk_window``.

    Parameters
    ----------
    engine
        Where the tables live.
    supplies
        One row per exposure that can be in an era.
    exposures
        The exposures that they were made of. If a date is partial, the narrow dates of
        :func:`build_exposures_with_ends` stand beside it.
    roles
        One row per drug in a role, with its ``grace_period``: the longest gap that does
        not end an era, in uncovered days; 0 joins adjacent days only.
    observation
        One row per patient; nothing after ``last_day`` counts, and an era that has no
        recorded stop by then is closed there and ``is_ongoing``.

    Notes
    -----
    Nested exposures keep the latest end. OMOP's persistence window and DARWIN's gapEra
    are ``grace_period + 1``. Partial dates are read at their widest; ``narrow_start_day``
    and ``narrow_end_day`` keep the narrowest and are NULL where dates are exact.
    """
    tables = {"supplies": supplies, "exposures": exposures, "roles": roles, "observation": observation}
    spans = build_step(engine, "era_spans", sql="era_spans", tables=tables)
    if _count(engine, exposures, "date_precision IN ('month', 'year')"):
        tables["era_spans"] = engine.create("wide_spans", f"SELECT * FROM {spans}")
        spans = build_step(engine, "era_spans", sql="eras_narrow", tables=tables)
        engine.drop("wide_spans")
    return build_step(engine, "eras", sql="eras", tables={"era_spans": spans, "roles": roles}, view=True)


def _refuse_unusable(engine: Engine, exposures: TableName) -> None:
    n = _count(
        engine,
        exposures,
        "patient_key IS NULL OR start_day IS NULL OR (end_day IS NULL AND COALESCE(is_ongoing, 0) = 0) "
        f"OR end_day < start_day OR start_day < {_EARLIEST_DAY} OR end_day > {_LATEST_DAY}",
    )
    if n:
        msg = (
            f"{n} exposures cannot be used: no patient, no first day, no last day, an end before the start, "
            "or an impossible year. Correct them in the source, or state the rule for missing ends."
        )
        raise DataError(msg)


def _count(engine: Engine, table: TableName, where: str) -> int:
    found = engine.fetch(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}")
    return int(found.column("n")[0].as_py())
