"""Where small counts are not shown, no file holds rows about persons unless the protocol asks for it."""

import csv
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
from commands import LETTER, cotreat, digests

ROWS = {"episodes/pairs.parquet", "episodes/courses.parquet"}


def letter(folder: Path, more: str, *, broken: bool = False) -> Path:
    """The letter's study (ten findings that name a row), with more in its protocol."""
    shutil.copytree(LETTER, folder)
    study = folder / "study.toml"
    study.write_text(f"{study.read_text(encoding='utf-8')}\n{more}\n", encoding="utf-8")
    if broken:
        table = folder / "table1.csv"
        table.write_text(
            table.read_text(encoding="utf-8").replace("Dupilumab", "Dupilubad"), encoding="utf-8"
        )
    return study


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def left_out(out: Path) -> dict[str, str]:
    return json.loads((out / "run.json").read_text(encoding="utf-8"))["left_out"]


def test_no_row_about_a_person_of_a_database_is_written(tmp_path: Path) -> None:
    study = letter(tmp_path / "study", "[disclosure]\nprivate_files = false")
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace('kind = "case_series"', 'kind = "database"'), encoding="utf-8")
    out = tmp_path / "out"
    cotreat("run", study, "--out", out).requires(0)
    files = set(digests(out))
    assert not [name for name in files if name.endswith(".parquet") or name.startswith("private")]
    found = rows(out / "findings.csv")
    assert found
    assert not [f for f in found if f["row"]]
    assert {f["why"] for f in found} >= {"Fewer than 5 rows."}
    assert "smg" not in (out / "findings.csv").read_text(encoding="utf-8")
    assert "private_files = true" in left_out(out)["episodes/*.parquet, rows in findings.csv"]


def test_an_audit_does_not_give_away_what_is_not_shown(tmp_path: Path) -> None:
    study = letter(tmp_path / "study", "[disclosure]\nminimum_count = 5")
    manuscript = tmp_path / "manuscript.md"
    manuscript.write_text("# Results\n\nThe study includes 18 patients.\n", encoding="utf-8")
    ran = cotreat("audit", manuscript, "--study", study, "--out", tmp_path / "audit").requires(2)
    assert "does not show counts below 5" in ran.err
    assert not (tmp_path / "audit").exists()
    text = study.read_text(encoding="utf-8")
    study.write_text(f"{text}private_files = true\n", encoding="utf-8")
    cotreat("audit", manuscript, "--study", study, "--out", tmp_path / "audit").requires(0)


def test_the_protocol_can_ask_for_private_files(tmp_path: Path) -> None:
    study = letter(tmp_path / "study", "[disclosure]\nminimum_count = 5\nprivate_files = true")
    out = tmp_path / "out"
    cotreat("run", study, "--out", out).requires(0)
    private = {f"private/{name}" for name in ROWS} | {"private/findings.csv"}
    assert {name for name in digests(out) if name.endswith(".parquet") or "private" in name} == private
    assert pq.read_table(out / "private" / "episodes" / "pairs.parquet").num_rows == 22
    assert [f["row"] for f in rows(out / "private" / "findings.csv") if f["code"] == "dose_not_read"] == [
        "21"
    ]
    assert not [f for f in rows(out / "findings.csv") if f["row"]]
    assert "episodes/*.parquet, rows in findings.csv" not in left_out(out)
    facts = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert facts["protocol"]["disclosure"] == {"minimum_count": 5, "private_files": True}


def test_a_study_that_its_findings_stop_names_rows_on_the_screen_only(tmp_path: Path) -> None:
    """And the folder that it leaves can be written again."""
    more = "[disclosure]\nminimum_count = 5\nprivate_files = true"
    study = letter(tmp_path / "study", more, broken=True)
    for _ in range(2):
        ran = cotreat("run", study, "--out", tmp_path / "out").requires(1)
        assert "row 2" in ran.err
        assert "counted, without their rows" in ran.err
        assert not [f for f in rows(tmp_path / "out" / "findings.csv") if f["row"]]
        assert [f["row"] for f in rows(tmp_path / "out" / "private" / "findings.csv") if f["row"]]
