"""Where the cases meet an engine: one function.

The oracle is always there. An engine is connected by answering for it in
:func:`run_step_on_engine` and naming it in :data:`CONNECTED`; from then on every case
and the property tests run on it.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from cotreat.engine import connect
from servers import postgres_url, spark_url
from spec.case import Study
from spec.dated_episodes import DatedEpisodes
from spec.steps import run_step_on_oracle
from spec.table import Row

ENGINES = ("oracle", "duckdb", "postgres", "spark")
CONNECTED: frozenset[str] = frozenset({"oracle", "duckdb", "postgres", "spark"})


def run_step_on_engine(engine: str, cases: Sequence[Study], step: str) -> Mapping[str, Sequence[Row]]:
    """The rows of a step on an engine, for each case by its name.

    Parameters
    ----------
    engine
        One of :data:`ENGINES`.
    cases
        Cases that share all their parameters (``cases[0].protocol``): one study, one
        query. The same cases come back for another step, so an engine can keep what it
        built for them. ``spec.study_rows.build_study_rows(cases)`` makes the study's
        rows, and ``rows_by_case`` gives the answer its shape.
    step
        A key of ``spec.steps.STEP_COLUMNS``; each row has at least those columns. For
        `attrition`, which has no patients, there is one case at a time.
    """
    if engine == "oracle":
        return run_step_on_oracle(cases, step)
    if engine not in CONNECTED:
        msg = f"{engine} is not connected"
        raise NotImplementedError(msg)
    return _episodes_on(engine).rows(cases, step)


@cache
def _episodes_on(engine: str) -> DatedEpisodes:
    """One connection for all cases of a test session."""
    urls = {"duckdb": lambda: "duckdb://", "postgres": postgres_url, "spark": spark_url}
    return DatedEpisodes(connect(urls[engine]()))
