"""Who the patients of a CDM are, and from when to when each is observed."""

from pathlib import Path

import pytest
from omop_cdm import ADALIMUMAB, METHOTREXATE, TAKEN, Rows, period, person, read_cdm, supply

OBSERVED = ("patient_id", "observed_from", "observed_to")


def observed(tmp_path: Path, periods: Rows, supplies: Rows) -> list[tuple[object, ...]]:
    found = read_cdm(
        tmp_path, {"person": [person()], "observation_period": periods, "drug_exposure": supplies}
    )
    return found.rows("patients", *OBSERVED)


def test_a_patient_is_observed_in_the_period_of_the_first_anchor(tmp_path: Path) -> None:
    periods = [
        (1, 1, "2015-01-01", "2016-12-31"),
        (2, 1, "2018-01-01", "2019-12-31"),
        (3, 1, "2021-01-01", "2022-12-31"),
    ]
    supplies = [
        supply(1, METHOTREXATE, "2015-06-01", "2015-12-31"),
        supply(2, ADALIMUMAB, "2018-06-01", "2018-12-31"),
        supply(3, ADALIMUMAB, "2021-06-01", "2021-12-31"),
    ]
    found = read_cdm(
        tmp_path, {"person": [person()], "observation_period": periods, "drug_exposure": supplies}
    )
    assert found.rows("patients", *OBSERVED) == [("1", "2018-01-01", "2019-12-31")]
    assert found.rows("exposures", "source_row") == [(2,)]
    assert ("drug_exposure", "other_observation_period", 2, 1) in found.attrition
    assert ("observation_period", "other_observation_period", 2, 1) in found.attrition
    assert "other_observation_period" in found.codes("info")


def test_without_an_anchor_it_is_the_period_of_the_first_drug_of_the_study(tmp_path: Path) -> None:
    periods = [(1, 1, "2015-01-01", "2016-12-31"), (2, 1, "2018-01-01", "2019-12-31")]
    supplies = [
        supply(1, METHOTREXATE, "2018-06-01", "2018-12-31"),
        supply(2, METHOTREXATE, "2016-06-01", "2016-12-31"),
    ]
    assert observed(tmp_path, periods, supplies) == [("1", "2015-01-01", "2016-12-31")]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("2021-01-01", ("2020-01-01", "2021-12-31")),
        ("2020-06-01", ("2020-01-01", "2021-12-31")),
        ("2021-01-02", ("2020-01-01", "2020-12-31")),
    ],
)
def test_periods_that_overlap_or_adjoin_are_one(
    tmp_path: Path, second: str, expected: tuple[str, str]
) -> None:
    periods = [(1, 1, "2020-01-01", "2020-12-31"), (2, 1, second, "2021-12-31")]
    supplies = [supply(1, ADALIMUMAB, "2020-02-01", "2020-03-31")]
    assert observed(tmp_path, periods, supplies) == [("1", *expected)]


@pytest.mark.parametrize(
    ("start", "end", "is_used"),
    [
        ("2019-06-01", "2019-11-30", False),
        ("2019-06-01", "2020-01-01", True),
        ("2023-12-31", "2024-03-01", True),
        ("2024-01-01", "2024-03-01", False),
        ("2019-06-01", None, False),
    ],
)
def test_an_exposure_counts_if_it_has_a_day_in_the_period(
    tmp_path: Path, start: str, end: str | None, is_used: bool
) -> None:
    rows = [*TAKEN["drug_exposure"], supply(9, ADALIMUMAB, start, end)]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": rows})
    assert ((9,) in found.rows("exposures", "source_row")) == is_used
    assert (("drug_exposure", "outside_observation", 1, 1) in found.attrition) == (not is_used)


@pytest.mark.parametrize(
    ("end", "concept", "is_used"),
    [
        ("2019-12-31", ADALIMUMAB, True),
        ("2019-12-01", ADALIMUMAB, True),
        ("2019-11-30", ADALIMUMAB, False),
        ("2019-12-31", METHOTREXATE, False),
    ],
)
def test_a_supply_up_to_the_observation_of_a_drug_that_goes_on_is_the_same_treatment(
    tmp_path: Path, end: str, concept: int, is_used: bool
) -> None:
    """The grace period is 30 days; the observation begins on 1 January 2020."""
    rows = [supply(1, ADALIMUMAB, "2020-01-01", "2020-06-30"), supply(9, concept, "2019-11-01", end)]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": rows})
    assert ((9,) in found.rows("exposures", "source_row")) == is_used


def test_periods_without_dates_or_of_other_persons_are_counted(tmp_path: Path) -> None:
    periods = [period(), (2, 1, None, "2020-01-01"), (3, 1, "2020-01-01", "2019-01-01"), period(9)]
    found = read_cdm(tmp_path, {**TAKEN, "observation_period": periods})
    assert [step for step in found.attrition if step[0] == "observation_period"] == [
        ("observation_period", "read", 4, 2),
        ("observation_period", "end_before_start", 1, 1),
        ("observation_period", "missing_date", 1, 1),
        ("observation_period", "other_person", 1, 1),
        ("observation_period", "used", 1, 1),
    ]


def test_persons_who_took_no_drug_of_the_study_are_counted(tmp_path: Path) -> None:
    tables = {
        "person": [person(), person(2), person(3)],
        "observation_period": [period(), period(3)],
        "drug_exposure": [*TAKEN["drug_exposure"], supply(3, ADALIMUMAB, None, None, 3)],
    }
    found = read_cdm(tmp_path, tables)
    assert found.rows("patients", "patient_id") == [("1",)]
    assert [step for step in found.attrition if step[0] == "person"] == [
        ("person", "read", 3, 3),
        ("person", "no_exposure", 1, 1),
        ("person", "no_usable_exposure", 1, 1),
        ("person", "used", 1, 1),
    ]


def test_patients_are_numbered_by_their_identifiers_code_points(tmp_path: Path) -> None:
    numbers = (10, 9, 100, -3)
    tables = {
        "person": [person(n) for n in numbers],
        "observation_period": [period(n) for n in numbers],
        "drug_exposure": [supply(n, ADALIMUMAB, "2021-01-01", "2021-12-31", n) for n in numbers],
    }
    found = read_cdm(tmp_path, tables)
    keyed = {row["patient_key"]: row["patient_id"] for row in found.tables["patients"]}
    assert [keyed[key] for key in sorted(keyed)] == sorted(map(str, numbers))


@pytest.mark.parametrize(
    ("row", "sex", "birth", "code"),
    [
        ((1, 8532, 1980, 3, 31, None), "female", "1980-03-31", ""),
        ((1, 8507, 1980, 2, 29, None), "male", "1980-02-29", ""),
        ((1, 8521, 1980, None, None, "1980-09-09"), "other", "1980-09-09", ""),
        ((1, 0, 1980, 3, None, None), None, "1980-03-01", "birth_reckoned"),
        ((1, None, 1980, None, None, None), None, "1980-06-15", "birth_reckoned"),
        ((1, 8551, 1980, None, 31, None), None, "1980-06-15", "birth_reckoned"),
        ((1, 8532, 1981, 2, 29, None), "female", "1981-02-01", "birth_reckoned"),
        ((1, 8532, None, None, None, None), "female", None, ""),
        ((1, 8532, 1899, 1, 1, None), "female", None, "implausible_birth"),
        ((1, 8532, 2025, 1, 1, None), "female", None, "implausible_birth"),
    ],
)
def test_sex_and_birth_follow_the_conventions_of_the_cdm(
    tmp_path: Path, row: tuple[object, ...], sex: str | None, birth: str | None, code: str
) -> None:
    found = read_cdm(tmp_path, {**TAKEN, "person": [row]})
    assert found.rows("patients", "sex", "birth_day") == [(sex, birth)]
    said = {f.code for f in found.findings} & {"birth_reckoned", "implausible_birth"}
    assert said == ({code} if code else set())


def test_the_first_recorded_death_counts_and_one_before_the_birth_does_not(tmp_path: Path) -> None:
    deaths = [(1, "2022-05-01"), (1, "2022-04-01"), (1, None), (2, "2022-01-01")]
    found = read_cdm(tmp_path / "a", {**TAKEN, "death": deaths})
    assert found.rows("patients", "death_day") == [("2022-04-01",)]
    assert [step for step in found.attrition if step[0] == "death"] == [
        ("death", "read", 4, 2),
        ("death", "missing_date", 1, 1),
        ("death", "other_person", 1, 1),
        ("death", "used", 2, 1),
    ]
    odd = read_cdm(tmp_path / "b", {**TAKEN, "death": [(1, "1970-01-01")]})
    assert odd.rows("patients", "birth_day", "death_day") == [(None, None)]
    assert "implausible_birth" in odd.codes("warning")


def test_without_a_cutoff_the_last_observed_day_is_taken(tmp_path: Path) -> None:
    found = read_cdm(tmp_path, TAKEN, study='[study]\nname = "Invented"\n')
    assert [(f.code, f.column, f.value) for f in found.findings if f.code == "cutoff_taken"] == [
        ("cutoff_taken", "observation_period_end_date", "2023-12-31")
    ]
    assert found.latest_day == 19722  # 2023-12-31
