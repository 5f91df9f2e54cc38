"""Where do the days go? What each view of the same treatments holds, reconciled."""

from collections.abc import Mapping

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step

# Steps from one view to another: what the first holds, what is added or taken off, what the second holds.
_STEPS = {
    ("exposures", "eras"): {
        12: "supplied_twice",
        13: "bridged",
        14: "taken_as_ongoing",
    },
    ("eras", "segments"): {22: "beside_another_drug"},
    ("segments", "pairs"): {32: "not_combined", 33: "in_parallel_pairs"},
    ("pairs", "courses"): {42: "kind_not_counted", 43: "in_parallel_pairs"},
    ("segments", "lines"): {52: "short_untreated_gaps"},
    ("segments", "states"): {62: "not_observed", 63: "untreated_between", 64: "untreated_after"},
    ("combined", "combination"): {72: "not_observed", 73: "risk_window"},
}


def build_reconciliation(
    engine: Engine,
    exposures: TableName,
    roles: TableName,
    observation: TableName,
    timeline: TableName,
    episodes: Mapping[str, TableName],
) -> TableName:
    """Reconciliation: the days that each view of the treatments holds, and where the difference goes.

    Grain: one row per step from one view to another and item, with ``days``. The first
    item of a step, ``from``, is what the first view holds; then what is added (or, negative,
    taken off); ``to`` is what the second view holds. Each is counted for itself, and together
    they explain the difference: ``from`` and the items between add up to ``to``.

    Eras, pairs and courses count a day once for each of them, segments, lines and states
    once for each patient. The last step goes from the days of segments on which an anchor
    and a partner are taken to those of the state ``combination``.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure, all with an end.
    roles
        One row per drug in a role.
    observation
        One row per patient.
    timeline
        One row per patient and interval of one set of drugs.
    episodes
        ``eras``, ``segments``, ``pairs``, ``courses``, ``states``, ``lines`` and ``regimens``.
    """
    tables = {
        **episodes,
        "exposures": exposures,
        "roles": roles,
        "observation": observation,
        "timeline": timeline,
        "names": engine.load("reconciliation_names", _names()),
    }
    reconciliation = build_step(engine, "reconciliation", sql="reconciliation", tables=tables)
    engine.drop("reconciliation_names")
    return reconciliation


def _names() -> pa.Table:
    rows = [
        {"place": place, "from_view": start, "to_view": end, "item": item}
        for decade, ((start, end), between) in enumerate(_STEPS.items(), start=1)
        for place, item in {decade * 10 + 1: "from", **between, decade * 10 + 9: "to"}.items()
    ]
    return pa.Table.from_pylist(rows)
