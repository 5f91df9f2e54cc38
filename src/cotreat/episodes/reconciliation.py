"""Where do the days go? What each view of the same treatments holds, reconciled."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.findings import Finding, Findings, compute_shown_count

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
    roles: TableName,
    observation: TableName,
    episodes: Mapping[str, TableName],
) -> TableName:
    """Reconciliation: the days that each view of the treatments holds, and where the difference goes.

    Grain: one row per step from one view to another and item, with ``days`` and the
    ``patients`` who have any. The first item of a step, ``from``, is what the first view
    holds; then what is added (or, negative, taken off); ``to`` is what the second view holds.
    No item is counted from the view that the step leads to, and together they explain the
    difference: ``from`` and the items between add up to ``to``.

    Eras, pairs and courses count a day once for each of them, segments, lines and states
    once for each patient. The last step goes from the days of segments on which an anchor
    and a partner are taken to those of the state ``combination``.

    Parameters
    ----------
    engine
        Where the tables live.
    roles
        One row per drug in a role.
    observation
        One row per patient.
    episodes
        ``supplies``, ``eras``, ``changes``, ``segments``, ``pairs``, ``courses``, ``states``, ``lines`` and
        ``regimens``.
    """
    tables = {
        **episodes,
        "roles": roles,
        "observation": observation,
        "names": engine.load("reconciliation_names", _names()),
    }
    for step in ("supply_days", "segment_days"):
        tables[step] = build_step(engine, step, sql=step, tables=tables)
    reconciliation = build_step(engine, "reconciliation", sql="reconciliation", tables=tables)
    engine.drop("reconciliation_names", "supply_days", "segment_days")
    return reconciliation


def validate_reconciliation(engine: Engine, reconciliation: TableName) -> Findings:
    """An error for every step whose items do not add up: a number of the study would be wrong.

    Parameters
    ----------
    engine
        Where the tables live.
    reconciliation
        One row per step and item.
    """
    rows = engine.fetch(f"SELECT * FROM {reconciliation}").to_pylist()
    held: dict[tuple[str, str], int] = {}
    for row in rows:
        step = (str(row["from_view"]), str(row["to_view"]))
        held[step] = held.get(step, 0) + int(row["days"]) * (-1 if row["item"] == "to" else 1)
    return Findings.of(
        Finding(
            severity="error",
            code="days_do_not_add_up",
            why=f"Between {start} and {end} {abs(days):,} days are not explained: a fault in cotreat, "
            "not in the data.",
            what_to_do="Please report it; no result of this run can be trusted.",
        )
        for (start, end), days in held.items()
        if days
    )


def read_shown_days(
    engine: Engine, episodes: Mapping[str, TableName], *, minimum_count: int
) -> pa.Table | None:
    """The reconciliation as far as it may be shown; None where there is none.

    Parameters
    ----------
    engine
        Where the tables live.
    episodes
        Tables by name, ``reconciliation`` among them where the source has dates.
    minimum_count
        Smallest number of patients that may be shown; 0: every one. A step of which an
        item comes from fewer is left out, for the item could be worked out from the others;
        patients are rounded to multiples of it, and days to two digits.
    """
    if "reconciliation" not in episodes:
        return None
    found = engine.fetch(f"SELECT * FROM {episodes['reconciliation']} ORDER BY step")
    rows = found.to_pylist()
    hidden = {(r["from_view"], r["to_view"]) for r in rows if 0 < int(r["patients"]) < minimum_count}
    shown = [
        _rounded(row, minimum_count) if minimum_count else row
        for row in rows
        if (row["from_view"], row["to_view"]) not in hidden
    ]
    return pa.Table.from_pylist(shown, schema=found.schema)


def _rounded(row: dict[str, Any], minimum: int) -> dict[str, Any]:
    days = int(float(f"{row['days']:.2g}"))
    return {**row, "days": days, "patients": compute_shown_count(row["patients"], minimum)}


def _names() -> pa.Table:
    rows = [
        {"place": place, "from_view": start, "to_view": end, "item": item}
        for decade, ((start, end), between) in enumerate(_STEPS.items(), start=1)
        for place, item in {decade * 10 + 1: "from", **between, decade * 10 + 9: "to"}.items()
    ]
    return pa.Table.from_pylist(rows)
