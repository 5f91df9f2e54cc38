"""What would the combinations be under other choices? Only what headline numbers are made of.

The steps are those of the whole study, and each is made as rarely as possible: exposures and observation
once, eras once for each grace period, kinds and courses once for each shortest overlap.
"""

from collections.abc import Mapping

from cotreat.engine import Engine, TableName
from cotreat.episodes.eras import build_eras, build_supplies
from cotreat.episodes.pairs import build_overlaps, build_pair_courses
from cotreat.episodes.step import build_step
from cotreat.episodes.study_episodes import build_study_roles
from cotreat.outcomes.adverse_events import build_event_pairs
from cotreat.outcomes.linked_pairs import build_linked_pairs
from cotreat.outcomes.study_outcomes import build_recorded_outcomes
from cotreat.protocol import Protocol


def build_headline_eras(
    engine: Engine, exposures: TableName, observation: TableName, *, protocol: Protocol
) -> Mapping[str, TableName]:
    """What follows from the grace period: ``eras``, and ``roles`` with their windows.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure, all with an end.
    observation
        One row per patient.
    protocol
        The study's definitions, the grace period among them.

    Raises
    ------
    DataError
        An exposure cannot be used.
    ProtocolError
        More than 52 drugs have a role, or a parameter is out of range.
    """
    roles = build_study_roles(engine, exposures, protocol)
    supplies = build_supplies(engine, exposures, roles, observation)
    eras = build_eras(engine, supplies, exposures, roles, observation)
    engine.drop(supplies)
    return {"exposures": exposures, "observation": observation, "roles": roles, "eras": eras}


def build_headline_pairs(
    engine: Engine, eras: Mapping[str, TableName], *, protocol: Protocol, records: TableName | None = None
) -> Mapping[str, TableName]:
    """What follows from the shortest overlap: ``pairs``, as far as headline numbers ask.

    Beside them ``linked_pairs`` and ``event_pairs``, which with ``headline_records`` do not depend on it.
    Pairs have the numbers that they have in the whole study.

    Parameters
    ----------
    engine
        Where the tables live.
    eras
        The tables of :func:`build_headline_eras`.
    protocol
        The study's definitions, the shortest overlap among them.
    records
        ``headline_records`` of the same eras and another shortest overlap; None: they are made.

    Raises
    ------
    ProtocolError
        A parameter is out of range.
    """
    episodes = protocol.episodes
    overlaps = build_overlaps(
        engine,
        eras["eras"],
        eras["observation"],
        min_overlap=episodes.min_overlap,
        simultaneous_window=episodes.simultaneous_window,
        washout=protocol.washout,
    )
    records = records or _build_records(engine, eras, overlaps, protocol)
    pair_courses = build_pair_courses(engine, overlaps, counted_kinds=episodes.counted_kinds)
    pairs = build_step(
        engine,
        "pairs",
        sql="headline_pairs",
        tables={"headline_records": records, "pair_courses": pair_courses},
        days={"min_overlap": episodes.min_overlap},
        room="outcomes",
    )
    engine.drop(pair_courses, overlaps)
    return {"pairs": pairs, "headline_records": records}


def _build_records(
    engine: Engine, eras: Mapping[str, TableName], overlaps: TableName, protocol: Protocol
) -> TableName:
    tables = {"overlaps": overlaps, "roles": eras["roles"]}
    named = build_step(engine, "overlaps_named", sql="overlaps_named", tables=tables, room="outcomes")
    recorded = build_recorded_outcomes(engine, {**eras, "pairs": named}, protocol=protocol)
    tables = {"overlaps_named": named, **recorded}
    records = build_step(engine, "headline_records", sql="headline_records", tables=tables, room="outcomes")
    build_linked_pairs(engine, named)
    build_event_pairs(engine, TableName("adverse_events"), overlaps=overlaps, observation=eras["observation"])
    engine.drop(named, *recorded.values())
    return records
