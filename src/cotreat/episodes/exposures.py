"""Until when was each supply taken? Ends that the source does not give, and early refills."""

from typing import Literal

from cotreat.engine import Engine, TableName
from cotreat.episodes.calendar import build_periods
from cotreat.episodes.step import build_step
from cotreat.errors import ProtocolError

EXPOSURE_REASONS = ("read", "duplicate", "after_observation_end", "no_role", "used")
"""What becomes of an exposure, in the order in which it is counted."""

END_REASONS = ("recorded", "supply", "fixed", "until_next", "ongoing", "carried_over")
"""Where an exposure's end comes from; last, what is counted beside it: supplies that begin later."""


def build_exposures_with_ends(
    engine: Engine,
    exposures: TableName,
    observation: TableName,
    *,
    no_end: Literal["ongoing", "until_next"] | int = "ongoing",
    stockpiling: bool = False,
) -> TableName:
    """Exposures that all have an end, and in ``end_rule`` where it comes from.

    They have two columns more, ``narrow_start_day`` and ``narrow_end_day``: what a partial
    date means at its narrowest; NULL where it is exact.
    A recorded end stays. A missing one is the first day + ``supply_days`` - 1 where supply
    is known, else the protocol's rule. An exposure without a recorded stop is never ongoing
    before a later record of the same drug: it ends on the day before that record.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure; ``end_day`` may be NULL.
    observation
        One row per patient; an ongoing exposure is closed on ``last_day``.
    no_end
        The rule for a missing end without supply: ``ongoing``; ``until_next``, the day
        before the next record of the drug, the last one ongoing; or a number of days.
    stockpiling
        Whether an early refill begins only when the supply before it has run out.

    Raises
    ------
    ProtocolError
        `no_end` is neither a rule nor a positive number of days.
    """
    rules = {"ongoing": 0, "until_next": 2}
    if isinstance(no_end, str) and no_end not in rules:
        msg = f"`no_end` is `{no_end}`; it must be ongoing, until_next or a number of days."
        raise ProtocolError(msg)
    if isinstance(no_end, int) and no_end < 1:
        msg = f"`no_end` is {no_end} days; it must be at least 1."
        raise ProtocolError(msg)
    days = {
        "rule": rules[no_end] if isinstance(no_end, str) else 1,
        "fixed_days": no_end if isinstance(no_end, int) else 0,
    }
    if not stockpiling and not _count(engine, exposures, _OPEN):
        return exposures
    tables = {
        "exposures": exposures,
        "observation": observation,
        "periods": _build_periods(engine, exposures),
    }
    ended = build_step(engine, _ENDED, sql="exposures_with_ends", tables=tables, days=days)
    engine.drop("periods")
    if not stockpiling:
        return ended
    return build_step(engine, "stockpiled_exposures", sql="stockpiled", tables={"exposures": ended})


def build_exposure_counts(
    engine: Engine, exposures: TableName, roles: TableName, observation: TableName
) -> TableName:
    """How many exposures were read, and what became of them.

    Grain: one row per reason that occurs (``read``, ``duplicate``, ``after_observation_end``,
    ``no_role``, ``used``), with ``exposures`` and ``patients``; each exposure that was read
    stands in exactly one of the other reasons.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure; rows that agree in patient, drug, dates and dose are copies of one.
    roles
        One row per drug in a role.
    observation
        One row per patient.
    """
    tables = {"exposures": exposures, "roles": roles, "observation": observation}
    return build_step(engine, "exposure_counts", sql="exposure_counts", tables=tables)


def build_end_counts(
    engine: Engine,
    exposures: TableName,
    roles: TableName,
    observation: TableName,
    exposure_counts: TableName,
    *,
    stockpiling: bool,
) -> TableName:
    """Where the ends of the exposures come from that eras are made of.

    Grain: one row per rule that occurs (``recorded``, ``supply``, ``fixed``, ``until_next``,
    ``ongoing``), with ``exposures`` and ``patients``; and with stockpiling one, ``carried_over``,
    for the supplies that begin later than recorded. Copies count once.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        The table of :func:`build_exposures_with_ends`.
    roles
        One row per drug in a role.
    observation
        One row per patient.
    exposure_counts
        What became of the exposures: where all ends are recorded it says how many.
    stockpiling
        Whether early refills were carried over.
    """
    if not stockpiling and not _count(engine, exposures, "end_rule IS NOT NULL AND end_rule <> 'recorded'"):
        columns = "'recorded' AS reason, exposures, patients, step"
        return engine.create("end_counts", f"SELECT {columns} FROM {exposure_counts} WHERE reason = 'used'")
    ended = _ENDED if stockpiling else exposures
    tables = {"exposures": ended, "roles": roles, "observation": observation}
    counts = build_step(engine, "end_counts", sql="end_counts", tables=tables)
    if not stockpiling:
        return counts
    tables |= {"exposures": exposures, "ended_exposures": ended}
    carried = build_step(engine, "carried_counts", sql="carried_counts", tables=tables)
    rules = engine.create("rule_counts", f"SELECT * FROM {counts}")
    engine.create(counts, f"SELECT * FROM {rules} UNION ALL SELECT * FROM {carried}")
    engine.drop(rules, carried)
    return counts


def add_exposure_counts(
    engine: Engine, attrition: TableName, exposure_counts: TableName, end_counts: TableName
) -> TableName:
    """The counting steps of the study with those from its exposures to its eras.

    Parameters
    ----------
    engine
        Where the tables live.
    attrition
        One row per counting step; steps of the tables ``eras`` and ``ends`` are replaced.
    exposure_counts
        One row per reason; it is dropped.
    end_counts
        One row per rule; it is dropped.
    """
    own = "\"table\" <> 'eras' AND \"table\" <> 'ends'"
    before = engine.create("attrition_before", f"SELECT * FROM {attrition} WHERE {own}")
    tables = {"attrition": before, "exposure_counts": exposure_counts, "end_counts": end_counts}
    counted = build_step(engine, attrition, sql="attrition", tables=tables)
    engine.drop("attrition_before", exposure_counts, end_counts)
    return counted


_ENDED = TableName("ended_exposures")
# A row for which something has to be decided: it has no end, goes on, or has a partial date.
_OPEN = "end_day IS NULL OR is_ongoing = 1 OR date_precision IN ('month', 'year')"


def _build_periods(engine: Engine, exposures: TableName) -> TableName:
    """Calendar months and years of the partial dates."""
    found = engine.fetch(
        f"SELECT MIN(start_day) AS first_day, MAX(COALESCE(end_day, start_day)) AS last_day FROM {exposures} "
        "WHERE date_precision IN ('month', 'year')"
    )
    first, last = (found.column(c)[0].as_py() for c in ("first_day", "last_day"))
    return build_periods(
        engine, first_day=1 if first is None else first, last_day=0 if last is None else last
    )


def _count(engine: Engine, table: TableName, where: str) -> int:
    found = engine.fetch(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}")
    return int(found.column("n")[0].as_py())
