"""How well did it work, as judged? Recorded responses on the anchor alone and on the combination."""

from typing import Literal

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_pair_judgements(
    engine: Engine,
    pairs: TableName,
    eras: TableName,
    assessments: TableName,
    *,
    simultaneous_window: int,
    takes: Literal["last", "best"] = "last",
) -> TableName:
    """Judgements: the recorded response of each pair, and that on its anchor alone before it.

    Grain: one row per pair, with ``monotherapy_response`` and ``response``: complete,
    partial, none, unassessable; NULL: nothing is recorded.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs, eras
        One row per pair, one row per era, with the role of its drug.
    assessments
        One row per assessment; those with a ``response`` and a day are judgements. Where
        ``context`` says monotherapy or combination, a judgement counts for that only.
    simultaneous_window
        Days that the anchor must have been taken longer than the partner: with less it
        was not judged alone.
    takes
        Which of several judgements counts, the last or the best.

    Raises
    ------
    ProtocolError
        `simultaneous_window` is negative.

    Notes
    -----
    On the combination count the days after its first to its last. On the first day the
    patient is seen before the combination has begun, so that judgement is about the
    anchor alone, unless the record says combination. Of two judgements on one day the
    least favourable counts; one that could not be made only if there is no other.
    """
    return build_step(
        engine,
        "pair_judgements",
        sql="judgements",
        tables={"pairs": pairs, "eras": eras, "assessments": assessments},
        days={"simultaneous_window": simultaneous_window, "takes_best": int(takes == "best")},
        room="outcomes",
    )
