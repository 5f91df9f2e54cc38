"""All episodes of a source with dates, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass

from cotreat.engine import Engine, TableName
from cotreat.episodes.courses import build_courses
from cotreat.episodes.doses import add_doses, build_dose_paths
from cotreat.episodes.eras import build_eras, build_supplies
from cotreat.episodes.lines import build_lines
from cotreat.episodes.pairs import build_next_treatments, build_overlaps, build_pair_courses, build_pairs
from cotreat.episodes.segments import (
    build_beginnings,
    build_changes,
    build_regimens,
    build_segments,
    build_timeline,
)
from cotreat.episodes.states import build_states
from cotreat.protocol import Episodes


@dataclass(frozen=True, slots=True)
class Numbering:
    """How many pairs and courses are numbered already, when patients come in buckets."""

    pairs: int = 0
    courses: int = 0


def build_dated_episodes(
    engine: Engine,
    exposures: TableName,
    roles: TableName,
    observation: TableName,
    *,
    episodes: Episodes,
    washout: int,
    before: Numbering = Numbering(),
) -> Mapping[str, TableName]:
    """Every episode table of dated exposures, by name, and ``supplies`` and ``changes`` beside them.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure, all with an end.
    roles
        One row per drug in a role, with its windows.
    observation
        One row per patient.
    episodes
        The parameters of the protocol, in days.
    washout
        Days of observation that an era needs before it for its start to be known.
    before
        Pairs and courses of earlier buckets.

    Raises
    ------
    DataError
        An exposure cannot be used.
    ProtocolError
        A parameter is negative.
    """
    supplies = build_supplies(engine, exposures, roles, observation)
    eras = build_eras(engine, supplies, exposures, roles, observation)
    changes = build_changes(engine, eras)
    timeline = build_timeline(engine, changes)
    regimens = build_regimens(engine, timeline, roles)
    segments = build_segments(engine, timeline, regimens)
    overlaps = build_overlaps(
        engine,
        eras,
        observation,
        min_overlap=episodes.min_overlap,
        simultaneous_window=episodes.simultaneous_window,
        washout=washout,
        pairs_before=before.pairs,
    )
    pairs = _build_pairs(engine, overlaps, eras, roles, observation, episodes, before)
    courses = build_courses(engine, pairs, roles)
    beginnings = build_beginnings(engine, changes, overlaps, roles)
    dose_paths = build_dose_paths(engine, exposures, pairs, courses, roles, observation)
    return {
        "supplies": supplies,
        "eras": eras,
        "changes": changes,
        "segments": segments,
        "overlaps": overlaps,
        "pairs": add_doses(engine, pairs, dose_paths, exposures),
        "courses": courses,
        "dose_paths": dose_paths,
        "states": build_states(engine, beginnings, observation),
        "lines": build_lines(
            engine,
            eras,
            beginnings,
            regimens,
            min_overlap=episodes.min_overlap,
            switch_window=episodes.switch_window,
        ),
        "regimens": regimens,
    }


def _build_pairs(
    engine: Engine,
    overlaps: TableName,
    eras: TableName,
    roles: TableName,
    observation: TableName,
    episodes: Episodes,
    before: Numbering,
) -> TableName:
    next_treatments = build_next_treatments(
        engine,
        overlaps,
        eras,
        observation,
        min_overlap=episodes.min_overlap,
        simultaneous_window=episodes.simultaneous_window,
        switch_window=episodes.switch_window,
    )
    pair_courses = build_pair_courses(
        engine, overlaps, counted_kinds=episodes.counted_kinds, courses_before=before.courses
    )
    return build_pairs(
        engine,
        overlaps,
        next_treatments,
        pair_courses,
        roles,
        observation,
        min_overlap=episodes.min_overlap,
    )
