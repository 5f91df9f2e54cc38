"""Bad input in dated tables: a finding before any episode is built, and every row counted."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import Ran, cotreat, csv_rows, digests

HEADINGS = "patient_id,drug,start_date,end_date"
GOOD = "1,baricitinib,2023-01-01,2023-06-30"
PROTOCOL = """
[study]
name = "A small study"
cutoff = 2024-12-31
[source]
reader = "tables"
{patients}
[source.exposures]
file = "{file}"
[values.drug]
{drugs}
[roles]
anchor = {{ drugs = ["baricitinib"] }}
partner = {{ drugs = [{partners}] }}
"""


def write_study(
    folder: Path,
    *rows: str,
    file: str = "exposures.csv",
    patients: str = "",
    partners: Sequence[str] = ("methotrexate",),
) -> Path:
    """A study of one table of exposures; further partners are drugs of the study's own."""
    folder.mkdir(parents=True, exist_ok=True)
    if rows:
        (folder / file).write_text("\n".join([HEADINGS, *rows, ""]), encoding="utf-8")
    if patients:
        (folder / "patients.csv").write_text(patients, encoding="utf-8")
    study = folder / "study.toml"
    study.write_text(
        PROTOCOL.format(
            file=file,
            patients='[source.patients]\nfile = "patients.csv"' if patients else "",
            drugs="\n".join(f'{drug} = ["{drug}"]' for drug in partners if drug != "methotrexate"),
            partners=", ".join(f'"{drug}"' for drug in partners),
        ),
        encoding="utf-8",
    )
    return study


def refused(study: Path, code: int, *said: str) -> Ran:
    """A run that says why in one message and makes no results."""
    out = study.parent.parent / "report"
    before = digests(study.parent)
    ran = cotreat("run", study, "--out", out).requires(code)
    assert ran.err.startswith("cotreat: ")
    assert "Traceback" not in ran.err
    for text in said:
        assert text in ran.err
    assert sorted(digests(out) if out.exists() else {}) == (["findings.csv"] if code == 1 else [])
    assert digests(study.parent) == before
    return ran


@pytest.mark.parametrize(
    ("row", "column", "code", "said"),
    [
        (
            "2,baricitinib,2023-02-01,2023-01-31",
            "end_date",
            "end_before_start",
            "The end is before the start.",
        ),
        (",baricitinib,2023-02-01,2023-05-01", "patient_id", "missing_patient", "The row has no patient."),
        ("2,baricitinib,,2023-05-01", "start_date", "missing_start_date", "The row has no start date."),
        ("2,,2023-02-01,2023-05-01", "drug", "missing_drug", "The row has no drug."),
        (
            "2,baricitinib,0202-02-01,2023-05-01",
            "start_date",
            "implausible_date",
            "before 1900 or after 2100",
        ),
        ("2,baricitinib,2023-02-01,3023-05-01", "end_date", "implausible_date", "before 1900 or after 2100"),
        ("2,baricitinib,2023-02-30,2023-05-01", "start_date", "date_not_read", "not a date of the calendar"),
        ("2,baricitinib,2023-02-01,soon", "end_date", "date_not_read", "not a date of the calendar"),
    ],
)
def test_a_row_that_cannot_be_used_stops_the_run(
    tmp_path: Path, row: str, column: str, code: str, said: str
) -> None:
    study = write_study(tmp_path / "study", GOOD, row)
    refused(study, 1, f"exposures.csv, row 3, {column}: ", said, "nothing else was written")
    (error,) = csv_rows(tmp_path / "report" / "findings.csv")
    assert (error["severity"], error["code"], error["row"], error["column"]) == ("error", code, "3", column)
    assert error["what_to_do"]


def test_every_bad_row_is_said_in_one_go(tmp_path: Path) -> None:
    study = write_study(
        tmp_path / "study",
        GOOD,
        "2,baricitinib,2023-02-01,2023-01-31",
        ",baricitinib,2023-02-01,2023-05-01",
        "2,baricitinib,0202-02-01,2023-05-01",
    )
    refused(study, 1, "The data have 3 errors")
    assert [row["row"] for row in csv_rows(tmp_path / "report" / "findings.csv")] == ["3", "4", "5"]


def run(study: Path) -> tuple[list[dict[str, str]], Mapping[tuple[str, str], tuple[int, int]]]:
    """Findings of a run, and rows and patients by table and reason."""
    out = study.parent.parent / "report"
    cotreat("run", study, "--out", out).requires(0)
    counts = json.loads((out / "run.json").read_text(encoding="utf-8"))["counts"]
    assert [row["step"] for row in counts] == list(range(1, len(counts) + 1))
    return csv_rows(out / "findings.csv"), {
        (row["table"], row["reason"]): (row["rows"], row["patients"]) for row in counts
    }


def test_a_start_after_the_cutoff_is_left_out_and_counted(tmp_path: Path) -> None:
    findings, counts = run(write_study(tmp_path / "study", GOOD, "2,baricitinib,2025-01-01,2025-02-01"))
    assert [(f["severity"], f["code"], f["row"]) for f in findings] == [
        ("warning", "start_after_cutoff", "3")
    ]
    assert counts["exposures", "start_after_cutoff"] == (1, 1)
    assert counts["eras", "used"] == (1, 1)


def test_a_start_after_the_end_of_a_patients_observation_is_counted(tmp_path: Path) -> None:
    patients = "patient_id,observed_to,death_date\n1,2023-03-31,\n2,,2023-03-31\n"
    study = write_study(
        tmp_path / "study",
        GOOD,
        "1,methotrexate,2023-04-01,2023-06-30",
        "2,baricitinib,2023-04-01,2023-06-30",
        patients=patients,
    )
    _, counts = run(study)
    assert counts["eras", "after_observation_end"] == (2, 2)
    assert counts["eras", "used"] == (1, 1)


def test_an_unknown_drug_and_one_without_a_role_are_kept_reported_and_counted(tmp_path: Path) -> None:
    study = write_study(
        tmp_path / "study",
        GOOD,
        "1,methotrexste,2023-02-01,2023-05-01",
        "1,omalizumab,2023-02-01,2023-05-01",
        "1,foozumab,2023-02-01,2023-05-01",
    )
    findings, counts = run(study)
    unknown = {f["value"]: f for f in findings if f["code"] == "unknown_drug"}
    assert set(unknown) == {"methotrexste", "foozumab"}
    assert "perhaps methotrexate is meant" in unknown["methotrexste"]["why"]
    # A known drug without a role is not unknown; none of the three is lost.
    assert counts["exposures", "used"] == (4, 1)
    assert counts["eras", "no_role"] == (3, 1)
    assert counts["eras", "used"] == (1, 1)
    said = cotreat("check", study).requires(0).out
    assert "exposures, not followed: 3 drugs, 3 rows" in said


def test_exact_duplicates_are_counted_and_count_once(tmp_path: Path) -> None:
    study = write_study(
        tmp_path / "study",
        GOOD,
        GOOD,
        "1,Baricitinib,2023-01-01,20230630",  # the same, written differently
        "1,baricitinib,2023-01-01,2023-07-31",
        "1,methotrexate,2023-03-01,2023-06-30",
    )
    findings, counts = run(study)
    assert [(f["code"], f["row"]) for f in findings] == [("duplicate", "3")]
    assert counts["exposures", "duplicate"] == (1, 1)
    assert counts["eras", "duplicate"] == (1, 1)
    assert counts["eras", "used"] == (3, 1)
    (pair,) = pq.read_table(tmp_path / "report" / "episodes" / "pairs.parquet").to_pylist()
    assert pair["duration_days"] == 122  # 1 March to 30 June


@pytest.mark.parametrize("n_partners", [51, 52])
def test_at_most_52_drugs_can_be_followed(tmp_path: Path, n_partners: int) -> None:
    partners = [f"drug_{n:02d}" for n in range(n_partners)]
    rows = [f"1,{drug},2023-03-01,2023-06-30" for drug in partners]
    study = write_study(tmp_path / "study", GOOD, *rows, partners=partners)
    if n_partners == 51:
        run(study)
        assert pq.read_table(tmp_path / "report" / "episodes" / "pairs.parquet").num_rows == 51
    else:
        refused(study, 2, "53 drugs have a role; at most 52 can be followed", "[roles]")


@pytest.mark.parametrize(
    "ids",
    [pa.array([7, 8], pa.int64()), pa.array([7.0, 8.0]), pa.array(["7", "8"])],
    ids=["int", "real", "text"],
)
def test_a_patient_who_is_a_number_in_one_file_and_text_in_another_is_one(
    tmp_path: Path, ids: pa.Array
) -> None:
    study = write_parquet_study(tmp_path / "study", ids)
    findings, counts = run(study)
    assert findings == []
    assert counts["patients", "read"] == counts["exposures", "used"] == (2, 2)


def test_a_patient_who_is_written_in_two_ways_is_said(tmp_path: Path) -> None:
    study = write_parquet_study(tmp_path / "study", pa.array(["007", "8"]))
    findings, _ = run(study)
    forms = [f for f in findings if f["code"] == "patient_id_forms"]
    assert [(f["severity"], f["value"]) for f in forms] == [
        ("warning", "007 (exposures.parquet), 7 (patients.csv)")
    ]
    assert {f["code"] for f in findings} == {
        "patient_id_forms",
        "patient_not_listed",
        "patient_without_exposure",
    }


def write_parquet_study(folder: Path, ids: pa.Array) -> Path:
    """Exposures in Parquet, patients 7 and 8 in CSV."""
    study = write_study(folder, file="exposures.parquet", patients="patient_id,sex\n7,female\n8,male\n")
    days = {"start_date": ["2023-01-01"] * 2, "end_date": ["2023-06-30"] * 2}
    pq.write_table(
        pa.table({"patient_id": ids, "drug": ["baricitinib"] * 2, **days}), folder / "exposures.parquet"
    )
    return study
