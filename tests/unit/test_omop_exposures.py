"""Exposures of a CDM: which rows are used, until when each lasts, and what is told of the others."""

from pathlib import Path

import pytest
from omop_cdm import (
    ADALIMUMAB,
    BOTH,
    METHOTREXATE,
    ONE_PERSON,
    OTHER,
    TAKEN,
    period,
    person,
    read_cdm,
    supply,
)

ROWS = ("source_row", "drug", "start_day", "end_day", "end_rule")


def test_rows_of_the_studys_drugs_are_exposures_and_others_are_counted(tmp_path: Path) -> None:
    rows = [
        *TAKEN["drug_exposure"],
        supply(3, OTHER, "2021-01-01", "2021-01-31"),
        supply(4, 0, "2021-01-01", None),
    ]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": rows})
    assert found.rows("exposures", *ROWS) == [
        (1, "adalimumab", "2021-01-01", "2021-12-31", "supply"),
        (2, "methotrexate", "2021-03-01", "2021-06-30", "supply"),
    ]
    assert [row for row in found.attrition if row[0] == "drug_exposure"] == [
        ("drug_exposure", "read", 4, 1),
        ("drug_exposure", "no_concept", 1, 1),
        ("drug_exposure", "other_drug", 1, 1),
        ("drug_exposure", "used", 2, 1),
    ]
    assert found.codes("warning") == found.codes("error") == []


def test_a_product_with_two_drugs_is_an_exposure_of_each_and_one_row(tmp_path: Path) -> None:
    rows = [supply(7, BOTH, "2021-01-01", "2021-12-31")]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": rows})
    assert found.rows("exposures", "source_row", "drug") == [(7, "adalimumab"), (7, "methotrexate")]
    assert len({row["exposure_key"] for row in found.tables["exposures"]}) == 2
    assert ("drug_exposure", "used", 1, 1) in found.attrition


@pytest.mark.parametrize(
    ("end", "more", "expected"),
    [
        ("2021-01-31", {}, ("2021-01-31", "supply")),
        ("2021-01-31", {"verbatim_end_date": "2021-01-20"}, ("2021-01-20", "recorded")),
        ("2021-01-31", {"days_supply": 10}, ("2021-01-31", "supply")),
        (None, {"days_supply": 10}, ("2021-01-10", "supply")),
        (None, {"days_supply": 1}, ("2021-01-01", "supply")),
        (None, {"days_supply": 0}, (None, None)),
        (None, {}, (None, None)),
        ("9999-12-31", {}, ("2100-12-31", "supply")),
    ],
)
def test_the_end_is_the_recorded_one_else_that_of_the_cdm_else_that_of_the_supply(
    tmp_path: Path, end: str | None, more: dict[str, object], expected: tuple[object, ...]
) -> None:
    rows = [supply(1, ADALIMUMAB, "2021-01-01", end, **more)]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": rows})
    assert found.rows("exposures", "end_day", "end_rule") == [expected]
    assert ("no_end" in found.codes("warning")) == (expected[0] is None)
    assert ("supply_below_1" in found.codes("info")) == (more.get("days_supply") == 0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (supply(9, ADALIMUMAB, None, "2021-01-31"), "missing_start_date"),
        (supply(9, ADALIMUMAB, "2021-02-01", "2021-01-31"), "end_before_start"),
        (supply(9, ADALIMUMAB, "1899-12-31", "2021-01-31"), "implausible_date"),
        (supply(9, ADALIMUMAB, "2025-01-01", "2025-01-31"), "start_after_cutoff"),
        (supply(9, ADALIMUMAB, "2021-01-01", "2021-01-31", None), "missing_person"),
        (supply(9, ADALIMUMAB, "2021-01-01", "2021-01-31", 99), "person_not_listed"),
        (supply(9, ADALIMUMAB, "2021-01-01", "2021-01-31", 3), "person_listed_twice"),
        (supply(9, ADALIMUMAB, "2021-01-01", "2021-01-31", 2), "no_observation_period"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_one_finding(
    tmp_path: Path, row: tuple[object, ...], reason: str
) -> None:
    tables = {
        "person": [person(), person(2), person(3), person(3)],
        "observation_period": [period()],
        "drug_exposure": [*TAKEN["drug_exposure"], row],
    }
    found = read_cdm(tmp_path, tables)
    assert found.codes("warning") == [reason]
    assert [step for step in found.attrition if step[0] == "drug_exposure"] == [
        ("drug_exposure", "read", 3, len({r[1] for r in tables["drug_exposure"]} - {None})),
        ("drug_exposure", reason, 1, int(row[1] is not None)),
        ("drug_exposure", "used", 2, 1),
    ]
    assert {r[0] for r in found.rows("exposures", "source_row")} == {1, 2}


def test_a_bad_row_is_named_by_its_number_and_stops_the_run_where_that_is_asked_for(tmp_path: Path) -> None:
    rows = [*TAKEN["drug_exposure"], supply(77, ADALIMUMAB, None, None), supply(5, ADALIMUMAB, None, None)]
    found = read_cdm(tmp_path / "a", {**TAKEN, "drug_exposure": rows})
    assert [(f.severity, f.code, f.file, f.sheet, f.row, f.column) for f in found.findings][:2] == [
        ("warning", "missing_start_date", "cdm.duckdb", "drug_exposure", 5, "drug_exposure_start_date"),
        ("warning", "missing_start_date", "cdm.duckdb", "drug_exposure", 77, "drug_exposure_start_date"),
    ]
    stopped = read_cdm(tmp_path / "b", {**TAKEN, "drug_exposure": rows}, source='bad_rows = "stop"')
    assert stopped.codes("error") == ["missing_start_date"] * 2


def test_where_small_counts_are_suppressed_bad_rows_are_only_counted(tmp_path: Path) -> None:
    bad = [supply(n, ADALIMUMAB, None, None) for n in range(10, 17)]
    study = '[study]\nname = "Invented"\nkind = "database"\ncutoff = 2024-12-31\n'
    found = read_cdm(tmp_path / "a", {**TAKEN, "drug_exposure": [*TAKEN["drug_exposure"], *bad]}, study=study)
    (one,) = [f for f in found.findings if f.severity == "warning"]
    # Seven, rounded to a multiple of the smallest count that is shown.
    assert (one.row, one.why) == (None, "There is no start that can be read in 5 rows; left out.")
    few = read_cdm(
        tmp_path / "b", {**TAKEN, "drug_exposure": [*TAKEN["drug_exposure"], *bad[:2]]}, study=study
    )
    (one,) = [f for f in few.findings if f.severity == "warning"]
    assert one.why == "There is no start that can be read in fewer than 5 rows; left out."


def test_more_bad_rows_than_anybody_reads_are_counted_behind_the_first_thousand(tmp_path: Path) -> None:
    bad = [supply(n, ADALIMUMAB, None, None) for n in range(1010, 2015)]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": [*TAKEN["drug_exposure"], *bad]})
    warnings = [f for f in found.findings if f.severity == "warning"]
    assert len(warnings) == 1001
    assert [f.why for f in warnings if f.row is None] == [
        "There is no start that can be read in 5 further rows; left out."
    ]


def test_without_a_usable_row_there_is_no_study(tmp_path: Path) -> None:
    found = read_cdm(tmp_path, {**ONE_PERSON, "drug_exposure": [supply(1, OTHER, "2021-01-01", None)]})
    assert found.codes("error") == ["no_rows"]
    assert found.tables["patients"] == found.tables["exposures"] == []


def test_eras_of_the_cdm_stand_at_ingredients_and_have_no_dose(tmp_path: Path) -> None:
    eras = [(1, 1, 1, "2021-01-01", "2021-12-31"), (2, 1, 4, "2021-01-01", "2021-02-01")]
    found = read_cdm(
        tmp_path,
        {**ONE_PERSON, "drug_era": eras},
        source='exposure_table = "drug_era"',
        without=["drug_exposure"],
    )
    assert found.rows("exposures", *ROWS, "dose_ng_day") == [
        (1, "adalimumab", "2021-01-01", "2021-12-31", "supply", None)
    ]
    assert [step[:3] for step in found.attrition if step[0] == "drug_era"] == [
        ("drug_era", "read", 2),
        ("drug_era", "other_drug", 1),
        ("drug_era", "used", 1),
    ]


def test_why_a_drug_was_stopped_is_read_as_the_protocol_says(tmp_path: Path) -> None:
    rows = [
        supply(1, ADALIMUMAB, "2021-01-01", "2021-12-31", stop_reason="Remission "),
        supply(2, METHOTREXATE, "2021-01-01", "2021-12-31", stop_reason="moved away"),
    ]
    words = '[values.end_reason]\nremission = ["remission"]\n'
    roles = '[roles]\nanchor = { drugs = ["adalimumab"] }\npartner = { drugs = ["methotrexate"] }\n'
    found = read_cdm(tmp_path / "a", {**TAKEN, "drug_exposure": rows}, rest=words + roles)
    assert found.rows("exposures", "end_reason") == [("remission",), (None,)]
    assert [(f.code, f.column, f.value) for f in found.findings if f.severity == "warning"] == [
        ("unknown_end_reason", "stop_reason", "moved away")
    ]
    silent = read_cdm(tmp_path / "b", {**TAKEN, "drug_exposure": rows})
    assert silent.rows("exposures", "end_reason") == [(None,), (None,)]
    assert "unknown_end_reason" in silent.codes("info")
