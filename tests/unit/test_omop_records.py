"""Doses, conditions, adverse events, laboratory results and scores of a CDM."""

from pathlib import Path

import pytest
from omop_cdm import ADALIMUMAB, METHOTREXATE, TAKEN, VOCABULARY, Rows, period, person, read_cdm, supply

EQUALS, LESS = 4172703, 4171756
MG, UG, G, ML, HOUR, ACTUATION, IU = 8576, 9655, 8504, 8587, 8505, 45744809, 8718


def dose(tmp_path: Path, strength: tuple[object, ...], quantity: float | None) -> tuple[object, ...]:
    """Daily dose in ng and mark of 30 days of methotrexate."""
    rows = [supply(1, METHOTREXATE, "2021-01-01", "2021-01-30", quantity=quantity)]
    tables = {**TAKEN, "drug_exposure": rows, "drug_strength": [(METHOTREXATE, 2, *strength)]}
    (found,) = read_cdm(tmp_path, tables).rows("exposures", "dose_ng_day", "dose_flag")
    return found


@pytest.mark.parametrize(
    ("strength", "quantity", "ng"),
    [
        # The conventions of the CDM: pieces, puffs, packs of a stated volume, millilitres, release over time.
        ((15, MG, None, None, None, None), 4, 2_000_000),
        ((15_000, UG, None, None, None, None), 4, 2_000_000),
        ((0.015, G, None, None, None, None), 4, 2_000_000),
        ((None, None, 0.5, MG, None, ACTUATION), 120, 2_000_000),
        ((None, None, 25, MG, 2, ML), 6, 5_000_000),
        ((None, None, 25, MG, None, ML), 6, 5_000_000),
        ((None, None, 125, UG, None, HOUR), None, 3_000_000),
        ((None, None, 3, MG, 24, HOUR), None, 3_000_000),
        ((15, MG, None, None, None, None), 4.5, 2_250_000),
        # Nothing is made up: no quantity, a unit without a mass, a denominator that nobody counts.
        ((15, MG, None, None, None, None), None, None),
        ((15, MG, None, None, None, None), 0, None),
        ((15, IU, None, None, None, None), 4, None),
        ((None, None, 25, MG, None, 8519), 4, None),
        ((None, None, None, None, None, None), 4, None),
    ],
)
def test_the_daily_dose_is_what_was_supplied_by_the_days(
    tmp_path: Path, strength: tuple[object, ...], quantity: float | None, ng: int | None
) -> None:
    assert dose(tmp_path, strength, quantity) == (ng, None)


def test_a_dose_that_nobody_takes_is_unknown(tmp_path: Path) -> None:
    assert dose(tmp_path, (15, MG, None, None, None, None), 40_000) == (None, "implausible")


def test_an_invalid_strength_and_two_strengths_of_one_drug_give_no_dose(tmp_path: Path) -> None:
    strengths = [
        (METHOTREXATE, 2, 15, MG, None, None, None, None, "D"),
        (ADALIMUMAB, 1, 20, MG, None, None, None, None, None),
        (ADALIMUMAB, 1, 40, MG, None, None, None, None, None),
    ]
    rows = [
        supply(1, METHOTREXATE, "2021-01-01", "2021-01-30", quantity=4),
        supply(2, ADALIMUMAB, "2021-01-01", "2021-01-30", quantity=4),
    ]
    found = read_cdm(tmp_path, {**TAKEN, "drug_exposure": rows, "drug_strength": strengths})
    assert found.rows("exposures", "dose_ng_day") == [(None,), (None,)]
    assert "dose_unknown" in found.codes("info")


def test_without_strengths_no_dose_is_known(tmp_path: Path) -> None:
    found = read_cdm(tmp_path, TAKEN, without=["drug_strength"])
    assert {row["dose_ng_day"] for row in found.tables["exposures"]} == {None}
    assert "table_not_used" in found.codes("info")


CONDITIONS = """
[source.conditions.psoriasis]
concepts = [70]
kind = "disease"
[source.conditions.asthma]
concepts = [61]
[source.adverse_events.herpes_zoster]
concepts = [80]
"""


def with_conditions(tmp_path: Path, rows: Rows, **more: str) -> object:
    tables = {
        "person": [person(), person(2)],
        "observation_period": [period(), period(2)],
        "drug_exposure": [
            supply(1, ADALIMUMAB, "2021-01-01", "2021-12-31"),
            supply(2, METHOTREXATE, "2021-01-01", "2021-12-31", 2),
        ],
        "condition_occurrence": rows,
    }
    return read_cdm(tmp_path, tables, source=more.get("source", "") + CONDITIONS)


def test_conditions_are_those_that_are_named_and_none_where_there_is_no_record(tmp_path: Path) -> None:
    rows = [
        (1, 1, 70, "2020-05-01", None),
        (2, 1, 62, "2020-06-01", None),
        (3, 1, 61, "2019-06-01", None),
        (4, 1, 99, "2020-06-01", None),
        (5, 2, 61, "2021-01-02", None),
    ]
    found = with_conditions(tmp_path, rows)
    assert found.rows("conditions", "patient_key", "term", "kind", "start_day") == [
        (2, "none", "comorbidity", None),  # its asthma was first recorded after the treatment began
        (1, "psoriasis", "disease", "2020-05-01"),
        (1, "asthma", "comorbidity", "2019-06-01"),
    ]
    assert found.rows("patients", "disease") == [("psoriasis",), (None,)]
    assert [step[:3] for step in found.attrition if step[0] == "condition_occurrence"] == [
        ("condition_occurrence", "read", 5),
        ("condition_occurrence", "other_concept", 1),
        ("condition_occurrence", "used", 4),
    ]


@pytest.mark.parametrize(
    ("rows", "events"),
    [
        ([("2021-02-01", None), ("2021-03-03", None)], [("2021-02-01", None)]),
        ([("2021-02-01", None), ("2021-03-04", None)], [("2021-02-01", None), ("2021-03-04", None)]),
        ([("2021-02-01", "2021-02-10"), ("2021-03-12", "2021-03-20")], [("2021-02-01", "2021-03-20")]),
        ([("2021-02-01", "2021-02-10"), ("2021-02-20", None)], [("2021-02-01", None)]),
        ([("2021-02-01", "2021-01-10")], [("2021-02-01", None)]),
    ],
)
def test_records_of_one_event_at_most_30_days_apart_are_one(
    tmp_path: Path, rows: list[tuple[str, str | None]], events: list[tuple[str, str | None]]
) -> None:
    recorded = [(n, 1, 80, start, end) for n, (start, end) in enumerate(rows, start=1)]
    found = with_conditions(tmp_path, recorded)
    assert found.rows("adverse_events", "onset_day", "end_day") == events
    assert ("same_event" in found.codes("info")) == (len(events) < len(rows))


def test_what_is_after_the_observation_or_has_no_date_is_counted(tmp_path: Path) -> None:
    rows = [(1, 1, 80, "2024-01-01", None), (2, 1, 80, None, None), (3, 9, 80, "2021-01-01", None)]
    found = with_conditions(tmp_path, rows)
    assert found.tables["adverse_events"] == []
    assert [step[1:3] for step in found.attrition if step[0] == "condition_occurrence"] == [
        ("read", 3),
        ("after_observation", 1),
        ("missing_start_date", 1),
        ("other_person", 1),
        ("used", 0),
    ]


LABORATORY = """
[source.laboratory.lymphocytes]
concepts = [90]
[source.assessments.pasi]
concepts = [91]
"""


def measured(tmp_path: Path, *rows: tuple[object, ...], source: str = LABORATORY) -> object:
    numbered = [(n, 1, concept, "2021-02-01", *rest) for n, (concept, *rest) in enumerate(rows, start=1)]
    concepts = [*VOCABULARY["concept"], (72, "thousand per microliter", "UCUM", "Unit", "S", "10*3/uL")]
    return read_cdm(tmp_path, {**TAKEN, "measurement": numbered, "concept": concepts}, source=source)


def test_results_come_in_the_unit_of_their_test(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        (90, 1.5, None, 72, "K/uL", 1.0, 4.0),
        (90, 810, EQUALS, 0, "cells/uL", 1000, 4000),
        (91, 12.5, 0, 0, None, None, None),
    )
    assert found.rows("laboratory", "test", "value", "unit", "lln", "uln") == [
        ("lymphocytes", 1.5, "10*9/L", 1.0, 4.0),
        ("lymphocytes", 0.81, "10*9/L", 1.0, 4.0),
    ]
    assert found.rows("assessments", "instrument", "value", "response") == [("pasi", 12.5, None)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((90, 0.5, LESS, 72, None, None, None), "bound_not_value"),
        ((90, 810, EQUALS, 72, None, None, None), "implausible_result"),
        ((90, 1.5, None, None, None, None, None), "missing_unit"),
        ((90, 1.5, None, None, "widgets", None, None), "unknown_unit"),
        ((91, 80, None, None, None, None, None), "value_out_of_range"),
    ],
)
def test_a_value_that_cannot_be_one_is_unknown_with_a_finding(
    tmp_path: Path, row: tuple[object, ...], code: str
) -> None:
    found = measured(tmp_path, row)
    values = [r["value"] for name in ("laboratory", "assessments") for r in found.tables[name]]
    assert values == [None]
    assert code in [f.code for f in found.findings]


def test_a_unit_for_results_without_one_and_reversed_limits(tmp_path: Path) -> None:
    source = LABORATORY.replace("concepts = [90]", 'concepts = [90]\nunit = "10*9/L"')
    found = measured(tmp_path, (90, 1.5, None, None, None, 4.0, 1.0), source=source)
    assert found.rows("laboratory", "value", "lln", "uln") == [(1.5, None, None)]
    assert found.codes("warning") == ["limits_reversed"]


def test_a_name_that_the_vocabulary_does_not_know_is_told(tmp_path: Path) -> None:
    found = measured(
        tmp_path, (90, 1.5, None, 72, None, None, None), source=LABORATORY.replace("pasi", "my_score")
    )
    assert [f.value for f in found.findings if f.code == "unknown_term"] == ["my_score"]
