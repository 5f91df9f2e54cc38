"""The headline numbers under other choices, through the command line."""

import csv
from pathlib import Path

import pytest

from acceptance.commands import LETTER, cotreat

Row = dict[str, str]


def study(folder: Path, lines: str) -> Path:
    text = (LETTER / "study.toml").read_text(encoding="utf-8").partition("[sensitivity]")[0]
    (folder / "study.toml").write_text(f"{text}[sensitivity]\n{lines}\n", encoding="utf-8")
    (folder / "table1.csv").write_bytes((LETTER / "table1.csv").read_bytes())
    return folder / "study.toml"


def rows(out: Path) -> list[Row]:
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# doi:10.1016/j.ad.2025.02.025: cases 11 and 16 lasted half a month; one of them responded completely.
# Cases 7 and 8 are one man who took both partners at once, with a complete response in both.
def test_short_courses_parallel_partners_and_units_of_the_letter(tmp_path: Path) -> None:
    made = study(
        tmp_path,
        'short_courses = ["counted", "left_out"]\nparallel_partners = ["apart", "merged"]\n'
        'unit_of_analysis = ["pair", "patient_first"]',
    )
    done = cotreat("run", made, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    found = {
        (*row["group"].replace("parallel_partners=", "").replace("short_courses=", "").split(" & "),): {
            (other["unit_of_analysis"], other["rule"]): (int(other["numerator"]), int(other["denominator"]))
            for other in rows(tmp_path / "out")
            if (other["measure"], other["group"]) == ("response", row["group"])
        }
        for row in rows(tmp_path / "out")
        if row["measure"] == "response" and "short_courses=" in row["group"]
    }
    pair, course, patient = ("pair", ""), ("course", "best"), ("patient", "first")
    assert found == {
        ("apart", "counted"): {pair: (14, 22), patient: (11, 18)},
        ("apart", "left_out"): {pair: (13, 20), patient: (10, 16)},
        ("merged", "counted"): {course: (13, 21), patient: (11, 18)},
        ("merged", "left_out"): {course: (12, 19), patient: (10, 16)},
    }
    assert (tmp_path / "out" / "figures" / "multiverse.svg").exists()
    table = (tmp_path / "out" / "tables" / "multiverse.csv").read_text(encoding="utf-8-sig")
    assert "parallel partners merged" in table


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("grace_period = [0, 30]", "a case table declares its combinations"),
        ("grace = [0, 30]", "unknown key `sensitivity.grace`"),
        ("min_overlap = [0]", "`sensitivity.min_overlap.0`"),
        (
            'parallel_partners = ["merged"]\nunit_of_analysis = ["course"]',
            "merges parallel partners by itself",
        ),
        (f"min_overlap = {list(range(1, 202))}", "at most 200 are computed"),
    ],
)
def test_choices_that_cannot_be_made(tmp_path: Path, lines: str, said: str) -> None:
    done = cotreat("run", study(tmp_path, lines), "--out", tmp_path / "out")
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()
