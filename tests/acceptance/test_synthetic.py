"""Invented studies: what is said to be true is what the engine finds; the same seed gives the same bytes."""

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from cotreat.engine import DuckDBEngine, Engine, TableName, connect
from cotreat.episodes.dated import build_dated_episodes
from cotreat.episodes.exposures import build_exposures_with_ends
from cotreat.episodes.observation import build_observation
from cotreat.episodes.roles import build_roles
from cotreat.errors import OutputError, UsageError
from cotreat.protocol import Episodes, read_protocol
from cotreat.readers.cells import compute_day
from cotreat.readers.long_tables import LONG_TABLES
from cotreat.readers.sources import read_study
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES
from cotreat.synthetic import (
    LONG,
    TRUTH,
    build_synthetic_study,
    patients,
    plan,
    read_synthetic_cutoff,
    tables,
    write_synthetic_tables,
)
from cotreat.synthetic.scenarios import read_record_styles, read_scenarios

# Nobody has judged the cause of an invented event.
NOT_INVENTED = ("causality_answers",)
ROLES = {
    "baricitinib": "anchor",
    "tofacitinib": "anchor",
    "upadacitinib": "anchor",
    "azathioprine": "partner",
    "ciclosporin": "partner",
    "dupilumab": "partner",
    "methotrexate": "partner",
    "prednisone": "partner",
    "omalizumab": "concomitant",
}

# Truth and engine.


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_engine_finds_what_is_true(seed: int) -> None:
    with connect() as engine:
        study = build_synthetic_study(engine, n_patients=3000, seed=seed)
        episodes = build_episodes(engine, study)
        assert (
            differences(engine, episodes["eras"], "truth_eras", "drug, start_day, end_day, is_ongoing") == []
        )
        assert (
            differences(
                engine,
                episodes["pairs"],
                "truth_pairs",
                'anchor, partner, start_day, end_day, kind, "order", "end", is_ongoing',
            )
            == []
        )
        assert (
            differences(
                engine,
                episodes["courses"],
                "truth_courses",
                'anchor, partners, n_pairs, start_day, end_day, "order", "end", is_ongoing',
            )
            == []
        )


def build_episodes(engine: Engine, study: Mapping[str, TableName]) -> Mapping[str, TableName]:
    """The episodes of an invented study, with the default parameters of a case series."""
    roles = build_roles(engine, ROLES, grace_period=30, risk_window=30)
    cutoff = compute_day(read_synthetic_cutoff())
    observation = build_observation(engine, study["patients"], study["exposures"], cutoff=cutoff)
    exposures = build_exposures_with_ends(engine, study["exposures"], observation)
    return build_dated_episodes(engine, exposures, roles, observation, episodes=Episodes(), washout=0)


def differences(engine: Engine, found: str, true: str, columns: str) -> list[dict[str, object]]:
    """Rows that only one of two tables has, with the scenario of their patient."""
    both = [
        f"SELECT {place} AS of_engine, * FROM (SELECT patient_key, {columns} FROM {one} "
        f"EXCEPT ALL SELECT patient_key, {columns} FROM {other})"
        for place, one, other in ((1, found, true), (0, true, found))
    ]
    rows = " UNION ALL ".join(both)
    return engine.fetch(
        f"SELECT t.scenario, d.* FROM ({rows}) AS d INNER JOIN truth_patients AS t USING (patient_key)"
    ).to_pylist()


def test_truth_is_not_empty() -> None:
    """Two empty tables would agree, too."""
    with connect() as engine:
        build_synthetic_study(engine, n_patients=3000, seed=1)
        counted = {
            table: engine.fetch(f"SELECT COUNT(*) AS n FROM {table}").column("n")[0].as_py()
            for table in TRUTH
        }
    assert counted["truth_patients"] == 3000
    assert counted["truth_eras"] > 5000
    assert counted["truth_pairs"] > 2000
    assert counted["truth_courses"] > 2000


# Every scenario and every way of writing it down occurs.


@pytest.fixture(scope="module")
def occurring() -> Mapping[str, set[tuple[object, ...]]]:
    """The different values of what is true in one study of 5,000 patients."""
    asked = {
        "scenario": "SELECT DISTINCT scenario FROM truth_patients",
        "record": "SELECT DISTINCT record, is_ongoing FROM truth_eras",
        "drug": "SELECT DISTINCT drug FROM exposures",
        "pair": 'SELECT DISTINCT kind, "order", "end" FROM truth_pairs',
        "end_rule": "SELECT DISTINCT end_rule, is_ongoing, supply_days IS NOT NULL FROM exposures",
        "days": "SELECT DISTINCT end_day - start_day + 1 FROM exposures WHERE end_day - start_day < 1",
    }
    with connect() as engine:
        build_synthetic_study(engine, n_patients=5000, seed=4)
        return {
            name: {tuple(row.values()) for row in engine.fetch(sql).to_pylist()}
            for name, sql in asked.items()
        }


def test_every_scenario_occurs(occurring: Mapping[str, set[tuple[object, ...]]]) -> None:
    assert {name for (name,) in occurring["scenario"]} == {scenario.name for scenario in read_scenarios()}


def test_every_way_of_writing_an_era_down_occurs(occurring: Mapping[str, set[tuple[object, ...]]]) -> None:
    stopped = {(style.name, 0) for style in read_record_styles() if style.weight}
    ongoing = {(style.name, 1) for style in read_record_styles() if style.ongoing}
    assert occurring["record"] == stopped | ongoing


def test_every_kind_order_and_end_occurs(occurring: Mapping[str, set[tuple[object, ...]]]) -> None:
    kinds, orders, ends = ({row[place] for row in occurring["pair"]} for place in range(3))
    assert kinds == {"combination", "short_course", "crossover", "undetermined"}
    assert orders == {"add_on", "anchor_added", "simultaneous", "unknown"}
    assert ends == {"ongoing", "both_stopped", "partner_stopped", "anchor_stopped"}


def test_every_drug_and_every_form_of_an_end_occurs(occurring: Mapping[str, set[tuple[object, ...]]]) -> None:
    assert {drug for (drug,) in occurring["drug"]} == {*ROLES, "doxycycline"}
    # Recorded; days' supply instead; nothing, with and without a word that it goes on.
    assert occurring["end_rule"] == {
        ("recorded", None, False),
        (None, None, True),
        (None, None, False),
        (None, 1, False),
    }
    assert occurring["days"] == {(1,)}


# The same seed, the same study.


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    written = [
        write_synthetic_tables(tmp_path / name, n_patients=300, seed=seed, format=form)  # type: ignore[arg-type]  # parametrised
        for name, seed in (("one", 11), ("other", 11), ("third", 12))
    ]
    names = [path.relative_to(tmp_path / "one").as_posix() for path in written[0]]
    assert names == [
        *(f"{table}.{form}" for table in LONG_TABLES if table not in NOT_INVENTED),
        *(f"truth/{table}.{form}" for table in ("patients", "eras", "pairs", "courses")),
    ]
    one, other, third = ([path.read_bytes() for path in paths] for paths in written)
    assert one == other
    assert not set(one) & set(third)


def test_seed_7_begins_with_these_rows(tmp_path: Path) -> None:
    """On any machine, with any version of the database: nothing is drawn by the database itself."""
    write_synthetic_tables(tmp_path / "study", n_patients=4, seed=7, format="csv")
    lines = {
        name: (tmp_path / "study" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        for name in ("patients", "truth/pairs")
    }
    assert lines == SEED_7


SEED_7 = {
    "patients": [
        "patient_id,sex,birth_date,disease,observed_from,observed_to,death_date",
        "invented-0001,female,1974-02-25,Alopecia areata,,,",
        "invented-0002,female,1953-04-30,Atopic dermatitis,2023-06-03,,",
        "invented-0003,male,1974-12-14,Alopecia areata,2023-06-20,,",
        "invented-0004,female,1950-07-13,Alopecia areata,2021-12-11,,",
    ],
    "truth/pairs": [
        "patient_id,anchor,partner,start_date,end_date,kind,order,end,is_ongoing",
        "invented-0002,baricitinib,methotrexate,2024-02-28,2024-12-31,combination,add_on,ongoing,1",
        "invented-0003,tofacitinib,dupilumab,2024-01-05,2024-05-30,combination,add_on,anchor_stopped,0",
    ],
}


def test_a_patient_depends_neither_on_the_others_nor_on_what_is_written_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_synthetic_tables(tmp_path / "whole", n_patients=36, seed=5, format="csv")
    monkeypatch.setattr(tables, "PATIENTS_AT_ONCE", 7)
    write_synthetic_tables(tmp_path / "parts", n_patients=36, seed=5, format="csv")
    write_synthetic_tables(tmp_path / "fewer", n_patients=12, seed=5, format="csv")
    for whole in (tmp_path / "whole").rglob("*.csv"):
        name = whole.relative_to(tmp_path / "whole")
        assert (tmp_path / "parts" / name).read_bytes() == whole.read_bytes()
        fewer = (tmp_path / "fewer" / name).read_bytes()
        assert whole.read_bytes().startswith(fewer)
        assert len(fewer) > 100


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        write_synthetic_tables(tmp_path / form, n_patients=100, seed=5, format=form)  # type: ignore[arg-type]  # both forms
    for name in (*LONG, "truth/eras", "truth/pairs", "truth/courses"):
        parquet = duckdb.read_parquet(str(tmp_path / "parquet" / f"{name}.parquet"))
        types = dict(zip(parquet.columns, map(str, parquet.types), strict=True))
        text = duckdb.read_csv(str(tmp_path / "csv" / f"{name}.csv"), header=True, dtype=types)
        assert text.fetchall() == parquet.fetchall()


def test_hundreds_of_thousands_of_patients_at_once() -> None:
    """DuckDB 2.0.0 fails from about 300,000 patients on if the layers of an era are multiplied by a join."""
    with DuckDBEngine() as engine:
        plan.build_plan(engine)
        size = patients.StudySize(300_000, 1)
        patients.build_invented_patients(engine, size, first=1, last=300_000, wanted=("exposures",))
        counted = engine.fetch("SELECT COUNT(*) AS n FROM synthetic_exposures")
    assert counted.column("n")[0].as_py() > 3_500_000


# Tables of a study.


def test_the_reader_of_long_tables_reads_the_study_that_was_invented(tmp_path: Path) -> None:
    """Row for row, each with the line it stands in; of exact copies only the first."""
    write_synthetic_tables(tmp_path / "data", n_patients=300, seed=9, format="csv", tables=tuple(LONG))
    (tmp_path / "study.toml").write_text(PROTOCOL, encoding="utf-8")
    with connect() as read, connect() as invented:
        found = read_study(read, read_protocol(tmp_path / "study.toml"))
        build_synthetic_study(invented, n_patients=300, seed=9)
        assert [(f.severity, f.code) for f in found.findings] == [("info", "duplicate")]
        for name in (*LONG, "attributions", "declared_pairs"):
            names = ", ".join(f'"{column}"' for column in SCHEMAS[name].names)
            rows = read.fetch(f"SELECT {names} FROM {name} ORDER BY ALL")
            assert rows.to_pylist() == first_copies(invented, name).to_pylist(), name


def first_copies(engine: Engine, name: str) -> pa.Table:
    """The rows of a study table, of exact copies only the first."""
    names = SCHEMAS[name].names
    numbers = {"exposure_key", "source_row"} & set(names) if name == "exposures" else set[str]()
    selected = ", ".join(f"MIN({n}) AS {n}" if n in numbers else f'"{n}"' for n in names)
    return engine.fetch(f"SELECT {selected} FROM {name} GROUP BY ALL ORDER BY ALL")


PROTOCOL = f"""
[study]
name = "Invented"
cutoff = {read_synthetic_cutoff()}
[source]
reader = "tables"
folder = "data"
{"".join(f'[source.{name}]{chr(10)}file = "{name}.csv"{chr(10)}' for name in LONG)}
[values.reason_started]
no_response = ["No response"]
partial_response = ["Partial response"]
flare = ["Flare"]
[values.end_reason]
adverse_event = ["Adverse event"]
ineffectiveness = ["Not effective"]
remission = ["Remission"]
patient_preference = ["Patient's wish"]
[roles]
anchor = {{ classes = ["jak_inhibitor"] }}
partner = {{ drugs = ["methotrexate"] }}
"""


def test_every_study_table_has_invented_rows_of_its_types() -> None:
    with connect() as engine:
        study = build_synthetic_study(engine, n_patients=200, seed=1)
        for declared in STUDY_TABLES:
            rows = engine.fetch(f"SELECT * FROM {study[declared.name]}")
            assert rows.schema.names == list(declared.names)
            assert [field.type for field in rows.schema] == [c.type.arrow for c in declared.columns]
            # Only a case table declares its pairs.
            assert (rows.num_rows == 0) == (declared.name in {"declared_pairs", *NOT_INVENTED})
            for column in declared.columns:
                levels = set(rows.column(column.name).to_pylist()) - {None}
                assert not column.levels or levels <= set(column.levels)


def test_only_what_was_asked_for_is_left_in_the_engine() -> None:
    with connect() as engine:
        study = build_synthetic_study(engine, n_patients=10, seed=1)
        left = (
            engine.fetch("SELECT table_name FROM information_schema.tables ORDER BY 1").column(0).to_pylist()
        )
    assert left == sorted(study)
    assert set(study) == {*(t.name for t in STUDY_TABLES), *TRUTH}


def test_another_engine_is_given_the_tables() -> None:
    class Other:
        def __init__(self) -> None:
            self.held: dict[str, pa.Table] = {}

        def load(self, name: str, table: pa.Table) -> TableName:
            self.held[name] = table
            return TableName(name)

    other = Other()
    names = build_synthetic_study(other, n_patients=20, seed=1)  # type: ignore[arg-type]  # nothing else is called
    assert set(names) == set(other.held)
    assert other.held["patients"].num_rows == 20


# Refusals.


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="is not empty"):
        write_synthetic_tables(tmp_path, n_patients=5, seed=1, format="csv")
    with pytest.raises(OutputError, match="is not a folder"):
        write_synthetic_tables(tmp_path / "notes.txt", n_patients=5, seed=1, format="csv")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    write_synthetic_tables(tmp_path / "study", n_patients=5, seed=1, format="csv", tables=["exposures"])
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["exposures.csv"]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables, "read_rows", fail)
    with pytest.raises(OutputError, match=r"No space left on device\. Nothing was left half-written"):
        write_synthetic_tables(tmp_path / "study", n_patients=5, seed=1, format="parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n_patients": 0}, "`n_patients` is 0; a study has at least 1 patient."),
        ({"seed": -1}, "`seed` is -1; it must not be negative."),
        ({"format": "xlsx"}, "`format` is 'xlsx'; it must be csv or parquet."),
        ({"tables": ["exposure"]}, "There is no invented table 'exposure'. There are: patients, exposures,"),
    ],
)
def test_what_cannot_be_invented_is_said(tmp_path: Path, arguments: Mapping[str, object], said: str) -> None:
    given: dict[str, object] = {"n_patients": 5, "seed": 1, "format": "csv", **arguments}
    with pytest.raises(UsageError, match=re.escape(said)):
        write_synthetic_tables(tmp_path / "study", **given)  # type: ignore[arg-type]  # wrong on purpose
    assert list(tmp_path.iterdir()) == []
