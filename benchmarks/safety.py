"""How long the safety of invented patients takes, and how much memory: events and laboratory values.

    python benchmarks/safety.py [--patients 1000000] [--memory-limit-mb 3000]

Every patient has two years in three exposure states, five adverse events of 20 terms and 20 laboratory
results of ten tests. Measured is one process: each event in its state, the three numbers by state and by
term and state, the grades of every result, and the worst grade of every patient by state. Making the data
is not counted.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable

from laboratory import DAYS, FIRST_DAY, SUMMARY, make

from cotreat.analysis.estimates import estimate
from cotreat.analysis.selection import StudyTables
from cotreat.engine import Engine, TableName, connect
from cotreat.outcomes.adverse_events import build_events
from cotreat.outcomes.laboratory import build_laboratory_grades

EVENTS_EACH = 5
EVENTS = f"""
SELECT p * 10 + e AS event_key, p AS patient_key, CAST(NULL AS BIGINT) AS pair_key,
    'term_' || CAST(HASH(p, e, 5) % 20 AS VARCHAR) AS term, CAST(NULL AS VARCHAR) AS term_text,
    d.day AS onset_day, d.day AS earliest_onset_day, d.day AS latest_onset_day, 'day' AS date_precision,
    d.day + 10 AS end_day, CAST(HASH(p, e, 6) % 4 + 1 AS BIGINT) AS severity_grade,
    CAST(CASE WHEN HASH(p, e, 7) % 10 = 0 THEN 1 ELSE 0 END AS BIGINT) AS is_serious,
    'recovered' AS outcome, 'recorded' AS certainty, CAST(1 AS BIGINT) AS source_id, p * 10 + e AS source_row
FROM RANGE(1, :patients + 1) AS patients (p) CROSS JOIN RANGE({EVENTS_EACH}) AS events (e)
CROSS JOIN LATERAL (SELECT {FIRST_DAY} + CAST(HASH(p, e, 8) % {DAYS} AS BIGINT) AS day) AS d
"""
ATTRIBUTIONS = """
SELECT event_key, 'methotrexate' AS drug, CAST(NULL AS VARCHAR) AS category, CAST(NULL AS VARCHAR) AS method,
    CAST(NULL AS VARCHAR) AS judge, CAST(NULL AS VARCHAR) AS action_taken, source_id, source_row
FROM adverse_events
"""
OVERLAPS = f"""
SELECT p AS pair_key, p AS patient_key, {FIRST_DAY} + 244 AS start_day, {FIRST_DAY} + 457 AS end_day,
    {FIRST_DAY} + 487 AS risk_end_day, 'combination' AS kind
FROM RANGE(1, :patients + 1) AS patients (p)
"""
OBSERVATION = f"""
SELECT p AS patient_key, {FIRST_DAY} AS first_day, {FIRST_DAY + DAYS} AS last_day
FROM RANGE(1, :patients + 1) AS patients (p)
"""
RATES = (("adverse_event_proportion", "patient"), ("adverse_event_first_rate", "patient"))


def _place(engine: Engine) -> None:
    build_events(
        engine,
        TableName("adverse_events"),
        TableName("attributions"),
        states=TableName("states"),
        overlaps=TableName("met"),
        observation=TableName("observation"),
    )


def _rates(engine: Engine) -> None:
    tables = StudyTables("wilson", 1, is_dated=True)
    for by in ("state", "state & term"):
        for measure, unit in RATES:
            estimate(engine, tables, measure=measure, unit=unit, by=by)
        estimate(engine, tables, measure="adverse_event_rate", unit="event", rule="", by=by)


def _grade(engine: Engine) -> None:
    build_laboratory_grades(engine, TableName("laboratory"), TableName("states"), version="5.0", lookback=365)


def _summarise(engine: Engine) -> None:
    engine.fetch(SUMMARY)


STEPS: dict[str, Callable[[Engine], None]] = {
    "events placed": _place,
    "three numbers by state, and by term and state": _rates,
    "laboratory results graded": _grade,
    "worst grades by state": _summarise,
}


def main() -> None:
    """Make the data, run each step, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--memory-limit-mb", type=int, default=3000)
    arguments = parser.parse_args()
    given = {"patients": arguments.patients}
    with connect("duckdb://", memory_limit_mb=arguments.memory_limit_mb) as engine:
        make(engine, arguments.patients, 20)
        for name, sql in (("adverse_events", EVENTS), ("met", OVERLAPS), ("observation", OBSERVATION)):
            engine.create(name, sql, given)
        engine.create("attributions", ATTRIBUTIONS)
        clock = processor = 0.0
        for name, step in STEPS.items():
            began, used = time.perf_counter(), time.process_time()
            step(engine)
            taken, worked = time.perf_counter() - began, time.process_time() - used
            clock, processor = clock + taken, processor + worked
            print(f"{name}: {taken:.1f} s, processor time {worked:.1f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {arguments.patients:,} patients, "
        f"{arguments.patients * EVENTS_EACH:,} events, {arguments.patients * 20:,} results: {clock:.1f} s, "
        f"processor time {processor:.1f} s, peak memory {peak:.2f} GB"
    )


if __name__ == "__main__":
    main()
