"""Events of special interest and risks: which terms make them up, and of whom they are unknown."""

from pathlib import Path

import pytest
from long_table_study import write_study

from cotreat import ProtocolError
from cotreat.analysis.estimates import estimate
from cotreat.study import read_open_study

EXPOSURES = """patient_id,drug,start_date,end_date
1,adalimumab,2023-01-01,2023-12-31
1,methotrexate,2023-04-11,2023-12-31
2,adalimumab,2023-01-01,2023-12-31
2,methotrexate,2023-04-11,2023-12-31
3,adalimumab,2023-01-01,2023-12-31
3,methotrexate,2023-04-11,2023-12-31
"""
SOURCE = """[source.exposures]
file = "exposures.csv"
[source.adverse_events]
file = "events.csv"
[source.patients]
file = "patients.csv"
[source.conditions]
file = "conditions.csv"
"""
EVENTS = """patient_id,term,onset_date,serious
1,herpes zoster,2023-05-01,no
2,strange new thing,2023-05-01,no
3,nausea,2023-05-01,no
"""
# Old, a former smoker; young, nothing recorded; young, a smoker only after the combination had begun.
PATIENTS = """patient_id,birth_date
1,1950-01-01
2,1990-01-01
3,1990-01-01
"""
CONDITIONS = """patient_id,term,kind,start_date
1,former smoker,risk_factor,2000-01-01
3,smoker,risk_factor,2023-06-01
"""


class Asked:
    """Patients who have a level, of how many, and of how many it is unknown."""

    def __init__(self, folder: Path, safety: str = "", lists: str = "") -> None:
        files = {
            "exposures.csv": EXPOSURES,
            "events.csv": EVENTS,
            "patients.csv": PATIENTS,
            "conditions.csv": CONDITIONS,
        }
        path = write_study(folder, files, source=SOURCE)
        path.write_text(path.read_text(encoding="utf-8") + safety, encoding="utf-8")
        if lists:
            (folder / "lists.csv").write_text(lists, encoding="utf-8")
        with read_open_study(path) as study:
            self._found = [
                e
                for measure in ("aesi", "risk_flag")
                for by in ("", "risk_flag")
                if measure == "aesi" or not by
                for e in estimate(
                    study.engine, study.tables, measure=measure, unit="patient", statistic="count", by=by
                )
            ]

    def count(self, measure: str, level: str, group: str = "") -> tuple[int | None, int | None, int | None]:
        (one,) = [e for e in self._found if (e.measure, e.level, e.group) == (measure, level, group)]
        return one.numerator, one.denominator, one.n_missing

    @property
    def levels(self) -> set[str]:
        return {e.level for e in self._found if e.measure == "aesi"}


def test_a_term_that_nobody_knows_may_be_any_of_them(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    assert asked.count("aesi", "herpes_zoster") == (1, 2, 1)
    assert asked.count("aesi", "mace") == (0, 2, 1)
    # It was not serious, so it is no serious infection.
    assert asked.count("aesi", "serious_infection") == (0, 3, 0)


def test_a_term_that_is_named_as_none_is_none(tmp_path: Path) -> None:
    asked = Asked(tmp_path, '[safety.aesi]\nnone = ["Strange new thing"]\n')
    assert asked.count("aesi", "herpes_zoster") == (1, 3, 0)


def test_the_lists_of_a_file_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    """A term is matched as it is spelled, or as the level that it is a spelling of."""
    lists = "aesi,term,needs\nodd,STRANGE new thing,\nherpes,Zoster,\nbad,nausea,serious\n"
    asked = Asked(tmp_path, '[safety]\naesi_file = "lists.csv"\n', lists)
    assert asked.levels == {"odd", "herpes", "bad"}
    assert asked.count("aesi", "odd") == (1, 3, 0)
    assert asked.count("aesi", "herpes") == (1, 3, 0)
    assert asked.count("aesi", "bad") == (0, 3, 0)


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ("level,term\na,b\n", "needs the columns `aesi` and `term`"),
        ("aesi,term\nHerpes Zoster,zoster\n", "line 2: 'Herpes Zoster' is no level"),
        ("aesi,term\nherpes,\n", "line 2: `term` is empty"),
        ("aesi,term,needs\nherpes,zoster,hospital\n", "line 2: `needs` is 'hospital'"),
    ],
)
def test_a_file_of_lists_that_says_nothing_is_refused(tmp_path: Path, lists: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        Asked(tmp_path, '[safety]\naesi_file = "lists.csv"\n', lists)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"lists\.csv cannot be used: No such file"):
        Asked(tmp_path, '[safety]\naesi_file = "lists.csv"\n')


def test_risks_are_those_of_the_first_day_of_the_combination(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    assert asked.count("risk_flag", "age_65") == (1, 3, 0)
    # Of the second patient nothing is recorded; the third smoked later only.
    assert asked.count("risk_flag", "smoker") == (1, 2, 1)
    assert asked.count("risk_flag", "any") == (1, 2, 1)
    assert asked.count("aesi", "herpes_zoster", "risk_flag=smoker") == (1, 1, 0)
    assert asked.count("aesi", "herpes_zoster", "risk_flag=none") == (0, 1, 0)
