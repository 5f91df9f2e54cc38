"""The episodes of one study with dated exposures, from its protocol."""

from collections.abc import Mapping

from cotreat.engine import Engine, TableName
from cotreat.episodes.dated import Numbering, build_dated_episodes
from cotreat.episodes.exposures import (
    add_exposure_counts,
    build_end_counts,
    build_exposure_counts,
    build_exposures_with_ends,
)
from cotreat.episodes.observation import build_observation
from cotreat.episodes.reconciliation import build_reconciliation, validate_reconciliation
from cotreat.episodes.roles import build_roles
from cotreat.protocol import FixedLength, Protocol


def build_study_roles(engine: Engine, exposures: TableName, protocol: Protocol) -> TableName:
    """The drugs of the exposures that play a role in the study.

    Grain: one row per drug with a role; every other drug is counted, not followed.

    Parameters
    ----------
    engine
        Where the tables live.
    exposures
        One row per exposure.
    protocol
        Its roles, and its windows by drug.

    Raises
    ------
    ProtocolError
        More than 52 drugs have a role.
    """
    taken = engine.fetch(f"SELECT DISTINCT drug FROM {exposures} WHERE drug IS NOT NULL")
    roles: dict[str, str] = {}
    for drug in sorted(str(name) for name in taken.column("drug").to_pylist()):
        role = protocol.role_of(drug)
        if role is not None:
            roles[drug] = role
    return build_roles(
        engine,
        roles,
        grace_period=protocol.episodes.grace_period,
        risk_window=protocol.safety.risk_window,
        grace_period_by_drug=protocol.episodes.grace_period_by_drug,
        risk_window_by_drug=protocol.safety.risk_window_by_drug,
    )


def build_study_episodes(
    engine: Engine,
    patients: TableName,
    exposures: TableName,
    *,
    protocol: Protocol,
    cutoff: int,
    roles: TableName | None = None,
    before: Numbering | None = None,
) -> Mapping[str, TableName]:
    """Every episode table of the study, by name, and ``exposures``: what they were built from.

    These exposures all have an end.

    Parameters
    ----------
    engine
        Where the tables live.
    patients, exposures
        One row per patient, one row per exposure; an end may be missing.
    protocol
        The study's definitions.
    cutoff
        Last day that counts, in days since 1970-01-01.
    roles
        One row per drug in a role; None: those of these exposures.
    before
        Pairs and courses of earlier buckets; None: there are none.

    Raises
    ------
    ProtocolError
        More than 52 drugs have a role, or a parameter is out of range.
    DataError
        An exposure cannot be used.
    RuntimeError
        The views of the treatments do not hold the same days: a fault in cotreat.
    """
    roles = roles or build_study_roles(engine, exposures, protocol)
    records = build_study_records(engine, patients, exposures, protocol=protocol, cutoff=cutoff)
    observation, ended = records["observation"], records["exposures"]
    add_study_counts(engine, exposures, roles, records, protocol=protocol)
    built = build_dated_episodes(
        engine,
        ended,
        roles,
        observation,
        episodes=protocol.episodes,
        washout=protocol.washout,
        before=before or Numbering(),
    )
    reconciliation = build_reconciliation(engine, roles, observation, built)
    unexplained = validate_reconciliation(engine, reconciliation)
    if unexplained.has_errors:
        raise RuntimeError(" ".join(finding.why for finding in unexplained))
    engine.drop(built["supplies"])
    return {**built, **records, "roles": roles, "reconciliation": reconciliation}


def add_study_counts(
    engine: Engine,
    exposures: TableName,
    roles: TableName,
    records: Mapping[str, TableName],
    *,
    protocol: Protocol,
) -> TableName:
    """The counting steps of the study, with what became of its exposures and where their ends come from.

    Parameters
    ----------
    engine
        Where the tables live; ``attrition`` is among them.
    exposures
        One row per exposure, as they were read.
    roles
        One row per drug in a role.
    records
        The tables of :func:`build_study_records`.
    protocol
        The study's definitions.
    """
    observation = records["observation"]
    counts = build_exposure_counts(engine, exposures, roles, observation)
    is_carried = protocol.episodes.stockpiling
    ends = build_end_counts(engine, records["exposures"], roles, observation, counts, stockpiling=is_carried)
    return add_exposure_counts(engine, TableName("attrition"), counts, ends)


def build_study_records(
    engine: Engine, patients: TableName, exposures: TableName, *, protocol: Protocol, cutoff: int
) -> Mapping[str, TableName]:
    """What episodes are built from: ``observation``, and ``exposures`` that all have an end.

    Parameters
    ----------
    engine
        Where the tables live.
    patients, exposures
        One row per patient, one row per exposure; an end may be missing.
    protocol
        The study's definitions.
    cutoff
        Last day that counts, in days since 1970-01-01.
    """
    observation = build_observation(engine, patients, exposures, cutoff=cutoff)
    rule = protocol.no_end or "ongoing"
    ended = build_exposures_with_ends(
        engine,
        exposures,
        observation,
        no_end=rule.days if isinstance(rule, FixedLength) else rule,
        stockpiling=protocol.episodes.stockpiling,
    )
    return {"observation": observation, "exposures": ended}
