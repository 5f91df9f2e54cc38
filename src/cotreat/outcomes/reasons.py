"""Why was a combination begun, and why did it end? Recorded reasons of its drugs."""

from collections.abc import Sequence

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step

# Of several reasons for one end the first in this order counts; all others stand in the place of None.
_END_ORDER = ("adverse_event", "ineffectiveness", "remission", None, "death")


def build_pair_reasons(
    engine: Engine,
    pairs: TableName,
    eras: TableName,
    exposures: TableName,
    patients: TableName,
    *,
    simultaneous_window: int,
    start_levels: Sequence[str] = (),
    end_levels: Sequence[str] = (),
) -> TableName:
    """Reasons: why each pair began and ended.

    Grain: one row per pair, with ``reason_started``, ``end_reason`` and
    ``end_reason_other``, a second reason for the same end; NULL: none is recorded.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs, eras
        One row per pair, one row per era.
    exposures
        One row per exposure, all with an end. Its ``reason_started`` counts where it
        begins an era, its ``end_reason`` where it ends one.
    patients
        One row per patient. Who dies while both drugs are taken has the end reason ``death``.
    simultaneous_window
        Days between two starts, or two stops, up to which they are one event.
    start_levels, end_levels
        The protocol's reasons in its order. Of several reasons for a start the first
        counts; for an end adverse event, ineffectiveness, remission, then any other in
        the protocol's order, then death.

    Raises
    ------
    ProtocolError
        `simultaneous_window` is negative.
    """
    tables = {
        "pairs": pairs,
        "eras": eras,
        "exposures": exposures,
        "patients": patients,
        "reason_places": _build_places(engine, exposures, start_levels, end_levels),
    }
    reasons = build_step(
        engine,
        "pair_reasons",
        sql="reasons",
        tables=tables,
        days={"simultaneous_window": simultaneous_window},
        room="outcomes",
    )
    engine.drop("reason_places")
    return reasons


def _build_places(
    engine: Engine, exposures: TableName, start_levels: Sequence[str], end_levels: Sequence[str]
) -> TableName:
    """The place of every reason that is recorded, from 1; sorted here, never by a database."""
    started = _recorded(engine, exposures, "reason_started")
    ended = _recorded(engine, exposures, "end_reason")
    orders = {
        "start": sorted(started, key=lambda reason: (_place(reason, start_levels), reason)),
        "end": sorted(ended, key=lambda reason: (_end_group(reason), _place(reason, end_levels), reason)),
    }
    rows = [
        (about, reason, place)
        for about, reasons in orders.items()
        for place, reason in enumerate(reasons, start=1)
    ]
    return engine.load(
        "reason_places",
        pa.table(
            {
                "about": pa.array([about for about, _, _ in rows], pa.string()),
                "reason": pa.array([reason for _, reason, _ in rows], pa.string()),
                "place": pa.array([place for _, _, place in rows], pa.int64()),
            }
        ),
    )


def _recorded(engine: Engine, exposures: TableName, column: str) -> list[str]:
    found = engine.fetch(f"SELECT DISTINCT {column} AS reason FROM {exposures} WHERE {column} IS NOT NULL")
    return [str(reason) for reason in found.column("reason").to_pylist()]


def _place(reason: str, levels: Sequence[str]) -> int:
    return levels.index(reason) if reason in levels else len(levels)


def _end_group(reason: str) -> int:
    return _END_ORDER.index(reason if reason in _END_ORDER else None)
