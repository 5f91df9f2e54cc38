"""How long were both drugs taken, whatever came of it? Pairs of every kind, linked by common days."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_linked_pairs(engine: Engine, pairs: TableName) -> TableName:
    """Linked pairs: which pairs of a patient and an anchor share days, whatever their kind.

    Grain: one row per pair, with ``link_key``, the key of the first pair that it is linked
    with. Unlike a course it looks at nothing that is known only later.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs
        One row per pair with dates.
    """
    return build_step(engine, "linked_pairs", sql="linked_pairs", tables={"pairs": pairs}, room="outcomes")
