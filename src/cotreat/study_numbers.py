"""From the records of a study to the tables that its numbers are asked of."""

from collections.abc import Mapping
from dataclasses import replace

from cotreat.analysis.measures import EVENT_MEASURES
from cotreat.analysis.selection import StudyTables
from cotreat.analysis.special_interest import build_aesi_terms, build_risk_flags, build_term_groups
from cotreat.engine import Engine, TableName
from cotreat.episodes.declared import build_declared_courses, build_declared_pairs
from cotreat.episodes.study_episodes import (
    add_study_counts,
    build_study_episodes,
    build_study_records,
    build_study_roles,
)
from cotreat.outcomes.adverse_events import build_declared_events
from cotreat.outcomes.study_outcomes import build_study_outcomes, build_study_pairs
from cotreat.protocol import Protocol, read_study_criteria
from cotreat.readers.sources import ReadStudy
from cotreat.study_buckets import StudyBuckets


def build_episode_tables(
    engine: Engine, protocol: Protocol, read: ReadStudy, buckets: StudyBuckets | None = None
) -> Mapping[str, TableName]:
    """Episode tables by name: declared by a case table, derived from dated exposures.

    Parameters
    ----------
    engine
        Holds the study tables.
    protocol
        The study's definitions.
    read
        What its reader found.
    buckets
        Where large data are worked on in buckets; None: all at once.

    Raises
    ------
    ProtocolError
        More than 52 drugs have a role, or a parameter is out of range.
    DataError
        An exposure cannot be used.
    OutputError
        What is finished cannot be kept.
    """
    declared = TableName("declared_pairs")
    if read_count(engine, declared):
        pairs = build_declared_pairs(engine, declared, min_overlap=protocol.episodes.min_overlap)
        courses = build_declared_courses(engine, pairs)
        build_declared_events(engine, TableName("adverse_events"), TableName("attributions"))
        return {"pairs": pairs, "courses": courses}
    cutoff = 0 if read.latest_day is None else read.latest_day
    episodes = None if buckets is None else buckets.build_episodes(engine, protocol, read)
    if episodes is None:
        episodes = build_study_episodes(
            engine, TableName("patients"), TableName("exposures"), protocol=protocol, cutoff=cutoff
        )
        episodes = {**episodes, "pairs": build_study_pairs(engine, episodes, protocol=protocol)}
    return build_study_outcomes(engine, episodes, protocol=protocol, cutoff=cutoff)


def add_counts(engine: Engine, protocol: Protocol, read: ReadStudy) -> None:
    """What becomes of dated exposures and where their ends come from, counted before any episode is built.

    Parameters
    ----------
    engine
        Holds the study tables; the steps are added to ``attrition``.
    protocol
        The study's definitions.
    read
        What its reader found.

    Raises
    ------
    ProtocolError
        More than 52 drugs have a role.
    """
    patients, exposures = TableName("patients"), TableName("exposures")
    if not read_count(engine, exposures):
        return
    cutoff = 0 if read.latest_day is None else read.latest_day
    records = build_study_records(engine, patients, exposures, protocol=protocol, cutoff=cutoff)
    roles = build_study_roles(engine, exposures, protocol)
    add_study_counts(engine, exposures, roles, records, protocol=protocol)


def build_number_tables(engine: Engine, protocol: Protocol, episodes: Mapping[str, TableName]) -> StudyTables:
    """How the numbers of a study are computed, with the terms and flags that they ask for.

    Parameters
    ----------
    engine
        Holds the study's tables.
    protocol
        The study's definitions.
    episodes
        Its episode tables by name; with ``segments`` they were made from dated exposures.
    """
    levels = {"aesi": build_aesi_terms(engine, protocol), "risk_flag": build_risk_flags(engine, protocol)}
    build_term_groups(engine)
    criteria = read_study_criteria(protocol) if "responses" in episodes else ()
    return replace(
        compute_number_settings(protocol, is_dated="segments" in episodes),
        levels=levels,
        criteria=tuple(found.criterion for found in criteria),
        weeks=tuple(sorted(set(protocol.response.weeks))) if criteria else (),
    )


def compute_number_settings(protocol: Protocol, *, is_dated: bool) -> StudyTables:
    """How the numbers of a study are computed that ask for no terms, flags or scores."""
    analysis = protocol.analysis
    return StudyTables(
        analysis.proportion_interval,
        analysis.seed,
        months=protocol.survival.months,
        min_overlap=protocol.episodes.min_overlap,
        is_dated=is_dated,
        takes_best=protocol.response.judgement == "best",
        p_values=analysis.p_values,
        is_series=protocol.study.kind == "case_series",
        covariates=protocol.safety.covariates,
    )


def read_left_out(engine: Engine, read: ReadStudy) -> tuple[str, ...]:
    """Measures that the source cannot give."""
    has_events = read.has_events_place or read_count(engine, TableName("adverse_events"))
    return () if has_events else EVENT_MEASURES


def read_count(engine: Engine, table: TableName) -> int:
    """How many rows a table has."""
    return int(engine.fetch(f"SELECT COUNT(*) AS n FROM {table}").column("n")[0].as_py())
