"""Which drugs were combined, how, and what followed? Anchor eras against partner eras."""

from collections.abc import Iterable

from cotreat.engine import Engine, TableName
from cotreat.episodes.segments import build_regimens
from cotreat.episodes.step import build_step
from cotreat.errors import ProtocolError
from cotreat.study_tables.schema import KINDS


def build_overlaps(
    engine: Engine,
    eras: TableName,
    observation: TableName,
    *,
    min_overlap: int,
    simultaneous_window: int,
    washout: int,
    pairs_before: int = 0,
) -> TableName:
    """Overlaps: every anchor era with every partner era of a patient that shares a day with it.

    Grain: one row per pair, in numbers: the drugs by their keys, both eras' dates, the
    pair's kind, order and end, and ``risk_end_day``, the last day of the risk window after
    it: that of the drug whose stop ended the pair, the longer one if both stopped that day.

    Parameters
    ----------
    engine
        Where the tables live.
    eras
        One row per era.
    observation
        One row per patient.
    min_overlap
        Common days from which an overlap is a combination; at least 1.
    simultaneous_window
        Days between two starts, or two stops, up to which they are one event.
    washout
        Days of observation that an era needs before it for its start to be known.
    pairs_before
        Pairs that are numbered already; the first here has the next number.

    Raises
    ------
    ProtocolError
        A number of days is negative, or `min_overlap` is 0.
    """
    if min_overlap == 0:
        msg = "`min_overlap` is 0; it must be at least 1 day."
        raise ProtocolError(msg)
    days = {
        "min_overlap": min_overlap,
        "simultaneous_window": simultaneous_window,
        "washout": washout,
        "pairs_before": pairs_before,
    }
    return build_step(
        engine,
        "overlapping_eras",
        sql="overlaps",
        tables={"eras": eras, "observation": observation},
        days=days,
    )


def build_next_treatments(
    engine: Engine,
    overlaps: TableName,
    eras: TableName,
    observation: TableName,
    *,
    min_overlap: int,
    simultaneous_window: int,
    switch_window: int,
) -> TableName:
    """What came after each pair: a set of drugs, ``restart``, ``none`` or ``not_observed``.

    Parameters
    ----------
    engine
        Where the tables live.
    overlaps
        One row per pair.
    eras
        One row per era.
    observation
        One row per patient.
    min_overlap
        A drug that had been taken with the pair for fewer days is a bridge and comes after it.
    simultaneous_window
        Days after the first within which other starts belong to it.
    switch_window
        Days after the end of the pair within which a drug has to start.

    Raises
    ------
    ProtocolError
        A number of days is negative.
    """
    days = {
        "min_overlap": min_overlap,
        "simultaneous_window": simultaneous_window,
        "switch_window": switch_window,
    }
    tables = {"overlaps": overlaps, "eras": eras, "observation": observation}
    return build_step(engine, "next_treatments", sql="next_treatments", tables=tables, days=days)


def build_pair_courses(
    engine: Engine, overlaps: TableName, *, counted_kinds: Iterable[str], courses_before: int = 0
) -> TableName:
    """The course that each counted pair belongs to: ``course_key`` by ``pair_key``.

    Grain: one row per pair of a kind that counts.

    Parameters
    ----------
    engine
        Where the tables live.
    overlaps
        One row per pair.
    counted_kinds
        Kinds that count as combinations and make courses; the others have no course.
    courses_before
        Courses that are numbered already; the first here has the next number.

    Raises
    ------
    ProtocolError
        A kind is not one of the four, or `courses_before` is negative.
    """
    counted = set(counted_kinds)
    if not counted <= set(KINDS):
        msg = f"`counted_kinds` has `{min(counted - set(KINDS))}`; known: {', '.join(KINDS)}."
        raise ProtocolError(msg)
    days = {f"counts_{kind}": int(kind in counted) for kind in KINDS} | {"courses_before": courses_before}
    return build_step(engine, "pair_courses", sql="pair_courses", tables={"overlaps": overlaps}, days=days)


def build_pairs(
    engine: Engine,
    overlaps: TableName,
    next_treatments: TableName,
    pair_courses: TableName,
    roles: TableName,
    observation: TableName,
    *,
    min_overlap: int,
) -> TableName:
    """Pairs: anchor era x partner era, named, with what came after and the course they belong to.

    Parameters
    ----------
    engine
        Where the tables live.
    overlaps
        One row per pair.
    next_treatments
        One row per pair.
    pair_courses
        One row per pair of a kind that counts; it is dropped.
    roles
        One row per drug in a role.
    observation
        One row per patient.
    min_overlap
        Days below which a pair is flagged as a short course.

    Raises
    ------
    ProtocolError
        `min_overlap` is negative.
    """
    tables = {
        "overlaps": overlaps,
        "next_treatments": next_treatments,
        "next_regimens": build_regimens(engine, next_treatments, roles, name="next_regimens"),
        "pair_courses": pair_courses,
        "roles": roles,
        "observation": observation,
    }
    pairs = build_step(engine, "pairs", sql="pairs", tables=tables, days={"min_overlap": min_overlap})
    engine.drop(pair_courses)
    return pairs
