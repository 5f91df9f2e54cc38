"""The outcomes of one study with dated records, from its protocol."""

from collections.abc import Mapping

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.outcomes.adverse_events import build_events
from cotreat.outcomes.contrasts import build_score_contrasts
from cotreat.outcomes.event_drugs import build_event_drugs
from cotreat.outcomes.followups import build_followups
from cotreat.outcomes.judgements import build_pair_judgements
from cotreat.outcomes.laboratory import build_laboratory_grades
from cotreat.outcomes.linked_pairs import build_linked_pairs
from cotreat.outcomes.reasons import build_pair_reasons
from cotreat.outcomes.response import Windows, build_responses
from cotreat.outcomes.time_at_risk import build_time_at_risk
from cotreat.protocol import Protocol, read_study_criteria


def build_study_pairs(engine: Engine, episodes: Mapping[str, TableName], *, protocol: Protocol) -> TableName:
    """The pairs of a study with what the records say of them: recorded reasons and judgements.

    Parameters
    ----------
    engine
        Where the tables live, among them the study tables.
    episodes
        The tables of ``build_study_episodes``, by name.
    protocol
        The study's definitions.

    Raises
    ------
    ProtocolError
        A parameter is out of range.
    """
    recorded = build_recorded_outcomes(engine, episodes, protocol=protocol)
    return add_recorded_outcomes(
        engine, episodes["pairs"], recorded["pair_reasons"], recorded["pair_judgements"]
    )


def build_recorded_outcomes(
    engine: Engine, episodes: Mapping[str, TableName], *, protocol: Protocol
) -> Mapping[str, TableName]:
    """What the records say of each pair: ``pair_reasons`` and ``pair_judgements``.

    Parameters
    ----------
    engine
        Where the tables live, among them the study tables.
    episodes
        ``pairs``, ``eras`` and ``exposures`` that all have an end.
    protocol
        The study's definitions.

    Raises
    ------
    ProtocolError
        A parameter is out of range.
    """
    window = protocol.episodes.simultaneous_window
    reasons = build_pair_reasons(
        engine,
        episodes["pairs"],
        episodes["eras"],
        episodes["exposures"],
        TableName("patients"),
        simultaneous_window=window,
        start_levels=tuple(protocol.levels("reason_started")),
        end_levels=tuple(protocol.levels("end_reason")),
    )
    judgements = build_pair_judgements(
        engine,
        episodes["pairs"],
        episodes["eras"],
        TableName("assessments"),
        simultaneous_window=window,
        takes=protocol.response.judgement,
    )
    return {"pair_reasons": reasons, "pair_judgements": judgements}


def build_study_outcomes(
    engine: Engine, episodes: Mapping[str, TableName], *, protocol: Protocol, cutoff: int
) -> Mapping[str, TableName]:
    """The episode tables of a study, and its responses, events and grades.

    Adverse events are in the tables ``events``, ``event_pairs`` and ``event_suspects``; grades of laboratory
    values in ``laboratory_grades``, with ``laboratory_criteria`` and ``laboratory_baselines``.

    Parameters
    ----------
    engine
        Where the tables live, among them the study tables.
    episodes
        The tables of ``build_study_episodes``, by name, with the pairs of :func:`build_study_pairs`.
    protocol
        The study's definitions.
    cutoff
        Last day that counts, in days since 1970-01-01.

    Raises
    ------
    ProtocolError
        A parameter is out of range.
    """
    pairs = episodes["pairs"]
    assessments = TableName("assessments")
    contrasts = build_score_contrasts(engine, pairs, episodes["courses"], episodes["eras"], assessments)
    linked = build_linked_pairs(engine, pairs)
    built = {
        **episodes,
        "events": _build_events(engine, episodes),
        "laboratory_grades": _build_grades(engine, episodes, protocol),
        "linked_pairs": linked,
        "score_contrasts": contrasts,
    }
    followups = build_followups(
        engine, built, assessments, TableName("patients"), min_overlap=protocol.episodes.min_overlap
    )
    built = {**built, "pair_followups": followups}
    return {**built, **_build_responses(engine, built, protocol, cutoff)}


def _build_responses(
    engine: Engine, built: Mapping[str, TableName], protocol: Protocol, cutoff: int
) -> Mapping[str, TableName]:
    """Responses by the criteria that the study asks for; nothing when it asks for none."""
    criteria = read_study_criteria(protocol)
    if not criteria:
        return {}
    response = protocol.response
    windows = Windows(response.weeks, response.lookback_days, response.window_days, response.durable_weeks)
    return build_responses(
        engine,
        built,
        TableName("assessments"),
        TableName("patients"),
        criteria=criteria,
        windows=windows,
        cutoff=cutoff,
    )


def _build_grades(engine: Engine, episodes: Mapping[str, TableName], protocol: Protocol) -> TableName:
    safety = protocol.safety
    return build_laboratory_grades(
        engine,
        TableName("laboratory"),
        episodes["states"],
        version=safety.ctcae_version,
        lookback=safety.laboratory_lookback_days,
    )


def _build_events(engine: Engine, episodes: Mapping[str, TableName]) -> TableName:
    build_time_at_risk(engine, episodes["eras"], episodes["overlaps"], episodes["states"], episodes["roles"])
    events = build_events(
        engine,
        TableName("adverse_events"),
        TableName("attributions"),
        answers=TableName("causality_answers"),
        states=episodes["states"],
        overlaps=episodes["overlaps"],
        observation=episodes["observation"],
    )
    build_event_drugs(engine, {**episodes, "events": events})
    return events


def add_recorded_outcomes(
    engine: Engine, pairs: TableName, reasons: TableName, judgements: TableName
) -> TableName:
    """The pairs with their recorded reasons and judgements.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs
        One row per pair.
    reasons, judgements
        One row per pair; they are dropped.
    """
    without = engine.create("pairs_without_outcomes", f"SELECT * FROM {pairs}")
    tables = {"pairs": without, "pair_reasons": reasons, "pair_judgements": judgements}
    built = build_step(engine, pairs, sql="pairs_with_outcomes", tables=tables, room="outcomes")
    engine.drop(without, reasons, judgements)
    return built
