"""How long the numbers of effectiveness take on invented courses, step by step.

    python benchmarks/effectiveness.py [--courses 1000000] [--grid 2]

About one course per patient: an anchor of up to four years, a partner added to it, for every
fifth patient a second partner, for every third another anchor afterwards; scores and judged
responses at three visits, reasons for ending, one death in fifty. Every draw is arithmetic in
whole numbers, so that the same arguments give the same rows on every machine.

The study tables are made first; reading is not measured here. Seconds are wall-clock and
processor time of this process, threads included; memory is its peak so far.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from cotreat.analysis.estimates import estimate
from cotreat.analysis.results import Unit
from cotreat.analysis.selection import StudyTables
from cotreat.engine import DuckDBEngine, TableName
from cotreat.episodes.study_episodes import build_study_episodes
from cotreat.findings import Findings
from cotreat.outcomes.study_outcomes import build_study_outcomes, build_study_pairs
from cotreat.protocol import Protocol, Sensitivity, read_protocol
from cotreat.readers.sources import ReadStudy
from cotreat.study_tables.schema import STUDY_TABLES, ColumnType
from cotreat.study_universes import estimate_universes

CUTOFF = 20088  # 2024-12-31
GRACE_PERIODS = (0, 30, 60, 90)
MIN_OVERLAPS = (1, 28, 90, 180)
PROTOCOL = """
[study]
name = "Invented courses"
kind = "database"
cutoff = 2024-12-31
[source]
reader = "tables"
[source.exposures]
file = "not-read.csv"
[values.end_reason]
remission = ["r"]
ineffectiveness = ["i"]
adverse_event = ["a"]
[roles]
anchor = { drugs = ["baricitinib", "upadacitinib"] }
partner = { drugs = ["methotrexate", "dupilumab", "azathioprine"] }
[episodes]
washout = 0
[response]
criteria = ["easi75"]
weeks = [16, 24]
"""
_TYPES = {ColumnType.NUM: "DOUBLE", ColumnType.TEXT: "VARCHAR", ColumnType.TERM: "VARCHAR"}

# n: the patient; u, v, w, x: draws of 0 to 9999.
_PEOPLE = """
CREATE TABLE people AS
SELECT n, u, v, w, x, 16800 + u % 1500 AS first_day, 400 + v % 1000 AS anchor_days, 60 + w % 200 AS lead,
    20 + x % 700 AS partner_days
FROM (
    SELECT n, (n * 7919 + 13) % 10007 AS u, (n * 104729 + 7) % 10009 AS v, (n * 1299709 + 3) % 10037 AS w,
        (n * 15485863 + 11) % 10039 AS x
    FROM (SELECT UNNEST(RANGE(1, {n} + 1)) AS n)
)
"""
_ROWS = {
    "patients": """
        SELECT n AS patient_key, 'P' || n AS patient_id, 'atopic_dermatitis' AS disease, 1 AS source_id,
            n AS source_row,
            CASE WHEN u % 50 = 0 THEN first_day + lead + partner_days + 40 END AS death_day
        FROM people
    """,
    "exposures": """
        SELECT ROW_NUMBER() OVER (ORDER BY n, drug, start_day) AS exposure_key, n AS patient_key, drug,
            start_day, end_day, 'day' AS date_precision, 'recorded' AS end_rule, end_reason, 1 AS source_id,
            n AS source_row
        FROM (
            SELECT n, CASE WHEN u % 2 = 0 THEN 'baricitinib' ELSE 'upadacitinib' END AS drug,
                first_day AS start_day, first_day + lead + anchor_days AS end_day, NULL AS end_reason
            FROM people
            UNION ALL
            SELECT n, CASE WHEN v % 2 = 0 THEN 'methotrexate' ELSE 'dupilumab' END, first_day + lead,
                first_day + lead + partner_days,
                CASE w % 4 WHEN 0 THEN 'remission' WHEN 1 THEN 'ineffectiveness'
                    WHEN 2 THEN 'adverse_event' END
            FROM people
            UNION ALL
            SELECT n, 'azathioprine', first_day + lead + 30, first_day + lead + 30 + partner_days, NULL
            FROM people WHERE x % 5 = 0
            UNION ALL
            SELECT n, CASE WHEN u % 2 = 0 THEN 'upadacitinib' ELSE 'baricitinib' END,
                first_day + lead + anchor_days + 1 + x % 90, first_day + lead + anchor_days + 400, NULL
            FROM people WHERE w % 3 = 0
        )
        WHERE start_day <= 20088
    """,
    "assessments": """
        SELECT n AS patient_key, day, 'easi' AS instrument, value, response, 1 AS source_id, n AS source_row
        FROM (
            SELECT n, first_day + lead - 5 AS day, CAST(10 + u % 40 AS DOUBLE) AS value, 'partial' AS response
            FROM people
            UNION ALL
            SELECT n, first_day + lead + 112, CAST(v % 20 AS DOUBLE),
                CASE WHEN v % 20 < 5 THEN 'complete' ELSE 'partial' END
            FROM people WHERE w % 10 < 8
            UNION ALL
            SELECT n, first_day + lead + 168, CAST(w % 20 AS DOUBLE),
                CASE WHEN w % 20 < 6 THEN 'complete' ELSE 'none' END
            FROM people WHERE v % 10 < 7
        )
        WHERE day <= 20088
    """,
}
# What an issue of effectiveness asks for, in the order of its reports.
_MEASURES: tuple[tuple[str, tuple[tuple[str, Unit, str | None], ...]], ...] = (
    (
        "response",
        (
            ("response", "pair", None),
            ("response", "patient", "best"),
            ("response_at_week", "pair", None),
            ("response_difference", "patient", "first_add_on"),
        ),
    ),
    ("drug survival", (("drug_survival", "course", "from_min_overlap"),)),
    ("end reasons", (("end_reason_incidence", "course", "from_min_overlap"),)),
    (
        "next treatment",
        (
            ("next_treatment", "pair", None),
            ("time_to_next_treatment", "patient", "first"),
            ("line_of_therapy", "patient", None),
        ),
    ),
)


@contextmanager
def timed(name: str) -> Generator[None]:
    """Print what the block took."""
    wall, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    yield
    now = resource.getrusage(resource.RUSAGE_SELF)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    print(
        f"{name:38} {time.perf_counter() - wall:7.1f} s wall {processor:7.1f} s processor "
        f"{now.ru_maxrss / 1024**2:5.2f} GB",
        flush=True,
    )


def write_tables(engine: DuckDBEngine, courses: int) -> None:
    """Study tables of about so many courses."""
    run: Callable[[str], object] = engine.connection.execute
    # Every fifth patient has a second partner, which belongs to the same course or to a second one.
    run(_PEOPLE.format(n=courses))
    for table in STUDY_TABLES:
        columns = ", ".join(f'"{c.name}" {_TYPES.get(c.type, "BIGINT")}' for c in table.columns)
        run(f"CREATE TABLE {table.name} ({columns})")
        if table.name in _ROWS:
            run(f"INSERT INTO {table.name} BY NAME ({_ROWS[table.name]})")
    run("DROP TABLE people")


def build(engine: DuckDBEngine, protocol: Protocol) -> StudyTables:
    """Episodes and outcomes, each timed."""
    with timed("  episodes"):
        episodes = build_study_episodes(
            engine, TableName("patients"), TableName("exposures"), protocol=protocol, cutoff=CUTOFF
        )
    with timed("  outcomes"):
        pairs = build_study_pairs(engine, episodes, protocol=protocol)
        episodes = {**episodes, "pairs": pairs}
        build_study_outcomes(engine, episodes, protocol=protocol, cutoff=CUTOFF)
    return StudyTables(
        "wilson",
        1,
        {},
        criteria=protocol.response.criteria,
        weeks=protocol.response.weeks,
        months=protocol.survival.months,
        min_overlap=protocol.episodes.min_overlap,
        is_dated=True,
    )


def main() -> None:
    """Time the steps."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--courses", type=int, default=1_000_000)
    parser.add_argument(
        "--grid", type=int, choices=range(1, 5), default=2, help="grace periods and shortest overlaps"
    )
    parser.add_argument("--memory-limit-mb", type=int, default=2000)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        DuckDBEngine(memory_limit_mb=given.memory_limit_mb, spill_folder=Path(folder)) as engine,
    ):
        path = Path(folder) / "study.toml"
        path.write_text(PROTOCOL, encoding="utf-8")
        protocol = read_protocol(path)
        write_tables(engine, given.courses)
        with timed("once: episodes and outcomes"):
            tables = build(engine, protocol)
        n = engine.fetch("SELECT COUNT(*) AS n FROM courses").column("n")[0].as_py()
        print(f"{n:,} courses of {given.courses:,} patients")
        with timed("response to next treatment"):
            for name, measures in _MEASURES:
                with timed(f"  {name}"):
                    for measure, unit, rule in measures:
                        estimate(engine, tables, measure=measure, unit=unit, rule=rule)
        with timed("hazard ratios (Cox), by regimen"):
            estimate(
                engine, tables, measure="hazard_ratio", unit="course", rule="from_min_overlap", by="regimen"
            )
        with timed("regimens side by side (GEE)"):
            estimate(engine, tables, measure="response_between_regimens", unit="pair")
        asked = Sensitivity(
            grace_period=GRACE_PERIODS[: given.grid],
            min_overlap=MIN_OVERLAPS[: given.grid],
            short_courses=("counted", "left_out"),
            unit_of_analysis=("pair", "course", "patient_best", "patient_first"),
        )
        varied = protocol.model_copy(update={"sensitivity": asked})
        read = ReadStudy(Findings.of(), {}, latest_day=CUTOFF)
        with timed(f"multiverse of {given.grid} x {given.grid} x 2 x 4 choices"):
            estimate_universes(engine, varied, read, lambda step: print(f"  {step}", flush=True))


if __name__ == "__main__":
    main()
