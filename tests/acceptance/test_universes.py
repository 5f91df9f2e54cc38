"""Other choices build only what headline numbers ask for: their numbers are those of a study built whole."""

from pathlib import Path

from acceptance.commands import cotreat
from cotreat.analysis.multiverse import estimate_universe
from cotreat.analysis.results import Result
from cotreat.engine import Engine, connect
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.sources import ReadStudy, read_study
from cotreat.study_numbers import build_episode_tables, build_number_tables
from cotreat.study_universes import estimate_universes

SENSITIVITY = """
[sensitivity]
grace_period = [0, 60]
min_overlap = [1, 90]
short_courses = ["left_out"]
unit_of_analysis = ["pair", "patient_first"]
"""


def test_numbers_under_other_choices_are_those_of_a_study_built_anew(tmp_path: Path) -> None:
    cotreat("new", tmp_path / "study", "--from", "tables").requires(0)
    study = tmp_path / "study" / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + SENSITIVITY, encoding="utf-8")
    protocol = read_protocol(study)
    told: list[str] = []
    with connect("duckdb://") as engine:
        read = read_study(engine, protocol)
        found = Result.concat(estimate_universes(engine, protocol, read, told.append))
        expected = Result.concat(built_anew(engine, protocol, read, days) for days in ((0, 1), (60, 90)))
    assert len(told) == 4
    groups = {row["group"] for row in expected.table.to_pylist()}
    assert [row for row in found.table.to_pylist() if row["group"] in groups] == expected.table.to_pylist()
    # The choices matter: no two combinations of days give the same number of combinations.
    pairs = [row["numerator"] for row in found.table.to_pylist() if row["measure"] == "pairs"]
    assert len(set(pairs)) == 4


def built_anew(engine: Engine, protocol: Protocol, read: ReadStudy, days: tuple[int, int]) -> Result:
    """The headline numbers of a study whose own parameters are these."""
    choices = {"grace_period": days[0], "min_overlap": days[1]}
    varied = protocol.model_copy(update={"episodes": protocol.episodes.model_copy(update=choices)})
    tables = build_number_tables(engine, varied, build_episode_tables(engine, varied, read))
    return estimate_universe(
        engine,
        tables,
        choices={name: str(value) for name, value in choices.items()} | {"short_courses": "left_out"},
        units=("pair", "patient_first"),
        is_dated=True,
    )
