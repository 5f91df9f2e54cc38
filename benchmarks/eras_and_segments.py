"""Only the eras and segments of a study, as Parquet ordered by their keys: a part of `cotreat episodes`.

    python benchmarks/eras_and_segments.py STUDY.toml OUT

Reading and checking every cell are in it; pairs, courses, states, lines and the
reconciliation are not, and all patients are one bucket.
"""

import sys
from pathlib import Path

from cotreat.engine import TableName, connect
from cotreat.episodes.eras import build_eras, build_supplies
from cotreat.episodes.exposures import build_exposures_with_ends
from cotreat.episodes.observation import build_observation
from cotreat.episodes.segments import build_changes, build_regimens, build_segments, build_timeline
from cotreat.episodes.study_episodes import build_study_roles
from cotreat.protocol import read_protocol
from cotreat.readers.sources import read_study
from cotreat.study_tables.schema import SCHEMAS


def write_eras_and_segments(study: Path, out: Path) -> None:
    """The two tables of a study."""
    protocol = read_protocol(study)
    out.mkdir(exist_ok=True)
    with connect(protocol.engine.url, memory_limit_mb=protocol.engine.memory_limit_mb) as engine:
        read = read_study(engine, protocol)
        patients, exposures = TableName("patients"), TableName("exposures")
        roles = build_study_roles(engine, exposures, protocol)
        observation = build_observation(engine, patients, exposures, cutoff=read.latest_day or 0)
        ended = build_exposures_with_ends(engine, exposures, observation)
        supplies = build_supplies(engine, ended, roles, observation)
        eras = build_eras(engine, supplies, ended, roles, observation)
        engine.drop(supplies)
        timeline = build_timeline(engine, build_changes(engine, eras))
        segments = build_segments(engine, timeline, build_regimens(engine, timeline, roles))
        for name, table in (("eras", eras), ("segments", segments)):
            schema = SCHEMAS[name]
            engine.export(
                table, out / f"{name}.parquet", order_by=", ".join(schema.key), columns=schema.names
            )


if __name__ == "__main__":
    write_eras_and_segments(Path(sys.argv[1]), Path(sys.argv[2]))
