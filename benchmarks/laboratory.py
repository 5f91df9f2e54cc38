"""How long it takes to grade and summarise laboratory results of invented patients, and how much memory.

    python benchmarks/laboratory.py [--patients 1000000] [--results 20] [--memory-limit-mb 3000]

Every patient has three intervals of exposure states in two years, and results of ten tests, some without
limits and some before treatment. Measured is one process: the grades of every result, the values before
treatment, and the worst grade of every patient by exposure state. Making the data is not counted.
"""

import argparse
import os
import resource
import time

from cotreat.engine import Engine, TableName, connect
from cotreat.outcomes.laboratory import build_laboratory_grades

TESTS = (
    ("lymphocytes", 0.3, 3.0, 1.0, 4.0),
    ("neutrophils", 0.8, 7.0, 1.8, 7.5),
    ("leukocytes", 2.0, 11.0, 4.0, 11.0),
    ("platelets", 40.0, 400.0, 150.0, 400.0),
    ("hemoglobin", 7.0, 17.0, 12.0, 16.0),
    ("alt", 10.0, 200.0, 0.0, 40.0),
    ("ast", 10.0, 200.0, 0.0, 40.0),
    ("cpk", 40.0, 900.0, 0.0, 200.0),
    ("creatinine", 0.5, 3.0, 0.6, 1.2),
    ("triglycerides", 60.0, 600.0, 0.0, 150.0),
)
FIRST_DAY, DAYS = 18_262, 730
_ROWS = ", ".join(f"({n}, '{row[0]}', {', '.join(map(str, row[1:]))})" for n, row in enumerate(TESTS))

# Chance is the hash of whole numbers, so that a run can be repeated.
STATES = f"""
SELECT p AS patient_key, {FIRST_DAY} + s * 244 AS start_day, {FIRST_DAY} + s * 244 + 243 AS end_day,
    CASE s WHEN 0 THEN 'anchor_only' WHEN 1 THEN 'combination' ELSE 'none' END AS state,
    CAST(244 AS BIGINT) AS days
FROM RANGE(1, :patients + 1) AS patients (p) CROSS JOIN RANGE(3) AS states (s)
"""
RESULTS = f"""
SELECT p AS patient_key, {FIRST_DAY} - 60 + CAST(HASH(p, r, 1) % ({DAYS} + 60) AS BIGINT) AS day, t.test,
    ROUND(t.low + (HASH(p, r, 2) % 1000) / 1000.0 * (t.high - t.low), 2) AS value,
    CAST(NULL AS VARCHAR) AS unit, CAST(0 AS BIGINT) AS is_molar,
    CASE WHEN HASH(p, r, 3) % 10 > 0 THEN t.lln END AS lln,
    CASE WHEN HASH(p, r, 3) % 10 > 0 THEN t.uln END AS uln,
    CAST(1 AS BIGINT) AS source_id, p * 100 + r AS source_row
FROM RANGE(1, :patients + 1) AS patients (p) CROSS JOIN RANGE(:results) AS results (r)
INNER JOIN (VALUES {_ROWS})
    AS t (n, test, low, high, lln, uln) ON t.n = r % {len(TESTS)}
"""
SUMMARY = """
SELECT state, criterion_key, worst_low, worst_high, COUNT(*) AS patients
FROM (
    SELECT s.state, g.patient_key, g.criterion_key,
        MAX(g.lowest_grade) AS worst_low, MAX(g.highest_grade) AS worst_high
    FROM laboratory_grades AS g
    INNER JOIN states AS s
        ON s.patient_key = g.patient_key AND g.day >= s.start_day AND g.day <= s.end_day
    WHERE g.is_after = 1
    GROUP BY s.state, g.patient_key, g.criterion_key
) AS worst
GROUP BY state, criterion_key, worst_low, worst_high
"""


def make(engine: Engine, patients: int, results: int) -> None:
    """The invented states and results."""
    engine.create("states", STATES, {"patients": patients})
    engine.create("laboratory", RESULTS, {"patients": patients, "results": results})


def main() -> None:
    """Make the data, grade and summarise, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--results", type=int, default=20, help="per patient")
    parser.add_argument("--memory-limit-mb", type=int, default=3000)
    arguments = parser.parse_args()
    with connect("duckdb://", memory_limit_mb=arguments.memory_limit_mb) as engine:
        make(engine, arguments.patients, arguments.results)
        started, processor = time.perf_counter(), time.process_time()
        build_laboratory_grades(
            engine, TableName("laboratory"), TableName("states"), version="5.0", lookback=365
        )
        graded, graded_processor = time.perf_counter(), time.process_time()
        rows = engine.fetch(SUMMARY).num_rows
        ended, ended_processor = time.perf_counter(), time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {arguments.patients:,} patients, "
        f"{arguments.patients * arguments.results:,} results: graded in {graded - started:.1f} s "
        f"(processor time {graded_processor - processor:.1f} s), summarised in {ended - graded:.1f} s "
        f"({ended_processor - graded_processor:.1f} s, {rows} rows), peak memory {peak:.2f} GB"
    )


if __name__ == "__main__":
    main()
