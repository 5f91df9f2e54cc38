"""Which adverse events were there, and what was taken when they began? Recorded rows become events."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.outcomes.judged_causality import build_judged_causality


def build_events(
    engine: Engine,
    adverse_events: TableName,
    attributions: TableName,
    *,
    answers: TableName | None = None,
    states: TableName,
    overlaps: TableName,
    observation: TableName,
) -> TableName:
    """Events of dated records, each with the exposure state in which it began.

    Grain: one row per event; rows of one term before the end of the earlier one are one
    event. Beside it ``event_pairs``, one row per event and pair on whose days, or in whose
    risk window, it began or may have begun; ``event_suspects``, one row per event and suspected
    drug; and ``event_judgements``, one row per event, suspected drug, judge and method.

    Parameters
    ----------
    engine
        Where the tables live.
    adverse_events, attributions
        One row per recorded event, one row per recorded event and suspected drug.
    answers
        One row per answer of a judge about a recorded event; None: the source has no place for them.
    states
        One row per patient and interval of one exposure state.
    overlaps
        One row per pair of any kind, with the last day of its risk window.
    observation
        One row per patient; nothing after its last day counts.

    Notes
    -----
    An onset is never imputed. A partial one has a state only if all days that it may mean
    have the same, and belongs to a pair for certain only if all of them lie in it. An event
    without an onset may belong to any pair of its patient that did not begin after its end.
    """
    rows, spans = _build_spans(engine, adverse_events)
    placing = {"event_rows": rows, "event_spans": spans, "states": states}
    events = build_step(engine, "events", sql="events", tables=placing, room="outcomes")
    _place_in_pairs(engine, spans, overlaps, observation)
    _build_suspects(engine, rows, attributions, answers)
    engine.drop(spans, rows)
    return events


def build_event_pairs(
    engine: Engine, adverse_events: TableName, *, overlaps: TableName, observation: TableName
) -> TableName:
    """The pairs of dated events, without their states: ``event_pairs`` of :func:`build_events`.

    Parameters
    ----------
    engine
        Where the tables live.
    adverse_events
        One row per recorded event.
    overlaps
        One row per pair of any kind, with the last day of its risk window.
    observation
        One row per patient; nothing after its last day counts.
    """
    rows, spans = _build_spans(engine, adverse_events)
    placed = _place_in_pairs(engine, spans, overlaps, observation)
    engine.drop(spans, rows)
    return placed


def _build_spans(engine: Engine, adverse_events: TableName) -> tuple[TableName, TableName]:
    tables = {"adverse_events": adverse_events}
    rows = build_step(engine, "event_rows", sql="event_rows", tables=tables, room="outcomes")
    spans = build_step(engine, "event_spans", sql="event_spans", tables={"event_rows": rows}, room="outcomes")
    return rows, spans


def _place_in_pairs(
    engine: Engine, spans: TableName, overlaps: TableName, observation: TableName
) -> TableName:
    tables = {"event_spans": spans, "overlaps": overlaps, "observation": observation}
    return build_step(engine, "event_pairs", sql="event_pairs", tables=tables, room="outcomes")


def build_declared_events(engine: Engine, adverse_events: TableName, attributions: TableName) -> TableName:
    """Events of a case table, each in the case that names it; no exposure state is known.

    Grain: one row per recorded event. Beside it ``event_pairs``, ``event_suspects`` and
    ``event_judgements``, as dated records have them; a case whose adverse events are unknown has a row in
    ``event_pairs`` without an event.

    Parameters
    ----------
    engine
        Where the tables live.
    adverse_events, attributions
        One row per recorded event, one row per recorded event and suspected drug.
    """
    tables = {"adverse_events": adverse_events}
    events = build_step(engine, "events", sql="declared_events", tables=tables, room="outcomes")
    build_step(engine, "event_pairs", sql="declared_event_pairs", tables=tables, room="outcomes")
    rows = engine.define("event_rows", f"SELECT event_key AS row_key, event_key FROM {events}")
    _build_suspects(engine, rows, attributions, None)
    engine.drop("event_rows")
    return events


def _build_suspects(
    engine: Engine, rows: TableName, attributions: TableName, answers: TableName | None
) -> None:
    judged = build_judged_causality(engine, answers)
    tables = {"event_rows": rows, "attributions": attributions, "causality_judged": judged}
    build_step(engine, "event_suspects", sql="event_suspects", tables=tables, room="outcomes")
    build_step(engine, "event_judgements", sql="event_judgements", tables=tables, room="outcomes")
