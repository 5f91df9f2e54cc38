"""`cotreat episodes` of bad input: one message, nothing half-written, every row counted."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import cotreat, csv_rows

PROTOCOL = """
[study]
name = "A small study"
cutoff = 2024-12-31
[source]
reader = "tables"
[source.patients]
file = "patients.csv"
[source.exposures]
file = "{file}"
{source}
[values.drug]
{drugs}
[roles]
anchor = {{ drugs = ["baricitinib"] }}
partner = {{ drugs = [{partners}] }}
{rest}
"""
HEADINGS = "patient_id,drug,start_date,end_date"
GOOD = "1,baricitinib,2023-01-01,2023-06-30"
BAD = {
    "end_before_start": "2,baricitinib,2023-02-01,2023-01-31",
    "missing_patient": ",baricitinib,2023-02-01,2023-05-01",
    "missing_start_date": "2,baricitinib,,2023-05-01",
    "implausible_date": "2,baricitinib,0202-02-01,2023-05-01",
    "implausible_date ": "2,baricitinib,2023-02-01,3023-05-01",
}


def write_study(
    folder: Path,
    *,
    file: str = "exposures.csv",
    source: str = "",
    partners: int = 0,
    rest: str = "",
) -> Path:
    drugs = [f"drug_{n:02d}" for n in range(partners)]
    text = PROTOCOL.format(
        file=file,
        source=source,
        drugs="\n".join(f'{drug} = ["{drug}"]' for drug in drugs),
        partners=", ".join(f'"{drug}"' for drug in ["methotrexate", *drugs]),
        rest=rest,
    )
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "patients.csv").write_text("patient_id,sex\n1,female\n2,male\n", encoding="utf-8")
    return path


def write_rows(folder: Path, *rows: str, headings: str = HEADINGS) -> None:
    (folder / "exposures.csv").write_text("\n".join([headings, *rows, ""]), encoding="utf-8")


def counts_of(out: Path) -> dict[tuple[str, str], tuple[int, int]]:
    counts = json.loads((out / "run.json").read_text(encoding="utf-8"))["counts"]
    assert [row["step"] for row in counts] == list(range(1, len(counts) + 1))
    return {(row["table"], row["reason"]): (row["rows"], row["patients"]) for row in counts}


def test_rows_that_cannot_be_used_are_all_said_and_nothing_else_is_written(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    write_rows(tmp_path, GOOD, *BAD.values())
    out = tmp_path / "out"
    ran = cotreat("episodes", study, "--out", out).requires(1)
    assert ran.err.startswith("cotreat: ")
    assert "The data have 5 errors" in ran.err
    assert "Traceback" not in ran.err
    found = [(row["severity"], row["code"], row["row"]) for row in csv_rows(out / "findings.csv")]
    expected = [("error", code.strip(), str(row)) for row, code in enumerate(BAD, start=3)]
    assert [one for one in found if one[0] == "error"] == expected
    assert [path.name for path in out.iterdir()] == ["findings.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "exposures.csv",
        "out",
        "patients.csv",
        "study.toml",
    ]


@pytest.mark.parametrize("is_number", [True, False], ids=["number", "text"])
def test_what_can_be_used_is_and_the_rest_is_counted(tmp_path: Path, is_number: bool) -> None:
    """After the cut-off, an unknown drug, a copy; a patient is a number in one file and text in the other."""
    rows = [
        (1, "baricitinib", "2023-01-01", "2023-06-30"),
        (1, "baricitinib", "2023-01-01", "2023-06-30"),
        (1, "methotrexate", "2023-03-01", "2023-06-30"),
        (2, "baricitinib", "2025-01-01", "2025-02-01"),
        (2, "foozumab", "2023-02-01", "2023-05-01"),
    ]
    columns = dict(zip(HEADINGS.split(","), zip(*rows, strict=True), strict=True))
    patients = pa.array(columns["patient_id"], pa.int64())
    columns["patient_id"] = patients if is_number else patients.cast(pa.string())
    pq.write_table(pa.table(columns), tmp_path / "exposures.parquet")
    study = write_study(tmp_path, file="exposures.parquet")
    ran = cotreat("episodes", study, "--out", tmp_path / "out").requires(0)
    assert "pairs.parquet: 1 row\n" in ran.out
    found = {(row["severity"], row["code"]) for row in csv_rows(tmp_path / "out" / "findings.csv")}
    assert found == {("info", "duplicate"), ("info", "unknown_drug"), ("warning", "start_after_cutoff")}
    counts = counts_of(tmp_path / "out")
    assert {place: n for place, n in counts.items() if place[0] != "patients"} == {
        ("exposures", "read"): (5, 2),
        ("exposures", "duplicate"): (1, 1),
        ("exposures", "start_after_cutoff"): (1, 1),
        ("exposures", "used"): (3, 2),
        ("eras", "read"): (3, 2),
        ("eras", "no_role"): (1, 1),
        ("eras", "used"): (2, 1),
        ("ends", "recorded"): (2, 1),
    }


def test_more_than_52_drugs_in_roles_are_a_protocol_error(tmp_path: Path) -> None:
    study = write_study(tmp_path, partners=52)
    write_rows(tmp_path, GOOD, *(f"1,drug_{n:02d},2023-03-01,2023-06-30" for n in range(52)))
    for command in (("episodes", study, "--out", tmp_path / "out"), ("check", study)):
        ran = cotreat(*command).requires(2)
        assert ran.err.startswith("cotreat: 53 drugs have a role; at most 52 can be followed.")
        assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


ENDS = """
[episodes]
stockpiling = true
"""
SUPPLIES = (
    "1,methotrexate,2023-01-01,2023-01-31,,,",
    "1,methotrexate,2023-02-01,,30,,",
    "1,methotrexate,2023-02-21,,30,,",
    "1,methotrexate,2023-06-01,,,30,15 mg/week",
    "1,methotrexate,2023-08-01,,,,",
    "1,methotrexate,2023-10-01,,,,",
    "2,baricitinib,2023-01-01,,,,",
)


def test_where_ends_come_from_is_counted_the_same_by_every_command(tmp_path: Path) -> None:
    headings = f"{HEADINGS},days_supply,quantity_mg,dose"
    write_rows(tmp_path, *SUPPLIES, headings=headings)
    study = write_study(tmp_path, source='no_end = "until_next"', rest=ENDS)
    expected = {"recorded": 1, "supply": 3, "until_next": 1, "ongoing": 2, "carried_over": 1}
    said = cotreat("check", study).requires(0).out
    assert (
        "ends: recorded 1 row (1 patient); from supply 3 rows (1 patient); until the next record 1 row "
        "(1 patient); ongoing 2 rows (2 patients); and carried over to when the supply before ran out 1 row"
    ) in said
    for command in ("episodes", "run"):
        out = tmp_path / command
        cotreat(command, study, "--out", out).requires(0)
        ends = {reason: n for (table, reason), (n, _) in counts_of(out).items() if table == "ends"}
        assert ends == expected
        (finding,) = [f for f in csv_rows(out / "findings.csv") if f["code"] == "supply_from_quantity"]
        assert (finding["severity"], finding["row"], finding["column"]) == ("info", "5", "quantity_mg")
        assert "in 1 cell," in finding["why"]
    study = write_study(tmp_path, source="no_end = { days = 90 }")
    assert "a fixed length 3 rows (2 patients)" in cotreat("check", study).requires(0).out
