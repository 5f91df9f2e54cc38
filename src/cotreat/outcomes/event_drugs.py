"""What do dates alone say of a suspected drug? On board at onset, dechallenge, rechallenge."""

from collections.abc import Mapping

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_event_drugs(engine: Engine, built: Mapping[str, TableName]) -> TableName:
    """What dates say of each suspected drug, beside which a judged category is set.

    Grain: one row per event and suspected drug, or the combination. ``timing``: ``on_board`` when it
    was taken on the day of onset, ``in_risk_window`` or ``after_risk_window`` after it was stopped,
    ``before_start`` when the event began before the first day of the drug, ``never_taken``, or
    ``unknown``. ``dechallenge`` and ``rechallenge`` only where it was on board.

    Parameters
    ----------
    engine
        Where the tables live.
    built
        The tables of a study by name: ``events``, ``event_suspects``, ``eras`` and ``overlaps``.

    Notes
    -----
    When two drugs were stopped together, an event that ended after it speaks for either: dechallenge
    is by drug, and no judgement.
    """
    names = ("events", "event_suspects", "eras", "overlaps")
    tables = {name: built.get(name, TableName(name)) for name in names}
    return build_step(engine, "event_drugs", sql="event_drugs", tables=tables, room="outcomes")
