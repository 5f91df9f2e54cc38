"""Response criteria of a protocol: shipped, its own, of a file; and what makes no sense."""

from pathlib import Path

import pytest
from long_table_study import ROW, exposures, read_files, write_study

from cotreat.errors import ProtocolError
from cotreat.protocol import read_protocol, read_study_criteria


def study(folder: Path, response: str, files: dict[str, str] | None = None) -> Path:
    return write_study(folder, {"e.csv": exposures(ROW), **(files or {})}, rest=f"[response]\n{response}")


def criteria(folder: Path, response: str, files: dict[str, str] | None = None) -> list[str]:
    return [found.criterion for found in read_study_criteria(read_protocol(study(folder, response, files)))]


def test_they_come_in_the_order_of_the_protocol(tmp_path: Path) -> None:
    assert criteria(tmp_path, 'criteria = ["pasi90", "dlqi_0_1"]') == ["pasi90", "dlqi_0_1"]


def test_one_of_its_own_is_used_without_being_named_twice(tmp_path: Path) -> None:
    own = 'criteria = ["salt50"]\n[response.own.salt30]\ninstrument = "salt"\npercent = 30\n'
    assert criteria(tmp_path, own) == ["salt50", "salt30"]


def test_a_file_has_the_headings_of_the_vocabulary(tmp_path: Path) -> None:
    file = "criterion,instrument,percent\nsalt30,salt,30\nsalt50,salt,55\n"
    found = read_study_criteria(
        read_protocol(
            study(tmp_path, 'criteria = ["salt30", "salt50"]\ncriteria_file = "own.csv"', {"own.csv": file})
        )
    )
    assert [(c.criterion, c.percent) for c in found] == [("salt30", 30), ("salt50", 55)]


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (
            'criteria = ["pasi_90"]',
            "`response.criteria` names 'pasi_90', which is no criterion; did you mean",
        ),
        ('[response.own.x]\ninstrument = "salt"', "`x` asks nothing"),
        ('[response.own.x]\ninstrument = "salt"\nat_least = 20', "a lower salt is better: use `at_most`"),
        ('[response.own.x]\ninstrument = "salt"\npercent = 0', "`percent` that is not above 0"),
        ('[response.own.x]\ninstrument = "salt"\npoints = -1', "`points` that are not above 0"),
        (
            '[response.own.x]\ninstrument = "q"\nat_least = 2\nat_most = 3',
            "has both `at_most` and `at_least`",
        ),
        ('criteria_file = "none.csv"', "cannot be used: No such file"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_message(tmp_path: Path, response: str, said: str) -> None:
    with pytest.raises(ProtocolError) as told:
        read_protocol(study(tmp_path, response))
    assert said in str(told.value)
    assert "study.toml" in str(told.value)


def test_a_file_that_is_no_table_of_criteria_is_refused(tmp_path: Path) -> None:
    for file, said in (
        ("a,b\n1,2\n", "has no column `criterion`"),
        ("criterion,instrument,percent\nx,salt,y\n", "'y'"),
    ):
        folder = tmp_path / said[-3:].strip("`'")
        folder.mkdir()
        with pytest.raises(ProtocolError, match=said):
            read_protocol(study(folder, 'criteria = ["x"]\ncriteria_file = "own.csv"', {"own.csv": file}))


def test_a_judgement_says_what_was_judged(tmp_path: Path) -> None:
    visits = "patient_id,date,response,context\n1,2020-02-01,partial,Monotherapy\n1,2020-03-01,complete,\n"
    found = read_files(
        tmp_path,
        {"e.csv": exposures(ROW), "a.csv": visits},
        source='[source.assessments]\nfile = "a.csv"\n[source.exposures]\nfile = "e.csv"',
    )
    assert found.rows("assessments", "response", "context") == [
        ("partial", "monotherapy"),
        ("complete", None),
    ]
