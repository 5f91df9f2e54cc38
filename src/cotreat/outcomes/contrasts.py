"""What did adding the partner change? Scores on the anchor alone and on the combination."""

import pyarrow as pa

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step
from cotreat.vocabulary import read_instruments


def build_score_contrasts(
    engine: Engine, pairs: TableName, courses: TableName, eras: TableName, assessments: TableName
) -> TableName:
    """Contrasts of scores: the last on the anchor alone and the last on the combination.

    Grain: one row per add-on course and instrument with at least one of the two, in
    millionths of a point; NULL: there is none.

    Parameters
    ----------
    engine
        Where the tables live.
    pairs, courses, eras
        One row each per pair, course, era; eras with the role of their drug.
    assessments
        One row per assessment.

    Notes
    -----
    On the anchor alone count the days after the first of the anchor era to the first of
    the course, on which no partner is taken; on the combination the days after that.
    Of two values on one day the better counts before and the worse on the combination.
    """
    names = read_instruments()
    signs = [1 if found.direction == "lower_is_better" else -1 for found in names.values()]
    columns = {"instrument": pa.array(names, pa.string()), "sign": pa.array(signs, pa.int64())}
    tables = {
        "pairs": pairs,
        "courses": courses,
        "eras": eras,
        "assessments": assessments,
        "score_signs": engine.load("score_signs", pa.table(columns)),
    }
    built = build_step(engine, "score_contrasts", sql="score_contrasts", tables=tables, room="outcomes")
    engine.drop("score_signs")
    return built
