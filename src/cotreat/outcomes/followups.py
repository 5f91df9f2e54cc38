"""What came after a combination, when, and whether the response held without the partner."""

from collections.abc import Mapping

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_followups(
    engine: Engine,
    episodes: Mapping[str, TableName],
    assessments: TableName,
    patients: TableName,
    *,
    min_overlap: int,
) -> TableName:
    """Follow-ups: how long after each counted pair that ended nothing followed, and what then did.

    Grain: one row per pair that ended, with ``days`` from its last day to what followed or to
    the end of observation; ``kind``: 1 another role drug, 2 one of its own again, 3 death, 0
    nothing; and ``held``: whether every judgement on the anchor alone, after the partner was
    stopped in complete response, is complete (NULL: none was made, or it was not so).

    Parameters
    ----------
    engine
        Where the tables live.
    episodes
        ``pairs`` with their responses, ``eras`` and ``observation``.
    assessments, patients
        One row per assessment, one row per patient.
    min_overlap
        A drug that had been taken with the pair for fewer days comes after it, on day 0.

    Raises
    ------
    ProtocolError
        `min_overlap` is negative.
    """
    tables = {
        **{name: episodes[name] for name in ("pairs", "eras", "observation")},
        "assessments": assessments,
        "patients": patients,
    }
    return build_step(
        engine,
        "pair_followups",
        sql="followups",
        tables=tables,
        days={"min_overlap": min_overlap},
        room="outcomes",
    )
